import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { EmbeddedServer } from '../../../commands/embedded/server';
import { defaultParameters, packagedUrl, rehearsalUrls, runStandIn } from '../../../commands/rehearse/rehearse';
import { applyStep, type ContractRun, FACTS, sqlFiles } from '../../../commands/shared/postgres/contract-runner';
import { ACCESS_SABOTAGES } from '../../support/postgres/access-sabotages';
import { DATABASE_CHECKS, query, SERVER_TIMEOUT_MS, superuserUrl, verified } from '../../support/postgres/database';
import { FOREIGN_CODE_SABOTAGES } from '../../support/postgres/foreign-code-sabotages';
import { EVERY_KIND, HARMLESS, HARMLESS_GONE } from '../../support/postgres/harmless';
import { SABOTAGES as OTHER_SABOTAGES } from '../../support/postgres/sabotages';

jest.setTimeout(SERVER_TIMEOUT_MS);

const SABOTAGES = [...OTHER_SABOTAGES, ...ACCESS_SABOTAGES, ...FOREIGN_CODE_SABOTAGES];

describe('each check notices what it is for, and nothing else', () => {
  let server: EmbeddedServer;
  let run: ContractRun;
  let superuser: Client;

  beforeAll(async () => {
    server = await EmbeddedServer.start({ settings: { reserved_connections: '2' } });
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
    (await verified({ ...run, parameters })).filter(({ status }) => status === 'fail');
  /** One session for all, and its role as it was: a sabotage may act as another. */
  async function asSuperuser(...statements: string[]): Promise<void> {
    for (const statement of statements) await superuser.query(statement);
    await superuser.query('reset role');
  }

  it.each(SABOTAGES)('$check: $what', async ({ check, breaks, names, mends }) => {
    await asSuperuser(breaks);
    const mend = () => (mends === '' ? applyStep('after', run) : asSuperuser(mends));
    const found = await failures().finally(mend);
    const detail = typeof names === 'string' ? names : expect.stringMatching(names);
    expect(found).toEqual([{ id: check, status: 'fail', detail }]);
  });

  it('passes when everything is mended', async () => {
    expect(await failures()).toEqual([]);
  });

  it('access.others: is content with views in which policies bind the reader, however that is written', async () => {
    const views = ['', ' = true', ' = on', ' = 1', ' = yes'].map(
      (value, number) => `create view reports.v${number} with (security_invoker${value}) as select * from scan_jobs`,
    );
    await asSuperuser('create schema reports', ...views, 'grant select on all tables in schema reports to public');
    const found = await failures().finally(() => asSuperuser('drop schema reports cascade'));
    expect(found).toEqual([]);
  });

  it('is content with what others have and does not reach the contract', async () => {
    await asSuperuser(...HARMLESS);
    const found = await failures().finally(() => asSuperuser(...HARMLESS_GONE));
    expect(found).toEqual([]);
  });

  it('says what it found where it passes', async () => {
    await asSuperuser(
      ...HARMLESS,
      'grant select on scan_jobs to stranger',
      'grant delete on findings to stranger',
      // Who may act as the owner and creates no roles is no administrator, which another check says.
      'create role helper in role agent_bom_owner',
      'create publication exports for table scan_jobs',
    );
    const results = (await verified(run)).filter(({ id }) => DATABASE_CHECKS.includes(id));
    await asSuperuser('drop publication exports', 'drop role helper', ...HARMLESS_GONE);
    const [counted] = await query<{ relations: number; bound: number }>(
      superuserUrl(server),
      `select count(*)::int as relations, count(*) filter (where relrowsecurity)::int as bound
         from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')`,
    );
    const { relations = 0, bound = 0 } = counted ?? {};
    expect(Object.fromEntries(results.map(({ id, detail }) => [id, detail]))).toEqual({
      'tls.session': expect.stringMatching(/^TLSv1\.3, TLS_/),
      'tls.plain-refused': 'the server rejects connections without TLS',
      'database.owner': 'agent_bom_owner',
      'database.public': 'no CONNECT, no CREATE',
      'roles.attributes': '7 roles',
      'roles.memberships': 'helper is a member of agent_bom_owner',
      'ownership.relations': `${relations} relations`,
      'tenancy.row-security': `${bound} relations protected`,
      'tenancy.open-tables': `${relations - bound} tables shared on purpose`,
      'tenancy.policies': `${bound} policies`,
      'tenancy.app-cannot-bypass': 'no way to another tenant',
      'tenancy.probe': `${bound} relations, ${bound} with rows`,
      'access.others':
        'no role besides those of the contract reads keys or the rows of all tenants; superusers: rdsadmin, root; ' +
        'administrators: agent_bom_admin, dba; bound by row-level security: stranger (2 tables); ' +
        'will read tables of later migrations: stranger; ' +
        'routines that run as superusers or administrators: reports.longer(); publications: exports',
      'stores.present': '9 stores',
      'schema.revision': '00000000_01',
      'schema.partition-runway': expect.stringMatching(
        /^hub_findings_current_observations has 12 months ahead, up to /,
      ),
      'schema.backfills': 'no row is left out',
      'schema.foreign-objects':
        'left as they are: publications (1): exports; roles with privileges on tables (6): rds_replication, rdsproxyadmin, rdsrepladmin, ...; ' +
        'routines (4): public.lower(integer), public.lower(integer,integer), public.lower(integer,integer,integer), ...; schemas (1): reports; tables (1): theirs',
      'schema.foreign-code': 'nothing of others',
      'schema.extensions': 'pgcrypto, pg_trgm',
      'privileges.app': 'rows only; no schema, no revision, no keys',
      'privileges.maintenance': 'rows of all tenants; no schema, no revision, no keys',
      'privileges.backup': 'reads only',
      'privileges.defaults': 'tables of later migrations can be dumped, and nothing more',
      'backup.sees-all-rows': 'every table, every tenant',
      'limits.connections':
        'agent_bom_app 74, agent_bom_app_b 74, agent_bom_backup 4, agent_bom_maintenance 14, agent_bom_maintenance_b 14',
      'limits.capacity': 'the budget is 92 of 445 connections',
      'limits.timeouts': 'statement, lock and idle timeouts set',
      'login.app': 'logged in as agent_bom_app',
      'login.maintenance': 'logged in as agent_bom_maintenance',
      'login.backup': 'logged in as agent_bom_backup, read only: on',
    });
  });

  it('stores.present: names every table of every store', async () => {
    const tables =
      'api_keys audit_log exceptions fleet_agents gateway_policies graph_edges graph_nodes graph_snapshots scan_jobs scan_schedules trend_history'.split(
        ' ',
      );
    await asSuperuser(`revoke insert on ${tables.join()} from agent_bom_app`);
    const found = await failures();
    await asSuperuser(`grant insert on ${tables.join()} to agent_bom_app`);
    expect(
      found.map(({ detail }) =>
        detail
          .split('; ')
          .map((one) => one.replace(/.* INSERT /, ''))
          .sort(),
      ),
    ).toEqual([tables]);
  });

  it('tenancy.policies: one for each command does as well as one for all, and a restrictive one for nothing', async () => {
    const own = 'team_id = abom_current_tenant()';
    await asSuperuser(
      'drop policy tenant_isolation on job_queue',
      "create policy fewer on job_queue as restrictive using (team_id <> '') with check (team_id <> '')",
    );
    const found = await failures();
    await asSuperuser(
      'drop policy fewer on job_queue',
      `create policy one on job_queue for select using (${own})`,
      `create policy two on job_queue for insert with check (${own})`,
      `create policy three on job_queue for update using (${own}) with check (${own})`,
      `create policy four on job_queue for delete using (${own})`,
    );
    const divided = await failures();
    await asSuperuser(
      ...['one', 'two', 'three', 'four'].map((name) => `drop policy ${name} on job_queue`),
      `create policy tenant_isolation on job_queue using (${own} or abom_rls_bypass()) with check (${own} or abom_rls_bypass())`,
    );
    expect(found.find(({ id }) => id === 'tenancy.policies')?.detail).toBe(
      ['DELETE', 'INSERT', 'SELECT', 'UPDATE'].map((command) => `job_queue: no policy for ${command}`).join('; '),
    );
    expect(divided).toEqual([]);
  });

  it('tenancy.probe: writes a row into a table of every kind of column, and one that refers to another', async () => {
    const names = ['probe_child', 'probed'];
    await asSuperuser(
      'set role agent_bom_owner',
      "create type mood as enum ('good')",
      ...EVERY_KIND,
      ...names.flatMap((name) => [
        `alter table ${name} enable row level security, force row level security`,
        `create policy own on ${name} using (tenant_id = abom_current_tenant()) with check (tenant_id = abom_current_tenant())`,
        `create policy agent_bom_backup_reads on ${name} for select to agent_bom_backup using (true)`,
        `revoke references on ${name} from agent_bom_app`,
        `grant select, insert, update, delete on ${name} to agent_bom_app`,
      ]),
      'grant usage on all sequences in schema public to agent_bom_app',
    );
    const results = await verified(run);
    const protectedOnes = "select count(*)::int as number from pg_class where relrowsecurity and relkind in ('r', 'p')";
    const [found] = await query<{ number: number }>(superuserUrl(server), protectedOnes);
    // What a sequence has given stays given: the probe takes no number.
    const given = 'select n.is_called or c.is_called as given from probed_number_seq n, probed_counted_seq c';
    const sequences = await query(superuserUrl(server), given);
    await asSuperuser('drop table probe_child, probed', 'drop type mood');
    expect(sequences).toEqual([{ given: false }]);
    expect(results.filter(({ status }) => status === 'fail')).toEqual([]);
    expect(results.find(({ id }) => id === 'tenancy.probe')?.detail).toBe(
      `${found?.number} relations, ${found?.number} with rows`,
    );
  });

  it('tenancy.app-cannot-bypass: names each role that binds nobody', async () => {
    await asSuperuser('grant agent_bom_rls_maintenance, rdsadmin to agent_bom_app_b');
    const results = await verified(run);
    await asSuperuser('revoke agent_bom_rls_maintenance, rdsadmin from agent_bom_app_b');
    expect(results.find(({ id }) => id === 'tenancy.app-cannot-bypass')?.detail).toBe(
      'agent_bom_app_b may act as agent_bom_rls_maintenance; agent_bom_app_b may act as rdsadmin',
    );
    expect(await failures()).toEqual([]);
  });

  it('login: says which URL has the login of another identity, or of one that sees too little', async () => {
    const { app, maintenance, backup } = run.urls;
    const mixed = await verified({ ...run, urls: { ...run.urls, app: maintenance, maintenance: backup, backup: app } });
    await asSuperuser('revoke agent_bom_rls_maintenance from agent_bom_maintenance granted by agent_bom_owner');
    const narrow = await verified(run);
    await asSuperuser('grant agent_bom_rls_maintenance to agent_bom_maintenance granted by agent_bom_owner');
    const logins = (results: typeof mixed) =>
      results.filter(({ id, status }) => id.startsWith('login.') && status === 'fail').map(({ detail }) => detail);
    expect(logins(mixed)).toEqual([
      'logged in as agent_bom_maintenance',
      'logged in as agent_bom_backup',
      'logged in as agent_bom_app, read only: off',
    ]);
    expect(logins(narrow)).toEqual(['logged in as agent_bom_maintenance']);
  });

  it('login.app: what needs the connection is not checked rather than failed', async () => {
    await asSuperuser('alter role agent_bom_app nologin');
    const results = await verified(run);
    await asSuperuser('alter role agent_bom_app login');
    expect(results.filter(({ id, status }) => status !== 'pass' && DATABASE_CHECKS.includes(id))).toEqual([
      { id: 'tenancy.probe', status: 'skip', detail: 'not checked: requires a connection as the app identity' },
      { id: 'login.app', status: 'fail', detail: expect.stringContaining('is not permitted to log in') },
    ]);
  });

  it('login.backup: a session that may write', async () => {
    await asSuperuser('alter role agent_bom_backup set default_transaction_read_only = off');
    const found = await failures().finally(() => applyStep('after', run));
    expect(found).toEqual([
      {
        id: 'limits.timeouts',
        status: 'fail',
        detail: expect.stringContaining('default_transaction_read_only is off'),
      },
      { id: 'login.backup', status: 'fail', detail: 'logged in as agent_bom_backup, read only: off' },
    ]);
  });

  it('roles.attributes: names what other checks miss too', async () => {
    await asSuperuser(
      'alter role agent_bom_owner nocreaterole',
      'alter role agent_bom_maintenance superuser',
      'alter role agent_bom_maintenance_b rename to elsewhere',
      'alter role agent_bom_rls_maintenance rename to marker',
      'alter role agent_bom_app nologin',
      'alter role agent_bom_app_b nologin',
    );
    const results = await verified(run);
    await asSuperuser(
      'alter role agent_bom_owner createrole',
      'alter role agent_bom_maintenance nosuperuser',
      'alter role elsewhere rename to agent_bom_maintenance_b',
      'alter role marker rename to agent_bom_rls_maintenance',
      'alter role agent_bom_app login',
      'alter role agent_bom_app_b login',
    );
    expect(results.find(({ id }) => id === 'roles.attributes')?.detail).toBe(
      'agent_bom_maintenance has SUPERUSER; agent_bom_maintenance_b does not exist; agent_bom_owner lacks CREATEROLE; ' +
        'agent_bom_rls_maintenance does not exist; no login of app may log in',
    );
    expect(await failures()).toEqual([]);
  });

  it('schema.partition-runway: passes with three months ahead, fails with two, and sees a gap', async () => {
    const drop = (comparison: string, months: number) => `do $$ declare name text; begin
      for name in select c.relname from pg_class c join pg_inherits i on i.inhrelid = c.oid where c.relkind = 'r' and c.relname ${comparison}
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
    // 450 connections, 5 of them reserved, 14 for maintenance and 4 for the backup.
    expect(await budget(427)).toEqual([]);
    expect(await budget(428)).toEqual([
      { id: 'limits.capacity', status: 'fail', detail: 'the budget is 446 of 445 connections' },
    ]);
    // Where one limit is not known, neither sum nor limits are.
    const { 'agent_bom.app_connection_limit': _unknown, ...parameters } = run.parameters;
    const skipped = (await verified({ ...run, parameters })).filter(({ id }) => /^limits\.(cap|conn)/.test(id));
    const unknown = { status: 'skip', detail: 'needs the connection budget of the environment' };
    expect(skipped).toEqual(['limits.connections', 'limits.capacity'].map((id) => ({ id, ...unknown })));
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

  it.each(['TLSv1', 'TLSv1.1'])('tls.session: a server that accepts %s', async (version) => {
    await asSuperuser(`alter system set ssl_min_protocol_version = '${version}'`, 'select pg_reload_conf()');
    const found = await failures();
    await asSuperuser('alter system reset ssl_min_protocol_version', 'select pg_reload_conf()');
    expect(found).toEqual([
      {
        id: 'tls.session',
        status: 'fail',
        detail: `the server accepts ${version}: ssl_min_protocol_version = 'TLSv1.2'`,
      },
    ]);
  });

  it.each([
    ['min', 'TLSv1.3'],
    ['max', 'TLSv1.2'],
  ])('tls.session: is content where ssl_%s_protocol_version is %s', async (limit, version) => {
    await asSuperuser(`alter system set ssl_${limit}_protocol_version = '${version}'`, 'select pg_reload_conf()');
    const found = await failures();
    await asSuperuser(`alter system reset ssl_${limit}_protocol_version`, 'select pg_reload_conf()');
    expect(found).toEqual([]);
  });

  it('covers every check', () => {
    // `schema.foreign-objects` never fails; zoo.test.ts shows what it names.
    const elsewhere = [
      'login.app',
      'schema.partition-runway',
      'schema.foreign-objects',
      'limits.capacity',
      'tls.plain-refused',
      'tls.session',
    ];
    expect([...new Set([...SABOTAGES.map(({ check }) => check), ...elsewhere])].sort()).toEqual(
      [...DATABASE_CHECKS].sort(),
    );
  });
});
