import { factsOf, newestVersion } from '../../contract/product/facts';
import { runningVersion } from '../versions/running-version';
import { dumpCommand, upgradeOf } from '../versions/upgrade';
import { type PreflightCheck, pass } from './check';

/** Whether the version of the file has a record. One without is deployed as well, as far as anybody knows it. */
export const VERSION_CHECK: PreflightCheck = {
  id: 'product.version-known',
  proves: 'what is set and checked is what this version of the product requires',
  run: async ({ environment: { release } }) => {
    const { known, recorded } = factsOf(release.chartVersion);
    if (known) return pass(release.chartVersion);
    return {
      status: 'skip',
      detail: `not checked: ${release.chartVersion} has no record; the newest before it is ${recorded}`,
    };
  },
  fix: () => `write \`chartVersion: ${newestVersion()}\` in \`release\``,
};

/** What the upgrade does to the pods that run. No answer of it is an obstacle. */
export const UPGRADE_CHECK: PreflightCheck = {
  id: 'cluster.upgrade',
  proves: 'it is known whether the running pods keep working while the migration Job runs',
  run: async ({ environment }) => {
    const { chartVersion } = environment.release;
    const running = await runningVersion(environment);
    if ('reason' in running) {
      const warning = `It is not known which version runs, and so whether its pods keep working while the migration Job of ${chartVersion} runs: ${running.reason}. Take a dump first: ${dumpCommand(environment)}`;
      return { status: 'skip', detail: `not known: ${running.reason}`, warning };
    }
    if (running.version === null) return pass('no version runs yet');
    const { known, warning } = upgradeOf(running.version, chartVersion, dumpCommand(environment));
    const detail = running.version === chartVersion ? `${chartVersion} runs` : `${running.version} to ${chartVersion}`;
    if (!known) return { status: 'skip', detail: `not known: ${detail}`, warning };
    return { ...pass(`${detail}${warning === undefined ? '' : ', with an interruption: see the warning'}`), warning };
  },
  fix: () => '',
};
