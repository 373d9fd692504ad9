import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Client, ClientConfig, DatabaseError, QueryArrayResult, QueryResult } from 'pg';
import { ContractError } from '../../../contract/error';
import { CHECKS, type CheckResult, type CheckSource, type CheckStatus } from '../../../contract/postgres/checks';
import {
  ADMIN_IDENTITY,
  type IdentityName,
  RUNTIME_IDENTITIES,
  type RuntimeIdentityName,
} from '../../../contract/postgres/identities';
import { startupOptions } from '../../../contract/postgres/settings';
import { PROGRAM_ROOT } from '../../../program-root';
import { connectionFailure } from './connection-failure';
import { PINNED_SETTINGS, plainUrl, postgresClient } from './postgres-client';

const MIGRATIONS = join(PROGRAM_ROOT, 'migrations');
/** What the files of every step and check read. */
export const FACTS = join(MIGRATIONS, 'facts.sql');
/** What the checks of the catalog read besides. */
const DEPENDENTS = join(MIGRATIONS, 'dependents.sql');
/** What the files that change tables call. */
export const RELATIONS = join(MIGRATIONS, 'relations.sql');
const CONNECT_TIMEOUT_MS = 10_000;
const APPLICATION_NAME = 'agent-bom-postgres';
/** SQLSTATEs of what a pause may cure: lock_not_available, deadlock_detected, and a row that another session changed. */
const TRANSIENT = ['55P03', '40P01', 'XX000'];
const LONGEST_PAUSE_MS = 30_000;
/** SQLSTATE of a connection that no rule of the server allows. */
const INVALID_AUTHORIZATION = '28000';
const REQUIRED: Readonly<Record<Exclude<CheckSource, 'admin'>, string>> = {
  app: 'a connection as the app identity',
  maintenance: 'a connection as the maintenance identity',
  backup: 'a connection as the backup identity',
  rehearsal: 'a rehearsal',
  api: 'a running control plane',
  cluster: 'access to the pods of a cluster',
};
/** The identities, the one that sees most first. */
const IDENTITIES: readonly IdentityName[] = [ADMIN_IDENTITY.name, ...RUNTIME_IDENTITIES.map(({ name }) => name)];

/** Connection URL of each identity, as the workloads get it. */
export type ConnectionUrls = Readonly<Record<IdentityName, string>>;

export interface ContractRun {
  readonly urls: ConnectionUrls;
  /** PostgreSQL parameters that the SQL reads; see `contractParameters`. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Called with every notice of the server, such as that a run waits for another. */
  readonly onNotice?: (message: string) => void;
}

/** What verification requires: fewer connections check less. */
export interface VerifyRun extends Pick<ContractRun, 'parameters' | 'onNotice'> {
  readonly urls: Partial<ConnectionUrls>;
  /** Results of checks that do not query the database. */
  readonly more?: readonly CheckResult[];
}

/**
 * Runs all files of a step in one session of the administrator. Those that change tables have a transaction for each.
 *
 * @throws ContractError with file, message and hint when a statement is refused.
 */
export async function applyStep(step: 'before' | 'after' | 'revoke', run: ContractRun): Promise<void> {
  const parameters = step === 'before' ? run.parameters : { ...run.parameters, ...urlParameters(run.urls) };
  const client = await connect('admin', run.urls.admin, parameters);
  client.on('notice', ({ message }) => run.onNotice?.(message ?? ''));
  try {
    await runFile(client, join(MIGRATIONS, 'lock.sql'));
    // Facts change with every file.
    for (const file of sqlFiles(step).flatMap((one) => [FACTS, ...withRelations(one)]))
      await runPatiently(client, file, run);
  } finally {
    await client.end();
  }
}

/**
 * Runs every check that the given connections allow, and returns one result a check in the order of the contract.
 *
 * @throws ContractError when no connection can be made for the catalog.
 */
export async function verifyContract(run: VerifyRun): Promise<CheckResult[]> {
  const identity = IDENTITIES.find((name) => run.urls[name] !== undefined);
  const url = identity && run.urls[identity];
  if (identity === undefined || url === undefined) throw new Error('verification requires at least one connection URL');
  const found = await Promise.all([
    checkFiles('admin', identity, url, run),
    checkPlainConnection(identity, url),
    ...RUNTIME_IDENTITIES.map(({ name }) => checkAs(name, run)),
  ]);
  const results = new Map([...found.flat(), ...(run.more ?? [])].map((result) => [result.id, result]));
  return CHECKS.map(({ id, source }) => results.get(id) ?? missing(id, source));
}

/** SQL files of one folder below `migrations/`, in the order in which they run. */
export function sqlFiles(folder: string): string[] {
  const directory = join(MIGRATIONS, folder);
  return readdirSync(directory)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => join(directory, file));
}

/** Not before the first file that calls it: only the owner role's members may create it, and `before` makes the member. */
function withRelations(file: string): string[] {
  return readFileSync(file, 'utf8').includes('pg_temp.change_relations') ? [RELATIONS, file] : [file];
}

