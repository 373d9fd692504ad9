import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Client } from 'pg';
import { EmbeddedServer } from '../../../commands/embedded/server';
import { defaultParameters, packagedUrl, rehearsalUrls, runStandIn } from '../../../commands/rehearse/rehearse';
import { applyStep, type ContractRun, FACTS, sqlFiles } from '../../../commands/shared/postgres/contract-runner';
import { RUNTIME_IDENTITIES } from '../../../contract/postgres/identities';
import { startupOptions } from '../../../contract/postgres/settings';
import { query, SERVER_TIMEOUT_MS, superuserUrl } from '../../support/postgres/database';

jest.setTimeout(SERVER_TIMEOUT_MS);

/** Files that are one transaction; the others change tables one by one. */
const FILES = [
  '005_refuse_unfit_server.sql',
  '006_close_schema.sql',
  '007_refuse_foreign_code.sql',
  '010_create_roles.sql',
  '020_own_database.sql',
  '010_restrict_public.sql',
  '040_set_logins.sql',
  '050_set_passwords.sql',
  '010_revoke_previous_logins.sql',
  '020_end_previous_sessions.sql',
];

/** How the session holds the lock by which runs take turns. */
const TURN = `select mode from pg_locks
               where locktype = 'advisory' and granted and pid = pg_backend_pid()
                 and classid = hashtext('agent-bom-postgres')::bigint & 4294967295
                 and objid = hashtext('contract')::bigint & 4294967295`;

