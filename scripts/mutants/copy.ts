import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
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
import type { Fault } from './fault';

const PROJECT = join(__dirname, '..', '..');
const JEST = join('node_modules', 'jest', 'bin', 'jest.js');
/** A change of the snapshots alone says that something is different, not that it is wrong. */
const SNAPSHOTS = 'test/stacks/snapshots';
const ENVIRONMENT = './scripts/mutants/environment.ts';
const TIMEOUT = 'Exceeded timeout of';
const LONGEST_RUN_MS = 15 * 60_000;

/** What tests say about what they are run on; `test` is the first that fails. */
export interface Result {
  readonly outcome: 'passes' | 'fails' | 'no end';
  readonly test?: string;
}

/** The part of Jest's report that is read here. */
interface JestReport {
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
  /** Where the copy is. */
  readonly directory = mkdtempSync(join(tmpdir(), 'mutants-'));
  private readonly temporary = join(this.directory, 'tmp');
  private running?: ChildProcess;

  constructor() {
    // A PostgreSQL server of the tests runs as another user when they run as root.
    for (const directory of [this.directory, this.temporary]) {
      mkdirSync(directory, { recursive: true });
      chmodSync(directory, 0o755);
    }
    for (const file of projectFiles()) {
      mkdirSync(dirname(join(this.directory, file)), { recursive: true });
      cpSync(join(PROJECT, file), join(this.directory, file));
    }
    symlinkSync(join(PROJECT, 'node_modules'), join(this.directory, 'node_modules'));
  }

  /** Plants a fault, lets the work be done, and takes the fault out again. */
  async withFault<Result>({ file, find, replace }: Fault, work: () => Promise<Result>): Promise<Result> {
    const path = join(this.directory, file);
    const text = readFileSync(path, 'utf8');
    writeFileSync(
      path,
      text.replace(find, () => replace),
    );
    try {
      return await work();
    } finally {
      writeFileSync(path, text);
    }
  }

  /**
   * What tests say: those of a file or a directory, or some of them by their names after a `#`. Tests that are skipped
   * because a tool is missing would notice nothing, so that their absence is a failure, as in CI.
   */
  async run(tests: string): Promise<Result> {
    const [path = '', names] = tests.split('#');
    const named = names === undefined ? [] : ['--testNamePattern', names];
    const ignored = ['--testPathIgnorePatterns', '/node_modules/', SNAPSHOTS];
    const report = join(this.temporary, 'report.json');
    const output = ['--silent', '--json', '--outputFile', report];
    rmSync(report, { force: true });
    const child = spawn(
      process.execPath,
      [JEST, '--ci', '--bail', '--env', ENVIRONMENT, ...output, ...named, ...ignored, '--', path],
      {
        cwd: this.directory,
        detached: true,
        env: { ...process.env, TMPDIR: this.temporary, REQUIRE_PSQL: '1' },
        stdio: 'ignore',
      },
    );
    this.running = child;
    const limit = setTimeout(() => this.stop(), LONGEST_RUN_MS);
    await new Promise((resolve) => child.once('close', resolve));
    clearTimeout(limit);
    return existsSync(report) ? resultOf(JSON.parse(readFileSync(report, 'utf8'))) : { outcome: 'no end' };
  }

  /** Ends what runs, and removes the copy with everything that the tests left. */
  remove(): void {
    this.stop();
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 10 });
  }

  private stop(): void {
    if (this.running?.pid !== undefined && this.running.exitCode === null) process.kill(-this.running.pid, 'SIGKILL');
  }
}

/** A test that waited in vain proves nothing on a loaded machine. A file that cannot be loaded has no test at all. */
function resultOf({ success, testResults }: JestReport): Result {
  if (success) return { outcome: 'passes' };
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
