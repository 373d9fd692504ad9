// Runs tests for copy.ts in a process that stays: Jest and the packages of cdktf are loaded once for many faults.
import { runCLI } from 'jest';
import type { JestReport, Tests } from './copy';

/** What every run begins with: Jest writes its own directory into it. */
const { TMPDIR, PATH } = process.env;

process.on('message', (tests: Tests) => {
  run(tests).then(
    (report) => process.send?.(report),
    () => process.send?.({ success: false, testResults: [] }),
  );
});

async function run({ path, names }: Tests): Promise<JestReport> {
  Object.assign(process.env, { TMPDIR, PATH });
  const settings = {
    ci: true,
    silent: true,
    runInBand: true,
    testNamePattern: names,
    config: 'scripts/mutants/jest.config.js',
  };
  const { results } = await runCLI({ _: [path], $0: '', ...settings } as never, [process.cwd()]);
  const testResults = results.testResults.map(({ failureMessage, testResults: assertionResults }) => ({
    status: failureMessage ? 'failed' : 'passed',
    message: failureMessage ?? '',
    assertionResults,
  }));
  return { success: results.success, testResults };
}
