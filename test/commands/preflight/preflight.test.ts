import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { newestVersion } from '../../../contract/product/facts';
import { COMPLETE, context, DEVIATIONS, GREEN, type Programs } from '../../support/commands/preflight';
import { PreflightRun } from '../../support/commands/preflight-run';
import { runInProcess } from '../../support/commands/program';
import { minimal } from '../../support/synth/environments';

jest.mock('node:child_process', () => {
  const actual = jest.requireActual('node:child_process');
  const { spawnOrAnswer } = jest.requireActual('../../support/commands/stand-ins');
  return { ...actual, spawn: spawnOrAnswer(actual.spawn) };
});
jest.mock('../../../commands/explain/synthesized', () => {
  const { synthesizedInProcess } = jest.requireActual('../../support/commands/synthesized-stacks');
  return { synthesizedStacks: synthesizedInProcess };
});

const SECRETS = ['hunter2', 'AKIAABCDEFGHIJKLMNOP', 'eyJhbGciOiJSUzI1NiJ9.payload', 'k8s-aws-v1.aHR0cHM6Ly9zdHM'];

const preflights = new PreflightRun();

/** Runs the command where all is in place but for what is changed. */
function preflight(change: Partial<Programs>, environment: object = minimal(), variables = {}, ...more: string[]) {
  preflights.answer(change);
  return preflights.run(environment, variables, '--json', ...more);
}

const failed = (report: { checks: { id: string; status: string }[] }) =>
  report.checks.filter(({ status }) => status === 'fail');

describe('preflight', () => {
  it.each(GREEN)('passes with %s', async (_what, environment, change) => {
    const { code, report } = await preflight(change, environment);
    expect({ code, failed: failed(report) }).toEqual({ code: 0, failed: [] });
    expect(report).toMatchObject({ schemaVersion: 1, command: 'preflight', environment: 'prod', passed: true });
    expect(report.counts.pass).toBeGreaterThanOrEqual(14);
    expect(preflights.programs.asked().join('\n')).not.toMatch(
      /get-secret-value|get secrets .*--output json(?!path)|--raw/,
    );
  });

  it.each(DEVIATIONS)('$id fails, because $because', async ({ id, change, environment, detail, fix, code = 1 }) => {
    const answer = await preflight(change, environment);
    const [first, ...others] = failed(answer.report);
    expect(first).toMatchObject({ id, status: 'fail', detail });
    expect(first).toHaveProperty('fix', expect.stringContaining(fix));
    expect(others).toEqual([]);
    expect(answer.code).toBe(code);
  });

  it.each([
    ['0.110.0', 'pass', '0.110.0'],
    ['0.111.0', 'skip', 'not checked: 0.111.0 has no record; the newest before it is 0.110.0'],
  ])('says of version %s what is known of it, and never fails because of it', async (chartVersion, status, detail) => {
    const environment = { ...minimal(), release: { ...minimal().release, chartVersion } };
    const { code, report } = await preflight({}, environment);
    const check = report.checks.find(({ id }: { id: string }) => id === 'product.version-known');
    expect(check).toMatchObject({ status, detail: expect.stringContaining(detail) });
    expect(code).toBe(0);
  });

  it('asks nothing of a cluster that is not the one of the environment', async () => {
    const { report } = await preflight({ kubectl: { 'config view': context('https://other.example.com') } });
    const inside = report.checks.filter(
      ({ id }: { id: string }) => id.startsWith('cluster.') && id !== 'cluster.context',
    );
    expect(new Set(inside.map(({ status }: { status: string }) => status))).toEqual(new Set(['skip']));
    expect(preflights.programs.asked().filter((line) => line.startsWith('kubectl get'))).toEqual([]);
  });

  it('says which variables would send the manifests elsewhere, and not what they say', async () => {
    const variables = { KUBE_TOKEN: 'hunter2', KUBE_CONFIG_PATH: '/elsewhere', KUBE_HOST: '' };
    const { code, output, report } = await preflight({}, minimal(), variables);
    expect(code).toBe(1);
    expect(failed(report)).toMatchObject([
      {
        id: 'machine.variables',
        detail: 'set: KUBE_CONFIG_PATH, KUBE_TOKEN',
        fix: 'unset KUBE_CONFIG_PATH KUBE_TOKEN',
      },
    ]);
    expect(output).not.toContain('hunter2');
  });

  it('says which programs are missing', async () => {
    const { code, report } = await preflights.run(minimal(), {}, '--json');
    expect(code).toBe(1);
    const missing = failed(report).map(({ id }) => id);
    expect(missing).toEqual([
      ...['machine.terraform', 'machine.aws', 'machine.kubectl'],
      ...['account.identity', 'cluster.context'],
    ]);
    for (const check of failed(report))
      expect(check).toHaveProperty('detail', expect.stringContaining('is not on the PATH'));
  });

  it('asks the program that cdktf is told to use', async () => {
    preflights.programs.write('tofu', { 'version -json': { terraform_version: '1.11.2' } });
    const { report } = await preflight({ terraform: { '': { complaint: 'not me' } } }, minimal(), {
      TERRAFORM_BINARY_NAME: 'tofu',
    });
    expect(report.checks[1]).toMatchObject({ id: 'machine.terraform', status: 'pass', detail: '1.11.2' });
  });

  it('repeats no credential that a program complains of', async () => {
    const complaint = SECRETS.map(
      (secret) => `password=${secret} bearer ${secret} https://me:${secret}@example.com`,
    ).join(' ');
    const everywhere = { '': { complaint } };
    const { output } = await preflight({ terraform: everywhere, aws: everywhere, kubectl: everywhere });
    expect(output).toContain('***');
    for (const secret of SECRETS) expect(output).not.toContain(secret);
  });

  it.each(['null', '[]', '{"items": 7}', '"text"', 'no JSON {'])('survives programs that answer %s', async (answer) => {
    const everywhere = { '': answer };
    const { code, report } = await preflight({ terraform: everywhere, aws: everywhere, kubectl: everywhere });
    expect(code).toBe(3);
    expect(failed(report).length).toBeGreaterThanOrEqual(4);
  });

  it('shows a table with what each check proves, and the commands that mend what fails', async () => {
    writeFileSync(join(preflights.environments, 'a.yaml'), stringify(minimal()));
    for (const name of ['aws', 'kubectl'] as const) preflights.programs.write(name, COMPLETE[name]);
    const file = join(preflights.environments, 'report.json');
    const { code, output } = await runInProcess(
      { PATH: preflights.programs.directory },
      'preflight',
      'prod',
      '--environments',
      preflights.environments,
      '--json',
      file,
    );
    expect(code).toBe(1);
    expect(output).toMatch(/^fail +machine\.terraform +terraform is not on the PATH/m);
    expect(output).toContain('\nmachine.terraform:\n  install Terraform 1.11 or later');
    expect(output).toMatch(/\nprod cannot be deployed yet: \d+ checks passed, 1 failed, \d+ not checked\.\n$/);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      command: 'preflight',
      passed: false,
      counts: { fail: 1 },
    });
  });

  it('refuses a name that no file has, and names those that there are', async () => {
    writeFileSync(join(preflights.environments, 'a.yaml'), stringify(minimal()));
    const variables = { PATH: preflights.programs.directory, ENVIRONMENTS_DIR: preflights.environments };
    const { code, output } = await runInProcess(variables, 'preflight', 'staging');
    expect(code).toBe(2);
    expect(output).toContain(`the name of an environment in ${preflights.environments}: prod`);
    expect(preflights.programs.asked()).toEqual([]);
    expect((await runInProcess(variables, 'preflight')).code).toBe(2);
    expect((await runInProcess(variables, 'preflight', 'prod', 'more')).code).toBe(2);
  });
});

