import { Client, type QueryResultRow } from 'pg';
import type { EmbeddedServer } from '../../../commands/embedded/server';
import { missingClientTools } from '../../../commands/rehearse/restore-step';
import { type VerifyRun, verifyContract } from '../../../commands/shared/postgres/contract-runner';
import { CHECKS, type CheckResult } from '../../../contract/postgres/checks';
import { until } from '../until';

/** Seconds are plenty for the server; a loaded machine may need more. */
export const SERVER_TIMEOUT_MS = 60_000;

/** Checks that a database answers by itself: without a control plane, without a restored dump. */
export const DATABASE_CHECKS = CHECKS.filter(({ source }) => !['api', 'cluster', 'rehearsal'].includes(source)).map(
  ({ id }) => id,
);

/** What a machine says that is too busy to let anybody connect in ten seconds, which says nothing of the contract. */
const TOO_BUSY = /timeout expired/;

/** The results of all checks; those of a machine that is too busy are asked for again, until the time of the test is up. */
export async function verified(run: VerifyRun): Promise<CheckResult[]> {
  for (;;) {
    try {
      const results = await verifyContract(run);
      if (!results.some(({ detail }) => TOO_BUSY.test(detail))) return results;
    } catch (error) {
      if (!TOO_BUSY.test((error as Error).message)) throw error;
    }
  }
}

/** Runs statements in one session and ends it; the rows of the last one. */
export async function query<Row extends QueryResultRow>(url: string, ...statements: string[]): Promise<Row[]> {
  return ((await queryEach(url, ...statements)).at(-1) ?? []) as Row[];
}

/** Runs statements in one session and ends it; the rows of each. A session costs more than most statements. */
export async function queryEach(url: string, ...statements: string[]): Promise<QueryResultRow[][]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const rows: QueryResultRow[][] = [];
    for (const statement of statements) rows.push((await client.query(statement)).rows);
    return rows;
  } finally {
    await client.end();
  }
}

/** URL of the role that plays RDS itself: the only superuser. */
export function superuserUrl(server: EmbeddedServer): string {
  return server.urlFor(server.address.superuser);
}

/** Has the server read its files again, and waits until it has: new sessions go by what the files say now. */
export async function reload(server: EmbeddedServer): Promise<void> {
  const loaded = 'select pg_conf_load_time()::text as at';
  const [former] = await query(superuserUrl(server), loaded, 'select pg_reload_conf()', loaded);
  await until(async () => (await query(superuserUrl(server), loaded))[0]?.at !== former?.at);
}

/** Everything about roles, privileges, policies and settings that the contract decides, less the password hashes. */
const FINGERPRINT = `
  select md5(string_agg(fact, E'\\n' order by fact)) as fingerprint, count(*)::int as facts from (
    select concat_ws('|', 'role', rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication,
                     rolbypassrls, rolconnlimit, rolconfig) as fact from pg_roles
     union all select concat_ws('|', 'member', member::regrole, roleid::regrole, admin_option) from pg_auth_members
     union all select concat_ws('|', 'relation', relname, relkind, relowner::regrole, relrowsecurity, relforcerowsecurity,
                     (select array_agg(a::text order by a::text) from unnest(relacl) a))
                 from pg_class where relnamespace = 'public'::regnamespace
     union all select concat_ws('|', 'policy', polrelid::regclass, polname, polcmd, polroles::regrole[]::text,
                     pg_get_expr(polqual, polrelid)) from pg_policy
     union all select concat_ws('|', 'default', defaclrole::regrole, defaclobjtype, defaclacl) from pg_default_acl
     union all select concat_ws('|', 'database', datname, datdba::regrole, datacl) from pg_database
  ) facts`;

/** One value for all that the contract decides about a server, and how many facts it stands for. */
export async function fingerprint(server: EmbeddedServer): Promise<{ fingerprint: string; facts: number }> {
  const [row] = await query<{ fingerprint: string; facts: number }>(superuserUrl(server), FINGERPRINT);
  if (row === undefined) throw new Error('the fingerprint has no row');
  return row;
}

/** Whether the machine has the client that the Jobs' image brings; where CI requires it, its absence is a failure. */
export function hasClientTools(serverMajor: number): boolean {
  const missing = missingClientTools(serverMajor);
  if (missing === undefined) return true;
  if (process.env.REQUIRE_PSQL !== undefined) throw new Error(`CI requires the client: ${missing}`);
  console.warn(`NOT RUN, because the client is missing: ${missing}`);
  return false;
}
