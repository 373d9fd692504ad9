import { EmbeddedServer } from '../../../commands/embedded/server';
import { defaultParameters, packagedUrl, rehearsalUrls, runStandIn } from '../../../commands/rehearse/rehearse';
import { applyStep, type ContractRun } from '../../../commands/shared/postgres/contract-runner';
import { CHECKS } from '../../../contract/postgres/checks';
import { loginOfGeneration, MARKER_ROLE, OWNER_ROLE, RUNTIME_IDENTITIES } from '../../../contract/postgres/identities';
import { DEFAULT_MAJOR } from '../../../contract/postgres/majors';
import { fingerprint, query, SERVER_TIMEOUT_MS, superuserUrl, verified } from '../../support/postgres/database';
import { BusyPod, urlsOfGeneration } from '../../support/postgres/generations';
import { TESTED_MAJORS } from '../../support/postgres/majors';

jest.setTimeout(SERVER_TIMEOUT_MS);

describe.each(TESTED_MAJORS)('the contract on PostgreSQL %s with the privileges of RDS', (major) => {
  let server: EmbeddedServer;
  let run: ContractRun;
  const notices: string[] = [];

  beforeAll(async () => {
    server = await EmbeddedServer.start({ major, settings: { log_statement: 'all' } });
    run = { urls: rehearsalUrls(server), parameters: defaultParameters(), onNotice: (text) => notices.push(text) };
    await applyStep('before', run);
    await runStandIn(packagedUrl(server));
    await applyStep('after', run);
  });

  afterAll(() => server.stop());

  it('passes every check, each exactly once', async () => {
    const results = await verified(run);
    expect(results.map(({ id }) => id)).toEqual(CHECKS.map(({ id }) => id));
    expect(results.filter(({ status }) => status !== 'pass').map(({ id }) => id)).toEqual([
      'backup.restore',
      'pods.secret-source',
      'api.rate-limit',
      'api.audit-log',
    ]);
  });

  it('creates the roles of the identities and no others', async () => {
    const rows = await query<{ rolname: string }>(
      superuserUrl(server),
      "select rolname from pg_roles where rolname ~ '^agent_bom_'",
    );
    const logins = RUNTIME_IDENTITIES.flatMap((identity) => identity.logins);
    const expected = [...logins, OWNER_ROLE, MARKER_ROLE, server.address.admin.user];
    expect(rows.map(({ rolname }) => rolname).sort()).toEqual(expected.sort());
    const limits = RUNTIME_IDENTITIES.flatMap(({ logins: names, limitSetting }) =>
      names.map((rolname) => ({ rolname, rolconnlimit: Number(run.parameters[limitSetting]) })),
    );
    const found = await query(
      superuserUrl(server),
      `select rolname, rolconnlimit from pg_roles where rolname in (${logins.map((name) => `'${name}'`).join()}) order by rolname`,
    );
    expect(found).toEqual(limits.sort((one, other) => one.rolname.localeCompare(other.rolname)));
  });

  it('changes nothing and says nothing when it runs again', async () => {
    const before = await fingerprint(server);
    notices.length = 0;
    await applyStep('before', run);
    await runStandIn(packagedUrl(server));
    await applyStep('after', run);
    expect(await fingerprint(server)).toEqual(before);
    expect(before.facts).toBeGreaterThan(150);
    expect(notices).toEqual([]);
  });

  it('keeps one tenant from another, and shows everything to the backup, which can write nothing', async () => {
    const asTenant = (tenant: string, ...statements: string[]) =>
      query<{ count: number }>(run.urls.app, `set app.tenant_id = '${tenant}'`, ...statements);
    await asTenant('one', "insert into scan_jobs (body) values ('{}')");
    await asTenant('two', "insert into scan_jobs (body) values ('{}'), ('{}')");
    const count = 'select count(*)::int as count from scan_jobs';
    expect(await asTenant('one', count)).toEqual([{ count: 1 }]);
    expect(await asTenant('two', count)).toEqual([{ count: 2 }]);
    expect(await asTenant('one', "set app.bypass_rls = '1'", count)).toEqual([{ count: 1 }]);
    expect(await query(run.urls.backup, count)).toEqual([{ count: 3 }]);
    await expect(
      query(run.urls.backup, 'set default_transaction_read_only = off', 'delete from scan_jobs'),
    ).rejects.toThrow('permission denied for table scan_jobs');
  });

  it('refuses the previous password after a rotation, and keeps the previous login open', async () => {
    const next = {
      ...run,
      urls: { ...rehearsalUrls(server), app: server.urlFor({ user: 'agent_bom_app_b', password: 'n%x t' }) },
    };
    await applyStep('after', next);
    expect(await query(next.urls.app, 'select current_user as login')).toEqual([{ login: 'agent_bom_app_b' }]);
    expect(await query(run.urls.app, 'select current_user as login')).toEqual([{ login: 'agent_bom_app' }]);
    await expect(query(run.urls.maintenance, 'select 1')).rejects.toThrow('password authentication failed');
    run = { ...run, urls: { ...next.urls, app: run.urls.app } };
  });

  async function loginsThatMayLogIn(): Promise<string[]> {
    const logins = RUNTIME_IDENTITIES.flatMap((identity) => identity.logins.map((login) => `'${login}'`)).join();
    const rows = await query<{ rolname: string }>(
      superuserUrl(server),
      `select a.rolname from pg_authid a
        where a.rolname in (${logins}) and (a.rolcanlogin or a.rolpassword is not null) order by a.rolname`,
    );
    return rows.map(({ rolname }) => rolname);
  }

  async function revocationWaits(): Promise<boolean> {
    const waiting =
      "select from pg_stat_activity where application_name = 'agent-bom-postgres' and wait_event = 'PgSleep'";
    return (await query(superuserUrl(server), waiting)).length > 0;
  }

  it('rotates under load: no query fails, and no previous login is left', async () => {
    const generations = [1, 2, 3].map((generation) => ({ ...run, urls: urlsOfGeneration(server, generation) }));
    const pods: BusyPod[] = [];
    let previous: ContractRun | undefined;
    for (const generation of generations) {
      await applyStep('after', generation);
      // A full pool on the default version, and smaller ones on the others and where it runs alone.
      const pod = new BusyPod(generation.urls.app, TESTED_MAJORS.length > 1 && major === DEFAULT_MAJOR ? 20 : 4);
      await pod.warmUp();
      let revoked = false;
      const revocation = applyStep('revoke', generation).finally(() => {
        revoked = true;
      });
      // The previous pod works on while its login is about to go, and until the last answer has come.
      while (!revoked && !(await revocationWaits())) await pods.at(-1)?.warmUp();
      await pods.at(-1)?.warmUp();
      await pods.at(-1)?.drain();
      await revocation;
      await pod.warmUp();
      for (const identity of ['app', 'maintenance'] as const) {
        if (previous === undefined) continue;
        await expect(query(previous.urls[identity], 'select 1')).rejects.toThrow('password authentication failed');
        expect(await query(generation.urls[identity], 'select 1 as one')).toEqual([{ one: 1 }]);
      }
      expect(await loginsThatMayLogIn()).toEqual(
        RUNTIME_IDENTITIES.map((identity) => loginOfGeneration(identity, generations.indexOf(generation) + 1)).sort(),
      );
      expect((await verified(generation)).filter(({ status }) => status === 'fail')).toEqual([]);
      pods.push(pod);
      previous = generation;
    }
    await pods.at(-1)?.drain();
    expect(pods.flatMap(({ failures }) => failures)).toEqual([]);
    for (const { answered } of pods) expect(answered).toBeGreaterThan(8);
    // The login of the first generation is open again, and its first password is not.
    await expect(query(generations[0]?.urls.app ?? '', 'select 1')).rejects.toThrow('password authentication failed');
    run = previous ?? run;
  });

  it('ends the sessions that outlast the patience', async () => {
    const next = { ...run, urls: urlsOfGeneration(server, 4) };
    await applyStep('after', next);
    const pod = new BusyPod(run.urls.app, 2);
    await pod.warmUp();
    const impatient = { ...next, parameters: { ...next.parameters, 'agent_bom.drain_timeout': '100ms' } };
    const asSuperuser = (...sql: string[]) => query(superuserUrl(server), ...sql);
    await asSuperuser('revoke pg_signal_backend from rds_superuser');
    await expect(applyStep('revoke', impatient)).rejects.toMatchObject({
      mistakes: [
        {
          got: 'the administrator agent_bom_admin may not end the sessions of agent_bom_app',
          fix: 'Run as a superuser: GRANT pg_signal_backend TO agent_bom_admin; and run this again.',
        },
      ],
    });
    await asSuperuser('grant pg_signal_backend to rds_superuser');
    // Whoever closed the login of the backup has not said that a dump may not end.
    const dump = new BusyPod(next.urls.backup, 1);
    await dump.warmUp();
    await asSuperuser('alter role agent_bom_backup nologin');
    notices.length = 0;
    await applyStep('revoke', impatient);
    await dump.warmUp();
    await dump.drain();
    expect(dump.failures).toEqual([]);
    await asSuperuser('alter role agent_bom_backup login');
    expect(notices).toEqual(['open sessions of agent_bom_app and agent_bom_maintenance after 00:00:00.1: 2']);
    await pod.drain();
    expect(new Set(pod.failures)).toEqual(new Set(['terminating connection due to administrator command']));
    run = next;
  });

  it('revokes nothing for a URL whose login is not set up, or is none of the identity', async () => {
    const unset = { ...run, urls: urlsOfGeneration(server, 1) };
    await expect(applyStep('revoke', unset)).rejects.toThrow(
      'the login agent_bom_app of AGENT_BOM_POSTGRES_URL is not set up',
    );
    const foreign = { ...run, urls: { ...run.urls, app: run.urls.backup } };
    await expect(applyStep('revoke', foreign)).rejects.toThrow('AGENT_BOM_POSTGRES_URL logs in as agent_bom_backup');
    expect(await query(run.urls.app, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('revokes again without a change or a word, several times at once', async () => {
    const before = await fingerprint(server);
    notices.length = 0;
    await Promise.all([1, 2, 3].map(() => applyStep('revoke', run)));
    expect(await fingerprint(server)).toEqual(before);
    expect(notices.filter((notice) => !notice.startsWith('waiting: '))).toEqual([]);
  });
});

describe('a database that the packaged migrations made without the contract, as PostgreSQL 15 lets them', () => {
  it('is brought to the contract', async () => {
    const server = await EmbeddedServer.start({ major: '15' });
    try {
      const run: ContractRun = { urls: rehearsalUrls(server), parameters: defaultParameters() };
      await query(run.urls.admin, 'create role agent_bom_app login');
      await runStandIn(run.urls.admin);
      // What the administrator made besides is no part of it.
      await query(
        run.urls.admin,
        'create materialized view public.sums as select count(*) from scan_jobs',
        'create view public.peek as select 1 as one',
        'create sequence public.numbers',
      );
      await query(
        superuserUrl(server),
        'create extension file_fdw',
        'create server files foreign data wrapper file_fdw',
        "create foreign table public.feed (line text) server files options (filename '/dev/null')",
        'alter foreign table public.feed owner to agent_bom_admin',
      );
      const detail = Object.fromEntries((await verified(run)).map((result) => [result.id, result.detail]));
      const owned = detail['ownership.relations'];
      for (const name of ['scan_jobs', 'hub_findings_current_observations', 'scan_jobs_id_seq', 'numbers', 'peek']) {
        expect(owned).toMatch(new RegExp(`(^|; )${name} belongs to agent_bom_admin`));
      }
      expect(detail['schema.foreign-objects']).toContain('foreign tables (1): feed; materialized views (1): sums');
      await query(run.urls.admin, 'drop materialized view public.sums', 'drop foreign table public.feed');
      await applyStep('before', run);
      await runStandIn(packagedUrl(server));
      await applyStep('after', run);
      await query(superuserUrl(server), 'drop view public.peek', 'drop sequence public.numbers');
      expect((await verified(run)).filter(({ status }) => status === 'fail')).toEqual([]);
    } finally {
      await server.stop();
    }
  });
});
