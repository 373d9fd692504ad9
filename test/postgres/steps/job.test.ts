import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLog } from '../../../commands/doctor/verification-log';
import { EmbeddedServer } from '../../../commands/embedded/server';
import { packagedUrl } from '../../../commands/rehearse/rehearse';
import { clientPath } from '../../../commands/rehearse/restore-step';
import { describeIf } from '../../support/describe-if';
import { AwsStandIn } from '../../support/postgres/aws-stand-in';
import { DATABASE_CHECKS, hasClientTools, query, SERVER_TIMEOUT_MS } from '../../support/postgres/database';
import { type Credentials, JobRunner } from '../../support/postgres/job';
import { minimal, parsed, synthesize } from '../../support/synth/environments';

jest.setTimeout(SERVER_TIMEOUT_MS);

const PRINTABLE = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('');
/** Of what RFC 4013 maps to a space, and to nothing. */
const SPACES = '\u00A0\u1680\u2000\u2003\u200B\u202F\u205F\u3000';
const NOTHING = '\u00AD\u034F\u1806\u180B\u180D\u200C\u200D\u2060\uFE00\uFE0F\uFEFF';
/** Three at a time, one for each identity. */
const PASSWORDS: readonly [app: string, maintenance: string, backup: string][] = [
  [
    PRINTABLE,
    '"quotes" \'single\' `back` \\ %41 $HOME ${HOME} $(id) ; -- /* */ 😀\uFE0F\u00A0',
    ' leading and trailing ',
  ],
  // A key that is longer than a block of SHA-256 is hashed.
  [`${SPACES}pässwörter-日本語-e\u0301-ﬁ${NOTHING}`, 'x'.repeat(64), 'y'.repeat(65)],
];

