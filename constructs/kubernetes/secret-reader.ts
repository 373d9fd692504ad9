import { Manifest } from '@cdktf/provider-kubernetes/lib/manifest';
import { ServiceAccountV1 } from '@cdktf/provider-kubernetes/lib/service-account-v1';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { SECRET_READER } from '../../contract/names';
import type { ControlPlaneNamespace } from './control-plane-namespace';
import { EXTERNAL_SECRETS_API, READY, SYNC_TIMEOUTS } from './external-secrets';
import { LABELS } from './labels';

/** Where secrets are read, and as whom. */
export interface SecretReaderProps {
  /** Namespace of the ServiceAccount and of the store. */
  readonly namespace: ControlPlaneNamespace;
  /** AWS region of the secrets. */
  readonly region: string;
  /** IAM role that may read the secrets; its trust names the ServiceAccount `agent-bom-secret-reader`. */
  readonly roleArn: string;
}

/**
 * ServiceAccount and SecretStore through which External Secrets reads this environment's secrets and no others.
 *
 * @see https://external-secrets.io/latest/provider/aws-secrets-manager/
 */
export class SecretReader extends Construct {
  /** Name of the SecretStore. */
  readonly storeName = SECRET_READER;
  /** What Terraform waits for before something reads from the store. */
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: SecretReaderProps) {
    super(scope, id);
    const account = this.createServiceAccount(props);
    this.ready = [this.createStore(props, account)];
  }

  private createServiceAccount({ namespace, roleArn }: SecretReaderProps): ServiceAccountV1 {
    return new ServiceAccountV1(this, 'account', {
      metadata: {
        name: SECRET_READER,
        namespace: namespace.name,
        labels: { ...LABELS },
        annotations: { 'eks.amazonaws.com/role-arn': roleArn },
      },
      automountServiceAccountToken: false,
      dependsOn: [...namespace.ready],
    });
  }

  private createStore({ namespace, region }: SecretReaderProps, account: ServiceAccountV1): Manifest {
    return new Manifest(this, 'store', {
      manifest: {
        apiVersion: EXTERNAL_SECRETS_API,
        kind: 'SecretStore',
        metadata: { name: this.storeName, namespace: namespace.name, labels: LABELS },
        spec: {
          provider: {
            aws: {
              service: 'SecretsManager',
              region,
              auth: { jwt: { serviceAccountRef: { name: SECRET_READER } } },
            },
          },
        },
      },
      wait: READY,
      timeouts: SYNC_TIMEOUTS,
      dependsOn: [account],
    });
  }
}
