import { existsSync } from 'node:fs';
import type { Mistake } from '../../contract/error';
import { DATABASE_PORT } from '../../contract/names';
import type { CheckResult } from '../../contract/postgres/checks';
import { connectionLimits, releasePools } from '../../contract/postgres/connection-budget';
import { ADMIN_IDENTITY, type IdentityName, RUNTIME_IDENTITIES } from '../../contract/postgres/identities';
import { type Readiness, readiness } from '../../contract/postgres/readiness';
import type { ReportedPool } from '../../contract/postgres/run-report';
import { contractParameters } from '../../contract/postgres/settings';
import { recordedHead } from '../../contract/product/facts';
import { serverFacts, writePage } from '../report/write-page';
import { Kubectl } from '../shared/cluster/kubectl';
import { locatedEnvironment } from '../shared/environment/environment-files';
import { ExitCode, UsageError } from '../shared/output/exit-code';
import { JsonReport, type JsonTarget, refuseUnwritable } from '../shared/output/report';
import { type ConnectionUrls, verifyContract } from '../shared/postgres/contract-runner';
import { connectThrough, type HostAddress } from '../shared/postgres/postgres-client';
import { versionMistakes } from '../versions/version-option';
import { checkApi, TOKEN_VARIABLE } from './api-checks';
import { doctorOfEnvironment } from './environment-run';
import { checkPods } from './pod-checks';

export interface DoctorOptions {
  readonly json?: JsonTarget;
  readonly quiet?: boolean;
  readonly html?: string;
  readonly apiUrl?: string;
  readonly namespace?: string;
  /** Name of the environment that the database belongs to. */
  readonly environment?: string;
  /** Folder of the environment files. */
  readonly environments?: string;
  readonly context?: string;
  readonly kubeconfig?: string;
  /** Where a tunnel to the database begins: a host, and a port after a colon. */
  readonly hostAddress?: string;
  /** Version of the product, in place of that of the environment. */
  readonly chartVersion?: string;
}

const IDENTITIES = [ADMIN_IDENTITY, ...RUNTIME_IDENTITIES];
/** What the checks of an environment require, by their ids. */
const HINTS: Readonly<Record<string, string>> = {
  'schema.revision': 'give --environment <name> or --chart-version <version>',
  'limits.capacity': 'give --environment <name>',
  'limits.connections': 'give --environment <name>',
};
const VARIABLES = IDENTITIES.map(({ environmentVariable }) => environmentVariable);

const HOST_ADDRESS = /^(\[[0-9a-fA-F:]+\]|[^\s:[\]]+)(?::(\d{1,5}))?$/;

/**
 * Answers the checklist for an environment, with what is in its cluster; or, without one or with a tunnel, runs the checks
 * that the connection URLs of this machine allow.
 *
 * @param name Name of an environment.
 */
export async function runDoctor(name: string | undefined, options: DoctorOptions): Promise<void> {
  if (name !== undefined && options.environment !== undefined) {
    throw new UsageError({
      path: '--environment',
      got: options.environment,
      rule: 'the environment is named once',
      fix: `leave --environment out: doctor ${name}`,
    });
  }
  if (name === undefined || options.hostAddress !== undefined) {
    connectThrough(hostAddressOf(options.hostAddress));
    try {
      await doctorOfUrls({ ...options, environment: name ?? options.environment });
    } finally {
      connectThrough(undefined);
    }
    return;
  }
  const { json, quiet, html, context, kubeconfig, environments } = options;
  const { environment } = locatedEnvironment(name, environments);
  const report = new JsonReport(json, quiet);
  if (html !== undefined) refuseUnwritable('--html', html);
  const { terminal } = report;
  await doctorOfEnvironment({ environment, target: { context, kubeconfig }, terminal, report, html });
}

function hostAddressOf(text: string | undefined): HostAddress | undefined {
  if (text === undefined) return undefined;
  const [, host, port] = HOST_ADDRESS.exec(text) ?? [];
  if (host === undefined || Number(port ?? 1) > 65_535 || Number(port ?? 1) === 0) {
    throw new UsageError({
      path: '--host-address',
      got: text,
      rule: 'a host or an address, and a port after a colon',
      fix: 'write it as 127.0.0.1:15432, where your tunnel begins',
    });
  }
  return { host: host.replace(/^\[|\]$/g, ''), ...(port === undefined ? {} : { port: Number(port) }) };
}

async function doctorOfUrls(options: DoctorOptions): Promise<void> {
  const { json, quiet, html, apiUrl, namespace, context, kubeconfig } = options;
  const urls = urlsFromEnvironment(process.env);
  const { version, parameters, pools } = expectations(options);
  const api = apiUrl === undefined ? undefined : apiFromEnvironment(apiUrl, process.env);
  const file = new JsonReport(json, quiet);
  if (html !== undefined) refuseUnwritable('--html', html);
  const startedAt = new Date();
  const more: CheckResult[] = api === undefined ? [] : await checkApi(api.url, api.token);
  if (namespace !== undefined) more.push(await checkPods(new Kubectl({ context, kubeconfig, namespace })));
  const onNotice = (message: string): void => file.terminal.line(message);
  const checks = await verifyContract({ urls, parameters, more, onNotice });
  const report = readiness(checks.map((check) => withHint(check, version)));
  file.write({ command: 'doctor', chartVersion: version ?? null, ...report });
  if (html !== undefined) await writeDoctorPage(html, report, urls, startedAt, pools, version);
  file.terminal.readiness(report);
  process.exitCode = report.passed ? ExitCode.success : ExitCode.failure;
}

