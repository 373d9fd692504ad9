import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHECKS } from '../../../contract/postgres/checks';
import { runInProcess } from '../../support/commands/program';
import { hasClientTools, SERVER_TIMEOUT_MS } from '../../support/postgres/database';
import { temporaryDirectory } from '../../support/temporary-directory';
import { until } from '../../support/until';

jest.setTimeout(SERVER_TIMEOUT_MS);

const PROJECT = join(__dirname, '..', '..', '..');

interface Finished {
  readonly code: number | null;
  readonly output: string;
}

/** One run of the command with a temporary directory of its own, so that what it leaves there can be counted. */
class Run {
  readonly temporary = mkdtempSync(join(tmpdir(), "somebody's rehearsal "));
  readonly process: ChildProcess;
  readonly finished: Promise<Finished>;
  output = '';

  constructor(commandArguments: readonly string[], environment: Readonly<Record<string, string | undefined>> = {}) {
    // The server runs as another user when the test runs as root.
    chmodSync(this.temporary, 0o755);
    this.process = spawn(process.execPath, ['bin/agent-bom-postgres.js', 'rehearse', ...commandArguments], {
      cwd: PROJECT,
      env: {
        ...process.env,
        TMPDIR: this.temporary,
        AGENT_BOM_POSTGRES_URL: 'canary-of-another-identity',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        this.output += chunk;
      });
    }
    this.finished = new Promise((resolve) => {
      this.process.once('close', (code) => resolve({ code, output: this.output }));
    });
  }

  /** Waits until the output has got to a step, then ends the process. */
  async end(signal: NodeJS.Signals, afterOutput: string): Promise<Finished> {
    await until(() => this.output.includes(afterOutput));
    this.process.kill(signal);
    return this.finished;
  }

  /** Waits until nothing is left, neither a file nor a process. */
  async leavesNothing(): Promise<void> {
    await until(() => readdirSync(this.temporary).length === 0);
    await until(() => processesMentioning(this.temporary).length === 0);
    rmSync(this.temporary, { recursive: true });
  }
}

/** Only Linux shows processes as files; elsewhere the files of the server speak for it. */
function processesMentioning(text: string): string[] {
  if (!existsSync('/proc/self')) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(text);
      } catch {
        return false;
      }
    });
}

/** A directory with psql, pg_dump and pg_restore that say that they are of a version. */
function clientOfVersion(major: number): string {
  const directory = mkdtempSync(join(tmpdir(), 'old-client-'));
  for (const tool of ['psql', 'pg_dump', 'pg_restore']) {
    writeFileSync(join(directory, tool), `#!/bin/sh\necho "${tool} (PostgreSQL) ${major}.0"\n`, { mode: 0o755 });
  }
  return directory;
}

