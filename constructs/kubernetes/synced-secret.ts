import { Manifest } from '@cdktf/provider-kubernetes/lib/manifest';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { StoredSecret } from '../postgres-endpoint';
import type { ControlPlaneNamespace } from './control-plane-namespace';
import { EXTERNAL_SECRETS_API, READY, SYNC_TIMEOUTS } from './external-secrets';
import { LABELS } from './labels';
import type { SecretReader } from './secret-reader';

/** How often the operator reads a secret again, in the form in which Kubernetes writes durations. */
export type RefreshInterval = '5m0s' | '1h0m0s';

/** Which secret is copied, and into what. */
export interface SyncedSecretProps {
  /** Name of the Kubernetes Secret and of the ExternalSecret behind it. Another name is another Secret. */
  readonly name: string;
  /** Namespace of the Secret. */
  readonly namespace: ControlPlaneNamespace;
  /** Store that the Secret is read from. */
  readonly reader: SecretReader;
  /** Secret in Secrets Manager. */
  readonly source: StoredSecret;
  /** Properties of the source that `template` may use. */
  readonly properties: readonly string[];
  /**
   * Keys of the Secret, each with a template of its value; the Secret has no other keys.
   * @see https://external-secrets.io/latest/guides/templating/
   */
  readonly template: Readonly<Record<string, string>>;
  /**
   * How often the source is read again.
   * @default '1h0m0s'
   */
  readonly refreshInterval?: RefreshInterval;
}

/** Environment variable of a container, taken from a Secret. */
export interface SecretVariable {
  /** Name of the variable. */
  readonly name: string;
  /** Where the value comes from: a key of a Secret. */
  readonly valueFrom: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}

/** A Kubernetes Secret that External Secrets keeps equal to a secret in Secrets Manager. */
export class SyncedSecret extends Construct {
  /** Name of the Secret. */
  readonly secretName: string;
  /** What Terraform waits for before a pod needs the Secret. */
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: SyncedSecretProps) {
    super(scope, id);
    this.secretName = props.name;
    this.ready = [this.createExternalSecret(props)];
  }

  /** The environment variable that carries a key of this Secret under the same name. */
  variable(key: string): SecretVariable {
    return { name: key, valueFrom: { secretKeyRef: { name: this.secretName, key } } };
  }

  private createExternalSecret(props: SyncedSecretProps): Manifest {
    const { name, namespace, reader, template, refreshInterval = '1h0m0s' } = props;
    return new Manifest(this, 'external-secret', {
      manifest: {
        apiVersion: EXTERNAL_SECRETS_API,
        kind: 'ExternalSecret',
        metadata: { name, namespace: namespace.name, labels: LABELS },
        spec: {
          refreshPolicy: 'Periodic',
          refreshInterval,
          secretStoreRef: { kind: 'SecretStore', name: reader.storeName },
          target: { name, creationPolicy: 'Owner', template: { engineVersion: 'v2', data: template } },
          data: this.data(props),
        },
      },
      wait: READY,
      timeouts: SYNC_TIMEOUTS,
      dependsOn: [...namespace.ready, ...reader.ready],
      // The Secret of the last generation stays until the pods that use it have been replaced; one whose name stays
      // the same could not be created beside itself.
      lifecycle: { createBeforeDestroy: props.source.versionId !== undefined },
    });
  }

  private data({ source, properties }: SyncedSecretProps) {
    const version = source.versionId === undefined ? {} : { version: `uuid/${source.versionId}` };
    return properties.map((property) => ({
      secretKey: property,
      remoteRef: { key: source.arn, property, ...version },
    }));
  }
}