describeIf(hasClientTools(15))('the synthesized Job, executed with psql', () => {
  const { workload } = synthesize(parsed(minimal()));
  let server: EmbeddedServer;
  let admin: Credentials[string];
  const runners: JobRunner[] = [];

  beforeAll(async () => {
    server = await EmbeddedServer.start({ settings: { log_statement: 'all', log_min_messages: 'debug1' } });
    admin = server.address.admin;
  });

  afterAll(async () => {
    await server.stop();
    for (const runner of runners) runner.end();
  });

  function job(passwords: { app: string; maintenance: string; backup: string }, name?: RegExp): JobRunner {
    const runner = new JobRunner(workload, server, credentialsOf(passwords), { job: name });
    runners.push(runner);
    return runner;
  }

  function credentialsOf(passwords: { app: string; maintenance: string; backup: string }): Credentials {
    return {
      'agent-bom-admin': admin,
      'agent-bom-app-g1': { user: 'agent_bom_app', password: passwords.app },
      'agent-bom-maintenance-g1': { user: 'agent_bom_maintenance', password: passwords.maintenance },
      'agent-bom-backup-g1': { user: 'agent_bom_backup', password: passwords.backup },
    };
  }

  it('migrates and verifies, container by container', async () => {
    const runner = job({ app: 'canary-one', maintenance: 'canary-two', backup: 'canary-three' });
    expect(runner.containerNames()).toEqual(['before', 'stop-api', 'packaged', 'after', 'verify']);
    expect(await runner.run('before')).toEqual({ code: 0, output: expect.stringContaining('step before done') });
    const revision = () => readFileSync(runner.environmentOf('before').CONTRACT_DATABASE_REVISION_FILE ?? '', 'utf8');
    expect(revision()).toBe('');
    const url = runner.environmentOf('packaged').ALEMBIC_DATABASE_URL ?? '';
    expect(url.replace(/sslrootcert=[^&]+/, `sslrootcert=${server.address.caFile}`)).toBe(packagedUrl(server));
    expect(await runner.run('packaged')).toMatchObject({ code: 0 });
    expect(await runner.run('after')).toEqual({ code: 0, output: expect.stringContaining('step after done') });
    expect(await runner.run('before')).toMatchObject({ code: 0 });
    expect(await query(packagedUrl(server), 'select version_num as revision from alembic_version')).toEqual([
      { revision: revision().trimEnd() },
    ]);
    const { code, output } = await runner.run('verify');
    expect({ code, output }).toMatchObject({ code: 0 });
    expect([...output.matchAll(/^pass +(\S+)/gm)].map(([, id]) => id).sort()).toEqual([...DATABASE_CHECKS].sort());
    expect(output).not.toMatch(/^(?:fail|skip)/m);
  });

  it('names the check that fails, and ends with 1', async () => {
    await query(server.urlFor(server.address.superuser), 'alter table scan_jobs disable row level security');
    const runner = await job({ app: 'canary-one', maintenance: 'wrong', backup: 'canary-three' }).writeRevisions();
    const { code, output } = await runner.run('verify');
    await query(server.urlFor(server.address.superuser), 'alter table scan_jobs enable row level security');
    expect(code).toBe(1);
    expect(output).toMatch(/^fail +tenancy\.row-security +scan_jobs: row-level security is off$/m);
    expect(output).toMatch(
      /^fail +login\.maintenance +010_login\.sql could not run as agent_bom_maintenance; psql says why above$/m,
    );
    expect(output.match(/^fail/gm)).toHaveLength(2);
    expect(output.trimEnd().split('\n').at(-1)).toBe(
      'error: the contract does not hold: tenancy.row-security login.maintenance; the lines that begin with fail say where',
    );
  });

  it.each(PASSWORDS)('delivers the passwords %j, %j and %j to the server intact', async (app, maintenance, backup) => {
    const runner = await job({ app, maintenance, backup }).writeRevisions();
    expect(await runner.run('after')).toMatchObject({ code: 0 });
    expect(await runner.run('verify')).toMatchObject({ code: 0 });
    const logins = { agent_bom_app: app, agent_bom_maintenance: maintenance, agent_bom_backup: backup };
    // With libpq, as the product logs in: not every library prepares an emoji as it does.
    const login = (user: string, password: string) => {
      const asked = ['-XAtc', 'select current_user', server.urlFor({ user, password })];
      return execFileSync('psql', asked, { env: { PATH: clientPath(15) }, encoding: 'utf8', stdio: 'pipe' });
    };
    for (const [user, password] of Object.entries(logins)) {
      expect(login(user, password)).toBe(`${user}\n`);
      expect(() => login(user, `${password}!`)).toThrow('password authentication failed');
    }
  });

  it('revokes the logins of the other generation, which the checks do not miss', async () => {
    const [passwords] = PASSWORDS.map(([app, maintenance, backup]) => ({ app, maintenance, backup }));
    if (passwords === undefined) throw new Error('no passwords');
    expect(await job(passwords).run('after')).toMatchObject({ code: 0 });
    const revoked = await job(passwords, /^agent-bom-revoke-/).run('revoke');
    expect(revoked).toEqual({ code: 0, output: expect.stringContaining('step revoke done') });
    expect(
      await query(
        server.urlFor(server.address.superuser),
        "select rolname from pg_roles where rolname ~ '^agent_bom_(app|maintenance)' and not rolcanlogin order by 1",
      ),
    ).toEqual([{ rolname: 'agent_bom_app_b' }, { rolname: 'agent_bom_maintenance_b' }]);
    expect(await (await job(passwords).writeRevisions()).run('verify')).toMatchObject({ code: 0 });
  });

  it('is verified by the CronJob too, which changes nothing and tells the bucket of a success alone', async () => {
    const [app = '', maintenance = '', backup = ''] = PASSWORDS[0] ?? [];
    expect(await job({ app, maintenance, backup }).run('after')).toMatchObject({ code: 0 });
    const superuser = server.urlFor(server.address.superuser);
    // The probe of the tenants writes, and takes it back: what counts is what stays.
    const contents = `
      select table_name::text as what, (xpath('/row/c/text()', query_to_xml(format('select count(*) as c from public.%I', table_name), false, true, '')))[1]::text as content
        from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'
      union all select rolname, concat_ws(' ', rolconnlimit, rolcanlogin, rolpassword) from pg_authid
      order by 1, 2`;
    const before = await query(superuser, contents);
    const aws = new AwsStandIn();
    const credentials = credentialsOf({ app, maintenance, backup });
    const runner = new JobRunner(workload, server, credentials, {
      job: /^agent-bom-verify$/,
      executables: aws.executables,
    });
    runners.push(runner);
    expect(runner.containerNames()).toEqual(['revisions', 'verify', 'announce']);
    expect(await runner.runAll()).toMatchObject({ code: 0, last: 'announce' });
    const [announced, ...others] = aws.calls();
    expect(others).toEqual([]);
    expect(announced).toMatch(
      / s3:\/\/\S+\/verified\/[\dTZ-]+\.json --sse aws:kms --sse-kms-key-id \S+ --content-type application\/json --only-show-errors$/,
    );
    const unheard = await aws.refusing(() => runner.run('announce'));
    expect(unheard).toEqual({ code: 254, output: expect.not.stringContaining('announced') });
    const { output } = await runner.run('verify');
    const { results, target } = readLog(output);
    expect(results.map(({ id }) => id).sort()).toEqual([...DATABASE_CHECKS].sort());
    expect(results.filter(({ status }) => status !== 'pass')).toEqual([]);
    expect(target).toMatch(/\/agent_bom$/);
    expect(await query(superuser, contents)).toEqual(before);
    await query(superuser, 'alter table scan_jobs disable row level security');
    const failed = await runner.runAll();
    await query(superuser, 'alter table scan_jobs enable row level security');
    expect(failed).toMatchObject({ code: 78, last: 'verify' });
    expect(
      readLog(failed.output)
        .results.filter(({ status }) => status === 'fail')
        .map(({ id }) => id),
    ).toEqual(['tenancy.row-security']);
    expect(aws.calls()).toHaveLength(1);
    aws.remove();
  });

  it('leaves no password in the log, in the activity view or in a setting', async () => {
    const rows = await query(
      server.urlFor(server.address.superuser),
      `select query as text from pg_stat_activity where query is not null
       union all select array_to_string(setconfig, ' ') from pg_db_role_setting
       union all select setting from pg_settings where setting is not null`,
    );
    const secrets = [
      'canary-one',
      'canary-two',
      'canary-three',
      'leading and trailing',
      'y'.repeat(64),
      admin?.password ?? '',
    ];
    const log = readFileSync(join(server.address.directory, 'server.log'), 'utf8');
    expect(log).toContain('alter role %I login password %L');
    for (const text of [log, JSON.stringify(rows)]) {
      for (const secret of secrets) {
        expect(text.split('\n').filter((line) => line.includes(secret))).toEqual([]);
      }
    }
  });
});
