import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { EmbeddedServer } from '../../commands/embedded/server';
import { defaultParameters, packagedUrl, rehearsalUrls, runStandIn } from '../../commands/rehearse/rehearse';
import { applyStep, type ContractRun, FACTS, sqlFiles, verifyContract } from '../../commands/shared/contract-runner';
import { DATABASE_CHECKS, query, SERVER_TIMEOUT_MS, superuserUrl } from '../support/postgres/database';

jest.setTimeout(SERVER_TIMEOUT_MS);

/** What breaks a property, the only check that may notice, what it has to name, and what mends the property again. */
interface Sabotage {
  readonly check: string;
  readonly what: string;
  readonly breaks: string;
  readonly names: string;
  readonly mends: string;
}

const NEXT_PARTITION = '(select to_char(now(), \'"hub_findings_current_observations_y"YYYY"m"MM\'))';

const SABOTAGES: readonly Sabotage[] = [
  {
    check: 'database.owner',
    what: 'the database given to the administrator',
    breaks: 'alter database agent_bom owner to agent_bom_admin',
    names: 'database agent_bom belongs to agent_bom_admin',
    mends: 'alter database agent_bom owner to agent_bom_owner',
  },
  {
    check: 'database.public',
    what: 'CONNECT given to everybody',
    breaks: 'grant connect on database agent_bom to public',
    names: 'PUBLIC has CONNECT on database agent_bom',
    mends: 'revoke connect on database agent_bom from public',
  },
  {
    check: 'database.public',
    what: 'a table opened to everybody',
    breaks: 'grant select on osv_cache to public',
    names: 'PUBLIC has SELECT on osv_cache',
    mends: 'revoke select on osv_cache from public',
  },
  {
    check: 'roles.attributes',
    what: 'an attribute too many',
    breaks: 'alter role agent_bom_backup createdb',
    names: 'agent_bom_backup has CREATEDB',
    mends: 'alter role agent_bom_backup nocreatedb',
  },
  {
    check: 'roles.attributes',
    what: 'a maintenance login that bypasses row-level security',
    breaks: 'alter role agent_bom_maintenance_b bypassrls',
    names: 'agent_bom_maintenance_b has BYPASSRLS',
    mends: 'alter role agent_bom_maintenance_b nobypassrls',
  },
  {
    check: 'roles.attributes',
    what: 'an owner that may log in',
    breaks: 'alter role agent_bom_owner login',
    names: 'agent_bom_owner has LOGIN',
    mends: 'alter role agent_bom_owner nologin',
  },
  {
    check: 'roles.memberships',
    what: 'an extra membership of the application',
    breaks: 'grant rds_superuser to agent_bom_app',
    names: 'agent_bom_app is a member of rds_superuser',
    mends: 'revoke rds_superuser from agent_bom_app',
  },
  {
    check: 'roles.memberships',
    what: 'a second login outside of its identity',
    breaks: 'revoke agent_bom_maintenance from agent_bom_maintenance_b granted by agent_bom_owner',
    names: 'agent_bom_maintenance_b is not a member of agent_bom_maintenance',
    mends: 'grant agent_bom_maintenance to agent_bom_maintenance_b granted by agent_bom_owner',
  },
  {
    check: 'roles.memberships',
    what: 'a stranger among those who see all tenants',
    breaks: 'create role stranger login; grant agent_bom_rls_maintenance to stranger',
    names: 'stranger is a member of agent_bom_rls_maintenance',
    mends: 'drop role stranger',
  },
  {
    check: 'ownership.relations',
    what: 'a table of another role',
    breaks: 'alter table osv_cache owner to agent_bom_admin',
    names: 'osv_cache belongs to agent_bom_admin',
    mends: 'alter table osv_cache owner to agent_bom_owner',
  },
  {
    check: 'ownership.relations',
    what: 'a routine of another role',
    breaks: 'alter function abom_current_tenant() owner to agent_bom_admin',
    names: 'abom_current_tenant() belongs to agent_bom_admin',
    mends: 'alter function abom_current_tenant() owner to agent_bom_owner',
  },
  {
    check: 'roles.attributes',
    what: 'a login that expires',
    breaks: "alter role agent_bom_app_b valid until '2020-01-01'",
    names: 'agent_bom_app_b has VALID UNTIL',
    mends: "alter role agent_bom_app_b valid until 'infinity'",
  },
  {
    check: 'tenancy.row-security',
    what: 'row-level security switched off on one partition',
    breaks: `do $$ begin execute format('alter table %I disable row level security', ${NEXT_PARTITION}); end $$`,
    names: 'hub_findings_current_observations_y',
    mends: `do $$ begin execute format('alter table %I enable row level security', ${NEXT_PARTITION}); end $$`,
  },
  {
    check: 'tenancy.row-security',
    what: 'row-level security not forced',
    breaks: 'alter table scan_jobs no force row level security',
    names: 'scan_jobs: row-level security is not forced',
    mends: 'alter table scan_jobs force row level security',
  },
  {
    check: 'tenancy.open-tables',
    what: 'a table that nobody knows',
    breaks: 'set role agent_bom_owner; create table leftover (id int)',
    names: 'leftover has no row-level security',
    mends: 'drop table leftover',
  },
  {
    check: 'tenancy.policies',
    what: 'a policy dropped',
    breaks: 'drop policy dispatch_maintenance on scan_dispatch_queue',
    names: 'scan_dispatch_queue: no policy is for agent_bom_rls_maintenance',
    mends:
      'create policy dispatch_maintenance on scan_dispatch_queue to agent_bom_rls_maintenance using (true) with check (true)',
  },
  {
    check: 'tenancy.policies',
    what: 'a policy that does not ask for the tenant',
    breaks: "create policy hole on llm_costs for select to agent_bom_app using (tenant_id = 'contract-hole')",
    names: 'llm_costs: policy hole does not ask for the tenant',
    mends: 'drop policy hole on llm_costs',
  },
  {
    check: 'tenancy.app-cannot-bypass',
    what: 'BYPASSRLS for an application login',
    breaks: 'alter role agent_bom_app_b bypassrls',
    names: 'agent_bom_app_b may act as agent_bom_app_b',
    mends: 'alter role agent_bom_app_b nobypassrls',
  },
  {
    check: 'tenancy.probe',
    what: 'a function that forgets the tenant',
    breaks: `create or replace function abom_current_tenant() returns text language sql stable as $$ select 'contract-probe-b' $$`,
    names: 'rows of another tenant are visible',
    mends: `create or replace function abom_current_tenant() returns text language sql stable as
            $$ select coalesce(nullif(current_setting('app.tenant_id', true), ''), 'default') $$`,
  },
  {
    check: 'stores.present',
    what: 'a store that the application may not write',
    breaks: 'revoke insert on audit_log from agent_bom_app',
    names: 'audit log: agent_bom_app may not INSERT audit_log',
    mends: 'grant insert on audit_log to agent_bom_app',
  },
  {
    check: 'stores.present',
    what: 'a store that is missing',
    breaks: 'alter table exceptions rename to exceptions_gone',
    names: 'exceptions: table exceptions is missing',
    mends: 'alter table exceptions_gone rename to exceptions',
  },
  {
    check: 'schema.revision',
    what: 'another revision',
    breaks: "update alembic_version set version_num = '20260812_01'",
    names: 'the database is at 20260812_01, the packaged migrations end at 20260819_01',
    mends: "update alembic_version set version_num = '20260819_01'",
  },
  {
    check: 'schema.backfills',
    what: 'a row that a migration left out',
    breaks: `alter table compliance_hub_findings add scan_id text not null default '', add payload jsonb;
             insert into compliance_hub_findings (payload) values ('{"scan_id": "s"}'), ('{"scan_id": ""}'), (null)`,
    names: 'compliance_hub_findings: scan_id is empty in 1 rows',
    mends: 'delete from compliance_hub_findings; alter table compliance_hub_findings drop scan_id, drop payload',
  },
  {
    check: 'schema.extensions',
    what: 'an extension dropped',
    breaks: 'drop extension pg_trgm',
    names: 'pg_trgm is not installed',
    mends: 'set role agent_bom_owner; create extension pg_trgm',
  },
  {
    check: 'privileges.app',
    what: 'the application moves the revision',
    breaks: 'grant update on alembic_version to agent_bom_app',
    names: 'agent_bom_app may UPDATE alembic_version',
    mends: 'revoke update on alembic_version from agent_bom_app',
  },
  {
    check: 'privileges.app',
    what: 'the application reads the key table',
    breaks: 'grant select on agent_bom_tenant_binding_keys to agent_bom_app_b',
    names: 'agent_bom_app_b may SELECT agent_bom_tenant_binding_keys',
    mends: 'revoke select on agent_bom_tenant_binding_keys from agent_bom_app_b',
  },
  {
    check: 'privileges.app',
    what: 'the application creates tables',
    breaks: 'grant create on schema public to agent_bom_app',
    names: 'agent_bom_app may create in schema public',
    mends: 'revoke create on schema public from agent_bom_app',
  },
  {
    check: 'privileges.app',
    what: 'the application reads a column of the key table',
    breaks: 'grant select (id) on agent_bom_tenant_binding_keys to agent_bom_app',
    names: 'agent_bom_app may read a column of agent_bom_tenant_binding_keys',
    mends: 'revoke select (id) on agent_bom_tenant_binding_keys from agent_bom_app',
  },
  {
    check: 'privileges.app',
    what: 'a table that the application cannot use',
    breaks: 'revoke all on osv_cache from agent_bom_app',
    names: 'agent_bom_app may do nothing with osv_cache',
    mends: 'grant select, insert, update, delete on osv_cache to agent_bom_app',
  },
  {
    check: 'privileges.app',
    what: 'a table that a migration narrowed and an earlier version of the contract opened again',
    breaks: `set role agent_bom_owner; create table endpoint_syncs (tenant_id text);
             alter table endpoint_syncs enable row level security, force row level security;
             create policy tenant on endpoint_syncs using (tenant_id = abom_current_tenant())
               with check (tenant_id = abom_current_tenant());
             create policy agent_bom_backup_reads on endpoint_syncs for select to agent_bom_backup using (true)`,
    names: 'agent_bom_app may DELETE endpoint_syncs, which its migration took away',
    mends: 'drop table endpoint_syncs',
  },
  {
    check: 'privileges.app',
    what: 'a sequence that the application may not use',
    breaks: 'revoke usage on sequence osv_cache_id_seq from agent_bom_app',
    names: 'agent_bom_app may not use sequence osv_cache_id_seq',
    mends: 'grant usage on sequence osv_cache_id_seq to agent_bom_app',
  },
  {
    check: 'privileges.maintenance',
    what: 'the maintenance identity reads the key table',
    breaks: 'grant select on agent_bom_tenant_binding_keys to agent_bom_rls_maintenance',
    names: 'agent_bom_maintenance may SELECT agent_bom_tenant_binding_keys',
    mends: 'revoke select on agent_bom_tenant_binding_keys from agent_bom_rls_maintenance',
  },
  {
    check: 'privileges.maintenance',
    what: 'the maintenance identity moves the revision of the schema',
    breaks: 'grant update on alembic_version to agent_bom_rls_maintenance',
    names: 'agent_bom_maintenance may UPDATE alembic_version',
    mends: 'revoke update on alembic_version from agent_bom_rls_maintenance',
  },
  {
    check: 'privileges.maintenance',
    what: 'the maintenance identity creates schemas',
    breaks: 'grant create on database agent_bom to agent_bom_maintenance',
    names: 'agent_bom_maintenance may create schemas',
    mends: 'revoke create on database agent_bom from agent_bom_maintenance',
  },
  {
    check: 'privileges.defaults',
    what: 'tables to come that the backup cannot read',
    breaks:
      'alter default privileges for role agent_bom_owner in schema public revoke select on tables from agent_bom_backup',
    names: 'new tables of agent_bom_owner are not opened for agent_bom_backup',
    mends:
      'alter default privileges for role agent_bom_owner in schema public grant select on tables to agent_bom_backup',
  },
  {
    check: 'limits.timeouts',
    what: 'a login that looks elsewhere for its tables',
    breaks: 'alter role agent_bom_app set search_path = elsewhere, public',
    names: 'agent_bom_app also sets search_path',
    mends: 'alter role agent_bom_app reset search_path',
  },
  {
    check: 'limits.timeouts',
    what: 'a database that names a tenant for everybody',
    breaks: "alter database agent_bom set app.tenant_id = 'north'",
    names: 'every login sets app.tenant_id in database agent_bom',
    mends: 'alter database agent_bom reset app.tenant_id',
  },
  {
    check: 'roles.memberships',
    what: 'a stranger who may act as the owner',
    breaks: 'create role stranger login; grant agent_bom_owner to stranger',
    names: 'stranger is a member of agent_bom_owner',
    mends: 'drop role stranger',
  },
  {
    check: 'privileges.backup',
    what: 'a backup that may write',
    breaks: 'grant delete on scan_jobs to agent_bom_backup',
    names: 'agent_bom_backup may DELETE scan_jobs',
    mends: 'revoke delete on scan_jobs from agent_bom_backup',
  },
  {
    check: 'backup.sees-all-rows',
    what: 'a table whose rows the backup does not see',
    breaks: 'drop policy agent_bom_backup_reads on graph_nodes',
    names: 'graph_nodes: no policy shows every row to agent_bom_backup',
    mends: 'create policy agent_bom_backup_reads on graph_nodes for select to agent_bom_backup using (true)',
  },
  {
    check: 'backup.sees-all-rows',
    what: 'a sequence that the backup does not read',
    breaks: 'revoke select on sequence scan_jobs_id_seq from agent_bom_backup',
    names: 'agent_bom_backup may not read scan_jobs_id_seq',
    mends: 'grant select on sequence scan_jobs_id_seq to agent_bom_backup',
  },
  {
    check: 'limits.connections',
    what: 'a limit changed',
    breaks: 'alter role agent_bom_app connection limit 20',
    names: 'agent_bom_app may hold 20 connections, the budget says 62',
    mends: 'alter role agent_bom_app connection limit 62',
  },
  {
    check: 'limits.timeouts',
    what: 'a timeout that makes two scheduler leaders',
    breaks: "alter role agent_bom_app set idle_in_transaction_session_timeout = '1min'",
    names: 'agent_bom_app: idle_in_transaction_session_timeout is 1min, not 0',
    mends: "alter role agent_bom_app set idle_in_transaction_session_timeout = '0'",
  },
  {
    check: 'login.maintenance',
    what: 'a login that is locked',
    breaks: 'alter role agent_bom_maintenance nologin',
    names: 'role "agent_bom_maintenance" is not permitted to log in',
    mends: 'alter role agent_bom_maintenance login',
  },
  {
    check: 'login.backup',
    what: 'a password that is not the delivered one',
    breaks: "alter role agent_bom_backup password 'another'",
    names: 'password authentication failed for user "agent_bom_backup"',
    mends: '',
  },
];

