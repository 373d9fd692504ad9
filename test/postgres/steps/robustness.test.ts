import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { Client } from 'pg';
import type { EmbeddedServer } from '../../../commands/embedded/server';
import { fillStandIn, packagedUrl, runStandIn } from '../../../commands/rehearse/rehearse';
import {
  applyStep,
  type ContractRun,
  FACTS,
  RELATIONS,
  sqlFiles,
} from '../../../commands/shared/postgres/contract-runner';
import { ContractError } from '../../../contract/error';
import { RUNTIME_IDENTITIES } from '../../../contract/postgres/identities';
import { startupOptions } from '../../../contract/postgres/settings';
import { BackedUpServer } from '../../support/postgres/clients';
import {
  fingerprint,
  hasClientTools,
  query,
  SERVER_TIMEOUT_MS,
  superuserUrl,
  verified,
} from '../../support/postgres/database';
import { kills, randomFrom, SEED, terminated } from '../../support/postgres/kills';

jest.setTimeout(SERVER_TIMEOUT_MS);

const ROLES = [
  'agent_bom_app_b',
  'agent_bom_maintenance_b',
  'agent_bom_maintenance',
  'agent_bom_app',
  'agent_bom_backup',
  'agent_bom_rls_maintenance',
  'agent_bom_owner',
];

/** Top-level statements of a file: each ends with a semicolon at the end of a line, outside of a dollar-quoted body. */
function statements(file: string): string[] {
  const [first = '', ...rest] = readFileSync(file, 'utf8').split(/(\$\$[\s\S]*?\$\$)/);
  const parts = [first, ...rest].map((part) => (part.startsWith('$$') ? part : part.replace(/;\s*$/gm, ';\u0000')));
  return parts
    .join('')
    .split('\u0000')
    .filter((statement) => statement.trim() !== '');
}

/** What `before` and `after` have to put right again, in a database that is serving: to each of them several transactions. */
const DRIFT = [
  'alter table fleet_agents owner to agent_bom_admin',
  'alter table graph_nodes owner to agent_bom_admin',
  'drop policy agent_bom_backup_reads on graph_nodes',
  'drop policy agent_bom_backup_reads on audit_log',
  'revoke all on audit_log from agent_bom_backup',
  'grant connect on database agent_bom to public',
  'alter role agent_bom_owner nocreaterole',
  'alter role agent_bom_app connection limit 20',
  "alter role agent_bom_app set statement_timeout = '1h'",
  "alter role agent_bom_backup password 'of yesterday'",
];

