import type { CheckResult } from '../../contract/postgres/checks';
import { at } from '../shared/program-runner';

/** Carries the API key of an administrator; every process of the machine could read it from an option. */
export const TOKEN_VARIABLE = 'AGENT_BOM_API_TOKEN';

const TIMEOUT_MS = 10_000;

interface Question {
  readonly id: string;
  readonly path: string;
  /** Where the answer is in the JSON of the response. */
  readonly key: readonly string[];
  readonly wanted: string;
}

const QUESTIONS: readonly Question[] = [
  { id: 'api.rate-limit', path: 'v1/auth/policy', key: ['rate_limit_runtime', 'backend'], wanted: 'postgres_shared' },
  { id: 'api.audit-log', path: 'v1/system/health', key: ['storage', 'audit_log'], wanted: 'postgres' },
];

/**
 * Asks a running control plane for its backends.
 *
 * @param apiUrl Base URL of the API.
 * @param token API key of an administrator, sent as a bearer token.
 */
export function checkApi(apiUrl: URL, token: string): Promise<CheckResult[]> {
  return Promise.all(QUESTIONS.map((question) => ask(question, apiUrl, token)));
}

async function ask({ id, path, key, wanted }: Question, apiUrl: URL, token: string): Promise<CheckResult> {
  const base = apiUrl.href.endsWith('/') ? apiUrl.href : `${apiUrl.href}/`;
  const fail = (detail: string): CheckResult => ({ id, status: 'fail', detail });
  try {
    const response = await fetch(new URL(path, base), {
      headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) return fail(`/${path} answered with status ${response.status}`);
    const found = at(await response.json(), ...key);
    if (found === undefined) return fail(`/${path} does not contain ${key.join('.')}`);
    return found === wanted
      ? { id, status: 'pass', detail: `${key.join('.')} is ${wanted}` }
      : fail(`${key.join('.')} is ${JSON.stringify(found)}, not ${wanted}`);
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { message?: string } };
    return fail(`/${path} could not be asked: ${cause?.message ?? message}`);
  }
}
