import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { scripts as packageScripts } from '../../package.json';
import { refusedWorkflows } from '../support/workflow-linter';

jest.setTimeout(60_000);

const PROJECT = join(__dirname, '..', '..');
const GITHUB = join(PROJECT, 'ci', 'github');
const GITLAB = join(PROJECT, 'ci', 'gitlab', 'agent-bom-postgres.gitlab-ci.yml');

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly steps: readonly Step[];
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly needs?: string | readonly string[];
  readonly if?: string;
  readonly concurrency?: object;
  readonly 'timeout-minutes'?: number;
}
interface Workflow {
  readonly permissions: object;
  readonly jobs: Readonly<Record<string, Job>>;
}

const texts = Object.fromEntries(readdirSync(GITHUB).map((file) => [file, readFileSync(join(GITHUB, file), 'utf8')]));
const workflows = Object.entries(texts).map(([file, text]) => ({ file, text, workflow: parse(text) as Workflow }));
const jobs = workflows.flatMap(({ file, workflow }) =>
  Object.entries(workflow.jobs).map(([name, job]) => ({ name: `${file} ${name}`, job })),
);
const gitlabText = readFileSync(GITLAB, 'utf8');
const gitlab = parse(gitlabText) as Record<string, Record<string, unknown>>;
const gitlabDeployText = readFileSync(join(PROJECT, 'ci', 'gitlab', 'deploy.gitlab-ci.yml'), 'utf8');
const gitlabDeploy = parse(gitlabDeployText) as Record<string, Record<string, unknown>>;

/** What the shell runs: of GitHub's steps, and of GitLab's jobs. */
function shellScripts(): { where: string; script: string }[] {
  const steps = jobs.flatMap(({ name, job }) => job.steps.map(({ run }) => ({ where: name, script: run })));
  const lines = [...Object.entries(gitlab), ...Object.entries(gitlabDeploy)].flatMap(([where, job]) =>
    ['before_script', 'script'].map((key) => ({ where, script: (job[key] as string[] | undefined)?.join('\n') })),
  );
  return [...steps, ...lines].flatMap(({ where, script }) => (script === undefined ? [] : [{ where, script }]));
}

function hasShellcheck(): boolean {
  if (spawnSync('shellcheck', ['--version']).status === 0) return true;
  console.warn('NOT RUN, because shellcheck is not on the PATH');
  return false;
}

