import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { EmbeddedServer } from '../../../commands/embedded/server';
import {
  defaultParameters,
  fillStandIn,
  packagedUrl,
  rehearsalUrls,
  runStandIn,
} from '../../../commands/rehearse/rehearse';
import { applyStep, type ContractRun, FACTS, RELATIONS } from '../../../commands/shared/postgres/contract-runner';
import { ContractError } from '../../../contract/error';
import type { PostgresMajor } from '../../../contract/postgres/majors';
import { startupOptions } from '../../../contract/postgres/settings';
import { hasClientTools, query, SERVER_TIMEOUT_MS, superuserUrl, verified } from '../../support/postgres/database';
import { until } from '../../support/until';

jest.setTimeout(2 * SERVER_TIMEOUT_MS);

const RUN = join(__dirname, '..', '..', '..', 'migrations', 'run.sh');
/** `lock_timeout` in migrations/relations.sql, and what a loaded machine may add. */
const LOCK_TIMEOUT_MS = 2000;
const SLACK_MS = 1500;
/** A writer that waited so long has found the fault, and the reader need not stay. */
const TOO_LONG_MS = 2 * (LOCK_TIMEOUT_MS + SLACK_MS);
const HELD = 'scan_jobs';
/** Between two statements of a writer, so that the writers do not slow down what they watch. */
const WRITER_PAUSE_MS = 20;

type Serving = Awaited<ReturnType<typeof serving>>;

