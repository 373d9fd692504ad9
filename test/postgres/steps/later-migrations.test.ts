import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { EmbeddedServer } from '../../../commands/embedded/server';
import { defaultParameters, fillStandIn, packagedUrl, rehearsalUrls } from '../../../commands/rehearse/rehearse';
import { applyStep, type ContractRun } from '../../../commands/shared/postgres/contract-runner';
import { DEFAULT_MAJOR, POSTGRES_MAJORS } from '../../../contract/postgres/majors';
import { query, SERVER_TIMEOUT_MS, superuserUrl, verified } from '../../support/postgres/database';

jest.setTimeout(SERVER_TIMEOUT_MS);

const STAND_IN = readFileSync(join(__dirname, '..', '..', '..', 'commands', 'rehearse', 'stand-in.sql'), 'utf8');

const ROWS = ['DELETE', 'INSERT', 'SELECT', 'UPDATE'];

/** Fills a column of a tenant table and does not ask for the bypass of its policies. */
const BACKFILL = "update scan_jobs set body = body || '{\"filled\": true}' where not body ? 'filled'";
const UNFILLED = "select count(*)::int as rows from scan_jobs where not body ? 'filled'";

/** A table of tenants, as a migration of the product makes it, and what it takes from the application. */
function newTable(name: string, narrowing: string): string {
  return `
    create table ${name} (id bigint generated always as identity primary key, tenant_id text not null);
    alter table ${name} enable row level security, force row level security;
    create policy tenant on ${name} using (tenant_id = public.abom_current_tenant() or public.abom_rls_bypass())
      with check (tenant_id = public.abom_current_tenant() or public.abom_rls_bypass());
    ${narrowing}`;
}

/** What the product of 0.110.0 computes: `path_identity` of `agent_bom.graph.snapshot_paths`, run in Python. */
const PATH_KEYS = {
  plain: '4f3fdd10dbac53a5eed803fb021b980f3dbff9c8',
  empty: '643d5437104296e21d906ecb15b2c96ad278f20c',
  strange: '3fcc01ad559d1287fbe68cfdead8842849d3fe89',
};

const granted = (table: string) => `grant select, insert, update, delete on ${table} to agent_bom_app`;

