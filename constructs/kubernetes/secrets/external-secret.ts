import { Manifest } from '@cdktf/provider-kubernetes/lib/manifest';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { ControlPlaneNamespace } from '../pods/control-plane-namespace';
import { LABELS } from '../pods/labels';
import { EXTERNAL_SECRETS_API, READY, SYNC_TIMEOUTS } from './external-secrets';
import type { RefreshInterval, SecretContent, SecretDelivery, SecretValue } from './secret-delivery';
import { SyncedSecret } from './synced-secret';

/** A store of External Secrets in the namespace, or one of the whole cluster. */
export interface SecretStore {
  /** Kind of the store, as ExternalSecrets refer to it. */
  readonly storeKind: 'SecretStore' | 'ClusterSecretStore';
  /** Name of the store. */
  readonly storeName: string;
  /** What has to exist before an ExternalSecret that refers to the store. */
  readonly ready: readonly ITerraformDependable[];
}

/** Whom the operator reads as, and where it writes. */
export interface ExternalSecretsProps {
  /** Namespace of its objects. */
  readonly namespace: ControlPlaneNamespace;
  /** Store that the secrets are read through. */
  readonly store: SecretStore;
  /**
   * Whether a Secret whose name changes with its content stays when another one has taken its place, for pods that still
   * name it. Somebody has to delete it then.
   * @default false
   */
  readonly keepFormer?: boolean;
}

/**
 * Secrets that External Secrets keeps equal to secrets in Secrets Manager. Every field that the operator would fill in is
 * written out, so that no plan shows a change that is none.
 *
 * @see https://external-secrets.io/latest/api/externalsecret/
 */
export class ExternalSecrets implements SecretDelivery {
  constructor(private readonly props: ExternalSecretsProps) {}

  /** Makes the ExternalSecret that the operator writes the Secret from. */
  deliver(scope: Construct, id: string, content: SecretContent): SyncedSecret {
    const { namespace, store } = this.props;
    const externalSecret = new Manifest(new Construct(scope, id), 'external-secret', {
      manifest: this.manifest(content),
      // One that Terraform has given up waiting for is replaced, and could not be created beside itself.
      wait: content.renamed ? undefined : READY,
      timeouts: SYNC_TIMEOUTS,
      dependsOn: [...namespace.ready, ...store.ready],
      lifecycle: { createBeforeDestroy: content.renamed },
    });
    return new SyncedSecret(content.name, [externalSecret]);
  }

  private manifest({ name, values, renamed, refreshInterval = '1h0m0s' }: SecretContent) {
    const { namespace, store, keepFormer = false } = this.props;
    const entries = Object.entries(values);
    const template = Object.fromEntries(entries.map(([key, value]) => [key, templateOf(key, value)]));
    return {
      apiVersion: EXTERNAL_SECRETS_API,
      kind: 'ExternalSecret',
      metadata: { name, namespace: namespace.name, labels: LABELS },
      spec: {
        ...refresh(refreshInterval),
        secretStoreRef: { kind: store.storeKind, name: store.storeName },
        target: {
          name,
          creationPolicy: keepFormer && renamed ? 'Orphan' : 'Owner',
          deletionPolicy: 'Retain',
          template: { engineVersion: 'v2', mergePolicy: 'Replace', data: template },
        },
        data: entries.flatMap(([key, value]) => remoteData(key, value)),
      },
    };
  }
}

function refresh(interval: RefreshInterval) {
  return interval === 'never'
    ? { refreshPolicy: 'CreatedOnce', refreshInterval: '1h0m0s' }
    : { refreshPolicy: 'Periodic', refreshInterval: interval };
}

/** @see https://external-secrets.io/latest/guides/templating/ */
function templateOf(key: string, value: SecretValue): string {
  return 'property' in value ? `{{ .${key} }}` : value.compose(urlEncoded);
}

/** `urlquery` writes a space as `+`, which a URL reads as a plus sign before its query. */
function urlEncoded(property: string): string {
  return `{{ .${property} | urlquery | replace "+" "%20" }}`;
}

function remoteData(key: string, value: SecretValue) {
  const { arn, versionId } = value.source;
  const version = versionId === undefined ? {} : { version: `uuid/${versionId}` };
  const strategies = { conversionStrategy: 'Default', decodingStrategy: 'None', metadataPolicy: 'None' };
  const read = (secretKey: string, property: string) => ({
    secretKey,
    remoteRef: { key: arn, property, ...version, ...strategies },
  });
  return 'property' in value ? [read(key, value.property)] : value.properties.map((name) => read(name, name));
}
