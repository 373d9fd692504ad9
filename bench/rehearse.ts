// What each step of a rehearsal takes, and the contract's own steps beside what it takes to have a server at all.
import { EmbeddedServer } from '../commands/embedded/server';
import { rehearsalUrls, rehearse, type StepResult } from '../commands/rehearse/rehearse';
import { type Measurement, median, type Topic } from './measure';

const ROUNDS = 5;
const LIMIT = 1;
/** Steps that the contract runs on every deployment. */
const OWN = ['before', 'after', 'verify'];

type Step = Pick<StepResult, 'name' | 'milliseconds'>;

export async function measureRehearsal(): Promise<Topic> {
  const rounds: (readonly Step[])[] = [];
  for (let index = 0; index < ROUNDS; index += 1) rounds.push(await round());
  const names = rounds[0]?.map(({ name }) => name) ?? [];
  const took = (name: string): number =>
    median(rounds.map((steps) => steps.find((step) => step.name === name)?.milliseconds ?? Number.NaN));
  const own = OWN.reduce((sum, name) => sum + took(name), 0);
  return {
    title: 'Rehearsal',
    how: `The median of ${ROUNDS} rehearsals, step by step. Without the client of PostgreSQL the step \`restore\` dumps nothing.`,
    measurements: [
      ...names.map((name): Measurement => ({ what: name, value: took(name), unit: 'ms' })),
      { what: `(${OWN.join(' + ')}) / server`, value: own / took('server'), unit: 'times', limit: LIMIT },
    ],
  };
}

async function round(): Promise<readonly Step[]> {
  const begin = performance.now();
  const server = await EmbeddedServer.start();
  const started = { name: 'server', milliseconds: performance.now() - begin };
  try {
    const quiet = { onStep: () => () => undefined, onNotice: () => undefined };
    const { steps, error } = await rehearse(server, rehearsalUrls(server), quiet);
    if (error !== undefined) throw error;
    return [started, ...steps];
  } finally {
    await server.stop();
  }
}
