import { EmbeddedServer } from '../../../commands/embedded/server';
import { defaultParameters, packagedUrl, rehearsalUrls, runStandIn } from '../../../commands/rehearse/rehearse';
import { applyStep, type ContractRun } from '../../../commands/shared/postgres/contract-runner';
import { POSTGRES_MAJORS } from '../../../contract/postgres/majors';
import { catalogRows, differences } from '../../support/postgres/catalog';
import { query, SERVER_TIMEOUT_MS, superuserUrl, verified } from '../../support/postgres/database';

jest.setTimeout(SERVER_TIMEOUT_MS);

/**
 * What administrators, reporting and replication tools leave in a database, each as its own role. Code of other roles in the
 * schema public is not among it: `before` refuses that.
 */
const ZOO = [
  'create role dba login',
  'create role reporting nologin',
  // As the guide of AWS DMS says: whoever creates an event trigger is a member of rds_superuser.
  'create role "DMS" login in role rds_superuser',
  'grant create on schema public to dba, "DMS"',
  'grant create on database agent_bom to dba',
  'create extension pg_stat_statements',
  'create extension pg_buffercache',
  'alter view pg_buffercache owner to agent_bom_owner',
  'create extension postgres_fdw',
  'create extension citext',
  'create schema reporting authorization dba',
  'set role agent_bom_owner',
  'create schema pglogical',
  'create table pglogical.node (id int primary key)',
  'reset role',
  'grant select on scan_jobs, findings, alembic_version to reporting',
  'grant select (id) on teams to reporting',
  'grant select on scan_jobs to dba with grant option',
  'grant usage on schema reporting to reporting',
  'set role dba',
  'create table reporting.totals (tenant_id text, number int)',
  'grant select on reporting.totals to public',
  'alter default privileges in schema reporting grant select on tables to reporting',
  'create table public.notes (id serial primary key, tenant_id text, body text)',
  'grant all on public.notes to public',
  'grant select (body) on public.notes to public',
  'insert into public.notes (body) values ($$kept$$)',
  'comment on table public.notes is $$of the DBAs$$',
  'alter table public.notes enable row level security',
  'create sequence public.tickets',
  'create type reporting.mood as enum ($$good$$)',
  'create domain reporting.positive as int check (value > 0)',
  'create view public.recent as select id from scan_jobs',
  'grant select on public.recent to reporting, public',
  'create materialized view public.snapshot as select 1 as one',
  'grant select on public.snapshot to public',
  'create function reporting.helper() returns int language sql as $$select 1$$',
  'create statistics reporting.pairs on tenant_id, body from public.notes',
  'reset role',
  'create server elsewhere foreign data wrapper postgres_fdw',
  'create user mapping for dba server elsewhere',
  'create foreign table public.remote (id int) server elsewhere',
  'alter foreign table public.remote owner to dba',
  'grant select on public.remote to reporting',
  'select lo_from_bytea(424242, $$kept$$)',
  'alter large object 424242 owner to dba',
  'grant select on large object 424242 to reporting',
  'create table public.awsdms_ddl_audit (c_key bigserial primary key)',
  'alter table public.awsdms_ddl_audit owner to "DMS"',
  'grant all on public.awsdms_ddl_audit to public',
  'create function public.awsdms_intercept_ddl() returns event_trigger language plpgsql as $$ begin perform 1; end $$',
  'alter function public.awsdms_intercept_ddl() owner to agent_bom_admin',
  'create event trigger awsdms_intercept_ddl on ddl_command_end execute function public.awsdms_intercept_ddl()',
  'create publication dms for table scan_jobs, public.notes',
  'create publication whole for tables in schema public',
  'create publication everything for all tables',
  'alter table scan_jobs replica identity full',
  "create subscription pglogical_copy connection 'host=nowhere' publication dms with (connect = false)",
  'create materialized view public.of_the_master as select 2 as two',
  'alter materialized view public.of_the_master owner to agent_bom_admin',
  'comment on table scan_jobs is $$jobs, said the DBAs$$',
  'comment on column scan_jobs.id is $$a number$$',
  'comment on role dba is $$a person$$',
  'comment on database agent_bom is $$of the DBAs$$',
  // No server here has a provider of security labels: the row is what SECURITY LABEL would write.
  'set allow_system_table_mods = on',
  "insert into pg_seclabel values ('scan_jobs'::regclass, 'pg_class'::regclass, 0, 'zoo', 'secret'), ('public.notes'::regclass, 'pg_class'::regclass, 0, 'zoo', 'open')",
  'reset allow_system_table_mods',
  'grant set on parameter log_min_duration_statement to dba',
  'grant usage on foreign server elsewhere to reporting',
  'alter default privileges for role agent_bom_owner in schema public grant select on tables to reporting',
  'set role agent_bom_owner',
  'create index dba_lookup on scan_jobs (id, team_id)',
  'create statistics public.of_jobs on id, team_id from scan_jobs',
  'set role dba',
  'create table public.parts (day date) partition by range (day)',
  'create table public.parts_y2026m01 partition of public.parts for values from ($$2026-01-01$$) to ($$2026-02-01$$)',
  'create table public.old_notes () inherits (public.notes)',
  'create unlogged table public.scratch (id int)',
  'create text search dictionary reporting.words (template = simple)',
  'create text search configuration reporting.plain (copy = simple)',
  'create collation reporting.binary from "C"',
  'create aggregate reporting.total(int) (sfunc = int4pl, stype = int)',
  'create procedure reporting.nightly() language sql as $$select 1$$',
  'create rule quiet as on delete to public.notes do instead nothing',
  'create policy own on public.notes using (true)',
  'reset role',
]; // prettier-ignore

