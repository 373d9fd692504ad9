import { setTimeout } from 'node:timers/promises';
import type { BackedUpServer, RunningScript } from './clients';

/** What the moments of the kills come from; the names of the tests say it, and `KILL_SEED` repeats them. */
export const SEED = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000);

/** How often a test kills: `KILLS=50` is a longer run. */
export function kills(usually: number): number {
  return Number(process.env.KILLS ?? usually);
}

/** Numbers from 0 up to 1 that a seed determines (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Has the server end the sessions that a script has, at once or as soon as it has one; returns whether it had any. */
export async function terminated(one: BackedUpServer, login: string, script: RunningScript): Promise<boolean> {
  const sql = `select pg_terminate_backend(pid) from pg_stat_activity
                where usename = '${login}' and application_name = 'agent-bom-postgres'`;
  while (script.process.exitCode === null) {
    if ((await one.asSuperuser(sql)).length > 0) return true;
    await setTimeout(5);
  }
  return false;
}
