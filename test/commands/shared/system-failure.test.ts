import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemFailure } from '../../../commands/shared/system-failure';

const PROJECT = join(__dirname, '..', '..', '..');
const refusal = (code: string, path?: string): Error => Object.assign(new Error(code), { code, path });

it.each([
  ['ENOENT', 'create it'],
  ['EACCES', 'permissions'],
  ['EROFS', 'can be written'],
  ['ENOSPC', 'free some space'],
])('%s is told with the path and what to do', (code, fix) => {
  const told = systemFailure(refusal(code, '/data/report.html'));
  expect(told?.message).toContain(`/data/report.html (${code})`);
  expect(told?.message).toContain(fix);
});

it('a disk that is full is told without a path as well', () => {
  expect(systemFailure(refusal('ENOSPC'))?.message).toContain('free some space');
});

it('what is no refusal of a file stays what it is', () => {
  expect(systemFailure(refusal('ECONNREFUSED', '/data'))).toBeUndefined();
  expect(systemFailure(refusal('ENOENT'))).toBeUndefined();
  expect(systemFailure(new TypeError('x'))).toBeUndefined();
});

describe('the command line', () => {
  const run = (environment: NodeJS.ProcessEnv, commandLine: string) =>
    spawnSync('bash', ['-o', 'pipefail', '-c', commandLine], {
      cwd: PROJECT,
      encoding: 'utf8',
      env: { ...process.env, ...environment },
    });
  const COMMAND = 'node bin/agent-bom-postgres.js';

  it.each([
    'explain example',
    'rehearse',
  ])('%s without a temporary folder names TMPDIR, and shows no stack trace', (command) => {
    const { status, stderr } = run({ TMPDIR: '/nonexistent' }, `${COMMAND} ${command}`);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^TMPDIR\n {2}got: {2}\/nonexistent.* \(ENOENT\)\n/);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  it('ends like other programs when its reader has gone, and says nothing', () => {
    const { status, stderr } = run({}, `(sleep 0.2; exec ${COMMAND} --help) | true`);
    expect({ status, stderr }).toEqual({ status: 141, stderr: '' });
  });

  it('says that what it writes to has no room, with another code than for a reader that has gone', () => {
    const { status, stderr } = run({}, `${COMMAND} --help > /dev/full`);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^standard output\n {2}got: {2}.*\(ENOSPC\)\n/);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  it('of synth names the file that it may not write, and shows no stack trace', () => {
    const { status, stderr } = run({ CDKTF_OUTDIR: '/dev/full/out' }, 'node bin/from-source.js main.ts');
    expect(status).toBe(1);
    expect(stderr).toMatch(/\n {2}got: {2}\/dev\/full\/out.* \(ENOTDIR\)\n/);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  it('leaves nothing in the temporary folder', () => {
    const folder = mkdtempSync(join(tmpdir(), 'system-failure-'));
    try {
      expect(run({ TMPDIR: folder }, `${COMMAND} explain example`).status).toBe(0);
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