const ZOO_ROWS = `
  select 'class ' || xmin || ' ' || c as row from pg_class c
   where relowner::regrole::text in ('dba', '"DMS"', 'agent_bom_admin') and relkind in ('r', 'p', 'v', 'm', 'f', 'S')
      or exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
  union all select 'proc ' || xmin || ' ' || p from pg_proc p
             where proowner::regrole::text in ('dba', '"DMS"') or proname like 'awsdms%' or exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
  union all select 'namespace ' || xmin || ' ' || n from pg_namespace n where nspname in ('reporting', 'pglogical')
  union all select 'large object ' || xmin || ' ' || l from pg_largeobject_metadata l
  union all select 'trigger ' || xmin || ' ' || e from pg_event_trigger e
  union all select 'publication ' || xmin || ' ' || p from pg_publication p
  union all select 'comment ' || xmin || ' ' || d from pg_description d where description ~ 'DBAs|a number'
  union all select 'shared comment ' || xmin || ' ' || d from pg_shdescription d where description ~ 'DBAs|a person'
  union all select 'label ' || xmin || ' ' || s from pg_seclabel s
  union all select 'parameter ' || xmin || ' ' || p from pg_parameter_acl p
  union all select 'statistics ' || xmin || ' ' || s.stxname from pg_statistic_ext s
  union all select 'collation ' || xmin || ' ' || c from pg_collation c where collnamespace = 'reporting'::regnamespace
  union all select 'configuration ' || xmin || ' ' || c from pg_ts_config c where cfgnamespace = 'reporting'::regnamespace
  union all select 'policy ' || p.xmin || ' ' || p.polname from pg_policy p where polrelid = 'public.notes'::regclass
  union all select 'rule ' || r.xmin || ' ' || r.rulename from pg_rewrite r where ev_class = 'public.notes'::regclass
  union all select 'index ' || i.xmin || ' ' || i from pg_index i where indexrelid = 'dba_lookup'::regclass
  union all select 'default ' || d.xmin || a from pg_default_acl d, aclexplode(defaclacl) a where a.grantee = 'reporting'::regrole
  union all select 'grant ' || relname || a from pg_class c, aclexplode(relacl) a
             where a.grantee::regrole::text in ('reporting', 'dba') and c.relname in ('scan_jobs', 'findings', 'alembic_version')
  order by 1`;