/** A server with a control plane, and what the tests do to it. */
async function serving(major: PostgresMajor) {
  const server = await EmbeddedServer.start({ major, settings: { max_prepared_transactions: '1' } });
  const run: ContractRun = { urls: rehearsalUrls(server), parameters: defaultParameters() };
  const clients: Client[] = [];
  const asSuperuser = (...sql: string[]) => query(superuserUrl(server), ...sql);
  const tables = await migrated();

  async function migrated(): Promise<string[]> {
    await applyStep('before', run);
    await runStandIn(packagedUrl(server));
    await applyStep('after', run);
    await fillStandIn(run.urls.app);
    const rows = await asSuperuser(
      `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname in ('tenant_id', 'team_id')
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition order by 1`,
    );
    return rows.map(({ name }) => name);
  }

  async function endSessions(): Promise<void> {
    await Promise.all(clients.splice(0).map((client) => client.end()));
    const prepared = await asSuperuser('select gid from pg_prepared_xacts');
    await asSuperuser(...prepared.map(({ gid }) => `rollback prepared '${gid}'`));
  }

  async function session(url: string, name: string): Promise<Client> {
    const client = new Client({ connectionString: url, application_name: name });
    client.on('error', () => undefined);
    await client.connect();
    clients.push(client);
    return client;
  }

  /** As a database that is adopted: the tables are the administrator's, and no policy is there for the backup. */
  const adopted = () =>
    asSuperuser(
      `do $$ declare item record; begin
         for item in select oid::regclass as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') loop
           execute format('alter table %s owner to agent_bom_admin', item.name);
           execute format('drop policy if exists agent_bom_backup_reads on %s', item.name);
         end loop; end $$`,
      'revoke all on all tables in schema public from agent_bom_backup',
    );

  /** Writes to every table, over and over, until told to stop; the longest statement of each in ms. */
  async function writers(): Promise<{ longest: Map<string, number>; stop: () => Promise<void> }> {
    const longest = new Map<string, number>();
    let stopped = false;
    const work = async (names: string[]) => {
      const app = await session(superuserUrl(server), 'writer');
      await app.query('set role agent_bom_app');
      while (!stopped) {
        for (const name of names) {
          const start = performance.now();
          await app.query(`insert into ${name} default values`);
          longest.set(name, Math.max(longest.get(name) ?? 0, performance.now() - start));
          await pause(WRITER_PAUSE_MS);
        }
      }
    };
    const rest = tables.filter((name) => name !== HELD);
    const half = rest.length / 2;
    const working = [[HELD], rest.slice(0, half), rest.slice(half)].map(work);
    return {
      longest,
      stop: async () => {
        stopped = true;
        await Promise.all(working);
      },
    };
  }

  /** Runs a step next to writers and a reader that stays until the run has been refused twice. */
  async function besideReader(work: (notice: (text: string) => void) => Promise<void>) {
    const reader = await session(superuserUrl(server), 'open reader');
    await reader.query('begin');
    await reader.query(`select from ${HELD}`);
    const { longest, stop } = await writers();
    const waits: string[] = [];
    let reading = true;
    const leave = () => {
      if (reading) void reader.query('commit');
      reading = false;
    };
    const guard = setInterval(() => Math.max(...longest.values()) > TOO_LONG_MS && leave(), 100);
    const late = setTimeout(leave, 5 * TOO_LONG_MS);
    const start = performance.now();
    try {
      await work((text) => {
        if (!text.includes('trying again')) return;
        waits.push(text);
        if (waits.length === 2) leave();
      });
    } finally {
      clearInterval(guard);
      clearTimeout(late);
      leave();
      await stop();
    }
    const others = [...longest].filter(([name]) => name !== HELD).map(([, ms]) => ms);
    const figures = { held: longest.get(HELD) ?? 0, others: Math.max(...others), whole: performance.now() - start };
    if (process.env.SHOW_FIGURES !== undefined) console.info(major, figures);
    expect(longest.size).toBe(tables.length);
    expect(figures.held).toBeLessThan(LOCK_TIMEOUT_MS + SLACK_MS);
    expect(figures.others).toBeLessThan(SLACK_MS);
    expect(waits).toHaveLength(2);
    for (const text of waits)
      expect(text).toMatch(
        /the table public\.scan_jobs is in use by session \d+ \(open reader of rdsadmin, in a transaction since /,
      );
    expect((await verified(run)).filter(({ status }) => status === 'fail')).toEqual([]);
  }

  async function withPsql(step: string, notice: (text: string) => void): Promise<void> {
    const { admin, app, maintenance, backup } = run.urls;
    const child = spawn('bash', [RUN, step], {
      env: {
        PATH: process.env.PATH,
        CONTRACT_OPTIONS: startupOptions(run.parameters),
        ALEMBIC_DATABASE_URL: admin,
        AGENT_BOM_POSTGRES_URL: app,
        AGENT_BOM_POSTGRES_MAINTENANCE_URL: maintenance,
        AGENT_BOM_POSTGRES_BACKUP_URL: backup,
      },
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => text.split('\n').filter(Boolean).forEach(notice));
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0);
  }

  return { server, run, session, asSuperuser, endSessions, adopted, besideReader, withPsql };
}

describe('a run next to a control plane that is serving', () => {
  let sides: Serving[];

  beforeAll(async () => {
    sides = await Promise.all((['15', '18'] as const).map(serving));
  });

  afterEach(() => Promise.all(sides.map(({ endSessions }) => endSessions())));

  afterAll(() => Promise.all(sides.map(({ server }) => server.stop())));

  /** Most of the tests wait for locks and pauses: they wait on both servers at a time. */
  const onBoth = (test: (one: Serving) => Promise<void>) => async () => {
    const results = await Promise.allSettled(sides.map(test));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  };

  it(
    'takes over every table while a reader stays: no statement waits longer than the lock timeout',
    onBoth(async ({ adopted, asSuperuser, besideReader, run }) => {
      await adopted();
      const owner = "select relowner::regrole::text as owner from pg_class where oid = 'alembic_version'::regclass";
      const whileWaiting: Promise<Record<string, string>[]>[] = [];
      await besideReader(async (notice) => {
        const onNotice = (text: string) => {
          notice(text);
          if (text.includes('trying again')) whileWaiting.push(asSuperuser(owner));
        };
        for (const step of ['before', 'after'] as const) await applyStep(step, { ...run, onNotice });
      });
      // As long as it is the administrator's, so is everything beside it.
      expect(await whileWaiting[0]).toEqual([{ owner: 'agent_bom_admin' }]);
    }),
  );

  (hasClientTools(15) ? it : it.skip)(
    'does the same with psql',
    onBoth(async ({ asSuperuser, besideReader, withPsql }) => {
      await asSuperuser(
        'drop policy agent_bom_backup_reads on scan_jobs',
        'drop policy agent_bom_backup_reads on teams',
      );
      await besideReader((notice) => withPsql('after', notice));
    }),
  );

  it(
    'gives up in the end, says who is in the way, and continues from there',
    onBoth(async ({ asSuperuser, run, server, session }) => {
      await asSuperuser(
        'drop policy agent_bom_backup_reads on agents',
        `drop policy agent_bom_backup_reads on ${HELD}`,
      );
      const reader = await session(superuserUrl(server), 'open reader');
      const { rows } = await reader
        .query<{ pid: number }>(`begin; select pg_backend_pid() as pid from ${HELD} limit 1`)
        .then((all) => [all].flat().at(-1) ?? { rows: [] });
      const parameters = { ...run.parameters, 'agent_bom.lock_timeout': '3s' };
      // Neither the wait for the lock nor the pauses are for the server to end.
      await asSuperuser(
        "alter role agent_bom_admin set statement_timeout = '1900ms'",
        "alter role agent_bom_admin set timezone = 'Asia/Tokyo'",
      );
      const notices: string[] = [];
      const onNotice = (text: string) => notices.push(text);
      const failed = await applyStep('after', { ...run, parameters, onNotice }).catch((error: unknown) => error);
      // Another try would have ended after three seconds.
      expect(notices.filter((text) => text.includes('trying again'))).toEqual([]);
      await asSuperuser('alter role agent_bom_admin reset all');
      const [mistake] = failed instanceof ContractError ? failed.mistakes : [];
      expect(mistake?.got).toMatch(
        new RegExp(
          `^the table public\\.${HELD} has been in use for 3s by session ${rows[0]?.pid} ` +
            '\\(open reader of rdsadmin, in a transaction since \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d UTC\\)$',
        ),
      );
      const since = Date.parse(`${/since (.*) UTC/.exec(mistake?.got ?? '')?.[1]}Z`);
      expect(Math.abs(Date.now() - since)).toBeLessThan(10 * 60_000);
      expect(mistake?.fix).toContain('pg_terminate_backend(<session>)');
      const policies =
        "select polrelid::regclass::text as name from pg_policy where polname = 'agent_bom_backup_reads'";
      const names = async () => (await asSuperuser(policies)).map(({ name }) => name);
      expect(await names()).toContain('agents');
      expect(await names()).not.toContain(HELD);
      await asSuperuser(`select pg_terminate_backend(${rows[0]?.pid})`);
      await applyStep('after', run);
      expect(await names()).toContain(HELD);
    }),
  );

  it(
    'names three of those who hold a table, the longest first, and nobody who waits or is elsewhere',
    onBoth(async ({ asSuperuser, run, server, session }) => {
      const begin = async (name: string, statement: string, database?: string) => {
        const client = await session(server.urlFor(server.address.superuser, database), name);
        await client.query('begin');
        await client.query(statement);
        return client;
      };
      const holders = async (relation: string) => {
        const preludes = [FACTS, RELATIONS].map((path) => readFileSync(path, 'utf8'));
        const asked = `select pg_temp.holders('${relation}'::regclass) as text`;
        return (await query<{ text: string }>(run.urls.admin, ...preludes, asked))[0]?.text;
      };
      const pattern = (...names: string[]) =>
        new RegExp(
          `^${names.map((name) => (name === '' ? 'session of a prepared transaction \\(unknown application\\)' : `session \\d+ \\(${name} of rdsadmin, in a transaction since [^)]* UTC\\)`)).join(' and ')}$`,
        );
      const waiting = await begin('waiting', 'select 1');
      await begin('one', 'select from teams');
      const prepared = await begin('two', 'select from teams');
      await prepared.query("prepare transaction 'held'");
      const refused = waiting.query('lock table teams').catch(() => undefined);
      await until(async () => (await asSuperuser('select from pg_locks where not granted')).length > 0);
      expect(await holders('public.teams')).toMatch(pattern('one', ''));
      await asSuperuser("select pg_cancel_backend(pid) from pg_stat_activity where application_name = 'waiting'");
      await refused;
      for (const name of ['three', 'four', 'five']) await begin(name, 'select from teams');
      expect(await holders('public.teams')).toMatch(pattern('one', 'three', 'four'));
      await begin('elsewhere', 'select from pg_statistic', 'postgres');
      expect(await holders('pg_statistic')).toBe('a session that is gone by now');
    }),
  );

  it(
    'takes the table of revisions over when it has all others',
    onBoth(async ({ adopted, asSuperuser, run, server, session }) => {
      await adopted();
      const reader = await session(superuserUrl(server), 'open reader');
      await reader.query(`begin; select from ${HELD}`);
      const parameters = { ...run.parameters, 'agent_bom.lock_timeout': '1s' };
      await expect(applyStep('before', { ...run, parameters })).rejects.toThrow('has been in use for 1s');
      const owners = `select count(*)::int as tables from pg_class
                       where relname in ('alembic_version', '${HELD}') and relowner = 'agent_bom_admin'::regrole`;
      expect(await asSuperuser(owners)).toEqual([{ tables: 2 }]);
      await reader.query('rollback');
      await applyStep('before', run);
      expect(await asSuperuser(owners)).toEqual([{ tables: 0 }]);
      await applyStep('after', run);
    }),
  );

  type Step = 'before' | 'after' | 'revoke';
  type Apply = (one: Serving, step: Step, onNotice: (text: string) => void) => Promise<void>;
  const runners: [string, boolean, Apply][] = [
    ['Node.js', true, ({ run }, step, onNotice) => applyStep(step, { ...run, onNotice })],
    ['psql', hasClientTools(15), ({ withPsql }, step, onNotice) => withPsql(step, onNotice)],
  ];

  it.each(
    runners,
  )('waits two seconds for what is not a table, too, and tries again, with %s', async (_, isHere, apply) => {
    if (isHere) await onBoth((one) => waitsForRoles(one, apply))();
  });

  async function waitsForRoles(one: Serving, apply: Apply): Promise<void> {
    const { asSuperuser, run, server, session } = one;
    // Each step changes something else that the other session holds.
    const held = [
      [
        'before',
        'grant create on schema public to agent_bom_readonly',
        'grant usage on schema public to agent_bom_readonly',
      ],
      ['after', 'alter role agent_bom_app connection limit 7', 'alter role agent_bom_app connection limit 8'],
      ['revoke', 'alter role agent_bom_app_b login', 'alter role agent_bom_app_b connection limit 8'],
    ] as const;
    await asSuperuser('create role agent_bom_readonly nologin');
    for (const [step, differs, holds] of held) {
      await asSuperuser(differs);
      const other = await session(superuserUrl(server), 'a DBA');
      await other.query(`begin; ${holds}`);
      const notices: string[] = [];
      const free = async (notice: string) => {
        notices.push(notice);
        if (notice.startsWith('another session')) await other.query('rollback');
      };
      const start = Date.now();
      await apply(one, step, (notice) => void free(notice));
      const retries = notices.filter((notice) =>
        /^another session holds what .* changes; trying again in 1 s$/.test(notice),
      );
      expect(retries).toHaveLength(1);
      expect(notices.join('\n')).not.toMatch(/55P03|LOCATION/);
      expect(Date.now() - start).toBeGreaterThan(2000);
    }
    expect(
      await asSuperuser(
        "select count(*)::int as rows from pg_namespace, aclexplode(nspacl) a where nspname = 'public' and a.privilege_type = 'CREATE' and a.grantee = 'agent_bom_readonly'::regrole",
      ),
    ).toEqual([{ rows: 0 }]);
    await asSuperuser('drop owned by agent_bom_readonly', 'drop role agent_bom_readonly');
    expect((await verified(run)).filter(({ status }) => status === 'fail')).toEqual([]);
  }

  it(
    'tries again after a deadlock',
    onBoth(async ({ asSuperuser, run }) => {
      await asSuperuser(
        'create schema deadlocks',
        'create sequence deadlocks.tries',
        `create function deadlocks.fail() returns event_trigger language plpgsql security definer as $$ begin
         if nextval('deadlocks.tries') < 2 then raise 'deadlock' using errcode = 'deadlock_detected'; end if; end $$`,
        "create event trigger deadlocks on ddl_command_start when tag in ('CREATE POLICY') execute function deadlocks.fail()",
        'drop policy agent_bom_backup_reads on teams',
      );
      const notices: string[] = [];
      await applyStep('after', { ...run, onNotice: (text) => notices.push(text) });
      await asSuperuser('drop event trigger deadlocks', 'drop schema deadlocks cascade');
      expect(notices).toEqual([
        expect.stringMatching(/^the table public\.teams is in use by .*; trying again in 1 s$/),
      ]);
      expect((await verified(run)).filter(({ status }) => status === 'fail')).toEqual([]);
    }),
  );

  it(
    'analyzes tables that have rows and no statistics, and not those without rows',
    onBoth(async ({ asSuperuser, run, server, session }) => {
      const names = `('scan_jobs', 'fresh', 'hub_findings_current_observations')`;
      await query(packagedUrl(server), 'create table fresh (id int)', 'create table locked as select 1 as id');
      await applyStep('after', run);
      await asSuperuser(`update pg_class set reltuples = -1 where relname in ${names} or relname = 'locked'`);
      // One that is locked is left to the next run, and nobody waits for it.
      const other = await session(superuserUrl(server), 'a DBA');
      await other.query('begin; lock table locked in access exclusive mode');
      const notices: string[] = [];
      const parameters = { ...run.parameters, 'agent_bom.lock_timeout': '1s' };
      await applyStep('after', { ...run, parameters, onNotice: (text) => notices.push(text) });
      await other.query('rollback');
      expect(notices).toEqual([]);
      const rows = await asSuperuser(`select relname as name, reltuples from pg_class where relname in ${names}`);
      expect(rows.find(({ name }) => name === 'fresh')?.reltuples).toBe(-1);
      expect(rows.find(({ name }) => name.startsWith('hub_'))?.reltuples).toBeGreaterThan(0);
      const [{ number } = { number: 0 }] = await asSuperuser('select count(*)::int as number from scan_jobs');
      expect(rows.find(({ name }) => name === HELD)?.reltuples).toBe(number);
      await asSuperuser('drop table fresh, locked');
    }),
  );
});
