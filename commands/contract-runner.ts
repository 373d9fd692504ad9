import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Client, DatabaseError, type QueryArrayResult, type QueryResult } from 'pg';
import { CHECKS, type CheckResult, type CheckStatus } from '../contract/checks';
import { ContractError } from '../contract/error';
import { ADMIN_IDENTITY, type IdentityName, RUNTIME_IDENTITIES } from '../contract/identities';
import { startupOptions } from '../contract/settings';

const PROJECT = join(__dirname, '..');
const MIGRATIONS = join(PROJECT, 'migrations');
const CONNECT_TIMEOUT_MS = 10_000;

/** Connection URL of each identity, as the workloads get it. */
export type ConnectionUrls = Readonly<Record<IdentityName, string>>;

export interface ContractRun {
  readonly urls: ConnectionUrls;
  /** PostgreSQL parameters that the SQL reads; see `contractParameters`. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Called with every notice of the server, such as that a run waits for another. */
  readonly onNotice?: (message: string) => void;
}

/**
 * Runs all files of a step in one session of the administrator, each in a transaction of its own.
 *
 * @throws ContractError with file, message and hint when a statement is refused.
 */
export async function applyStep(step: 'before' | 'after', run: ContractRun): Promise<void> {
  const parameters = step === 'after' ? { ...run.parameters, ...urlParameters(run.urls) } : run.parameters;
  const client = await connect('admin', run.urls.admin, parameters);
  client.on('notice', ({ message }) => run.onNotice?.(message ?? ''));
  try {
    for (const file of [join(MIGRATIONS, 'lock.sql'), ...sqlFiles(step)]) await runFile(client, file);
  } finally {
    await client.end();
  }
}

/** Runs every check, each as the identity that it needs, and returns one result a check in the order of the contract. */
export async function verifyContract(run: ContractRun): Promise<CheckResult[]> {
  const found: CheckResult[] = [await checkPlainConnection(run.urls.admin)];
  for (const identity of [ADMIN_IDENTITY, ...RUNTIME_IDENTITIES]) found.push(...(await checkAs(identity.name, run)));
  const results = new Map(found.map((result) => [result.id, result]));
  return CHECKS.map(({ id }) => results.get(id) ?? { id, status: 'fail', detail: 'the check reported nothing' });
}

/** SQL files of one folder below `migrations/`, in the order in which they run. */
export function sqlFiles(folder: string): string[] {
  const directory = join(MIGRATIONS, folder);
  return readdirSync(directory)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => join(directory, file));
}

async function checkAs(identity: IdentityName, run: ContractRun): Promise<CheckResult[]> {
  try {
    const client = await connect(identity, run.urls[identity], run.parameters);
    try {
      const results: CheckResult[] = [];
      for (const file of sqlFiles(join('verify', identity))) results.push(...checkRows(await runFile(client, file)));
      return results;
    } finally {
      await client.end();
    }
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    const detail = error.mistakes.map((mistake) => mistake.got ?? mistake.rule).join('; ');
    if (identity === 'admin') throw error;
    return CHECKS.filter((check) => check.connectsAs === identity).map(({ id }) =>
      id === `login.${identity}`
        ? { id, status: 'fail', detail }
        : { id, status: 'skip', detail: `not checked: needs a connection as the ${identity} identity` },
    );
  }
}

async function checkPlainConnection(adminUrl: string): Promise<CheckResult> {
  const url = new URL(adminUrl);
  url.search = '';
  const client = new Client({ connectionString: url.href, ssl: false, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  try {
    await client.connect();
    return { id: 'tls.plain-refused', status: 'fail', detail: 'the server accepts connections without TLS' };
  } catch {
    return { id: 'tls.plain-refused', status: 'pass', detail: 'a connection without TLS is turned away' };
  } finally {
    await client.end();
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

async function connect(
  identity: IdentityName,
  url: string,
  parameters: Readonly<Record<string, string>>,
): Promise<Client> {
  const client = new Client({
    connectionString: url,
    options: startupOptions(parameters),
    application_name: 'agent-bom-postgres',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    throw new ContractError({
      path: `connection of the ${identity} identity`,
      got: (error as Error).message,
      rule: 'the server accepts the login over verified TLS',
      fix: 'check host, password, certificate authority and whether the network admits this machine',
    });
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
    throw new ContractError({
      file: `${relative(PROJECT, file)}${line}`,
      got: message,
      rule: 'every statement of the contract succeeds; the file was rolled back',
      fix: hint ?? 'mend what the message names and run the step again; it continues from any state',
    });
  }
}
