import { chartServiceAccount, controlPlaneName } from '../names';
import type { ChartVersion } from './chart';
import type { HelmValues } from './helm-values';
import { type ImageSource, repositoryIn } from './images';

/** How many API pods run, where the load decides. */
export interface AutoscalingSettings {
  /** Pods that always run. */
  readonly minimumReplicas: number;
  /** Pods that run under the most load. */
  readonly maximumReplicas: number;
  /** Percentage of the CPU that a pod requests; above it pods are added, below it they are taken away. */
  readonly cpuPercent: number;
}

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

/** What the chart itself sends to the API; everything else belongs to the user interface. */
const API_PATHS = ['/v1', '/scim', '/health', '/docs', '/redoc', '/openapi.json', '/ws'];
const UI_PATHS = ['/'];

/** The number of pods, or the limits within which the load decides. KEDA would decide without any. */
export function replicaValues(replicas: number, autoscaling: AutoscalingSettings | undefined): HelmValues {
  if (autoscaling === undefined) return { replicas, autoscaling: { enabled: false, keda: { enabled: false } } };
  const { minimumReplicas, maximumReplicas, cpuPercent } = autoscaling;
  return {
    // The chart tells the API this number, and it decides what the API demands before it starts.
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

/** The Ingress. A host without paths of its own is one that Kubernetes refuses. */
export function ingressValues(ingress: IngressSettings | undefined): HelmValues {
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
 * Names that no other environment in the cluster has. The IAM roles trust these ServiceAccounts alone. What the base
 * one is annotated with every other one would inherit, so that it is annotated with nothing.
 */
export function nameValues(environmentName: string): HelmValues {
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
export function imageValues(version: ChartVersion, { registry, pullSecretName }: ImageSource): HelmValues {
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