describe.each(POSTGRES_MAJORS)('what is not of the contract, on PostgreSQL %s', (major) => {
  let server: EmbeddedServer;
  let run: ContractRun;
  const notices: string[] = [];

  beforeAll(async () => {
    server = await EmbeddedServer.start({ major, settings: { wal_level: 'logical', autovacuum: 'off' } });
    run = { urls: rehearsalUrls(server), parameters: defaultParameters(), onNotice: (text) => notices.push(text) };
    await applyStep('before', run);
    await runStandIn(packagedUrl(server));
    await query(superuserUrl(server), ...ZOO);
  });

  afterAll(async () => {
    await query(
      superuserUrl(server),
      'alter subscription pglogical_copy set (slot_name = none)',
      'drop subscription pglogical_copy',
    );
    await server.stop();
  });

  const zoo = async () => (await query<{ row: string }>(superuserUrl(server), ZOO_ROWS)).map(({ row }) => row);

  it('stays as it is, in the first run and in the second, and nobody warns of it', async () => {
    const before = await zoo();
    expect(before.length).toBeGreaterThan(60);
    for (const _ of [1, 2]) {
      for (const step of ['before', 'after', 'revoke'] as const) await applyStep(step, run);
      expect(await zoo()).toEqual(before);
    }
    expect(notices).toEqual([]);
    const kept = 'select (select body from public.notes) as note, convert_from(lo_get(424242), $$UTF8$$) as object';
    expect(await query(superuserUrl(server), kept)).toEqual([{ note: 'kept', object: 'kept' }]);
  });

  it('does not break the contract, and is named once', async () => {
    const results = await verified(run);
    expect(results.filter(({ status }) => status === 'fail')).toEqual([]);
    expect(results.find(({ id }) => id === 'schema.foreign-objects')).toEqual({
      id: 'schema.foreign-objects',
      status: 'pass',
      detail:
        'left as they are: event triggers (1): awsdms_intercept_ddl; ' +
        'extensions (4): citext, pg_buffercache, pg_stat_statements, ...; foreign servers (1): elsewhere; ' +
        'foreign tables (1): remote; large objects (1): 424242; materialized views (2): of_the_master, snapshot; ' +
        'publications (3): dms, everything, whole; roles with privileges on tables (2): dba, reporting; ' +
        'routines (1): public.awsdms_intercept_ddl(); schemas (2): pglogical, reporting; security labels (2): table public.notes, table public.scan_jobs; sequences (1): tickets; ' +
        'subscriptions (1): pglogical_copy; tables (5): awsdms_ddl_audit, notes, old_notes, ...; views (1): recent',
    });
  });

  it('leaves every catalog as it is when the contract holds', async () => {
    // Rows of the probe have left pages, and tables with pages are analyzed once.
    await applyStep('after', run);
    const rows = await catalogRows(server);
    for (const step of ['before', 'after', 'revoke'] as const) await applyStep(step, run);
    expect(differences(rows, await catalogRows(server))).toEqual([]);
  });

  (major === '15' ? it : it.skip)('may not create roles before 16: that is every membership', async () => {
    await query(superuserUrl(server), 'alter role dba createrole');
    const failed = (await verified(run)).filter(({ status }) => status === 'fail');
    await query(superuserUrl(server), 'alter role dba nocreaterole');
    expect(failed).toEqual([
      {
        id: 'access.others',
        status: 'fail',
        detail:
          'dba has CREATEROLE, with which it may become a member of agent_bom_owner: ALTER ROLE dba NOCREATEROLE;',
      },
    ]);
  });

  it('is opened to the application by nobody, and a schema that it may create in is named with what closes it', async () => {
    await query(superuserUrl(server), 'grant create on schema reporting to public');
    const failed = (await verified(run)).filter(({ status }) => status === 'fail');
    expect(failed.map(({ id }) => id)).toContain('database.public');
    expect(failed.find(({ id }) => id === 'database.public')?.detail).toBe(
      'PUBLIC has CREATE on schema reporting: REVOKE CREATE ON SCHEMA reporting FROM PUBLIC;',
    );
    await query(superuserUrl(server), 'REVOKE CREATE ON SCHEMA reporting FROM PUBLIC');
    expect((await verified(run)).filter(({ status }) => status === 'fail')).toEqual([]);
  });
});
