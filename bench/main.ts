// Measures, prints, writes docs/performance.md, and fails where a limit is exceeded. Takes some minutes.
import { measureColdStart } from './cold-start';
import { measureEnvironments } from './environments';
import type { Topic } from './measure';
import { exceeded, formatted, writePage } from './page';
import { measureRehearsal } from './rehearse';
import { measureVerify } from './verify';

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

void main();
