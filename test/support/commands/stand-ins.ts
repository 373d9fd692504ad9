import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a stand-in does when it is asked: write a text or an object as JSON, complain and end with 1, or never end. */
export type StandInAnswer = string | object | { readonly complaint: string } | 'hangs';
/** Answers of a program by the beginning of its arguments; the first that fits. */
export type StandInAnswers = Readonly<Record<string, StandInAnswer>>;

/** A folder with programs that answer as they are told, and keep what they were asked. */
export class StandIns {
  readonly directory = mkdtempSync(join(tmpdir(), 'stand-ins-'));
  private readonly log = join(this.directory, 'asked');

  /** Makes or replaces a program. */
  write(program: string, answers: StandInAnswers): void {
    const cases = Object.entries(answers).map(([question, answer]) => `'${question}'*) ${this.action(answer)}\n;;`);
    const script = [
      '#!/bin/sh',
      `printf '%s\\n' "${program} $*" >> '${this.log}'`,
      'case "$*" in',
      ...cases,
      '*) echo "unexpected: $*" >&2; exit 64;;',
      'esac',
    ];
    const file = join(this.directory, program);
    writeFileSync(file, `${script.join('\n')}\n`);
    chmodSync(file, 0o755);
  }

  /** Everything that the programs were asked, a line each. */
  asked(): string[] {
    return existsSync(this.log) ? readFileSync(this.log, 'utf8').trim().split('\n') : [];
  }

  /** Process id of the program that hangs. */
  hangingPid(): number {
    return Number(readFileSync(join(this.directory, 'pid'), 'utf8'));
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }

  private action(answer: StandInAnswer): string {
    if (answer === 'hangs') return `echo $$ > '${join(this.directory, 'pid')}'; exec /bin/sleep 60`;
    if (typeof answer === 'object' && 'complaint' in answer)
      return `printf '%s\\n' ${quoted(answer.complaint as string)} >&2; exit 1`;
    const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
    return text === '' ? 'exit 0' : `printf '%s\\n' ${quoted(text)}`;
  }
}

/** One word of a shell, so that it can answer without another program. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
