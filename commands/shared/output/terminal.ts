import { type Readiness, verdictOf } from '../../../contract/postgres/readiness';
import type { StepStatus } from '../../../contract/postgres/run-report';
import { countsInWords, type ShownCheck } from './check-table';
import { fitted, tableLines } from './table-lines';

/** In a file, a pipe and the log of a pipeline. */
const WIDTH_WITHOUT_TERMINAL = 80;
const STYLES = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const;
export type Style = keyof typeof STYLES;
const STATUS_STYLES = {
  pass: 'green',
  fail: 'red',
  skip: 'yellow',
  proven: 'green',
  failed: 'red',
  open: 'yellow',
  done: 'green',
  'not proven': 'yellow',
} as const;

/**
 * Whether a stream gets colours: on a terminal, unless the environment says otherwise.
 *
 * @see https://no-color.org and https://force-color.org
 */
export function wantsColour(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv): boolean {
  const { FORCE_COLOR, NO_COLOR, TERM } = environment;
  if (FORCE_COLOR !== undefined) return !['0', 'false'].includes(FORCE_COLOR);
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  return stream.isTTY === true && TERM !== 'dumb';
}

/** Writes for people: the same words everywhere, and colour where the terminal supports it. */
export class Terminal {
  private readonly coloured: boolean;

  /** @param quiet Whether progress and what passes are left out. */
  constructor(
    private readonly stream: NodeJS.WriteStream,
    readonly quiet = false,
  ) {
    this.coloured = wantsColour(stream, process.env);
  }

  /** Progress, explanations, and what else a quiet run leaves out. */
  line(text = ''): void {
    if (!this.quiet) this.always(text);
  }

  /** Failures, what to do about them, and results. */
  always(text = ''): void {
    this.stream.write(`${fitted(text, this.stream.columns)}\n`);
  }

  /** The last line: what holds or does not, and the counts. */
  verdict(passed: boolean, statement: string, counts: Readiness['counts']): void {
    this.line();
    const [text, numbers] = [this.styled(passed ? 'green' : 'red', statement), `${countsInWords(counts)}.`];
    const fits = statement.length + numbers.length < WIDTH_WITHOUT_TERMINAL - 1;
    this.always(fits ? `${text}: ${numbers}` : `${text}.\n${numbers}`);
  }

  styled(style: Style, text: string): string {
    const [open, close] = STYLES[style];
    return this.coloured ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  }

  /** Announces a step, and finishes its line when the returned function is called. */
  step(name: string, title: string): (status: StepStatus) => void {
    const start = performance.now();
    this.line(`${this.styled('bold', name.padEnd(9))} ${title}`);
    return (status) => {
      const seconds = ((performance.now() - start) / 1000).toFixed(2);
      const mark = this.styled(STATUS_STYLES[status], status);
      this.line(`${''.padEnd(9)} ${mark}${status === 'not proven' ? '' : ` in ${seconds} s`}`);
    };
  }

  /** Tables of the checks and of the checklist, failures first, and a summary in one line. */
  readiness(report: Readiness): void {
    const { checks, checklist, counts, passed } = report;
    this.checks(checks);
    this.line();
    this.table(
      ['', 'status', 'checklist'],
      inOrder(checklist, ['failed', 'open', 'proven'])
        .filter(({ status }) => !this.quiet || status === 'failed')
        .map(({ item, status, statement, evidence }) => [
          String(item),
          this.styled(STATUS_STYLES[status], status),
          `${statement}\n${evidence}`,
        ]),
    );
    this.verdict(passed, verdictOf(report), counts);
  }

  /** Table of checks, failures first. What does not pass says what a pass proves. */
  checks(checks: readonly ShownCheck[]): void {
    this.table(
      ['status', 'check', 'what was found'],
      inOrder(checks, ['fail', 'skip', 'pass'])
        .filter(({ status }) => !this.quiet || status === 'fail')
        .map(({ id, status, proves, detail }) => [
          this.styled(STATUS_STYLES[status], status),
          id,
          status === 'pass' ? detail : `${detail}\n(a pass proves: ${proves})`,
        ]),
    );
  }

  /** A table in the width of the terminal. Columns are as wide as what they hold, and no word is broken. */
  table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
    if (rows.length > 0)
      for (const line of tableLines(head, rows, this.stream.columns || WIDTH_WITHOUT_TERMINAL)) this.always(line);
  }
}

/** Those with the first status first; otherwise in the order that they have. */
function inOrder<Row extends { readonly status: string }>(rows: readonly Row[], statuses: readonly string[]): Row[] {
  return [...rows].sort((one, other) => statuses.indexOf(one.status) - statuses.indexOf(other.status));
}
