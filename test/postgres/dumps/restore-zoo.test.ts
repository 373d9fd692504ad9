import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BackedUpServer, majorsWithClient } from '../../support/postgres/clients';
import { SERVER_TIMEOUT_MS } from '../../support/postgres/database';

jest.setTimeout(SERVER_TIMEOUT_MS);

/** What other teams and the operator's tools put into a database, and by which name the dump says that it left it out. */
const ZOO = [
  'create role reporting login',
  'create extension pg_stat_statements',
  'create extension hstore schema public',
  'comment on extension pgcrypto is $$of the server$$',
  'create schema reports authorization reporting',
  'create table reports.monthly (id int)',
  'create table public.notes (id serial primary key, body text)',
  'alter table public.notes owner to reporting',
  'create view public.totals as select count(*) from scan_jobs',
  'alter view public.totals owner to reporting',
  'create function public.answer() returns int language sql return 42',
  'alter function public.answer() owner to reporting',
  'create materialized view public.summary as select team_id from scan_jobs',
  'create index on public.summary (team_id)',
  'alter materialized view public.summary owner to agent_bom_owner',
  'create extension file_fdw',
  'create server files foreign data wrapper file_fdw',
  "create foreign table public.log (line text) server files options (filename '/dev/null')",
  'create publication everything for all tables',
  'create function public.on_ddl() returns event_trigger language plpgsql as $$ begin end $$',
  'create event trigger watch on ddl_command_end execute function public.on_ddl()',
  'select lo_create(4711)',
  'grant select, insert on scan_jobs to reporting with grant option',
  'grant select (id) on fleet_agents to reporting',
  'create policy reporting_reads on scan_jobs for select to reporting using (true)',
  'alter default privileges for role agent_bom_owner in schema public grant select on tables to reporting',
  'comment on table scan_jobs is $$jobs$$',
];

const LEFT_OUT = [
  '1 large objects',
  'event trigger watch',
  'extension file_fdw',
  'extension hstore',
  'extension pg_stat_statements',
  'foreign server files',
  'foreign table log',
  'materialized view summary',
  'policy reporting_reads on scan_jobs',
  'privileges of reporting',
  'publication everything',
  'routine answer()',
  'routine on_ddl()',
  'schema reports',
  'table notes',
  'view totals',
];

describe.each(majorsWithClient())('a database of version %s with more than the contract in it', (major) => {
  const directory = mkdtempSync(join(tmpdir(), 'restore-zoo-'));
  let source: BackedUpServer;
  let target: BackedUpServer;

  beforeAll(async () => {
    [source, target] = await Promise.all([BackedUpServer.filled(major), BackedUpServer.empty(major)]);
    await source.asSuperuser(...ZOO);
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
  });

  it('is restored exactly on a server that has none of it', async () => {
    const { code, output } = await target.script('restore.sh', [join(directory, 'zoo.dump')]);
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toMatch(/^restored: 211 rows in 71 tables and tenants, exactly as dumped$/m);
    expect(output).not.toMatch(/^(warning|error)/im);
    const found = await target.asSuperuser(
      `select (select array_agg(extname::text order by extname) from pg_extension) as extensions,
              (select count(*)::int from pg_class where relname in ('notes', 'totals', 'summary', 'log')) as relations,
              (select array_agg(nspname::text order by nspname) from pg_namespace where nspname !~ '^pg_') as schemas,
              obj_description('scan_jobs'::regclass) as comment,
              (select count(*)::int from pg_database) as databases`,
    );
    expect(found).toEqual([
      {
        extensions: ['pg_trgm', 'pgcrypto', 'plpgsql'],
        relations: 0,
        schemas: ['information_schema', 'public'],
        comment: 'jobs',
        // The one that was empty is not kept.
        databases: 4,
      },
    ]);
  });

  it('keeps all of it in the previous database when it is replaced', async () => {
    const { code, output } = await source.script('restore.sh', [join(directory, 'zoo.dump'), '--replace', 'agent_bom']);
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toContain(`only there, because it is not of the contract: ${LEFT_OUT.join(', ')}\n`);
  });
});
