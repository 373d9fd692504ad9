import { Emulator } from '../support/aws/emulator';
import { describeWithAwsProvider, FrontDoor, makeSurroundings } from '../support/aws/terraform/front-door';
import { ENVIRONMENTS, full } from '../support/aws/terraform/full-environment';
import { kill, randomNumbers, type Victims } from '../support/cluster/kill';
import type { Block } from '../support/synth/template';
import { over } from '../support/synth/varieties';

/** Kills of a first deployment, and as many of a change, for each engine type. */
const KILLS = Number(process.env.KILLS ?? 1);
const SEED = Number(process.env.KILLS_SEED ?? Date.now() % 1_000_000);
const VICTIMS: readonly Victims[] = ['all', 'terraform', 'program'];
const say = (text: string): void => void process.stdout.write(`${text}\n`);

jest.setTimeout((KILLS + 1) * 1_200_000);

/** A change of many values, another one each time. */
const changed = (environment: Block, count: number): Block =>
  over(environment, {
    database: {
      backupRetentionDays: 7 + (count % 20),
      monitoringSeconds: count % 2 === 0 ? 60 : 30,
      access: { cidrs: [`10.${20 + (count % 100)}.0.0/16`] },
      ...(environment.database.form === 'aurora' ? { aurora: { readers: 1 + (count % 2) } } : {}),
    },
    secrets: { generation: 1 + count },
    alarms: { emails: [`oncall-${count}@example.com`] },
    tags: { 'cost-center': String(count) },
  });

/**
 * The provider asks RDS to manage the password of a database that was taken over, although RDS does: it then keeps the secret,
 * and the emulator makes another one, which the next plan shows in the outputs.
 */
const onlyNewSecret = (deployed: string, planned: string): boolean =>
  /^left over {2}prod-agent-bom was created by a run/m.test(deployed) &&
  /^prod-database {2}only outputs change\nprod-workload {2}no changes$/m.test(planned);

describeWithAwsProvider()(`the database stack with the real provider, killed (KILLS_SEED ${SEED})`, () => {
  const random = randomNumbers(SEED);
  let emulator: Emulator;
  let door: FrontDoor;
  beforeEach(async () => {
    emulator = await Emulator.start({ MOTO_IAM_LOAD_MANAGED_POLICIES: 'true' });
  });
  afterEach(async () => {
    door.remove();
    await emulator.stop();
  });

  const deploying = () => door.begin('deploy', 'prod', '--yes', '--no-preflight');

  /** How long the change takes from its beginning, undisturbed: kills are spread over this time. */
  async function measured(): Promise<number> {
    const { begun, ended } = deploying();
    await begun;
    const start = performance.now();
    const { code, said } = await ended;
    expect({ code, said: code === 0 ? '' : said }).toEqual({ code: 0, said: '' });
    return performance.now() - start;
  }

  /** Kills a deployment at a random moment, and repeats it. @returns Whether there was something to kill. */
  async function killed(span: number, name: string): Promise<boolean> {
    const victims = VICTIMS[Math.floor(random() * VICTIMS.length)] ?? 'all';
    const wait = random() * span * 0.9;
    const { child, begun, ended } = deploying();
    await begun;
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, wait))]);
    const found = child.exitCode === null && kill(child.pid ?? 0, victims) > 0;
    await ended;
    const again = await deploying().ended;
    const plan = await door.run('plan', 'prod', '--detailed-exitcode');
    const recovered = again.said.match(/^.*left over.*$/gm) ?? [];
    const healed = again.code === 0 && (plan.code === 0 || onlyNewSecret(again.said, plan.said));
    const struck = found ? `killed ${victims} after` : 'it had ended before';
    say(
      [`${name}: ${struck} ${(wait / 1000).toFixed(1)} s: ${healed ? 'healed' : 'NOT HEALED'}`, ...recovered].join(
        '\n  ',
      ),
    );
    expect(healed ? '' : `${again.said}\n${plan.said}`).toBe('');
    return found;
  }

  /** Repeats until so many deployments were killed in the middle. */
  async function repeatedly(
    name: string,
    span: number,
    prepare: (count: number) => Promise<void> | void,
  ): Promise<void> {
    let struck = 0;
    for (let count = 1; struck < KILLS && count <= 2 * KILLS + 5; count += 1) {
      await prepare(count);
      if (await killed(span, `${name} ${count}`)) struck += 1;
    }
    say(`${name}: ${struck} kills, all healed by running it again; seed ${SEED}`);
    expect(struck).toBe(KILLS);
  }

  const start = (before: Block) => {
    door = new FrontDoor(emulator);
    const environment = full(makeSurroundings(emulator), before);
    door.write(environment);
    return environment;
  };

  it.each(ENVIRONMENTS)('as it makes an %s, heals when it runs again', async (form, before) => {
    start(before);
    await repeatedly(`first deployment (${form})`, await measured(), async () => {
      door.remove();
      await emulator.reset();
      start(before);
    });
  });

  it.each(ENVIRONMENTS)('as it changes an %s, heals when it runs again', async (form, before) => {
    const environment = start(before);
    await measured();
    door.write(changed(environment, 0));
    await repeatedly(`change (${form})`, await measured(), (count) => door.write(changed(environment, count)));
  });
});
