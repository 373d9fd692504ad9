import type { PodSettings } from '../kubernetes/pod-settings';
import { chartServiceAccount, controlPlaneName } from '../names';
import type { AutoscalingSettings, PoolSettings } from '../postgres/connection-budget';
import { CA_DIRECTORY } from '../postgres/connection-url';
import { type ApiSettings, apiVariables } from './api-settings';
import { type AuthenticationSettings, authenticationVariables } from './authentication';
import { hasChartValue } from './facts';
import { type HelmValue, type HelmValues, mergeValues } from './helm-values';
import { type ImageSource, repositoryIn } from './images';

/** Where the chart is published. */
export const CHART_REPOSITORY = 'oci://ghcr.io/msaad00/charts';
/** Name of the chart, and of the release. */
export const CHART_NAME = 'agent-bom';

/** Names that the product has for a database of RDS, Aurora among them, and for any other PostgreSQL. */
export type DatabaseProvider = 'aws-rds' | 'postgres';

/** How the control plane is reached from outside of the cluster. */
export interface IngressSettings {
  /** Name that users reach the control plane by. */
  readonly host: string;
  /** Class of the Ingress; without it the default one of the cluster. */
  readonly className?: string;
  /** Secret of the type `kubernetes.io/tls` in the namespace. */
  readonly tlsSecretName?: string;
  /** Annotations of the Ingress. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** What the contract decides about a release. All Secrets are given by name: a value never carries a credential. */
export interface OwnedValueSettings extends PoolSettings, AuthenticationSettings, ApiSettings {
  /** Name of the environment; the names of the chart's objects follow from it. */
  readonly environmentName: string;
  /** Namespace of the release. */
  readonly namespace: string;
  /**
   * Values of the user, as far as others follow from them: the memory of the API.
   * @default - none
   */
  readonly values?: HelmValues;
  /** Version of the chart, which decides what values it knows. */
  readonly chartVersion: string;
  /** Where the database runs, as the product shows it; it changes nothing else. */
  readonly databaseProvider: DatabaseProvider;
  /** Secret with the connection URL of the application. */
  readonly appSecretName: string;
  /** Secret with the connection URL of the maintenance identity. */
  readonly maintenanceSecretName: string;
  /** Secret with the connection URL of the administrator. */
  readonly adminSecretName: string;
  /** Secret whose keys become environment variables of the API: signing, audit and encryption keys. */
  readonly controlPlaneSecretName: string;
  /** ConfigMap with the CA certificates of the database server. */
  readonly trustBundleName: string;
  /**
   * How the control plane is reached from outside of the cluster.
   * @default - not by an Ingress of the chart
   */
  readonly ingress?: IngressSettings;
  /** Where the images come from. */
  readonly images: ImageSource;
  /**
   * ConfigMap with the variables that say where finished reports are kept.
   * @default - in the pod that made them; with more than one pod the API refuses to make any
   */
  readonly reportsConfigMapName?: string;
}

/** The values that the contract owns, in the chart's own structure. */
export function ownedValues(settings: OwnedValueSettings): HelmValues {
  const { environmentName, chartVersion, images, replicas, autoscaling, ingress } = settings;
  return mergeValues(nameValues(environmentName), imageValues(chartVersion, images), {
    // When the release is deleted, they would delete Jobs and volumes of others that carry the labels of the chart.
    teardownHooks: { enabled: false },
    controlPlane: {
      enabled: true,
      // The chart has no ExternalSecrets of a version that current operators serve; ours are in place before it.
      externalSecrets: { enabled: false },
      // Our Job has migrated and verified before the release starts; the chart's hooks cannot mount the CA.
      migrations: { enabled: false },
      backup: { enabled: false },
      ingress: ingressValues(ingress),
      postgresSecrets: {
        enabled: true,
        appSecretRef: { name: settings.appSecretName },
        maintenanceSecretRef: { name: settings.maintenanceSecretName },
        adminSecretRef: { name: settings.adminSecretName },
      },
      ...providerValues(settings),
      api: {
        enabled: true,
        ...replicaValues(replicas, autoscaling),
        env: apiEnvironment(settings),
        envFrom: variableSources(settings),
        extraVolumes: [{ name: 'postgres-ca', configMap: { name: settings.trustBundleName } }],
        extraVolumeMounts: [{ name: 'postgres-ca', mountPath: CA_DIRECTORY, readOnly: true }],
      },
    },
  });
}

/** Values that suit most clusters; a user's `release.values` may say otherwise. */
export const DEFAULT_VALUES: HelmValues = {
  // On by default in the chart, and the install fails where the Prometheus Operator is not installed.
  controlPlane: { observability: { prometheusRule: { enabled: false } } },
  // An IAM role that is meant for another workload would be refused to it.
  gateway: { serviceAccount: { annotations: {} } },
};

/** Values of the chart for all its pods, as far as it has any: none for labels, and a priority for two of them alone. */
export function podValues(pods: PodSettings, { pullSecretName }: ImageSource): HelmValues {
  const { nodeSelector = {}, tolerations = [], affinity = {}, annotations = {}, priorityClassName } = pods;
  const pullSecrets = (pods.imagePullSecrets ?? []).filter((name) => name !== pullSecretName);
  const priorityClass: HelmValues = { create: false, name: priorityClassName ?? '' };
  return filled({
    nodeSelector,
    tolerations: tolerations as readonly HelmValue[],
    affinity: affinity as HelmValue,
    podAnnotations: annotations,
    imagePullSecrets: pullSecrets.map((name) => ({ name })),
    controlPlane: priorityClassName === undefined ? {} : { priorityClass },
  });
}

/** What has content: an empty map or list says nothing. */
function filled(values: HelmValues): HelmValues {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => Object.keys(value as object).length > 0));
}

