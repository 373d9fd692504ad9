// Plants faults, one at a time, in a copy of the working tree, and runs the tests that have to notice them. Fails with the
// list of those that no test noticed.
import { parseArgs } from 'node:util';
import { Copy, projectText } from './copy';
import { type Fault, staleFaults } from './fault';
import { FAULTS } from './faults';

/** Run where the named tests have not noticed a fault: it may be noticed elsewhere. */
const OTHER_TESTS = ['test/constructs', 'test/stacks', 'test/contract', 'test/properties'];

const HELP = `usage: npm run mutants -- [--list] [--only <pattern>]
  --list            print the faults and plant none
  --only <pattern>  only those whose file or name matches the regular expression
`;

const { values } = parseArgs({
  options: { list: { type: 'boolean' }, only: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
});
const faults = FAULTS.filter(({ file, name }) => new RegExp(values.only ?? '').test(`${file}: ${name}`));

/** Tests that fail without a fault notice nothing. */
async function failingTests(copy: Copy): Promise<Set<string>> {
  const failing = new Set<string>();
  for (const tests of new Set(faults.flatMap((fault) => fault.tests))) {
    const passes = await copy.passes(tests);
    process.stdout.write(`${passes ? 'passes' : 'FAILS'} without a fault: ${tests}\n`);
    if (!passes) failing.add(tests);
  }
  return failing;
}

/** The tests that notice a fault, or undefined. */
function noticedBy(copy: Copy, fault: Fault, unusable: ReadonlySet<string>): Promise<string | undefined> {
  return copy.withFault(fault, async () => {
    for (const tests of [...fault.tests, ...OTHER_TESTS]) {
      if (!unusable.has(tests) && !(await copy.passes(tests))) return tests;
    }
    return undefined;
  });
}

/** Returns the faults that no test noticed. */
async function plantAll(copy: Copy): Promise<string[]> {
  const unusable = await failingTests(copy);
  const unnoticed: string[] = [];
  for (const fault of faults) {
    const what = `${fault.file}: ${fault.name}`;
    const tests = await noticedBy(copy, fault, unusable);
    process.stdout.write(tests === undefined ? `NOT NOTICED ${what}\n` : `noticed     ${what} (${tests})\n`);
    if (tests === undefined) unnoticed.push(what);
  }
  process.stdout.write(`\n${faults.length - unnoticed.length} of ${faults.length} faults were noticed\n`);
  if (unusable.size > 0) process.stdout.write(`these tests fail without a fault: ${[...unusable].join(', ')}\n`);
  return unnoticed;
}

async function main(): Promise<void> {
  if (values.help) return void process.stdout.write(HELP);
  const stale = staleFaults(faults, projectText);
  if (stale.length > 0) throw new Error(`faults that fit nowhere any more:\n  ${stale.join('\n  ')}`);
  if (values.list) return void process.stdout.write(faults.map(({ file, name }) => `${file}: ${name}\n`).join(''));
  const copy = new Copy();
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.once(signal, () => process.exit(code));
  }
  process.once('exit', () => copy.remove());
  const unnoticed = await plantAll(copy);
  if (unnoticed.length === 0) return;
  process.stdout.write(`no test noticed:\n  ${unnoticed.join('\n  ')}\n`);
  process.exitCode = 1;
}

main().catch(({ message }: Error) => {
  process.stderr.write(`error: ${message}\n`);
  process.exitCode = 2;
});
