import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientPath } from '../../../commands/rehearse/restore-step';
import { applyStep, verifyContract } from '../../../commands/shared/postgres/contract-runner';
import { describeEachOf } from '../../support/describe-if';
import { BackedUpServer, majorsWithClient } from '../../support/postgres/clients';
import { query, SERVER_TIMEOUT_MS, superuserUrl } from '../../support/postgres/database';

jest.setTimeout(SERVER_TIMEOUT_MS);

/** What other teams and the operator's tools put into a database, and by which name the dump says that it left it out. */
const ZOO = [
  'create role reporting login',
  'create role auditing',
  'create role executing',
  'create extension pg_stat_statements',
  'create extension hstore schema public',
  'comment on extension pgcrypto is $$of the server$$',
  'create schema reports authorization reporting',
  'create table reports.monthly (id int)',
  'create table public.notes (id serial primary key, body text)',
  'alter table public.notes owner to reporting',
  'create table public."The ""notes""" ()',
  'alter table public."The ""notes""" owner to reporting',
  'create table public." Back\\slash" ()',
  'alter table public." Back\\slash" owner to reporting',
  'create table public.parted (day date, id int generated always as identity) partition by range (day)',
  'create table public.part partition of public.parted default',
  'alter table public.parted owner to reporting',
  'alter table public.part owner to reporting',
  'create sequence public.tickets owned by none',
  'alter sequence public.tickets owner to reporting',
  'create view public.totals as select count(*) from scan_jobs',
  'alter view public.totals owner to reporting',
  'create function public.answer() returns int language sql return 42',
  'alter function public.answer() owner to reporting',
  'create materialized view public.summary as select team_id from scan_jobs',
  'create index on public.summary (team_id)',
  'alter materialized view public.summary owner to agent_bom_owner',
  'create view public.summarized as select * from public.summary',
  'alter view public.summarized owner to agent_bom_owner',
  'create extension file_fdw',
  'create server files foreign data wrapper file_fdw',
  "create foreign table public.log (line text) server files options (filename '/dev/null')",
  'create publication everything for all tables',
  'create publication of_schema for tables in schema public',
  "create subscription feed connection 'dbname=nowhere' publication theirs with (connect = false, slot_name = none)",
  "select pg_create_logical_replication_slot('cdc', 'pgoutput')",
  'create function public.on_ddl() returns event_trigger language plpgsql as $$ begin end $$',
  'create event trigger watch on ddl_command_end execute function public.on_ddl()',
  'select lo_create(4711)',
  'grant select, insert on scan_jobs to reporting with grant option',
  'grant select (id) on fleet_agents to auditing',
  'grant execute on function abom_current_tenant() to executing',
  // What somebody passed on, as whom nobody may act who restores.
  'set role reporting',
  'grant select on scan_jobs to agent_bom_maintenance',
  'reset role',
  'create policy reporting_reads on scan_jobs for select to reporting using (true)',
  // Of the same name as one of the contract on another table.
  'create policy tenant_isolation on osv_cache for select to reporting using (true)',
  'create policy reporting_fewer on scan_jobs as restrictive for select to reporting using (false)',
  'alter default privileges for role agent_bom_owner in schema public grant select on tables to reporting',
  'comment on table scan_jobs is $$jobs$$',
  // What they add to tables of the contract, and what it requires stays where it is.
  'create extension btree_gin schema public',
  // An extension of the contract that somebody else created.
  'drop extension pg_trgm',
  'create extension pg_trgm schema public',
  'create schema ops authorization agent_bom_admin',
  'grant usage on schema ops to agent_bom_owner, agent_bom_app, agent_bom_maintenance, agent_bom_backup',
  'set role agent_bom_admin',
  'create function ops.audit() returns trigger language plpgsql as $$ begin return new; end $$',
  'create function ops.plain(text) returns text immutable language sql as $$ select $1 $$',
  'create table ops.log (id bigint primary key)',
  'grant all on ops.log to agent_bom_owner, agent_bom_app',
  'create domain ops.rank as numeric(3)',
  'grant usage on type ops.rank to agent_bom_owner',
  // As a migration leaves it that ran without the owner: the next one gives it to the owner.
  'create view public.of_admin as select 1 as one',
  'grant select on public.of_admin to agent_bom_backup',
  'create view public.logged as select * from ops.log',
  'create view public.logged_twice as select * from public.logged',
  'create function public.newest() returns bigint begin atomic select max(id) from ops.log; end',
  'comment on function public.newest() is $$of the DBAs$$',
  'grant execute on function public.newest() to agent_bom_app',
  'set role agent_bom_owner',
  // Checked as it is added, which row-level security forbids once it is on.
  'alter table findings add column job_id bigint references scan_jobs',
  // Closed to the application by a migration, and not opened by a restore.
  'create view public.closed as select 1 as one',
  'revoke all on public.closed from agent_bom_app',
  'create domain public.level as ops.rank',
  'comment on domain public.level is $$of the DBAs$$',
  'create type public.pair as (rank ops.rank)',
  'create index trigrams on scan_jobs using gin (team_id public.gin_trgm_ops)',
  'create index dba_gin on scan_jobs using gin (id)',
  'create index dba_both on scan_jobs using gin (ops.plain(team_id), id)',
  'create index dba_plain on hub_findings_current_observations (ops.plain(tenant_id))',
  'create trigger dba_audit before insert on scan_jobs for each row execute function ops.audit()',
  'create rule dba_log as on delete to osv_cache do also insert into ops.log values (0)',
  'alter table scan_jobs add constraint dba_log foreign key (id) references ops.log not valid',
  'create statistics public.dba_sizes on (ops.plain(team_id)), id from scan_jobs',
  'alter table osv_cache add constraint dba_once exclude using btree (ops.plain(body::text) with =)',
  'comment on index dba_gin is $$of the DBAs$$',
  'comment on trigger dba_audit on scan_jobs is $$of the DBAs$$',
  'comment on rule dba_log on osv_cache is $$of the DBAs$$',
  'comment on constraint dba_log on scan_jobs is $$of the DBAs$$',
  'reset role',
  'create table ops.archive () inherits (public.scan_jobs)',
  'insert into ops.archive select * from only scan_jobs limit 1',
  "create tablespace fast owner agent_bom_owner location ''",
  'alter table osv_cache set tablespace fast',
  // No server here has a provider of security labels: the row is what SECURITY LABEL would write.
  'set allow_system_table_mods = on',
  "insert into pg_seclabel values ('scan_jobs'::regclass, 'pg_class'::regclass, 0, 'zoo', 'secret')",
  'reset allow_system_table_mods',
  "create tablespace quick owner agent_bom_owner location ''",
  'alter index trigrams set tablespace quick',
];

