import { Client } from 'pg';
import { SERVER_TIMEOUT_MS, superuserUrl } from '../../support/postgres/database';
import { PlantedServer, sqlOf } from '../../support/postgres/planted';

jest.setTimeout(SERVER_TIMEOUT_MS);

/** Takes down what a file would change, and changes nothing. */
const TAKE_DOWN = `create or replace procedure pg_temp.change_relations(changes text) language plpgsql as $$ begin
  execute format('create temporary table planned as select row_number() over () as number, c.* from (%s) c', changes); end $$`;

const BOUND = ['enable', 'force'].map((verb) => `${verb} row level security`).join(', ');

const OTHERS = [
  'create role dba',
  'create schema reports',
  'create extension file_fdw',
  'create server files foreign data wrapper file_fdw',
];

/** A relation of every kind in the schema public, and what its owner is. */
const everyKind = (owner: string, prefix: string) => [
  `create table public."${prefix} Table" (id serial, n int generated always as identity, body text)`,
  `create table public.${prefix}_parent (day date) partition by range (day)`,
  `create table public.${prefix}_part partition of public.${prefix}_parent default`,
  `create view public.${prefix}_view as select 1 as one`,
  `create materialized view public.${prefix}_summary as select 1 as one`,
  `create foreign table public.${prefix}_remote (line text) server files options (filename '/dev/null')`,
  `create sequence public.${prefix}_sequence`,
  `create index ${prefix}_index on public."${prefix} Table" (id)`,
  `alter table public."${prefix} Table" owner to ${owner}`,
  ...['parent', 'part', 'remote', 'view', 'summary', 'sequence'].map(
    (kind) => `alter table public.${prefix}_${kind} owner to ${owner}`,
  ),
];

