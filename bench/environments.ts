// What synthesizing costs with the number of environments.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { type Cost, costOfApp, type Measurement, median, OUR_APP, PROJECT, type Topic } from './measure';

const COUNTS = [1, 10, 100, 1000] as const;
/** A single run is short and its cost varies, so take the median of some. */
const RUNS = { 1: 5, 10: 3, 100: 1, 1000: 1 } as const;
const LIMIT_OF_HUNDRED = 12;
const LIMIT_MEGABYTES = { 1: 500, 10: 500, 100: 500, 1000: 700 } as const;

interface Synthesis extends Cost {
  readonly written: number;
}

export function measureEnvironments(): Topic {
  const results = COUNTS.map((count) => ({ count, ...synthesize(count) }));
  const one = results[0]?.seconds ?? Number.NaN;
  return {
    title: 'Environments',
    how:
      'One `main.ts` that synthesizes so many environments, two stacks each. Time is that of all processors together, and ' +
      'memory the most that the process held.',
    measurements: results.flatMap(({ count, seconds, bytes, written }): Measurement[] => [
      { what: `${count}: time`, value: seconds, unit: 's' },
      ...(count === 100
        ? [{ what: '100 / 1', value: seconds / one, unit: 'times' as const, limit: LIMIT_OF_HUNDRED }]
        : []),
      {
        what: `${count}: memory`,
        value: bytes / 2 ** 20,
        unit: 'MB',
        limit: LIMIT_MEGABYTES[count],
      },
      { what: `${count}: written`, value: written / 1024, unit: 'kB' },
    ]),
  };
}

function synthesize(count: (typeof COUNTS)[number]): Synthesis {
  const folder = mkdtempSync(join(tmpdir(), 'bench-environments-'));
  try {
    writeEnvironments(join(folder, 'environments'), count);
    const settings = { ENVIRONMENTS_DIR: join(folder, 'environments'), CDKTF_OUTDIR: join(folder, 'out') };
    const costs = Array.from({ length: RUNS[count] }, () => costOfApp(OUR_APP, settings));
    return {
      seconds: median(costs.map(({ seconds }) => seconds)),
      bytes: Math.max(...costs.map(({ bytes }) => bytes)),
      written: size(join(folder, 'out')),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The example, so many times, each with a name, a namespace and a state of its own. */
function writeEnvironments(folder: string, count: number): void {
  mkdirSync(folder);
  const example = parse(readFileSync(join(PROJECT, 'environments', 'example.yaml'), 'utf8'));
  for (let index = 0; index < count; index += 1) {
    const environment = {
      ...example,
      name: `bench-${index}`,
      namespace: `bench-${index}`,
      state: { bucket: 'bench-state', region: example.region },
    };
    writeFileSync(join(folder, `${index}.yaml`), stringify(environment));
  }
}

function size(folder: string): number {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
