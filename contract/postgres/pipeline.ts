import type { CheckResult, CheckStatus } from './checks';
import type { ReportedStep } from './run-report';

/** A part of the pipeline from an environment file to a running control plane. */
export interface PipelineStage {
  /** Name, as reports know it. */
  readonly id: StageId;
  /** Name, as people read it. */
  readonly title: string;
  /** What it brings. */
  readonly brings: string;
  /** Beginnings of the ids of the checks that show its result. */
  readonly shownBy: readonly string[];
}

/** Names of the parts, as reports know them. */
export type StageId =
  | 'file'
  | 'server'
  | 'secrets'
  | 'before'
  | 'packaged'
  | 'after'
  | 'verify'
  | 'control-plane'
  | 'backup';

/** What the Job itself asks; the rest needs a running control plane, or a second database for a restore. */
const VERIFIED_IN_THE_DATABASE = [
  ...['tls.', 'database.', 'roles.', 'ownership.', 'tenancy.', 'stores.', 'schema.', 'privileges.', 'limits.'],
  ...['access.', 'login.', 'backup.sees-all-rows'],
];

/** All parts, in their order. */
export const PIPELINE: readonly PipelineStage[] = [
  { id: 'file', title: 'Environment file', brings: 'one YAML file', shownBy: [] },
  { id: 'server', title: 'PostgreSQL', brings: 'verified TLS, capacity', shownBy: ['tls.', 'limits.capacity'] },
  { id: 'secrets', title: 'Secrets', brings: 'one for each identity', shownBy: ['login.'] },
  { id: 'before', title: 'before', brings: 'roles, ownership', shownBy: ['roles.', 'database.'] },
  { id: 'packaged', title: 'packaged', brings: 'the schema', shownBy: ['stores.', 'schema.', 'ownership.'] },
  {
    id: 'after',
    title: 'after',
    brings: 'least privilege, limits',
    shownBy: ['privileges.', 'access.', 'tenancy.', 'limits.connections', 'limits.timeouts'],
  },
  { id: 'verify', title: 'verify', brings: 'every check', shownBy: VERIFIED_IN_THE_DATABASE },
  { id: 'control-plane', title: 'Control plane', brings: 'starts when verified', shownBy: ['api.', 'pods.'] },
  { id: 'backup', title: 'Backup', brings: 'dump and restore', shownBy: ['backup.'] },
];

/** The worst that a run found out about a stage; `skip` where it could not ask everything. */
export function stageStatus(
  { id, shownBy }: PipelineStage,
  checks: readonly CheckResult[],
  steps: readonly ReportedStep[],
): CheckStatus {
  if (steps.some(({ name, status }) => name === id && status === 'failed')) return 'fail';
  const statuses = checks
    .filter((check) => shownBy.some((beginning) => check.id.startsWith(beginning)))
    .map(({ status }) => status);
  if (statuses.includes('fail')) return 'fail';
  return statuses.length > 0 && !statuses.includes('skip') ? 'pass' : 'skip';
}
