import { type ChildProcess, spawn } from 'node:child_process';

/** Result of running a program. */
export type Answer =
  | { readonly kind: 'answered'; readonly text: string }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'missing'; readonly reason: string }
  | { readonly kind: 'late'; readonly reason: string };

const TIMEOUT_MS = 20_000;
/** Far more than any expected answer. */
const LONGEST_ANSWER = 16 * 1024 * 1024;
/** AWS names who asks and for what before it says which policy refuses. */
const LONGEST_REASON = 600;
/** No pager, no prompt, and few attempts, because a person waits for the result. */
const ENVIRONMENT = { AWS_PAGER: '', AWS_CLI_AUTO_PROMPT: 'off', AWS_MAX_ATTEMPTS: '2' };

/** Running programs, in process groups that signals to this process do not reach. */
const running = new Set<number>();
process.once('exit', endPrograms);

/** Ends every program that runs; who asked it gets a refusal. */
export function endPrograms(): void {
  for (const pid of running) endGroup(pid);
}

/**
 * Runs a program to its end and returns its output. It never rejects: a failure has a reason, which holds no credential.
 *
 * @param program Name that is looked up in PATH.
 * @param input Text for its standard input; none by default.
 */
export function ask(
  program: string,
  questions: readonly string[],
  timeoutMs = TIMEOUT_MS,
  input?: string,
): Promise<Answer> {
  return new Promise((resolve) => {
    // Its own group: kubectl starts the AWS CLI for its token, and both end together.
    const child = spawn(program, questions, {
      detached: true,
      env: { ...process.env, ...ENVIRONMENT },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    if (child.pid !== undefined) running.add(child.pid);
    let [text, complaint] = ['', ''];
    const finish = (answer: Answer): void => {
      clearTimeout(timer);
      if (child.pid !== undefined) running.delete(child.pid);
      resolve(answer);
    };
    const give = (reason: string): void => {
      endGroup(child.pid);
      finish({ kind: 'late', reason });
    };
    const timer = setTimeout(() => give(`${program} did not answer within ${timeoutMs / 1000} seconds`), timeoutMs);
    // A program may end before it has read everything.
    child.stdin?.on('error', () => undefined).end(input);
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (text.length > LONGEST_ANSWER) give(`${program} did not stop writing`);
    });
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      complaint = (complaint + chunk).slice(0, LONGEST_ANSWER);
    });
    child.once('error', ({ message }: NodeJS.ErrnoException) => finish(notStarted(program, message)));
    child.once('close', (code) =>
      finish(code === 0 ? { kind: 'answered', text } : { kind: 'refused', reason: reasonIn(complaint, program, code) }),
    );
  });
}

/** Starts a program that goes on until its caller ends it, at the latest with this process. Its output can be read. */
export function start(program: string, programArguments: readonly string[]): ChildProcess {
  const child = spawn(program, programArguments, {
    detached: true,
    env: { ...process.env, ...ENVIRONMENT },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  if (pid === undefined) return child;
  running.add(pid);
  return child.once('close', () => running.delete(pid));
}

/** As `ask`, with an answer that is JSON. No text at all, as of kubectl for an object that does not exist, is null. */
export async function askJson(program: string, questions: readonly string[], timeoutMs?: number): Promise<JsonAnswer> {
  const answer = await ask(program, questions, timeoutMs);
  if (answer.kind !== 'answered') return answer;
  try {
    return { kind: 'answered', content: answer.text.trim() === '' ? null : JSON.parse(answer.text) };
  } catch {
    return { kind: 'refused', reason: `${program} answered with something that is not JSON` };
  }
}

/** What the AWS CLI answers in a region. */
export function askAws(region: string, ...question: readonly string[]): Promise<JsonAnswer> {
  return askJson('aws', [...question, '--region', region, '--output', 'json']);
}

export type JsonAnswer =
  | Exclude<Answer, { kind: 'answered' }>
  | { readonly kind: 'answered'; readonly content: unknown };

function notStarted(program: string, message: string): Answer {
  return /ENOENT/.test(message)
    ? { kind: 'missing', reason: `${program} is not on the PATH` }
    : { kind: 'missing', reason: `${program} cannot be started: ${withoutCredentials(message)}` };
}

/** The last line of the errors: programs write warnings first. */
function reasonIn(complaint: string, program: string, code: number | null): string {
  const lines = complaint.split('\n').map((line) => line.trim());
  const line = lines.findLast((text) => text !== '') ?? `${program} ended with ${code ?? 'a signal'}`;
  const safe = withoutCredentials(line);
  return safe.length > LONGEST_REASON ? `${safe.slice(0, LONGEST_REASON)}…` : safe;
}

/** Programs repeat what they were given: tokens, keys of AWS, URLs with passwords. */
function withoutCredentials(text: string): string {
  return text
    .replace(/:\/\/[^\s/@]*@/g, '://***@')
    .replace(/\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b/g, '***')
    .replace(/\bbearer\s+\S+/gi, 'Bearer ***')
    .replace(/\b(password|passwd|secret|token|credential|session)(["']?\s*[=:]\s*["']?)[^\s"',]+/gi, '$1$2***')
    .replace(/(?:eyJ|k8s-aws-v1\.)[\w.~+/=-]+/g, '***')
    .replace(/[A-Za-z0-9+/=_]{40,}/g, '***');
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** The value at a path of keys and indices, whatever shape the answer has. */
export function at(content: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<string, unknown> | null | undefined)?.[key], content);
}

export function textAt(content: unknown, ...path: readonly (string | number)[]): string {
  const value = at(content, ...path);
  return typeof value === 'string' ? value : '';
}

export function listAt(content: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const value = at(content, ...path);
  return Array.isArray(value) ? value : [];
}
