import { join } from 'node:path';
import { PreflightRun } from '../../support/commands/preflight-run';
import type { StandInAnswer } from '../../support/commands/stand-ins';
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

const preflights = new PreflightRun();

/** Runs the command where all is in place, and the cluster answers this for the Deployment of the API. */
function preflight(running: StandInAnswer, environment: object, ...more: string[]) {
  preflights.answer({ kubectl: { 'get deployment agent-bom-prod-api --namespace agent-bom': running } });
  return preflights.run(environment, {}, '--json', ...more);
}

describe('the upgrade', () => {
  const dump = '`kubectl --namespace agent-bom create job --from=cronjob/agent-bom-backup before-upgrade`';
  const api = (...images: string[]) => ({
    spec: { template: { spec: { containers: images.map((image) => ({ image })) } } },
  });
  const upgrade = async (running: StandInAnswer, chartVersion: string, more = {}) => {
    const environment = { ...minimal(), ...more, release: { ...minimal().release, chartVersion } };
    const answer = await preflight(running, environment);
    const check = answer.report.checks.find(({ id }: { id: string }) => id === 'cluster.upgrade');
    return { ...answer, check, warnings: answer.report.warnings.join('\n') };
  };

  it.each([
    ['0.106.1', '0.107.0', 'scan_jobs'],
    ['0.98.3', '0.107.0', 'scan_jobs'],
    ['0.108.4', '0.109.0', 'attack_paths'],
    ['0.102.0', '0.110.0', 'scan_jobs and attack_paths'],
  ])('from %s to %s warns that the API is scaled down, and fails nothing', async (from, to, tables) => {
    const { code, check, warnings } = await upgrade(api(`docker.io/agentbom/agent-bom:${from}`), to);
    expect({ code, check }).toMatchObject({
      code: 0,
      check: { status: 'pass', detail: `${from} to ${to}, with an interruption: see the warning` },
    });
    expect(warnings).toBe(
      `Pods of ${from} cannot write to ${tables} after the migrations of ${to}. The API is scaled down before the ` +
        `migration Job starts, and starts again with ${to}. There is no automatic rollback: ${from} does not work on ` +
        `the new schema, so the way back is to restore the dump. Take a dump first: ${dump}`,
    );
  });

  it.each([
    ['0.98.3', '0.106.1', '0.98.3 to 0.106.1'],
    ['0.107.0', '0.108.4', '0.107.0 to 0.108.4'],
    ['0.109.0', '0.110.0', '0.109.0 to 0.110.0'],
    ['0.110.0', '0.110.0', '0.110.0 runs'],
  ])('from %s to %s warns of nothing', async (from, to, detail) => {
    const { check, warnings } = await upgrade(api(`example.com/agent-bom:${from}@sha256:${'0'.repeat(64)}`), to);
    expect({ check, warnings }).toMatchObject({ check: { status: 'pass', detail }, warnings: '' });
  });

  it('warns before a version that is older than the one that runs, where that one cannot write', async () => {
    const { warnings } = await upgrade(api('agent-bom:0.109.0'), '0.108.4');
    expect(warnings).toContain('Pods of 0.108.4 cannot write to attack_paths as 0.109.0 has changed them');
    expect(warnings).toContain('restore a dump that was taken with 0.108.4');
    expect((await upgrade(api('agent-bom:0.108.4'), '0.107.0')).warnings).toBe('');
  });

  it('says that it is not known for a version without a record, and that one crosses what is known', async () => {
    const unknown = await upgrade(api('agent-bom:0.110.0'), '0.111.0');
    expect(unknown).toMatchObject({ code: 0, check: { status: 'skip', detail: 'not known: 0.110.0 to 0.111.0' } });
    expect(unknown.warnings).toContain('of 0.111.0 runs: 0.111.0 has no record. Take a dump first');
    expect(unknown.warnings).toContain('release.chartVersion: 0.111.0 is newer than 0.110.0');
    const known = unknown.report.checks.find(({ id }: { id: string }) => id === 'product.version-known');
    expect(known).toMatchObject({ status: 'skip', detail: expect.stringContaining('0.111.0 has no record') });
    const crossing = await upgrade(api('agent-bom:0.108.4'), '0.111.0');
    expect(crossing).toMatchObject({ code: 0, check: { status: 'skip' } });
    expect(crossing.warnings).toContain('Pods of 0.108.4 cannot write to attack_paths after');
  });

  it.each([
    [
      'no tag',
      api('agent-bom@sha256:1', 'sidecar:latest'),
      'has no version in its tag: agent-bom@sha256:1, sidecar:latest',
    ],
    ['no containers', {}, 'has no version in its tag: no image'],
    ['no right to ask', { complaint: 'deployments is forbidden' }, 'deployments is forbidden'],
    ['a version before the first one', api('agent-bom:0.97.0'), '0.97.0 to 0.110.0'],
  ])('says that it is not known for %s', async (_what, running, reason) => {
    const { code, check, warnings } = await upgrade(running, '0.110.0');
    expect({ code, check }).toMatchObject({
      code: 0,
      check: { status: 'skip', detail: expect.stringContaining(reason) },
    });
    expect(warnings).toContain(`Take a dump first: ${dump}`);
  });

  it('has nothing to say where nothing runs, and names what to do where no dumps are made', async () => {
    expect(await upgrade('', '0.110.0')).toMatchObject({
      check: { status: 'pass', detail: 'no version runs yet' },
      warnings: '',
    });
    const { warnings } = await upgrade(api('agent-bom:0.106.1'), '0.107.0', { backup: { enabled: false } });
    expect(warnings).toMatch(/Take a dump first: this environment makes none, so use a snapshot of the server$/);
  });

  it('is shown below the table', async () => {
    const file = join(preflights.environments, 'report.json');
    const { output } = await preflight(api('agent-bom:0.106.1'), minimal(), file);
    expect(output).toMatch(
      /\nwarning: Pods of 0\.106\.1 cannot write to scan_jobs and attack_paths after [^\n]+\n\nprod can be deployed/,
    );
  });
});