describe('what the files that change tables would change', () => {
  let planted: PlantedServer;

  beforeAll(async () => {
    planted = await PlantedServer.start();
  });

  afterAll(() => planted.stop());

  /** One line a statement: the relation whose transaction it is in, where the statement does not name it. */
  const changes = async (file: string, ...given: string[]) =>
    (
      await planted.ask<{ change: string }>(
        { given },
        sqlOf('facts.sql'),
        sqlOf('relations.sql'),
        TAKE_DOWN,
        sqlOf(file),
        `select case when strpos(statement, relation::regclass::text) > 0 then statement else concat(relation::regclass, ': ', statement) end as change
           from planned order by number`,
      )
    ).map(({ change }) => change);

  const FILES = [
    'before/030_own_relations.sql',
    'after/015_make_partitions.sql',
    'after/020_grant_tables.sql',
    'after/030_allow_backup.sql',
  ];
  it.each(FILES)('%s: nothing where the contract holds', async (file) => {
    expect(await changes(file)).toEqual([]);
  });

  it('before: what whoever ran the packaged migrations owns of them, the revisions last', async () => {
    const given = [
      'create table reports.elsewhere (id int)',
      'alter table reports.elsewhere owner to agent_bom_admin',
      'alter table alembic_version owner to agent_bom_admin',
      ...OTHERS.filter((one) => !one.includes('schema')),
      ...everyKind('agent_bom_admin', 'mine'),
      ...everyKind('dba', 'theirs'),
      ...everyKind('agent_bom_owner', 'ours'),
    ];
    expect(await changes('before/030_own_relations.sql', 'create schema reports', ...given)).toEqual([
      'alter table public."mine Table" owner to agent_bom_owner',
      'alter table public.mine_parent owner to agent_bom_owner',
      'alter table public.mine_part owner to agent_bom_owner',
      'alter view public.mine_view owner to agent_bom_owner',
      'alter sequence public.mine_sequence owner to agent_bom_owner',
      'alter table public.alembic_version owner to agent_bom_owner',
    ]);
  });

  it('before: nothing that the administrator has besides the migrations', async () => {
    const own = [...OTHERS, ...everyKind('agent_bom_admin', 'mine')];
    expect(await changes('before/030_own_relations.sql', ...own)).toEqual([]);
  });

  it('after: policies of the backup', async () => {
    const policed = (name: string, policy: string) => [
      `create table public.${name} (id int, body text)`,
      `alter table public.${name} ${BOUND}, owner to agent_bom_owner`,
      ...(policy === '' ? [] : [`create policy agent_bom_backup_reads on public.${name} ${policy}`]),
    ];
    const given = [
      ...OTHERS,
      'create table reports.elsewhere (id int)',
      `alter table reports.elsewhere ${BOUND}, owner to agent_bom_owner`,
      ...everyKind('agent_bom_owner', 'ours'),
      ...everyKind('dba', 'theirs'),
      ...['ours', 'theirs'].flatMap((prefix) =>
        [`"${prefix} Table"`, `${prefix}_parent`, `${prefix}_part`].map(
          (name) => `alter table public.${name} ${BOUND}`,
        ),
      ),
      ...policed('none', ''),
      ...policed('good', 'for select to agent_bom_backup using (true)'),
      ...policed('more', 'to agent_bom_backup using (true)'),
      ...policed('restrictive', 'as restrictive for select to agent_bom_backup using (true)'),
      ...policed('everybody', 'for select using (true)'),
      ...policed('two', 'for select to agent_bom_backup, agent_bom_app using (true)'),
      ...policed('other', 'for select to agent_bom_app using (true)'),
      ...policed('no_row', 'for select to agent_bom_backup using (false)'),
      ...policed('some', 'for select to agent_bom_backup using (id = 1)'),
      ...policed('writes', 'for insert to agent_bom_backup with check (true)'),
      ...policed('of_another_name', 'for select to agent_bom_backup using (true)'),
      'alter policy agent_bom_backup_reads on public.of_another_name rename to reads',
    ];
    expect(await changes('after/030_allow_backup.sql', ...given)).toEqual([
      'create policy agent_bom_backup_reads on public."ours Table" for select to agent_bom_backup using (true)',
      'create policy agent_bom_backup_reads on public.ours_parent for select to agent_bom_backup using (true)',
      'create policy agent_bom_backup_reads on public.ours_part for select to agent_bom_backup using (true)',
      'create policy agent_bom_backup_reads on public."none" for select to agent_bom_backup using (true)',
      'drop policy agent_bom_backup_reads on public.more',
      'create policy agent_bom_backup_reads on public.more for select to agent_bom_backup using (true)',
      'drop policy agent_bom_backup_reads on public.restrictive',
      'create policy agent_bom_backup_reads on public.restrictive for select to agent_bom_backup using (true)',
      'drop policy agent_bom_backup_reads on public.everybody',
      'create policy agent_bom_backup_reads on public.everybody for select to agent_bom_backup using (true)',
      'drop policy agent_bom_backup_reads on public.two',
      'create policy agent_bom_backup_reads on public.two for select to agent_bom_backup using (true)',
      'drop policy agent_bom_backup_reads on public.other',
      'create policy agent_bom_backup_reads on public.other for select to agent_bom_backup using (true)',
      'drop policy agent_bom_backup_reads on public.no_row',
      'create policy agent_bom_backup_reads on public.no_row for select to agent_bom_backup using (true)',
      'drop policy agent_bom_backup_reads on public."some"',
      'create policy agent_bom_backup_reads on public."some" for select to agent_bom_backup using (true)',
      'drop policy agent_bom_backup_reads on public.writes',
      'create policy agent_bom_backup_reads on public.writes for select to agent_bom_backup using (true)',
      'create policy agent_bom_backup_reads on public.of_another_name for select to agent_bom_backup using (true)',
    ]);
  });

  it('after: statistics of tables that have rows and none', async () => {
    const filled = (name: string, tuples: number) => [
      `create table public.${name} as select 1 as id`,
      `alter table public.${name} owner to agent_bom_owner`,
      `update pg_class set reltuples = ${tuples} where oid = 'public.${name}'::regclass`,
    ];
    const given = [
      ...OTHERS,
      'set allow_system_table_mods = on',
      ...filled('"Never Told"', -1),
      ...filled('told', 1),
      ...filled('told_of_none', 0),
      ...filled('theirs', -1),
      'alter table public.theirs owner to dba',
      'create table reports.elsewhere as select 1 as id',
      'set role agent_bom_owner',
      'create table public.empty (id int)',
      'create table public.parent (day date) partition by list (day)',
      'create table public.sub partition of public.parent default partition by list (day)',
      'create table public.leaf partition of public.sub default',
      'create table public.without (day date) partition by list (day)',
      'create table public.without_leaf partition of public.without default',
      "insert into public.parent values ('2026-01-01')",
      'create materialized view public.summary as select 1 as id',
      'reset role',
    ];
    expect(await changes('after/070_analyze_tables.sql', ...given)).toEqual([
      'analyze public."Never Told"',
      'analyze public.parent',
      'analyze public.sub',
      'analyze public.leaf',
    ]);
  });

  it('after: statistics wait for no table that somebody locks', async () => {
    const holdsPages = () =>
      planted.ask<{ holds: boolean }>(
        { given: [] },
        sqlOf('relations.sql'),
        // Less than the wait for a lock that the steps have.
        "set statement_timeout = '1500ms'",
        "select pg_temp.holds_pages('public.alembic_version'::regclass) as holds",
      );
    expect(await holdsPages()).toEqual([{ holds: true }]);
    const other = new Client({ connectionString: superuserUrl(planted.server) });
    await other.connect();
    try {
      await other.query('begin; lock table public.alembic_version in access exclusive mode');
      expect(await holdsPages()).toEqual([{ holds: false }]);
    } finally {
      await other.end();
    }
  });

  it('after: partitions, each with what its table has, in one transaction', async () => {
    const given = [
      'create role reporting',
      'set role agent_bom_owner',
      `create table public."By Month" (tenant_id text, at timestamptz, number int generated always as identity, primary key (tenant_id, at))
         partition by range (at)`,
      `alter table public."By Month" ${BOUND}`,
      'create policy "By Month_own" on public."By Month" using (tenant_id = $$a$$) with check (tenant_id = $$b$$)',
      'create policy reads on public."By Month" for select to public, agent_bom_app using (true)',
      'create policy adds on public."By Month" as restrictive for insert to agent_bom_app, agent_bom_backup with check (true)',
      'create policy changes on public."By Month" for update to agent_bom_app using (true)',
      'create policy removes on public."By Month" for delete to agent_bom_app using (true)',
      'grant select, insert on public."By Month" to agent_bom_app',
      'grant select on public."By Month" to agent_bom_backup, reporting',
      'create table public.unbound (at date) partition by range (at)',
      // Every month but two of each.
      ...['By Month', 'unbound'].map(
        (name) => `do $do$ declare m timestamptz; begin
          for m in select generate_series(date_trunc('month', now() at time zone 'UTC' - interval '365 days'),
                     date_trunc('month', now() at time zone 'UTC') + interval '12 months', interval '1 month') at time zone 'UTC' loop
            continue when m in (date_trunc('month', now() at time zone 'UTC') at time zone 'UTC', date_trunc('month', now() at time zone 'UTC' - interval '365 days') at time zone 'UTC');
            execute format('create table public.%I partition of public.%I for values from (%L) to (%L)',
              '${name}' || to_char(m at time zone 'UTC', '"_y"YYYY"m"MM'), '${name}', m, (m at time zone 'UTC' + interval '1 month') at time zone 'UTC');
          end loop; end $do$`,
      ),
      'reset role',
    ];
    const months = await planted.ask<{ month: string; day: string }>(
      { given: [] },
      `select to_char(m, '"y"YYYY"m"MM') as month, m::date::text as day
         from (values (date_trunc('month', now() at time zone 'UTC' - interval '365 days')), (date_trunc('month', now() at time zone 'UTC' - interval '365 days') + interval '1 month'),
                      (date_trunc('month', now() at time zone 'UTC')), (date_trunc('month', now() at time zone 'UTC') + interval '1 month')) v (m)`,
    );
    const named = (text: string) =>
      months.reduce(
        (all, { month, day }, index) => all.replaceAll(month, `MONTH${index}`).replaceAll(day, `DAY${index}`),
        text,
      );
    // Policies are in no order among themselves, and neither are privileges.
    const found = (await changes('after/015_make_partitions.sql', ...given)).map(named);
    const kindOf = (statement = '') => /create policy|grant (?=\w+ on)/.exec(statement)?.[0];
    const runs = found.reduce<string[][]>((all, one) => {
      const last = all.at(-1);
      if (last !== undefined && kindOf(one) !== undefined && kindOf(one) === kindOf(last[0])) last.push(one);
      else all.push([one]);
      return all;
    }, []);
    expect(runs.flatMap((run) => run.sort())).toEqual([
      'public."By Month": set local role agent_bom_owner',
      'create table public."By Month_MONTH0" (like public."By Month" including all excluding identity)',
      'public."By Month": alter table public."By Month_MONTH0" enable row level security, force row level security',
      'public."By Month": create policy "By Month_MONTH0_own" on public."By Month_MONTH0" as permissive for all to public using ((tenant_id = \'a\'::text)) with check ((tenant_id = \'b\'::text))',
      'public."By Month": create policy adds on public."By Month_MONTH0" as restrictive for insert to agent_bom_app, agent_bom_backup with check (true)',
      'public."By Month": create policy changes on public."By Month_MONTH0" as permissive for update to agent_bom_app using (true)',
      'public."By Month": create policy reads on public."By Month_MONTH0" as permissive for select to public using (true)',
      'public."By Month": create policy removes on public."By Month_MONTH0" as permissive for delete to agent_bom_app using (true)',
      'public."By Month": grant INSERT on public."By Month_MONTH0" to agent_bom_app',
      'public."By Month": grant REFERENCES on public."By Month_MONTH0" to agent_bom_app',
      'public."By Month": grant SELECT on public."By Month_MONTH0" to agent_bom_app',
      'public."By Month": grant SELECT on public."By Month_MONTH0" to agent_bom_backup',
      'alter table public."By Month" attach partition public."By Month_MONTH0" for values from (\'DAY0 00:00:00+00\') to (\'DAY1 00:00:00+00\')',
      'public."By Month": reset role',
      'public."By Month": set local role agent_bom_owner',
      'create table public."By Month_MONTH2" (like public."By Month" including all excluding identity)',
      'public."By Month": alter table public."By Month_MONTH2" enable row level security, force row level security',
      'public."By Month": create policy "By Month_MONTH2_own" on public."By Month_MONTH2" as permissive for all to public using ((tenant_id = \'a\'::text)) with check ((tenant_id = \'b\'::text))',
      'public."By Month": create policy adds on public."By Month_MONTH2" as restrictive for insert to agent_bom_app, agent_bom_backup with check (true)',
      'public."By Month": create policy changes on public."By Month_MONTH2" as permissive for update to agent_bom_app using (true)',
      'public."By Month": create policy reads on public."By Month_MONTH2" as permissive for select to public using (true)',
      'public."By Month": create policy removes on public."By Month_MONTH2" as permissive for delete to agent_bom_app using (true)',
      'public."By Month": grant INSERT on public."By Month_MONTH2" to agent_bom_app',
      'public."By Month": grant REFERENCES on public."By Month_MONTH2" to agent_bom_app',
      'public."By Month": grant SELECT on public."By Month_MONTH2" to agent_bom_app',
      'public."By Month": grant SELECT on public."By Month_MONTH2" to agent_bom_backup',
      'alter table public."By Month" attach partition public."By Month_MONTH2" for values from (\'DAY2 00:00:00+00\') to (\'DAY3 00:00:00+00\')',
      'public."By Month": reset role',
      'public.unbound: set local role agent_bom_owner',
      'create table public.unbound_MONTH0 (like public.unbound including all excluding identity)',
      'grant REFERENCES on public.unbound_MONTH0 to agent_bom_app',
      'grant SELECT on public.unbound_MONTH0 to agent_bom_backup',
      "alter table public.unbound attach partition public.unbound_MONTH0 for values from ('DAY0 00:00:00+00') to ('DAY1 00:00:00+00')",
      'public.unbound: reset role',
      'public.unbound: set local role agent_bom_owner',
      'create table public.unbound_MONTH2 (like public.unbound including all excluding identity)',
      'grant REFERENCES on public.unbound_MONTH2 to agent_bom_app',
      'grant SELECT on public.unbound_MONTH2 to agent_bom_backup',
      "alter table public.unbound attach partition public.unbound_MONTH2 for values from ('DAY2 00:00:00+00') to ('DAY3 00:00:00+00')",
      'public.unbound: reset role',
    ]);
  });

  /** A table with what the application and the backup were given. */
  const granted = (name: string, app: string, backup = 'select', columns = '(tenant_id text, id serial)') => [
    `create table public.${name} ${columns}`,
    `revoke all on public.${name} from agent_bom_app, agent_bom_backup`,
    ...(app === '' ? [] : [`grant ${app} on public.${name} to agent_bom_app`]),
    ...(backup === '' ? [] : [`grant ${backup} on public.${name} to agent_bom_backup`]),
  ];
  const GRANTED = [
    'create role reporting',
    'create role "Reporting"',
    ...OTHERS,
    'grant all on schema reports to agent_bom_owner',
    'set role agent_bom_owner',
    ...granted('"A Table"', 'references'),
    ...granted('marked', 'references'),
    ...granted('marked_and_granted', 'references, select'),
    ...granted('taken', ''),
    ...granted('by_column', 'select (id)'),
    ...granted('marked_by_column', 'references (id)'),
    ...granted('seen_by_column', 'select (id)', ''),
    ...granted('column_of_others', '', ''),
    'grant select (id) on public.column_of_others to reporting',
    ...granted('never_seen', '', ''),
    ...granted('seen_by_others', '', ''),
    'grant select on public.seen_by_others to reporting',
    ...granted('excess', 'select, truncate, trigger', 'select, insert'),
    'grant select, update on public.excess to public, reporting',
    // Of the product, which narrows them.
    ...granted('agent_bom_snapshots', 'references'),
    ...granted('mcp_scan_results', 'select, insert, update, delete'),
    ...granted('endpoint_devices', 'select'),
    ...granted('endpoint_syncs', '', ''),
    // What tables are part of.
    ...granted('parent', 'select, insert, truncate', 'select', '(day date) partition by range (day)'),
    ...granted('bare_parent', 'references', 'select', '(day date) partition by range (day)'),
    ...granted(
      'endpoint_sync_events',
      'select, insert, update, delete',
      'select',
      '(day date) partition by range (day)',
    ),
    ...['parent', 'bare_parent', 'endpoint_sync_events'].flatMap((name) => [
      `create table public.${name}_sub partition of public.${name} default partition by range (day)`,
      `create table public.${name}_leaf partition of public.${name}_sub default`,
    ]),
    'create table public.parent_own partition of public.parent for values from (minvalue) to ($$2020-01-01$$)',
    'grant select, update on public.parent_own to agent_bom_app',
    'create table reports.parent (day date) partition by list (day)',
    'create table public.leaf_elsewhere partition of reports.parent default',
    'grant select on public.leaf_elsewhere to agent_bom_app',
    'revoke select on public.leaf_elsewhere from agent_bom_backup',
    ...granted('base', 'select'),
    ...granted('unseen_by_backup', 'select', ''),
    ...granted('agent_lifecycle_records', 'select, delete'),
    'create table public.heir () inherits (public.base)',
    'create view public.shown as select 1 as one',
    'create sequence public.counter',
    'create materialized view public.summary as select 1 as one',
    // Keys and revisions, which nobody else reads or moves.
    'grant select, insert on agent_bom_tenant_binding_keys to agent_bom_app, reporting, agent_bom_maintenance',
    'grant select, update on alembic_version to agent_bom_app, reporting, agent_bom_maintenance',
    'grant select on agent_bom_tenant_binding_keys to "Reporting"',
    'reset role',
    "create foreign table public.remote (line text) server files options (filename '/dev/null')",
    'alter foreign table public.remote owner to agent_bom_owner',
    'create table public.theirs (id int)',
    'alter table public.theirs owner to dba',
    'grant all on public.theirs to public, agent_bom_app',
    'create table reports.elsewhere (id int)',
    'grant all on reports.elsewhere to agent_bom_app',
  ];

  /** Whose privileges change on what, the transaction first where it is that of another relation. */
  async function grants(...given: string[]): Promise<string[]> {
    const found = new Map<string, string[]>();
    for (const change of await changes('after/020_grant_tables.sql', ...given)) {
      const [, within = '', verb, privilege = '', on, toWhom] =
        /^(?:(\S+): )?(grant|revoke) (\S+) on (.*?) ((?:to|from) \S+)$/.exec(change) ?? [];
      const key = `${within && `${within}: `}${on}: ${verb} PRIVILEGES ${toWhom}`;
      found.set(key, [...(found.get(key) ?? []), privilege].sort());
    }
    return [...found].map(([key, privileges]) =>
      key.replace('PRIVILEGES', privileges.join()).replaceAll('public.', ''),
    );
  }

  it('after: privileges of the application and of the backup', async () => {
    expect((await grants(...GRANTED)).sort()).toEqual([
      'sequence "A Table_id_seq": grant SELECT,USAGE to agent_bom_app',
      'sequence agent_bom_snapshots_id_seq: grant SELECT,USAGE to agent_bom_app',
      'sequence agent_lifecycle_records_id_seq: grant SELECT,USAGE to agent_bom_app',
      'sequence base_id_seq: grant SELECT,USAGE to agent_bom_app',
      'sequence by_column_id_seq: grant SELECT,USAGE to agent_bom_app',
      'sequence column_of_others_id_seq: grant SELECT,USAGE to agent_bom_app',
      'sequence counter: grant SELECT,USAGE to agent_bom_app',
      'sequence endpoint_devices_id_seq: grant SELECT,USAGE to agent_bom_app',
      'sequence endpoint_syncs_id_seq: grant SELECT,USAGE to agent_bom_app',
      'sequence excess_id_seq: grant SELECT,USAGE to agent_bom_app',
      'sequence marked_and_granted_id_seq: grant SELECT,USAGE to agent_bom_app',
      'sequence marked_by_column_id_seq: grant SELECT,USAGE to agent_bom_app',
      'sequence marked_id_seq: grant SELECT,USAGE to agent_bom_app',
      'sequence mcp_scan_results_id_seq: grant SELECT,USAGE to agent_bom_app',
      'sequence never_seen_id_seq: grant SELECT,USAGE to agent_bom_app',
      'sequence seen_by_column_id_seq: grant SELECT,USAGE to agent_bom_app',
      'sequence seen_by_others_id_seq: grant SELECT,USAGE to agent_bom_app',
      'sequence taken_id_seq: grant SELECT,USAGE to agent_bom_app',
      'sequence unseen_by_backup_id_seq: grant SELECT,USAGE to agent_bom_app',
      'table "A Table": grant DELETE,INSERT,SELECT,UPDATE to agent_bom_app',
      'table "A Table": revoke REFERENCES from agent_bom_app',
      'table agent_bom_snapshots: grant INSERT,SELECT to agent_bom_app',
      'table agent_bom_snapshots: revoke REFERENCES from agent_bom_app',
      'table agent_bom_tenant_binding_keys: revoke INSERT,SELECT from agent_bom_app',
      'table agent_bom_tenant_binding_keys: revoke INSERT,SELECT from agent_bom_maintenance',
      'table agent_bom_tenant_binding_keys: revoke INSERT,SELECT from reporting',
      'table agent_bom_tenant_binding_keys: revoke SELECT from "Reporting"',
      'table alembic_version: revoke UPDATE from agent_bom_app',
      'table alembic_version: revoke UPDATE from agent_bom_maintenance',
      'table alembic_version: revoke UPDATE from reporting',
      'table bare_parent: grant DELETE,INSERT,SELECT,UPDATE to agent_bom_app',
      'table bare_parent: revoke REFERENCES from agent_bom_app',
      'table bare_parent_leaf: grant DELETE,INSERT,SELECT,UPDATE to agent_bom_app',
      'table bare_parent_leaf: revoke REFERENCES from agent_bom_app',
      'table bare_parent_sub: grant DELETE,INSERT,SELECT,UPDATE to agent_bom_app',
      'table bare_parent_sub: revoke REFERENCES from agent_bom_app',
      'table column_of_others: grant DELETE,INSERT,SELECT,UPDATE to agent_bom_app',
      'table column_of_others: grant SELECT to agent_bom_backup',
      'table endpoint_sync_events: revoke DELETE,UPDATE from agent_bom_app',
      'table endpoint_sync_events_leaf: grant DELETE,INSERT,SELECT,UPDATE to agent_bom_app',
      'table endpoint_sync_events_leaf: revoke REFERENCES from agent_bom_app',
      'table endpoint_sync_events_sub: grant DELETE,INSERT,SELECT,UPDATE to agent_bom_app',
      'table endpoint_sync_events_sub: revoke REFERENCES from agent_bom_app',
      'table endpoint_syncs: grant INSERT,SELECT,UPDATE to agent_bom_app',
      'table endpoint_syncs: grant SELECT to agent_bom_backup',
      'table excess: revoke INSERT from agent_bom_backup',
      'table excess: revoke SELECT,UPDATE from public',
      'table excess: revoke TRIGGER,TRUNCATE from agent_bom_app',
      'table heir: grant DELETE,INSERT,SELECT,UPDATE to agent_bom_app',
      'table heir: revoke REFERENCES from agent_bom_app',
      'table leaf_elsewhere: grant SELECT to agent_bom_backup',
      'table leaf_elsewhere: revoke REFERENCES from agent_bom_app',
      'table marked: grant DELETE,INSERT,SELECT,UPDATE to agent_bom_app',
      'table marked: revoke REFERENCES from agent_bom_app',
      'table marked_and_granted: revoke REFERENCES from agent_bom_app',
      'table mcp_scan_results: revoke UPDATE from agent_bom_app',
      'table never_seen: grant DELETE,INSERT,SELECT,UPDATE to agent_bom_app',
      'table never_seen: grant SELECT to agent_bom_backup',
      'table parent: revoke TRUNCATE from agent_bom_app',
      'table parent_leaf: grant INSERT,SELECT to agent_bom_app',
      'table parent_leaf: revoke REFERENCES from agent_bom_app',
      'table parent_own: revoke REFERENCES from agent_bom_app',
      'table parent_sub: grant INSERT,SELECT to agent_bom_app',
      'table parent_sub: revoke REFERENCES from agent_bom_app',
      'table seen_by_column: grant SELECT to agent_bom_backup',
      'table seen_by_others: grant DELETE,INSERT,SELECT,UPDATE to agent_bom_app',
      'table seen_by_others: grant SELECT to agent_bom_backup',
      'table shown: grant DELETE,INSERT,SELECT,UPDATE to agent_bom_app',
      'table shown: revoke REFERENCES from agent_bom_app',
      'table summary: grant DELETE,INSERT,SELECT,UPDATE to agent_bom_app',
      'table summary: revoke REFERENCES from agent_bom_app',
      'table unseen_by_backup: grant SELECT to agent_bom_backup',
    ]);
  });

  it('after: privileges of an application whose role is new, in one transaction', async () => {
    const lost = ['tables', 'sequences'].map((kind) => `revoke all on all ${kind} in schema public from agent_bom_app`);
    const found = await grants(
      ...GRANTED,
      ...lost,
      'revoke all (id) on public.by_column, public.marked_by_column, public.seen_by_column from agent_bom_app',
    );
    const some =
      /(table|sequence) ("A Table"|agent_bom_|alembic|endpoint|mcp|\w*parent|counter|scan_jobs|shown|theirs|base)/;
    expect(found.filter((one) => some.test(one)).sort()).toEqual([
      'alembic_version: sequence agent_bom_hub_backfills_id_seq: grant SELECT,USAGE to agent_bom_app',
      'alembic_version: sequence agent_bom_snapshots_id_seq: grant SELECT,USAGE to agent_bom_app',
      'alembic_version: sequence agent_bom_tenant_binding_keys_id_seq: grant SELECT,USAGE to agent_bom_app',
      'alembic_version: sequence base_id_seq: grant SELECT,USAGE to agent_bom_app',
      'alembic_version: sequence counter: grant SELECT,USAGE to agent_bom_app',
      'alembic_version: sequence endpoint_devices_id_seq: grant SELECT,USAGE to agent_bom_app',
      'alembic_version: sequence endpoint_syncs_id_seq: grant SELECT,USAGE to agent_bom_app',
      'alembic_version: sequence mcp_scan_results_id_seq: grant SELECT,USAGE to agent_bom_app',
      'alembic_version: sequence scan_jobs_id_seq: grant SELECT,USAGE to agent_bom_app',
      'alembic_version: table "A Table": grant DELETE,INSERT,SELECT,UPDATE to agent_bom_app',
      'alembic_version: table agent_bom_hub_backfills: grant DELETE,INSERT,SELECT,UPDATE to agent_bom_app',
      'alembic_version: table agent_bom_snapshots: grant INSERT,SELECT to agent_bom_app',
      'alembic_version: table bare_parent: grant DELETE,INSERT,SELECT,UPDATE to agent_bom_app',
      'alembic_version: table bare_parent_leaf: grant DELETE,INSERT,SELECT,UPDATE to agent_bom_app',
      'alembic_version: table bare_parent_sub: grant DELETE,INSERT,SELECT,UPDATE to agent_bom_app',
      'alembic_version: table base: grant DELETE,INSERT,SELECT,UPDATE to agent_bom_app',
      'alembic_version: table endpoint_devices: grant INSERT,SELECT,UPDATE to agent_bom_app',
      'alembic_version: table endpoint_sync_events: grant INSERT,SELECT to agent_bom_app',
      'alembic_version: table endpoint_sync_events_leaf: grant INSERT,SELECT to agent_bom_app',
      'alembic_version: table endpoint_sync_events_sub: grant INSERT,SELECT to agent_bom_app',
      'alembic_version: table endpoint_syncs: grant INSERT,SELECT,UPDATE to agent_bom_app',
      'alembic_version: table mcp_scan_results: grant DELETE,INSERT,SELECT to agent_bom_app',
      'alembic_version: table parent: grant DELETE,INSERT,SELECT,UPDATE to agent_bom_app',
      'alembic_version: table parent_leaf: grant DELETE,INSERT,SELECT,UPDATE to agent_bom_app',
      'alembic_version: table parent_own: grant DELETE,INSERT,SELECT,UPDATE to agent_bom_app',
      'alembic_version: table parent_sub: grant DELETE,INSERT,SELECT,UPDATE to agent_bom_app',
      'alembic_version: table scan_jobs: grant DELETE,INSERT,SELECT,UPDATE to agent_bom_app',
      'alembic_version: table shown: grant DELETE,INSERT,SELECT,UPDATE to agent_bom_app',
      'table agent_bom_tenant_binding_keys: revoke INSERT,SELECT from agent_bom_maintenance',
      'table agent_bom_tenant_binding_keys: revoke INSERT,SELECT from reporting',
      'table agent_bom_tenant_binding_keys: revoke SELECT from "Reporting"',
      'table alembic_version: grant SELECT to agent_bom_app',
      'table alembic_version: revoke UPDATE from agent_bom_maintenance',
      'table alembic_version: revoke UPDATE from reporting',
      'table endpoint_syncs: grant SELECT to agent_bom_backup',
    ]);
  });

  /** Of each login what it may, is a member of, and is set to, in every database. */
  const LOGINS = `
    select concat_ws(' ', rolname, case when rolcanlogin then 'login' end, case when rolcreaterole then 'createrole' end, case when rolcreatedb then 'createdb' end,
                     case when rolinherit then 'inherit' end, rolconnlimit,
                     case when rolvaliduntil < 'infinity' then 'expires' end,
                     'in (' || (select string_agg(roleid::regrole::text, ',' order by roleid::regrole::text) from pg_auth_members where member = r.oid) || ')') as line
      from pg_roles r where rolname ~ '^agent_bom_(app|maintenance|backup)'
    union all
    select concat_ws(' ', coalesce(r.rolname, 'everybody'), coalesce(d.datname, 'everywhere'), (select string_agg(e, ',' order by e) from unnest(s.setconfig) e))
      from pg_db_role_setting s left join pg_roles r on r.oid = s.setrole left join pg_database d on d.oid = s.setdatabase
     where coalesce(r.rolname, 'agent_bom') ~ '^agent_bom'
     order by 1`;

  it('after: the logins of the contract', async () => {
    const logins = async (...given: string[]) =>
      (
        await planted.ask<{ line: string }>(
          { given },
          sqlOf('facts.sql'),
          sqlOf('after/040_set_logins.sql').replace(/^(begin|commit);$/gm, ''),
          LOGINS,
        )
      ).map(({ line }) => line);
    const everyLogin = [
      'agent_bom_app',
      'agent_bom_app_b',
      'agent_bom_maintenance',
      'agent_bom_maintenance_b',
      'agent_bom_backup',
    ];
    const named = ['agent_bom_app_b', 'agent_bom_maintenance_b'].flatMap((login) => [
      `drop owned by ${login}`,
      `drop role ${login}`,
    ]);
    const changed = [
      "alter role all in database agent_bom set work_mem = '64kB'",
      'create role agent_bom_readonly createdb connection limit 3',
      "alter role agent_bom_readonly set statement_timeout = '1h'",
      'set role agent_bom_admin',
      'create role extra',
      'reset role',
      // One may expire, and one for which it is said that it does not.
      "alter role agent_bom_backup valid until '2020-01-01'",
      "alter role agent_bom_app valid until 'infinity'",
      // Each has an attribute of its own.
      ...everyLogin.flatMap((login, number) => [
        `alter role ${login} ${['createrole', 'createdb', 'noinherit', 'connection limit 3', 'connection limit -1'][number]}`,
        `alter role ${login} reset lock_timeout`,
        `alter role ${login} set statement_timeout = '31s'`,
        `alter role ${login} set default_transaction_read_only = off`,
        `alter role ${login} set search_path = 'a'`,
        `alter role ${login} in database agent_bom set statement_timeout = '1h'`,
        `alter role ${login} in database postgres set statement_timeout = '1h'`,
        `grant extra to ${login} granted by agent_bom_admin`,
      ]),
      'revoke agent_bom_rls_maintenance from agent_bom_maintenance granted by agent_bom_owner',
    ];
    const contract = await logins();
    expect(contract).toEqual([
      'agent_bom_app everywhere idle_in_transaction_session_timeout=0,lock_timeout=5s,statement_timeout=30s',
      'agent_bom_app login inherit 74',
      'agent_bom_app_b everywhere idle_in_transaction_session_timeout=0,lock_timeout=5s,statement_timeout=30s',
      'agent_bom_app_b login inherit 74 in (agent_bom_app)',
      'agent_bom_backup everywhere default_transaction_read_only=on,idle_in_transaction_session_timeout=0,lock_timeout=60s,statement_timeout=0',
      'agent_bom_backup login inherit 4',
      'agent_bom_maintenance everywhere idle_in_transaction_session_timeout=10min,lock_timeout=5s,statement_timeout=30s',
      'agent_bom_maintenance login inherit 14 in (agent_bom_rls_maintenance)',
      'agent_bom_maintenance_b everywhere idle_in_transaction_session_timeout=10min,lock_timeout=5s,statement_timeout=30s',
      'agent_bom_maintenance_b login inherit 14 in (agent_bom_maintenance)',
    ]);
    expect(await logins(...named)).toEqual(contract);
    expect(await logins(...changed)).toEqual([
      'agent_bom_app everywhere idle_in_transaction_session_timeout=0,lock_timeout=5s,statement_timeout=30s',
      'agent_bom_app login inherit 74',
      'agent_bom_app postgres statement_timeout=1h',
      'agent_bom_app_b everywhere idle_in_transaction_session_timeout=0,lock_timeout=5s,statement_timeout=30s',
      'agent_bom_app_b login inherit 74 in (agent_bom_app)',
      'agent_bom_app_b postgres statement_timeout=1h',
      'agent_bom_backup everywhere default_transaction_read_only=on,idle_in_transaction_session_timeout=0,lock_timeout=60s,statement_timeout=0',
      'agent_bom_backup login inherit 4',
      'agent_bom_backup postgres statement_timeout=1h',
      'agent_bom_maintenance everywhere idle_in_transaction_session_timeout=10min,lock_timeout=5s,statement_timeout=30s',
      'agent_bom_maintenance login inherit 14 in (agent_bom_rls_maintenance)',
      'agent_bom_maintenance postgres statement_timeout=1h',
      'agent_bom_maintenance_b everywhere idle_in_transaction_session_timeout=10min,lock_timeout=5s,statement_timeout=30s',
      'agent_bom_maintenance_b login inherit 14 in (agent_bom_maintenance)',
      'agent_bom_maintenance_b postgres statement_timeout=1h',
      'agent_bom_readonly everywhere statement_timeout=1h',
      'everybody agent_bom work_mem=64kB',
    ]);
  });

  describe('revoke: sessions', () => {
    const file = () => sqlOf('revoke/020_end_previous_sessions.sql').replace(/^(begin|commit);$/gm, '');
    const names = ['app', 'maintenance', 'backup', 'admin'] as const;
    const sessions = new Map<string, Client>();

    beforeEach(async () => {
      for (const name of names) {
        const session = new Client({ connectionString: planted.run.urls[name] });
        session.on('error', () => undefined);
        await session.connect();
        sessions.set(name, session);
      }
    });

    afterEach(async () => {
      for (const session of sessions.values()) await session.end().catch(() => undefined);
    });

    const nologin = (...of: string[]) => of.map((name) => `alter role agent_bom_${name} nologin`);
    async function remaining(): Promise<string[]> {
      const found: string[] = [];
      for (const [name, session] of sessions) {
        if (
          await session.query('select').then(
            () => true,
            () => false,
          )
        )
          found.push(name);
      }
      return found;
    }

    it('of logins of pods end where they may log in no more', async () => {
      await planted.ask({ given: nologin('app', 'backup', 'admin') }, sqlOf('facts.sql'), file());
      expect(await remaining()).toEqual(['maintenance', 'backup', 'admin']);
      await planted.ask({ given: nologin('maintenance') }, sqlOf('facts.sql'), file());
      expect(await remaining()).toEqual(['backup', 'admin']);
    });

    it('are given five seconds to end', async () => {
      const [{ pid } = { pid: 0 }] =
        (await sessions.get('app')?.query<{ pid: number }>('select pg_backend_pid() as pid'))?.rows ?? [];
      process.kill(pid, 'SIGSTOP');
      const begin = performance.now();
      try {
        await planted.ask({ given: nologin('app') }, sqlOf('facts.sql'), file());
        expect(performance.now() - begin).toBeGreaterThan(4900);
      } finally {
        process.kill(pid, 'SIGCONT');
      }
    });

    it('that may not be ended are named with what lets the administrator', async () => {
      const given = ['create role "Another" createrole', ...nologin('app')];
      await expect(planted.ask({ given, as: '"Another"' }, sqlOf('facts.sql'), file())).rejects.toMatchObject({
        message: 'the administrator Another may not end the sessions of agent_bom_app',
        hint: 'Run as a superuser: GRANT pg_signal_backend TO "Another"; and run this again.',
      });
      expect(await remaining()).toEqual([...names]);
    });
  });
});
