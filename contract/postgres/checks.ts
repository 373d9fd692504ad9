import type { IdentityName } from './identities';

/** Where a check asks: on a connection of an identity, the API or the pods of a running control plane, or a restored dump. */
export type CheckSource = IdentityName | 'api' | 'cluster' | 'rehearsal';

/** What a check found; `skip` where it could not be asked. */
export type CheckStatus = 'pass' | 'fail' | 'skip';

/** One row that `migrations/verify/` or a runner reports. */
export interface CheckResult {
  /** Id of the check. */
  readonly id: string;
  /** What was found. */
  readonly status: CheckStatus;
  /** What was found; on a failure the objects that break the rule. */
  readonly detail: string;
}

/** A readiness check. Ids are an interface: reports, alerts and suppressions refer to them. */
export interface Check {
  /** Id of the check, which never changes. */
  readonly id: string;
  /** What a pass proves, in one line. */
  readonly proves: string;
  /** What the check needs; the catalog, asked as the administrator, is open to every other identity too. */
  readonly source: CheckSource;
  /** Item of the operational checklist that it answers. */
  readonly checklistItem?: ChecklistItemNumber;
}

/** Number of an item of the operational checklist. */
export type ChecklistItemNumber = 1 | 2 | 3 | 4 | 5;

/** All checks, in the order in which they are reported. */
export const CHECKS: readonly Check[] = [
  { id: 'tls.session', proves: 'connections are encrypted with TLS 1.2 or later', source: 'admin' },
  { id: 'tls.plain-refused', proves: 'the server refuses connections without TLS', source: 'admin' },
  { id: 'database.owner', proves: 'the owner role owns database and schema', source: 'admin' },
  { id: 'database.public', proves: 'PUBLIC may neither connect nor create nor read', source: 'admin' },
  { id: 'roles.attributes', proves: 'every role exists with its attributes and no more', source: 'admin' },
  { id: 'roles.memberships', proves: 'every login is a member of what it should be and no more', source: 'admin' },
  { id: 'ownership.relations', proves: 'the owner role owns every table, sequence, view and routine', source: 'admin' },
  { id: 'tenancy.row-security', proves: 'every table of a tenant has row-level security, forced', source: 'admin' },
  { id: 'tenancy.open-tables', proves: 'the tables without tenants are exactly the known ones', source: 'admin' },
  { id: 'tenancy.policies', proves: 'every protected table checks the tenant in every command', source: 'admin' },
  {
    id: 'tenancy.app-cannot-bypass',
    proves: 'the application cannot act as a role that sees all tenants',
    source: 'admin',
  },
  {
    id: 'access.others',
    proves: 'no role of others reads the keys or the rows of all tenants',
    source: 'admin',
  },
  {
    id: 'tenancy.probe',
    proves: 'a session of one tenant neither reads nor writes rows of another',
    source: 'app',
  },
  { id: 'stores.present', proves: 'the nine stores exist and the application reaches them', source: 'admin' },
  { id: 'schema.revision', proves: 'the schema is at the revision of the chart version', source: 'admin' },
  { id: 'schema.partition-runway', proves: 'partitions exist for the months kept and three ahead', source: 'admin' },
  { id: 'schema.backfills', proves: 'columns of later migrations are filled in older rows too', source: 'backup' },
  { id: 'schema.foreign-objects', proves: 'what is not of the contract is known', source: 'admin' },
  {
    id: 'schema.foreign-code',
    proves: 'no code of others runs in sessions of the contract',
    source: 'admin',
  },
  { id: 'schema.extensions', proves: 'the extensions that the schema uses are installed', source: 'admin' },
  { id: 'privileges.app', proves: 'the application reads and writes rows, and nothing else', source: 'admin' },
  {
    id: 'privileges.maintenance',
    proves: 'the maintenance identity reads and writes rows, and nothing else',
    source: 'admin',
  },
  { id: 'privileges.backup', proves: 'the backup login can write nothing', source: 'admin' },
  {
    id: 'privileges.defaults',
    proves: 'tables of later migrations can be dumped, and only migrations open them to the application',
    source: 'admin',
  },
  {
    id: 'backup.sees-all-rows',
    proves: 'the backup login reads every row of every tenant',
    source: 'admin',
    checklistItem: 4,
  },
  {
    id: 'limits.connections',
    proves: 'connection limits of the logins equal the budget',
    source: 'admin',
    checklistItem: 5,
  },
  { id: 'limits.capacity', proves: 'the server holds the budget', source: 'admin', checklistItem: 5 },
  { id: 'limits.timeouts', proves: 'every login has its timeouts and no other settings', source: 'admin' },
  { id: 'login.app', proves: 'the application logs in with the delivered secret', source: 'app', checklistItem: 1 },
  {
    id: 'login.maintenance',
    proves: 'the maintenance identity logs in with the delivered secret',
    source: 'maintenance',
    checklistItem: 1,
  },
  {
    id: 'login.backup',
    proves: 'the backup logs in with the delivered secret',
    source: 'backup',
    checklistItem: 4,
  },
  {
    id: 'backup.restore',
    proves: 'a dump restores into an empty database, row by row and privilege by privilege',
    source: 'rehearsal',
    checklistItem: 4,
  },
  {
    id: 'pods.secret-source',
    proves: 'every pod takes each connection from a separate Secret',
    source: 'cluster',
    checklistItem: 1,
  },
  {
    id: 'api.rate-limit',
    proves: 'the API counts requests in Postgres, for all replicas together',
    source: 'api',
    checklistItem: 2,
  },
  { id: 'api.audit-log', proves: 'the API writes its audit log to Postgres', source: 'api', checklistItem: 3 },
];

/** Checks of an environment that no database, cluster or rehearsal answers: they ask AWS. */
export const ENVIRONMENT_CHECKS: readonly Omit<Check, 'source'>[] = [
  { id: 'backup.automated', proves: 'the automated backups of RDS reach up to now', checklistItem: 4 },
  { id: 'backup.dump', proves: 'the newest dump is whole and no older than it should be', checklistItem: 4 },
];

/** An item of the operational checklist, and what of it no check of a database can prove. */
export interface ChecklistItem {
  /** What has to be true. */
  readonly statement: string;
}

/** The operational checklist: what has to be true before a deployment is called ready for production. */
export const CHECKLIST: Readonly<Record<ChecklistItemNumber, ChecklistItem>> = {
  1: { statement: 'the connection URL is injected from a secret source' },
  2: { statement: 'API replicas share rate limiting through Postgres' },
  3: { statement: 'the audit log is kept in Postgres' },
  4: { statement: 'backups and a restore workflow exist' },
  5: { statement: 'pool sizes match the database and the scan volume' },
};
