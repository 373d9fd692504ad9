import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { SECRETS_DEFAULTS } from '../../../contract/environment/secrets';
import { authenticationSecretName, controlPlaneSecretName, syncedSecretName } from '../../../contract/names';
import {
  CA_FILE,
  type ConnectionUrlParts,
  connectionUrl,
  migrationUrl,
} from '../../../contract/postgres/connection-url';
import {
  ADMIN_IDENTITY,
  type IdentityName,
  perRuntimeIdentity,
  type RuntimeIdentity,
} from '../../../contract/postgres/identities';
import { ADMIN_REFRESH_INTERVAL } from '../../../contract/postgres/job';
import type { StoredVariable } from '../../../contract/product/authentication';
import { controlPlaneKeys } from '../../../contract/product/required-secrets';
import type { PostgresEndpoint, StoredSecret } from '../../postgres-endpoint';
import type { ControlPlaneNamespace } from '../pods/control-plane-namespace';
import { type EncodedProperty, type SecretDelivery, type SecretValue, SyncedSecret } from './secret-delivery';

/** What is brought into the cluster, and how. */
export interface SyncedSecretsProps {
  /** Namespace of the Secrets. */
  readonly namespace: ControlPlaneNamespace;
  /** How they come into the cluster. */
  readonly delivery: SecretDelivery;
  /** Where the server is, and where the credentials are stored. */
  readonly endpoint: PostgresEndpoint;
  /**
   * Generation of the runtime identities' passwords; part of their Secrets' names.
   * @default 1
   */
  readonly generation?: number;
  /**
   * Existing keys of the control plane: a secret in Secrets Manager or a Kubernetes Secret.
   * @default - those of the endpoint, which are generated
   */
  readonly controlPlane?: { readonly secretArn?: string; readonly secretName?: string };
  /**
   * Whether a proxy in front of the API authenticates users; it shares a key with the API.
   * @default false
   */
  readonly trustedProxy?: boolean;
  /**
   * Variables of the API whose values are in Secrets Manager, for its ways to authenticate.
   * @default - none
   */
  readonly authentication?: readonly StoredVariable[];
}

/** Properties of a stored secret that make a connection URL. */
const CREDENTIALS = ['username', 'password'];

/** All Secrets of the control plane: each identity's connection URL in a separate one, and the control plane's keys. */
export class SyncedSecrets extends Construct {
  /** Secret of each identity, with its connection URL. */
  readonly identities: Readonly<Record<IdentityName, SyncedSecret>>;
  /** Secret with the keys that the control plane signs and encrypts with. */
  readonly controlPlane: SyncedSecret;
  /** Secret with the credentials of the API's ways to authenticate; undefined where none of them is in Secrets Manager. */
  readonly authentication?: SyncedSecret;
  /** What has to exist before whatever uses it; for `dependsOn`. */
  readonly ready: readonly ITerraformDependable[];
  private readonly props: SyncedSecretsProps;

  constructor(scope: Construct, id: string, props: SyncedSecretsProps) {
    super(scope, id);
    this.props = props;
    this.identities = {
      ...perRuntimeIdentity((identity) => this.deliverIdentity(identity)),
      admin: this.deliverAdmin(),
    };
    this.controlPlane = this.deliverControlPlane();
    const { authentication = [] } = props;
    if (authentication.length > 0) this.authentication = this.deliverAuthentication(authentication);
    const secrets = [...Object.values(this.identities), this.controlPlane, this.authentication];
    this.ready = secrets.flatMap((secret) => secret?.ready ?? []);
  }

  private deliverIdentity({ name, environmentVariable }: RuntimeIdentity): SyncedSecret {
    const { delivery, endpoint, generation = SECRETS_DEFAULTS.generation } = this.props;
    const source = endpoint.identitySecrets[name];
    return delivery.deliver(this, name, {
      name: syncedSecretName(name, generation),
      values: { [environmentVariable]: this.url(source, connectionUrl) },
      renamed: true,
      // One without a version is managed elsewhere, and may change while pods and the database still know the previous one.
      refreshInterval: source.versionId === undefined ? 'never' : undefined,
    });
  }

  private deliverAdmin(): SyncedSecret {
    const { delivery, endpoint, generation = SECRETS_DEFAULTS.generation } = this.props;
    const { name, environmentVariable } = ADMIN_IDENTITY;
    return delivery.deliver(this, name, {
      name: syncedSecretName(name, generation),
      values: { [environmentVariable]: this.url(endpoint.adminSecret, migrationUrl) },
      renamed: false,
      // RDS rotates this password whenever it is due; the migration Job tries again while the copy is stale.
      refreshInterval: ADMIN_REFRESH_INTERVAL,
    });
  }

  private deliverControlPlane(): SyncedSecret {
    const { namespace, delivery, endpoint, controlPlane = {}, trustedProxy = false } = this.props;
    if (controlPlane.secretName !== undefined) return new SyncedSecret(controlPlane.secretName, namespace.ready);
    const source = endpoint.controlPlaneSecret;
    if (source === undefined) throw new Error('the keys of the control plane are neither generated nor given');
    // A secret that is managed elsewhere has the keys that are needed, and no more.
    const keys = controlPlaneKeys(controlPlane.secretArn === undefined || trustedProxy);
    return delivery.deliver(this, 'control-plane', {
      name: controlPlaneSecretName(controlPlane.secretArn),
      values: Object.fromEntries(
        keys.map(({ environmentVariable: variable }) => [variable, { source, property: variable }]),
      ),
      renamed: controlPlane.secretArn !== undefined,
    });
  }

  private deliverAuthentication(authentication: readonly StoredVariable[]): SyncedSecret {
    const values = authentication.map(({ variable, property, ...source }) => [variable, { source, property }] as const);
    return this.props.delivery.deliver(this, 'authentication', {
      name: authenticationSecretName(authentication),
      values: Object.fromEntries(values),
      renamed: true,
    });
  }

  private url(source: StoredSecret, compose: (parts: ConnectionUrlParts) => string): SecretValue {
    const { host, port, database } = this.props.endpoint;
    const url = (encoded: EncodedProperty) =>
      compose({
        encodedUser: encoded('username'),
        encodedPassword: encoded('password'),
        host,
        port,
        database,
        caFile: CA_FILE,
      });
    return { source, properties: CREDENTIALS, compose: url };
  }
}