async function checkAs(identity: RuntimeIdentityName, run: VerifyRun): Promise<CheckResult[]> {
  const url = run.urls[identity];
  if (url === undefined) return [];
  try {
    return await checkFiles(identity, identity, url, run);
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    const detail = error.mistakes.map(({ got, rule }) => got ?? rule).join('; ');
    return [{ id: `login.${identity}`, status: 'fail', detail }];
  }
}

async function checkFiles(
  folder: IdentityName,
  identity: IdentityName,
  url: string,
  run: VerifyRun,
): Promise<CheckResult[]> {
  const client = await connect(identity, url, run.parameters);
  client.on('notice', ({ message }) => run.onNotice?.(message ?? ''));
  try {
    // What the checks themselves require; otherwise the error is one sentence.
    if (folder === 'admin') await runFile(client, join(MIGRATIONS, 'verify', 'requirements.sql'));
    await runFile(client, FACTS);
    if (folder === 'admin') await runFile(client, DEPENDENTS);
    const results: CheckResult[] = [];
    for (const file of sqlFiles(join('verify', folder))) results.push(...checkRows(await runFile(client, file)));
    return results;
  } finally {
    await client.end();
  }
}

function missing(id: string, source: CheckSource): CheckResult {
  if (source === 'admin') return { id, status: 'fail', detail: 'the check reported nothing' };
  return { id, status: 'skip', detail: `not checked: requires ${REQUIRED[source]}` };
}

/** Only a rejection by rule is a pass: a server that asks for the password would have accepted the connection. */
async function checkPlainConnection(identity: IdentityName, verifiedUrl: string): Promise<CheckResult[]> {
  const id = 'tls.plain-refused';
  const url = new URL(verifiedUrl);
  url.search = '';
  const client = newClient(identity, url.href, { ssl: false });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return [{ id, status: 'fail', detail: 'the server accepts connections without TLS' }];
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === INVALID_AUTHORIZATION
      ? [{ id, status: 'pass', detail: 'the server rejects connections without TLS' }]
      : [{ id, status: 'fail', detail: `the server did not reject a connection without TLS at once: ${message}` }];
  } finally {
    await client.end();
  }
}

function newClient(identity: IdentityName, connectionString: string, config: ClientConfig): Client {
  try {
    return postgresClient({
      connectionString: plainUrl(connectionString),
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      ...config,
    });
  } catch (error) {
    throw connectionFailure(identity, error as Error);
  }
}

function checkRows(results: readonly QueryResult[]): CheckResult[] {
  return results
    .filter(({ fields }) => fields?.[0]?.name === 'check')
    .flatMap(({ rows }) => rows as { check: string; status: CheckStatus; detail: string }[])
    .map(({ check, status, detail }) => ({ id: check, status, detail }));
}

function urlParameters(urls: ConnectionUrls): Record<string, string> {
  return Object.fromEntries(RUNTIME_IDENTITIES.map(({ name, urlSetting }) => [urlSetting, urls[name]]));
}

/**
 * Opens a session.
 *
 * @throws ContractError, one sentence, when the server cannot be reached or refuses the login.
 */
export async function connect(
  identity: IdentityName,
  url: string,
  parameters: Readonly<Record<string, string>>,
): Promise<Client> {
  const client = newClient(identity, url, {
    options: startupOptions({ ...parameters, ...PINNED_SETTINGS }),
    application_name: APPLICATION_NAME,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    throw connectionFailure(identity, error as Error);
  }
}

/**
 * Runs a file, and repeats it after a pause where another session holds what it changes: whoever waits for a lock keeps
 * others waiting, so a file gives up after two seconds.
 */
async function runPatiently(client: Client, file: string, { parameters, onNotice }: ContractRun): Promise<void> {
  const patience = Number.parseFloat(parameters['agent_bom.lock_timeout'] ?? '300') * 1000;
  const start = performance.now();
  for (let pause = 1000; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      await runFile(client, file);
      return;
    } catch (error) {
      await client.query('rollback');
      const { code = '' } = ((error as Error).cause ?? {}) as Partial<DatabaseError>;
      if (!TRANSIENT.includes(code) || performance.now() + pause - start > patience) throw error;
      onNotice?.(`another session holds what ${basename(file)} changes; trying again in ${pause / 1000} s`);
      await setTimeout(pause);
    }
  }
}

async function runFile(client: Client, file: string): Promise<QueryResult[]> {
  const sql = readFileSync(file, 'utf8');
  try {
    const results: QueryResult | QueryResult[] | QueryArrayResult[] = await client.query(sql);
    return [results].flat() as QueryResult[];
  } catch (error) {
    const { message, hint, position } = error as Partial<DatabaseError> & Error;
    const line = position === undefined ? '' : `:${sql.slice(0, Number(position)).split('\n').length}`;
    const failure = new ContractError({
      file: `${relative(PROGRAM_ROOT, file)}${line}`,
      got: message,
      rule: 'every statement of the contract succeeds; the transaction was rolled back',
      fix: hint ?? 'fix what the message names and run the step again; it continues from any state',
    });
    failure.cause = error;
    throw failure;
  }
}
