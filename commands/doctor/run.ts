import { existsSync } from 'node:fs';
import type { Mistake } from '../../contract/error';
import { DATABASE_PORT } from '../../contract/names';
import type { CheckResult } from '../../contract/postgres/checks';
import { ADMIN_IDENTITY, type IdentityName, RUNTIME_IDENTITIES } from '../../contract/postgres/identities';
import { type Readiness, readiness } from '../../contract/postgres/readiness';
import { serverFacts, writePage } from '../report/write-page';
import { type ConnectionUrls, verifyContract } from '../shared/contract-runner';
import { ExitCode, UsageError } from '../shared/exit-code';
import { JsonReport, type JsonTarget, refuseUnwritable } from '../shared/report';
import { checkApi, TOKEN_VARIABLE } from './api-checks';
import { checkPods } from './pod-checks';

export interface DoctorOptions {
  readonly json?: JsonTarget;
  readonly html?: string;
  readonly apiUrl?: string;
  readonly namespace?: string;
}

const IDENTITIES = [ADMIN_IDENTITY, ...RUNTIME_IDENTITIES];
const VARIABLES = IDENTITIES.map(({ environmentVariable }) => environmentVariable);

/** Runs the checks that the environment's connections allow, shows them, and sets the exit code. */
export async function runDoctor({ json, html, apiUrl, namespace }: DoctorOptions): Promise<void> {
  const urls = urlsFromEnvironment(process.env);
  const api = apiUrl === undefined ? undefined : apiFromEnvironment(apiUrl, process.env);
  const file = new JsonReport(json);
  if (html !== undefined) refuseUnwritable('--html', html);
  const startedAt = new Date();
  const more: CheckResult[] = api === undefined ? [] : await checkApi(api.url, api.token);
  if (namespace !== undefined) more.push(await checkPods(namespace));
  const onNotice = (message: string): void => file.terminal.line(message);
  const report = readiness(await verifyContract({ urls, parameters: {}, more, onNotice }));
  file.write({ command: 'doctor', ...report });
  if (html !== undefined) await writeDoctorPage(html, report, urls, startedAt);
  file.terminal.readiness(report);
  process.exitCode = report.passed ? ExitCode.success : ExitCode.failure;
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
    versions: [{ what: 'Connections', version: given.map(({ name }) => name).join(', ') }],
    passed: report.passed,
    readiness: report,
    steps: [],
    mistakes: [],
    facts: await serverFacts(first.name, first.url),
  });
}
