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
   * Whether tests pass: of a file or a directory, and of some of its names after a `#`. Tests that are skipped because a
   * tool is missing would notice nothing, so that their absence is a failure, as in CI.
   */
  passes(tests: string): Promise<boolean> {
    const [path = '', names] = tests.split('#');
    const named = names === undefined ? [] : ['--testNamePattern', names];
    const settings = ['--ci', '--bail', '--silent', '--testPathIgnorePatterns', '/node_modules/', SNAPSHOTS];
    const child = spawn(process.execPath, [JEST, ...named, ...settings, '--', path], {
      cwd: this.directory,
      detached: true,
      env: { ...process.env, TMPDIR: this.temporary, REQUIRE_PSQL: '1' },
      stdio: 'ignore',
    });
    this.running = child;
    return new Promise((resolve) => child.once('close', (code) => resolve(code === 0)));
  }

  /** Ends what runs, and removes the copy with everything that the tests left. */
  remove(): void {
    if (this.running?.pid !== undefined && this.running.exitCode === null) process.kill(-this.running.pid, 'SIGKILL');
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 10 });
  }
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
