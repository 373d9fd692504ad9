import { readdirSync, readFileSync } from 'node:fs';
import type { Deploying } from './deploying';

/** A person is told the reason within this time, and usually at once. */
const TOLD_WITHIN_MS = 120_000;

/** A process: its parent, and what it runs. */
interface Running {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

function running(): Running[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
        return [
          { pid: Number(name), parent, command: readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0')[0] ?? '' },
        ];
      } catch {
        // It has just ended.
        return [];
      }
    });
}

function below(all: readonly Running[], pid: number): Running[] {
  return all.filter(({ parent }) => parent === pid).flatMap((child) => [child, ...below(all, child.pid)]);
}

/** Who dies: everything at once, as with a machine; Terraform alone, as for want of memory; or the program alone. */
export type Victims = 'all' | 'terraform' | 'program';

/** Kills a process, or some of those below it, with SIGKILL. @returns How many died. */
export function kill(pid: number, victims: Victims): number {
  const all = running();
  const tree = below(all, pid);
  const chosen = {
    all: () => [pid, ...tree.map((one) => one.pid)],
    terraform: () => tree.filter(({ command }) => /(?:^|\/)(?:terraform|tofu)$/.test(command)).map((one) => one.pid),
    program: () => [pid],
  }[victims]();
  return chosen.filter((one) => {
    try {
      return process.kill(one, 'SIGKILL');
    } catch {
      return false;
    }
  }).length;
}

/** A generator of numbers from 0 to 1 that a seed repeats (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Lets a deployment go on until it has said what is expected, or ends; then it is killed. @returns All that it said. */
export async function saidBeforeKill(deploying: Deploying, expected: readonly RegExp[]): Promise<string> {
  const end = Date.now() + TOLD_WITHIN_MS;
  const missing = (): boolean => expected.some((pattern) => !pattern.test(deploying.said()));
  while (missing() && deploying.child.exitCode === null && Date.now() < end) {
    await Promise.race([deploying.ended, new Promise((resolve) => setTimeout(resolve, 500))]);
  }
  kill(deploying.child.pid ?? 0, 'all');
  await deploying.ended;
  return deploying.said();
}