const LEFT_OUT = [
  '1 large objects',
  '1 security labels',
  'constraint dba_log on scan_jobs (requires schema ops)',
  'constraint dba_once on osv_cache (requires schema ops)',
  'domain level (requires schema ops)',
  'event trigger watch',
  'extension btree_gin',
  'extension file_fdw',
  'extension hstore',
  'extension pg_stat_statements',
  'foreign server files',
  'foreign table log',
  'function newest() (requires schema ops)',
  'index dba_both (requires extension btree_gin and schema ops)',
  'index dba_gin (requires extension btree_gin)',
  'index dba_plain (requires schema ops)',
  'materialized view summary',
  'policy reporting_fewer on scan_jobs',
  'policy reporting_reads on scan_jobs',
  'policy tenant_isolation on osv_cache',
  'privileges granted by reporting',
  'privileges of auditing',
  'privileges of executing',
  'privileges of reporting',
  'publication everything',
  'publication of_schema',
  'replication slot cdc',
  'routine answer()',
  'routine on_ddl()',
  'rule dba_log on osv_cache (requires schema ops)',
  'schema ops',
  'schema reports',
  'sequence tickets',
  'statistics object dba_sizes (requires schema ops)',
  'subscription feed',
  'table  Back\\slash',
  'table The "notes"',
  'table notes',
  'table parted',
  'tablespace fast',
  'tablespace quick',
  'trigger dba_audit on scan_jobs (requires schema ops)',
  'type pair (requires schema ops)',
  'view logged',
  'view logged_twice',
  'view summarized',
  'view totals',
];

