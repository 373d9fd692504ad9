import Table from 'cli-table3';
import type { Readiness } from '../../contract/postgres/readiness';
import type { StepStatus } from '../../contract/postgres/run-report';
import { CHECK_COLUMNS, countsInWords, type ShownCheck } from './check-table';

const DEFAULT_WIDTH = 120;
const NARROWEST = 30;
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

  constructor(private readonly stream: NodeJS.WriteStream) {
    this.coloured = wantsColour(stream, process.env);
  }

  line(text = ''): void {
    this.stream.write(`${text}\n`);
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

  /** Tables of the checks and of the checklist, and a summary in one line. */
  readiness({ checks, checklist, counts, passed }: Readiness): void {
    this.checks(checks);
    this.line();
    this.table(
      ['', 'checklist', 'status', 'evidence'],
      checklist.map((item) => [
        item.item,
        item.statement,
        this.styled(STATUS_STYLES[item.status], item.status),
        item.evidence,
      ]),
      [4, 42, 8],
    );
    this.line();
    const verdict = passed
      ? this.styled('green', 'The contract holds')
      : this.styled('red', 'The contract does not hold');
    this.line(`${verdict}: ${countsInWords(counts)}.`);
  }

  /** Table of checks: what each proves, and its result. */
  checks(checks: readonly ShownCheck[]): void {
    const cell = (column: (typeof CHECK_COLUMNS)[number], check: ShownCheck): string =>
      column.kind === 'status' ? this.styled(STATUS_STYLES[check.status], column.text(check)) : column.text(check);
    this.table(
      CHECK_COLUMNS.map(({ title }) => title),
      checks.map((check) => CHECK_COLUMNS.map((column) => cell(column, check))),
      CHECK_COLUMNS.flatMap(({ width }) => width ?? []),
    );
  }

  /**
   * A table whose last column takes the width that the others leave, and has at least so many characters.
   *
   * @param most Characters of the whole table where the terminal has more.
   */
  table(
    head: string[],
    rows: (string | number)[][],
    widths: readonly number[],
    least = NARROWEST,
    most = Number.POSITIVE_INFINITY,
  ): void {
    const borders = widths.length + 2;
    const rest = Math.max(
      least,
      Math.min(most, this.stream.columns ?? DEFAULT_WIDTH) - widths.reduce((sum, width) => sum + width, 0) - borders,
    );
    const table = new Table({
      head,
      colWidths: [...widths, rest],
      wordWrap: true,
      wrapOnWordBoundary: true,
      style: { head: [], border: [], compact: true },
    });
    table.push(...rows);
    this.line(table.toString());
  }
}