describe('each check notices what it is for, and nothing else', () => {
  let server: EmbeddedServer;
  let run: ContractRun;
  let superuser: Client;

  beforeAll(async () => {
    server = await EmbeddedServer.start();
    superuser = new Client({ connectionString: superuserUrl(server) });
    await superuser.connect();
    run = { urls: rehearsalUrls(server), parameters: defaultParameters() };
    await applyStep('before', run);
    await runStandIn(packagedUrl(server));
    await applyStep('after', run);
  });

  afterAll(async () => {
    await superuser.end();
    await server.stop();
  });

  const failures = async (parameters = run.parameters) =>
    (await verifyContract({ ...run, parameters })).filter(({ status }) => status === 'fail');
  /** One session for all, and its role as it was: a sabotage may act as another. */
  async function asSuperuser(...statements: string[]): Promise<void> {
    for (const statement of statements) await superuser.query(statement);
    await superuser.query('reset role');
  }

  it.each(SABOTAGES)('$check: $what', async ({ check, breaks, names, mends }) => {
    await asSuperuser(breaks);
    const found = await failures();
    if (mends === '') await applyStep('after', run);
    else await asSuperuser(mends);
    expect(found).toEqual([{ id: check, status: 'fail', detail: expect.stringContaining(names) }]);
  });

  it('passes when everything is mended', async () => {
    expect(await failures()).toEqual([]);
  });

  it('login.app: what needs the connection is not checked rather than failed', async () => {
    await asSuperuser('alter role agent_bom_app nologin');
    const results = await verifyContract(run);
    await asSuperuser('alter role agent_bom_app login');
    expect(results.filter(({ id, status }) => status !== 'pass' && DATABASE_CHECKS.includes(id))).toEqual([
      { id: 'tenancy.probe', status: 'skip', detail: 'not checked: requires a connection as the app identity' },
      { id: 'login.app', status: 'fail', detail: expect.stringContaining('is not permitted to log in') },
    ]);
  });

  it('schema.partition-runway: passes with three months ahead, fails with two, and sees a gap', async () => {
    const drop = (comparison: string, months: number) => `do $$ declare name text; begin
      for name in select c.relname from pg_class c join pg_inherits i on i.inhrelid = c.oid where c.relname ${comparison}
        to_char(now() + interval '${months} months', '"hub_findings_current_observations_y"YYYY"m"MM')
      loop execute format('drop table %I', name); end loop; end $$`;
    const runway = (detail: string) => [
      { id: 'schema.partition-runway', status: 'fail', detail: expect.stringContaining(detail) },
    ];
    await asSuperuser(drop('>=', 4));
    expect(await failures()).toEqual([]);
    await asSuperuser(drop('>=', 3));
    expect(await failures()).toEqual(runway('2 months ahead, up to '));
    await runStandIn(packagedUrl(server));
    await applyStep('after', run);
    expect(await failures()).toEqual([]);
    await asSuperuser(drop('=', 0));
    expect(await failures()).toEqual(runway('has no partition for this month'));
    await runStandIn(packagedUrl(server));
    await applyStep('after', run);
  });

  it('limits.capacity: passes at the last connection and fails one below', async () => {
    const budget = async (app: number) => {
      const parameters = { ...run.parameters, 'agent_bom.app_connection_limit': String(app) };
      await asSuperuser(
        ...['agent_bom_app', 'agent_bom_app_b'].map((login) => `alter role ${login} connection limit ${app}`),
      );
      return failures(parameters);
    };
    // 450 connections, 3 of them reserved, 14 for maintenance and 4 for the backup.
    expect(await budget(429)).toEqual([]);
    expect(await budget(430)).toEqual([
      { id: 'limits.capacity', status: 'fail', detail: 'the budget is 448 of 447 connections' },
    ]);
    await applyStep('after', run);
  });

  it('tls: a server that accepts plain connections, and a session over one', async () => {
    const rules = join(server.address.directory, 'data', 'pg_hba.conf');
    const former = readFileSync(rules, 'utf8');
    writeFileSync(rules, `host all all all scram-sha-256\n`);
    await asSuperuser('select pg_reload_conf()');
    const found = await failures();
    const plain = new URL(run.urls.admin);
    plain.search = '?sslmode=disable';
    const [roles = ''] = sqlFiles('verify/admin');
    const files = [FACTS, roles].map((file) => readFileSync(file, 'utf8'));
    const rows = await query<{ check: string; status: string; detail: string }>(plain.href, ...files);
    writeFileSync(rules, former);
    await asSuperuser('select pg_reload_conf()');
    expect(found).toEqual([
      { id: 'tls.plain-refused', status: 'fail', detail: 'the server accepts connections without TLS' },
    ]);
    expect(rows.filter(({ status }) => status === 'fail')).toEqual([
      { check: 'tls.session', status: 'fail', detail: 'no TLS' },
    ]);
  });

  it('covers every check', () => {
    const elsewhere = ['login.app', 'schema.partition-runway', 'limits.capacity', 'tls.plain-refused', 'tls.session'];
    expect([...new Set([...SABOTAGES.map(({ check }) => check), ...elsewhere])].sort()).toEqual(
      [...DATABASE_CHECKS].sort(),
    );
  });
});
