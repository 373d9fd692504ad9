import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';

jest.setTimeout(60_000);

const PROJECT = join(__dirname, '..', '..');
const GITLAB = join(PROJECT, 'ci', 'gitlab', 'agent-bom-postgres.gitlab-ci.yml');

const gitlabText = readFileSync(GITLAB, 'utf8');
const gitlab = parse(gitlabText) as Record<string, Record<string, unknown>>;
const gitlabDeployText = readFileSync(join(PROJECT, 'ci', 'gitlab', 'deploy.gitlab-ci.yml'), 'utf8');
const gitlabDeploy = parse(gitlabDeployText) as Record<string, Record<string, unknown>>;

/** Checks a file of GitLab against its schema, and its stages, references and needs. */
function gitlabErrors(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'gitlab-'));
  writeFileSync(join(folder, '.gitlab-ci.yml'), text);
  for (const command of [
    ['init', '-q'],
    ['remote', 'add', 'origin', 'git@example.com:team/project.git'],
  ])
    spawnSync('git', command, { cwd: folder });
  const linter = join(PROJECT, 'node_modules', 'gitlab-ci-local', 'src', 'index.js');
  const { status, stderr, stdout } = spawnSync(process.execPath, [linter, '--list'], { cwd: folder, encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  return status === 0 ? '' : `${stdout}${stderr}`;
}

describe('the pipeline for GitLab', () => {
  it('is well-formed, and the linter would say if it were not', () => {
    expect(gitlabErrors(gitlabText)).toBe('');
    expect(gitlabErrors(gitlabText.replace('action: verify', 'action: look'))).not.toBe('');
    expect(gitlabErrors(gitlabText.replace('stage: drift', 'stage: other'))).not.toBe('');
  });

  it('exchanges a token for a role, with another audience for a deployment, and holds no key', () => {
    expect(gitlab['.plan']).toMatchObject({ id_tokens: { AWS_TOKEN: { aud: 'agent-bom-plan' } } });
    expect(gitlabDeploy['.deploy']).toMatchObject({ id_tokens: { AWS_TOKEN: { aud: 'agent-bom-deploy' } } });
    expect(`${gitlabText}${gitlabDeployText}`).not.toMatch(/ACCESS_KEY|CI_JOB_JWT/);
    for (const job of ['plan', 'drift']) expect(gitlab[job]?.extends).toBe('.plan');
    for (const job of ['synth', 'deployments', 'deploy'])
      expect(JSON.stringify(gitlab[job])).not.toMatch(/id_tokens|\.plan/);
  });

  it('deploys by hand, from the default branch, one at a time and in the approved environment', () => {
    expect(gitlabDeploy['.deploy']).toMatchObject({
      rules: [{ if: '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH', when: 'manual' }],
      environment: { name: '$ENVIRONMENT' },
      resource_group: '$ENVIRONMENT',
    });
    expect(gitlab.deploy).toMatchObject({
      rules: [{ if: '$CI_PIPELINE_SOURCE != "schedule" && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH' }],
    });
    expect(gitlabText).not.toContain('agent-bom-postgres deploy');
    expect(JSON.stringify(gitlabDeploy['.deploy'])).toContain(
      '--synthesized --approved \\"approval-$ENVIRONMENT.json\\"',
    );
    expect(gitlab['.plan']?.environment).toMatchObject({ name: '$ENVIRONMENT-plan' });
  });

  it.each([
    [['staging', 'prod'], { staging: true, prod: true }],
    [['prod'], { staging: false, prod: true }],
    [[], { staging: false, prod: false }],
  ])('makes a job for %j, in their order', (expected, plans) => {
    const folder = mkdtempSync(join(tmpdir(), 'deployments-'));
    for (const [environment, differs] of Object.entries(plans))
      writeFileSync(join(folder, `approval-${environment}.json`), JSON.stringify({ environment, differs }));
    const script = ((gitlab.deployments?.script ?? []) as string[]).join('\n');
    const env = { PATH: process.env.PATH, ENVIRONMENTS: 'staging prod' };
    expect(spawnSync('bash', ['-e', '-c', script], { cwd: folder, env }).status).toBe(0);
    const { include, ...made } = parse(readFileSync(join(folder, 'deployments.yml'), 'utf8'));
    rmSync(folder, { recursive: true });
    expect(include).toEqual([{ local: 'ci/gitlab/deploy.gitlab-ci.yml' }]);
    const artifacts = (environment: string) =>
      ['synth', `plan: [${environment}]`].map((job) => ({ pipeline: '$PARENT_PIPELINE_ID', job }));
    const jobsOf = expected.map((environment, index) => [
      `deploy ${environment}`,
      {
        extends: '.deploy',
        variables: { ENVIRONMENT: environment },
        needs: [...artifacts(environment), ...(index === 0 ? [] : [{ job: `deploy ${expected[index - 1]}` }])],
      },
    ]);
    expect(made).toEqual(
      expected.length === 0 ? { 'nothing to deploy': { extends: '.nothing' } } : Object.fromEntries(jobsOf),
    );
  });
});
