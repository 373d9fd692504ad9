import type { Environment } from '../../contract/environment/environment';
import { writerStopsUpTo } from '../../contract/product/facts';

/** What an environment requires of account and cluster. */
export interface Requirements {
  /** The environment creates its database. */
  readonly database: boolean;
  /** The file names a KMS key. */
  readonly existingKey: boolean;
  /** External Secrets Operator brings the secrets. */
  readonly operator: boolean;
  /** Pods get their IAM roles through the OIDC provider of the cluster. */
  readonly oidcProvider: boolean;
  /** Pods get their IAM roles from the agent of EKS Pod Identity. */
  readonly podIdentity: boolean;
  /** Pods have their own security groups. */
  readonly podSecurityGroups: boolean;
  /** Kinds of the Prometheus Operator that the values of the chart ask for. */
  readonly prometheusKinds: readonly string[];
  /** The migration Job may have to stop the API, for which the deployment creates a Role. */
  readonly apiScaling: boolean;
  /** Existing secrets that the file names. */
  readonly existingSecrets: boolean;
}

/** Values of the chart that create an object of the Prometheus Operator, and the definition of its kind. */
const PROMETHEUS_KINDS: Readonly<Record<string, string>> = {
  prometheusRule: 'prometheusrules.monitoring.coreos.com',
  serviceMonitor: 'servicemonitors.monitoring.coreos.com',
  podMonitor: 'podmonitors.monitoring.coreos.com',
};

export function requirementsOf(environment: Environment): Requirements {
  const { secrets, cluster, database, release, verification, encryption } = environment;
  const podIdentity = cluster.podRoles === 'pod-identity';
  return {
    database: database.existing === undefined,
    existingKey: (encryption.keyArn ?? database.replication?.keyArn) !== undefined,
    operator: secrets.delivery === 'external-secrets',
    oidcProvider: !podIdentity,
    podIdentity,
    podSecurityGroups: database.access.pods === 'namespace',
    prometheusKinds: [...new Set(enabledKinds({ ...release.values, ...ownRule(verification.prometheusRule) }))].sort(),
    apiScaling: writerStopsUpTo(release.chartVersion).length > 0,
    existingSecrets: secrets.existing !== undefined,
  };
}

/** The rule of the verification, written as a value of the chart. */
function ownRule(enabled: boolean): object {
  return { verification: { prometheusRule: { enabled } } };
}

/** Definitions for what is enabled anywhere in the values. */
function enabledKinds(values: unknown): string[] {
  if (typeof values !== 'object' || values === null) return [];
  return Object.entries(values).flatMap(([key, value]) => {
    const kind = Object.hasOwn(PROMETHEUS_KINDS, key) ? PROMETHEUS_KINDS[key] : undefined;
    const enabled = (value as { enabled?: unknown } | null | undefined)?.enabled === true;
    return [...(kind !== undefined && enabled ? [kind] : []), ...enabledKinds(value)];
  });
}
