import { Manifest } from '@cdktf/provider-kubernetes/lib/manifest';
import { ServiceAccountV1 } from '@cdktf/provider-kubernetes/lib/service-account-v1';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { SECRET_READER } from '../../../contract/names';
import type { ControlPlaneNamespace } from '../pods/control-plane-namespace';
import { LABELS } from '../pods/labels';
import type { SecretStore } from './external-secret';
import { EXTERNAL_SECRETS_API, SYNC_TIMEOUTS } from './external-secrets';

/** Where secrets are read, and as whom. */
export interface SecretReaderProps {
  /** Namespace of the SecretStore. */
  readonly namespace: ControlPlaneNamespace;
  /** AWS region of the secrets. */
  readonly region: string;
  /**
   * IAM role that may read the secrets; its trust names the ServiceAccount `agent-bom-secret-reader`.
   * @default - the operator reads as itself, by the role that EKS Pod Identity gives it: it cannot ask for another's
   */
  readonly roleArn?: string;
}

/**
 * SecretStore, with a ServiceAccount where there is a role for one, through which External Secrets reads this
 * environment's secrets and no others.
 *
 * @see https://external-secrets.io/latest/provider/aws-secrets-manager/
 */
export class SecretReader extends Construct implements SecretStore {
  /** Kind of the store, as ExternalSecrets refer to it. */
  readonly storeKind = 'SecretStore';
  /** Name of the store. */
  readonly storeName = SECRET_READER;
  /** What has to exist before whatever uses it; for `dependsOn`. */
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: SecretReaderProps) {
    super(scope, id);
    const { roleArn } = props;
    const account = roleArn === undefined ? undefined : this.createServiceAccount(props, roleArn);
    this.ready = [this.createStore(props, account)];
  }

  private createServiceAccount({ namespace }: SecretReaderProps, roleArn: string): ServiceAccountV1 {
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

  private createStore({ namespace, region }: SecretReaderProps, account: ServiceAccountV1 | undefined): Manifest {
    const auth = account && { jwt: { serviceAccountRef: { name: SECRET_READER } } };
    return new Manifest(this, 'store', {
      manifest: {
        apiVersion: EXTERNAL_SECRETS_API,
        kind: 'SecretStore',
        metadata: { name: this.storeName, namespace: namespace.name, labels: LABELS },
        spec: { provider: { aws: { service: 'SecretsManager', region, ...(auth && { auth }) } } },
      },
      // Not waited for: a store that was given up is replaced, and could not be created beside itself. The
      // administrator's ExternalSecret is waited for, and that is not ready before the store is.
      timeouts: SYNC_TIMEOUTS,
      dependsOn: account === undefined ? [...namespace.ready] : [account],
    });
  }
}
