// What one environment costs beside what every app of cdktf costs.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cost, costOfApp, type Measurement, median, OUR_APP, PROJECT, type Topic } from './measure';

const RUNS = 5;
const COMMAND_RUNS = 3;
/** Of the command that a user runs, and of the app that it starts. */
const LIMIT_TO_ONE_RESOURCE = { command: 1.3, app: 2 };
const LIMIT_HELP_MILLISECONDS = 300;
const ONE_RESOURCE: readonly string[] = ['--import', 'tsx', 'bench/one-resource.ts'];

export function measureColdStart(): Topic {
  const folder = mkdtempSync(join(tmpdir(), 'bench-cold-start-'));
  try {
    const output = join(folder, 'out');
    const ours = costs(OUR_APP, { ENVIRONMENTS_DIR: 'environments', CDKTF_OUTDIR: output });
    const oneResource = costs(ONE_RESOURCE, { CDKTF_OUTDIR: output });
    return {
      title: 'Cold start',
      how:
        `The median of ${RUNS} runs of an app, from nothing to files: both stacks of the example, and an app of cdktf with ` +
        'one resource that tsx compiles. The sources of ours were compiled by the run before, as usual.',
      measurements: [
        ...both('the example', ours),
        ...both('one resource', oneResource),
        ratio('the example / one resource', ours, oneResource, LIMIT_TO_ONE_RESOURCE.app),
        measureCommand(output),
        measureHelp(),
      ],
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function costs(app: readonly string[], settings: Readonly<Record<string, string>>): Cost {
  const all = Array.from({ length: RUNS }, () => costOfApp(app, settings));
  return { seconds: median(all.map(({ seconds }) => seconds)), bytes: median(all.map(({ bytes }) => bytes)) };
}

function both(what: string, { seconds, bytes }: Cost): Measurement[] {
  return [
    { what: `${what}: time`, value: seconds, unit: 's' },
    { what: `${what}: memory`, value: bytes / 2 ** 20, unit: 'MB' },
  ];
}

function ratio(what: string, one: Cost, other: Cost, limit: number): Measurement {
  return { what, value: one.seconds / other.seconds, unit: 'times', limit };
}

/** `cdktf synth`, which starts the app: by the clock, because it is several processes. */
function measureCommand(output: string): Measurement {
  const apps = { ours: ['node', ...OUR_APP].join(' '), oneResource: ['node', ...ONE_RESOURCE].join(' ') };
  const milliseconds = (app: string): number => {
    const begin = performance.now();
    const { status, stderr } = spawnSync('node_modules/.bin/cdktf', ['synth', '--app', app, '--output', output], {
      cwd: PROJECT,
      env: { ...process.env, CHECKPOINT_DISABLE: '1', ENVIRONMENTS_DIR: 'environments' },
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`cdktf synth ended with ${status}:\n${stderr}`);
    return performance.now() - begin;
  };
  const times = Array.from({ length: COMMAND_RUNS }, () => [milliseconds(apps.oneResource), milliseconds(apps.ours)]);
  const value = median(times.map(([one = Number.NaN, ours = Number.NaN]) => ours / one));
  return {
    what: 'cdktf synth: the example / one resource',
    value,
    unit: 'times',
    limit: LIMIT_TO_ONE_RESOURCE.command,
  };
}

function measureHelp(): Measurement {
  const times = Array.from({ length: RUNS }, () => {
    const begin = performance.now();
    const { status, stderr } = spawnSync(process.execPath, ['bin/agent-bom-postgres.js', '--help'], {
      cwd: PROJECT,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`the help ended with ${status}:\n${stderr}`);
    return performance.now() - begin;
  });
  return { what: '`--help`', value: median(times), unit: 'ms', limit: LIMIT_HELP_MILLISECONDS };
}
