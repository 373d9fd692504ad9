import type { CheckResult } from '../../contract/postgres/checks';
import { at } from '../shared/program-runner';

/** Carries the API key of an administrator; every process of the machine could read it from an option. */
export const TOKEN_VARIABLE = 'AGENT_BOM_API_TOKEN';

const TIMEOUT_MS = 10_000;

/** What is asked of the API. */
export interface ApiQuestion {
  readonly id: string;
  readonly path: string;
  /** Where the answer is in the JSON of the response. */
  readonly key: readonly string[];
  readonly wanted: string;
}

/** The backends that the checklist names. */
export const API_QUESTIONS: readonly ApiQuestion[] = [
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
  return Promise.all(API_QUESTIONS.map((question) => ask(question, apiUrl, token)));
}

/** The result for what was found in an answer; undefined where the answer does not have it. */
export function judged({ id, path, key, wanted }: ApiQuestion, found: unknown): CheckResult {
  const name = key.join('.');
  if (found === undefined) return { id, status: 'fail', detail: `/${path} does not contain ${name}` };
  return found === wanted
    ? { id, status: 'pass', detail: `${name} is ${wanted}` }
    : { id, status: 'fail', detail: `${name} is ${JSON.stringify(found)}, not ${wanted}` };
}

async function ask(question: ApiQuestion, apiUrl: URL, token: string): Promise<CheckResult> {
  const { id, path } = question;
  const base = apiUrl.href.endsWith('/') ? apiUrl.href : `${apiUrl.href}/`;
  const fail = (detail: string): CheckResult => ({ id, status: 'fail', detail });
  try {
    const response = await fetch(new URL(path, base), {
      headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) return fail(`/${path} answered with status ${response.status}`);
    return judged(question, at(await response.json(), ...question.key));
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { message?: string } };
    return fail(`/${path} could not be asked: ${cause?.message ?? message}`);
  }
}
