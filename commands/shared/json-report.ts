import { refuseUnwritable, writeReport } from './report-file';
import { Terminal } from './terminal';

/** Value of `--json [file]`: a file, or true for standard output; so does `-`. */
export type JsonTarget = string | true;

/** The report for machines of a command, and where it writes for people meanwhile. */
export class JsonReport {
  /** Standard output, or standard error where the report has that for itself. */
  readonly terminal: Terminal;

  private readonly target: JsonTarget | undefined;

  /** @throws UsageError when the file cannot be written. */
  constructor(target: JsonTarget | undefined) {
    this.target = target === '-' ? true : target;
    if (typeof this.target === 'string') refuseUnwritable('--json', this.target);
    this.terminal = new Terminal(this.isAlone ? process.stderr : process.stdout);
  }

  /** Whether standard output holds the report and nothing else. */
  get isAlone(): boolean {
    return this.target === true;
  }

  /** Writes the report, if one is wanted. */
  write(content: object): void {
    if (this.target !== undefined) writeReport(this.target, content);
  }
}
