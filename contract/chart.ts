import { CA_DIRECTORY } from './connection-url';

/** Helm values as YAML knows them. */
export type HelmValue = string | number | boolean | null | readonly HelmValue[] | HelmValues;
/** Values of a chart, by key. */
export interface HelmValues {
  /** A value, or a section of values. */
  readonly [key: string]: HelmValue;
}

/** Where the chart is published. */
export const CHART_REPOSITORY = 'oci://ghcr.io/msaad00/charts';
/** Name of the chart in its repository. */
export const CHART_NAME = 'agent-bom';
/** The image that carries the packaged migrations; its tag is the chart's version. */
export const IMAGE_REPOSITORY = 'agentbom/agent-bom';

/**
 * Chart versions that this contract was written for. 0.98.3 is the first with an identity each for the application, its
 * maintenance and the migrations; after 0.102.0 comes a schema that the checks do not know.
 */
export const CHART_VERSIONS = ['0.98.3', '0.99.0', '0.100.0', '0.101.0', '0.102.0'] as const;
/** A version of the chart that this contract was written for. */
export type ChartVersion = (typeof CHART_VERSIONS)[number];

/** Alembic revision that each version's migrations end at. */
export const ALEMBIC_HEADS: Readonly<Record<ChartVersion, string>> = {
  '0.98.3': '20260801_01',
  '0.99.0': '20260801_01',
  '0.100.0': '20260812_01',
  '0.101.0': '20260812_01',
  '0.102.0': '20260819_01',
};

/** What the contract decides about a release. All Secrets are given by name: a value never carries a credential. */
export interface OwnedValueSettings {
  /** Secret with the connection URL of the application. */
  readonly appSecretName: string;
  /** Secret with the connection URL of the maintenance identity. */
  readonly maintenanceSecretName: string;
  /** Secret with the connection URL of the administrator; the chart wants its name, and no pod of the release gets it. */
  readonly adminSecretName: string;
  /** Secret whose keys become environment variables of the API: signing, audit and encryption keys. */
  readonly controlPlaneSecretName: string;
  /** ConfigMap with the certificate authorities of the database server. */
  readonly trustBundleName: string;
  /** API pods. */
  readonly replicas: number;
  /** Connections that each API pod keeps open. */
  readonly poolMinimum: number;
  /** Connections that each API pod may open. */
  readonly poolMaximum: number;
  /** Issuer that the authenticating proxy in front of the API states. */
  readonly trustedProxyIssuer: string;
}

/** The values that the contract owns, in the chart's own structure. */
export function ownedValues(settings: OwnedValueSettings): HelmValues {
  return {
    // The chart has no ExternalSecrets of a version that current operators serve; ours are in place before it.
    externalSecrets: { enabled: false },
    controlPlane: {
      enabled: true,
      // Our Job has migrated and verified before the release starts; the chart's hooks cannot mount the CA.
      migrations: { enabled: false },
      backup: { enabled: false },
      postgres: { provider: 'aws-rds', verification: { enabled: false } },
      postgresSecrets: {
        enabled: true,
        appSecretRef: { name: settings.appSecretName },
        maintenanceSecretRef: { name: settings.maintenanceSecretName },
        adminSecretRef: { name: settings.adminSecretName },
      },
      api: {
        replicas: settings.replicas,
        // The connection budget is made for this number of pods.
        autoscaling: { enabled: false, keda: { enabled: false } },
        env: apiEnvironment(settings),
        envFrom: [{ secretRef: { name: settings.controlPlaneSecretName } }],
        extraVolumes: [{ name: 'postgres-ca', configMap: { name: settings.trustBundleName } }],
        extraVolumeMounts: [{ name: 'postgres-ca', mountPath: CA_DIRECTORY, readOnly: true }],
      },
    },
  };
}

/** Values that suit most clusters; a user's `release.values` may say otherwise. */
export const DEFAULT_VALUES: HelmValues = {
  // On by default in the chart, and the install fails where the Prometheus Operator is not installed.
  controlPlane: { observability: { prometheusRule: { enabled: false } } },
};

function apiEnvironment(settings: OwnedValueSettings): HelmValues[] {
  const variables: Record<string, string> = {
    // Part of the chart's default list, which a list of ours replaces.
    AGENT_BOM_API_LOCAL_PATH_SCANS: 'disabled',
    AGENT_BOM_POSTGRES_POOL_MIN_SIZE: String(settings.poolMinimum),
    AGENT_BOM_POSTGRES_POOL_MAX_SIZE: String(settings.poolMaximum),
    AGENT_BOM_REQUIRE_SHARED_RATE_LIMIT: '1',
    AGENT_BOM_REQUIRE_AUDIT_HMAC: '1',
    AGENT_BOM_TRUST_PROXY_AUTH: '1',
    AGENT_BOM_TRUST_PROXY_AUTH_ISSUER: settings.trustedProxyIssuer,
  };
  return Object.entries(variables).map(([name, value]) => ({ name, value }));
}

/** Variables that would break or bypass the contract if a user set them on the API, each with the reason. */
export const REFUSED_API_VARIABLES: Readonly<Record<string, string>> = {
  AGENT_BOM_POSTGRES_URL: 'the connection reaches the API from its own Secret',
  AGENT_BOM_POSTGRES_MAINTENANCE_URL: 'the connection reaches the API from its own Secret',
  AGENT_BOM_POSTGRES_PROVIDER: 'the chart sets it from `controlPlane.postgres.provider`',
  ALEMBIC_DATABASE_URL: 'only the migration Job may hold the administrator',
  AGENT_BOM_API_KEY: 'with more than one replica every request is answered with status 500',
  AGENT_BOM_ALLOW_SUPERUSER_DB: 'it switches the check of the database role off',
  AGENT_BOM_ALLOW_EPHEMERAL_AUDIT_HMAC: 'it makes the audit log unverifiable after a restart',
  SNOWFLAKE_ACCOUNT: 'it moves the stores out of Postgres',
};