describe('the registry of the chart', () => {
  const challenge = 'Bearer realm="https://registry.example.com/token",service="registry",scope="repository:a:pull"';
  const answers = (...responses: Response[]) =>
    jest
      .spyOn(globalThis, 'fetch')
      .mockImplementation(async () => responses.shift() ?? new Response('', { status: 500 }));
  const unauthorized = () => new Response('', { status: 401, headers: { 'www-authenticate': challenge } });
  const check = async (variables = {}) => {
    const { report } = await preflight({}, minimal(), variables);
    return report.checks.find(({ id }: { id: string }) => id === 'machine.registry');
  };

  it('gives a token to everybody', async () => {
    const fetched = answers(unauthorized(), new Response('{"token":"hunter2"}'), new Response('{}'));
    expect(await check()).toMatchObject({
      status: 'pass',
      detail: `oci://ghcr.io/msaad00/charts/agent-bom:${newestVersion()}`,
    });
    expect(fetched.mock.calls.map(([url]) => String(url))).toEqual([
      `https://ghcr.io/v2/msaad00/charts/agent-bom/manifests/${newestVersion()}`,
      'https://registry.example.com/token?service=registry&scope=repository%3Aa%3Apull',
      `https://ghcr.io/v2/msaad00/charts/agent-bom/manifests/${newestVersion()}`,
    ]);
  });

  it.each([
    ['wants a login', [unauthorized(), new Response('{}')], 'status 401, it requires a login'],
    ['has no such chart', [new Response('', { status: 404 })], 'status 404, it does not exist'],
    ['is out of order', [new Response('', { status: 503 })], 'status 503, an error'],
  ])('%s', async (_what, responses, detail) => {
    answers(...responses);
    expect(await check()).toMatchObject({
      status: 'fail',
      detail: `oci://ghcr.io/msaad00/charts/agent-bom:${newestVersion()}: ${detail}`,
      fix: expect.stringContaining('helm registry login ghcr.io'),
    });
  });

  it('cannot be reached', async () => {
    jest
      .spyOn(globalThis, 'fetch')
      .mockRejectedValue(new TypeError('fetch failed', { cause: { message: 'ENOTFOUND' } }));
    expect(await check()).toMatchObject({ status: 'fail', detail: 'ghcr.io cannot be reached: ENOTFOUND' });
  });

  it('is not asked past a proxy', async () => {
    expect(await check({ HTTPS_PROXY: 'http://me:hunter2@proxy' })).toMatchObject({ status: 'skip' });
  });
});
