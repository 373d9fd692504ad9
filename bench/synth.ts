import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, report } from './measure';

const PROJECT = join(__dirname, '..');
const RUNS = 5;
const LIMIT = 1.5;

const APPS = { example: 'node --import tsx main.ts', 'one resource': 'node --import tsx bench/one-resource.ts' };
type AppName = keyof typeof APPS;

/** Seconds that `cdktf synth` of an app takes, in a process of its own with an empty output directory. */
function synthesize(name: AppName): number {
  const output = mkdtempSync(join(tmpdir(), 'bench-synth-'));
  const started = process.hrtime.bigint();
  const { status, stderr } = spawnSync('npx', ['cdktf', 'synth', '--app', APPS[name], '--output', output], {
    cwd: PROJECT,
    env: { ...process.env, CHECKPOINT_DISABLE: '1', ENVIRONMENTS_DIR: 'environments' },
    encoding: 'utf8',
  });
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  rmSync(output, { recursive: true });
  if (status !== 0) throw new Error(`cdktf synth of ${name} ended with ${status}:\n${stderr}`);
  return seconds;
}

const times: Record<AppName, number[]> = { example: [], 'one resource': [] };
for (let run = 0; run < RUNS; run += 1) {
  times['one resource'].push(synthesize('one resource'));
  times.example.push(synthesize('example'));
}

for (const [name, values] of Object.entries(times)) {
  const all = values.map((value) => value.toFixed(2)).join(' ');
  console.log(`${name.padEnd(12)} median ${median(values).toFixed(2)} s  (${all})`);
}
report('example / one resource', median(times.example) / median(times['one resource']), LIMIT);
