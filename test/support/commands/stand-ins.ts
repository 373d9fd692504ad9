import type { ChildProcess, SpawnOptions, spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { appendFileSync, chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';

/** What a stand-in does when it is asked: write a text or an object as JSON, complain and end with 1, or never end. */
export type StandInAnswer = string | object | { readonly complaint: string } | 'hangs';
/** Answers of a program by the beginning of its arguments; the first that fits. */
export type StandInAnswers = Readonly<Record<string, StandInAnswer>>;

/** What a stand-in would write, by the path of its file. */
const written = new Map<string, { readonly program: string; readonly answers: StandInAnswers; readonly log: string }>();

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
    written.set(file, { program, answers, log: this.log });
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
    for (const file of written.keys()) if (file.startsWith(this.directory)) written.delete(file);
  }

  private action(answer: StandInAnswer): string {
    if (answer === 'hangs') return `echo $$ > '${join(this.directory, 'pid')}'; exec /bin/sleep 60`;
    if (typeof answer === 'object' && 'complaint' in answer)
      return `printf '%s\\n' ${quoted(answer.complaint as string)} >&2; exit 1`;
    const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
    return text === '' ? 'exit 0' : `printf '%s\\n' ${quoted(text)}`;
  }
}

/** Stand-ins that are made for each test of the block, and the only programs on its PATH. */
export function standInsOnPath(): { readonly programs: StandIns } {
  const previous = process.env.PATH;
  const made: { programs: StandIns } = { programs: undefined as never };
  beforeEach(() => {
    made.programs = new StandIns();
    process.env.PATH = made.programs.directory;
  });
  afterEach(() => {
    process.env.PATH = previous;
    made.programs.remove();
  });
  return made;
}

/**
 * The `spawn` of `node:child_process`, but a stand-in that is first in PATH answers within this process: Jest is so large
 * that a start costs more than all the rest. Whatever hangs, or is no stand-in, is started.
 */
export function spawnOrAnswer(actual: typeof spawn) {
  return (program: string, questions: readonly string[], options: SpawnOptions): ChildProcess => {
    const standIn = written.get(join(options.env?.PATH?.split(':')[0] ?? '', program));
    const question = questions.join(' ');
    const [, answer = 'unexpected'] =
      Object.entries(standIn?.answers ?? {}).find(([beginning]) => question.startsWith(beginning)) ?? [];
    if (standIn === undefined || answer === 'hangs') return actual(program, questions, options);
    appendFileSync(standIn.log, `${standIn.program} ${question}\n`);
    if (answer === 'unexpected') return ended(64, '', `unexpected: ${question}`);
    if (typeof answer === 'object' && 'complaint' in answer) return ended(1, '', String(answer.complaint));
    return ended(0, typeof answer === 'string' ? answer : JSON.stringify(answer), '');
  };
}

/** A program that has written this, and ends as soon as it was read. */
function ended(code: number, output: string, complaint: string): ChildProcess {
  const [stdout, stderr] = [output, complaint].map((text) => Readable.from(text === '' ? [] : [`${text}\n`]));
  const child = Object.assign(new EventEmitter(), { stdin: null, stdout, stderr });
  stdout?.once('end', () => (stderr?.readableEnded ? child.emit('close', code) : undefined));
  stderr?.once('end', () => (stdout?.readableEnded ? child.emit('close', code) : undefined));
  return child as unknown as ChildProcess;
}

/** One word of a shell, so that it can answer without another program. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