/** What a table of the contract cannot be dumped with, what is said of it, and the statement that ends it. */
const ENDS_DUMPS: readonly (readonly [sql: readonly string[], problem: string, fix: string, rest?: string])[] = [
  [
    ['alter table scan_jobs add column note public.hstore'],
    'column note of scan_jobs requires extension hstore, which a restored database does not have',
    'ALTER TABLE public.scan_jobs ALTER note TYPE text;',
  ],
  [
    ['alter table scan_jobs add column rank ops.rank'],
    'column rank of scan_jobs requires schema ops, which a restored database does not have',
    'ALTER TABLE public.scan_jobs ALTER rank TYPE numeric(3,0);',
  ],
  [
    ['alter table scan_jobs add column plain text generated always as (ops.plain(team_id)) stored'],
    'column plain of scan_jobs requires schema ops, which a restored database does not have',
    'ALTER TABLE public.scan_jobs ALTER plain DROP EXPRESSION;',
  ],
  [
    ["alter table osv_cache add column stamp text default ops.plain('x')"],
    'default of column stamp of osv_cache requires schema ops, which a restored database does not have',
    'ALTER TABLE public.osv_cache ALTER stamp DROP DEFAULT;',
  ],
  [
    ['alter table scan_jobs add constraint plain check (ops.plain(team_id) is not null)'],
    'constraint plain of scan_jobs requires schema ops, which a restored database does not have',
    'ALTER TABLE public.scan_jobs DROP CONSTRAINT plain;',
  ],
  [
    ['create policy plain on fleet_agents as restrictive for update using (ops.plain(tenant_id) is not null)'],
    'policy plain on fleet_agents requires schema ops, which a restored database does not have',
    'DROP POLICY plain ON public.fleet_agents;',
  ],
  [
    [
      'grant create on schema ops to agent_bom_owner',
      'set role agent_bom_owner',
      'create table ops.base (id text)',
      'create table public.heir () inherits (ops.base)',
    ],
    'table heir requires schema ops, which a restored database does not have',
    'ALTER TABLE public.heir NO INHERIT ops.base;',
    'drop table heir',
  ],
  [
    [
      "create table ops.old partition of hub_findings_current_observations for values from ('2001-01-01') to ('2001-02-01')",
    ],
    'the rows of the partition ops.old of hub_findings_current_observations are in no dump',
    'ALTER TABLE ops.old SET SCHEMA public; ALTER TABLE public.old OWNER TO agent_bom_owner;',
    'drop table old',
  ],
  [
    [
      "create table ops.sub partition of hub_findings_current_observations for values from ('2003-01-01') to ('2003-02-01') partition by list (tenant_id)",
      'create table ops.twig partition of ops.sub default',
    ],
    'the rows of the partition ops.sub of hub_findings_current_observations are in no dump',
    'ALTER TABLE ops.sub SET SCHEMA public; ALTER TABLE public.sub OWNER TO agent_bom_owner;',
  ],
  [
    [],
    'the rows of the partition ops.twig of hub_findings_current_observations are in no dump',
    'ALTER TABLE ops.twig SET SCHEMA public; ALTER TABLE public.twig OWNER TO agent_bom_owner;',
    'drop table sub',
  ],
  [
    [
      // A table with a primary key has none.
      'set role agent_bom_owner',
      'create table public.readings (day date) partition by range (day)',
      'reset role',
      "create foreign table public.cold partition of readings for values from ('2002-01-01') to ('2002-02-01') server files options (filename '/dev/null')",
    ],
    'the rows of the partition public.cold of readings are in no dump',
    'ALTER TABLE public.readings DETACH PARTITION public.cold;',
    'drop foreign table cold; drop table readings',
  ],
];