/** The version and the parameters of the checks that depend on it, as far as the options say them. */
function expectations({ environment: name, environments, chartVersion }: DoctorOptions): {
  version?: string;
  parameters: Record<string, string>;
  pools: ReportedPool[];
} {
  const mistakes = chartVersion === undefined ? [] : versionMistakes('--chart-version', chartVersion);
  if (mistakes.length > 0) throw new UsageError(mistakes);
  const release =
    name === undefined ? undefined : locatedEnvironment(name, environments, '--environment').environment.release;
  const version = chartVersion ?? release?.chartVersion;
  if (version === undefined) return { parameters: {}, pools: [] };
  const settings = release && { ...release, chartVersion: version };
  const limits = settings && connectionLimits(settings);
  const parameters = contractParameters({ limits, alembicHead: recordedHead(version) });
  return { version, parameters, pools: settings === undefined ? [] : releasePools(settings) };
}

/** Says what to give to the checks that had nothing to compare with. */
function withHint(check: CheckResult, version: string | undefined): CheckResult {
  if (check.status !== 'skip') return check;
  const hint = HINTS[check.id];
  const unrecorded = check.id === 'schema.revision' && version !== undefined;
  if (hint === undefined) return check;
  return { ...check, detail: `not checked: ${check.detail}; ${unrecorded ? `${version} has no record` : hint}` };
}

/** The connections that the environment names, and every mistake in them at once. */
function urlsFromEnvironment(environment: NodeJS.ProcessEnv): Partial<ConnectionUrls> {
  const given = IDENTITIES.flatMap(({ name, environmentVariable }) => {
    const url = environment[environmentVariable]?.trim();
    return url === undefined || url === '' ? [] : [{ name, environmentVariable, url }];
  });
  if (given.length === 0) {
    throw new UsageError({
      path: VARIABLES.join(', '),
      got: 'none of these variables',
      rule: 'at least one of them carries the connection URL of a workload',
      fix: `set ${VARIABLES[1]} from the Secret of the application`,
    });
  }
  const mistakes = given.flatMap(({ environmentVariable, url }) => urlMistakes(environmentVariable, url));
  if (mistakes.length > 0) throw new UsageError(mistakes);
  return Object.fromEntries(given.map(({ name, url }) => [name, withoutRole(name, url)]));
}

function urlMistakes(path: string, text: string): Mistake[] {
  const shape = 'postgresql://user:password@host:5432/agent_bom?sslmode=verify-full&sslrootcert=/path/to/ca.pem';
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^postgres(?:ql)?:$/.test(url.protocol) || url.hostname === '' || url.username === '') {
    return [
      {
        path,
        got: '(not shown)',
        rule: 'a connection URL of PostgreSQL with a user and a host',
        fix: `write it as ${shape}`,
      },
    ];
  }
  const mode = url.searchParams.get('sslmode');
  const authorities = url.searchParams.get('sslrootcert');
  if (mode === 'verify-full' && authorities !== null) {
    if (existsSync(authorities)) return [];
    const fix = 'name the file with the certificate authorities (CA) of the region, and mount it';
    return [{ path, got: `sslrootcert=${authorities}`, rule: 'the file that `sslrootcert` names exists', fix }];
  }
  return [
    {
      path,
      got: `sslmode=${mode ?? '(not set)'}, sslrootcert=${authorities ?? '(not set)'}`,
      rule: 'the connection verifies the server against named certificate authorities, or it may reach another server',
      fix: `write it as ${shape}`,
    },
  ];
}

/** The migrations act as the owner role; the checks look at the login itself. */
function withoutRole(identity: IdentityName, text: string): string {
  if (identity !== 'admin') return text;
  const url = new URL(text);
  url.searchParams.delete('options');
  return url.href;
}

function apiFromEnvironment(apiUrl: string, environment: NodeJS.ProcessEnv): { url: URL; token: string } {
  const url = URL.canParse(apiUrl) ? new URL(apiUrl) : undefined;
  const token = environment[TOKEN_VARIABLE]?.trim() ?? '';
  const mistakes: Mistake[] = [];
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    mistakes.push({
      path: '--api-url',
      got: '(not shown)',
      rule: 'an http or https URL',
      fix: 'write it as https://agent-bom.example.com',
    });
  }
  if (token === '') {
    mistakes.push({
      path: TOKEN_VARIABLE,
      got: 'nothing',
      rule: 'the API key of an administrator',
      fix: `set ${TOKEN_VARIABLE}, or leave --api-url out`,
    });
  }
  if (url === undefined || mistakes.length > 0) throw new UsageError(mistakes);
  return { url, token };
}

/** Writes the page for reviewers. It names the database, and no login. */
export async function writeDoctorPage(
  file: string,
  report: Readiness,
  urls: Partial<ConnectionUrls>,
  startedAt: Date,
  pools: readonly ReportedPool[],
  version?: string,
): Promise<void> {
  const given = [ADMIN_IDENTITY, ...RUNTIME_IDENTITIES].flatMap(({ name }) => {
    const url = urls[name];
    return url === undefined ? [] : [{ name, url }];
  });
  const [first] = given;
  if (first === undefined) throw new Error('the page requires at least one connection URL');
  const { hostname, port, pathname } = new URL(first.url);
  writePage(file, {
    command: 'doctor',
    startedAt,
    target: `${hostname}:${port === '' ? DATABASE_PORT : port}${pathname}`,
    versions: [
      { what: 'Connections', version: given.map(({ name }) => name).join(', ') },
      { what: 'agent-bom', version: version ?? 'not given' },
    ],
    passed: report.passed,
    readiness: report,
    steps: [],
    mistakes: [],
    pools,
    facts: await serverFacts(first.name, first.url),
  });
}