describe('each file by itself', () => {
  let server: EmbeddedServer;
  let run: ContractRun;

  beforeAll(async () => {
    server = await EmbeddedServer.start();
    run = { urls: rehearsalUrls(server), parameters: defaultParameters() };
    await asSuperuser(
      'create role agent_bom_readonly',
      'grant connect on database agent_bom to public',
      // Root and the administrator may create anyway, and what a DBA gave them stays.
      'create role root superuser',
      'create schema reports',
    );
    await complete();
  });

  afterAll(() => server.stop());

  const asSuperuser = <Row extends object>(...sql: string[]) => query<Row>(superuserUrl(server), ...sql);

  async function complete(): Promise<void> {
    await applyStep('before', run);
    await runStandIn(packagedUrl(server));
    await applyStep('after', run);
  }

  /** What a session of the administrator is like at the end of a file, before its commit. */
  async function atTheEndOf(file: string): Promise<object> {
    const urls = Object.fromEntries(RUNTIME_IDENTITIES.map(({ name, urlSetting }) => [urlSetting, run.urls[name]]));
    const options = startupOptions({ ...run.parameters, ...urls });
    const client = new Client({ connectionString: run.urls.admin, options });
    await client.connect();
    try {
      await client.query(readFileSync(FACTS, 'utf8'));
      await client.query(readFileSync(file, 'utf8').replace(/^commit;\s*$/m, ''));
      // A statement of a transaction that is open already is later than it.
      const state = `select current_setting('search_path') as path, current_setting('lock_timeout') as wait,
                            now() < statement_timestamp() as open, (${TURN}) as turn`;
      const [found = {}] = (await client.query<object>(state)).rows;
      await client.query('commit');
      return { ...found, ends: /^commit;\s*$/m.test(readFileSync(file, 'utf8')) };
    } finally {
      await client.end();
    }
  }

  it('looks for names in pg_catalog alone, and is a transaction that takes turns and waits no longer than is good for those behind it', async () => {
    const prepare = join(dirname(FACTS), '..', 'backup', 'restore', 'prepare.sql');
    const contract = { path: 'pg_catalog, pg_temp', open: true, turn: 'ExclusiveLock', ends: true };
    // A restore may wait: nobody uses its database yet.
    expect(await atTheEndOf(prepare)).toEqual({ ...contract, wait: '5min' });
    const states: Record<string, object> = {};
    for (const file of ['before', 'after', 'revoke'].flatMap(sqlFiles).filter((one) => FILES.includes(basename(one)))) {
      states[basename(file)] = await atTheEndOf(file);
    }
    expect(states).toEqual(Object.fromEntries(FILES.map((file) => [file, { ...contract, wait: '2s' }])));
  });

  it('leaves these privileges on the database and its schema, and no others', async () => {
    await asSuperuser(
      'revoke create on schema public from public',
      'grant create on schema public to agent_bom_owner, root, agent_bom_admin',
    );
    await applyStep('before', run);
    // `after` does not rely on what `before` has found.
    await asSuperuser('grant create on schema public to public');
    await applyStep('after', run);
    const rows = await asSuperuser<{ grant: string }>(
      `select concat_ws(' ', what, coalesce(r.rolname, 'PUBLIC'), string_agg(a.privilege_type, ', ' order by a.privilege_type)) as grant
         from (select 'database' as what, datacl as acl from pg_database where datname = 'agent_bom'
               union all
               select 'schema', nspacl from pg_namespace where nspname = 'public') object
        cross join lateral aclexplode(acl) a
         left join pg_roles r on r.oid = a.grantee
        group by what, r.rolname
        order by what, r.rolname`,
    );
    expect(rows.map(({ grant }) => grant)).toEqual([
      'database agent_bom_app CONNECT, TEMPORARY',
      'database agent_bom_backup CONNECT',
      'database agent_bom_maintenance CONNECT, TEMPORARY',
      'database agent_bom_owner CONNECT, CREATE, TEMPORARY',
      'database agent_bom_readonly CONNECT',
      'schema agent_bom_admin CREATE',
      'schema agent_bom_app USAGE',
      'schema agent_bom_backup USAGE',
      'schema agent_bom_maintenance USAGE',
      'schema agent_bom_owner CREATE',
      'schema agent_bom_rls_maintenance USAGE',
      'schema pg_database_owner CREATE, USAGE',
      'schema root CREATE',
      'schema PUBLIC USAGE',
    ]);
  });

  it('leaves these privileges on what later migrations create, and no others', async () => {
    const defaults = 'alter default privileges for role agent_bom_owner in schema';
    await asSuperuser(
      `${defaults} public grant execute on functions to agent_bom_app`,
      `${defaults} reports grant insert on tables to agent_bom_app`,
      // There it is no substitute for the one in public.
      `${defaults} reports grant select on tables to agent_bom_backup`,
      `${defaults} public grant insert on tables to agent_bom_app, agent_bom_readonly`,
      `${defaults} public revoke select on tables from agent_bom_backup`,
      'create role dba',
      'alter default privileges for role dba in schema public grant select on tables to agent_bom_backup',
    );
    await applyStep('before', run);
    const rows = await asSuperuser<{ grant: string }>(
      `select concat_ws(' ', d.defaclrole::regrole, d.defaclobjtype, d.defaclnamespace::regnamespace, a.grantee::regrole,
                        string_agg(a.privilege_type, ', ' order by a.privilege_type)) as grant
         from pg_default_acl d
        cross join lateral aclexplode(d.defaclacl) a
        where a.grantee <> d.defaclrole
        group by d.defaclrole, d.defaclobjtype, d.defaclnamespace, a.grantee
        order by 1`,
    );
    await asSuperuser('drop owned by dba', 'drop role dba');
    expect(rows.map(({ grant }) => grant)).toEqual([
      'agent_bom_owner S public agent_bom_backup SELECT',
      'agent_bom_owner f public agent_bom_app EXECUTE',
      'agent_bom_owner r public agent_bom_app REFERENCES',
      'agent_bom_owner r public agent_bom_backup SELECT',
      'agent_bom_owner r public agent_bom_readonly INSERT',
      'agent_bom_owner r reports agent_bom_app INSERT',
      'agent_bom_owner r reports agent_bom_backup SELECT',
      'dba r public agent_bom_backup SELECT',
    ]);
  });

  it.each([
    ['for all commands', 'to agent_bom_backup using (true)'],
    ['for everybody', 'for select to public using (true)'],
    ['for some rows', 'for select to agent_bom_backup using (body is not null)'],
    ['for what others allow too', 'as restrictive for select to agent_bom_backup using (true)'],
  ])('makes the policy of the backup anew where it is %s', async (_what, policy) => {
    await asSuperuser(
      'drop policy if exists agent_bom_backup_reads on scan_jobs',
      `create policy agent_bom_backup_reads on scan_jobs ${policy}`,
    );
    await applyStep('after', run);
    expect(
      await asSuperuser(
        `select polcmd, polpermissive, polroles::regrole[]::text as roles, pg_get_expr(polqual, polrelid) as reads
           from pg_policy where polrelid = 'scan_jobs'::regclass and polname = 'agent_bom_backup_reads'`,
      ),
    ).toEqual([{ polcmd: 'r', polpermissive: true, roles: '{agent_bom_backup}', reads: 'true' }]);
    // A table that all tenants share has none.
    const shared = 'select polname from pg_policy join pg_class c on c.oid = polrelid where not c.relrowsecurity';
    expect(await asSuperuser(shared)).toEqual([]);
  });

  it('lets the owner manage every login, and the administrator act as the owner', async () => {
    const rows = await asSuperuser<{ grant: string }>(
      `select concat_ws(' ', member::regrole, roleid::regrole, case when admin_option then 'admin' end,
                        case when inherit_option then 'inherit' end) as grant
         from pg_auth_members
        where (member::regrole::text, roleid::regrole::text) in (('agent_bom_admin', 'agent_bom_owner'))
           or member::regrole::text = 'agent_bom_owner' and roleid::regrole::text like 'agent\\_bom\\_%'
        group by 1 order by 1`,
    );
    expect(rows.map(({ grant }) => grant)).toEqual([
      'agent_bom_admin agent_bom_owner admin',
      'agent_bom_admin agent_bom_owner inherit',
      'agent_bom_owner agent_bom_app admin',
      'agent_bom_owner agent_bom_app_b admin',
      'agent_bom_owner agent_bom_backup admin',
      'agent_bom_owner agent_bom_maintenance admin',
      'agent_bom_owner agent_bom_maintenance_b admin',
      'agent_bom_owner agent_bom_rls_maintenance admin',
    ]);
  });

  it('knows from the same place who logs in, with which settings, and what is an exception', async () => {
    const facts = readFileSync(FACTS, 'utf8');
    const setting = async (name: string) => {
      const read = `select current_setting('agent_bom.${name}') as value`;
      return (await query<{ value: string }>(run.urls.admin, facts, read))[0]?.value ?? '';
    };
    const rows = async (name: string): Promise<Record<string, string>[]> => JSON.parse(await setting(name));
    expect(await setting('extensions')).toBe('{pgcrypto,pg_trgm}');
    expect(await setting('open_tables')).toBe(
      '{agent_bom_hub_backfills,agent_bom_tenant_binding_keys,alembic_version,api_rate_limit_hits,api_rate_limits,' +
        'auth_session_attempts,control_plane_schema_versions,osv_cache,revoked_session_nonces}',
    );
    expect((await rows('logins')).map((row) => [row.identity, row.variable, row.login, row.member_of])).toEqual([
      ['app', 'AGENT_BOM_POSTGRES_URL', 'agent_bom_app', null],
      ['app', 'AGENT_BOM_POSTGRES_URL', 'agent_bom_app_b', 'agent_bom_app'],
      ['maintenance', 'AGENT_BOM_POSTGRES_MAINTENANCE_URL', 'agent_bom_maintenance', 'agent_bom_rls_maintenance'],
      ['maintenance', 'AGENT_BOM_POSTGRES_MAINTENANCE_URL', 'agent_bom_maintenance_b', 'agent_bom_maintenance'],
      ['backup', 'AGENT_BOM_POSTGRES_BACKUP_URL', 'agent_bom_backup', null],
    ]);
    expect((await rows('login_settings')).map((row) => `${row.identity} ${row.name} ${row.value}`)).toEqual([
      'app statement_timeout 30s',
      'app lock_timeout 5s',
      'app idle_in_transaction_session_timeout 0',
      'maintenance statement_timeout 30s',
      'maintenance lock_timeout 5s',
      'maintenance idle_in_transaction_session_timeout 10min',
      'backup statement_timeout 0',
      'backup lock_timeout 60s',
      'backup idle_in_transaction_session_timeout 0',
      'backup default_transaction_read_only on',
    ]);
    expect((await rows('backfills')).map((row) => `${row.relation} ${row.name}`)).toEqual([
      'compliance_hub_findings scan_id',
      'agent_identities agent_id',
      'governance_audit_log prev_hash',
      'attack_paths path_key',
    ]);
    expect(await setting('writer_stops')).toBe('{20260928_01,20261013_02}');
    expect((await rows('narrowed_tables')).map((row) => `${row.relation} ${row.privileges}`)).toEqual([
      'agent_bom_snapshots {SELECT,INSERT}',
      'endpoint_sync_events {SELECT,INSERT}',
      'agent_lifecycle_records {SELECT,INSERT,UPDATE}',
      'endpoint_connections {SELECT,INSERT,UPDATE}',
      'endpoint_syncs {SELECT,INSERT,UPDATE}',
      'endpoint_devices {SELECT,INSERT,UPDATE}',
      'endpoint_agent_bindings {SELECT,INSERT,UPDATE}',
      'mcp_scan_results {SELECT,INSERT,DELETE}',
      'side_scan_execution_state {SELECT,INSERT,UPDATE}',
    ]);
  });

  it('has the facts look for names in pg_catalog alone', async () => {
    const path = await query<{ path: string }>(
      run.urls.admin,
      'set search_path = public',
      readFileSync(FACTS, 'utf8'),
      "select current_setting('search_path') as path",
    );
    expect(path).toEqual([{ path: 'pg_catalog, pg_temp' }]);
  });

  it.each(['0', '1000000', 'some', '-1', undefined])('sets no limit of %s connections', async (limit) => {
    const { 'agent_bom.app_connection_limit': _, ...rest } = run.parameters;
    const parameters = limit === undefined ? rest : { ...rest, 'agent_bom.app_connection_limit': limit };
    await expect(applyStep('after', { ...run, parameters })).rejects.toThrow(
      'the setting agent_bom.app_connection_limit is not a number of connections',
    );
  });

  it.each([
    [140018, 'PostgreSQL %s is too old: the contract needs 15 or later', []],
    [149999, 'PostgreSQL %s is too old: the contract needs 15 or later', []],
    [150000, undefined, []],
    [189999, undefined, []],
    [
      190000,
      undefined,
      [expect.stringContaining('is newer than what the contract was tested with, which is 15 to 18')],
    ],
  ])('of before and verify goes by the version %i of the server', async (version, refused, noticed) => {
    const [unfit = ''] = sqlFiles('before');
    for (const file of [unfit, join(dirname(FACTS), 'verify', 'requirements.sql')]) {
      const notices: string[] = [];
      const client = new Client({ connectionString: run.urls.admin });
      client.on('notice', ({ message = '' }) => notices.push(message));
      await client.connect();
      try {
        await client.query(readFileSync(FACTS, 'utf8'));
        const text = readFileSync(file, 'utf8').replaceAll("current_setting('server_version_num')", `'${version}'`);
        const result = await client.query(text).then(
          () => undefined,
          ({ message }: Error) => message,
        );
        expect(result?.replace(/PostgreSQL \S+/, 'PostgreSQL %s')).toBe(refused);
        expect(notices).toEqual(noticed);
      } finally {
        await client.end();
      }
    }
  });

  /** Runs a file whose clock its own pauses advance, so that a patience of minutes takes none. */
  async function withoutPauses(file: string, pausing: string, ...statements: string[]) {
    const urls = Object.fromEntries(RUNTIME_IDENTITIES.map(({ name, urlSetting }) => [urlSetting, run.urls[name]]));
    const options = startupOptions({ ...run.parameters, ...urls, 'test.slept': '0' });
    const client = new Client({ connectionString: run.urls.admin, options });
    const notices: string[] = [];
    client.on('notice', ({ message = '' }) => notices.push(message));
    await client.connect();
    const text = readFileSync(join(dirname(FACTS), file), 'utf8')
      .replaceAll('clock_timestamp()', 'pg_temp.clock()')
      .replaceAll('perform pg_sleep(', 'perform pg_temp.pause(')
      .replaceAll('perform pg_advisory_lock(', 'perform pg_temp.queue(')
      .replace(/^commit;\s*$/m, '');
    const all = [
      readFileSync(FACTS, 'utf8'),
      `create function pg_temp.clock() returns timestamptz language sql as
         $$ select now() + current_setting('test.slept')::numeric * interval '1 s' $$;
       create function pg_temp.pause(seconds numeric) returns void language plpgsql as $$ begin
         perform set_config('test.slept', (current_setting('test.slept')::numeric + seconds)::text, false); ${pausing} end $$;
       create function pg_temp.queue(int, int) returns void language plpgsql as
         $$ begin if ($1, $2) = (hashtext('agent-bom-postgres'), hashtext('contract')) then
           raise notice 'waits for %', current_setting('lock_timeout'); end if; end $$`,
      text,
      ...statements,
    ];
    let error = '';
    try {
      for (const statement of all) await client.query(statement);
    } catch (refused) {
      error = (refused as Error).message;
    }
    const [{ slept } = { slept: '' }] = (await client.query("select current_setting('test.slept') as slept")).rows;
    await client.end();
    return { notices, error, slept: Number(slept) };
  }

  it('waits five minutes for a table, with pauses that grow to half a minute', async () => {
    const other = new Client({ connectionString: superuserUrl(server), application_name: 'a reader' });
    await other.connect();
    await other.query('begin; lock table teams in access share mode');
    // Patience and pauses begin anew for each table: the first is free after a while.
    const busy = `create function pg_temp.busy() returns void language plpgsql as $$ begin
      if current_setting('test.slept')::numeric < 100 then raise lock_not_available; end if; end $$`;
    const change = `values ('public.agents'::regclass::oid, 'select pg_temp.busy()'),
                           ('public.teams'::regclass::oid, 'alter table public.teams owner to agent_bom_owner')`;
    const { notices, error, slept } = await withoutPauses(
      'relations.sql',
      '',
      "set lock_timeout = '10ms'",
      busy,
      `call pg_temp.change_relations($changes$ select * from (${change}) v (relation, statement) $changes$)`,
    );
    await other.query('rollback');
    await other.end();
    expect(error).toMatch(/^the table public\.teams has been in use for 300s by session \d+ \(a reader of rdsadmin, /);
    const growing = [1, 2, 4, 8, 16];
    expect(notices.map((text) => Number(/trying again in (\d+) s$/.exec(text)?.[1]))).toEqual(
      [3, 8].flatMap((length) => [...growing, ...Array.from({ length }, () => 30)]),
    );
    expect(slept).toBe(121 + 271);
  });

  it('waits five minutes for another run', async () => {
    const other = new Client({ connectionString: run.urls.admin });
    await other.connect();
    await other.query("select pg_advisory_lock(hashtext('agent-bom-postgres'), hashtext('contract'))");
    const { notices, error } = await withoutPauses(
      'lock.sql',
      '',
      "do $$ begin raise notice 'then for %', current_setting('lock_timeout'); end $$",
    );
    await other.end();
    expect({ notices, error }).toEqual({
      notices: [
        'waiting: another run of the contract is at work on database agent_bom',
        'waits for 5min',
        'then for 0',
      ],
      error: '',
    });
    // Free at once, it is the session's until it ends.
    expect(await query(run.urls.admin, readFileSync(join(dirname(FACTS), 'lock.sql'), 'utf8'), TURN)).toEqual([
      { mode: 'ExclusiveLock' },
    ]);
  });

  it('keeps other runs waiting until its session ends, and gives up where it waits too long', async () => {
    const lock = readFileSync(join(dirname(FACTS), 'lock.sql'), 'utf8');
    const [holder, waiter] = [1, 2].map(() => new Client({ connectionString: run.urls.admin }));
    if (holder === undefined || waiter === undefined) throw new Error('no client');
    await Promise.all([holder.connect(), waiter.connect()]);
    try {
      // The parameter is empty, or none, where nobody asks for another patience.
      await holder.query("set agent_bom.lock_timeout = ''");
      for (const _ of [1, 2]) await holder.query(lock);
      await waiter.query("set agent_bom.lock_timeout = '100ms'; set statement_timeout = '5s'");
      await expect(waiter.query(lock)).rejects.toMatchObject({
        code: '55006',
        message: 'another run of the contract has been at work on database agent_bom for 100ms',
        hint: 'Look for its session in pg_stat_activity, and run this again when it is gone.',
      });
      await holder.end();
      await waiter.query(lock);
      const held =
        "select count(*)::int as locks from pg_locks where locktype = 'advisory' and granted and pid = pg_backend_pid()";
      expect((await waiter.query(held)).rows).toEqual([{ locks: 1 }]);
    } finally {
      await Promise.all([holder, waiter].map((client) => client.end()));
    }
  });

  it('waits 90 seconds for the sessions of the previous logins, and no longer than they last', async () => {
    const user = 'agent_bom_maintenance_b';
    await asSuperuser(`alter role ${user} login password 'previous'`);
    const session = new Client({ connectionString: server.urlFor({ user, password: 'previous' }) });
    session.on('error', () => undefined);
    await session.connect();
    const revoke = 'revoke/010_revoke_previous_logins.sql';
    const waited = await withoutPauses(revoke, '');
    const ended = await withoutPauses(
      revoke,
      `perform pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = '${user}';`,
    );
    await session.end();
    await asSuperuser(`alter role ${user} nologin password null`);
    expect(waited).toEqual({
      notices: ['open sessions of agent_bom_app_b and agent_bom_maintenance_b after 00:01:30: 1'],
      error: '',
      slept: 90,
    });
    expect(ended).toEqual({ notices: [], error: '', slept: 0.1 });
  });

  it('is refused where somebody goes on creating in the schema public', async () => {
    await asSuperuser(
      'create role giver superuser',
      'create role "Data Team"',
      'alter role giver nosuperuser',
      'grant create on schema public to giver with grant option',
      'set role giver',
      'grant create on schema public to "Data Team"',
      'reset role',
      'alter role giver superuser',
    );
    const statements = [
      'ALTER ROLE giver NOSUPERUSER;',
      'SET ROLE giver;',
      'REVOKE CREATE ON SCHEMA public FROM "Data Team" CASCADE;',
      'RESET ROLE;',
      'ALTER ROLE giver SUPERUSER;',
    ];
    await expect(applyStep('before', run)).rejects.toMatchObject({
      mistakes: [
        {
          got: 'others may create in the schema public of the database agent_bom',
          fix: `Run as a superuser: ${statements.join(' ')}`,
        },
      ],
    });
    await asSuperuser(...statements);
    await applyStep('before', run);
    await asSuperuser('drop owned by giver cascade', 'drop role giver, "Data Team"');
    await asSuperuser('alter role agent_bom_owner bypassrls');
    await expect(applyStep('before', run)).rejects.toThrow('have SUPERUSER, REPLICATION or BYPASSRLS: agent_bom_owner');
    await asSuperuser('alter role agent_bom_owner nobypassrls');
  });
});