/** As soon as the chart knows these values, it refuses the variable that older versions need instead. */
function providerValues({ chartVersion, databaseProvider }: OwnedValueSettings): HelmValues {
  if (!hasChartValue(chartVersion, 'controlPlane.postgres.provider')) return {};
  return { postgres: { provider: databaseProvider, verification: { enabled: false } } };
}

function providerVariable({ chartVersion, databaseProvider }: OwnedValueSettings): Record<string, string> {
  if (hasChartValue(chartVersion, 'controlPlane.postgres.provider')) return {};
  return { AGENT_BOM_POSTGRES_PROVIDER: databaseProvider };
}

function variableSources({ controlPlaneSecretName, reportsConfigMapName }: OwnedValueSettings): HelmValues[] {
  const secret = { secretRef: { name: controlPlaneSecretName } };
  return reportsConfigMapName === undefined ? [secret] : [secret, { configMapRef: { name: reportsConfigMapName } }];
}

function apiEnvironment(settings: OwnedValueSettings): HelmValues[] {
  const variables: Record<string, string> = {
    ...providerVariable(settings),
    // Part of the chart's default list, which this list replaces.
    AGENT_BOM_API_LOCAL_PATH_SCANS: 'disabled',
    AGENT_BOM_POSTGRES_POOL_MIN_SIZE: String(settings.poolMinimum),
    AGENT_BOM_POSTGRES_POOL_MAX_SIZE: String(settings.poolMaximum),
    AGENT_BOM_REQUIRE_AUDIT_HMAC: '1',
    ...apiVariables({ ...settings, values: settings.values ?? {}, ingressHost: settings.ingress?.host }),
  };
  return [...Object.entries(variables).map(([name, value]) => ({ name, value })), ...authenticationVariables(settings)];
}

/** Paths that the chart routes to the API; everything else goes to the user interface. */
const API_PATHS = ['/v1', '/scim', '/health', '/docs', '/redoc', '/openapi.json', '/ws'];
const UI_PATHS = ['/'];

/** The number of pods, or the limits of the autoscaling. Without limits, KEDA would decide. */
function replicaValues(replicas: number, autoscaling: AutoscalingSettings | undefined): HelmValues {
  if (autoscaling === undefined) return { replicas, autoscaling: { enabled: false, keda: { enabled: false } } };
  const { minimumReplicas, maximumReplicas, cpuPercent } = autoscaling;
  return {
    // The chart passes this number to the API, and it decides what the API requires before it starts.
    replicas: minimumReplicas,
    autoscaling: {
      enabled: true,
      minReplicas: minimumReplicas,
      maxReplicas: maximumReplicas,
      targetCPUUtilizationPercentage: cpuPercent,
      keda: { enabled: false },
    },
  };
}

/** The Ingress. Kubernetes refuses a host without paths. */
function ingressValues(ingress: IngressSettings | undefined): HelmValues {
  if (ingress === undefined) return { enabled: false };
  const { host, className, tlsSecretName, annotations } = ingress;
  return {
    enabled: true,
    ...(className === undefined ? {} : { className }),
    annotations: { ...annotations },
    hosts: [{ host, apiPaths: prefixes(API_PATHS), uiPaths: prefixes(UI_PATHS) }],
    tls: tlsSecretName === undefined ? [] : [{ secretName: tlsSecretName, hosts: [host] }],
  };
}

function prefixes(paths: readonly string[]): HelmValues[] {
  return paths.map((path) => ({ path, pathType: 'Prefix' }));
}

/**
 * Names that no other environment in the cluster has. The IAM roles trust only these ServiceAccounts. The
 * base ServiceAccount has no annotations, because every other one would inherit them.
 */
function nameValues(environmentName: string): HelmValues {
  const account = (workload: Parameters<typeof chartServiceAccount>[1]) => ({
    serviceAccount: { create: true, name: chartServiceAccount(environmentName, workload) },
  });
  return {
    nameOverride: controlPlaneName(environmentName),
    serviceAccount: { name: controlPlaneName(environmentName), annotations: {} },
    scanner: account('scanner'),
    gateway: account('gateway'),
    controlPlane: { api: account('api') },
  };
}

/** The images of every workload of the chart. The API has to be of the version whose migrations have run. */
function imageValues(version: string, { registry, pullSecretName }: ImageSource): HelmValues {
  const agentBom = { repository: repositoryIn(registry, 'agentBom') };
  const pullSecrets: HelmValues = pullSecretName === undefined ? {} : { imagePullSecrets: [{ name: pullSecretName }] };
  if (registry === undefined) return { image: { ...agentBom, tag: version }, ...pullSecrets };
  return {
    image: { ...agentBom, tag: version },
    uiImage: { repository: repositoryIn(registry, 'agentBomUi') },
    collectorImage: { repository: repositoryIn(registry, 'agentBomCollector') },
    runtimeImage: agentBom,
    gateway: { image: agentBom },
    sidecarInjection: { image: agentBom },
    tests: { image: agentBom },
    ...pullSecrets,
  };
}
