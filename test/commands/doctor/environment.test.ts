import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { nodeArguments } from '../../../commands/shared/program-files';
import {
  API,
  BACKENDS,
  cronJob,
  finished,
  healthyCluster,
  OPTIONS,
  release,
  rows,
} from '../../support/commands/healthy-cluster';
import { runWithStreams } from '../../support/commands/program';
import { type StandInAnswers, StandIns } from '../../support/commands/stand-ins';
import { minimal, minimalExisting } from '../../support/synth/environments';
import { until } from '../../support/until';

const PROJECT = join(__dirname, '..', '..', '..');
const NAMESPACE = '--namespace agent-bom';

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const BUCKET = 'prod-agent-bom-111122223333';
const dumpOf = (minutes: number): (string | number)[][] => [
  ['dumps/a/a.dump', ago(minutes + 1), 4096],
  ['dumps/a/a.manifest', ago(minutes), 100],
  ['dumps/0/0.dump', ago(50_000), 1],
  ['dumps/0/0.manifest', ago(50_000), 1],
];

jest.setTimeout(60_000);

let programs: StandIns;
let files: string;
let server: Server;
let ready: { status: number; text: string };

beforeEach(async () => {
  programs = new StandIns();
  files = mkdtempSync(join(tmpdir(), 'environments-'));
  writeFileSync(join(files, 'prod.yaml'), stringify(minimal()));
  ready = { status: 200, text: '{"status":"ready"}' };
  server = createServer((_request, response) => response.writeHead(ready.status).end(ready.text));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  programs.remove();
  rmSync(files, { recursive: true });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** A cluster in which all is well, but for what is given. */
function kubectl(other: StandInAnswers = {}): void {
  programs.write('kubectl', {
    ...Object.fromEntries(Object.entries(other).map(([question, answer]) => [`${NAMESPACE} ${question}`, answer])),
    ...healthyCluster((server.address() as AddressInfo).port),
  });
}

function aws(other: StandInAnswers = {}): void {
  programs.write('aws', {
    ...other,
    'rds describe-db-instances --db-instance-identifier prod-agent-bom': {
      DBInstances: [{ BackupRetentionPeriod: 14, LatestRestorableTime: ago(4) }],
    },
    'sts get-caller-identity': { Account: '111122223333' },
    [`s3api list-objects-v2 --bucket ${BUCKET} --prefix dumps/`]: dumpOf(90),
  });
}

interface Item {
  readonly status: string;
  readonly evidence: string;
}
interface Result {
  readonly id: string;
  readonly status: string;
  readonly detail: string;
}

async function doctor(variables: Record<string, string> = {}, ...options: string[]) {
  const environment = { PATH: programs.directory, ENVIRONMENTS_DIR: files, NO_COLOR: '1', ...variables };
  const run = await runWithStreams(environment, 'doctor', 'prod', ...options, '--json');
  const report = JSON.parse(run.stdout) as { passed: boolean; checklist: Item[]; checks: Result[] };
  const result = (id: string) => report.checks.find((check) => check.id === id);
  return { ...run, report, result, items: report.checklist.map(({ status }) => status) };
}

describe('doctor of an environment', () => {
  it('proves all five items, and takes its Job away', async () => {
    kubectl();
    aws();
    const page = join(files, 'report.html');
    const run = await doctor({}, '--html', page);
    expect({ code: run.code, items: run.items, passed: run.report.passed }).toEqual({
      code: 0,
      items: Array(5).fill('proven'),
      passed: true,
    });
    expect(run.report.checks.some(({ id }) => id === 'backup.restore')).toBe(false);
    expect(run.result('backup.dump')?.detail).toBe('the newest dump is 1 hour old and has 4096 bytes');
    expect(run.result('backup.automated')?.detail).toMatch(/^RDS keeps 14 days of prod-agent-bom, restorable up to /);
    const jobs = programs.asked().flatMap((line) => /(create|delete) job (\S+)(.*)/.exec(line)?.slice(1) ?? []);
    expect(jobs).toEqual([
      ...['create', jobs[1], ' --from=cronjob/agent-bom-verify'],
      ...['delete', jobs[1], ' --ignore-not-found --wait=false'],
    ]);
    expect(programs.asked().filter((line) => /get secrets?\b/.test(line))).toEqual([]);
    expect(readFileSync(page, 'utf8')).toContain('The contract holds');
    const lines = run.stderr.split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.filter((line) => /^\d +proven +\S/.test(line))).toHaveLength(5);
  });

  it('prints what the page of sample output shows', async () => {
    kubectl();
    aws();
    const page = readFileSync(join(PROJECT, 'docs', 'start', 'sample-output.md'), 'utf8');
    const [, sample = ''] = /^## doctor[\s\S]*?```text\n([\s\S]*?)^```$/m.exec(page) ?? [];
    const settled = (text: string) => text.replace(/\bto\s+\d{4}-\d\d-\d\dT\d\d:\d\dZ/, 'to <time>').trim();
    const { stderr } = await doctor();
    expect(settled(stderr)).toContain(settled(sample));
  });

  it('shows failures first, each with what was found', async () => {
    kubectl({
      'logs the-pod': `step verify on database agent_bom at db\n${rows({ 'limits.connections': 'agent_bom_app has 5' })}`,
      'get pods --selector': finished(1),
    });
    aws({ 's3api list-objects-v2': dumpOf(27 * 60) });
    const run = await doctor();
    expect(run).toMatchObject({ code: 1, items: ['proven', 'proven', 'proven', 'failed', 'failed'] });
    expect(run.result('backup.dump')?.detail).toMatch(/27 hours old.*at most 26 hours old$/);
    const shown = run.stderr.split('\n').flatMap((line) => /^(\d) +(?:failed|proven) /.exec(line)?.[1] ?? []);
    expect(shown).toEqual(['4', '5', '1', '2', '3']);
    expect(run.stderr).toMatch(/^5 +failed .*\n +limits\.connections: agent_bom_app has 5$/m);
  });

  it.each([
    ['dumps of the last allowed hour', { 's3api list-objects-v2': dumpOf(26 * 60 + 30) }, 'pass'],
    ['no dumps', { 's3api list-objects-v2': 'null' }, 'fail'],
    ['a manifest without its dump', { 's3api list-objects-v2': dumpOf(9).slice(1, 2) }, 'fail'],
    ['no bucket', { 's3api list-objects-v2': { complaint: 'An error occurred (NoSuchBucket)' } }, 'fail'],
    ['a bucket that may not be listed', { 's3api list-objects-v2': { complaint: 'AccessDenied' } }, 'skip'],
  ])('judges %s', async (_what, answers, status) => {
    kubectl();
    aws(answers);
    expect((await doctor()).result('backup.dump')?.status).toBe(status);
  });

  it.each([
    [{ BackupRetentionPeriod: 0 }, 'fail', 'prod-agent-bom has no automated backups'],
    [{ BackupRetentionPeriod: 14 }, 'fail', 'cannot be restored'],
    [{ BackupRetentionPeriod: 13, LatestRestorableTime: ago(1) }, 'fail', 'the file asks for 14'],
    [{ BackupRetentionPeriod: 14, LatestRestorableTime: ago(61) }, 'fail', 'no later'],
    [{ BackupRetentionPeriod: 14, LatestRestorableTime: ago(59) }, 'pass', 'restorable up to'],
  ])('judges the automated backups %j: %s', async (instance, status, detail) => {
    kubectl();
    aws({ 'rds describe-db-instances': { DBInstances: [instance] } });
    expect((await doctor()).result('backup.automated')).toMatchObject({
      status,
      detail: expect.stringContaining(detail),
    });
  });

  it('proves nothing of the backups without the AWS CLI', async () => {
    kubectl();
    const run = await doctor();
    expect(run).toMatchObject({ code: 1, items: ['proven', 'proven', 'proven', 'open', 'proven'] });
    expect(run.stderr).toMatch(/^4 +not proven .*\n +backup\.automated, backup\.dump: aws is not on the PATH$/m);
    expect(run.stderr).toMatch(/^1 +proven /m);
    expect(run.stderr).toContain('1 item not proven');
  });

  it('proves nothing in a cluster that does not answer, still asks AWS, and ends with 3', async () => {
    kubectl({ 'get cronjob': { complaint: 'Unable to connect to the server: dial tcp 10.0.0.1:443: i/o timeout' } });
    aws();
    const run = await doctor();
    expect(run).toMatchObject({ code: 3, items: Array(5).fill('open') });
    expect(run.result('backup.dump')?.status).toBe('pass');
    expect(run.report.checks.filter(({ status }) => status === 'pass')).toHaveLength(2);
    expect(programs.asked().filter((line) => /create|delete/.test(line))).toEqual([]);
  });

  it.each([
    ['another environment', cronJob('staging'), 'the verification of staging'],
    ['no verification', '', 'no CronJob agent-bom-verify in the namespace agent-bom'],
  ])('refuses a cluster with %s, and runs nothing there', async (_what, answer, got) => {
    kubectl({ 'get cronjob': answer });
    aws();
    const run = await doctor();
    expect(run.code).toBe(1);
    expect(run.stderr).toContain(`got:  ${got}`);
    expect(programs.asked().filter((line) => / (create|exec|port-forward|logs) /.test(line))).toEqual([]);
  });

  it('takes the checks against an older file for what they are', async () => {
    kubectl({
      'get cronjob': cronJob('prod', OPTIONS.replace(/app_connection_limit=\d+/, 'app_connection_limit=5'), '0.98.3'),
    });
    aws();
    const run = await doctor();
    expect(run.code).toBe(1);
    expect(run.result('limits.connections')?.detail).toMatch(
      /^the file asks for app_connection_limit \d+, which is not/,
    );
    expect(run.result('schema.revision')?.detail).toContain(`${release.chartVersion}, and agentbom/agent-bom:0.98.3`);
    expect(run.report.checks.filter(({ status }) => status === 'fail')).toHaveLength(2);
  });

  it('says why no check ran where the database refuses, after the last pod, and ends with 3', async () => {
    kubectl({
      'get job': { status: { conditions: [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' }] } },
      'get pods --selector': finished(2),
      'logs the-pod': 'step verify on database a at b\npsql: error: connection to server at "db" failed: refused',
    });
    aws();
    const run = await doctor();
    expect(run).toMatchObject({ code: 3, items: ['open', 'proven', 'proven', 'open', 'open'] });
    expect(run.result('tls.session')?.detail).toBe(
      'not checked: verify failed: connection to server at "db" failed: refused',
    );
    expect(programs.asked().filter((line) => line.includes('delete job'))).toHaveLength(1);
  });

  it.each([
    ['a secret for the proxy', { error: 'no proxy' }, 'skip', 'AGENT_BOM_API_TOKEN'],
    ['a right to run in its pods', { complaint: 'Error from server (Forbidden): pods/exec' }, 'skip', 'Forbidden'],
    ['Postgres', { ...BACKENDS, 'v1/auth/policy': { found: 'memory' } }, 'fail', 'is "memory", not postgres_shared'],
    ['an answer', { ...BACKENDS, 'v1/auth/policy': { error: 401 } }, 'fail', 'answered with 401'],
    ['the value', { ...BACKENDS, 'v1/auth/policy': { found: null } }, 'fail', 'does not contain'],
  ])('asks an API without %s', async (_what, answer, status, detail) => {
    kubectl({ 'exec deployment/agent-bom-prod-api': answer });
    aws();
    expect((await doctor()).result('api.rate-limit')).toMatchObject({
      status,
      detail: expect.stringContaining(detail),
    });
  });

  it('asks with the API key of an administrator where there is one, and in no pod then', async () => {
    kubectl();
    aws();
    ready.text = JSON.stringify({
      rate_limit_runtime: { backend: 'postgres_shared' },
      storage: { audit_log: 'postgres' },
    });
    const run = await doctor({ AGENT_BOM_API_TOKEN: 'a-key' });
    expect({ code: run.code, open: run.report.checks.filter(({ status }) => status !== 'pass') }).toEqual({
      code: 0,
      open: [],
    });
    expect(programs.asked().filter((line) => line.includes(' exec '))).toEqual([]);
  });

  it('fails with an API that is not ready, and with one that has no pods', async () => {
    kubectl();
    aws();
    ready = { status: 503, text: 'shared_postgres_required' };
    expect((await doctor()).result('api.rate-limit')).toMatchObject({
      status: 'fail',
      detail: '/readyz answered with status 503: shared_postgres_required',
    });
    kubectl({ 'get deployment agent-bom-prod': { ...API, status: {} } });
    expect((await doctor()).result('api.audit-log')).toMatchObject({
      status: 'fail',
      detail: 'no pod of the Deployment agent-bom-prod-api is available',
    });
  });

  it('asks RDS alone for an existing server, and says so where it is none of RDS', async () => {
    const existing = minimalExisting();
    writeFileSync(join(files, 'prod.yaml'), stringify(existing));
    kubectl();
    aws({ 'rds describe-db': { DBInstances: [{ BackupRetentionPeriod: 7, LatestRestorableTime: ago(4) }] } });
    const run = await doctor();
    expect(run.result('backup.dump')).toBeUndefined();
    expect(run.result('backup.automated')?.status).toMatch(/^(pass|skip)$/);
    expect(programs.asked().filter((line) => line.includes('s3api'))).toEqual([]);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('takes its Job away when %s ends it', async (signal) => {
    kubectl({ 'get pods --selector batch': { items: [] } });
    aws();
    const child = spawn(process.execPath, [...nodeArguments('commands/cli'), 'doctor', 'prod'], {
      env: { PATH: programs.directory, ENVIRONMENTS_DIR: files },
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => child.once('close', resolve));
    await until(() => programs.asked().some((line) => line.includes(' get pods ')));
    child.kill(signal);
    expect(await ended).toBe(signal === 'SIGINT' ? 130 : 143);
    const jobs = programs.asked().flatMap((line) => /(?:create|delete) job (\S+)/.exec(line)?.[1] ?? []);
    expect(jobs).toEqual([jobs[0], jobs[0]]);
    expect(programs.asked().filter((line) => line.includes('delete job'))).toHaveLength(1);
  });

  it('takes an environment once, and an address that is one', async () => {
    const run = (...commandArguments: string[]) =>
      runWithStreams({ ENVIRONMENTS_DIR: files }, 'doctor', ...commandArguments);
    expect(await run('prod', '--environment', 'prod')).toMatchObject({ code: 2 });
    for (const address of ['127.0.0.1:0', '127.0.0.1:65536', 'a b', '']) {
      expect({ address, ...(await run('prod', '--host-address', address)) }).toMatchObject({
        address,
        code: 2,
        stderr: expect.stringContaining('--host-address'),
      });
    }
  });
});
