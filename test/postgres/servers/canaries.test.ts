import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { EmbeddedServer } from '../../../commands/embedded/server';
import { runInProcess } from '../../support/commands/program';
import { describeIf } from '../../support/describe-if';
import { AwsStandIn } from '../../support/postgres/aws-stand-in';
import { hasClientTools, query, SERVER_TIMEOUT_MS, superuserUrl } from '../../support/postgres/database';
import { type Credentials, JobRunner } from '../../support/postgres/job';
import { minimal, parsed, synthesize } from '../../support/synth/environments';

jest.setTimeout(SERVER_TIMEOUT_MS);

const FILE = { ...minimal(), database: { ...minimal().database, engine: '15' } };
const DELIVERIES = ['external-secrets', 'terraform', 'existing'] as const;

/** Where an environment is, in its generation of secrets and with a restore. */
const stacksOf = (more: object) => synthesize(parsed({ ...FILE, ...more }));
const canary = (identity: string, generation: number) => `canary-${identity}-${generation}`;

describeIf(hasClientTools(15))('a secret, on its way through two generations and a restore', () => {
  const aws = new AwsStandIn();
  const directory = mkdtempSync(join(tmpdir(), 'canaries-'));
  const written: Record<string, string> = {};
  let server: EmbeddedServer;
  let dump = '';

  beforeAll(async () => {
    server = await EmbeddedServer.start({
      major: '15',
      settings: { log_statement: 'all', log_min_messages: 'debug1', log_connections: 'on' },
    });
    await query(superuserUrl(server), "alter role agent_bom_admin password 'canary-admin'");
  });

  afterAll(async () => {
    await server.stop();
    aws.remove();
    rmSync(directory, { recursive: true });
  });

  const login = (identity: string, generation: number) => ({
    user: `agent_bom_${identity}${generation === 2 && identity !== 'backup' ? '_b' : ''}`,
    password: canary(identity, generation),
  });

  function runner(job: RegExp, generation: number, restore?: object): JobRunner {
    const { workload } = stacksOf({
      secrets: { generation },
      ...(restore === undefined ? {} : { backup: { restore } }),
    });
    const identities = ['app', 'maintenance', 'backup'].map((name) => [
      `agent-bom-${name}-g${generation}`,
      login(name, generation),
    ]);
    const admin = { user: server.address.admin.user, password: 'canary-admin' };
    const credentials: Credentials = { 'agent-bom-admin': admin, ...Object.fromEntries(identities) };
    return new JobRunner(workload, server, credentials, { job, executables: aws.executables });
  }

  async function run(job: RegExp, generation: number, restore?: object): Promise<string> {
    const pod = runner(job, generation, restore);
    const { code, last, output } = await pod.runAll();
    pod.end();
    written[`${job} of generation ${generation}, restore ${JSON.stringify(restore)}`] = output;
    expect({ code, last, output: output.match(/^(?:fail|psql|error).*$/gm) }).toMatchObject({ code: 0 });
    return output;
  }

  const logsIn = (identity: string, generation: number) =>
    query(server.urlFor(login(identity, generation)), 'select 1 as one').then(
      () => true,
      () => false,
    );
  const whoLogsIn = async () => {
    const all = ['app', 'maintenance', 'backup'].flatMap((name) => [1, 2].map((number) => [name, number] as const));
    const answers = await Promise.all(all.map(([name, number]) => logsIn(name, number)));
    return all.filter((_, index) => answers[index]).map(([name, number]) => canary(name, number));
  };

  it('reaches the containers that need it, and lets the pods of the first generation log in', async () => {
    const pod = runner(/^agent-bom-migrate-[0-9a-f]/, 1);
    expect(
      JSON.stringify(pod.environmentOf('after'))
        .match(/canary-\w+(?:-1)?/g)
        ?.sort(),
    ).toEqual(['canary-admin', 'canary-app-1', 'canary-backup-1', 'canary-maintenance-1']);
    pod.end();
    await run(/^agent-bom-migrate-[0-9a-f]/, 1);
    expect(await whoLogsIn()).toEqual(['canary-app-1', 'canary-maintenance-1', 'canary-backup-1']);
    [, dump = ''] = /^uploaded (.*)$/m.exec(await run(/^agent-bom-backup$/, 1)) ?? [];
  });

  it('is brought in line in a snapshot of an older generation, with roles and grants', async () => {
    await query(
      superuserUrl(server),
      "alter role agent_bom_app password 'older' connection limit 1",
      'revoke all on scan_jobs from agent_bom_app, agent_bom_backup',
      'grant update on alembic_version to agent_bom_app',
      'drop role agent_bom_maintenance_b',
      'set log_statement = none',
    );
    const output = await run(/^agent-bom-migrate-[0-9a-f]/, 2);
    expect(output).not.toMatch(/^(?:fail|skip)/m);
    expect(await whoLogsIn()).toEqual([
      'canary-app-2',
      'canary-maintenance-1',
      'canary-maintenance-2',
      'canary-backup-2',
    ]);
    await run(/^agent-bom-revoke-/, 2);
    expect(await whoLogsIn()).toEqual(['canary-app-2', 'canary-maintenance-2', 'canary-backup-2']);
  });

  it('is the one of the present generation after a restore of an older dump', async () => {
    await run(/restore/, 2, { dump, replace: 'agent_bom' });
    await run(/^agent-bom-migrate-[0-9a-f]/, 2, { dump, replace: 'agent_bom' });
    expect(await whoLogsIn()).toEqual(['canary-app-2', 'canary-maintenance-2', 'canary-backup-2']);
  });

  it('is in no report, of a database that keeps the contract and of one that does not let the login in', async () => {
    const environment = {
      AGENT_BOM_POSTGRES_URL: server.urlFor(login('app', 2)),
      AGENT_BOM_POSTGRES_MAINTENANCE_URL: server.urlFor(login('maintenance', 2)),
      AGENT_BOM_POSTGRES_BACKUP_URL: server.urlFor(login('backup', 2)),
      ALEMBIC_DATABASE_URL: server.urlFor({ user: server.address.admin.user, password: 'canary-admin' }),
    };
    const [json, html] = [join(directory, 'doctor.json'), join(directory, 'doctor.html')];
    const passed = await runInProcess(environment, 'doctor', '--json', json, '--html', html);
    expect(passed).toMatchObject({ code: 0 });
    const refused = await runInProcess(
      { ...environment, AGENT_BOM_POSTGRES_URL: server.urlFor(login('app', 1)) },
      'doctor',
    );
    expect(refused.code).toBe(1);
    const file = join(directory, 'prod.yaml');
    writeFileSync(file, stringify(FILE));
    const explained = await runInProcess(environment, 'explain', file, '--json');
    expect(explained).toMatchObject({ code: 0 });
    written.doctor = passed.output + refused.output + readFileSync(json, 'utf8') + readFileSync(html, 'utf8');
    written.explain = explained.output;
  });

  it.each(DELIVERIES)('is in no stack and no file that is written with the delivery %s', (delivery) => {
    const former = process.env;
    process.env = { ...former, AGENT_BOM_POSTGRES_URL: server.urlFor(login('app', 2)) };
    try {
      const { database, workload, files } = stacksOf({ secrets: { delivery, generation: 2 } });
      written[delivery] = database.text + workload.text + JSON.stringify(files);
    } finally {
      process.env = former;
    }
    expect(written[delivery]).toContain('agent-bom-app-g2');
  });

  it('is nowhere else: no output, dump, manifest, log, view of the activity, setting or comment', async () => {
    const key = `cross-stack-output-aws_s3_bucketbackup_bucket_27FD5F51bucket/dumps/${dump}/${dump}`;
    const archive = join(directory, 'archive.dump');
    written.manifest = aws.read(`${key}.manifest`);
    writeFileSync(archive, aws.readBytes(`${key}.dump`));
    written.dump = spawnSync('pg_restore', ['--file=-', archive], { encoding: 'utf8' }).stdout;
    written['calls of aws'] = aws.calls().join('\n');
    written.log = readFileSync(join(server.address.directory, 'server.log'), 'utf8');
    const rows = await query(
      superuserUrl(server),
      `select query as text from pg_stat_activity where query is not null
       union all select array_to_string(setconfig, ' ') from pg_db_role_setting
       union all select setting from pg_settings where setting is not null
       union all select description from pg_shdescription`,
    );
    written.catalogue = JSON.stringify(rows);
    expect(written.dump).toContain('CREATE TABLE public.scan_jobs');
    expect(written.log).toContain('alter role %I login password %L');
    // What the test itself said when it set the administrator's password.
    const ours = /^.*statement: alter role agent_bom_admin password 'canary-admin'$/gm;
    const found = Object.entries(written).flatMap(([where, text]) =>
      text
        .replace(ours, '')
        .split('\n')
        .filter((line) => /canary-(?:app|maintenance|backup|admin)/.test(line))
        .map((line) => `${where}: ${line.slice(0, 200)}`),
    );
    expect(found).toEqual([]);
    expect(Object.keys(written)).toHaveLength(16);
  });
});
