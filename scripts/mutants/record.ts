import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { projectText } from './copy';
import type { Fault } from './fault';

/** What was found out about a fault. */
export interface Finding {
  readonly outcome: 'noticed' | 'not noticed' | 'no end';
  /** Tests that noticed it. */
  readonly tests?: string;
  /** The first of them that failed. */
  readonly test?: string;
}

/**
 * A file of findings, outside of the tree, by which a later run knows what it does not have to repeat: faults that were
 * noticed, as long as neither their file nor the test changes.
 */
export class Record {
  private readonly known = new Map<string, Finding>();

  constructor(private readonly path: string | undefined) {
    if (path === undefined || !existsSync(path)) return;
    for (const line of readFileSync(path, 'utf8').split('\n').filter(Boolean)) {
      const { key, ...finding } = JSON.parse(line);
      this.known.set(key, finding);
    }
  }

  /** The finding of an earlier run that still holds. */
  find(fault: Fault): Finding | undefined {
    return fault.tests.map((tests) => this.known.get(keyOf(fault, tests))).find((one) => one?.outcome === 'noticed');
  }

  add(fault: Fault, finding: Finding): void {
    if (this.path === undefined) return;
    const what = { what: `${fault.file}: ${fault.name}`, ...finding };
    appendFileSync(this.path, `${JSON.stringify({ key: keyOf(fault, finding.tests ?? ''), ...what })}\n`);
  }
}

function keyOf({ file, find, replace }: Fault, tests: string): string {
  const [path = ''] = tests.split('#');
  const test = path.endsWith('.test.ts') ? projectText(path) : undefined;
  const parts = [file, projectText(file), find, replace, tests, test];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