describe.each(POSTGRES_MAJORS)('migrations that come later, on PostgreSQL %s', (major) => {
  let server: EmbeddedServer;
  let run: ContractRun;
  const notices: string[] = [];

  beforeAll(async () => {
    server = await EmbeddedServer.start({ major });
    run = { urls: rehearsalUrls(server), parameters: defaultParameters(), onNotice: (text) => notices.push(text) };
    await applyStep('before', run);
  });

  afterAll(() => server.stop());

  const migrate = (...sql: string[]) => query(packagedUrl(server), ...sql);
  const asSuperuser = (...sql: string[]) => query(superuserUrl(server), ...sql);
  const failures = async () => (await verified(run)).filter(({ status }) => status === 'fail');

  async function privileges(table: string): Promise<string[]> {
    const rows = await asSuperuser(
      `select privilege_type as name from pg_class, aclexplode(relacl)
        where oid = '${table}'::regclass and grantee = 'agent_bom_app'::regrole order by 1`,
    );
    return rows.map(({ name }) => name);
  }

  it('fill every row of an empty database, in the session that makes the roles', async () => {
    const rows = ['north', 'south'].map(
      (tenant) => `set app.tenant_id = '${tenant}'; insert into scan_jobs default values`,
    );
    await migrate(STAND_IN, ...rows, 'reset app.tenant_id', BACKFILL);
    expect(await asSuperuser(UNFILLED)).toEqual([{ rows: 0 }]);
    await applyStep('after', run);
  });

  it('fill every row of every tenant, and no row without the bypass on their connection', async () => {
    await fillStandIn(run.urls.app);
    const without = packagedUrl(server).replace('%20-c%20app.bypass_rls%3D1', '');
    expect(without).not.toBe(packagedUrl(server));
    await query(without, BACKFILL);
    expect(await asSuperuser(UNFILLED)).toEqual([{ rows: 6 }]);
    await migrate(BACKFILL);
    expect(await asSuperuser(UNFILLED)).toEqual([{ rows: 0 }]);
  });

  it('fill every row when another administrator runs them', async () => {
    await asSuperuser(
      "create role another_admin login createrole createdb password 'another'",
      'grant agent_bom_owner to another_admin with admin option',
      "update scan_jobs set body = '{}'",
    );
    const admin = { user: 'another_admin', password: 'another' };
    await applyStep('before', { ...run, urls: { ...run.urls, admin: server.urlFor(admin) } });
    const options = encodeURIComponent('-c role=agent_bom_owner -c app.bypass_rls=1');
    await query(`${server.urlFor(admin)}&options=${options}`, BACKFILL);
    expect(await asSuperuser(UNFILLED)).toEqual([{ rows: 0 }]);
  });

  it('that filled no row are repeated for the rows that they left out, and for no other', async () => {
    await migrate(
      "alter table compliance_hub_findings add scan_id text not null default '', add payload jsonb not null default '{}'",
      newTable(
        'agent_identities',
        `alter table agent_identities add agent_id text not null default '', add data text;
         revoke all on agent_identities from agent_bom_app; ${granted('agent_identities')};
         grant usage on sequence agent_identities_id_seq to agent_bom_app`,
      ),
      'create policy agent_bom_backup_reads on agent_identities for select to agent_bom_backup using (true)',
      "alter table governance_audit_log add prev_hash text not null default '', add data text",
      `alter table attack_paths add scan_id text default '', add path_nodes text, add path_edges text,
                                add path_key text not null default 'filled'; alter table attack_paths alter path_key set default ''`,
      "create unique index on attack_paths (tenant_id, scan_id, path_key) where scan_id <> ''",
    );
    await asSuperuser(
      `insert into governance_audit_log (tenant_id, data) values
         ('north', '{"prev_hash": "p"}'), ('south', '{"prev_hash": ""}'), ('south', '[]'), ('south', null)`,
      `insert into compliance_hub_findings (tenant_id, scan_id, payload) values
         ('north', '', '{"batch_id": "b", "scan_id": "s"}'), ('south', '', '{"batch_id": "", "scan_id": "s"}'),
         ('south', 'kept', '{"batch_id": "b"}'), ('south', '', '{"batch_id": ""}')`,
      `insert into agent_identities (tenant_id, data) values
         ('north', '{"agent_id": " a "}'), ('south', '{"agent_id": " "}'), ('south', '{}'), ('south', null)`,
    );
    // At both ends of what is written as it is, as one code and as two.
    const strange = JSON.stringify(['\u00e9 ~\u007f\u0080\uffff\u{10000}\u{1f600}\u{10ffff}\n"\\/']);
    await asSuperuser(
      `insert into attack_paths (tenant_id, scan_id, path_nodes, path_edges, path_key) values
         ('north', 'a', '["agent:a", "vuln:1"]', '["uses"]', ''), ('south', 'a', '["agent:a", "vuln:1"]', '["uses"]', ''),
         ('south', 'b', null, '', ''), ('south', 'c', '${strange}', '["x\\u2028"]', ''), ('south', 'd', '[]', '[]', 'kept'),
         ('north', 'c', '[]', '{}', ''), ('north', 'c', '[]', '[]', '${PATH_KEYS.empty}'), ('north', 'c', '[]', '[]', '${PATH_KEYS.empty}:1'),
         ('west', 'a', '["agent:a", "vuln:1"]', '["uses"]', '${PATH_KEYS.plain}')`,
    );
    expect(await failures()).toEqual([
      {
        id: 'schema.backfills',
        status: 'fail',
        detail:
          'agent_identities: agent_id is empty in 1 rows; attack_paths: path_key is empty in 5 rows; compliance_hub_findings: scan_id is empty in 2 rows; ' +
          'governance_audit_log: prev_hash is empty in 1 rows',
      },
    ]);
    notices.length = 0;
    await applyStep('after', run);
    expect(notices).toEqual([
      'filled agent_id in 1 rows of agent_identities',
      'filled path_key in 5 rows of attack_paths',
      'filled scan_id in 2 rows of compliance_hub_findings',
      'filled prev_hash in 1 rows of governance_audit_log',
    ]);
    const keys = await asSuperuser(
      'select tenant_id, scan_id, path_key from attack_paths where scan_id <> $$$$ order by 1, 2, 3',
    );
    expect(keys.map(({ tenant_id: tenant, scan_id: scan, path_key: key }) => `${tenant} ${scan} ${key}`)).toEqual([
      `north a ${PATH_KEYS.plain}`,
      `north c ${PATH_KEYS.empty}`,
      `north c ${PATH_KEYS.empty}:1`,
      `north c ${PATH_KEYS.empty}:2`,
      `south a ${PATH_KEYS.plain}`,
      `south b ${PATH_KEYS.empty}`,
      `south c ${PATH_KEYS.strange}`,
      'south d kept',
      `west a ${PATH_KEYS.plain}`,
    ]);
    // More pages than are filled at once, of which none is left out.
    await asSuperuser(
      'alter table compliance_hub_findings set (fillfactor = 10)',
      `insert into compliance_hub_findings (tenant_id, payload)
         select 'north', jsonb_build_object('scan_id', n::text, 'rest', repeat(md5(n::text), 12)) from generate_series(1, 1100) n`,
    );
    const [{ pages } = { pages: 0 }] = await asSuperuser(
      "select (pg_relation_size('compliance_hub_findings') / 8192)::int as pages",
    );
    expect(pages).toBeGreaterThan(501);
    notices.length = 0;
    await applyStep('after', run);
    expect(notices).toEqual(['filled scan_id in 1100 rows of compliance_hub_findings']);
    await asSuperuser("delete from compliance_hub_findings where payload ? 'rest'");
    const hashes = 'select prev_hash from governance_audit_log order by id desc limit 4';
    expect((await asSuperuser(hashes)).map(({ prev_hash: hash }) => hash)).toEqual(['', '', '', 'p']);
    const scans = "select scan_id from compliance_hub_findings where payload <> '{}' order by id";
    expect((await asSuperuser(scans)).map(({ scan_id: scan }) => scan)).toEqual(['b', 's', 'kept', '']);
    expect(await asSuperuser('select agent_id from agent_identities order by id')).toEqual(
      ['a', '', '', ''].map((agent) => ({ agent_id: agent })),
    );
    notices.length = 0;
    await applyStep('after', run);
    expect(notices).toEqual([]);
    expect(await failures()).toEqual([]);
  });

  (major === DEFAULT_MAJOR ? it : it.skip)('leave a table that is in use to the next run', async () => {
    const other = new Client({ connectionString: superuserUrl(server) });
    await other.connect();
    await other.query("update compliance_hub_findings set scan_id = ''");
    await other.query("update agent_identities set agent_id = ''");
    await other.query("update governance_audit_log set prev_hash = ''");
    await other.query('begin');
    await other.query('select from compliance_hub_findings for update');
    await other.query('select from governance_audit_log for update');
    notices.length = 0;
    // What is filled is there for everybody before the next table is waited for.
    let filled: Promise<object[]> | undefined;
    const onNotice = (text: string) => {
      notices.push(text);
      if (text.startsWith('filled')) filled = asSuperuser("select agent_id from agent_identities where agent_id <> ''");
    };
    await applyStep('after', { ...run, onNotice });
    expect(notices).toEqual([
      'filled agent_id in 1 rows of agent_identities',
      'compliance_hub_findings is in use; its column scan_id is filled by the next run',
      'governance_audit_log is in use; its column prev_hash is filled by the next run',
    ]);
    expect(await filled).toEqual([{ agent_id: 'a' }]);
    await other.end();
    await applyStep('after', run);
    expect(await failures()).toEqual([]);
  });

  it('keep what they took from the application, however often the contract runs', async () => {
    await migrate(
      newTable('agent_bom_snapshots', 'grant select, insert on agent_bom_snapshots to agent_bom_app'),
      newTable('granted_alone', 'grant select, insert, delete on granted_alone to agent_bom_app'),
      newTable('append_only', `${granted('append_only')}; revoke update, delete on append_only from agent_bom_app`),
      newTable('all_of_it', granted('all_of_it')),
      newTable(
        'by_column',
        'revoke all on by_column from agent_bom_app; grant select (id) on by_column to agent_bom_app',
      ),
      newTable('no_rows', 'revoke all on no_rows from agent_bom_app'),
      newTable('ordinary', ''),
      `create table by_month (tenant_id text, day date) partition by range (day);
       create table by_month_first partition of by_month for values from ('2026-01-01') to ('2026-02-01');
       alter table by_month enable row level security, force row level security;
       alter table by_month_first enable row level security, force row level security;
       create policy tenant on by_month using (tenant_id = public.abom_current_tenant())
         with check (tenant_id = public.abom_current_tenant());
       create policy tenant on by_month_first using (tenant_id = public.abom_current_tenant())
         with check (tenant_id = public.abom_current_tenant());
       grant select, insert on by_month to agent_bom_app;
       create table kin () inherits (granted_alone);
       create table by_day (tenant_id text, day date) partition by range (day);
       create table by_day_first partition of by_day for values from ('2026-01-01') to ('2026-01-02');`,
    );
    for (const _ of [1, 2]) {
      await applyStep('before', run);
      await applyStep('after', run);
      expect(await privileges('agent_bom_snapshots')).toEqual(['INSERT', 'SELECT']);
      expect(await privileges('granted_alone')).toEqual(['DELETE', 'INSERT', 'SELECT']);
      expect(await privileges('append_only')).toEqual(['INSERT', 'SELECT']);
      expect(await privileges('all_of_it')).toEqual(ROWS);
      expect(await privileges('by_month')).toEqual(['INSERT', 'SELECT']);
      expect(await privileges('by_month_first')).toEqual(['INSERT', 'SELECT']);
      expect(await privileges('by_column')).toEqual([]);
      expect(await privileges('no_rows')).toEqual([]);
      expect(await privileges('ordinary')).toEqual(ROWS);
      // A table that inherits is no partition, and a partition of a table without grants is as open as the table.
      expect(await privileges('kin')).toEqual(ROWS);
      expect(await privileges('by_day')).toEqual(ROWS);
      expect(await privileges('by_day_first')).toEqual(ROWS);
    }
    await migrate('drop table kin, by_day');
    const checks = await verified(run);
    expect(checks.filter(({ status }) => status === 'fail')).toEqual([
      { id: 'privileges.app', status: 'fail', detail: 'agent_bom_app may do nothing with no_rows' },
    ]);
    await migrate('drop table no_rows');
    expect((await verified(run)).find(({ id }) => id === 'privileges.app')).toEqual({
      id: 'privileges.app',
      status: 'pass',
      detail:
        'rows only; no schema, no revision, no keys; less than the default on agent_bom_snapshots (SELECT, INSERT), ' +
        'append_only (SELECT, INSERT), by_column (SELECT), by_month (SELECT, INSERT), ' +
        'by_month_first (SELECT, INSERT), granted_alone (SELECT, INSERT, DELETE)',
    });
  });

  it('keep it of tables that have been there for long, too', async () => {
    await migrate(
      'revoke delete on ordinary from agent_bom_app',
      'revoke insert, delete on all_of_it from agent_bom_app',
      // From before there were default privileges, whoever else reads it.
      newTable('unmarked', 'revoke all on unmarked from agent_bom_app, agent_bom_backup'),
      'grant select on unmarked to agent_bom_maintenance',
    );
    for (const _ of [1, 2]) {
      await applyStep('before', run);
      await applyStep('after', run);
      expect(await privileges('unmarked')).toEqual(ROWS);
      expect(await privileges('ordinary')).toEqual(['INSERT', 'SELECT', 'UPDATE']);
      expect(await privileges('all_of_it')).toEqual(['SELECT', 'UPDATE']);
    }
  });

  it('grant what they grant where default privileges of an earlier version of the contract would add to it', async () => {
    const former = 'alter default privileges for role agent_bom_owner in schema public';
    await asSuperuser(
      `${former} grant select, insert, update, delete on tables to agent_bom_app`,
      `${former} grant usage, select on sequences to agent_bom_app`,
      `${former} revoke references on tables from agent_bom_app`,
    );
    await migrate(newTable('mcp_scan_results', 'grant select, insert, delete on mcp_scan_results to agent_bom_app'));
    expect(await privileges('mcp_scan_results')).toEqual(ROWS);
    await applyStep('before', run);
    await migrate(newTable('later', 'grant select on later to agent_bom_app'));
    for (const _ of [1, 2]) {
      await applyStep('after', run);
      expect(await privileges('mcp_scan_results')).toEqual(['DELETE', 'INSERT', 'SELECT']);
      expect(await privileges('later')).toEqual(['SELECT']);
      expect(await failures()).toEqual([]);
    }
  });

  it('get back what an earlier version of the contract gave to the application', async () => {
    await asSuperuser('grant select, insert, update, delete on agent_bom_snapshots, append_only to agent_bom_app');
    expect((await failures()).map(({ detail }) => detail)).toEqual([
      'agent_bom_app may DELETE agent_bom_snapshots, which its migration did not grant; ' +
        'agent_bom_app may UPDATE agent_bom_snapshots, which its migration did not grant',
    ]);
    await applyStep('after', run);
    expect(await privileges('agent_bom_snapshots')).toEqual(['INSERT', 'SELECT']);
    expect(await privileges('append_only')).toEqual(ROWS);
  });

  it('are not taken back where a later one gives more', async () => {
    await migrate('grant update on agent_bom_snapshots to agent_bom_app');
    await applyStep('after', run);
    expect(await privileges('agent_bom_snapshots')).toEqual(['INSERT', 'SELECT', 'UPDATE']);
  });

  it('leave every table to an application whose role is new', async () => {
    await asSuperuser('drop owned by agent_bom_app');
    await applyStep('before', run);
    // Where the run ends in the middle, the role is as new to the next one.
    const other = new Client({ connectionString: superuserUrl(server) });
    await other.connect();
    await other.query('begin; grant select on ordinary to agent_bom_maintenance');
    const parameters = { ...run.parameters, 'agent_bom.lock_timeout': '1s' };
    await expect(applyStep('after', { ...run, parameters })).rejects.toThrow('has been in use for 1s');
    await other.end();
    expect(await privileges('scan_jobs')).toEqual([]);
    await applyStep('after', run);
    expect(await privileges('ordinary')).toEqual(ROWS);
    expect(await privileges('scan_jobs')).toEqual(ROWS);
    expect(await privileges('agent_bom_snapshots')).toEqual(['INSERT', 'SELECT']);
  });
});
