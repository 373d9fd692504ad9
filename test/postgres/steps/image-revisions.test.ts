import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedServer } from '../../../commands/embedded/server';
import { defaultParameters, packagedUrl, rehearsalUrls, runStandIn } from '../../../commands/rehearse/rehearse';
import { applyStep, type ContractRun } from '../../../commands/shared/postgres/contract-runner';
import { startupOptions } from '../../../contract/postgres/settings';
import { describeIf } from '../../support/describe-if';
import { hasClientTools, SERVER_TIMEOUT_MS } from '../../support/postgres/database';

jest.setTimeout(SERVER_TIMEOUT_MS);

const MIGRATIONS = join(__dirname, '..', '..', '..', 'migrations');
const directory = mkdtempSync(join(tmpdir(), 'revisions-'));
const revisionsFile = join(directory, 'revisions');

beforeEach(() => rmSync(revisionsFile, { force: true }));
afterAll(() => rmSync(directory, { recursive: true }));

/** Puts a program into the directory, in place of one of the image. */
function program(name: string, script: string): void {
  writeFileSync(join(directory, name), `#!/bin/sh\n${script}`);
  chmodSync(join(directory, name), 0o755);
}

describe('what the image says about its migrations', () => {
  function packaged(heads: string, history: string, ...scriptArguments: string[]) {
    writeFileSync(join(directory, 'heads'), heads);
    writeFileSync(join(directory, 'history'), history);
    program('alembic', `echo "$@" >> ${directory}/called; cat ${directory}/"$3"`);
    program('python', `echo "$@" > ${directory}/migrated; echo "$PPID" > ${directory}/parent; exit $PYTHON`);
    const { status, stdout, stderr } = spawnSync('sh', [join(MIGRATIONS, 'packaged.sh'), ...scriptArguments], {
      encoding: 'utf8',
      env: { PATH: `${directory}:${process.env.PATH}`, CONTRACT_REVISIONS_FILE: revisionsFile, PYTHON: '7' },
    });
    const migrated = existsSync(join(directory, 'migrated')) && readFileSync(join(directory, 'migrated'), 'utf8');
    rmSync(join(directory, 'migrated'), { force: true });
    return { code: status, output: stdout + stderr, migrated };
  }

  const HISTORY =
    '20260818_01 -> 20260819_01 (head), Move a -> b and c -> d_01.\n' +
    '20260416_01, 1f0a9Zc -> 20260818_01 (mergepoint), <Title> of it.\n' +
    '20260416_01 -> 1f0a9Zc, Second.\n' +
    '<base> -> 20260416_01 (branchpoint), First.\n';

  it('is written to the file, newest first, and the migrations run after it', () => {
    const packagedMigrations =
      'deploy/supabase/postgres/compose_migrate.py --config deploy/supabase/postgres/alembic.ini';
    expect(packaged('20260819_01 (head)\n', HISTORY, 'migrate')).toEqual({
      code: 7,
      output: 'the migrations of this image end at revision 20260819_01\n',
      migrated: `${packagedMigrations}\n`,
    });
    expect(readFileSync(revisionsFile, 'utf8')).toBe('20260819_01\n20260818_01\n1f0a9Zc\n20260416_01\n');
    expect(readFileSync(join(directory, 'called'), 'utf8')).toBe(
      ['heads', 'history'].map((command) => `-c deploy/supabase/postgres/alembic.ini ${command}\n`).join(''),
    );
  });

  it('can be had without a migration', () => {
    expect(packaged('20260819_01 (head)\n', HISTORY, 'revisions')).toMatchObject({ code: 0, migrated: false });
    expect(readFileSync(revisionsFile, 'utf8')).toMatch(/^20260819_01\n/);
  });

  it('is written before the API is stopped, and not asked for when it starts', () => {
    const scaled = (what: string) => ({ code: 7, migrated: `${MIGRATIONS}/scale_api.py ${what}\n` });
    expect(packaged('20260819_01 (head)\n', HISTORY, 'stop-api')).toMatchObject(scaled('stop'));
    expect(readFileSync(revisionsFile, 'utf8')).toMatch(/^20260819_01\n/);
    expect(packaged('', '', 'start-api')).toEqual({ ...scaled('start'), output: '' });
  });

  it.each([
    'migrate',
    'stop-api',
    'start-api',
  ])('gives its process away to %s, which hears when the pod has to end', (what) => {
    expect(packaged('20260819_01 (head)\n', HISTORY, what)).toMatchObject({ code: 7 });
    expect(readFileSync(join(directory, 'parent'), 'utf8')).toBe(`${process.pid}\n`);
  });

  it.each([
    [
      'more than one head',
      '20260818_01 (head)\n20260819_01 (head)\n',
      HISTORY,
      'end at more than one revision:\n20260818_01',
    ],
    ['no head', '', HISTORY, 'end at nothing, and their history at 20260819_01'],
    ['no history', '20260819_01 (head)\n', '', 'end at 20260819_01 (head), and their history at nothing'],
    ['another history', '20260820_01 (head)\n', HISTORY, 'end at 20260820_01 (head), and their history at 20260819_01'],
  ])('is refused with %s, before anything is migrated', (_what, heads, history, message) => {
    const { code, output, migrated } = packaged(heads, history, 'migrate');
    expect({ code, migrated }).toEqual({ code: 2, migrated: false });
    expect(output).toContain(`error: the migrations of this image ${message}`);
  });

  it('is refused as Alembic refuses to say it', () => {
    writeFileSync(join(directory, 'heads'), '20260819_01 (head)\n');
    program('alembic', 'echo "no such file" >&2; exit 5');
    const { status, stdout, stderr } = spawnSync('sh', [join(MIGRATIONS, 'packaged.sh'), 'revisions'], {
      encoding: 'utf8',
      env: { PATH: `${directory}:${process.env.PATH}`, CONTRACT_REVISIONS_FILE: revisionsFile },
    });
    expect({ status, stdout, stderr }).toEqual({ status: 5, stdout: '', stderr: 'no such file\n' });
    expect(existsSync(revisionsFile)).toBe(false);
  });
});

