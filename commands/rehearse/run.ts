import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mistake } from '../../contract/error';
import { releasePools } from '../../contract/postgres/connection-budget';
import { ADMIN_IDENTITY, RUNTIME_IDENTITIES } from '../../contract/postgres/identities';
import type { PostgresMajor } from '../../contract/postgres/majors';
import { readiness } from '../../contract/postgres/readiness';
import type { StepStatus } from '../../contract/postgres/run-report';
import { factsOf, newestVersion } from '../../contract/product/facts';
import { EmbeddedServer } from '../embedded/server';
import { serverFacts, writePage } from '../report/write-page';
import { ExitCode, UsageError } from '../shared/output/exit-code';
import { JsonReport, type JsonTarget, refuseUnwritable } from '../shared/output/report';
import { shellWord } from '../shared/output/shell-word';
import type { Terminal } from '../shared/output/terminal';
import type { ConnectionUrls } from '../shared/postgres/contract-runner';
import { versionMistakes } from '../versions/version-option';
import type { PackagedMigrations } from './packaged-head';
import { defaultRelease, packagedUrl, type Rehearsal, rehearsalUrls, rehearse } from './rehearse';

export interface RehearseOptions extends PackagedMigrations {
  readonly chartVersion?: string;
  readonly json?: JsonTarget;
  readonly quiet?: boolean;
  readonly html?: string;
  readonly keep?: boolean;
  readonly postgres: PostgresMajor;
}

const COMMANDS = [
  ['packagedMigrations', '--packaged-migrations'],
  ['packagedHead', '--packaged-head'],
] as const;
const EXPECT_REVISION = ['expectRevision', '--expect-revision'] as const;
const REVISION = /^[0-9A-Za-z_]+$/;

/** Runs the rehearsal that the options ask for, shows it, and sets the exit code. */
export async function runRehearsal(options: RehearseOptions): Promise<void> {
  refuseMistakes(options);
  const file = new JsonReport(options.json, options.quiet);
  if (options.html !== undefined) refuseUnwritable('--html', options.html);
  const startedAt = new Date();
  const { terminal } = file;
  const server = await startServer(options.postgres, terminal);
  const urls = rehearsalUrls(server);
  try {
    const rehearsal = await rehearse(server, urls, {
      ...options,
      onStep: (name, title) => terminal.step(name, title),
      onNotice: (message) => terminal.line(`${''.padEnd(9)} ${message}`),
    });
    if (options.html !== undefined) await writeRehearsalPage(options.html, rehearsal, options, urls.admin, startedAt);
    finish(rehearsal, options, file);
  } finally {
    if (options.keep) keepServer(server, urls, file.result);
    else await server.stop();
  }
}

function refuseMistakes(options: RehearseOptions): void {
  const mistakes: Mistake[] = COMMANDS.filter(([name]) => options[name]?.trim() === '').map(([, path]) => ({
    path,
    got: '""',
    rule: 'a shell command',
    fix: 'name the command to run, or leave the option out',
  }));
  if (options.packagedMigrations === undefined) {
    const surplus = [...COMMANDS, EXPECT_REVISION].filter(([name]) => options[name] !== undefined);
    const rule = 'only together with --packaged-migrations: the stand-in has its own revision';
    mistakes.push(...surplus.map(([name, path]) => ({ path, got: options[name], rule, fix: 'leave it out' })));
  }
  const { expectRevision } = options;
  if (expectRevision !== undefined && !REVISION.test(expectRevision)) {
    const rule = 'a revision of Alembic: letters, digits and underscores';
    mistakes.push({ path: '--expect-revision', got: expectRevision, rule, fix: 'write what `alembic heads` prints' });
  }
  if (options.chartVersion !== undefined) mistakes.push(...versionMistakes('--chart-version', options.chartVersion));
  if (mistakes.length > 0) throw new UsageError(mistakes);
}

async function startServer(major: PostgresMajor, terminal: Terminal): Promise<EmbeddedServer> {
  const done = terminal.step('server', `embedded PostgreSQL ${major} with the privileges of RDS`);
  let status: StepStatus = 'failed';
  try {
    const server = await EmbeddedServer.start({ major });
    status = 'done';
    return server;
  } finally {
    done(status);
  }
}

function finish(
  rehearsal: Rehearsal,
  { packagedMigrations, chartVersion = newestVersion() }: RehearseOptions,
  file: JsonReport,
): void {
  const { error, ...outcome } = rehearsal;
  const report = readiness(rehearsal.checks);
  const passed = error === undefined && report.passed;
  const mistakes = error?.mistakes ?? [];
  const packaged = packagedMigrations === undefined ? 'stand-in' : 'command';
  file.write({ command: 'rehearse', packaged, chartVersion, ...outcome, ...report, passed, mistakes });
  for (const warning of rehearsal.warnings)
    file.terminal.line(`\n${file.terminal.styled('yellow', 'warning')}: ${warning}`);
  if (error !== undefined) throw error;
  file.terminal.line(`\nPostgreSQL ${rehearsal.serverVersion}; connection budget of agent-bom ${chartVersion}\n`);
  file.terminal.readiness(report);
  process.exitCode = passed ? ExitCode.success : ExitCode.failure;
}

/** Passwords go to a file that only this user can read, not to the screen. */
function keepServer(server: EmbeddedServer, urls: ConnectionUrls, terminal: Terminal): void {
  const { directory, keeperPid } = server.address;
  const file = join(directory, 'connections.env');
  const lines = RUNTIME_IDENTITIES.map(
    ({ name, environmentVariable }) => `export ${environmentVariable}=${shellWord(urls[name])}\n`,
  );
  lines.push(`export ${ADMIN_IDENTITY.environmentVariable}=${shellWord(packagedUrl(server))}\n`);
  writeFileSync(file, lines.join(''), { mode: 0o600 });
  chmodSync(file, 0o600);
  server.keep();
  terminal.line();
  terminal.line('The server keeps running. Connect to it with');
  terminal.line(`  . ${shellWord(file)}`);
  terminal.line(`  psql "$${ADMIN_IDENTITY.environmentVariable}"`);
  terminal.line('and stop it, which removes its files, with');
  terminal.line(`  kill ${keeperPid}`);
}

/** Writes the page for reviewers. It does not show the command of the user, which may hold a credential. */
export async function writeRehearsalPage(
  file: string,
  { serverVersion, steps, checks, error }: Rehearsal,
  { packagedMigrations, chartVersion = newestVersion() }: RehearseOptions,
  adminUrl: string,
  startedAt: Date,
): Promise<void> {
  const report = readiness(checks);
  const packaged = packagedMigrations === undefined ? 'a stand-in schema, not the product’s' : 'a command of the user';
  writePage(file, {
    command: 'rehearse',
    startedAt,
    target: `embedded PostgreSQL ${serverVersion} with the privileges of RDS`,
    versions: [
      {
        what: 'Connection budget',
        version: `of agent-bom ${chartVersion}${factsOf(chartVersion).known ? '' : ', which has no record'}`,
      },
      { what: 'Packaged migrations', version: packaged },
    ],
    passed: error === undefined && report.passed,
    readiness: report,
    steps,
    mistakes: error?.mistakes ?? [],
    pools: releasePools(defaultRelease(chartVersion)),
    facts: error === undefined ? await serverFacts('admin', adminUrl) : undefined,
  });
}
