import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { CA_FILE, connectionUrl, migrationUrl } from '../../contract/connection-url';
import { CONTROL_PLANE_KEYS } from '../../contract/control-plane-keys';
import { ADMIN_IDENTITY, type IdentityName, perRuntimeIdentity, type RuntimeIdentity } from '../../contract/identities';
import { CONTROL_PLANE_SECRET, syncedSecretName } from '../../contract/names';
import type { PostgresEndpoint } from '../postgres-endpoint';
import type { ControlPlaneNamespace } from './control-plane-namespace';
import type { SecretReader } from './secret-reader';
import { SyncedSecret } from './synced-secret';

/** What is brought into the cluster. */
export interface SyncedSecretsProps {
  /** Namespace of the Secrets. */
  readonly namespace: ControlPlaneNamespace;
  /** Store that the Secrets are read from. */
  readonly reader: SecretReader;
  /** The database, and where its credentials are. */
  readonly endpoint: PostgresEndpoint;
  /** Generation of the runtime identities' passwords; part of their Secrets' names. */
  readonly generation: number;
}

const CREDENTIALS = ['username', 'password'] as const;

/** All Secrets of the control plane: each identity's connection URL in one of its own, and the control plane's keys. */
export class SyncedSecrets extends Construct {
  /** The Secret of each identity. */
  readonly identities: Readonly<Record<IdentityName, SyncedSecret>>;
  /** The Secret with the keys of the control plane. */
  readonly controlPlane: SyncedSecret;
  /** What Terraform waits for before a pod needs any of the Secrets. */
  readonly ready: readonly ITerraformDependable[];
  private readonly props: SyncedSecretsProps;

  constructor(scope: Construct, id: string, props: SyncedSecretsProps) {
    super(scope, id);
    this.props = props;
    this.identities = {
      ...perRuntimeIdentity((identity) => this.syncIdentity(identity)),
      admin: this.syncAdmin(),
    };
    this.controlPlane = this.syncControlPlane();
    this.ready = [...Object.values(this.identities), this.controlPlane].flatMap((secret) => secret.ready);
  }

  private syncIdentity({ name, environmentVariable }: RuntimeIdentity): SyncedSecret {
    const { namespace, reader, endpoint, generation } = this.props;
    return new SyncedSecret(this, name, {
      name: syncedSecretName(name, generation),
      namespace,
      reader,
      source: endpoint.identitySecrets[name],
      properties: CREDENTIALS,
      template: { [environmentVariable]: connectionUrl(this.urlParts()) },
    });
  }

  private syncAdmin(): SyncedSecret {
    const { namespace, reader, endpoint, generation } = this.props;
    const { name, environmentVariable } = ADMIN_IDENTITY;
    return new SyncedSecret(this, name, {
      name: syncedSecretName(name, generation),
      namespace,
      reader,
      source: endpoint.adminSecret,
      properties: CREDENTIALS,
      template: { [environmentVariable]: migrationUrl(this.urlParts()) },
      // RDS rotates this password whenever it is due; the migration Job tries again while the copy is stale.
      refreshInterval: '5m0s',
    });
  }

  private syncControlPlane(): SyncedSecret {
    const { namespace, reader, endpoint } = this.props;
    const keys = CONTROL_PLANE_KEYS.map(({ environmentVariable }) => environmentVariable);
    return new SyncedSecret(this, 'control-plane', {
      name: CONTROL_PLANE_SECRET,
      namespace,
      reader,
      source: endpoint.controlPlaneSecret,
      properties: keys,
      template: Object.fromEntries(keys.map((key) => [key, `{{ .${key} }}`])),
    });
  }

  private urlParts() {
    const { host, port, database } = this.props.endpoint;
    return {
      encodedUser: urlEncoded('username'),
      encodedPassword: urlEncoded('password'),
      host,
      port,
      database,
      caFile: CA_FILE,
    };
  }
}

/** `urlquery` writes a space as `+`, which a URL reads as a plus sign before its query. */
function urlEncoded(property: (typeof CREDENTIALS)[number]): string {
  return `{{ .${property} | urlquery | replace "+" "%20" }}`;
}
