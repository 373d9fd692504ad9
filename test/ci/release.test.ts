import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import manifest from '../../package/manifest.json';
import { scripts } from '../../package.json';
import { refusedWorkflows } from '../support/workflow-linter';

const PROJECT = join(__dirname, '..', '..');
const TEXT = readFileSync(join(PROJECT, '.github', 'workflows', 'release.yml'), 'utf8');

interface Job {
  readonly permissions: object;
  readonly environment?: string;
  readonly needs?: string;
  readonly steps: readonly { readonly uses?: string; readonly run?: string; readonly with?: object }[];
}

const workflow = parse(TEXT) as { on: object; permissions: object; jobs: Record<'pack' | 'publish', Job> };
const { pack, publish } = workflow.jobs;

function inFolder<Result>(work: (folder: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), 'release-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What the step says of a tag, with this project's files. */
function compared(tag: string): { status: number | null; stdout: string } {
  const script = pack.steps.find(({ run }) => run?.includes('GITHUB_REF_NAME'))?.run ?? '';
  return inFolder((folder) => {
    writeFileSync(join(folder, 'CHANGELOG.md'), `## ${manifest.version}\n`);
    spawnSync('cp', ['-r', join(PROJECT, 'package'), folder]);
    const env = { ...process.env, GITHUB_REF_NAME: tag };
    return spawnSync('bash', ['-e', '-o', 'pipefail', '-c', script], { cwd: folder, encoding: 'utf8', env });
  });
}

describe('the workflow that publishes the package', () => {
  it('is well-formed, and the linter would say if it were not', () => {
    const wrong = TEXT.replace('needs: pack', 'needs: other');
    expect(refusedWorkflows({ 'release.yml': TEXT, 'wrong.yml': wrong })).toEqual(['wrong.yml']);
  });

  it('publishes tags alone, each after somebody approved it, and with provenance', () => {
    expect(workflow.on).toEqual({ push: { tags: ['v*'] } });
    expect(workflow.permissions).toEqual({});
    expect(pack).toMatchObject({ permissions: { contents: 'read' } });
    expect(publish).toMatchObject({ needs: 'pack', environment: 'npm', permissions: { 'id-token': 'write' } });
    expect(publish.steps.map(({ run }) => run).filter((run) => run !== undefined)).toEqual([
      'npm publish --provenance --access public --ignore-scripts ./agent-bom-postgres-*.tgz',
    ]);
  });

  it('pins its actions, pastes nothing into scripts, and holds no token', () => {
    for (const { uses = `@${'0'.repeat(40)}`, run = '', with: inputs } of [...pack.steps, ...publish.steps]) {
      expect(uses).toMatch(/@[0-9a-f]{40}$/);
      expect(run).not.toContain('${{');
      if (uses.includes('/checkout@')) expect(inputs).toEqual({ 'persist-credentials': false });
    }
    expect(TEXT).not.toMatch(/secrets\.|NODE_AUTH_TOKEN/);
  });

  it('runs scripts that are there, and packs what the tests of the package pack', () => {
    const named = [...TEXT.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name);
    expect(named).toEqual(['lint', 'types', 'test:long', 'test:tarball', 'package']);
    for (const name of named) expect(scripts).toHaveProperty([name]);
  });

  it('refuses a tag that is not the version', () => {
    expect(compared(`v${manifest.version}`)).toMatchObject({ status: 0, stdout: '' });
    expect(compared('v99.0.0')).toMatchObject({ status: 1, stdout: expect.stringMatching(/the tag is v99\.0\.0/) });
  });
});
