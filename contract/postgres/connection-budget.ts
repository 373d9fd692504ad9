import { poolsOf } from '../product/facts';
import type { ConnectionPool } from '../product/facts/schema';
import { RUNTIME_IDENTITIES, type RuntimeIdentityName } from './identities';
import type { ReportedPool, ServerFacts } from './run-report';

/** How many API pods run, where the load decides. */
export interface AutoscalingSettings {
  /** Pods that always run. */
  readonly minimumReplicas: number;
  /** Pods that run under the most load. */
  readonly maximumReplicas: number;
  /** Percentage of the CPU that a pod requests; above it pods are added, below it they are taken away. */
  readonly cpuPercent: number;
}

/** What decides how many connections the control plane opens. */
export interface PoolSettings {
  /** API pods when nothing is being rolled out, unless the load decides. */
  readonly replicas: number;
  /**
   * Limits within which the load decides how many API pods run.
   * @default - always `replicas`
   */
  readonly autoscaling?: AutoscalingSettings;
  /** Connections that each API pod keeps open for the app identity. */
  readonly poolMinimum: number;
  /** Connections that each API pod may open for the app identity. */
  readonly poolMaximum: number;
}

/** The same for a version of the product, which decides what pools there are. */
export interface BudgetSettings extends PoolSettings {
  /** Version of the product. */
  readonly chartVersion: string;
}

/** A pool that every API pod opens. */
export type PodPool = Omit<ReportedPool, 'allPods'>;

/** Connections that each login of an identity may hold. */
export type ConnectionLimits = Readonly<Record<RuntimeIdentityName, number>>;

/** Kubernetes rounds a rolling update's 25 % surge up. */
const SURGE = 0.25;
/** One for the verification that runs while pods hold their pools, one for an operator who investigates a problem. */
const HEADROOM = 2;
/** A dump holds two, one of them for its snapshot; a verification and a restore may each use another one. */
const BACKUP_LIMIT = 4;

/** The migration Job, its verification, and an administrator who investigates a problem. */
export const ADMINISTRATION = 3;
/** Three that PostgreSQL keeps for superusers, which RDS itself is, and two that RDS keeps for `rds_superuser`. */
const RESERVED = 5;

/**
 * The pools of a pod. A pool opens at least its minimum, even where that is more than its maximum. Of a version without a
 * record, nobody knows the pools: each has the largest size that any recorded version gives it.
 */
export function podPools({ chartVersion, poolMinimum, poolMaximum }: Omit<BudgetSettings, 'replicas'>): PodPool[] {
  const largest = new Map<string, PodPool>();
  for (const [name, { login, minimum, cap }] of poolsOf(chartVersion).flatMap(Object.entries<ConnectionPool>)) {
    const connections = Math.max(1, minimum ?? poolMinimum, Math.min(cap ?? Infinity, poolMaximum));
    const known = largest.get(name)?.connections ?? 0;
    if (connections > known) largest.set(name, { name, identity: login, connections });
  }
  return [...largest.values()];
}

/** The most pods that run at once: the surge pods of a rolling update count, and an update may start at the maximum. */
export function mostPods({ replicas, autoscaling }: Pick<PoolSettings, 'replicas' | 'autoscaling'>): number {
  const most = autoscaling?.maximumReplicas ?? replicas;
  return most + Math.ceil(most * SURGE);
}

/** The pools of all pods: what the limit of an identity's logins adds up. */
export function releasePools(settings: BudgetSettings): ReportedPool[] {
  return podPools(settings).map((pool) => ({ ...pool, allPods: mostPods(settings) * pool.connections }));
}

/** Turns replicas and the pools of the version into the connection limits of the logins. */
export function connectionLimits(settings: BudgetSettings): ConnectionLimits {
  const pools = releasePools(settings);
  const limit = (identity: PodPool['identity']) =>
    pools.reduce((sum, pool) => sum + (pool.identity === identity ? pool.allPods : 0), HEADROOM);
  return { app: limit('app'), maintenance: limit('maintenance'), backup: BACKUP_LIMIT };
}

/** Connections that a server has to accept so that every login can reach its limit. */
export function connectionsNeeded({ app, maintenance, backup }: ConnectionLimits): number {
  return app + maintenance + backup + ADMINISTRATION + RESERVED;
}

/**
 * Number of connections that raises the alarm: nine tenths of what all logins may hold together, surge included, or four
 * fifths of what the server accepts if that is less. Above the first a pool is about to be refused a connection; above
 * the second there are connections that the budget does not know.
 *
 * @param capacity Connections that the server accepts, where they are known.
 */
export function connectionsToWatch({ app, maintenance, backup }: ConnectionLimits, capacity = Infinity): number {
  const budget = app + maintenance + backup + ADMINISTRATION;
  return Math.floor(Math.min(0.9 * budget, 0.8 * capacity));
}

/** One user of the server's connections. */
export interface BudgetRow {
  /** Login, or what else takes connections. */
  readonly who: string;
  /** Nothing where there is no limit. */
  readonly connections?: number;
  /** Whether it counts towards the whole: a pool is part of its login, and the second of two logins alternates. */
  readonly counts: boolean;
  /** What the connections are for. */
  readonly kind: 'login' | 'pool' | 'administration' | 'reserve' | 'free';
}

/**
 * Who may hold the connections of a server, one row each, and what is left: together all that it accepts.
 *
 * @param pools Each is a row below the first login of its identity; empty where the release is not known.
 */
export function budgetRows(
  { connections, reserved, logins }: ServerFacts,
  pools: readonly ReportedPool[],
): BudgetRow[] {
  const rows: BudgetRow[] = RUNTIME_IDENTITIES.flatMap((identity) => {
    const [first, ...others] = logins
      .filter(({ login }) => identity.logins.includes(login))
      .map(({ login, limit }, index) => ({
        who: login,
        connections: limit,
        counts: index === 0,
        kind: 'login' as const,
      }));
    if (first === undefined) return [];
    const own = pools.filter((pool) => pool.identity === identity.name);
    const opened = own.map(({ name, allPods }) => ({
      who: `${name} pool`,
      connections: allPods,
      counts: false,
      kind: 'pool' as const,
    }));
    return [first, ...opened, ...others];
  });
  rows.push({ who: 'administration', connections: ADMINISTRATION, counts: true, kind: 'administration' });
  rows.push({ who: 'kept by the server', connections: reserved, counts: true, kind: 'reserve' });
  const used = rows.reduce((sum, row) => sum + (row.counts ? (row.connections ?? connections) : 0), 0);
  rows.push({ who: 'free', connections: Math.max(0, connections - used), counts: true, kind: 'free' });
  return rows;
}
