import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import type { Client } from 'pg';
import { type IdentityName, RUNTIME_IDENTITIES } from '../../contract/postgres/identities';
import type { LoginLimit, RunReport, ServerFacts, TablePrivileges } from '../../contract/postgres/run-report';
import { GUARDED_TABLES, ROW_PRIVILEGES, roleOf, STORES } from '../../contract/postgres/stores';
import { connect } from '../shared/postgres/contract-runner';
import { packageVersion } from '../shared/program-files';
import { reportPage } from './page';

/** What a command knows of its run; the versions that are the same for all are added. */
export type Run = Omit<RunReport, 'startedAt'> & { readonly startedAt: Date };

/** Writes the report for people as one page. */
export function writePage(file: string, { startedAt, versions, ...run }: Run): void {
  const server = run.facts === undefined ? [] : [{ what: 'PostgreSQL', version: run.facts.version }];
  const own = [
    { what: 'agent-bom-postgres', version: packageVersion() },
    { what: 'Node.js', version: process.versions.node },
    ...origin(),
  ];
  const page = reportPage({
    ...run,
    startedAt: `${startedAt.toISOString().slice(0, 19)}Z`,
    versions: [...server, ...versions, ...own],
  });
  writeFileSync(file, page);
}

/** Who ran it and, where the folder is a checkout, on which commit. */
function origin(): { readonly what: string; readonly version: string }[] {
  const git = (...words: string[]): string => spawnSync('git', words, { encoding: 'utf8' }).stdout?.trim() ?? '';
  const commit = git('rev-parse', 'HEAD');
  const changed = git('status', '--porcelain', '--untracked-files=no') === '' ? '' : ', with changes';
  return [
    ...(commit === '' ? [] : [{ what: 'Commit', version: `${commit}${changed}` }]),
    { what: 'Run by', version: `${userName()} on ${hostname()}` },
  ];
}

/** A container may run as a user without a name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.()}`;
  }
}

/** Asks the server for what a page shows besides the checks, in a separate session. */
export async function serverFacts(identity: IdentityName, url: string): Promise<ServerFacts> {
  const client = await connect(identity, url, {});
  try {
    return await askServer(client);
  } finally {
    await client.end();
  }
}

const SETTINGS = `
  select current_setting('server_version') as version, current_setting('max_connections')::int as connections,
         current_setting('superuser_reserved_connections')::int
         + coalesce(nullif(current_setting('reserved_connections', true), ''), '0')::int as reserved`;

const LOGINS = `
  select login, nullif(rolconnlimit, -1) as "limit"
    from unnest($1::text[]) with ordinality wanted (login, place)
    join pg_roles on rolname = login
   order by place`;

const PRIVILEGES = `
  select r.rolname::text as role, c.relname::text as table,
         array(select p.privilege from unnest($3::text[]) with ordinality p (privilege, place)
                where has_table_privilege(r.oid, c.oid, p.privilege) order by p.place) as privileges
    from pg_roles r
   cross join pg_class c
   where r.rolname = any ($1::text[]) and c.relname = any ($2::text[]) and c.relnamespace = 'public'::regnamespace
     and c.relkind in ('r', 'p')
   order by 1, 2`;

/** Asks the server for what a report shows besides the checks. Reads the catalog alone, which is open to every login. */
export async function askServer(client: Client): Promise<ServerFacts> {
  const logins = RUNTIME_IDENTITIES.flatMap((identity) => identity.logins);
  const roles = [roleOf('admin'), ...RUNTIME_IDENTITIES.map(({ role }) => role)];
  const tables = [...STORES, ...GUARDED_TABLES].flatMap((store) => store.tables);
  const settings = await client.query<Pick<ServerFacts, 'version' | 'connections' | 'reserved'>>(SETTINGS);
  const limits = await client.query<{ login: string; limit: number | null }>(LOGINS, [logins]);
  const privileges = await client.query<TablePrivileges>(PRIVILEGES, [roles, tables, ROW_PRIVILEGES]);
  const [first] = settings.rows;
  if (first === undefined) throw new Error('a query without a condition returned no row');
  return { ...first, logins: limits.rows.map(loginLimit), privileges: privileges.rows };
}

function loginLimit({ login, limit }: { login: string; limit: number | null }): LoginLimit {
  return limit === null ? { login } : { login, limit };
}