describeIf(hasClientTools(15))('the database and the image', () => {
  let server: EmbeddedServer;
  let run: ContractRun;

  beforeAll(async () => {
    server = await EmbeddedServer.start({ major: '15' });
    run = { urls: rehearsalUrls(server), parameters: defaultParameters() };
    await applyStep('before', run);
    await runStandIn(packagedUrl(server));
    await applyStep('after', run);
  });

  afterAll(() => server.stop());

  /** What `verify` says when the contract was told a revision that no database has. */
  function verify(file = revisionsFile) {
    const { status, stdout, stderr } = spawnSync('bash', [join(MIGRATIONS, 'run.sh'), 'verify'], {
      encoding: 'utf8',
      env: {
        PATH: process.env.PATH,
        CONTRACT_OPTIONS: startupOptions({ ...run.parameters, 'agent_bom.alembic_head': '20991231_01' }),
        CONTRACT_REVISIONS_FILE: file,
        ALEMBIC_DATABASE_URL: packagedUrl(server),
        AGENT_BOM_POSTGRES_URL: run.urls.app,
        AGENT_BOM_POSTGRES_MAINTENANCE_URL: run.urls.maintenance,
        AGENT_BOM_POSTGRES_BACKUP_URL: run.urls.backup,
      },
    });
    return { code: status, output: stdout + stderr };
  }

  it('agree where the last revision of the image is the one of the database', () => {
    writeFileSync(revisionsFile, '00000000_01\n20260818_01\n');
    const { code, output } = verify();
    expect({ code, output }).toEqual({
      code: 0,
      output: expect.stringMatching(/^pass +schema\.revision +00000000_01$/m),
    });
  });

  it.each([
    ['is behind', '20260823_01\n00000000_01\n', '20260823_01'],
    ['is ahead', '20260818_01\n', '20260818_01'],
  ])('differ where the database %s', (_what, revisions, head) => {
    writeFileSync(revisionsFile, revisions);
    const { code, output } = verify();
    expect(code).toBe(78);
    expect(output).toMatch(
      new RegExp(
        `^fail +schema\\.revision +the database is at 00000000_01, the packaged migrations end at ${head}$`,
        'm',
      ),
    );
    expect(output.match(/^fail/gm)).toHaveLength(1);
  });

  it.each([
    ['is missing', undefined],
    ['is empty', ''],
    ['holds something else', 'error: no such command\n'],
  ])('are not compared where the file %s, and nothing is asked', (_what, content) => {
    if (content !== undefined) writeFileSync(revisionsFile, content);
    expect(verify()).toEqual({
      code: 78,
      output: `error: ${revisionsFile} does not say at which revision the migrations of the image end\n`,
    });
  });

  it('are not compared without the image: then it is the revision that the contract was told', () => {
    expect(verify('').output).toMatch(/^fail +schema\.revision .* the packaged migrations end at 20991231_01$/m);
  });
});
