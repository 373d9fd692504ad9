import { Manifest, type ManifestTimeouts, type ManifestWait } from '@cdktf/provider-kubernetes/lib/manifest';
import { ServiceAccountV1 } from '@cdktf/provider-kubernetes/lib/service-account-v1';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { EXTERNAL_SECRETS_API, SECRET_READER } from '../../../contract/names';
import { type ControlPlaneNamespace, LABELS } from '../pods/control-plane-namespace';
import {
  type RefreshInterval,
  type SecretContent,
  type SecretDelivery,
  type SecretValue,
  SyncedSecret,
} from './secret-delivery';

/** An object of the operator is done when it says so; exact for a new object, which is why names carry generations. */
const READY: ManifestWait = { condition: [{ type: 'Ready', status: 'True' }] };

/** A new IAM role takes some seconds until AWS knows it everywhere, and the operator tries again ever more slowly. */
const SYNC_TIMEOUTS: ManifestTimeouts = { create: '5m', update: '5m', delete: '5m' };

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
   * name it. Whoever runs the cluster has to delete it then.
   * @default false
   */
  readonly keepPrevious?: boolean;
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
      // One that Terraform has given up waiting for is replaced, and could not be created next to itself.
      wait: content.renamed ? undefined : READY,
      timeouts: SYNC_TIMEOUTS,
      dependsOn: [...namespace.ready, ...store.ready],
      lifecycle: { createBeforeDestroy: content.renamed },
    });
    return new SyncedSecret(content.name, [externalSecret]);
  }

  private manifest({ name, values, renamed, refreshInterval = '1h0m0s' }: SecretContent) {
    const { namespace, store, keepPrevious = false } = this.props;
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
          creationPolicy: keepPrevious && renamed ? 'Orphan' : 'Owner',
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
      // Not waited for: a store that was given up is replaced, and could not be created next to itself. The
      // administrator's ExternalSecret is waited for, and that is not ready before the store is.
      timeouts: SYNC_TIMEOUTS,
      dependsOn: account === undefined ? [...namespace.ready] : [account],
    });
  }
}
