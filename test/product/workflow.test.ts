import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { scripts } from '../../package.json';
import { refusedWorkflows } from '../support/workflow-linter';

const PROJECT = join(__dirname, '..', '..');
const TEXT = readFileSync(join(PROJECT, '.github', 'workflows', 'product.yml'), 'utf8');

interface Job {
  readonly permissions: object;
  readonly 'timeout-minutes': number;
  readonly steps: readonly { readonly uses?: string; readonly run?: string; readonly with?: object }[];
}

const workflow = parse(TEXT) as { on: Record<string, unknown>; permissions: object; jobs: Record<string, Job> };
const jobs = Object.values(workflow.jobs);

describe('the workflow that watches the product', () => {
  it('is well-formed, and the linter would say if it were not', () => {
    const wrong = TEXT.replace('needs: record', 'needs: other');
    expect(refusedWorkflows({ 'product.yml': TEXT, 'wrong.yml': wrong })).toEqual(['wrong.yml']);
  });

  it('runs every week, and when somebody asks', () => {
    expect(workflow.on).toEqual({ schedule: [{ cron: '43 4 * * 1' }], workflow_dispatch: null });
  });

  it('gives the job that may write nothing to run but git and gh, and pins its actions', () => {
    expect(workflow.permissions).toEqual({});
    expect(workflow.jobs.record?.permissions).toEqual({ contents: 'read' });
    expect(workflow.jobs.propose?.permissions).toEqual({ contents: 'write', 'pull-requests': 'write' });
    const writing = (workflow.jobs.propose?.steps ?? []).map(({ run = '' }) => run).join('\n');
    expect(writing).not.toMatch(/npm|node|python|pip\b/);
    for (const step of jobs.flatMap(({ steps }) => steps)) {
      expect(step.run ?? '').not.toContain('${{');
      expect(step.uses ?? '@0000000000000000000000000000000000000000').toMatch(/@[0-9a-f]{40}$/);
      if (step.uses?.includes('/checkout@')) expect(step.with).toEqual({ 'persist-credentials': false });
    }
    for (const job of jobs) expect(job['timeout-minutes']).toBeGreaterThan(0);
  });

  it('runs scripts that are there', () => {
    const named = [...TEXT.matchAll(/npm run --silent ([\w:-]+)/g)].map(([, name = '']) => name);
    expect(named).toEqual(['product:check', 'product:facts']);
    for (const name of named) expect(scripts).toHaveProperty([name]);
  });
});
