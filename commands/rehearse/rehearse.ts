import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentSchema } from '../../contract/environment/environment';
import { versionNotice } from '../../contract/environment/review/warnings';
import { ContractError } from '../../contract/error';
import type { CheckResult } from '../../contract/postgres/checks';
import { type BudgetSettings, connectionLimits } from '../../contract/postgres/connection-budget';
import { encodeUserInfo, migrationUrl } from '../../contract/postgres/connection-url';
import { loginOfGeneration, RUNTIME_IDENTITIES } from '../../contract/postgres/identities';
import type { StepStatus } from '../../contract/postgres/run-report';
import { contractParameters } from '../../contract/postgres/settings';
import { newestVersion, recordedHead } from '../../contract/product/facts';
import { PROGRAM_ROOT } from '../../program-root';
import type { EmbeddedServer } from '../embedded/server';
import { applyStep, type ConnectionUrls, type ContractRun, verifyContract } from '../shared/postgres/contract-runner';
import { postgresClient } from '../shared/postgres/postgres-client';
import {
  inheritedEnvironment,
  type PackagedHead,
  type PackagedMigrations,
  packagedHead,
  STAND_IN_HEAD,
} from './packaged-head';
import { dumpAndRestore } from './restore-step';

export interface RehearsalOptions extends PackagedMigrations {
  /**
   * Version of the product whose connection budget the logins get.
   * @default - the newest one with a record
   */
  readonly chartVersion?: string;
  /** Called when a step begins; what it returns is called when the step is over. */
  readonly onStep: (name: string, title: string) => (status: StepStatus) => void;
  readonly onNotice: (message: string) => void;
}

export interface StepResult {
  readonly name: string;
  readonly status: StepStatus;
  readonly milliseconds: number;
}

export interface Rehearsal {
  readonly serverVersion: string;
  readonly steps: readonly StepResult[];
  /** Empty when a step failed before the checks. */
  readonly checks: readonly CheckResult[];
  /** What to know of the version and of the revision, in whole sentences. */
  readonly warnings: readonly string[];
  /** Why a step failed. */
  readonly error?: ContractError;
}

const STEP_STATUSES = { pass: 'done', fail: 'failed', skip: 'not proven' } as const;

type ShowStep = <Result>(
  name: string,
  title: string,
  work: () => Promise<Result>,
  /** What a result that came without an error stands for. */
  statusOf?: (result: Result) => StepStatus,
) => Promise<Result>;

/** Runs the contract on a server: before, packaged, after, restore, verify. Stops at the first step that fails. */
export async function rehearse(
  server: EmbeddedServer,
  urls: ConnectionUrls,
  options: RehearsalOptions,
): Promise<Rehearsal> {
  const steps: StepResult[] = [];
  const step = timedSteps(steps, options);
  const { chartVersion = newestVersion(), onNotice } = options;
  const first: ContractRun = { urls, parameters: parametersOf(chartVersion), onNotice };
  const version = await serverVersion(urls.admin);
  const warnings = [versionNotice(chartVersion) ?? []].flat();
  try {
    await step('before', 'roles, ownership and default privileges', () => applyStep('before', first));
    const head = await packagedStep(step, server, options);
    const revision = 'revision' in head ? head.revision : undefined;
    warnings.push(...otherRevision(options, revision));
    const run = { ...first, parameters: parametersOf(chartVersion, revision) };
    await step('after', 'grants, limits and passwords', () => applyStep('after', run));
    const dumpThenRestore = async (): Promise<CheckResult> => {
      if (options.packagedMigrations === undefined) await fillStandIn(urls.app);
      return dumpAndRestore(server, run, packagedUrl(server), Number.parseInt(version, 10));
    };
    const title = 'dump, restore into an empty database, compare';
    const restored = await step('restore', title, dumpThenRestore, ({ status }) => STEP_STATUSES[status]);
    const verified = await step('verify', 'checks of the contract', () => verifyContract({ ...run, more: [restored] }));
    const checks = 'revision' in head ? verified : verified.map((check) => withHint(check, head.reason));
    return { serverVersion: version, steps, checks, warnings };
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    return { serverVersion: version, steps, checks: [], warnings, error };
  }
}

/** The image decides; where it says something else than the record, one of them is of another version. */
function otherRevision({ packagedMigrations, chartVersion }: RehearsalOptions, revision: string | undefined): string[] {
  const recorded = chartVersion === undefined ? undefined : recordedHead(chartVersion);
  if (packagedMigrations === undefined || revision === undefined || (recorded ?? revision) === revision) return [];
  return [`The packaged migrations end at ${revision}, and those of ${chartVersion} end at ${recorded} by its record.`];
}

