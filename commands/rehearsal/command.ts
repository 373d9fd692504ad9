import { chmodSync, closeSync, openSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { ADMIN_IDENTITY, RUNTIME_IDENTITIES } from '../../contract/identities';
import { readiness } from '../../contract/readiness';
import type { ConnectionUrls } from '../contract-runner';
import { EmbeddedServer } from '../embedded/server';
import { ExitCode, UsageError } from '../exit-code';
import { Terminal } from '../terminal';
import { packagedUrl, type Rehearsal, rehearsalUrls, rehearse } from './rehearse';

interface RehearseOptions {
  readonly packagedMigrations?: string;
  readonly json?: string;
  readonly keep?: boolean;
}

/** `rehearse`: the whole contract on an embedded PostgreSQL that looks like RDS. */
export function rehearseCommand(): Command {
  return new Command('rehearse')
    .summary('run the whole contract on an embedded PostgreSQL that looks like RDS')
    .description(
      'Starts a PostgreSQL server with what is particular about RDS (an administrator that is no superuser, TLS for ' +
        'everybody, an authority of its own), runs before, packaged migrations, after and verify over verified TLS, shows ' +
        'what was proven, and removes the server. Needs no AWS account, no cluster and no network.',
    )
    .option(
      '--packaged-migrations <command>',
      'shell command to run instead of the stand-in schema; it finds the connection in ALEMBIC_DATABASE_URL',
    )
    .option('--json <file>', 'write the report for machines to this file')
    .option('--keep', 'leave the server running and print how to connect and how to stop it')
    .addHelpText('after', '\nExit codes: 0 every check passes, 1 a step or a check fails, 2 wrong usage.')
    .allowExcessArguments(false)
    .action(runRehearsal);
}

async function runRehearsal(options: RehearseOptions): Promise<void> {
  if (options.packagedMigrations?.trim() === '') {
    throw new UsageError({ path: '--packaged-migrations', got: '""', rule: 'a shell command', fix: 'name the command to run, or leave the option out' });
  }
  if (options.json !== undefined) refuseUnwritable(options.json);
  const terminal = new Terminal(process.stdout);
  const server = await startServer(terminal);
  const urls = rehearsalUrls(server);
  try {
    const rehearsal = await rehearse(server, urls, {
      packagedMigrations: options.packagedMigrations,
      onStep: (name, title) => terminal.step(name, title),
      onNotice: (message) => terminal.line(`${''.padEnd(9)} ${message}`),
    });
    finish(rehearsal, options, terminal);
  } finally {
    if (options.keep) keepServer(server, urls, terminal);
    else await server.stop();
  }
}

async function startServer(terminal: Terminal): Promise<EmbeddedServer> {
  const done = terminal.step('server', 'embedded PostgreSQL with the privileges of RDS');
  let succeeded = false;
  try {
    const server = await EmbeddedServer.start();
    succeeded = true;
    return server;
  } finally {
    done(succeeded);
  }
}

function finish(rehearsal: Rehearsal, options: RehearseOptions, terminal: Terminal): void {
  const { error, ...outcome } = rehearsal;
  const report = readiness(rehearsal.checks);
  const passed = error === undefined && report.passed;
  if (options.json !== undefined) {
    const mistakes = error?.mistakes ?? [];
    const packaged = options.packagedMigrations === undefined ? 'stand-in' : 'command';
    const content = { schemaVersion: 1, command: 'rehearse', packaged, ...outcome, ...report, passed, mistakes };
    writeFileSync(options.json, `${JSON.stringify(content, undefined, 2)}\n`);
  }
  if (error !== undefined) throw error;
  terminal.line(`\nPostgreSQL ${rehearsal.serverVersion}\n`);
  terminal.readiness(report);
  process.exitCode = passed ? ExitCode.success : ExitCode.failure;
}

function refuseUnwritable(file: string): void {
  try {
    const descriptor = openSync(file, 'ax');
    closeSync(descriptor);
    unlinkSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && isWritable(file)) return;
    throw new UsageError({ path: '--json', got: file, rule: 'a file that can be written', fix: 'name a file in a folder that exists and that you may write to' });
  }
}

function isWritable(file: string): boolean {
  try {
    closeSync(openSync(file, 'r+'));
    return true;
  } catch {
    return false;
  }
}

/** Passwords go to a file that only this user can read, not to the screen. */
function keepServer(server: EmbeddedServer, urls: ConnectionUrls, terminal: Terminal): void {
  const { directory, keeperPid } = server.address;
  const file = join(directory, 'connections.env');
  const lines = RUNTIME_IDENTITIES.map(({ name, environmentVariable }) => `${environmentVariable}='${urls[name]}'\n`);
  lines.push(`${ADMIN_IDENTITY.environmentVariable}='${packagedUrl(server)}'\n`);
  writeFileSync(file, lines.join(''), { mode: 0o600 });
  chmodSync(file, 0o600);
  server.keep();
  terminal.line();
  terminal.line('The server keeps running. Connect to it with');
  terminal.line(`  . ${file}`);
  terminal.line(`  psql "$${ADMIN_IDENTITY.environmentVariable}"`);
  terminal.line('and stop it, which removes its files, with');
  terminal.line(`  kill ${keeperPid}`);
}
