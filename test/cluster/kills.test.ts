import { DeployedRehearsal } from '../support/cluster/deployed-rehearsal';
import { kill, randomNumbers, type Victims } from '../support/cluster/kill';
import { provideImages } from '../support/cluster/node';
import { startOperator } from '../support/cluster/operator';
import { announce, TERRAFORM_MIRROR } from '../support/cluster/terraform';

const [OLD, NEW] = ['0.109.0', '0.110.0'];
/** Kills of the first deployment, and as many of an upgrade with a rotation. */
const KILLS = Number(process.env.KILLS ?? 2);
const SEED = Number(process.env.KILLS_SEED ?? Date.now() % 1_000_000);
const MINUTES_PER_KILL = 5;
// Without Terraform, kubectl and Helm go on when the program alone dies, and nobody ends them.
const VICTIMS: readonly Victims[] = TERRAFORM_MIRROR === undefined ? ['all'] : ['all', 'terraform', 'program'];
const rehearsal = new DeployedRehearsal('kills', OLD, [OLD, NEW]);
const random = randomNumbers(SEED);
let endOperator: () => Promise<void>;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** How long a deployment takes from its first change, undisturbed: kills are spread over this time. */
async function measured(change: Parameters<typeof rehearsal.begin>[0]): Promise<number> {
  const { begun, ended } = await rehearsal.begin(change);
  await begun;
  const start = performance.now();
  const { code, said } = await ended;
  if (code !== 0) throw new Error(said);
  return performance.now() - start;
}

/** Kills one deployment at a random moment, and repeats it. @returns Whether there was something to kill. */
async function killed(change: Parameters<typeof rehearsal.begin>[0], span: number, name: string): Promise<boolean> {
  const victims = VICTIMS[Math.floor(random() * VICTIMS.length)] ?? 'all';
  // Under load one deployment takes longer than another.
  const wait = random() * span * 0.9;
  const { child, begun, ended } = await rehearsal.begin(change);
  await begun;
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, wait))]);
  const found = child.exitCode === null && kill(child.pid ?? 0, victims) > 0;
  await ended;
  const { code, said } = await (await rehearsal.begin()).ended;
  const difference = await rehearsal.wouldChange();
  const healed = code === 0 && difference === '';
  const recovered = said.match(/^.*(?:left over|did not end).*$/gm) ?? [];
  const struck = found ? `killed ${victims} after` : 'it had ended before';
  say(
    [`${name}: ${struck} ${(wait / 1000).toFixed(1)} s: ${healed ? 'healed' : 'NOT HEALED'}`, ...recovered].join(
      '\n  ',
    ),
  );
  expect({ code, difference, said: healed ? '' : said }).toEqual({ code: 0, difference: '', said: '' });
  return found;
}

/** Repeats until so many deployments were killed in the middle. */
async function repeatedly(name: string, next: () => Promise<Parameters<typeof rehearsal.begin>[0]>): Promise<void> {
  let struck = 0;
  const span = await measured(await next());
  for (let attempt = 1; struck < KILLS && attempt <= 2 * KILLS + 5; attempt += 1) {
    if (await killed(await next(), span, `${name} ${attempt}`)) struck += 1;
  }
  say(`${name}: ${struck} kills, all healed by running it again; seed ${SEED}`);
  expect(struck).toBe(KILLS);
}

beforeAll(async () => {
  announce();
  say(`KILLS=${KILLS} KILLS_SEED=${SEED}`);
  provideImages(OLD, NEW);
  endOperator = await startOperator();
  expect(await rehearsal.start()).toBe('external-secrets');
});

afterAll(async () => {
  await rehearsal.remove();
  await endOperator();
});

test(
  'a first deployment that is killed ends well when it is repeated, and then nothing differs',
  async () => {
    await repeatedly('first deployment', async () => {
      await rehearsal.forgetEverything();
      return {};
    });
  },
  (KILLS + 2) * MINUTES_PER_KILL * 60_000,
);

test(
  'an upgrade with a rotation that is killed ends well when it is repeated, and then nothing differs',
  async () => {
    let generation = 1;
    await rehearsal.deploy();
    await repeatedly('upgrade', async () => {
      generation += 1;
      return { generation, chartVersion: generation % 2 === 0 ? NEW : OLD };
    });
  },
  (KILLS + 2) * MINUTES_PER_KILL * 60_000,
);
