import type { IdentityName } from './identities';

export type CheckStatus = 'pass' | 'fail' | 'skip';

/** One row that `migrations/verify/` or a runner reports. */
export interface CheckResult {
  readonly id: string;
  readonly status: CheckStatus;
  /** What was found; on a failure the objects that break the rule. */
  readonly detail: string;
}

/** A readiness check. Ids are an interface: reports, alerts and suppressions refer to them. */
export interface Check {
  readonly id: string;
  /** What a pass proves, in one line. */
  readonly proves: string;
  /** Identity whose connection the check needs; the catalog is open to all of them. */
  readonly connectsAs: IdentityName;
  /** Item of the operational checklist that it answers. */
  readonly checklistItem?: ChecklistItemNumber;
}

export type ChecklistItemNumber = 1 | 2 | 3 | 4 | 5;

export const CHECKS: readonly Check[] = [
  { id: 'tls.session', proves: 'connections are encrypted with TLS 1.2 or later', connectsAs: 'admin' },
  { id: 'tls.plain-refused', proves: 'the server turns connections without TLS away', connectsAs: 'admin' },
  { id: 'database.owner', proves: 'the owner role owns database and schema', connectsAs: 'admin' },
  { id: 'database.public', proves: 'PUBLIC may neither connect nor create nor read', connectsAs: 'admin' },
  { id: 'roles.attributes', proves: 'every role exists with its attributes and no more', connectsAs: 'admin' },
  { id: 'roles.memberships', proves: 'every login is a member of what it should be and no more', connectsAs: 'admin' },
  { id: 'ownership.relations', proves: 'the owner role owns every table', connectsAs: 'admin' },
  { id: 'tenancy.row-security', proves: 'every table of a tenant has row-level security, forced', connectsAs: 'admin' },
  { id: 'tenancy.open-tables', proves: 'the tables without tenants are exactly the known ones', connectsAs: 'admin' },
  { id: 'tenancy.policies', proves: 'every protected table asks for the tenant in every command', connectsAs: 'admin' },
  {
    id: 'tenancy.app-cannot-bypass',
    proves: 'the application cannot act as a role that sees all tenants',
    connectsAs: 'admin',
  },
  {
    id: 'tenancy.probe',
    proves: 'a session of one tenant neither reads nor writes rows of another',
    connectsAs: 'app',
  },
  { id: 'stores.present', proves: 'the nine stores exist and the application reaches them', connectsAs: 'admin' },
  { id: 'schema.revision', proves: 'the schema is at the revision of the chart version', connectsAs: 'admin' },
  { id: 'schema.partition-runway', proves: 'partitions exist for at least three months ahead', connectsAs: 'admin' },
  { id: 'schema.extensions', proves: 'the extensions that the schema uses are installed', connectsAs: 'admin' },
  { id: 'privileges.app', proves: 'the application reads and writes rows, and nothing else', connectsAs: 'admin' },
  { id: 'privileges.backup', proves: 'the backup login can write nothing', connectsAs: 'admin' },
  {
    id: 'backup.sees-all-rows',
    proves: 'the backup login reads every row of every tenant',
    connectsAs: 'admin',
    checklistItem: 4,
  },
  {
    id: 'limits.connections',
    proves: 'connection limits of the logins equal the budget',
    connectsAs: 'admin',
    checklistItem: 5,
  },
  { id: 'limits.capacity', proves: 'the server holds the budget', connectsAs: 'admin', checklistItem: 5 },
  { id: 'limits.timeouts', proves: 'every login has its statement, lock and idle timeouts', connectsAs: 'admin' },
  { id: 'login.app', proves: 'the application logs in with the delivered secret', connectsAs: 'app', checklistItem: 1 },
  {
    id: 'login.maintenance',
    proves: 'the maintenance identity logs in with the delivered secret',
    connectsAs: 'maintenance',
    checklistItem: 1,
  },
  {
    id: 'login.backup',
    proves: 'the backup logs in with the delivered secret',
    connectsAs: 'backup',
    checklistItem: 4,
  },
];

/** The operational checklist: what has to be true before a deployment is called ready for production. */
export const CHECKLIST: Readonly<
  Record<ChecklistItemNumber, { readonly statement: string; readonly elsewhere?: string }>
> = {
  1: {
    statement: 'the connection URL is injected from a secret source',
    elsewhere: 'the workload stack gives each workload its URL from a Secret of its own; no pod is looked at here',
  },
  2: {
    statement: 'API replicas share rate limiting through Postgres',
    elsewhere:
      'asked of a running control plane: `rate_limit_runtime.backend` of GET /v1/auth/policy is `postgres_shared`',
  },
  3: {
    statement: 'the audit log is kept in Postgres',
    elsewhere: 'asked of a running control plane: `storage.audit_log` of GET /v1/system/health is `postgres`',
  },
  4: {
    statement: 'backups and a restore workflow exist',
    elsewhere: 'the stack keeps automated backups with point-in-time recovery; a dump is not restored here',
  },
  5: { statement: 'pool sizes match the database and the scan volume' },
};
