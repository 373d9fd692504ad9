import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

export const PROJECT = join(__dirname, '..');

/** Something measured; with a limit, whatever is above it is a failure. */
export interface Measurement {
  readonly what: string;
  readonly value: number;
  readonly unit: 's' | 'ms' | 'MB' | 'kB' | 'times';
  readonly limit?: number;
}

/** What belongs together in the page of the results. */
export interface Topic {
  readonly title: string;
  /** How it is measured, in a sentence or two. */
  readonly how: string;
  readonly measurements: readonly Measurement[];
}

/** What a process took. */
export interface Cost {
  /** Of all processors together: other programs that run make no difference to it, or little. */
  readonly seconds: number;
  /** The most that it held at a time. */
  readonly bytes: number;
}

/** Milliseconds that a piece of work takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Arguments of Node that run our app, as `cdktf.json` does. */
export const OUR_APP: readonly string[] = ['bin/from-source.js', 'main.ts'];

/** Runs an app in a separate process. */
export function costOfApp(app: readonly string[], settings: Readonly<Record<string, string>>): Cost {
  const measured = ['--require', join(__dirname, 'cost-at-exit.js'), ...app];
  const { status, stdout, stderr } = spawnSync(process.execPath, measured, {
    cwd: PROJECT,
    env: { ...process.env, CHECKPOINT_DISABLE: '1', ...settings },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`an app ended with ${status}:\n${stderr}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}
