import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { STAND_IN_HEAD } from '../../../commands/rehearse/packaged-head';
import { newestVersion } from '../../../contract/product/facts';
import { runInProcess } from '../../support/commands/program';
import { SERVER_TIMEOUT_MS } from '../../support/postgres/database';

jest.setTimeout(SERVER_TIMEOUT_MS);

const PROJECT = join(__dirname, '..', '..', '..');
/** The stand-in as a command of the user, with a head that another command says. */
const MIGRATE = `cd '${PROJECT}' && '${process.execPath}' -e "
  const client = new (require('pg').Client)({ connectionString: process.env.ALEMBIC_DATABASE_URL });
  const sql = require('node:fs').readFileSync('commands/rehearse/stand-in.sql', 'utf8');
  client.connect().then(() => client.query(sql)).then(() => client.end());"`;

const directory = mkdtempSync(join(tmpdir(), 'rehearse-versions-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** What the command reports, and what the check of the revision and that of the limits found. */
async function rehearse(...options: string[]) {
  const [json, html] = [join(directory, 'report.json'), join(directory, 'report.html')];
  const { code, output } = await runInProcess({}, 'rehearse', '--json', json, '--html', html, ...options);
  const report = JSON.parse(readFileSync(json, 'utf8'));
  const check = (wanted: string) => report.checks.find(({ id }: { id: string }) => id === wanted);
  const page = readFileSync(html, 'utf8');
  return { code, output, report, page, revision: check('schema.revision'), limits: check('limits.connections') };
}

describe('rehearse', () => {
  it('compares the database with the head that a command says, and the image with the record', async () => {
    const head = ['--packaged-head', `echo '${STAND_IN_HEAD} (head)'`];
    const run = await rehearse('--packaged-migrations', MIGRATE, ...head, '--chart-version', '0.103.2');
    expect(run).toMatchObject({ code: 0, revision: { status: 'pass', detail: STAND_IN_HEAD } });
    expect(run.report.chartVersion).toBe('0.103.2');
    // The third pool of an API pod comes with 0.104.0.
    expect(run.limits.detail).toContain('agent_bom_app 62,');
    expect(run.output).toContain('connection budget of agent-bom 0.103.2\n');
    expect(run.page).toContain('of agent-bom 0.103.2</dd>');
    const warning = `The packaged migrations end at ${STAND_IN_HEAD}, and those of 0.103.2 end at 20260901_01 by its record.`;
    expect(run.report.warnings).toEqual([warning]);
    expect(run.output).toContain(`warning: ${warning}\n`);
  });

  it('fails where the migrations end elsewhere, and takes the largest budget for a version without a record', async () => {
    const run = await rehearse(
      '--packaged-migrations',
      MIGRATE,
      '--expect-revision',
      'a_1',
      '--chart-version',
      '0.111.0',
    );
    const detail = `the database is at ${STAND_IN_HEAD}, the packaged migrations end at a_1`;
    expect(run).toMatchObject({ code: 1, revision: { status: 'fail', detail } });
    expect(run.limits.detail).toContain('agent_bom_app 74,');
    expect(run.report.warnings).toEqual([expect.stringContaining(`0.111.0 is newer than ${newestVersion()}`)]);
    expect(run.page).toContain('of agent-bom 0.111.0, which has no record</dd>');
  });

  it('says what to give where nothing says the head', async () => {
    const run = await rehearse('--packaged-migrations', `${MIGRATE} -- --config nowhere.ini`);
    expect(run).toMatchObject({
      code: 0,
      revision: { status: 'skip' },
      report: { warnings: [], chartVersion: newestVersion() },
    });
    expect(run.revision.detail).toMatch(
      /^not checked: the database is at 00000000_01; .*; `cd \S+ && alembic -c nowhere\.ini heads` ended with exit code \d+; give --packaged-head '<command>' .*, or --expect-revision <revision>$/,
    );
  });

  it('migrates nothing where the command that says the head fails', async () => {
    const file = join(directory, 'migrated');
    const head = ['--packaged-head', 'echo no alembic; exit 3'];
    const run = await rehearse('--packaged-migrations', `touch '${file}'`, ...head);
    expect(run).toMatchObject({ code: 1, report: { passed: false, checks: [] } });
    expect(run.output).toContain('exit code 3\nno alembic');
    expect(() => readFileSync(file)).toThrow('ENOENT');
  });
});
