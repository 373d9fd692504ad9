import { SERVER_TIMEOUT_MS } from '../../support/postgres/database';
import { PlantedServer, sqlOf } from '../../support/postgres/planted';

jest.setTimeout(SERVER_TIMEOUT_MS);

const KEYS = 'agent_bom_tenant_binding_keys';
const AS_IS = `language sql as 'select 1'`;

describe('what the checks of the catalog say of others', () => {
  let planted: PlantedServer;

  beforeAll(async () => {
    planted = await PlantedServer.start('18');
  });

  afterAll(() => planted.stop());

  async function results(file: string, ...given: string[]): Promise<string[]> {
    const rows = await planted.ask<{ check: string; status: string; detail: string }>(
      { given },
      sqlOf('facts.sql'),
      sqlOf('dependents.sql'),
      sqlOf(`verify/admin/${file}`),
    );
    return rows.flatMap(({ check, status, detail }) => detail.split('; ').map((one) => `${check} ${status}: ${one}`));
  }

  /** One role for each way, which says in its name what it may. */
  const others = (...grants: [name: string, ...sql: string[]][]) =>
    grants.flatMap(([name, ...sql]) => [`create role ${name}`, ...sql.map((one) => one.replaceAll('ME', name))]);

  it('who may read and write what, by every path', async () => {
    const given = [
      'create role root superuser',
      'create role free bypassrls',
      'create role team',
      'create role "Key Readers"',
      'create role rds_replication replication',
      `grant select on ${KEYS} to "Key Readers"`,
      'grant agent_bom_rls_maintenance to team',
      'create role maker createrole in role agent_bom_owner',
      'create role helper in role agent_bom_owner',
      'create table public.theirs (id int)',
      'alter table public.theirs owner to team',
      ...others(
        ['reads_keys', `grant select on ${KEYS} to ME`],
        ['reads_a_column', `grant select (body) on ${KEYS} to ME`],
        ['inserts_keys', `grant insert on ${KEYS} to ME`],
        ['updates_a_column', `grant update (body) on ${KEYS} to ME`],
        ['deletes_keys', `grant delete on ${KEYS} to ME`],
        ['refers_to_keys', `grant references on ${KEYS} to ME`],
        ['inherits', 'grant "Key Readers" to ME'],
        ['does_not_inherit', 'grant "Key Readers" to ME with inherit false'],
        [
          'administers',
          'grant "Key Readers" to ME with inherit false, set false',
          'grant "Key Readers" to ME with admin option',
        ],
        ['at_one_remove', 'grant inherits to ME'],
        ['through_one_that_does_not', 'grant does_not_inherit to ME'],
        ['of_the_backup', 'grant agent_bom_backup to ME with inherit false'],
        ...['rdsrepladmin', 'rdstopmgr', 'rdsproxyadmin'].map((name): [string, ...string[]] => [
          name,
          'alter role ME replication',
          `grant select on ${KEYS} to ME`,
        ]),
        ['acts_as_root', 'grant root to ME'],
        ['acts_as_free', 'grant free to ME'],
        ['of_the_marker', 'grant agent_bom_rls_maintenance to ME'],
        ['of_the_team', 'grant team to ME with inherit false'],
        ['of_the_app', 'grant agent_bom_app to ME'],
        ['bypasses', 'alter role ME bypassrls', 'grant select (id) on teams to ME'],
        ['bypasses_and_reads_nothing', 'alter role ME bypassrls'],
        ['bypasses_and_writes', 'alter role ME bypassrls', 'grant insert on teams to ME'],
        ['replicates', 'alter role ME replication'],
        ['replicates_on_rds', 'grant rds_replication to ME'],
        ['truncates', 'grant truncate on teams, hub_findings_current_observations, public.theirs to ME'],
        ['triggers', 'grant trigger on teams to ME'],
        ['refers', 'grant references on teams to ME'],
        ['refers_to_a_column', 'grant references (id) on teams to ME'],
        ['truncates_through', 'grant truncates to ME with inherit false'],
        ['creates_roles', 'alter role ME createrole'],
        ['reads_files', 'grant pg_read_server_files to ME'],
        ['writes_files', 'grant pg_write_server_files to ME with inherit false'],
        ['executes_programs', 'grant pg_execute_server_program to ME'],
        ['monitors', 'grant pg_monitor to ME'],
        ['reads_rows', 'grant select on teams, agents, osv_cache to ME'],
        [
          'reads_columns',
          'grant select (id) on teams to ME',
          'grant insert (id) on agents to ME',
          'grant update (id) on osv_cache to ME',
          'grant delete on findings to ME',
        ],
        ['reads_nothing_of_ours', 'grant all on public.theirs to ME', 'grant usage on schema public to ME'],
      ),
    ];
    expect(await results('050_others.sql', ...given)).toEqual([
      'access.others fail: Key Readers reads agent_bom_tenant_binding_keys: REVOKE ALL ON public.agent_bom_tenant_binding_keys FROM "Key Readers";',
      'access.others fail: acts_as_root may act as root, which no policy binds: REVOKE root FROM acts_as_root;',
      'access.others fail: administers reads agent_bom_tenant_binding_keys: REVOKE "Key Readers" FROM administers;',
      'access.others fail: at_one_remove reads agent_bom_tenant_binding_keys: REVOKE inherits FROM at_one_remove;',
      'access.others fail: bypasses has BYPASSRLS and reads tables: ALTER ROLE bypasses NOBYPASSRLS;',
      'access.others fail: deletes_keys writes agent_bom_tenant_binding_keys: REVOKE ALL ON public.agent_bom_tenant_binding_keys FROM deletes_keys;',
      'access.others fail: does_not_inherit reads agent_bom_tenant_binding_keys: REVOKE "Key Readers" FROM does_not_inherit;',
      'access.others fail: executes_programs is a member of pg_execute_server_program, which reaches the files of the server: REVOKE pg_execute_server_program FROM executes_programs;',
      'access.others fail: inherits reads agent_bom_tenant_binding_keys: REVOKE "Key Readers" FROM inherits;',
      'access.others fail: inserts_keys writes agent_bom_tenant_binding_keys: REVOKE ALL ON public.agent_bom_tenant_binding_keys FROM inserts_keys;',
      'access.others fail: of_the_team may act as agent_bom_rls_maintenance through team: REVOKE team FROM of_the_team;',
      'access.others fail: reads_a_column reads agent_bom_tenant_binding_keys: REVOKE ALL ON public.agent_bom_tenant_binding_keys FROM reads_a_column;',
      'access.others fail: reads_files is a member of pg_read_server_files, which reaches the files of the server: REVOKE pg_read_server_files FROM reads_files;',
      'access.others fail: reads_keys reads agent_bom_tenant_binding_keys: REVOKE ALL ON public.agent_bom_tenant_binding_keys FROM reads_keys;',
      'access.others fail: refers may REFERENCES teams: REVOKE REFERENCES ON public.teams FROM refers;',
      'access.others fail: refers_to_a_column may REFERENCES teams: REVOKE REFERENCES ON public.teams FROM refers_to_a_column;',
      'access.others fail: refers_to_keys may REFERENCES agent_bom_tenant_binding_keys: REVOKE REFERENCES ON public.agent_bom_tenant_binding_keys FROM refers_to_keys;',
      'access.others fail: replicates has REPLICATION, which copies every row: ALTER ROLE replicates NOREPLICATION;',
      'access.others fail: replicates_on_rds is a member of rds_replication, which copies every row: REVOKE rds_replication FROM replicates_on_rds;',
      'access.others fail: through_one_that_does_not reads agent_bom_tenant_binding_keys: REVOKE does_not_inherit FROM through_one_that_does_not;',
      'access.others fail: triggers may TRIGGER teams: REVOKE TRIGGER ON public.teams FROM triggers;',
      'access.others fail: truncates may TRUNCATE hub_findings_current_observations, teams: REVOKE TRUNCATE ON public.hub_findings_current_observations, public.teams FROM truncates;',
      'access.others fail: truncates_through may TRUNCATE hub_findings_current_observations, teams: REVOKE TRUNCATE ON public.hub_findings_current_observations, public.teams FROM truncates_through;',
      'access.others fail: updates_a_column writes agent_bom_tenant_binding_keys: REVOKE ALL ON public.agent_bom_tenant_binding_keys FROM updates_a_column;',
      'access.others fail: writes_files is a member of pg_write_server_files, which reaches the files of the server: REVOKE pg_write_server_files FROM writes_files;',
      'schema.foreign-code pass: nothing of others',
    ]);
  });

  it('which routines, policies and defaults show them rows', async () => {
    const files = [
      'pg_read_file(text)',
      'pg_read_binary_file(text)',
      'lo_import(text)',
      'lo_export(oid, text)',
      'pg_ls_dir(text)',
    ];
    const policy = (name: string, text: string) => `create policy ${name} on public.scan_jobs ${text}`;
    const given = [
      'create role "A Stranger"',
      'create role root superuser createrole',
      'create role helper in role agent_bom_owner',
      'alter default privileges for role helper in schema public grant truncate on tables to "A Stranger"',
      'create role maker createrole in role agent_bom_owner',
      'create schema reports authorization "A Stranger"',
      `create function reports.lo_export() returns int ${AS_IS}`,
      'create extension pg_walinspect',
      'create extension pageinspect',
      'grant execute on function reports.lo_export() to "A Stranger"',
      'grant execute on function pg_get_wal_records_info(pg_lsn, pg_lsn), pg_get_wal_record_info(pg_lsn), pg_get_wal_block_info(pg_lsn, pg_lsn, boolean) to "A Stranger"',
      'grant execute on function get_raw_page(text, bigint) to "A Stranger"',
      ...files.map((routine) => `grant execute on function ${routine} to "A Stranger", agent_bom_app, root`),
      'grant execute on function pg_read_file(text, bigint, bigint) to public',
      policy('"Shows All"', 'to "A Stranger" using (true)'),
      policy('shows_read', 'for select to "A Stranger", agent_bom_app using (team_id = $$a$$)'),
      policy('asks', 'for select to "A Stranger" using (team_id = public.abom_current_tenant())'),
      policy('restricts', 'as restrictive for select to "A Stranger" using (true)'),
      policy('writes', 'for update to "A Stranger" using (true)'),
      policy('of_ours', 'to agent_bom_backup using (true)'),
      policy('of_root', 'to root using (true)'),
      'alter default privileges for role agent_bom_owner grant select, truncate on tables to "A Stranger"',
      'alter default privileges for role agent_bom_owner in schema public grant references, trigger on tables to "A Stranger"',
      'alter default privileges for role agent_bom_owner in schema reports grant truncate on tables to "A Stranger"',
      'alter default privileges for role agent_bom_owner grant update on sequences to "A Stranger"',
      'alter default privileges for role maker in schema public grant trigger, insert on tables to "A Stranger"',
      'alter default privileges for role agent_bom_app in schema public grant truncate on tables to "A Stranger"',
      'alter default privileges for role root grant truncate on tables to "A Stranger"',
      'alter default privileges for role agent_bom_owner grant truncate on tables to agent_bom_app, root',
    ];
    expect(await results('050_others.sql', ...given)).toEqual([
      'access.others fail: A Stranger may execute lo_export(oid,text), which reaches the files of the server: REVOKE EXECUTE ON FUNCTION lo_export(oid,text) FROM "A Stranger";',
      'access.others fail: A Stranger may execute lo_import(text), which reaches the files of the server: REVOKE EXECUTE ON FUNCTION lo_import(text) FROM "A Stranger";',
      'access.others fail: A Stranger may execute pg_read_binary_file(text), which reaches the files of the server: REVOKE EXECUTE ON FUNCTION pg_read_binary_file(text) FROM "A Stranger";',
      'access.others fail: A Stranger may execute pg_read_file(text), which reaches the files of the server: REVOKE EXECUTE ON FUNCTION pg_read_file(text) FROM "A Stranger";',
      'access.others fail: A Stranger may execute public.pg_get_wal_block_info(pg_lsn,pg_lsn,boolean), which reaches the files of the server: REVOKE EXECUTE ON FUNCTION public.pg_get_wal_block_info(pg_lsn,pg_lsn,boolean) FROM "A Stranger";',
      'access.others fail: A Stranger may execute public.pg_get_wal_record_info(pg_lsn), which reaches the files of the server: REVOKE EXECUTE ON FUNCTION public.pg_get_wal_record_info(pg_lsn) FROM "A Stranger";',
      'access.others fail: A Stranger may execute public.pg_get_wal_records_info(pg_lsn,pg_lsn), which reaches the files of the server: REVOKE EXECUTE ON FUNCTION public.pg_get_wal_records_info(pg_lsn,pg_lsn) FROM "A Stranger";',
      'access.others fail: A Stranger will have REFERENCES, TRIGGER on tables that agent_bom_owner creates: ALTER DEFAULT PRIVILEGES FOR ROLE agent_bom_owner IN SCHEMA public REVOKE REFERENCES, TRIGGER ON TABLES FROM "A Stranger";',
      'access.others fail: A Stranger will have TRIGGER on tables that maker creates: ALTER DEFAULT PRIVILEGES FOR ROLE maker IN SCHEMA public REVOKE TRIGGER ON TABLES FROM "A Stranger";',
      'access.others fail: A Stranger will have TRUNCATE on tables that agent_bom_app creates: ALTER DEFAULT PRIVILEGES FOR ROLE agent_bom_app IN SCHEMA public REVOKE TRUNCATE ON TABLES FROM "A Stranger";',
      'access.others fail: A Stranger will have TRUNCATE on tables that agent_bom_owner creates: ALTER DEFAULT PRIVILEGES FOR ROLE agent_bom_owner REVOKE TRUNCATE ON TABLES FROM "A Stranger";',
      'access.others fail: PUBLIC may execute pg_read_file(text,bigint,bigint), which reaches the files of the server: REVOKE EXECUTE ON FUNCTION pg_read_file(text,bigint,bigint) FROM PUBLIC;',
      'access.others fail: policy Shows All on scan_jobs shows A Stranger rows of all tenants: DROP POLICY "Shows All" ON public.scan_jobs;',
      'access.others fail: policy shows_read on scan_jobs shows A Stranger rows of all tenants: DROP POLICY shows_read ON public.scan_jobs;',
      'schema.foreign-code pass: nothing of others',
    ]);
  });

  it('who is no danger, by name and number of tables', async () => {
    const given = [
      'create role root superuser createrole',
      'create role maker createrole in role agent_bom_owner',
      'create role helper in role agent_bom_owner',
      'create schema reports',
      ...others(
        ['reads', 'grant select on teams, agents, public.osv_cache to ME'],
        ['reads_columns', 'grant select (id), insert (id) on teams to ME', 'grant update (id) on agents to ME'],
        ['adds', 'grant insert on teams to ME'],
        ['removes', 'grant delete on teams to ME'],
        ['through', 'grant reads to ME with inherit false', 'grant select on teams to ME'],
        ['counts', 'grant usage on sequence teams_id_seq to ME'],
        ...['select', 'insert', 'update', 'delete'].map((verb): [string, ...string[]] => [
          `will_${verb}`,
          `alter default privileges for role agent_bom_owner grant ${verb} on tables to ME`,
        ]),
        ['will_read_of_maker', 'alter default privileges for role maker in schema public grant select on tables to ME'],
        ['will_count', 'alter default privileges for role agent_bom_owner grant select on sequences to ME'],
        [
          'will_read_elsewhere',
          'alter default privileges for role agent_bom_owner in schema reports grant select on tables to ME',
        ],
        ['will_read_of_helper', 'alter default privileges for role helper grant select on tables to ME'],
      ),
      ...['root', 'maker'].flatMap((owner) => [
        `create function reports.of_${owner}() returns int security definer ${AS_IS}`,
        `alter function reports.of_${owner}() owner to ${owner}`,
      ]),
      'create publication exports for table teams',
    ];
    expect(await results('050_others.sql', ...given)).toEqual([
      'access.others pass: no role besides those of the contract reads keys or the rows of all tenants',
      'access.others pass: superusers: rdsadmin, root',
      'access.others pass: administrators: agent_bom_admin, maker',
      'access.others pass: bound by row-level security: adds (1 tables), reads (3 tables), reads_columns (2 tables), removes (1 tables), through (3 tables)',
      'access.others pass: will read tables of later migrations: will_delete, will_insert, will_read_of_maker, will_select, will_update',
      'access.others pass: routines that run as superusers or administrators: reports.of_maker(), reports.of_root()',
      'access.others pass: publications: exports',
      'schema.foreign-code pass: nothing of others',
    ]);
  });

  it('which views show them rows', async () => {
    const view = (name: string, owner: string, of: string, grants: string, kind = 'view', options = '') => [
      `create ${kind} reports.${name} ${options} as select 1 as one from ${of}`,
      `alter ${kind} reports.${name} owner to ${owner}`,
      ...(grants === '' ? [] : [`grant ${grants}`.replace('ON', `on reports.${name}`)]),
    ];
    const given = [
      'create role stranger',
      'create role owner',
      'create role free bypassrls',
      'create role root superuser',
      'create role team in role agent_bom_backup',
      'create role marked in role agent_bom_rls_maintenance',
      'create role distant',
      'grant agent_bom_rls_maintenance to distant with inherit false',
      'create schema reports',
      'grant all on schema reports to owner, free, root, team, marked, distant, agent_bom_owner, agent_bom_backup, agent_bom_rls_maintenance',
      'grant select (id) on teams to free',
      ...[
        'owner',
        'root',
        'free',
        'team',
        'marked',
        'distant',
        'agent_bom_owner',
        'agent_bom_backup',
        'agent_bom_rls_maintenance',
        'agent_bom_app',
      ].flatMap((owner) => view(`rows_${owner}`, owner, 'public.teams', 'select ON to stranger')),
      ...view('keys', 'owner', `public.${KEYS}`, 'select ON to stranger, public'),
      ...view('"The Keys"', 'owner', 'reports.keys, public.teams', 'select ON to stranger'),
      ...view('keys_thrice', 'owner', 'reports."The Keys"', 'select ON to agent_bom_app'),
      ...view('keys_of_others', 'owner', 'reports.keys', 'select ON to root, agent_bom_owner, agent_bom_backup, owner'),
      ...view('keys_inserted', 'owner', 'reports.keys', 'insert ON to stranger'),
      ...view(
        'asks_for_keys',
        'owner',
        `public.${KEYS}`,
        'select ON to stranger',
        'view',
        'with (security_invoker = on)',
      ),
      ...view('asks_not', 'root', 'public.teams', 'select ON to stranger', 'view', 'with (security_invoker = false)'),
      ...view('barrier', 'root', 'public.teams', 'select ON to stranger', 'view', 'with (security_barrier = true)'),
      ...view('copied', 'owner', 'public.teams', 'select ON to stranger', 'materialized view'),
      ...view('copied_alone', 'owner', 'public.teams', '', 'materialized view'),
      ...view('nothing', 'root', 'pg_catalog.pg_class', 'select ON to stranger'),
      'create table reports.mine (id int)',
      `create rule logs as on insert to reports.mine do also select from public.${KEYS}`,
      'grant select on reports.mine to stranger',
    ];
    expect(await results('050_others.sql', ...given)).toEqual([
      'access.others fail: free has BYPASSRLS and reads tables: ALTER ROLE free NOBYPASSRLS;',
      'access.others fail: reports."The Keys" shows stranger the keys: DROP VIEW reports."The Keys";',
      'access.others fail: reports.asks_not shows stranger the rows of all tenants: DROP VIEW reports.asks_not;',
      'access.others fail: reports.barrier shows stranger the rows of all tenants: DROP VIEW reports.barrier;',
      'access.others fail: reports.copied shows stranger the rows of all tenants: DROP MATERIALIZED VIEW reports.copied;',
      'access.others fail: reports.keys shows PUBLIC the keys: DROP VIEW reports.keys;',
      'access.others fail: reports.keys shows stranger the keys: DROP VIEW reports.keys;',
      'access.others fail: reports.keys_thrice shows agent_bom_app the keys: DROP VIEW reports.keys_thrice;',
      'access.others fail: reports.rows_agent_bom_backup shows stranger the rows of all tenants: DROP VIEW reports.rows_agent_bom_backup;',
      'access.others fail: reports.rows_agent_bom_rls_maintenance shows stranger the rows of all tenants: DROP VIEW reports.rows_agent_bom_rls_maintenance;',
      'access.others fail: reports.rows_free shows stranger the rows of all tenants: DROP VIEW reports.rows_free;',
      'access.others fail: reports.rows_marked shows stranger the rows of all tenants: DROP VIEW reports.rows_marked;',
      'access.others fail: reports.rows_root shows stranger the rows of all tenants: DROP VIEW reports.rows_root;',
      'access.others fail: reports.rows_team shows stranger the rows of all tenants: DROP VIEW reports.rows_team;',
      'access.others fail: team reads agent_bom_tenant_binding_keys: REVOKE agent_bom_backup FROM team;',
      'schema.foreign-code pass: nothing of others',
    ]);
  });

  it('which routines lend them rights', async () => {
    const lends = (name: string, owner: string, body = 'select count(*) from public.scan_jobs', to = 'public') => [
      `create function tools.${name}() returns bigint language sql security definer as '${body}'`,
      `alter function tools.${name}() owner to ${owner}`,
      ...(to === 'public'
        ? []
        : [`revoke all on function tools.${name}() from public`, `grant execute on function tools.${name}() to ${to}`]),
    ];
    const given = [
      'create role stranger',
      'create role lender',
      'create role key_lender',
      `grant select (id) on ${KEYS} to key_lender`,
      'create role free bypassrls',
      'grant select (id) on teams to free',
      'create role free_and_blind bypassrls',
      'create role root superuser',
      'create role maker createrole in role agent_bom_owner',
      'create role helper in role agent_bom_owner',
      'create role team in role agent_bom_rls_maintenance',
      'create schema tools',
      'set check_function_bodies = off',
      ...[
        'lender',
        'key_lender',
        'free',
        'free_and_blind',
        'root',
        'maker',
        'helper',
        'team',
        'agent_bom_owner',
        'agent_bom_app',
        'agent_bom_backup',
      ].flatMap((owner) => lends(`of_${owner}`, owner)),
      ...lends('of_maker_alone', 'maker', 'select 1::bigint'),
      ...lends('of_nobody', 'root', 'select 1::bigint'),
      ...lends('of_longer', 'root', 'select count(*) from scan_jobs_archive, my_scan_jobs'),
      ...lends('for_some', 'agent_bom_owner', 'select 1::bigint', 'stranger, lender'),
      ...lends('for_root', 'agent_bom_owner', 'select 1::bigint', 'root'),
      ...lends('for_itself', 'agent_bom_owner', 'select 1::bigint', 'agent_bom_owner'),
      'create procedure tools.proceeds() language sql security definer as $$ select 1 $$',
      'alter procedure tools.proceeds() owner to agent_bom_owner',
      `create function tools.invokes() returns int ${AS_IS}`,
      'alter function tools.invokes() owner to agent_bom_owner',
      ...['public.abom_proves', 'public.abomination', 'tools.abom_proves', 'public.of_extension'].flatMap((name) => [
        `create function ${name}() returns int security definer ${AS_IS}`,
        `alter function ${name}() owner to agent_bom_owner`,
      ]),
      'alter extension pg_trgm add function public.of_extension()',
      `create function public.abom_of_root() returns int security definer language sql as 'select 1 from public.teams'`,
      'alter function public.abom_of_root() owner to root',
    ];
    expect(await results('050_others.sql', ...given)).toEqual([
      'access.others fail: free has BYPASSRLS and reads tables: ALTER ROLE free NOBYPASSRLS;',
      'access.others fail: key_lender reads agent_bom_tenant_binding_keys: REVOKE ALL ON public.agent_bom_tenant_binding_keys FROM key_lender;',
      'access.others fail: public.abom_of_root() runs as root for PUBLIC: DROP FUNCTION public.abom_of_root();',
      'access.others fail: public.abomination() runs as agent_bom_owner for PUBLIC: DROP FUNCTION public.abomination();',
      'access.others fail: tools.abom_proves() runs as agent_bom_owner for PUBLIC: DROP FUNCTION tools.abom_proves();',
      'access.others fail: tools.for_some() runs as agent_bom_owner for lender, stranger: DROP FUNCTION tools.for_some();',
      'access.others fail: tools.of_agent_bom_app() runs as agent_bom_app for PUBLIC: DROP FUNCTION tools.of_agent_bom_app();',
      'access.others fail: tools.of_agent_bom_backup() runs as agent_bom_backup for PUBLIC: DROP FUNCTION tools.of_agent_bom_backup();',
      'access.others fail: tools.of_agent_bom_owner() runs as agent_bom_owner for PUBLIC: DROP FUNCTION tools.of_agent_bom_owner();',
      'access.others fail: tools.of_free() runs as free for PUBLIC: DROP FUNCTION tools.of_free();',
      'access.others fail: tools.of_helper() runs as helper for PUBLIC: DROP FUNCTION tools.of_helper();',
      'access.others fail: tools.of_key_lender() runs as key_lender for PUBLIC: DROP FUNCTION tools.of_key_lender();',
      'access.others fail: tools.of_maker() runs as maker for PUBLIC: DROP FUNCTION tools.of_maker();',
      'access.others fail: tools.of_root() runs as root for PUBLIC: DROP FUNCTION tools.of_root();',
      'access.others fail: tools.of_team() runs as team for PUBLIC: DROP FUNCTION tools.of_team();',
      'access.others fail: tools.proceeds() runs as agent_bom_owner for PUBLIC: DROP PROCEDURE tools.proceeds();',
      'schema.foreign-code pass: nothing of others',
    ]);
  });

  it('what they have, each kind with its number and three of its names', async () => {
    const given = [
      'create role stranger',
      'create role agent_bomber',
      'create role agent_bom_readonly',
      'create extension citext',
      'create extension file_fdw',
      'create server files foreign data wrapper file_fdw',
      ...['a', 'b', 'c', 'd'].map((name) => `create schema ${name}`),
      'create table public.notes (id serial primary key, n int generated always as identity)',
      'create table public.parted (day date) partition by range (day)',
      'create table public.part partition of public.parted default',
      'create view public.shown as select 1 as one',
      'create materialized view public.summary as select 1 as one',
      "create foreign table public.remote (line text) server files options (filename '/dev/null')",
      'create sequence public.tickets',
      'create table public.member (id int)',
      'alter extension citext add table public.member',
      `create function public.answer() returns int ${AS_IS}`,
      `create function a.elsewhere() returns int ${AS_IS}`,
      'create publication exports for table scan_jobs',
      'create function a.ddl() returns event_trigger language plpgsql as $$ begin end $$',
      'create event trigger watch on ddl_command_end execute function a.ddl()',
      'select lo_create(4711)',
      'set allow_system_table_mods = on',
      "insert into pg_seclabel values ('teams'::regclass, 'pg_class'::regclass, 0, 'zoo', 'secret')",
      `insert into pg_subscription (oid, subdbid, subskiplsn, subname, subowner, subenabled, subbinary, substream, subtwophasestate, subdisableonerr, subpasswordrequired, subrunasowner, subfailover, subconninfo, subslotname, subsynccommit, subpublications, suborigin)
         select 90000 + d.oid::bigint, d.oid, '0/0', 'of_' || datname, 10, false, false, 'f', 'd', false, false, false, false, '', null, 'off', '{}', 'any' from pg_database d where datname in ('agent_bom', 'postgres')`,
      'grant select, insert on teams, public.notes to stranger, agent_bomber, agent_bom_readonly',
      'create function a.fires() returns trigger language plpgsql as $$ begin return new; end $$',
      'create table a.log (id int)',
      'create view public.of_admin as select id from a.log',
      'alter view public.of_admin owner to agent_bom_admin',
      'create view public.also_shown as select 1 as one',
      'create function public.asks() returns bigint begin atomic select count(*) from a.log; end',
      'alter function public.asks() owner to agent_bom_admin',
      'set role agent_bom_owner',
      'create table public.ours (day date) partition by range (day)',
      'create table public.our_part partition of public.ours default',
      'reset role',
      'create trigger fires before insert on public.ours for each row execute function a.fires()',
    ];
    expect(await results('050_foreign_objects.sql', ...given)).toEqual([
      'schema.foreign-objects pass: left as they are: event triggers (1): watch',
      'schema.foreign-objects pass: extensions (2): citext, file_fdw',
      'schema.foreign-objects pass: foreign servers (1): files',
      'schema.foreign-objects pass: foreign tables (1): remote',
      'schema.foreign-objects pass: large objects (1): 4711',
      'schema.foreign-objects pass: materialized views (1): summary',
      'schema.foreign-objects pass: parts of the contract that require them (1): trigger fires on ours (requires schema a)',
      'schema.foreign-objects pass: publications (1): exports',
      'schema.foreign-objects pass: roles with privileges on tables (2): agent_bomber, stranger',
      'schema.foreign-objects pass: routines (2): public.answer(), public.asks()',
      'schema.foreign-objects pass: schemas (4): a, b, c, ...',
      'schema.foreign-objects pass: security labels (1): table public.teams',
      'schema.foreign-objects pass: sequences (1): tickets',
      'schema.foreign-objects pass: subscriptions (1): of_agent_bom',
      'schema.foreign-objects pass: tables (2): notes, parted',
      'schema.foreign-objects pass: views (3): also_shown, of_admin, shown',
    ]);
    expect(await results('050_foreign_objects.sql')).toEqual(['schema.foreign-objects pass: none']);
  });
});