describe.each(
  process.env.KILLS === undefined ? ['18' as const] : (['15', '18'] as const),
)('a database of version %s that was touched before', (major) => {
  let one: BackedUpServer;
  let server: EmbeddedServer;
  let run: ContractRun;

  beforeAll(async () => {
    one = await BackedUpServer.empty(major);
    ({ server, run } = one);
  });

  beforeEach(async () => {
    const postgres = server.urlFor(server.address.superuser, 'postgres');
    await query(
      postgres,
      'drop database agent_bom with (force)',
      ...ROLES.map((role) => `drop role if exists ${role}`),
    );
    await query(postgres, 'create database agent_bom owner agent_bom_admin');
  });

  afterAll(() => server.stop());

  const asSuperuser = (...sql: string[]) => query(superuserUrl(server), ...sql);
  const failures = async (of = run) => (await verified(of)).filter(({ status }) => status === 'fail');

  async function complete(of = run): Promise<void> {
    await applyStep('before', of);
    await runStandIn(packagedUrl(server));
    await applyStep('after', of);
  }

  async function refusal(work: Promise<unknown>): Promise<{ got?: string; fix: string }> {
    const error = await work.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!(error instanceof ContractError)) throw new Error(`not refused: ${String(error)}`);
    return error.mistakes[0] ?? { fix: '' };
  }

  it('ends in the same state, wherever a run was cut off', async () => {
    await complete();
    await applyStep('revoke', run);
    const undisturbed = await fingerprint(server);
    const urls = Object.fromEntries(RUNTIME_IDENTITIES.map(({ name, urlSetting }) => [urlSetting, run.urls[name]]));
    for (const step of ['before', 'after', 'revoke'] as const) {
      for (const file of sqlFiles(step)) {
        const all = statements(file);
        // After the first statement, in the middle, and before the commit.
        for (const count of new Set([1, Math.ceil(all.length / 2), all.length - 1])) {
          const client = new Client({
            connectionString: run.urls.admin,
            options: startupOptions({ ...run.parameters, ...urls }),
          });
          client.on('error', () => undefined);
          await client.connect();
          const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
          for (const prelude of [FACTS, RELATIONS]) await client.query(readFileSync(prelude, 'utf8'));
          for (const statement of all.slice(0, count)) await client.query(statement);
          await asSuperuser(`select pg_terminate_backend(${rows[0]?.pid})`);
          await client.end().catch(() => undefined);
        }
      }
      await applyStep(step, run);
    }
    expect(await fingerprint(server)).toEqual(undisturbed);
    expect(await failures()).toEqual([]);
  });

  (hasClientTools(Number(major)) ? it : it.skip)(
    `serves while a step is killed, ${kills(4)} times, and the next run ends what was begun (KILL_SEED=${SEED})`,
    async () => {
      const random = randomFrom(SEED);
      await complete();
      await fillStandIn(run.urls.app);
      const undisturbed = await fingerprint(server);
      const rows = () =>
        query(run.urls.app, "set app.tenant_id = 'north'", 'select count(*)::int as jobs from scan_jobs');
      const served = await rows();
      const duration = { before: 0, after: 0 };
      let cutOff = 0;
      // The first two are not killed: they show how long a step takes.
      for (let kill = -2; kill < kills(4); kill += 1) {
        const step = kill % 2 === 0 ? 'before' : 'after';
        await asSuperuser(...DRIFT);
        const begin = Date.now();
        const script = one.start('../migrations/run.sh', [step]);
        const ended = script.closed();
        const moment = Math.floor(random() * duration[step]);
        if (kill >= 0) {
          await Promise.race([setTimeout(moment), ended]);
          if (kill % 4 < 2) script.kill();
          else await terminated(one, 'agent_bom_admin', script);
        }
        const { code, output } = await ended;
        const what = { seed: SEED, kill, step, moment, output };
        if (kill < 0) duration[step] = Date.now() - begin;
        // A Job whose connection was cut is tried again: only what is hopeless ends with 78.
        expect({ ...what, code }).not.toMatchObject({ code: 78 });
        if (code !== 0) cutOff += 1;
        expect({ ...what, rows: await rows() }).toEqual({ ...what, rows: served });
        await query(run.urls.maintenance, 'select 1');
        await applyStep('before', run);
        await applyStep('after', run);
        expect({ ...what, found: await fingerprint(server) }).toEqual({ ...what, found: undisturbed });
      }
      expect(await failures()).toEqual([]);
      expect(cutOff).toBeGreaterThan(0);
    },
    kills(4) * 20_000 + SERVER_TIMEOUT_MS,
  );

  it('lets eight runs at once take turns', async () => {
    await complete();
    const before = await fingerprint(server);
    await Promise.all(Array.from({ length: 8 }, () => applyStep('before', run).then(() => applyStep('after', run))));
    expect(await fingerprint(server)).toEqual(before);
  });

  it('is waited for while another run is at work, and not for ever', async () => {
    const other = new Client({ connectionString: run.urls.admin });
    await other.connect();
    await other.query("select pg_advisory_lock(hashtext('agent-bom-postgres'), hashtext('contract'))");
    const tooLong = globalThis.setTimeout(() => void other.end(), 20_000);
    const notices: string[] = [];
    const parameters = { ...run.parameters, 'agent_bom.lock_timeout': '100ms' };
    const { got, fix } = await refusal(
      applyStep('before', { ...run, parameters, onNotice: (text) => notices.push(text) }),
    ).finally(() => clearTimeout(tooLong));
    await other.end();
    expect(notices).toEqual(['waiting: another run of the contract is at work on database agent_bom']);
    expect(got).toBe('another run of the contract has been at work on database agent_bom for 100ms');
    expect(fix).toContain('pg_stat_activity');
  });

  it('is brought to the contract when its roles have other attributes, memberships and settings', async () => {
    await asSuperuser(
      'create role agent_bom_owner login',
      'create role agent_bom_app nologin createdb connection limit 1',
      'create role agent_bom_app_b createrole',
      "alter role agent_bom_app set statement_timeout = '1h'",
      'alter role agent_bom_app set search_path = elsewhere',
      'alter role agent_bom_app set default_transaction_read_only = off',
      "alter role agent_bom_app in database agent_bom set statement_timeout = '2h'",
      "alter role agent_bom_app in database postgres set statement_timeout = '3h'",
      'create role agent_bom_backup login noinherit',
      'grant rds_superuser to agent_bom_app granted by current_user',
      'grant agent_bom_owner, agent_bom_app, agent_bom_app_b, agent_bom_backup to agent_bom_admin with admin option',
      'revoke rds_superuser from agent_bom_app',
    );
    await complete();
    for (const attribute of ['nologin', 'login', 'nocreaterole']) {
      await asSuperuser(`alter role agent_bom_owner ${attribute}`);
      await applyStep('before', run);
      expect(await failures()).toEqual([]);
    }
    // What a login has in a database of others is theirs.
    const kept =
      'select setconfig from pg_db_role_setting s join pg_database d on d.oid = setdatabase and setrole <> 0';
    expect(await asSuperuser(kept)).toEqual([{ setconfig: ['statement_timeout=3h'] }]);
  });

  it('is refused when a login has what only a superuser can take away', async () => {
    await complete();
    for (const attribute of ['superuser', 'replication', 'bypassrls']) {
      await asSuperuser(`alter role agent_bom_app ${attribute}`);
      const { got, fix } = await refusal(applyStep('after', run));
      expect(got).toBe('the role agent_bom_app has SUPERUSER, REPLICATION or BYPASSRLS');
      expect(fix).toBe('Run as a superuser: ALTER ROLE agent_bom_app NOSUPERUSER NOREPLICATION NOBYPASSRLS;');
      await asSuperuser(fix.replace('Run as a superuser: ', ''));
    }
    await applyStep('after', run);
    expect(await failures()).toEqual([]);
  });

  it('is refused when a login carries a tenant that only a superuser can take away', async () => {
    await complete();
    await asSuperuser("alter role agent_bom_app in database agent_bom set app.tenant_id = 'north'");
    const { got, fix } = await refusal(applyStep('after', run));
    expect(got).toBe('the role agent_bom_app has the setting app.tenant_id, which the administrator may not take away');
    await asSuperuser(fix.replace('Run as a superuser: ', ''));
    await applyStep('after', run);
    expect(await failures()).toEqual([]);
  });

  it('is taken over by another administrator, after the sentence that a refusal says', async () => {
    await complete();
    await asSuperuser(
      'drop role if exists another_admin',
      "create role another_admin login createrole createdb password 'another'",
    );
    const another: ContractRun = {
      ...run,
      urls: { ...run.urls, admin: server.urlFor({ user: 'another_admin', password: 'another' }) },
    };
    await asSuperuser('grant connect on database agent_bom to another_admin');
    const { fix } = await refusal(applyStep('before', another));
    expect(fix).toContain('GRANT agent_bom_owner TO another_admin WITH ADMIN OPTION;');
    await asSuperuser('grant agent_bom_owner to another_admin with admin option');
    await applyStep('before', another);
    await applyStep('after', another);
    expect(await failures(another)).toEqual([]);
    // It lets the next one in.
    const marker = "pg_has_role('another_admin', 'agent_bom_rls_maintenance', 'member with admin option') as may_grant";
    expect(await asSuperuser(`select ${marker}`)).toEqual([{ may_grant: true }]);
    await asSuperuser(
      'reassign owned by another_admin to agent_bom_owner',
      'drop owned by another_admin',
      'drop role another_admin',
    );
  });

  it('refuses a URL of the application that cannot be meant, and changes no password', async () => {
    await complete();
    const refused = async (app: string) =>
      (await refusal(applyStep('after', { ...run, urls: { ...run.urls, app } }))).got;
    expect(await refused('')).toBe('AGENT_BOM_POSTGRES_URL is not a connection URL with a user and a password');
    expect(await refused('postgresql://agent_bom_app@localhost/agent_bom')).toContain('is not a connection URL');
    expect(await refused('postgresql://agent_bom_app:10%zz@localhost/agent_bom')).toBe(
      'user or password in AGENT_BOM_POSTGRES_URL are not percent-encoded',
    );
    expect(await refused('postgresql://agent%zzbom:x@localhost/agent_bom')).toContain('are not percent-encoded');
    expect(await refused('postgresql://agent_bom_app:a b@localhost/agent_bom')).toContain('is not a connection URL');
    expect(await refused('postgresql://agent_bom_backup:x@localhost/agent_bom')).toBe(
      'AGENT_BOM_POSTGRES_URL logs in as agent_bom_backup',
    );
    expect(await query(run.urls.app, 'select current_user as login')).toEqual([{ login: 'agent_bom_app' }]);
  });

  it('is not made by the packaged migrations alone', async () => {
    const admin = server.urlFor(server.address.admin);
    await expect(runStandIn(admin)).rejects.toThrow('ADMIN option cannot be granted back to your own grantor');
    await query(admin, 'create role agent_bom_rls_maintenance');
    await expect(runStandIn(admin)).rejects.toThrow('permission denied to alter role');
  });

  it('is refused when the packaged migrations have not run', async () => {
    await applyStep('before', run);
    for (const [there, gone] of [
      ['agent_bom_maintenance', 'agent_bom_backup_b'],
      ['agent_bom_rls_maintenance', 'agent_bom_maintenance'],
    ]) {
      await asSuperuser(`drop role if exists ${gone}`, `create role ${there}`);
      const { got, fix } = await refusal(applyStep('after', run));
      expect(got).toBe('the roles of the packaged migrations are missing from this server');
      expect(fix).toBe('Run the packaged migrations between `before` and `after`.');
    }
  });

  it('is refused to a superuser before anything is created', async () => {
    const urls = { ...run.urls, admin: superuserUrl(server) };
    await expect(applyStep('before', { ...run, urls })).rejects.toThrow('the administrator rdsadmin is a superuser');
    expect(await asSuperuser("select rolname from pg_roles where rolname = 'agent_bom_owner'")).toEqual([]);
  });
});
