// Plants faults, one at a time, in a copy of the working tree, and runs the tests that have to notice them. Fails with the
// list of those that no test noticed.
import { parseArgs } from 'node:util';
import { Copy, projectText } from './copy';
import { type Fault, staleFaults } from './fault';
import { FAULTS } from './faults';
import { type Finding, Record } from './record';
import { summary } from './summary';

/** Run where the named tests have not noticed a fault: it may be noticed elsewhere. Those of real servers take too long. */
const OTHER_TESTS = ['test/constructs', 'test/stacks', 'test/contract', 'test/properties'];
const WITH_OTHER_TESTS = /^(constructs|stacks|contract)\//;

const HELP = `usage: npm run mutants -- [--list] [--only <pattern>] [--record <file>]
  --list            print the faults and plant none
  --only <pattern>  only those whose file or name matches the regular expression
  --record <file>   keep what is found out in this file, and do not plant again what it says is
                    noticed, unless the fault's file or the test has changed
`;

const { values } = parseArgs({
  options: {
    list: { type: 'boolean' },
    only: { type: 'string' },
    record: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
});
const faults = FAULTS.filter((fault) => new RegExp(values.only ?? '').test(titleOf(fault)));

function titleOf({ file, name }: Fault): string {
  return `${file}: ${name}`;
}

class Search {
  /** Whether tests pass without a fault; those that fail anyway notice nothing. */
  private readonly usable = new Map<string, boolean>();

  constructor(private readonly copy: Copy) {}

  async find(fault: Fault): Promise<Finding> {
    let outcome: Finding['outcome'] = 'not noticed';
    for (const tests of [...fault.tests, ...(WITH_OTHER_TESTS.test(fault.file) ? OTHER_TESTS : [])]) {
      if (!(await this.isUsable(tests))) continue;
      const result = await this.copy.withFault(fault, () => this.copy.run(tests));
      if (result.outcome === 'fails') return { outcome: 'noticed', tests, test: result.test };
      if (result.outcome === 'no end') outcome = 'no end';
    }
    return { outcome };
  }

  private async isUsable(tests: string): Promise<boolean> {
    let usable = this.usable.get(tests);
    if (usable === undefined) {
      const result = await this.copy.run(tests);
      usable = result.outcome === 'passes';
      if (!usable) process.stdout.write(`FAILS WITHOUT A FAULT: ${tests} (${result.test ?? result.outcome})\n`);
      this.usable.set(tests, usable);
    }
    return usable;
  }
}

async function plantAll(): Promise<Map<Fault, Finding>> {
  const copy = new Copy();
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.once(signal, () => process.exit(code));
  }
  process.once('exit', () => copy.remove());
  const search = new Search(copy);
  const record = new Record(values.record);
  const findings = new Map<Fault, Finding>();
  for (const fault of faults) {
    let finding = record.find(fault);
    if (finding === undefined) {
      finding = await search.find(fault);
      record.add(fault, finding);
    }
    findings.set(fault, finding);
    const by = finding.tests === undefined ? '' : ` (${finding.tests})`;
    process.stdout.write(`${finding.outcome.padEnd(11)} ${titleOf(fault)}${by}\n`);
  }
  return findings;
}

async function main(): Promise<void> {
  if (values.help) return void process.stdout.write(HELP);
  const stale = staleFaults(faults, projectText);
  if (stale.length > 0) throw new Error(`faults that fit nowhere any more:\n  ${stale.join('\n  ')}`);
  if (values.list) return void process.stdout.write(faults.map((fault) => `${titleOf(fault)}\n`).join(''));
  const findings = await plantAll();
  process.stdout.write(`\n${summary(findings)}`);
  if ([...findings.values()].some(({ outcome }) => outcome !== 'noticed')) process.exitCode = 1;
}

main().catch(({ message }: Error) => {
  process.stderr.write(`error: ${message}\n`);
  process.exitCode = 2;
});
