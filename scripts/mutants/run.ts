// Plants faults, one at a time, in a copy of the working tree, and runs the tests that have to notice them. Fails with the
// list of those that no test noticed.
import { parseArgs } from 'node:util';
import { Copy, projectText } from './copy';
import { type Fault, staleFaults } from './fault';
import { FAULTS } from './faults';
import { type Finding, Record } from './record';
import { Search } from './search';
import { summary } from './summary';

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

async function plantAll(): Promise<Map<Fault, Finding>> {
  const copy = new Copy();
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.once(signal, () => process.exit(code));
  }
  process.once('exit', () => copy.remove());
  const record = new Record(values.record);
  const findings = new Map<Fault, Finding>();
  const keep = (fault: Fault, finding: Finding) => {
    findings.set(fault, finding);
    const by = finding.tests === undefined ? '' : ` (${finding.tests})`;
    process.stdout.write(`${finding.outcome.padEnd(11)} ${titleOf(fault)}${by}\n`);
  };
  const search = new Search(copy, (fault, finding) => {
    record.add(fault, finding);
    keep(fault, finding);
  });
  const unknown = faults.filter((fault) => {
    const known = record.find(fault);
    if (known !== undefined) keep(fault, known);
    return known === undefined;
  });
  await search.findAll(unknown);
  // A worker that waits for tests would keep this process.
  copy.remove();
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