describeEachOf(majorsWithClient())('a database of version %s with more than the contract in it', (major) => {
  const directory = mkdtempSync(join(tmpdir(), 'restore-zoo-'));
  let source: BackedUpServer;
  let target: BackedUpServer;

  beforeAll(async () => {
    [source, target] = await Promise.all([
      BackedUpServer.filled(major, { allow_in_place_tablespaces: 'on', wal_level: 'logical' }),
      BackedUpServer.empty(major, { allow_in_place_tablespaces: 'on' }),
    ]);
    // An extension of the contract is nothing that has to be kept, and where others may not create, nothing is created.
    const provider =
      major === '17'
        ? "builtin builtin_locale 'C.UTF-8'"
        : `icu icu_locale 'de' ${major === '15' ? '' : `icu_rules '&z < a'`}`;
    await query(
      superuserUrl(target.server).replace('/agent_bom', '/postgres'),
      "create tablespace other location ''",
      'drop database agent_bom',
      `create database agent_bom owner agent_bom_admin template template0 tablespace other
         lc_collate 'C' lc_ctype 'C.UTF-8' locale_provider ${provider}`,
    );
    await target.asSuperuser('create extension pg_trgm');
    await source.asSuperuser(...ZOO);
    // Nobody may be in a database that moves. Theirs in another database is none of this one.
    await query(
      superuserUrl(source.server).replace('/agent_bom', '/postgres'),
      "select pg_create_logical_replication_slot('of_postgres', 'pgoutput')",
      "create subscription of_postgres connection 'dbname=nowhere' publication theirs with (connect = false, slot_name = none)",
      "create tablespace large location ''",
      'grant create on tablespace large to agent_bom_admin',
      'alter database agent_bom set tablespace large',
    );
  });

  afterAll(async () => {
    await Promise.all([source.server.stop(), target.server.stop()]);
    rmSync(directory, { recursive: true });
  });

  it('is dumped without it, and the dump names it once', async () => {
    const { code, output } = await source.script('dump.sh', [directory, 'zoo']);
    expect({ code, output }).toMatchObject({ code: 0 });
    const notices = output.split('\n').filter((line) => line.startsWith('left out, '));
    expect(notices).toEqual([`left out, because it is not of the contract: ${LEFT_OUT.join(', ')}`]);
    const { stdout } = spawnSync('pg_restore', ['--list', join(directory, 'zoo.dump')], {
      env: { PATH: clientPath(Number(major)) },
      encoding: 'utf8',
    });
    expect(stdout).toContain(' TABLE public scan_jobs ');
    expect(stdout).not.toMatch(/ (PUBLICATION|SECURITY LABEL) /);
  });

  it('passes verification, which names once what tables of the contract require of others', async () => {
    const results = await verifyContract(source.run);
    expect(results.find(({ id }) => id === 'backup.sees-all-rows')?.status).toBe('pass');
    expect(results.find(({ id }) => id === 'schema.foreign-objects')?.detail).toContain(
      'parts of the contract that require them (11): constraint dba_log on scan_jobs (requires schema ops), ' +
        'constraint dba_once on osv_cache (requires schema ops), domain level (requires schema ops), ...; ',
    );
  });

  it('is not dumped where it could not be restored, and is told every cause and what ends it', async () => {
    await source.asSuperuser(...ENDS_DUMPS.flatMap(([sql]) => [...sql, 'reset role']));
    const sees = async () => (await verifyContract(source.run)).find(({ id }) => id === 'backup.sees-all-rows');
    const found = await sees();
    const refused = await source.script('dump.sh', [directory, 'refused']);
    await source.asSuperuser(...ENDS_DUMPS.map(([, , fix]) => fix));
    await applyStep('after', source.run);
    const repaired = await sees();
    await source.asSuperuser(...ENDS_DUMPS.flatMap(([, , , rest]) => rest ?? []));
    const causes = [...ENDS_DUMPS].sort(([, one], [, other]) => (one < other ? -1 : 1));
    const told = causes.map(([, problem, fix]) => `${problem}: ${fix}`);
    expect(found?.status).toBe('fail');
    for (const one of told) expect(found?.detail).toContain(one);
    const message =
      `ERROR:  a dump could not be restored: ${causes.map(([, problem]) => problem).join('; ')}\n` +
      `HINT:  Look at each, and run in the database agent_bom: ${causes.map(([, , fix]) => fix).join(' ')}\n`;
    const files = readdirSync(directory).filter((name) => name.startsWith('refused'));
    expect({ ...refused, files }).toEqual({ code: 2, output: expect.stringContaining(message), files: [] });
    expect(repaired).toMatchObject({ status: 'pass' });
  });

  it('is restored exactly on a server that has none of it', async () => {
    const { code, output } = await target.script('restore.sh', [join(directory, 'zoo.dump')]);
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toMatch(/^restored: 211 rows in 71 tables and tenants, exactly as dumped$/m);
    expect(output).not.toMatch(/^(warning|error)/im);
    const found = await target.asSuperuser(
      `select (select array_agg(extname::text order by extname) from pg_extension) as extensions,
              (select count(*)::int from pg_class where relname in ('notes', 'totals', 'summary', 'log', 'logged', 'dba_gin', 'dba_plain', 'dba_once', 'summarized')) as relations,
              (select count(*)::int from pg_class where relname = 'trigrams') as kept,
              (select array_agg(nspname::text order by nspname) from pg_namespace where nspname !~ '^pg_') as schemas,
              obj_description('scan_jobs'::regclass) as comment,
              (select concat_ws(' ', spcname, datlocprovider, coalesce(j ->> 'datlocale', j ->> 'daticulocale'), j ->> 'daticurules')
                 from pg_database d join pg_tablespace t on t.oid = dattablespace, to_jsonb(d) j
                where datname = current_database()) as place,
              (select concat_ws(' ', datcollate, datctype) from pg_database where datname = current_database()) as locale,
              (select count(*)::int from pg_database) as databases`,
    );
    expect(found).toEqual([
      {
        extensions: ['pg_trgm', 'pgcrypto', 'plpgsql'],
        relations: 0,
        kept: 1,
        schemas: ['information_schema', 'public'],
        comment: 'jobs',
        place: `pg_default ${major === '17' ? 'b C.UTF-8' : `i de${major === '15' ? '' : ' &z < a'}`}`,
        locale: 'C C.UTF-8',
        // The one that was empty is not kept.
        databases: 4,
      },
    ]);
  });

  it('keeps all of it in the previous database when it is replaced', async () => {
    // With the newest client, whose statements an older server does not know.
    const scriptArguments = [join(directory, 'zoo.dump'), '--replace', 'agent_bom'];
    const { code, output } = await source.script('restore.sh', scriptArguments, { client: majorsWithClient().at(-1) });
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toContain(`only there, because it is not of the contract: ${LEFT_OUT.join(', ')}\n`);
    const [now] = await source.asSuperuser(
      `select spcname as place, (select count(*)::int from pg_class where reltablespace <> 0 and not relisshared) as elsewhere
         from pg_database d join pg_tablespace t on t.oid = dattablespace where datname = current_database()`,
    );
    expect(now).toEqual({ place: 'large', elsewhere: 0 });
  });
});
