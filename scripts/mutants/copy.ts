import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Round, RoundResult } from './environment';
import type { Fault } from './fault';

const PROJECT = join(__dirname, '..', '..');
const JEST = join('node_modules', 'jest', 'bin', 'jest.js');
const CONFIG = 'scripts/mutants/jest.config.js';
/** Tests that start nothing: a process that stays runs them, in a fifth of the time. */
const IN_WORKER = /^test\/(constructs|contract|stacks)\/.*\.test\.ts$/;
/** Modules that Jest has loaded stay in memory. */
const RUNS_OF_A_WORKER = 50;
const TIMEOUT = 'Exceeded timeout of';
const LONGEST_RUN_MS = 30 * 60_000;

/** What tests say about what they are run on; `test` is the first that fails. */
export interface Result {
  readonly outcome: 'passes' | 'fails' | 'no end';
  readonly test?: string;
}

/** Tests of a file or a directory, or some of them by a pattern of their names. */
export interface Tests {
  readonly path: string;
  readonly names?: string;
}

/** The part of Jest's report that is read here. */
export interface JestReport {
  readonly success: boolean;
  readonly testResults: readonly {
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** A copy of the working tree in a separate directory, in which faults are planted and tests are run. */
export class Copy {
  private readonly root = mkdtempSync(join(tmpdir(), 'mutants-'));
  /** Where the copy is. */
  readonly directory = join(this.root, 'project');
  /** Next to the copy: what tests write is no part of the project. */
  private readonly temporary = join(this.root, 'tmp');
  private running?: ChildProcess;
  private worker?: ChildProcess;
  private runs = 0;

  constructor() {
    // A PostgreSQL server of the tests runs as another user when they run as root.
    for (const directory of [this.root, this.directory, this.temporary]) {
      mkdirSync(directory, { recursive: true });
      chmodSync(directory, 0o755);
    }
    for (const file of projectFiles()) {
      mkdirSync(dirname(join(this.directory, file)), { recursive: true });
      cpSync(join(PROJECT, file), join(this.directory, file));
    }
    symlinkSync(join(PROJECT, 'node_modules'), join(this.directory, 'node_modules'));
  }

  /**
   * What tests say of a fault, or of none: those of a file or a directory, or some of them by their names. Tests that are
   * skipped because a tool is missing would notice nothing, so that their absence is a failure, as in CI.
   */
  async run(tests: Tests, fault?: Fault): Promise<Result> {
    const report = await this.withFault(fault, () =>
      IN_WORKER.test(tests.path) ? this.inWorker(tests) : this.inNewProcess(tests),
    );
    return report === undefined ? { outcome: 'no end' } : resultOf(report);
  }

  private async inNewProcess({ path, names }: Tests): Promise<JestReport | undefined> {
    const report = join(this.temporary, 'report.json');
    rmSync(report, { force: true });
    const named = names === undefined ? [] : ['--testNamePattern', names];
    await this.jest([...named, '--json', '--outputFile', report, '--', path]);
    return existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined;
  }

  private inWorker(tests: Tests): Promise<JestReport | undefined> {
    if (this.runs % RUNS_OF_A_WORKER === 0) this.stopWorker();
    this.runs += 1;
    const worker = this.worker ?? this.startWorker();
    this.worker = worker;
    return new Promise((resolve) => {
      const limit = setTimeout(() => this.stopWorker(), LONGEST_RUN_MS);
      const end = (report?: JestReport) => {
        clearTimeout(limit);
        worker.removeAllListeners();
        resolve(report);
      };
      worker.once('message', (report: JestReport) => end(report));
      worker.once('exit', () => {
        this.worker = undefined;
        end();
      });
      worker.send(tests);
    });
  }

  private startWorker(): ChildProcess {
    return fork(join(__dirname, 'worker.ts'), {
      cwd: this.directory,
      env: { ...process.env, TMPDIR: this.temporary },
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
  }

  private stopWorker(): void {
    this.worker?.kill('SIGKILL');
    this.worker = undefined;
  }

  /** What tests of one file say of one fault after the other, and of none before and after them. */
  async runRounds(path: string, faults: readonly (Fault & Pick<Tests, 'names'>)[]): Promise<RoundResult[]> {
    const file = join(this.temporary, 'rounds.json');
    const rounds = faults.map((fault): Round => {
      const sound = readFileSync(join(this.directory, fault.file), 'utf8');
      return { path: join(this.directory, fault.file), sound, faulty: planted(sound, fault), names: fault.names ?? '' };
    });
    writeFileSync(file, JSON.stringify(rounds));
    try {
      await this.jest(['--', path], { MUTANT_ROUNDS: file });
    } finally {
      for (const round of rounds) writeFileSync(round.path, round.sound);
    }
    const results = JSON.parse(readFileSync(file, 'utf8'));
    // Without an end there are no results, and the rounds are still there.
    return results.length === rounds.length + 2 ? results : [{ noEnd: true }];
  }

  private async withFault<Outcome>(fault: Fault | undefined, work: () => Promise<Outcome>): Promise<Outcome> {
    if (fault === undefined) return work();
    const path = join(this.directory, fault.file);
    const sound = readFileSync(path, 'utf8');
    writeFileSync(path, planted(sound, fault));
    try {
      return await work();
    } finally {
      writeFileSync(path, sound);
    }
  }

  private async jest(jestArguments: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    const settings = ['--ci', '--bail', '--silent', '--config', CONFIG];
    const child = spawn(process.execPath, [JEST, ...settings, ...jestArguments], {
      cwd: this.directory,
      detached: true,
      env: { ...process.env, TMPDIR: this.temporary, REQUIRE_PSQL: '1', ...environment },
      stdio: 'ignore',
    });
    this.running = child;
    const limit = setTimeout(() => this.stop(), LONGEST_RUN_MS);
    await new Promise((resolve) => child.once('close', resolve));
    clearTimeout(limit);
  }

  /** Ends what runs, and removes the copy with everything that the tests left. */
  remove(): void {
    this.stop();
    this.stopWorker();
    rmSync(this.root, { recursive: true, force: true, maxRetries: 10 });
  }

  private stop(): void {
    const { pid, exitCode, signalCode } = this.running ?? {};
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL');
  }
}

function planted(text: string, { find, replace }: Fault): string {
  return text.replace(find, () => replace);
}

/** A test that waited in vain proves nothing on a loaded machine. A file that cannot be loaded has no test at all. */
function resultOf({ success, testResults }: JestReport): Result {
  const ran = testResults.some(({ assertionResults }) => assertionResults.some((one) => one.status === 'passed'));
  if (success) return ran ? { outcome: 'passes' } : { outcome: 'no end', test: 'no test has such a name' };
  for (const { assertionResults, message, status } of testResults) {
    const failed = assertionResults.filter((one) => one.status === 'failed');
    const found = failed.find(({ failureMessages }) => !failureMessages.every((text) => text.includes(TIMEOUT)));
    if (found !== undefined) return { outcome: 'fails', test: found.fullName };
    if (status === 'failed' && failed.length === 0) return { outcome: 'fails', test: message.split('\n')[0] };
  }
  return { outcome: 'no end' };
}

/** The text of a file of the project, or undefined where there is none. */
export function projectText(file: string): string | undefined {
  const path = join(PROJECT, file);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** Files that are under version control or about to be. */
function projectFiles(): string[] {
  const list = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  const { stdout } = spawnSync('git', list, { cwd: PROJECT, encoding: 'utf8', maxBuffer: 2 ** 26 });
  return stdout.split('\0').filter((file) => file !== '' && existsSync(join(PROJECT, file)));
}
