import { SERVER_TIMEOUT_MS } from '../../support/postgres/database';
import { PlantedServer, sqlOf } from '../../support/postgres/planted';

jest.setTimeout(SERVER_TIMEOUT_MS);

const OTHERS = [
  'create role dba',
  'create role "Data Team"',
  'create schema reports authorization dba',
  'create extension file_fdw',
  'create server files foreign data wrapper file_fdw',
  'create table public.theirs (id serial, body text)',
  "create foreign table public.remote (line text) server files options (filename '/dev/null')",
  'create view public.shown as select 1 as one',
  'create materialized view public.summary as select 1 as one',
  'alter table public.theirs owner to dba',
  'create sequence public.their_numbers',
  'alter sequence public.their_numbers owner to dba',
  'alter view public.shown owner to agent_bom_owner',
  'grant all on public.theirs, public.remote, public.shown, public.summary to public',
  'grant all on sequence public.theirs_id_seq to public',
];

describe('what the checks of the catalog say of', () => {
  let planted: PlantedServer;

  beforeAll(async () => {
    planted = await PlantedServer.start();
  });

  afterAll(() => planted.stop());

  /** The checks of a file that fail, each with all that it names. */
  async function failures(file: string, ...given: string[]): Promise<Record<string, string[]>> {
    const rows = await planted.ask<{ check: string; status: string; detail: string }>(
      { given },
      sqlOf('facts.sql'),
      sqlOf('dependents.sql'),
      sqlOf(`verify/admin/${file}`),
    );
    const failed = rows.filter(({ status }) => status === 'fail');
    return Object.fromEntries(failed.map(({ check, detail }) => [check, detail.split('; ')]));
  }

  it('privileges of everybody', async () => {
    const given = [
      ...OTHERS,
      'grant connect, create on database agent_bom to public',
      'grant create, usage on schema reports to public',
      'grant create on schema reports to dba',
      'grant select on osv_cache, hub_findings_current_observations to public',
      'grant usage on sequence osv_cache_id_seq to public',
      'grant insert (body) on teams, hub_findings_current_observations to public',
      'grant select (one) on public.shown to public',
      'grant select (body) on public.theirs to public',
      'grant select on teams to dba',
      'grant select (body) on teams to dba',
      ...['tables', 'sequences', 'functions'].map(
        (kind) => `alter default privileges for role agent_bom_owner grant all on ${kind} to public`,
      ),
      'alter default privileges for role agent_bom_owner in schema reports grant select on tables to public',
      'alter default privileges for role agent_bom_owner grant select on tables to dba',
      'alter default privileges for role dba grant insert on tables to public',
      // With the default of everybody in it.
      'alter default privileges for role agent_bom_owner grant execute on functions to dba',
    ];
    const fresh = "update pg_database set datacl = null where datname = 'agent_bom'";
    expect(await failures('010_roles.sql', 'set allow_system_table_mods = on', fresh)).toEqual({
      'database.public': ['PUBLIC has CONNECT on database agent_bom', 'PUBLIC has TEMPORARY on database agent_bom'],
    });
    expect(await failures('010_roles.sql', ...given)).toEqual({
      'database.public': [
        'PUBLIC has CONNECT on database agent_bom',
        'PUBLIC has CREATE on database agent_bom',
        'PUBLIC has CREATE on schema reports: REVOKE CREATE ON SCHEMA reports FROM PUBLIC;',
        'PUBLIC has INSERT on column body of hub_findings_current_observations',
        'PUBLIC has INSERT on column body of teams',
        'PUBLIC has SELECT on hub_findings_current_observations',
        'PUBLIC has SELECT on osv_cache',
        'PUBLIC has USAGE on osv_cache_id_seq',
        'PUBLIC will have DELETE on what agent_bom_owner creates',
        'PUBLIC will have INSERT on what agent_bom_owner creates',
        'PUBLIC will have REFERENCES on what agent_bom_owner creates',
        'PUBLIC will have SELECT on what agent_bom_owner creates',
        'PUBLIC will have SELECT on what agent_bom_owner creates',
        'PUBLIC will have SELECT on what agent_bom_owner creates',
        'PUBLIC will have TRIGGER on what agent_bom_owner creates',
        'PUBLIC will have TRUNCATE on what agent_bom_owner creates',
        'PUBLIC will have UPDATE on what agent_bom_owner creates',
        'PUBLIC will have UPDATE on what agent_bom_owner creates',
        'PUBLIC will have USAGE on what agent_bom_owner creates',
      ],
    });
  });

  it('owners', async () => {
    const kinds = [
      'table teams',
      'table hub_findings_current_observations',
      'sequence counter',
      'view looked',
      'function abom_current_tenant()',
      'procedure worked()',
    ];
    const given = [
      ...OTHERS,
      'set role agent_bom_owner',
      'create sequence counter',
      'create view looked as select 1 as one',
      'create materialized view gathered as select 1 as one',
      'create procedure worked() language sql as $$ select 1 $$',
      'reset role',
      'alter database agent_bom owner to agent_bom_admin',
      'alter table alembic_version owner to agent_bom_admin',
      ...[...kinds, 'materialized view gathered'].map((object) => `alter ${object} owner to agent_bom_admin`),
      'alter schema public owner to dba',
    ];
    expect(await failures('010_roles.sql', ...given)).toEqual({
      'database.owner': ['database agent_bom belongs to agent_bom_admin', 'schema public belongs to dba'],
      'ownership.relations': [
        'alembic_version belongs to agent_bom_admin',
        'counter belongs to agent_bom_admin',
        'hub_findings_current_observations belongs to agent_bom_admin',
        'looked belongs to agent_bom_admin',
        'public.abom_current_tenant() belongs to agent_bom_admin',
        'public.worked() belongs to agent_bom_admin',
        'teams belongs to agent_bom_admin',
        'teams_id_seq belongs to agent_bom_admin',
      ],
    });
    expect(await failures('010_roles.sql', 'alter schema public owner to agent_bom_owner')).toEqual({});
  });

  const ROLES = [
    'agent_bom_app',
    'agent_bom_app_b',
    'agent_bom_maintenance',
    'agent_bom_maintenance_b',
    'agent_bom_backup',
    'agent_bom_owner',
    'agent_bom_rls_maintenance',
  ];
  it('attributes that all roles have', async () => {
    const attributes = [
      'superuser',
      'bypassrls',
      'replication',
      'createdb',
      'createrole',
      'nocreaterole',
      'noinherit',
      'login',
      'nologin',
    ];
    const times = ["'infinity'", "'2000-01-01 00:00:00Z'"].map((time) => `valid until ${time}`);
    const found: string[] = [];
    for (const attribute of [...attributes, ...times]) {
      const roles = [...ROLES, 'stranger'].map((role) => `alter role ${role} ${attribute}`);
      const failed = (await failures('010_roles.sql', 'create role stranger', ...roles))['roles.attributes'] ?? [];
      found.push(...failed.map((one) => `${attribute}: ${one}`));
    }
    expect(await failures('010_roles.sql', 'alter role agent_bom_app_b nologin')).toEqual({});
    expect(found).toEqual([
      'superuser: agent_bom_backup has SUPERUSER',
      'superuser: agent_bom_maintenance has SUPERUSER',
      'superuser: agent_bom_maintenance_b has SUPERUSER',
      'superuser: agent_bom_owner has SUPERUSER',
      'superuser: agent_bom_rls_maintenance has SUPERUSER',
      'bypassrls: agent_bom_backup has BYPASSRLS',
      'bypassrls: agent_bom_maintenance has BYPASSRLS',
      'bypassrls: agent_bom_maintenance_b has BYPASSRLS',
      'bypassrls: agent_bom_owner has BYPASSRLS',
      'bypassrls: agent_bom_rls_maintenance has BYPASSRLS',
      'replication: agent_bom_app has REPLICATION',
      'replication: agent_bom_app_b has REPLICATION',
      'replication: agent_bom_backup has REPLICATION',
      'replication: agent_bom_maintenance has REPLICATION',
      'replication: agent_bom_maintenance_b has REPLICATION',
      'replication: agent_bom_owner has REPLICATION',
      'replication: agent_bom_rls_maintenance has REPLICATION',
      'createdb: agent_bom_app has CREATEDB',
      'createdb: agent_bom_app_b has CREATEDB',
      'createdb: agent_bom_backup has CREATEDB',
      'createdb: agent_bom_maintenance has CREATEDB',
      'createdb: agent_bom_maintenance_b has CREATEDB',
      'createdb: agent_bom_owner has CREATEDB',
      'createdb: agent_bom_rls_maintenance has CREATEDB',
      'createrole: agent_bom_app has CREATEROLE',
      'createrole: agent_bom_app_b has CREATEROLE',
      'createrole: agent_bom_backup has CREATEROLE',
      'createrole: agent_bom_maintenance has CREATEROLE',
      'createrole: agent_bom_maintenance_b has CREATEROLE',
      'createrole: agent_bom_rls_maintenance has CREATEROLE',
      'nocreaterole: agent_bom_owner lacks CREATEROLE',
      'noinherit: agent_bom_app has NOINHERIT',
      'noinherit: agent_bom_app_b has NOINHERIT',
      'noinherit: agent_bom_backup has NOINHERIT',
      'noinherit: agent_bom_maintenance has NOINHERIT',
      'noinherit: agent_bom_maintenance_b has NOINHERIT',
      'noinherit: agent_bom_owner has NOINHERIT',
      'noinherit: agent_bom_rls_maintenance has NOINHERIT',
      'login: agent_bom_owner has LOGIN',
      'login: agent_bom_rls_maintenance has LOGIN',
      'nologin: no login of app may log in',
      'nologin: no login of backup may log in',
      'nologin: no login of maintenance may log in',
      "valid until '2000-01-01 00:00:00Z': agent_bom_app has VALID UNTIL 2000-01-01 00:00:00+00",
      "valid until '2000-01-01 00:00:00Z': agent_bom_app_b has VALID UNTIL 2000-01-01 00:00:00+00",
      "valid until '2000-01-01 00:00:00Z': agent_bom_backup has VALID UNTIL 2000-01-01 00:00:00+00",
      "valid until '2000-01-01 00:00:00Z': agent_bom_maintenance has VALID UNTIL 2000-01-01 00:00:00+00",
      "valid until '2000-01-01 00:00:00Z': agent_bom_maintenance_b has VALID UNTIL 2000-01-01 00:00:00+00",
      "valid until '2000-01-01 00:00:00Z': agent_bom_owner has VALID UNTIL 2000-01-01 00:00:00+00",
      "valid until '2000-01-01 00:00:00Z': agent_bom_rls_maintenance has VALID UNTIL 2000-01-01 00:00:00+00",
    ]);
  });

  it('memberships', async () => {
    const given = [
      'create role free bypassrls',
      'create role team',
      'create role maker createrole',
      'create role root superuser',
      ...['agent_bom_owner', 'agent_bom_rls_maintenance', 'agent_bom_app', 'agent_bom_backup'].map(
        (role) => `grant ${role} to team, maker, root`,
      ),
      'grant team to maker',
      'grant free, agent_bom_backup to agent_bom_maintenance',
      'create role master superuser',
      'grant master to agent_bom_app_b',
      'grant agent_bom_rls_maintenance to agent_bom_app',
      'grant free to agent_bom_app_b with inherit false',
    ];
    expect(await failures('010_roles.sql', ...given)).toEqual({
      'roles.memberships': [
        'agent_bom_app is a member of agent_bom_rls_maintenance',
        'agent_bom_app_b is a member of free',
        'agent_bom_app_b is a member of master',
        'agent_bom_maintenance is a member of agent_bom_backup',
        'agent_bom_maintenance is a member of free',
        'root is a member of agent_bom_app',
        'root is a member of agent_bom_backup',
        'root is a member of agent_bom_owner',
        'root is a member of agent_bom_rls_maintenance',
        'team is a member of agent_bom_app',
        'team is a member of agent_bom_backup',
        'team is a member of agent_bom_owner',
        'team is a member of agent_bom_rls_maintenance',
      ],
      'tenancy.app-cannot-bypass': [
        'agent_bom_app may act as agent_bom_rls_maintenance',
        'agent_bom_app_b may act as agent_bom_rls_maintenance',
        'agent_bom_app_b may act as free',
        'agent_bom_app_b may act as master',
      ],
    });
    expect(
      await failures(
        '010_roles.sql',
        ...ROLES.filter((role) => !role.includes('owner') && !role.includes('rls')).map(
          (role) => `alter role ${role} rename to x_${role}`,
        ),
      ),
    ).toEqual({
      'roles.attributes': [
        'agent_bom_app does not exist',
        'agent_bom_app_b does not exist',
        'agent_bom_backup does not exist',
        'agent_bom_maintenance does not exist',
        'agent_bom_maintenance_b does not exist',
        'no login of app may log in',
        'no login of backup may log in',
        'no login of maintenance may log in',
      ],
      'roles.memberships': [
        'agent_bom_app_b is not a member of agent_bom_app',
        'agent_bom_maintenance is not a member of agent_bom_rls_maintenance',
        'agent_bom_maintenance_b is not a member of agent_bom_maintenance',
        'x_agent_bom_maintenance is a member of agent_bom_rls_maintenance',
      ],
    });
    const gone = await failures('010_roles.sql', 'alter role agent_bom_rls_maintenance rename to marker');
    expect(gone['roles.attributes']).toEqual(['agent_bom_rls_maintenance does not exist']);
    // On 15 the owner is no member of the logins.
    const acting = ['agent_bom_app', 'agent_bom_app_b'].map((login) => `revoke ${login} from agent_bom_owner cascade`);
    const owning = await failures('010_roles.sql', ...acting, 'grant agent_bom_owner to agent_bom_app_b');
    expect(owning['tenancy.app-cannot-bypass']).toContain('agent_bom_app_b may act as agent_bom_owner');
  });

  it('settings', async () => {
    const names = [
      'app.tenant_id',
      'apps.tenant_id',
      'my.app.tenant_id',
      'role',
      'row_security',
      'search_path',
      'session_replication_role',
      'statement_timeout',
      'work_mem',
    ];
    const values: Readonly<Record<string, string>> = {
      role: 'agent_bom_owner',
      session_replication_role: 'origin',
      row_security: 'off',
    };
    const value = (name: string) => values[name] ?? '64';
    const given = [
      'create role stranger',
      ...names.flatMap((name) => [
        `alter database agent_bom set ${name} = '${value(name)}'`,
        `alter database postgres set ${name} = '${value(name)}'`,
        `alter role stranger in database agent_bom set ${name} = '${value(name)}'`,
      ]),
      "alter role agent_bom_app_b in database agent_bom set work_mem = '64kB'",
      "alter role agent_bom_app_b in database postgres set work_mem = '64kB'",
      "alter role all set search_path = 'public'",
      "alter role agent_bom_app set work_mem = '64kB'",
      'alter role agent_bom_app set default_transaction_read_only = on',
      "alter role agent_bom_app set statement_timeout = '31s'",
      'alter role agent_bom_maintenance reset lock_timeout',
      'alter role agent_bom_backup reset all',
      "alter role agent_bom_owner set work_mem = '64kB'",
      'drop extension pg_trgm cascade',
      'drop extension pgcrypto cascade',
    ];
    expect(await failures('010_roles.sql', ...given)).toEqual({
      'limits.timeouts': [
        'agent_bom_app also sets default_transaction_read_only',
        'agent_bom_app also sets work_mem',
        'agent_bom_app: statement_timeout is 31s, not 30s',
        'agent_bom_app_b sets work_mem in database agent_bom',
        'agent_bom_backup: default_transaction_read_only is not set, not on',
        'agent_bom_backup: idle_in_transaction_session_timeout is not set, not 0',
        'agent_bom_backup: lock_timeout is not set, not 60s',
        'agent_bom_backup: statement_timeout is not set, not 0',
        'agent_bom_maintenance: lock_timeout is not set, not 5s',
        'every login sets app.tenant_id in database agent_bom',
        'every login sets role in database agent_bom',
        'every login sets row_security in database agent_bom',
        'every login sets search_path in database agent_bom',
        'every login sets session_replication_role in database agent_bom',
      ],
      'schema.extensions': ['pg_trgm is not installed', 'pgcrypto is not installed'],
    });
  });

  /** A table of tenants, with the policies of the contract unless told otherwise. */
  const tenants = (name: string, policies: readonly string[], columns = 'tenant_id text') => [
    `create table public.${name} (${columns})`,
    `alter table public.${name} enable row level security, force row level security, owner to agent_bom_owner`,
    ...policies.map((policy, number) => `create policy p${number} on public.${name} ${policy}`),
  ];
  const OWN = 'tenant_id = public.abom_current_tenant()';

  it('tables and their tenants', async () => {
    const commands = ['select', 'insert', 'update', 'delete'];
    const clause = (command: string) => (command === 'insert' ? `with check (${OWN})` : `using (${OWN})`);
    const given = [
      'create role stranger',
      // Row-level security, and the tables that are open.
      ...['team_id', 'tenant_id', 'team', 'tenants_id'].map(
        (column) => `create table public.by_${column} (${column} text)`,
      ),
      'create table public.divided (tenant_id text) partition by list (tenant_id)',
      'create table public.undivided (id text) partition by list (id)',
      ...['by_team_id', 'by_tenant_id', 'by_team', 'by_tenants_id', 'divided', 'undivided'].map(
        (name) => `alter table public.${name} owner to agent_bom_owner`,
      ),
      'create table public.theirs (tenant_id text)',
      'alter table public.theirs owner to stranger',
      'create view public.shown as select $$a$$ as tenant_id',
      'alter view public.shown owner to agent_bom_owner',
      'alter table teams no force row level security',
      'alter table agents disable row level security',
      'alter table osv_cache add tenant_id text',
      'alter table api_rate_limits enable row level security',
      'drop policy dispatch_maintenance on scan_dispatch_queue',
      'create policy fewer on scan_dispatch_queue as restrictive to agent_bom_rls_maintenance using (true)',
      'create policy dispatch_maintenance on findings to agent_bom_rls_maintenance using (true)',
      // Policies for each command.
      ...tenants('without', []),
      ...tenants('for_all', [`using (${OWN})`]),
      ...tenants(
        'for_each',
        commands.map((command) => `for ${command} ${clause(command)}`),
      ),
      ...commands.flatMap((command) =>
        tenants(
          `all_but_${command}`,
          commands.filter((one) => one !== command).map((one) => `for ${one} to agent_bom_app ${clause(one)}`),
        ),
      ),
      ...tenants('of_others', [`to agent_bom_maintenance, stranger using (${OWN})`]),
      ...tenants('of_second_login', [`to agent_bom_app_b using (${OWN})`]),
      ...tenants('restricted', [`as restrictive using (${OWN})`]),
      // Policies that do not ask.
      ...tenants('read', [`using (${OWN})`, 'for select using (tenant_id = $$a$$)']),
      ...tenants('written', [`using (${OWN}) with check (true)`]),
      ...tenants('added', [`using (${OWN})`, 'for insert to agent_bom_app with check (true)']),
      ...tenants('bounded', [`using (${OWN})`, 'as restrictive using (true)']),
      ...tenants('for_the_backup', [`using (${OWN})`, 'for select to agent_bom_backup using (true)']),
    ];
    expect(await failures('020_tables.sql', ...given)).toEqual({
      'tenancy.open-tables': [
        'api_rate_limits has row-level security and is shared by all tenants',
        'by_team has no row-level security',
        'by_tenants_id has no row-level security',
        'undivided has no row-level security',
      ],
      'tenancy.policies': [
        'added: policy p1 does not ask for the tenant',
        'all_but_delete: no policy for DELETE',
        'all_but_insert: no policy for INSERT',
        'all_but_select: no policy for SELECT',
        'all_but_update: no policy for UPDATE',
        'api_rate_limits: no policy for DELETE',
        'api_rate_limits: no policy for INSERT',
        'api_rate_limits: no policy for SELECT',
        'api_rate_limits: no policy for UPDATE',
        'of_others: no policy for DELETE',
        'of_others: no policy for INSERT',
        'of_others: no policy for SELECT',
        'of_others: no policy for UPDATE',
        'of_second_login: no policy for DELETE',
        'of_second_login: no policy for INSERT',
        'of_second_login: no policy for SELECT',
        'of_second_login: no policy for UPDATE',
        'read: policy p1 does not ask for the tenant',
        'restricted: no policy for DELETE',
        'restricted: no policy for INSERT',
        'restricted: no policy for SELECT',
        'restricted: no policy for UPDATE',
        'scan_dispatch_queue: no policy is for agent_bom_rls_maintenance',
        'without: no policy for DELETE',
        'without: no policy for INSERT',
        'without: no policy for SELECT',
        'without: no policy for UPDATE',
        'written: policy p0 does not ask for the tenant',
      ],
      'tenancy.row-security': [
        'agents: row-level security is off',
        'by_team_id: row-level security is off',
        'by_tenant_id: row-level security is off',
        'divided: row-level security is off',
        'teams: row-level security is not forced',
      ],
    });
  });

  it('tables: nothing of them where the contract holds', async () => {
    for (const file of ['010_roles.sql', '020_tables.sql', '030_privileges.sql', '050_others.sql'])
      expect(await failures(file)).toEqual({});
  });

  it('privileges of logins', async () => {
    const verbs = 'select, insert, update, delete, truncate, references, trigger';
    const given = [
      ...OTHERS,
      'set role agent_bom_owner',
      'create table public.plain (id serial, body text)',
      'revoke all on public.plain from agent_bom_app, agent_bom_backup',
      'create table public.reached (id int, body text)',
      'revoke all on public.reached from agent_bom_app, agent_bom_backup',
      'grant insert (body) on public.reached to agent_bom_app',
      'create table public.mcp_scan_results (id int)',
      'revoke all on public.mcp_scan_results from agent_bom_app',
      'grant select, insert, update, delete on public.mcp_scan_results to agent_bom_app',
      'create table public.endpoint_syncs (id int)',
      'revoke all on public.endpoint_syncs from agent_bom_app',
      'grant select, delete on public.endpoint_syncs to agent_bom_app',
      'create sequence public.unused',
      'create sequence public.used',
      'grant usage on sequence public.used to agent_bom_app',
      'create sequence public.looked_at',
      'grant select on sequence public.looked_at to agent_bom_app',
      'reset role',
      'grant update (version_num) on alembic_version to agent_bom_maintenance_b',
      'grant insert (body) on agents to agent_bom_backup',
      'grant references (body) on llm_costs to agent_bom_app_b',
      // Everybody may create what is gone with the session.
      'create temporary table scratch (body text)',
      'grant create on schema information_schema to agent_bom_app',
      'grant create on schema pg_catalog to agent_bom_backup',
      ...['agent_bom_app', 'agent_bom_app_b', 'agent_bom_maintenance', 'agent_bom_backup', 'dba'].flatMap((login) => [
        `grant ${verbs} on alembic_version, osv_cache, hub_findings_current_observations to ${login}`,
        `grant update (body) on agent_bom_tenant_binding_keys to ${login}`,
        `grant create, usage on schema reports, public to ${login}`,
        `grant create on database agent_bom to ${login}`,
        `grant all on public.theirs to ${login}`,
        `grant all on sequence osv_cache_id_seq to ${login}`,
      ]),
      'grant select on agent_bom_tenant_binding_keys to agent_bom_maintenance_b',
      'grant select (body) on agent_bom_tenant_binding_keys to agent_bom_app_b',
      'revoke insert on scan_jobs from agent_bom_app',
      'revoke delete on graph_nodes from agent_bom_app',
      'revoke update on fleet_agents from agent_bom_app',
      'grant update (body) on fleet_agents to agent_bom_app',
      'revoke select on api_keys, agent_bom_tenant_binding_keys from agent_bom_app, agent_bom_backup',
      'revoke select on sequence api_keys_id_seq from agent_bom_backup',
      'drop table exceptions',
      'revoke all on audit_log from agent_bom_app',
    ];
    const found = await failures('030_privileges.sql', ...given);
    expect(found).toEqual({
      'backup.sees-all-rows': [
        'agent_bom_backup may not read agent_bom_tenant_binding_keys',
        'agent_bom_backup may not read api_keys',
        'agent_bom_backup may not read api_keys_id_seq',
        'agent_bom_backup may not read plain',
        'agent_bom_backup may not read reached',
      ],
      'privileges.app': [
        'agent_bom_app may DELETE alembic_version',
        'agent_bom_app may INSERT alembic_version',
        'agent_bom_app may REFERENCES alembic_version',
        'agent_bom_app may REFERENCES hub_findings_current_observations',
        'agent_bom_app may REFERENCES osv_cache',
        'agent_bom_app may TRIGGER alembic_version',
        'agent_bom_app may TRIGGER hub_findings_current_observations',
        'agent_bom_app may TRIGGER osv_cache',
        'agent_bom_app may TRUNCATE alembic_version',
        'agent_bom_app may TRUNCATE hub_findings_current_observations',
        'agent_bom_app may TRUNCATE osv_cache',
        'agent_bom_app may UPDATE agent_bom_tenant_binding_keys',
        'agent_bom_app may UPDATE alembic_version',
        'agent_bom_app may UPDATE mcp_scan_results, which its migration did not grant',
        'agent_bom_app may create in schema information_schema',
        'agent_bom_app may create in schema public',
        'agent_bom_app may create in schema reports',
        'agent_bom_app may create schemas',
        'agent_bom_app may do nothing with plain',
        'agent_bom_app may not use sequence looked_at',
        'agent_bom_app may not use sequence plain_id_seq',
        'agent_bom_app may not use sequence unused',
        'agent_bom_app_b may DELETE alembic_version',
        'agent_bom_app_b may INSERT alembic_version',
        'agent_bom_app_b may REFERENCES alembic_version',
        'agent_bom_app_b may REFERENCES hub_findings_current_observations',
        'agent_bom_app_b may REFERENCES llm_costs',
        'agent_bom_app_b may REFERENCES osv_cache',
        'agent_bom_app_b may SELECT agent_bom_tenant_binding_keys',
        'agent_bom_app_b may TRIGGER alembic_version',
        'agent_bom_app_b may TRIGGER hub_findings_current_observations',
        'agent_bom_app_b may TRIGGER osv_cache',
        'agent_bom_app_b may TRUNCATE alembic_version',
        'agent_bom_app_b may TRUNCATE hub_findings_current_observations',
        'agent_bom_app_b may TRUNCATE osv_cache',
        'agent_bom_app_b may UPDATE agent_bom_tenant_binding_keys',
        'agent_bom_app_b may UPDATE alembic_version',
        'agent_bom_app_b may create in schema information_schema',
        'agent_bom_app_b may create in schema public',
        'agent_bom_app_b may create in schema reports',
        'agent_bom_app_b may create schemas',
      ],
      'privileges.backup': [
        'agent_bom_backup may DELETE alembic_version',
        'agent_bom_backup may DELETE hub_findings_current_observations',
        'agent_bom_backup may DELETE osv_cache',
        'agent_bom_backup may INSERT agents',
        'agent_bom_backup may INSERT alembic_version',
        'agent_bom_backup may INSERT hub_findings_current_observations',
        'agent_bom_backup may INSERT osv_cache',
        'agent_bom_backup may TRUNCATE alembic_version',
        'agent_bom_backup may TRUNCATE hub_findings_current_observations',
        'agent_bom_backup may TRUNCATE osv_cache',
        'agent_bom_backup may UPDATE agent_bom_tenant_binding_keys',
        'agent_bom_backup may UPDATE alembic_version',
        'agent_bom_backup may UPDATE hub_findings_current_observations',
        'agent_bom_backup may UPDATE osv_cache',
        'agent_bom_backup may UPDATE osv_cache_id_seq',
        'agent_bom_backup may create in schema pg_catalog',
        'agent_bom_backup may create in schema public',
        'agent_bom_backup may create in schema reports',
        'agent_bom_backup may create schemas',
      ],
      'privileges.maintenance': [
        'agent_bom_maintenance may DELETE alembic_version',
        'agent_bom_maintenance may INSERT alembic_version',
        'agent_bom_maintenance may REFERENCES alembic_version',
        'agent_bom_maintenance may REFERENCES hub_findings_current_observations',
        'agent_bom_maintenance may REFERENCES osv_cache',
        'agent_bom_maintenance may TRIGGER alembic_version',
        'agent_bom_maintenance may TRIGGER hub_findings_current_observations',
        'agent_bom_maintenance may TRIGGER osv_cache',
        'agent_bom_maintenance may TRUNCATE alembic_version',
        'agent_bom_maintenance may TRUNCATE hub_findings_current_observations',
        'agent_bom_maintenance may TRUNCATE osv_cache',
        'agent_bom_maintenance may UPDATE agent_bom_tenant_binding_keys',
        'agent_bom_maintenance may UPDATE alembic_version',
        'agent_bom_maintenance may create in schema public',
        'agent_bom_maintenance may create in schema reports',
        'agent_bom_maintenance may create schemas',
        'agent_bom_maintenance_b may DELETE alembic_version',
        'agent_bom_maintenance_b may INSERT alembic_version',
        'agent_bom_maintenance_b may REFERENCES alembic_version',
        'agent_bom_maintenance_b may REFERENCES hub_findings_current_observations',
        'agent_bom_maintenance_b may REFERENCES osv_cache',
        'agent_bom_maintenance_b may SELECT agent_bom_tenant_binding_keys',
        'agent_bom_maintenance_b may TRIGGER alembic_version',
        'agent_bom_maintenance_b may TRIGGER hub_findings_current_observations',
        'agent_bom_maintenance_b may TRIGGER osv_cache',
        'agent_bom_maintenance_b may TRUNCATE alembic_version',
        'agent_bom_maintenance_b may TRUNCATE hub_findings_current_observations',
        'agent_bom_maintenance_b may TRUNCATE osv_cache',
        'agent_bom_maintenance_b may UPDATE agent_bom_tenant_binding_keys',
        'agent_bom_maintenance_b may UPDATE alembic_version',
        'agent_bom_maintenance_b may create in schema public',
        'agent_bom_maintenance_b may create in schema reports',
        'agent_bom_maintenance_b may create schemas',
      ],
      'stores.present': [
        'API key store: agent_bom_app may not SELECT api_keys',
        ...['DELETE', 'INSERT', 'SELECT', 'UPDATE'].map((verb) => `audit log: agent_bom_app may not ${verb} audit_log`),
        'exceptions: table exceptions is missing',
        'graph state: agent_bom_app may not DELETE graph_nodes',
        'scan jobs: agent_bom_app may not INSERT scan_jobs',
      ],
    });
    expect(await failures('030_privileges.sql', 'revoke all on alembic_version from agent_bom_app')).toEqual({
      'privileges.app': ['agent_bom_app may not SELECT alembic_version'],
    });
  });

  it('privileges of what is to come, and what the backup sees', async () => {
    const defaults = 'alter default privileges for role agent_bom_owner in schema';
    const policed = (name: string, ...policies: string[]) => [
      `create table public.${name} (id int, body text)`,
      `alter table public.${name} enable row level security, owner to agent_bom_owner`,
      `grant select on public.${name} to agent_bom_backup`,
      ...policies.map(
        (policy, number) =>
          `create policy ${policy.startsWith('reads') ? 'agent_bom_backup_reads' : `p${number}`} on public.${name} ${policy.replace('reads ', '')}`,
      ),
    ];
    const READS = 'reads for select to agent_bom_backup using (true)';
    const given = [
      ...OTHERS,
      `${defaults} public revoke all on tables from agent_bom_app, agent_bom_backup`,
      `${defaults} public grant select, references, insert on tables to agent_bom_app`,
      `${defaults} public revoke all on sequences from agent_bom_backup`,
      `${defaults} public grant usage on sequences to agent_bom_app`,
      `${defaults} reports grant select on tables to agent_bom_backup`,
      'alter default privileges for role dba in schema public grant select on tables to agent_bom_backup',
      `${defaults} public grant execute on functions to agent_bom_app`,
      ...policed('none'),
      ...policed('shown_to_the_app', 'for select to agent_bom_app using (true)'),
      ...policed('good', READS),
      ...policed('all_commands', 'reads to agent_bom_backup using (true)'),
      ...policed('restrictive', 'reads as restrictive for select to agent_bom_backup using (true)'),
      ...policed('everybody', 'reads for select using (true)'),
      ...policed('two', 'reads for select to agent_bom_backup, agent_bom_app using (true)'),
      ...policed('some', 'reads for select to agent_bom_backup using (id = 1)'),
      ...policed('writes', 'reads for insert to agent_bom_backup with check (true)'),
      ...policed('changes', READS, 'for update to agent_bom_backup using (true) with check (id = 1)'),
      ...policed('removes', READS, 'for delete to agent_bom_backup, agent_bom_app using (true)'),
      ...policed('hidden', READS, 'as restrictive for select to agent_bom_backup using (id = 1)'),
      ...policed('hidden_from_all', READS, 'as restrictive using (id = 1)'),
      ...policed('hidden_from_app', READS, 'as restrictive for select to agent_bom_app using (id = 1)'),
      ...policed('written_less', READS, 'as restrictive for update using (id = 1)'),
      'create table public.unseen (id serial)',
      'alter table public.unseen owner to agent_bom_owner',
      'create function reports.fits(text) returns bool language sql as $$ select true $$',
      'alter function reports.fits(text) owner to dba',
      'create function reports.plain(text) returns text immutable language sql as $$ select $1 $$',
      'alter table teams add constraint fits check (reports.fits(team_id))',
      'create policy "Calls" on teams for update to agent_bom_maintenance using (reports.fits(team_id))',
      'alter table teams add column plain text default reports.plain($$x$$)',
      'set role agent_bom_owner',
      'create view public.noted as select body from public.theirs',
    ];
    expect(await failures('030_privileges.sql', ...given)).toEqual({
      'backup.sees-all-rows': [
        'agent_bom_backup may not read unseen',
        'agent_bom_backup may not read unseen_id_seq',
        'all_commands: policy agent_bom_backup_reads is for ALL to agent_bom_backup using (true), not for SELECT to agent_bom_backup using (true)',
        'changes: policy p1 is for UPDATE to agent_bom_backup using (true) with check ((id = 1)), not for SELECT to agent_bom_backup using (true)',
        'default of column plain of teams requires schema reports, which a restored database does not have: ALTER TABLE public.teams ALTER plain DROP DEFAULT;',
        'everybody: policy agent_bom_backup_reads is for SELECT to PUBLIC using (true), not for SELECT to agent_bom_backup using (true)',
        'hidden: no policy shows every row to agent_bom_backup',
        'hidden: policy p1 is restrictive for SELECT to agent_bom_backup using ((id = 1)), not for SELECT to agent_bom_backup using (true)',
        'hidden_from_all: no policy shows every row to agent_bom_backup',
        'none: no policy shows every row to agent_bom_backup',
        'removes: policy p1 is for DELETE to agent_bom_backup, agent_bom_app using (true), not for SELECT to agent_bom_backup using (true)',
        'restrictive: no policy shows every row to agent_bom_backup',
        'restrictive: policy agent_bom_backup_reads is restrictive for SELECT to agent_bom_backup using (true), not for SELECT to agent_bom_backup using (true)',
        'shown_to_the_app: no policy shows every row to agent_bom_backup',
        'some: policy agent_bom_backup_reads is for SELECT to agent_bom_backup using ((id = 1)), not for SELECT to agent_bom_backup using (true)',
        'two: policy agent_bom_backup_reads is for SELECT to agent_bom_backup, agent_bom_app using (true), not for SELECT to agent_bom_backup using (true)',
        'writes: policy agent_bom_backup_reads is for INSERT to agent_bom_backup with check (true), not for SELECT to agent_bom_backup using (true)',
      ],
      'privileges.app': [
        'agent_bom_app may do nothing with all_commands',
        'agent_bom_app may do nothing with changes',
        'agent_bom_app may do nothing with everybody',
        'agent_bom_app may do nothing with good',
        'agent_bom_app may do nothing with hidden',
        'agent_bom_app may do nothing with hidden_from_all',
        'agent_bom_app may do nothing with hidden_from_app',
        'agent_bom_app may do nothing with none',
        'agent_bom_app may do nothing with removes',
        'agent_bom_app may do nothing with restrictive',
        'agent_bom_app may do nothing with shown_to_the_app',
        'agent_bom_app may do nothing with some',
        'agent_bom_app may do nothing with two',
        'agent_bom_app may do nothing with unseen',
        'agent_bom_app may do nothing with writes',
        'agent_bom_app may do nothing with written_less',
        'agent_bom_app may not use sequence unseen_id_seq',
      ],
      'privileges.defaults': [
        'new sequences of agent_bom_owner are not opened for agent_bom_backup',
        'new sequences of agent_bom_owner are opened with USAGE for agent_bom_app',
        'new tables of agent_bom_owner are not opened for agent_bom_backup',
        'new tables of agent_bom_owner are opened with INSERT,REFERENCES,SELECT for agent_bom_app',
      ],
    });
    // What a dump leaves out is no failure.
    const noted = ['set role agent_bom_owner', 'create view public.noted as select body from public.theirs'];
    expect(await failures('030_privileges.sql', ...OTHERS, ...noted)).toEqual({});
  });

  /** Every check of the schema and the limits, but of months, which pass by. */
  async function schema(...given: string[]): Promise<string[]> {
    const rows: string[] = [];
    for (const statement of sqlOf('verify/admin/040_schema.sql').split(/;$/m)) {
      if (statement.trim() === '' || statement.includes('partition-runway')) continue;
      const found = await planted.ask<{ check: string; status: string; detail: string }>(
        { given },
        sqlOf('facts.sql'),
        statement,
      );
      rows.push(...found.map(({ check, status, detail }) => `${check} ${status}: ${detail}`));
    }
    return rows;
  }

  it('revisions and limits', async () => {
    const found: Record<string, string[]> = {};
    const ways: Record<string, string[]> = {
      'as the contract says': [],
      'without a wanted revision': ["set agent_bom.alembic_head = ''"],
      'with the one that is wanted': ["set agent_bom.alembic_head = '00000000_01'"],
      'with another': ["set agent_bom.alembic_head = '00000000_02'"],
      'with two': ["set agent_bom.alembic_head = '00000000_01'", "insert into alembic_version values ('00000000_00')"],
      'with none': ["set agent_bom.alembic_head = '00000000_01'", 'delete from alembic_version'],
      'without a table': ["set agent_bom.alembic_head = '00000000_01'", 'drop table alembic_version'],
      'without a limit': ["set agent_bom.backup_connection_limit = ''"],
      'without a login': ['alter role agent_bom_maintenance_b rename to other'],
      'with all connections': ["set agent_bom.app_connection_limit = '429'"],
      'with one too many': ["set agent_bom.app_connection_limit = '430'"],
      'with other limits': [
        'alter role agent_bom_app connection limit 73',
        'alter role agent_bom_app_b connection limit 75',
        'alter role agent_bom_maintenance connection limit 0',
        'alter role agent_bom_backup connection limit -1',
        'alter role agent_bom_maintenance_b rename to other',
      ],
    };
    for (const [name, given] of Object.entries(ways)) found[name] = await schema(...given);
    expect(found).toEqual({
      'as the contract says': [
        'schema.revision pass: 00000000_01',
        'limits.capacity pass: the budget is 92 of 447 connections',
        'limits.connections pass: agent_bom_app 74, agent_bom_app_b 74, agent_bom_backup 4, agent_bom_maintenance 14, agent_bom_maintenance_b 14',
      ],
      'without a wanted revision': [
        'schema.revision skip: the database is at 00000000_01; which one is wanted depends on the chart version',
        'limits.capacity pass: the budget is 92 of 447 connections',
        'limits.connections pass: agent_bom_app 74, agent_bom_app_b 74, agent_bom_backup 4, agent_bom_maintenance 14, agent_bom_maintenance_b 14',
      ],
      'with the one that is wanted': [
        'schema.revision pass: 00000000_01',
        'limits.capacity pass: the budget is 92 of 447 connections',
        'limits.connections pass: agent_bom_app 74, agent_bom_app_b 74, agent_bom_backup 4, agent_bom_maintenance 14, agent_bom_maintenance_b 14',
      ],
      'with another': [
        'schema.revision fail: the database is at 00000000_01, the packaged migrations end at 00000000_02',
        'limits.capacity pass: the budget is 92 of 447 connections',
        'limits.connections pass: agent_bom_app 74, agent_bom_app_b 74, agent_bom_backup 4, agent_bom_maintenance 14, agent_bom_maintenance_b 14',
      ],
      'with two': [
        'schema.revision fail: the database is at 00000000_00, 00000000_01, the packaged migrations end at 00000000_01',
        'limits.capacity pass: the budget is 92 of 447 connections',
        'limits.connections pass: agent_bom_app 74, agent_bom_app_b 74, agent_bom_backup 4, agent_bom_maintenance 14, agent_bom_maintenance_b 14',
      ],
      'with none': [
        'schema.revision fail: the database is at no revision, the packaged migrations end at 00000000_01',
        'limits.capacity pass: the budget is 92 of 447 connections',
        'limits.connections pass: agent_bom_app 74, agent_bom_app_b 74, agent_bom_backup 4, agent_bom_maintenance 14, agent_bom_maintenance_b 14',
      ],
      'without a table': [
        'schema.revision fail: the database is at no revision, the packaged migrations end at 00000000_01',
        'limits.capacity pass: the budget is 92 of 447 connections',
        'limits.connections pass: agent_bom_app 74, agent_bom_app_b 74, agent_bom_backup 4, agent_bom_maintenance 14, agent_bom_maintenance_b 14',
      ],
      'without a limit': [
        'schema.revision pass: 00000000_01',
        'limits.capacity skip: needs the connection budget of the environment',
        'limits.connections skip: needs the connection budget of the environment',
      ],
      'without a login': [
        'schema.revision pass: 00000000_01',
        'limits.capacity pass: the budget is 92 of 447 connections',
        'limits.connections pass: agent_bom_app 74, agent_bom_app_b 74, agent_bom_backup 4, agent_bom_maintenance 14, agent_bom_maintenance_b ',
      ],
      'with all connections': [
        'schema.revision pass: 00000000_01',
        'limits.capacity pass: the budget is 447 of 447 connections',
        'limits.connections fail: agent_bom_app may hold 74 connections, the budget says 429; agent_bom_app_b may hold 74 connections, the budget says 429',
      ],
      'with one too many': [
        'schema.revision pass: 00000000_01',
        'limits.capacity fail: the budget is 448 of 447 connections',
        'limits.connections fail: agent_bom_app may hold 74 connections, the budget says 430; agent_bom_app_b may hold 74 connections, the budget says 430',
      ],
      'with other limits': [
        'schema.revision pass: 00000000_01',
        'limits.capacity pass: the budget is 92 of 447 connections',
        'limits.connections fail: agent_bom_app may hold 73 connections, the budget says 74; agent_bom_app_b may hold 75 connections, the budget says 74; agent_bom_backup may hold any number of connections, the budget says 4; agent_bom_maintenance may hold 0 connections, the budget says 14',
      ],
    });
  });

  it('months, of a table that has none and of one that is gone', async () => {
    const PARENT = 'hub_findings_current_observations';
    const runway = async (...given: string[]) => {
      const [, statement = ''] = sqlOf('verify/admin/040_schema.sql').split(/;$/m);
      const rows = await planted.ask<{ status: string; detail: string }>({ given }, sqlOf('facts.sql'), statement);
      return rows.map(({ status, detail }) => `${status}: ${detail.replace(/\d{4}-\d\d(, \d{4}-\d\d)*/g, 'MONTHS')}`);
    };
    const none = `fail: ${PARENT} has no partition for this month; ${PARENT} has no partition for MONTHS, which the product keeps`;
    const drop = `do $$ declare part regclass; begin
      for part in select inhrelid from pg_inherits where inhparent = '${PARENT}'::regclass loop execute format('drop table %s', part); end loop; end $$`;
    expect(await runway()).toEqual([`pass: ${PARENT} has 12 months ahead, up to MONTHS-01`]);
    expect(await runway(drop)).toEqual([none]);
    expect(await runway(`drop table ${PARENT}`)).toEqual([none]);
    // Of a table that has partitions of other names alone the step makes none.
    const other = [
      drop,
      `create table public.old partition of ${PARENT} for values from (minvalue) to ('2000-01-01')`,
      'create table public.others (at timestamptz) partition by range (at)',
      'create table public.others_y2020m01 partition of public.others for values from (minvalue) to (maxvalue)',
      'alter table public.others owner to agent_bom_owner',
    ];
    expect(await runway(...other)).toEqual([`${none}; others has 24 months and more`]);
  });

  it('months of which others have a part or the name, and which the step after does not make', async () => {
    const first = (months: number, days = 0) =>
      `((date_trunc('month', now() at time zone 'UTC') + interval '${months} months ${days} days') at time zone 'UTC')`;
    /** A table with all months from the oldest to a year ahead, but for some, and what else it has. */
    const divided = (
      name: string,
      without: readonly number[],
      ...parts: [part: string, from: string, to: string][]
    ) => [
      `create table public.${name} (at timestamptz) partition by range (at)`,
      `do $do$ declare n int; begin for n in -12..12 loop continue when n in (${['null', ...without].join()});
         execute format('create table public.%I partition of public.${name} for values from (%L) to (%L)',
           '${name}' || to_char(${first(0)} at time zone 'UTC' + n * interval '1 month', '"_y"YYYY"m"MM'),
           (${first(0)} at time zone 'UTC' + n * interval '1 month') at time zone 'UTC',
           (${first(0)} at time zone 'UTC' + (n + 1) * interval '1 month') at time zone 'UTC'); end loop; end $do$`,
      ...parts.map(
        ([part, from, to]) =>
          `do $do$ begin execute format('create table public.%I partition of public.${name} for values from (%s) to (%s)',
             '${part}', ${from}, ${to}); end $do$`,
      ),
      `do $do$ declare one regclass; begin for one in select relid from pg_partition_tree('public.${name}') loop
         execute format('alter table %s owner to agent_bom_owner', one); end loop; end $do$`,
    ];
    const at = (months: number, days = 0) => `quote_literal(${first(months, days)})`;
    const given = [
      ...divided('begun', [-3], ['begun_x', at(-3), at(-3, 14)]),
      ...divided('ended', [-3], ['Ended X', at(-3, 14), at(-2)]),
      ...divided('across', [-3, -2], ['across_x', at(-3, 14), at(-2, 14)]),
      ...divided('whole', [-3], ['whole_b', at(-3, 14), at(-2)], ['whole_a', at(-3), at(-3, 14)]),
      ...divided('two', [-3], ['two_b', at(-3, 20), at(-2)], ['two_a', at(-3), at(-3, 14)]),
      ...divided('opened', [-5, -4, -3], ['opened_x', at(-3, 14), at(-2)]),
      ...divided('soon', [3], ['soon_x', at(3), at(3, 14)]),
      ...divided('later', [4], ['later_x', at(4), at(4, 14)]),
      ...divided('named', [-3], ['named_x', "'minvalue'", at(-12)]),
      `do $do$ begin execute format('create table public.%I ()', 'named' || to_char(${first(-3)} at time zone 'UTC', '"_y"YYYY"m"MM')); end $do$`,
      ...divided('open_end', [11, 12], ['open_end_x', at(11), "'maxvalue'"]),
      ...divided('open_start', [-12, -11], ['open_start_x', "'minvalue'", at(-10)]),
      'create table public.by_text (at text) partition by range (at)',
      "create table public.by_text_y2020m01 partition of public.by_text for values from ('early') to ('late')",
    ];
    const [, statement = ''] = sqlOf('verify/admin/040_schema.sql').split(/;$/m);
    const rows = await planted.ask<{ status: string; detail: string }>({ given }, sqlOf('facts.sql'), statement);
    const months = await planted.ask<{ name: string; n: number }>(
      { given: [] },
      `select n, to_char((${first(0)} at time zone 'UTC') + n * interval '1 month', 'YYYY-MM') as name from generate_series(-12, 13) n`,
    );
    const named = (text: string) =>
      months.reduce(
        (all, { name, n }) =>
          all
            .replaceAll(`${name}-01`, `START${n}`)
            .replaceAll(name, `MONTH${n}`)
            .replaceAll(`y${name.replace('-', 'm')}`, `yMONTH${n}`),
        text,
      );
    expect(rows.map(({ status }) => status)).toEqual(['fail']);
    const status = async (...alone: string[]) =>
      (await planted.ask<{ status: string }>({ given: alone }, sqlOf('facts.sql'), statement))[0]?.status;
    expect(await status(...divided('later', [4], ['later_x', at(4), at(4, 14)]))).toBe('pass');
    expect(await status(...divided('ended', [-3], ['ended_x', at(-3, 14), at(-2)]))).toBe('fail');
    expect(await status(...divided('gap', [-3]))).toBe('fail');
    expect(rows.flatMap(({ detail }) => named(detail).split(/; (?!ALTER)/))).toEqual([
      'across has 12 months ahead, up to START13',
      'across has no partition for the whole of MONTH-3: only a part of it is in public.across_x, which the step after leaves alone: attach partitions for the rest, or run it after ALTER TABLE public.across DETACH PARTITION public.across_x;',
      'across has no partition for the whole of MONTH-2: only a part of it is in public.across_x, which the step after leaves alone: attach partitions for the rest, or run it after ALTER TABLE public.across DETACH PARTITION public.across_x;',
      'begun has 12 months ahead, up to START13',
      'begun has no partition for the whole of MONTH-3: only a part of it is in public.begun_x, which the step after leaves alone: attach partitions for the rest, or run it after ALTER TABLE public.begun DETACH PARTITION public.begun_x;',
      'ended has 12 months ahead, up to START13',
      'ended has no partition for the whole of MONTH-3: only a part of it is in public."Ended X", which the step after leaves alone: attach partitions for the rest, or run it after ALTER TABLE public.ended DETACH PARTITION public."Ended X";',
      'hub_findings_current_observations has 12 months ahead, up to START13',
      'later has 3 months ahead, up to START4',
      'named has 12 months ahead, up to START13',
      'named has no partition for the whole of MONTH-3: the step after finds its name taken by public.named_yMONTH-3: attach that, or rename it and run the step',
      'open_end has 24 months and more',
      'open_start has 12 months ahead, up to START13',
      'opened has 12 months ahead, up to START13',
      'opened has no partition for MONTH-5, MONTH-4, which the product keeps',
      'the step after makes it',
      'opened has no partition for the whole of MONTH-3: only a part of it is in public.opened_x, which the step after leaves alone: attach partitions for the rest, or run it after ALTER TABLE public.opened DETACH PARTITION public.opened_x;',
      'soon has 2 months ahead, up to START3',
      'soon has no partition for the whole of MONTH3: only a part of it is in public.soon_x, which the step after leaves alone: attach partitions for the rest, or run it after ALTER TABLE public.soon DETACH PARTITION public.soon_x;',
      'two has 12 months ahead, up to START13',
      'two has no partition for the whole of MONTH-3: only a part of it is in public.two_a and public.two_b, which the step after leaves alone: attach partitions for the rest, or run it after ALTER TABLE public.two DETACH PARTITION public.two_a; ALTER TABLE public.two DETACH PARTITION public.two_b;',
      'whole has 12 months ahead, up to START13',
    ]);
  });
});