describe('rehearse', () => {
  it('passes every check on the stand-in, writes the report and removes the server', async () => {
    const report = join(temporaryDirectory('rehearse-report-'), 'report.json');
    const page = report.replace('.json', '.html');
    const run = new Run(['--postgres', '15', '--json', report, '--html', page]);
    const { code, output } = await run.finished;
    expect({ code, output }).toMatchObject({ code: 0 });
    for (const step of ['server', 'before', 'packaged', 'after', 'restore', 'verify'])
      expect(output).toMatch(new RegExp(`^${step} `, 'm'));
    const content = JSON.parse(readFileSync(report, 'utf8'));
    expect(content).toMatchObject({ schemaVersion: 1, packaged: 'stand-in', passed: true, mistakes: [] });
    const unproven = hasClientTools(15) ? [] : ['backup.restore'];
    const skipped = content.checks.filter(({ status }: { status: string }) => status === 'skip');
    const elsewhere = ['pods.secret-source', 'api.rate-limit', 'api.audit-log'];
    expect(skipped.map(({ id }: { id: string }) => id)).toEqual([...unproven, ...elsewhere]);
    expect(content.counts).toEqual({ pass: CHECKS.length - skipped.length, fail: 0, skip: skipped.length });
    const fourth = unproven.length === 0 ? 'proven' : 'open';
    const statuses = content.checklist.map(({ status }: { status: string }) => status);
    expect(statuses).toEqual(['open', 'open', 'open', fourth, 'proven']);
    const text = readFileSync(page, 'utf8');
    expect(text).toMatch(
      /<\/svg>The contract holds as far as this run could check, [34] of 5 checklist items open<\/h1>/,
    );
    expect(text).toMatch(/<dt>Run at<\/dt><dd>20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ<\/dd>/);
    // What the server says of the privileges in the matrix is what the contract says.
    expect(text).toContain('Each cell shows what the server reports');
    expect(text).not.toContain('differs');
    await run.leavesNothing();
  });

  it.each([
    ['is missing', '/nonexistent', undefined],
    ['is older than the server', process.env.PATH, '/nonexistent'],
  ])('does not call the restore done where the client %s', async (_, path, clients) => {
    const report = join(temporaryDirectory('rehearse-report-'), 'report.json');
    const page = report.replace('.json', '.html');
    const old = clientOfVersion(14);
    const environment = { PATH: path === '/nonexistent' ? path : `${old}:${path}`, POSTGRES_CLIENTS: clients };
    const run = new Run(['--postgres', '15', '--json', report, '--html', page], environment);
    const { code, output } = await run.finished;
    rmSync(old, { recursive: true });
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toMatch(/^restore .*\n +not proven$/m);
    const { steps, checks } = JSON.parse(readFileSync(report, 'utf8'));
    expect(steps.map(({ name, status }: { name: string; status: string }) => [name, status])).toEqual([
      ['before', 'done'],
      ['packaged', 'done'],
      ['after', 'done'],
      ['restore', 'not proven'],
      ['verify', 'done'],
    ]);
    const restore = {
      id: 'backup.restore',
      status: 'skip',
      detail: expect.stringMatching(/^not proven: psql, pg_dump, pg_restore/),
    };
    expect(checks).toContainEqual(expect.objectContaining(restore));
    expect(readFileSync(page, 'utf8')).toMatch(
      /<code>restore<\/code><\/th><td role="cell"><span class="status skip">.*not proven</,
    );
    await run.leavesNothing();
  });

  it.each([
    [['--unknown'], "unknown option '--unknown'"],
    [['surplus'], 'too many arguments'],
    [['--packaged-migrations', ' '], 'a shell command'],
    [['--json', '/nonexistent/report.json'], 'a file that can be written'],
    [['--html', '/nonexistent/report.html'], 'a file that can be written'],
  ])('ends with 2 for wrong usage: %j', async (commandArguments, message) => {
    const result = await runInProcess({}, 'rehearse', ...commandArguments);
    expect(result).toEqual({ code: 2, output: expect.stringContaining(message) });
  });

  it.each([
    ['SIGKILL', 'server', null],
    ['SIGKILL', 'packaged', null],
    ['SIGINT', 'server', 130],
    ['SIGTERM', 'server', 143],
  ] as const)('leaves no process and no file behind after %s during %s', async (signal, step, expected) => {
    const run = new Run(['--packaged-migrations', 'sleep 600']);
    const { code } = await run.end(signal, `${step} `);
    expect(code).toBe(expected);
    await run.leavesNothing();
    expect(processesMentioning('sleep\u0000600')).toEqual([]);
  });

  it('gives a command the connection of the migrations and no other, and shows its output when it fails', async () => {
    const report = join(temporaryDirectory('rehearse-report-'), 'report.json');
    const command = 'env | grep -E "^(PG|AGENT_BOM|ALEMBIC)"; echo to-stderr >&2; exit 7';
    const page = report.replace('.json', '.html');
    const run = new Run(['--keep', '--json', report, '--html', page, '--packaged-migrations', command]);
    const { code, output } = await run.finished;
    expect(code).toBe(1);
    expect(output).toContain('exit code 7');
    expect(output).toContain('to-stderr');
    expect(output).not.toContain('canary-of-another-identity');
    expect(output.match(/^(?:PG|AGENT_BOM|ALEMBIC)\w*=/gm)).toEqual(['ALEMBIC_DATABASE_URL=']);
    expect(output).toMatch(
      /ALEMBIC_DATABASE_URL=postgresql:\/\/agent_bom_admin:\*\*\*@localhost:\d+\/agent_bom\?sslmode=verify-full&sslrootcert=\S+ca\.pem&options=-c%20role%3Dagent_bom_owner%20-c%20app.bypass_rls%3D1%20-c%20search_path%3Dpublic%2Cpg_temp$/m,
    );
    expect(output).not.toMatch(/^ {4}at /m);
    expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({ passed: false, packaged: 'command', checks: [] });
    const text = readFileSync(page, 'utf8');
    expect(text).toContain('</svg>The run did not finish</h1>');
    expect(text).toContain('exit code 7');
    expect(text).not.toContain('grep -E');
    await keptServerShowsNoPassword(run, output + text);
  });

  async function keptServerShowsNoPassword(run: Run, output: string): Promise<void> {
    const [, read = ''] = /^ {2}(\. .+)$/m.exec(output) ?? [];
    const { stdout } = spawnSync('sh', ['-c', `${read} && env`], { encoding: 'utf8', env: { PATH: process.env.PATH } });
    const urls = stdout.match(/^(?:AGENT_BOM|ALEMBIC)\w+=postgresql:.+sslmode=verify-full.+$/gm) ?? [];
    expect(urls.map((line) => line.split('=')[0]).sort()).toEqual([
      'AGENT_BOM_POSTGRES_BACKUP_URL',
      'AGENT_BOM_POSTGRES_MAINTENANCE_URL',
      'AGENT_BOM_POSTGRES_URL',
      'ALEMBIC_DATABASE_URL',
    ]);
    const passwords = urls.flatMap((line) => /:([^:@/]+)@/.exec(line)?.[1] ?? []);
    expect(passwords).toHaveLength(4);
    expect(passwords.filter((password) => output.includes(password))).toEqual([]);
    process.kill(Number(/kill (\d+)/.exec(output)?.[1]));
    await run.leavesNothing();
  }
});