describe('the workflows for GitHub', () => {
  it('are three, and none of them is a workflow of this project', () => {
    expect(Object.keys(texts).sort()).toEqual(['deploy.yml', 'drift.yml', 'plan.yml']);
    expect(readdirSync(join(PROJECT, '.github', 'workflows'))).toEqual(['docs.yml', 'product.yml', 'release.yml']);
  });

  it('are well-formed, and the linter would say if they were not', () => {
    const wrong = texts['plan.yml']?.replace('needs.synth.outputs', 'needs.nothing.outputs') ?? '';
    expect(refusedWorkflows({ ...texts, 'wrong.yml': wrong })).toEqual(['wrong.yml']);
  });

  it('pin every action to a commit, and name its version', () => {
    const uses = workflows.flatMap(({ text }) => text.match(/uses: .*/g) ?? []);
    expect(uses.length).toBeGreaterThan(20);
    for (const line of uses) expect(line).toMatch(/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    const pins = new Set(uses);
    expect(new Set(uses.map((line) => line.split('@')[0])).size).toBe(pins.size);
  });

  it('give no permission at the top, and to each job what it needs', () => {
    for (const { workflow } of workflows) expect(workflow.permissions).toEqual({});
    const reads = { contents: 'read' };
    const asks = { contents: 'read', 'id-token': 'write' };
    expect(Object.fromEntries(jobs.map(({ name, job }) => [name, job.permissions]))).toEqual({
      'deploy.yml synth': reads,
      'deploy.yml plan': asks,
      'deploy.yml changes': undefined,
      'deploy.yml deploy': asks,
      'drift.yml synth': reads,
      'drift.yml compare': asks,
      'drift.yml tell': { issues: 'write' },
      'plan.yml synth': reads,
      'plan.yml plan': asks,
      'plan.yml comment': { 'pull-requests': 'write' },
    });
  });

  it('ask AWS only in an environment, and change something only in the one that is approved', () => {
    const environments = jobs.filter(({ job }) => job.permissions?.['id-token'] !== undefined);
    expect(environments.map(({ name, job }) => `${name}: ${job.environment}`)).toEqual([
      'deploy.yml plan: ${{ matrix.environment }}-plan',
      'deploy.yml deploy: ${{ matrix.environment }}',
      'drift.yml compare: ${{ matrix.environment }}-plan',
      'plan.yml plan: ${{ matrix.environment }}-plan',
    ]);
    const deploying = jobs.filter(({ job }) => job.steps.some(({ run }) => run?.includes('agent-bom-postgres deploy')));
    expect(deploying.map(({ name }) => name)).toEqual(['deploy.yml deploy']);
    expect(deploying[0]?.job).toMatchObject({
      needs: 'changes',
      if: "needs.changes.outputs.names != '[]'",
      strategy: { 'max-parallel': 1, 'fail-fast': true },
      concurrency: { group: 'deploy-${{ matrix.environment }}', 'cancel-in-progress': false },
    });
  });

  it('hold no key, put no expression into a script, keep no token in the checkout, and end by themselves', () => {
    for (const { text } of workflows) expect(text).not.toMatch(/secrets\.|access-key|ACCESS_KEY/);
    for (const { job } of jobs) {
      expect(job['timeout-minutes']).toBeGreaterThan(0);
      for (const { run } of job.steps) expect(run ?? '').not.toContain('${{');
      for (const { uses = '', with: settings } of job.steps) {
        if (uses.includes('/checkout@')) expect(settings).toMatchObject({ 'persist-credentials': false });
        if (uses.includes('/setup-terraform@'))
          expect(settings).toEqual({ terraform_version: '1.11.4', terraform_wrapper: false });
        if (uses.includes('/configure-aws-credentials@'))
          expect(settings).toMatchObject({ 'role-to-assume': '${{ vars.AWS_ROLE_ARN }}' });
      }
    }
  });

  it('synthesize where no token is to be had, and plan with the program of the base branch', () => {
    for (const { name, job } of jobs) {
      const scripts = job.steps.map(({ run = '' }) => run).join('\n');
      const asks = job.permissions?.['id-token'] !== undefined;
      expect({ name, synthesizes: /npm run (?:synth|validate)/.test(scripts) }).toEqual({
        name,
        synthesizes: / synth$/.test(name),
      });
      const planning = scripts.match(/agent-bom-postgres (?:plan|deploy) "\$ENVIRONMENT".*/g) ?? [];
      expect(planning.length).toBe(asks ? 1 : 0);
      for (const line of planning) expect(line).toContain('--synthesized');
      expect(JSON.stringify(job)).not.toContain('"cache"');
    }
    const [checkout] = workflows.find(({ file }) => file === 'plan.yml')?.workflow.jobs.plan?.steps ?? [];
    expect(checkout?.with).toMatchObject({ ref: '${{ github.event.pull_request.base.sha }}' });
  });

  it('deploy what was approved, in the order of the repository, and only what changes', () => {
    const { workflow } = workflows.find(({ file }) => file === 'deploy.yml') ?? {};
    const script = (job: string, part: string): string =>
      workflow?.jobs[job]?.steps.find(({ run }) => run?.includes(part))?.run ?? '';
    expect(script('plan', 'plan "$ENV')).toContain('--approval "$ENVIRONMENT.json"');
    expect(script('deploy', 'deploy "$ENV')).toContain('--approved "$ENVIRONMENT.json"');
    const folder = mkdtempSync(join(tmpdir(), 'changes-'));
    mkdirSync(join(folder, 'approvals'));
    const plans = { prod: true, staging: true, test: false };
    for (const [environment, differs] of Object.entries(plans))
      writeFileSync(join(folder, 'approvals', `${environment}.json`), JSON.stringify({ environment, differs }));
    const output = join(folder, 'output');
    const env = { PATH: process.env.PATH, ORDER: '["test","staging","prod"]', GITHUB_OUTPUT: output };
    const { status } = spawnSync('bash', ['-e', '-c', script('changes', 'jq')], { cwd: folder, env });
    expect({ status, output: readFileSync(output, 'utf8') }).toEqual({
      status: 0,
      output: 'names=["staging","prod"]\n',
    });
    rmSync(folder, { recursive: true });
  });

  it('comment a plan that failed as well', () => {
    const { workflow } = workflows.find(({ file }) => file === 'plan.yml') ?? {};
    expect(workflow?.jobs.comment?.if).toBe("${{ !cancelled() && needs.plan.result != 'skipped' }}");
    const folder = mkdtempSync(join(tmpdir(), 'plan-'));
    writeFileSync(join(folder, 'npx'), '#!/bin/sh\necho "a \\`\\`\\` fault" >&2; exit 1\n', { mode: 0o755 });
    const env = {
      PATH: `${folder}:${process.env.PATH}`,
      ENVIRONMENT: 'prod',
      GITHUB_STEP_SUMMARY: join(folder, 'summary'),
    };
    const script = workflow?.jobs.plan?.steps.find(({ run }) => run?.includes('plan "$ENV'))?.run ?? '';
    const { status } = spawnSync('bash', ['-e', '-c', script], { cwd: folder, env });
    expect({ status, summary: readFileSync(join(folder, 'summary'), 'utf8') }).toEqual({
      status: 1,
      summary: '## Plan of prod failed\n\n    a ``` fault\n',
    });
    rmSync(folder, { recursive: true });
  });

  it('plan no pull request of a fork', () => {
    const { workflow } = workflows.find(({ file }) => file === 'plan.yml') ?? {};
    expect(workflow?.jobs.plan?.if).toBe('github.event.pull_request.head.repo.full_name == github.repository');
    expect(texts['plan.yml']).not.toContain('pull_request_target');
  });
});

describe('the scripts in the workflows', () => {
  it('are there', () => {
    const scripts = shellScripts().map(({ script }) => script);
    const named = scripts.flatMap((script) =>
      [...script.matchAll(/npm run (?:--silent )?([\w-]+)/g)].map(([, name]) => name),
    );
    expect([...new Set(named)].sort()).toEqual(['synth', 'validate']);
    const commands = scripts.flatMap((script) =>
      [...script.matchAll(/npx agent-bom-postgres (\w+)/g)].map(([, name]) => name),
    );
    expect([...new Set(commands)].sort()).toEqual(['deploy', 'plan', 'snapshot']);
    for (const name of named) expect(packageScripts).toHaveProperty(name ?? '');
    const files = scripts.flatMap((script) => script.match(/scripts\/[\w-]+\.ts/g) ?? []);
    for (const file of [...files, '.nvmrc', 'docs/set-up/continuous-deployment.md'])
      expect(existsSync(join(PROJECT, file))).toBe(true);
  });

  (hasShellcheck() ? it : it.skip)('have no mistake that shellcheck knows', () => {
    for (const { where, script } of shellScripts()) {
      const { stdout } = spawnSync('shellcheck', ['--shell=bash', '-'], {
        input: script,
        encoding: 'utf8',
      });
      expect([where, stdout]).toEqual([where, '']);
    }
  });
});
