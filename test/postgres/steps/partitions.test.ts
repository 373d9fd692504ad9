import { Client } from 'pg';
import { EmbeddedServer } from '../../../commands/embedded/server';
import { defaultParameters, packagedUrl, rehearsalUrls, runStandIn } from '../../../commands/rehearse/rehearse';
import { applyStep, type ContractRun } from '../../../commands/shared/postgres/contract-runner';
import { query, SERVER_TIMEOUT_MS, superuserUrl, verified } from '../../support/postgres/database';

jest.setTimeout(SERVER_TIMEOUT_MS);

const PARENT = 'hub_findings_current_observations';
const NAMES = `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
                where i.inhparent = $PARENT::regclass order by 1`;
/** The month that holds the day 365 days ago, and twelve months from this one; names as the product writes them. */
const EXPECTED = `select '$PARENT' || to_char(m, '"_y"YYYY"m"MM') as name
                    from generate_series(date_trunc('month', now() at time zone 'UTC' - interval '365 days'),
                                         date_trunc('month', now() at time zone 'UTC') + interval '12 months', '1 month') m`;

describe.each(['15', '18'] as const)('months of the past, on PostgreSQL %s', (major) => {
  let server: EmbeddedServer;
  let run: ContractRun;
  let app: Client;

  beforeAll(async () => {
    server = await EmbeddedServer.start({ major });
    run = { urls: rehearsalUrls(server), parameters: defaultParameters() };
    await applyStep('before', run);
    await runStandIn(packagedUrl(server));
    // Named as the product names them, which looks for a policy with the name of the partition.
    await asSuperuser(`alter policy tenant_isolation on ${PARENT} rename to ${PARENT}_tenant_isolation`);
    await applyStep('after', run);
    app = new Client({ connectionString: run.urls.app });
    await app.connect();
  });

  afterAll(async () => {
    await app.end();
    await server.stop();
  });

  const inMonths = (months: number) => {
    const now = new Date();
    const first = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months));
    return first.toISOString().replace(/^(\d+)-(\d+).*/, 'y$1m$2');
  };
  const day = (months: number) => `'${inMonths(months).replace(/y(\d+)m(\d+)/, '$1-$2')}-01 00:00:00+00'`;
  const asSuperuser = (...sql: string[]) => query(superuserUrl(server), ...sql);
  const runway = async () => (await verified(run)).find(({ id }) => id === 'schema.partition-runway');
  const names = async (parent = PARENT) =>
    (await asSuperuser(NAMES.replace('$PARENT', `'${parent}'`))).map(({ name }) => name);
  const expected = async (parent = PARENT) =>
    (await asSuperuser(EXPECTED.replace('$PARENT', parent))).map(({ name }) => name);
  const insert = async (at: string) =>
    (await app.query(`insert into ${PARENT} (observed_at) values (${at}) returning tableoid::regclass::text as name`))
      .rows[0]?.name;

  it('exist from the oldest that the product keeps to a year ahead', async () => {
    expect(await names()).toEqual(await expected());
    expect((await names()).length).toBeGreaterThanOrEqual(24);
    expect(await runway()).toMatchObject({
      status: 'pass',
      detail: `${PARENT} has 12 months ahead, up to ${await end()}`,
    });
  });

  const end = async () =>
    (
      await asSuperuser(
        `select (date_trunc('month', now() at time zone 'UTC') + interval '13 months')::date::text as day`,
      )
    )[0]?.day;

  it('take rows up to both ends of a month, in UTC, and refuse those before the first and after the last', async () => {
    const first = `(date_trunc('month', now() at time zone 'UTC' - interval '365 days') at time zone 'UTC')`;
    const [oldest, next] = await names();
    expect(await insert(first)).toBe(oldest);
    expect(await insert(`${first} + interval '1 month' - interval '1 microsecond'`)).toBe(oldest);
    expect(await insert(`${first} + interval '1 month'`)).toBe(next);
    const last = `(date_trunc('month', now() at time zone 'UTC') + interval '13 months') at time zone 'UTC'`;
    expect(await insert(`${last} - interval '1 microsecond'`)).toBe((await names()).at(-1));
    await expect(insert(`${first} - interval '1 microsecond'`)).rejects.toThrow('no partition of relation');
    await expect(insert(last)).rejects.toThrow('no partition of relation');
  });

  it('are protected and opened as those of the product', async () => {
    const facts = await asSuperuser(
      `select distinct c.relowner::regrole::text as owner, c.relrowsecurity, c.relforcerowsecurity,
              (select array_agg(replace(p.polname, c.relname, '*') order by p.polname collate "C" desc) from pg_policy p where p.polrelid = c.oid)::text as policies,
              has_table_privilege('agent_bom_app', c.oid, 'select, insert, update, delete') as app,
              has_table_privilege('agent_bom_backup', c.oid, 'select') as backup
         from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = '${PARENT}'::regclass and c.relname < '${PARENT}' || to_char(now() - interval '2 months', '"_y"YYYY"m"MM')`,
    );
    expect(facts).toEqual([
      {
        owner: 'agent_bom_owner',
        relrowsecurity: true,
        relforcerowsecurity: true,
        policies: '{*_tenant_isolation,agent_bom_backup_reads}',
        app: true,
        backup: true,
      },
    ]);
    expect((await verified(run)).filter(({ status }) => status === 'fail')).toEqual([]);
  });

  it('that are missing are named, and made by the next run while a transaction writes to the table', async () => {
    const [oldest = '', , third = ''] = await names();
    await asSuperuser(`drop table ${oldest}`, `drop table ${third}`);
    const months = [oldest, third].map((name) => name.slice(-8).replace(/y(\d+)m(\d+)/, '$1-$2'));
    expect(await runway()).toMatchObject({
      status: 'fail',
      detail:
        `${PARENT} has 12 months ahead, up to ${await end()}; ` +
        `${PARENT} has no partition for ${months.join(', ')}, which the product keeps; the step after makes it`,
    });
    await app.query('begin');
    await insert('now()');
    const notices: string[] = [];
    await applyStep('after', { ...run, onNotice: (text) => notices.push(text) });
    await app.query('rollback');
    expect(notices).toEqual([]);
    expect(await names()).toEqual(await expected());
    expect(await runway()).toMatchObject({ status: 'pass' });
  });

  /** What a test made, whichever way it ended. */
  afterEach(() =>
    asSuperuser(
      `drop table if exists divided, catches, divided_${inMonths(12)}, by_day, by_clock, by_list, by_text, by_hash, by_two, by_name, opened, theirs`,
      'alter role agent_bom_admin reset timezone',
      'drop role if exists reporting',
    ),
  );

  it('of another table are made too where an operator divided it by months, and not where it takes every row', async () => {
    const divided = (name: string, more: string) =>
      query(
        packagedUrl(server),
        `create table ${name} (tenant_id text not null check (tenant_id <> 'none'), at timestamptz not null,
           number int generated always as identity, primary key (tenant_id, at)) partition by range (at);
         create table ${name}_y2020m01 partition of ${name} for values from ('2020-01-01') to ('2020-02-01'); ${more}`,
      );
    await divided(
      'divided',
      `alter table divided enable row level security, force row level security;
       create policy divided_fewer on divided as restrictive for insert to agent_bom_app, agent_bom_backup
         with check (tenant_id = abom_current_tenant() and tenant_id <> '');
       create policy read on divided for select to public using (tenant_id = 'r');
       create policy change on divided for update to agent_bom_app using (tenant_id = 'u') with check (tenant_id = 'w');
       create policy erase on divided for delete to agent_bom_app using (tenant_id = 'd');
       create policy whole on divided for all to agent_bom_owner using (tenant_id = 'a');
       grant select, delete on divided to agent_bom_maintenance;
       create table divided_${inMonths(12)} (like divided)`,
    );
    await asSuperuser('create role reporting', 'grant select on divided to reporting');
    await divided('catches', 'create table catches_rest partition of catches default');
    await asSuperuser("alter role agent_bom_admin set timezone = 'Asia/Tokyo'");
    await applyStep('after', run);
    const [month] = await asSuperuser(
      `select pg_get_expr(c.relpartbound, c.oid) as bounds, c.relrowsecurity, c.relforcerowsecurity,
              has_table_privilege('agent_bom_app', c.oid, 'select, insert, update, delete') as app,
              p.polpermissive, p.polcmd, p.polroles::regrole[]::text as roles,
              pg_get_expr(p.polqual, c.oid) as reads, pg_get_expr(p.polwithcheck, c.oid) as writes,
              (select string_agg(concat_ws(' ', polname, polcmd, pg_get_expr(polqual, c.oid), pg_get_expr(polwithcheck, c.oid)), '; ' order by polname)
                 from pg_policy where polrelid = c.oid and polpermissive) as others,
              (select string_agg(privilege_type, ' ' order by privilege_type) from aclexplode(c.relacl)
                where grantee = 'agent_bom_maintenance'::regrole) as maintenance,
              has_table_privilege('reporting', c.oid, 'select') as reporting,
              (select attidentity from pg_attribute where attrelid = c.oid and attname = 'number') as identity
         from pg_class c join pg_policy p on p.polrelid = c.oid and p.polname = c.relname || '_fewer'
        where c.relname = 'divided' || to_char(now() at time zone 'UTC', '"_y"YYYY"m"MM')`,
    );
    const first = new Date();
    const utc = (months: number) =>
      `'${new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + months)).toISOString().slice(0, 10)} 00:00:00+00'`;
    expect(month).toEqual({
      bounds: `FOR VALUES FROM (${utc(0)}) TO (${utc(1)})`,
      relrowsecurity: true,
      relforcerowsecurity: true,
      app: true,
      polpermissive: false,
      polcmd: 'a',
      roles: '{agent_bom_app,agent_bom_backup}',
      reads: null,
      writes: "((tenant_id = abom_current_tenant()) AND (tenant_id <> ''::text))",
      others:
        "agent_bom_backup_reads r true; change w (tenant_id = 'u'::text) (tenant_id = 'w'::text); " +
        "erase d (tenant_id = 'd'::text); read r (tenant_id = 'r'::text); whole * (tenant_id = 'a'::text)",
      maintenance: 'DELETE SELECT',
      reporting: false,
      // From 17 on the partition has it from its table.
      identity: major === '15' ? '' : 'a',
    });
    // A table that has the name of a month already is somebody's, and stays beside.
    expect(await names('divided')).toEqual(['divided_y2020m01', ...(await expected('divided')).slice(0, -1)]);
    expect(await names('catches')).toEqual(['catches_rest', 'catches_y2020m01']);
    await asSuperuser('drop table divided_y2020m01');
    expect((await runway())?.status).toBe('pass');
  });

  it('are made of tables that are divided by one moment or day alone, and not of those of others', async () => {
    const divided = (name: string, columns: string, by: string, ...parts: [string, string][]) => [
      `create table ${name} (${columns}) partition by ${by}`,
      ...parts.map(([part, values]) => `create table ${name}_${part} partition of ${name} for values ${values}`),
    ];
    const old: [string, string] = ['y2020m01', "from ('2020-01-01') to ('2020-02-01')"];
    await query(
      packagedUrl(server),
      ...divided('by_day', 'at date', 'range (at)', old),
      ...divided('by_clock', 'at timestamp', 'range (at)', old),
      ...divided('by_list', 'at timestamptz', 'list (at)', ['y2020m01', "in ('2020-01-01')"]),
      ...divided('by_text', 'at text', 'range (at)', ['y2020m01', "from ('early') to ('late')"]),
      ...divided('by_hash', 'at timestamptz', 'hash (at)', ['y2020m01', 'with (modulus 2, remainder 0)']),
      ...divided('by_two', 'at timestamptz, n int', 'range (at, n)', [
        'y2020m01',
        "from ('2020-01-01', 0) to ('2020-02-01', 0)",
      ]),
      ...divided('by_name', 'at timestamptz', 'range (at)', ['first', old[1]]),
      ...divided(
        'opened',
        'at timestamptz',
        'range (at)',
        ['y2020m01', `from (minvalue) to (${day(-2)})`],
        ['later', `from (${day(3)}) to (maxvalue)`],
      ),
      ...divided('halved', 'at timestamptz', 'range (at)', old, [
        'middle',
        `from (${day(-3)}::timestamptz + interval '14 days') to (${day(-2)}::timestamptz + interval '14 days')`,
      ]),
    );
    await asSuperuser(
      'create role reporting',
      ...divided('theirs', 'at timestamptz', 'range (at)', old),
      'alter table theirs owner to reporting',
      'alter table theirs_y2020m01 owner to reporting',
    );
    for (const _ of [1, 2]) {
      await applyStep('after', run);
      for (const name of ['by_day', 'by_clock']) {
        expect(await names(name)).toEqual([`${name}_y2020m01`, ...(await expected(name))]);
      }
      for (const name of ['by_list', 'by_text', 'by_hash', 'by_two', 'theirs'])
        expect(await names(name)).toEqual([`${name}_y2020m01`]);
      expect(await names('by_name')).toEqual(['by_name_first']);
      const whole = (await expected('halved')).filter(
        (name) => ![-3, -2].some((months) => name.endsWith(inMonths(months))),
      );
      expect(await names('halved')).toEqual(['halved_middle', 'halved_y2020m01', ...whole]);
      expect(await names('opened')).toEqual([
        'opened_later',
        'opened_y2020m01',
        ...[-2, -1, 0, 1, 2].map((months) => `opened_${inMonths(months)}`),
      ]);
    }
    await query(packagedUrl(server), 'drop table halved');
    const ahead = (name: string, last: string) => `${name} has 12 months ahead, up to ${last}`;
    const whole = (name: string) => `${name} has 24 months and more`;
    expect((await runway())?.detail).toBe(
      [
        ahead('by_clock', await end()),
        ahead('by_day', await end()),
        whole('by_hash'),
        whole('by_list'),
        ahead(PARENT, await end()),
        whole('opened'),
      ].join('; '),
    );
  });
});
