import { closeSync, existsSync, openSync, unlinkSync, writeFileSync } from 'node:fs';
import { UsageError } from './exit-code';
import { Terminal } from './terminal';

/** Value of `--json [file]`: a file, or true for standard output; so does `-`. */
export type JsonTarget = string | true;

/** The JSON report of a command, and the stream for people. */
export class JsonReport {
  /** Standard output, or standard error where the report has that for itself. */
  readonly terminal: Terminal;
  /** The same stream for what the command exists to give, which a quiet run shows as well. */
  readonly result: Terminal;

  private readonly target: JsonTarget | undefined;

  /**
   * @param quiet Whether people see failures and results alone.
   * @throws UsageError when the file cannot be written.
   */
  constructor(target: JsonTarget | undefined, quiet = false) {
    this.target = target === '-' ? true : target;
    if (typeof this.target === 'string') refuseUnwritable('--json', this.target);
    const stream = this.isAlone ? process.stderr : process.stdout;
    this.terminal = new Terminal(stream, quiet);
    this.result = new Terminal(stream);
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

/** Refuses a file that cannot be written before any work is done for it; a file that exists stays as it is. */
export function refuseUnwritable(option: string, file: string): void {
  const existed = existsSync(file);
  try {
    closeSync(openSync(file, 'a'));
    if (!existed) unlinkSync(file);
  } catch {
    throw new UsageError({
      path: option,
      got: file,
      rule: 'a file that can be written',
      fix: 'name a file in a folder that exists and that you may write to',
    });
  }
}

/**
 * Writes a JSON report. Its first key is the version of its shape.
 *
 * @param target File, or true for standard output.
 */
export function writeReport(target: string | true, content: object): void {
  const text = `${JSON.stringify({ schemaVersion: 1, ...content }, undefined, 2)}\n`;
  if (target === true) process.stdout.write(text);
  else writeFileSync(target, text);
}
