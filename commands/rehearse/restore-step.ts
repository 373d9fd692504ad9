import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { CheckResult } from '../../contract/postgres/checks';
import { ADMIN_IDENTITY, RUNTIME_IDENTITIES } from '../../contract/postgres/identities';
import { startupOptions } from '../../contract/postgres/settings';
import { PROGRAM_ROOT } from '../../program-root';
import type { EmbeddedServer } from '../embedded/server';
import type { ConnectionUrls, ContractRun } from '../shared/postgres/contract-runner';
import { postgresClient } from '../shared/postgres/postgres-client';

const CHECK_ID = 'backup.restore';
const RESTORED_DATABASE = 'agent_bom_restored';
const BACKUP = join(PROGRAM_ROOT, 'backup');

/** Dumps the database, restores the dump into an empty one, and compares the two, with the scripts of the backup. */
export async function dumpAndRestore(
  server: EmbeddedServer,
  run: ContractRun,
  packagedUrl: string,
  serverMajor: number,
): Promise<CheckResult> {
  const missing = missingClientTools(serverMajor);
  if (missing !== undefined) return { id: CHECK_ID, status: 'skip', detail: `not proven: ${missing}` };
  const directory = mkdtempSync(join(server.address.directory, 'dump-'));
  // A variable is one word, whatever is in the names of the directories.
  const place = { BACKUP, DIRECTORY: directory, PATH: clientPath(serverMajor) };
  const dumped = await server.run('bash "$BACKUP/dump.sh" "$DIRECTORY" rehearsal', {
    ...scriptEnvironment(run, packagedUrl, server.address.database),
    ...place,
  });
  if (dumped.code !== 0) return failure('dump', dumped.output);
  await createDatabase(server, RESTORED_DATABASE);
  const restored = await server.run('bash "$BACKUP/restore.sh" "$DIRECTORY/rehearsal.dump"', {
    ...scriptEnvironment(run, packagedUrl, RESTORED_DATABASE),
    ...place,
  });
  if (restored.code !== 0) return failure('restore', restored.output);
  return { id: CHECK_ID, status: 'pass', detail: restored.output.trimEnd().split('\n').at(-1) ?? '' };
}

function failure(what: string, output: string): CheckResult {
  return { id: CHECK_ID, status: 'fail', detail: `${what} failed: ${output.trim().split('\n').slice(-3).join('; ')}` };
}

function scriptEnvironment(run: ContractRun, packagedUrl: string, database: string): Record<string, string> {
  const urls: ConnectionUrls = { ...run.urls, admin: packagedUrl };
  const variables = [ADMIN_IDENTITY, ...RUNTIME_IDENTITIES].map(({ name, environmentVariable }) => {
    const url = new URL(urls[name]);
    url.pathname = `/${database}`;
    return [environmentVariable, url.href];
  });
  return {
    CONTRACT_OPTIONS: startupOptions(run.parameters),
    ...Object.fromEntries(variables),
  };
}

async function createDatabase(server: EmbeddedServer, name: string): Promise<void> {
  const client = postgresClient({ connectionString: server.urlFor(server.address.admin, 'postgres') });
  await client.connect();
  try {
    await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

const TOOLS = ['psql', 'pg_dump', 'pg_restore', 'bash'] as const;

/**
 * Where the client for a server is looked for: in `<POSTGRES_CLIENTS>/<major>/bin` where that variable names a directory
 * (`scripts/client-tools.sh` fills one), then in `PATH`.
 */
export function clientPath(serverMajor: number): string {
  const { POSTGRES_CLIENTS: clients, PATH: path = '' } = process.env;
  return clients === undefined ? path : [join(clients, String(serverMajor), 'bin'), path].join(delimiter);
}

/**
 * Why dumps cannot be made or restored on this machine, or nothing where they can.
 *
 * @param serverMajor Major version of the server; older tools cannot read its catalog.
 */
export function missingClientTools(serverMajor: number): string | undefined {
  const path = clientPath(serverMajor);
  const missing = TOOLS.filter((tool) => {
    const version = versionOf(tool, path);
    return tool === 'bash' ? version === 0 : version < serverMajor;
  });
  if (missing.length === 0) return undefined;
  return (
    `${missing.join(', ')} of PostgreSQL ${serverMajor} or later not found; install its client, ` +
    `on Debian \`apt-get install postgresql-client-${serverMajor}\`, on macOS \`brew install postgresql@${serverMajor}\``
  );
}

/** Major version of a tool, 0 where it is not installed. */
function versionOf(tool: string, path: string): number {
  const { status, stdout } = spawnSync(tool, ['--version'], { encoding: 'utf8', env: { ...process.env, PATH: path } });
  return status === 0 ? Number(/\d+/.exec(stdout)?.[0] ?? 0) : 0;
}