/** The check of the revision says what to give, so that it can compare. */
function withHint(check: CheckResult, reason: string): CheckResult {
  if (check.id !== 'schema.revision' || check.status !== 'skip') return check;
  return { ...check, detail: `not checked: ${check.detail}; ${reason}` };
}

/** Connection URLs of a control plane on the server, with new passwords. */
export function rehearsalUrls(server: EmbeddedServer): ConnectionUrls {
  const urls = RUNTIME_IDENTITIES.map((identity) => {
    const login = { user: loginOfGeneration(identity, 1), password: randomBytes(24).toString('base64url') };
    return [identity.name, server.urlFor(login)];
  });
  return { ...Object.fromEntries(urls), admin: server.urlFor(server.address.admin) } as ConnectionUrls;
}

/** Parameters of the SQL for the stand-in and the newest version. */
export function defaultParameters(): Record<string, string> {
  return parametersOf(newestVersion(), STAND_IN_HEAD);
}

/** Parameters of the SQL without an environment. */
function parametersOf(chartVersion: string, alembicHead?: string): Record<string, string> {
  return contractParameters({ limits: connectionLimits(defaultRelease(chartVersion)), alembicHead });
}

/** The release of an environment file that says nothing of it, but for the version. */
export function defaultRelease(chartVersion: string): BudgetSettings {
  const { release } = environmentSchema.parse({
    name: 'rehearsal',
    region: 'eu-west-1',
    cluster: { name: 'rehearsal' },
    database: { subnetIds: ['subnet-00000000', 'subnet-00000001'] },
    release: { trustedProxyIssuer: 'rehearsal' },
  });
  return { ...release, chartVersion };
}

function timedSteps(steps: StepResult[], { onStep }: RehearsalOptions): ShowStep {
  return async (name, title, work, statusOf = () => 'done') => {
    const done = onStep(name, title);
    const start = performance.now();
    let status: StepStatus = 'failed';
    try {
      const result = await work();
      status = statusOf(result);
      return result;
    } finally {
      steps.push({ name, status, milliseconds: Math.round(performance.now() - start) });
      done(status);
    }
  };
}

/** Asks for the head and then migrates, as the container of the Job does. */
async function packagedStep(step: ShowStep, server: EmbeddedServer, options: RehearsalOptions): Promise<PackagedHead> {
  const { packagedMigrations: command, chartVersion } = options;
  const recorded = chartVersion === undefined ? undefined : recordedHead(chartVersion);
  return step('packaged', command ?? 'stand-in for the packaged migrations', async () => {
    const head = await packagedHead(server, options, recorded);
    if (command === undefined) await runStandIn(packagedUrl(server));
    else await runCommand(server, command, packagedUrl(server));
    return head;
  });
}

/** The connection of the packaged migrations: the administrator, acting as the owner role. */
export function packagedUrl(server: EmbeddedServer): string {
  const { host, port, database, caFile, admin } = server.address;
  return migrationUrl({
    encodedUser: encodeUserInfo(admin.user),
    encodedPassword: encodeUserInfo(admin.password),
    host,
    port,
    database,
    caFile: encodeURI(caFile),
  });
}

/** Runs the stand-in for the packaged migrations. */
export function runStandIn(url: string): Promise<void> {
  return runFile(url, 'stand-in.sql');
}

/** Writes rows of two tenants into every table of the stand-in, as the application. */
export function fillStandIn(url: string): Promise<void> {
  return runFile(url, 'stand-in-rows.sql');
}

async function runFile(url: string, file: string): Promise<void> {
  const client = postgresClient({ connectionString: url });
  await client.connect();
  try {
    await client.query(readFileSync(join(PROGRAM_ROOT, 'commands', 'rehearse', file), 'utf8'));
  } catch (error) {
    throw packagedFailure((error as Error).message);
  } finally {
    await client.end();
  }
}

async function runCommand(server: EmbeddedServer, command: string, url: string): Promise<void> {
  const { code, output } = await server.run(command, { ...inheritedEnvironment(), ALEMBIC_DATABASE_URL: url });
  if (code === 0) return;
  throw packagedFailure(`exit code ${code}\n${output.replaceAll(server.address.admin.password, '***').trimEnd()}`);
}

function packagedFailure(got: string): ContractError {
  return new ContractError({
    path: 'packaged migrations',
    got,
    rule: 'the packaged migrations end without an error',
    fix: 'read the output above; the command gets its connection in ALEMBIC_DATABASE_URL',
  });
}

async function serverVersion(url: string): Promise<string> {
  const client = postgresClient({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    return rows[0]?.server_version ?? '';
  } finally {
    await client.end();
  }
}
