import { Client, Pool } from 'pg';
import { EmbeddedServer } from '../../../commands/embedded/server';
import { fillStandIn } from '../../../commands/rehearse/rehearse';
import { connectionLimits } from '../../../contract/postgres/connection-budget';
import { describeIf } from '../../support/describe-if';
import { AwsStandIn } from '../../support/postgres/aws-stand-in';
import { hasClientTools, query, SERVER_TIMEOUT_MS, superuserUrl } from '../../support/postgres/database';
import { type Credentials, JobRunner } from '../../support/postgres/job';
import { minimal, parsed, synthesize } from '../../support/synth/environments';
import type { Template } from '../../support/synth/template';

jest.setTimeout(SERVER_TIMEOUT_MS);

const ENGINE = { database: { ...minimal().database, engine: '15' } };
const APP = { user: 'agent_bom_app', password: 'app password' };
const ROWS = 'select count(*)::int as rows from scan_jobs';
/** As long as a name may be: those of the databases beside it are no longer. */
const RESTORED = `restored_${'x'.repeat(54)}`;

describeIf(hasClientTools(15))('the synthesized Jobs, executed with psql and pg_dump', () => {
  const environment = parsed({ ...minimal(), ...ENGINE });
  const { workload } = synthesize(environment);
  const aws = new AwsStandIn();
  let server: EmbeddedServer;
  let dump: string;
  /** The database that a restore has replaced. */
  let kept: string | undefined;

  beforeAll(async () => {
    server = await EmbeddedServer.start({ major: '15' });
    await query(server.urlFor(server.address.admin, 'postgres'), `create database ${RESTORED}`);
  });

  afterAll(async () => {
    await server.stop();
    aws.remove();
  });

  function runner(job: RegExp, template = workload, database?: string): JobRunner {
    const credentials: Credentials = {
      'agent-bom-admin': server.address.admin,
      'agent-bom-app-g1': APP,
      'agent-bom-maintenance-g1': { user: 'agent_bom_maintenance', password: 'maintenance password' },
      'agent-bom-backup-g1': { user: 'agent_bom_backup', password: 'backup password' },
    };
    return new JobRunner(template, server, credentials, { job, database, executables: aws.executables });
  }

  /** A workload whose environment file asks for a restore. */
  function restoring(restore: object): Template {
    return synthesize(parsed({ ...minimal(), ...ENGINE, backup: { restore } })).workload;
  }

  async function run(job: RegExp, template?: Template, database?: string) {
    const pod = runner(job, template, database);
    const result = await pod.runAll();
    pod.end();
    return result;
  }

  const rowsIn = (database: string) =>
    query(server.urlFor(APP, database), "set app.tenant_id = 'north'", ROWS).then(([row]) => row?.rows);

  it('migrate every month as the migration Job does', async () => {
    for (const job of [/^agent-bom-migrate-[0-9a-f]/, /^agent-bom-migrate-monthly$/]) {
      const { code, last, output } = await run(job);
      expect({ code, last, output }).toMatchObject({ code: 0, last: 'verify' });
      expect(output).toMatch(/^pass +login\.backup /m);
    }
    await fillStandIn(server.urlFor(APP));
  });

  it('verify while a dump holds its connections', async () => {
    const login = { user: 'agent_bom_backup', password: 'backup password' };
    const sessions = [1, 2].map(() => new Client({ connectionString: server.urlFor(login) }));
    await Promise.all(sessions.map((session) => session.connect()));
    const monthly = await runner(/monthly$/).writeRevisions();
    const { code, output } = await monthly.run('verify');
    await Promise.all(sessions.map((session) => session.end()));
    expect({ code, output }).toMatchObject({ code: 0 });
  });

  it('dump and upload, the manifest last', async () => {
    const { code, last, output } = await run(/^agent-bom-backup$/);
    expect({ code, last, output }).toMatchObject({ code: 0, last: 'upload' });
    const bucket = 'cross-stack-output-aws_s3_bucketbackup_bucket_27FD5F51bucket';
    const key = 'cross-stack-output-aws_kms_keyencryption_key_EEB70057arn';
    const [folder = '', ...others] = aws.list(`${bucket}/dumps`);
    expect(others).toEqual([]);
    expect(folder).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}Z$/);
    dump = folder;
    const options = `--sse aws:kms --sse-kms-key-id ${key} --checksum-algorithm SHA256 --only-show-errors`;
    expect(aws.calls().map((call) => call.replace(/ \/\S+\/scratch\//, ' '))).toEqual([
      `s3 cp ${dump}.dump s3://${bucket}/dumps/${dump}/${dump}.dump ${options}`,
      `s3 cp ${dump}.manifest s3://${bucket}/dumps/${dump}/${dump}.manifest ${options}`,
    ]);
    expect(aws.read(`${bucket}/dumps/${dump}/${dump}.manifest`)).toContain('rows\tscan_jobs\tnorth\t3\n');
  });

  it('upload nothing that is no whole dump', async () => {
    const pod = runner(/^agent-bom-backup$/);
    expect(await pod.run('upload')).toEqual({ code: 2, output: expect.stringContaining('exactly one manifest') });
    pod.end();
  });

  it('fail where the bucket takes nothing', async () => {
    const refused = await aws.refusing(() => run(/^agent-bom-backup$/));
    expect(refused).toMatchObject({ code: 254, last: 'upload' });
    expect(refused.output).not.toContain('uploaded');
  });

  it('restore from the upload into another database', async () => {
    const { code, last, output } = await run(/restore/, restoring({ dump }), RESTORED);
    expect({ code, last, output }).toMatchObject({ code: 0, last: 'verify' });
    expect(output).toMatch(/^restored: \d+ rows in \d+ tables and tenants, exactly as dumped$/m);
    expect(await rowsIn(RESTORED)).toBe(3);
  });

  it('restore once', async () => {
    await query(superuserUrl(server).replace('/agent_bom', `/${RESTORED}`), 'delete from scan_jobs');
    const again = await run(/restore/, restoring({ dump, replace: RESTORED }), RESTORED);
    expect(again).toMatchObject({ code: 0, last: 'verify' });
    expect(again.output).toContain(`left as it is: database ${RESTORED} was restored from ${dump}.dump already`);
    expect(await rowsIn(RESTORED)).toBe(0);
  });

  it('refuse a database that holds data', async () => {
    const refused = await run(/restore/, restoring({ dump }));
    expect(refused).toMatchObject({ code: 3, last: 'restore' });
    expect(refused.output).toContain('a restore would replace them');
    expect(await rowsIn('agent_bom')).toBe(3);
  });

  it('replace what the database holds while the control plane is connected, which connects again', async () => {
    await query(superuserUrl(server), 'delete from scan_jobs');
    const pool = new Pool({ connectionString: server.urlFor(APP), max: 1, idleTimeoutMillis: 0 });
    const ended = new Promise((resolve) => pool.once('error', resolve));
    await pool.query("set app.tenant_id = 'north'");
    const replaced = await run(/restore/, restoring({ dump, replace: 'agent_bom' }));
    expect(replaced).toMatchObject({ code: 0, last: 'verify' });
    expect(await ended).toMatchObject({ message: 'terminating connection due to administrator command' });
    expect((await pool.query('select current_database() as name')).rows).toEqual([{ name: 'agent_bom' }]);
    await pool.end();
    expect(await rowsIn('agent_bom')).toBe(3);
    const [login] = await query<{ rolconnlimit: number }>(
      superuserUrl(server),
      "select rolconnlimit from pg_roles where rolname = 'agent_bom_app'",
    );
    expect(login?.rolconnlimit).toBe(connectionLimits(environment.release).app);
  });

  it('say which dump could not be fetched', async () => {
    const missing = await run(/restore/, restoring({ dump: '2020-01-31T03-00-00Z' }));
    expect(missing).toMatchObject({ code: 2, last: 'download' });
    expect(missing.output).toContain(
      'dumps/2020-01-31T03-00-00Z/2020-01-31T03-00-00Z.manifest could not be downloaded',
    );
  });

  it.each([
    [
      'an older schema, for the migrations to bring further',
      '20260812_01',
      0,
      'run the migrations to bring it to 00000000_01',
    ],
    [
      'no newer schema',
      '20261231_01',
      2,
      "is of the schema's revision 20261231_01, and this version of the contract ends at",
    ],
  ])('restore %s', async (_what, revision, code, message) => {
    const from = (
      await query<{ version_num: string }>(superuserUrl(server), 'select version_num from alembic_version')
    )[0];
    const setRevision = (to = '') => query(superuserUrl(server), `update alembic_version set version_num = '${to}'`);
    await setRevision(revision);
    const dumped = await run(/^agent-bom-backup$/);
    await setRevision(from?.version_num);
    const [, name] = /^uploaded (.*)$/m.exec(dumped.output) ?? [];
    const pod = runner(/restore/, restoring({ dump: name, replace: RESTORED }), RESTORED);
    await pod.run('download');
    await pod.run('revisions');
    const restored = await pod.run('restore');
    pod.end();
    expect(restored).toEqual({ code, output: expect.stringContaining(message) });
    kept ??= /^the previous contents are in the database (\w+);/m.exec(restored.output)?.[1];
    const names = "select datname from pg_database where datname ~ '^restored.*_before_'";
    expect(await query(superuserUrl(server), names)).toEqual([{ datname: kept }]);
  });
});
