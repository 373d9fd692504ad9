import { SERVER_TIMEOUT_MS } from '../../support/postgres/database';
import { PlantedServer, sqlOf } from '../../support/postgres/planted';

jest.setTimeout(SERVER_TIMEOUT_MS);

const OWN = 'tenant_id = public.abom_current_tenant()';

describe('what the sessions of the logins say of', () => {
  let planted: PlantedServer;

  beforeAll(async () => {
    planted = await PlantedServer.start();
  });

  afterAll(() => planted.stop());

  async function probe(...given: string[]): Promise<string[]> {
    const rows = await planted.ask<{ check: string; status: string; detail: string }>(
      { given, as: 'agent_bom_app' },
      sqlOf('facts.sql'),
      sqlOf('verify/app/010_probe.sql').replace(/^(begin|rollback);$/gm, ''),
    );
    return rows.flatMap(({ check, status, detail }) => detail.split('; ').map((one) => `${check} ${status}: ${one}`));
  }

  /** One line a check, in a session of a login that has done something first. */
  async function said(file: string, as: string, given: readonly string[], ...first: string[]): Promise<string[]> {
    const rows = await planted.ask<{ check: string; status: string; detail: string }>(
      { given, as },
      sqlOf('facts.sql'),
      ...first,
      sqlOf(`verify/${file}`).replace(/^(begin|rollback);$/gm, ''),
    );
    return rows.map(({ check, status, detail }) => `${check} ${status}: ${detail}`);
  }

  /** A table of tenants with a policy, and what the application may do with it. */
  const table = (
    name: string,
    policy: string,
    privileges = 'select, insert, update, delete',
    columns = 'tenant_id text',
  ) => [
    'set role agent_bom_owner',
    `create table public.${name} (${columns})`,
    `revoke all on public.${name} from agent_bom_app`,
    `grant ${privileges} on public.${name} to agent_bom_app`,
    `alter table public.${name} enable row level security, force row level security`,
    ...policy.split(';').map((one, number) => `create policy p${number} on public.${name} ${one}`),
    'reset role',
  ];

  it('policies that let another tenant in', async () => {
    const given = [
      ...table('own', `using (${OWN})`),
      ...table('a_open', 'using (true)'),
      ...table('a_reads', `using (${OWN}); for select using (true)`),
      ...table('a_adds', `using (${OWN}); for insert with check (true)`),
      ...table('a_changes', `using (${OWN}); for select using (true); for update using (true)`),
      ...table('a_removes', `using (${OWN}); for select using (true); for delete using (true)`),
      ...table('a_checked', `using (true) with check (${OWN})`),
      ...table('a_bypassed', `using (${OWN} or current_setting('app.bypass_rls', true) = '1')`),
      ...table('a_reads_alone', `using (true)`, 'select, insert'),
      ...table('a_unread', `using (true)`, 'insert, update, delete'),
      ...table('refused', `using (${OWN}) with check (false)`),
      ...table('not_added', `using (${OWN})`, 'select'),
      ...table('a_referred_to', 'using (true)', 'select, insert, delete', 'tenant_id text, id int primary key'),
      ...table(
        'refers',
        'using (true)',
        'select, insert',
        'tenant_id text, id int not null references public.a_referred_to',
      ),
      ...table('by_team', 'using (team_id = public.abom_current_tenant())', 'select, insert', 'team_id text'),
    ];
    expect(await probe(...given)).toEqual([
      'login.app pass: logged in as agent_bom_app',
      'tenancy.probe fail: refused: a row of the same tenant was refused',
      'tenancy.probe fail: a_adds: a row of another tenant was inserted',
      'tenancy.probe fail: a_bypassed: a row of another tenant was inserted',
      'tenancy.probe fail: a_bypassed: rows of another tenant are visible',
      'tenancy.probe fail: a_bypassed: rows of another tenant are updated',
      'tenancy.probe fail: a_changes: rows of another tenant are visible',
      'tenancy.probe fail: a_changes: rows of another tenant are updated',
      'tenancy.probe fail: a_checked: rows of another tenant are visible',
      'tenancy.probe fail: a_checked: rows of another tenant are deleted',
      'tenancy.probe fail: a_open: a row of another tenant was inserted',
      'tenancy.probe fail: a_open: rows of another tenant are visible',
      'tenancy.probe fail: a_open: rows of another tenant are updated',
      'tenancy.probe fail: a_reads: rows of another tenant are visible',
      'tenancy.probe fail: a_reads_alone: a row of another tenant was inserted',
      'tenancy.probe fail: a_reads_alone: rows of another tenant are visible',
      'tenancy.probe fail: a_referred_to: a row of another tenant was stopped by something else: duplicate key value violates unique constraint "a_referred_to_pkey"',
      'tenancy.probe fail: a_referred_to: rows of another tenant are visible',
      'tenancy.probe fail: a_referred_to: DELETE of rows of another tenant was stopped by something else: update or delete on table "a_referred_to" violates foreign key constraint "refers_id_fkey" on table "refers"',
      'tenancy.probe fail: a_removes: rows of another tenant are visible',
      'tenancy.probe fail: a_removes: rows of another tenant are deleted',
      'tenancy.probe fail: a_unread: a row of another tenant was inserted',
      'tenancy.probe fail: refers: a row of another tenant was inserted',
      'tenancy.probe fail: refers: rows of another tenant are visible',
    ]);
  });

  it('what no tenant is asked of', async () => {
    const triggers = (name: string, when: string, raised: string) => [
      ...table(name, `using (${OWN})`),
      `create function public.abom_${name}() returns trigger language plpgsql as $$ begin ${raised}; end $$`,
      `create trigger stops before ${when} on public.${name} for each statement execute function public.abom_${name}()`,
    ];
    const given = [
      ...triggers(
        'b_checks',
        'insert',
        "if current_setting('app.tenant_id') = 'contract-probe-a' then raise check_violation; end if; return null",
      ),
      ...triggers('b_stops', 'insert', "raise 'stopped' using hint = 'Let it in.'"),
      ...triggers('b_stops_changes', 'update', "raise 'not changed'"),
      ...triggers('b_stops_removal', 'delete', "raise 'not removed'"),
      // A publication of all tables has this effect on those without a primary key.
      ...table('c_published', `using (${OWN})`),
      'create publication everything for table public.c_published',
      // Divided by months, none of which is now; a partition that has bounds and one for the rest.
      ...table(
        'old',
        `using (${OWN})`,
        'select, insert',
        'tenant_id text, at timestamptz not null default now()) partition by range (at',
      ),
      "create table public.old_2020 partition of public.old for values from ('2020-01-01') to ('2020-02-01')",
      ...table(
        'years',
        `using (${OWN})`,
        'select, insert',
        'tenant_id text, day date not null, later timestamptz not null) partition by range (day',
      ),
      "create table public.year_2020 partition of public.years for values from ('2020-01-01') to ('2021-01-01')",
      'alter table public.year_2020 enable row level security, force row level security, owner to agent_bom_owner',
      `create policy p on public.year_2020 using (${OWN})`,
      'grant select, insert on public.year_2020 to agent_bom_app',
      // Not of the contract, not bound, or without a tenant.
      ...table('unbound', `using (true)`),
      'alter table public.unbound disable row level security',
      ...table('shared', `using (true)`, 'select, insert', 'id int'),
      ...table('theirs', `using (true)`),
      'create role stranger',
      'alter table public.theirs owner to stranger',
    ];
    expect(await probe(...given)).toEqual([
      'login.app pass: logged in as agent_bom_app',
      'tenancy.probe fail: b_checks: a row of another tenant was stopped by something else: check_violation',
      'tenancy.probe fail: b_stops: a row of another tenant was stopped by something else: stopped. Let it in.',
      'tenancy.probe fail: b_stops_changes: UPDATE of rows of another tenant was stopped by something else: not changed',
      'tenancy.probe fail: b_stops_removal: DELETE of rows of another tenant was stopped by something else: not removed',
      'tenancy.probe fail: c_published: UPDATE of rows of another tenant was stopped by something else: cannot update table "c_published" because it does not have a replica identity and publishes updates. To enable updating the table, set REPLICA IDENTITY using ALTER TABLE.',
      'tenancy.probe fail: c_published: DELETE of rows of another tenant was stopped by something else: cannot delete from table "c_published" because it does not have a replica identity and publishes deletes. To enable deleting from the table, set REPLICA IDENTITY using ALTER TABLE.',
    ]);
    expect(
      await probe(
        'set allow_system_table_mods = on',
        "update pg_class set relrowsecurity = false where relnamespace = 'public'::regnamespace",
      ),
    ).toEqual(['login.app pass: logged in as agent_bom_app', 'tenancy.probe fail: no table has a tenant']);
    const code = 'create domain public.oid as text';
    expect(await probe(code, 'alter domain public.oid owner to agent_bom_app')).toEqual([
      'login.app pass: logged in as agent_bom_app',
      'tenancy.probe skip: not tried: what others left in the database would run',
    ]);
  });

  it('who the application is', async () => {
    const app = 'app/010_probe.sql';
    const [own] = await said(app, 'agent_bom_app_b', []);
    const [acting] = await said(app, 'agent_bom_app_b', [], 'set role agent_bom_app');
    const [other] = await said(app, 'agent_bom_maintenance', []);
    expect([own, acting, other]).toEqual([
      'login.app pass: logged in as agent_bom_app_b',
      'login.app fail: logged in as agent_bom_app_b',
      'login.app fail: logged in as agent_bom_maintenance',
    ]);
  });

  it('rows that a migration left out, of the tables and columns that are there and that the backup may read', async () => {
    const given = [
      'set role agent_bom_owner',
      "create table public.agent_identities (agent_id text not null default '', data text)",
      "alter table governance_audit_log add prev_hash text not null default '', add data text",
      'reset role',
      `insert into governance_audit_log (tenant_id, data) values ('north', '{"prev_hash": "p"}')`,
      `insert into public.agent_identities (data) values ('{"agent_id": "a"}'), ('{"agent_id": ""}'), ('{"agent_id": "b"}')`,
    ];
    const backfills = (...more: string[]) => said('backup/020_backfills.sql', 'agent_bom_backup', [...given, ...more]);
    const unread = 'revoke select on public.agent_identities from agent_bom_backup';
    const filled = 'delete from governance_audit_log';
    expect([
      ...(await backfills()),
      ...(await backfills(filled)),
      ...(await backfills(unread)),
      ...(await backfills(unread, filled)),
    ]).toEqual([
      'schema.backfills fail: agent_identities: agent_id is empty in 2 rows; governance_audit_log: prev_hash is empty in 1 rows',
      'schema.backfills fail: agent_identities: agent_id is empty in 2 rows',
      'schema.backfills fail: governance_audit_log: prev_hash is empty in 1 rows',
      'schema.backfills pass: no row is left out',
    ]);
  });
});
