import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { EmbeddedServer } from '../../../commands/embedded/server';
import { defaultParameters, packagedUrl, rehearsalUrls, runStandIn } from '../../../commands/rehearse/rehearse';
import { applyStep, type ContractRun } from '../../../commands/shared/postgres/contract-runner';
import type { CheckResult } from '../../../contract/postgres/checks';
import { runInProcess, runWithStreams } from '../../support/commands/program';
import { SERVER_TIMEOUT_MS } from '../../support/postgres/database';
import { minimal } from '../../support/synth/environments';

jest.setTimeout(SERVER_TIMEOUT_MS);

describe('doctor', () => {
  let server: EmbeddedServer;
  let app: { AGENT_BOM_POSTGRES_URL: string };

  beforeAll(async () => {
    server = await EmbeddedServer.start();
    const run: ContractRun = { urls: rehearsalUrls(server), parameters: defaultParameters() };
    await applyStep('before', run);
    await runStandIn(packagedUrl(server));
    await applyStep('after', run);
    app = { AGENT_BOM_POSTGRES_URL: run.urls.app };
  });
  afterAll(() => server.stop());

  it('compares with the environment or the version that is named, and says what to give where none is', async () => {
    const environments = mkdtempSync(join(tmpdir(), 'doctor-'));
    const release = { ...minimal().release, chartVersion: '0.103.2' };
    writeFileSync(join(environments, 'prod.yaml'), stringify({ ...minimal(), release }));
    const folder = ['--environments', environments, '--environment', 'prod'];
    const ids = ['schema.revision', 'limits.connections', 'limits.capacity'];
    const checks = async (...options: string[]) => {
      const { code, stdout } = await runWithStreams(app, 'doctor', ...options, '--json');
      const report = JSON.parse(stdout);
      const found = report.checks.filter(({ id }: { id: string }) => ids.includes(id));
      const details = found.map(({ status, detail }: CheckResult) => `${status}: ${detail}`);
      return { code, version: report.chartVersion, details };
    };
    expect(await checks()).toEqual({
      code: 0,
      version: null,
      details: [
        expect.stringMatching(
          /^skip: not checked: the database is at 00000000_01; .*; give --environment <name> or --chart-version <version>$/,
        ),
        expect.stringMatching(/^skip: not checked: .*; give --environment <name>$/),
        expect.stringMatching(/^skip: not checked: .*; give --environment <name>$/),
      ],
    });
    // The logins have the limits of the newest version, which opens a third pool.
    expect(await checks(...folder)).toEqual({
      code: 1,
      version: '0.103.2',
      details: [
        'fail: the database is at 00000000_01, the packaged migrations end at 20260901_01',
        expect.stringContaining('fail: agent_bom_app may hold 74 connections, the budget says 62'),
        expect.stringContaining('pass: the budget is 80 of'),
      ],
    });
    expect(await checks('--chart-version', '0.104.0')).toMatchObject({
      code: 1,
      version: '0.104.0',
      details: [
        expect.stringContaining('end at 20260908_01'),
        expect.stringContaining('skip'),
        expect.stringContaining('skip'),
      ],
    });
    expect(await checks(...folder, '--chart-version', '0.111.0')).toMatchObject({
      code: 0,
      version: '0.111.0',
      details: [
        expect.stringMatching(/^skip: .*; 0\.111\.0 has no record$/),
        expect.stringContaining('pass'),
        expect.stringContaining('pass'),
      ],
    });
    expect(await runInProcess(app, 'doctor', '--chart-version', '0.98.2')).toMatchObject({ code: 2 });
    expect(await runInProcess(app, 'doctor', '--environment', 'staging', '--environments', environments)).toMatchObject(
      {
        code: 2,
        output: expect.stringContaining(`the name of an environment in ${environments}: prod`),
      },
    );
    rmSync(environments, { recursive: true });
  });
});
