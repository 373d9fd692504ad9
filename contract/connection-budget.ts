import type { RuntimeIdentityName } from './identities';

/** What decides how many connections the control plane opens. */
export interface PoolSettings {
  /** API pods when nothing is being rolled out. */
  readonly replicas: number;
  /** Connections that each API pod keeps open for the app identity. */
  readonly poolMinimum: number;
  /** Connections that each API pod may open for the app identity. */
  readonly poolMaximum: number;
}

/** Connections that each login of an identity may hold. */
export type ConnectionLimits = Readonly<Record<RuntimeIdentityName, number>>;

/** The product caps its maintenance pool at this many connections a pod, whatever the app pool is. */
const MAINTENANCE_POOL_CAP = 4;
/** Kubernetes rounds a rolling update's 25 % surge up. */
const SURGE = 0.25;
/** One for the verification that runs while pods hold their pools, one for an operator who looks at a problem. */
const HEADROOM = 2;
/** A backup that runs, and a restore check that reads beside it. */
const BACKUP_LIMIT = 2;

/** The migration Job, its verification, and an administrator who looks at a problem. */
export const ADMINISTRATION = 3;
/** Three that PostgreSQL keeps for superusers, which RDS itself is, and two that RDS keeps for `rds_superuser`. */
const RESERVED = 5;

/**
 * Turns replicas and pools into the connection limits of the logins. A pool opens at least `poolMinimum`, and the
 * surge pods of a rolling update count, because both generations of pods are connected at the same moment.
 */
export function connectionLimits({ replicas, poolMinimum, poolMaximum }: PoolSettings): ConnectionLimits {
  const pods = replicas + Math.ceil(replicas * SURGE);
  const appPool = Math.max(1, poolMinimum, poolMaximum);
  const maintenancePool = Math.max(1, Math.min(MAINTENANCE_POOL_CAP, poolMaximum));
  return {
    app: pods * appPool + HEADROOM,
    maintenance: pods * maintenancePool + HEADROOM,
    backup: BACKUP_LIMIT,
  };
}

/** Connections that a server has to accept so that every login can reach its limit. */
export function connectionsNeeded({ app, maintenance, backup }: ConnectionLimits): number {
  return app + maintenance + backup + ADMINISTRATION + RESERVED;
}
