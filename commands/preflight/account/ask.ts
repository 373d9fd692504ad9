import { availableParallelism } from 'node:os';
import { askJson } from '../../shared/program-runner';
import { type Finding, fail, skip } from '../check';

/**
 * What AWS said: an answer, that something does not exist, that the caller may not know, or nothing that helps. Only the
 * first two say anything about the account.
 */
export type AwsAnswer =
  | { readonly kind: 'answered'; readonly content: unknown }
  | { readonly kind: 'absent' | 'denied' | 'unasked'; readonly reason: string; readonly code: string };

/** Programs that run at the same time: the AWS CLI takes a core while it starts, and then waits for AWS. */
const MOST_AT_ONCE = Math.min(8, 2 * availableParallelism());
let running = 0;
const waiting: (() => void)[] = [];

const ABSENT = /NotFound|NoSuch|404|DoesNotExist/;
const DENIED = /AccessDenied|Unauthorized|AuthorizationError|NotAuthorized|Forbidden|403/;
const CODE = /An error occurred \(([\w.]+)\)/;
const ACTION = /perform: ([\w-]+:\w+)/;
const OPERATION = /calling the (\w+) operation/;
/** Services that IAM calls by another name than the AWS CLI. */
const PREFIXES: Readonly<Record<string, string>> = {
  resourcegroupstaggingapi: 'tag',
  'service-quotas': 'servicequotas',
};

/** Asks AWS in a region: the default region of a profile may be another one. It only reads, and never rejects. */
export async function askAws(region: string, ...question: readonly string[]): Promise<AwsAnswer> {
  if (running >= MOST_AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  running += 1;
  try {
    const answer = await askJson('aws', [...question, '--region', region, '--output', 'json']);
    return answer.kind === 'answered' ? answer : classified(answer.reason, question);
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

/** Judges an answer. What could not be asked is no failure, and what it takes to ask is said. */
export function judged(
  answer: AwsAnswer,
  judge: (content: unknown) => Finding,
  absent: (reason: string) => Finding = fail,
): Finding {
  if (answer.kind === 'answered') return judge(answer.content);
  return answer.kind === 'absent' ? absent(answer.reason) : notAsked(answer.reason);
}

/** A check that cannot be made from here. */
export function notAsked(reason: string): Finding {
  return skip(`not asked: ${reason}`);
}

function classified(reason: string, [service = '']: readonly string[]): AwsAnswer {
  const code = CODE.exec(reason)?.[1] ?? '';
  if (ABSENT.test(code)) return { kind: 'absent', reason: short(reason), code };
  if (!DENIED.test(code)) return { kind: 'unasked', reason: short(reason), code };
  const operation = `${PREFIXES[service] ?? service}:${OPERATION.exec(reason)?.[1] ?? '*'}`;
  const action = ACTION.exec(reason)?.[1] ?? operation;
  const policy = /explicit deny in an? ([a-z -]*policy)/i.exec(reason)?.[1];
  const why = policy === undefined ? '' : `, which a ${policy} denies`;
  return { kind: 'denied', reason: `requires ${action}${why}`, code };
}

/** What AWS says, without what every message begins with, and without the markup of a proxy or a server in between. */
function short(reason: string): string {
  if (/<\/?\w+[^>]*>/.test(reason)) return 'AWS answered with a page instead of an answer';
  return reason.replace(/^.*?when calling the \w+ operation(?: \([^)]*\))?: /, '');
}
