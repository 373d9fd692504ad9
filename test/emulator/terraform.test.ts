import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Emulator } from '../support/aws/emulator';
import { describeWithAwsProvider, FrontDoor, makeSurroundings } from '../support/aws/terraform/front-door';
import { ENVIRONMENTS, full } from '../support/aws/terraform/full-environment';
import { providerCalls } from '../support/aws/terraform/provider-log';
import { refusedCalls } from '../support/aws/terraform/refused-calls';
import { over } from '../support/synth/varieties';

jest.setTimeout(3_600_000);

/** With this variable, the version of the provider, what it asked is written down for the tests that run without it. */
const RECORDED =
  process.env.RECORD_PROVIDER_CALLS === undefined ? undefined : join(__dirname, '../support/aws/terraform');

describeWithAwsProvider()('both stacks, by the front door and the real provider at an emulated AWS', () => {
  let emulator: Emulator;
  let door: FrontDoor;
  beforeEach(async () => {
    // The policies of AWS itself, of which enhanced monitoring has one.
    emulator = await Emulator.start({ MOTO_IAM_LOAD_MANAGED_POLICIES: 'true' });
    door = new FrontDoor(emulator);
  });
  afterEach(async () => {
    door.remove();
    await emulator.stop();
  });

  /** @returns What the provider asked meanwhile. */
  async function asked(...words: string[]): Promise<string[]> {
    const { code, said } = await door.run(...words);
    expect({ words, code, said: code === 0 ? '' : said }).toEqual({ words, code: 0, said: '' });
    return providerCalls(door.takeLog());
  }
  const deploys = () => asked('deploy', 'prod', '--yes', '--no-preflight');
  const changesNothing = () => asked('plan', 'prod', '--detailed-exitcode');
  const distinct = (...calls: string[][]) => [...new Set(calls.flat())].sort();

  it.each(
    ENVIRONMENTS,
  )('of an %s are deployed, changed and destroyed, and no plan differs', async (form, before, after) => {
    const file = full(makeSurroundings(emulator), before);
    const changed = over(file, after);
    door.write(file);
    const first = await deploys();
    const plans = [await changesNothing()];
    door.write(changed);
    const second = await deploys();
    plans.push(await changesNothing());
    door.write({ ...changed, releaseProtection: true });
    const last = [await deploys(), await asked('destroy', 'prod', '--yes')];

    const [plan, deploy] = [distinct(...plans), distinct(first, second, ...last)];
    if (RECORDED !== undefined) {
      const recording = JSON.stringify(
        { provider: process.env.RECORD_PROVIDER_CALLS, environment: changed, plan, deploy },
        undefined,
        2,
      );
      writeFileSync(join(RECORDED, `calls-of-${form}.json`), `${recording}\n`);
    }
    expect(refusedCalls('plan', changed, plan)).toEqual([]);
    expect(refusedCalls('deploy', changed, deploy)).toEqual([]);
  });
});
