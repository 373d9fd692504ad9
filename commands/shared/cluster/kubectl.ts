import { type ChildProcess, spawnSync } from 'node:child_process';
import { ContractError } from '../../../contract/error';
import { UnreachableError } from '../output/exit-code';
import { type Answer, ask, start } from '../program-runner';

/** Path or name of the kubectl to use, in place of the one in PATH. */
export const KUBECTL_VARIABLE = 'KUBECTL';

const LAST_QUESTION_MS = 10_000;

/** Which cluster kubectl asks. */
export interface KubectlTarget {
  /**
   * Context of the kubeconfig.
   * @default - the current one
   */
  readonly context?: string;
  /**
   * File with contexts and credentials.
   * @default - what kubectl takes: `KUBECONFIG`, or `~/.kube/config`
   */
  readonly kubeconfig?: string;
  /**
   * Namespace of every question that names no other.
   * @default - that of the context
   */
  readonly namespace?: string;
}

/** How one question is asked. */
export interface KubectlQuestion {
  /**
   * Text for kubectl's standard input, such as a manifest for `apply --filename -`.
   * @default - none
   */
  readonly input?: string;
  /**
   * Longest time, in milliseconds.
   * @default 20000
   */
  readonly timeoutMs?: number;
}

/** Why kubectl gave no answer. */
export type KubectlRefusal =
  | 'missing'
  | 'context'
  | 'unreachable'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'exists'
  | 'refused';

/** What kubectl answered, or why it did not; the reason holds no credential. */
export type KubectlAnswer =
  | { readonly kind: 'answered'; readonly text: string }
  | { readonly kind: KubectlRefusal; readonly reason: string };

type RefusedAnswer = Exclude<KubectlAnswer, { kind: 'answered' }>;

/** Messages of kubectl 1.25 to 1.36 and of the API server, in the order in which they are tried. */
const MESSAGES: readonly (readonly [KubectlRefusal, RegExp])[] = [
  [
    'context',
    /context was not found|no context exists|context ".*" does not exist|cannot locate (?:context|user|cluster)|current-context|^error: (?:stat |error loading config|Missing or incomplete)|cluster ".*" does not exist/i,
  ],
  ['forbidden', /\(Forbidden\)|is forbidden:/],
  [
    'unauthorized',
    /Unauthorized|must be logged in|getting credentials|please enter username|asked for the client to provide cred/i,
  ],
  ['not-found', /\(NotFound\)|not found$/],
  ['exists', /\(AlreadyExists\)|already exists$/],
  [
    'unreachable',
    /connection to the server|unable to connect|no such host|connection refused|i\/o timeout|x509|tls:|TLS handshake|deadline exceeded|no route to host|network is unreachable|connection reset|EOF$|ServiceUnavailable/i,
  ],
];

/** kubectl on one cluster. Credentials stay with kubectl: nothing here reads a kubeconfig. */
export class Kubectl {
  /** @param target The cluster, and the namespace of questions that name no other. */
  constructor(readonly target: KubectlTarget = {}) {}

  /** The same cluster, with another namespace. */
  inNamespace(namespace: string): Kubectl {
    return new Kubectl({ ...this.target, namespace });
  }

  /** Asks, and tells refusals apart. It never rejects. */
  async answer(question: readonly string[], { input, timeoutMs }: KubectlQuestion = {}): Promise<KubectlAnswer> {
    return classified(await ask(program(), [...this.flags(), ...question], timeoutMs, input));
  }

  /**
   * The text of an answer.
   *
   * @throws ContractError that names the question, the reason and the fix; UnreachableError where the cluster does not
   *   answer or rejects the login.
   */
  async text(question: readonly string[], options?: KubectlQuestion): Promise<string> {
    const answer = await this.answer(question, options);
    if (answer.kind === 'answered') return answer.text;
    throw this.failure(question, answer);
  }

  /**
   * The content of an answer, asked with `--output json`. Nothing at all, as with `--ignore-not-found`, is null.
   *
   * @throws What `text` throws, and ContractError for an answer that is not JSON.
   */
  async json(question: readonly string[], options?: KubectlQuestion): Promise<unknown> {
    const text = await this.text([...question, '--output', 'json'], options);
    try {
      return text.trim() === '' ? null : JSON.parse(text);
    } catch {
      throw this.failure(question, { kind: 'refused', reason: 'kubectl answered with something that is not JSON' });
    }
  }

  /** Starts a kubectl that goes on, such as `port-forward` or `logs --follow`; it ends at the latest with this process. */
  start(question: readonly string[]): ChildProcess {
    return start(program(), [...this.flags(), ...question]);
  }

  /** Asks and waits, without a result: for the end of this process, which waits for nothing else. */
  atExit(question: readonly string[]): void {
    spawnSync(program(), [...this.flags(), ...question], { stdio: 'ignore', timeout: LAST_QUESTION_MS });
  }

  /** The command line of a question, for a message that tells a person what to run. */
  commandLine(question: readonly string[]): string {
    return ['kubectl', ...this.flags(), ...question].join(' ');
  }

  /** The error for an answer that was none. */
  failure(question: readonly string[], { kind, reason }: RefusedAnswer): ContractError {
    const mistake = { path: this.commandLine(question), got: reason, ...this.advice(kind, question) };
    return kind === 'unreachable' || kind === 'unauthorized'
      ? new UnreachableError(mistake)
      : new ContractError(mistake);
  }

  private flags(): string[] {
    const { context, kubeconfig, namespace } = this.target;
    return Object.entries({ context, kubeconfig, namespace }).flatMap(([name, value]) =>
      value === undefined ? [] : [`--${name}`, value],
    );
  }

  private advice(kind: KubectlRefusal, question: readonly string[]): { rule: string; fix: string } {
    switch (kind) {
      case 'missing':
        return {
          rule: 'kubectl is installed',
          fix: `install kubectl, or name its file in ${KUBECTL_VARIABLE}: https://kubernetes.io/docs/tasks/tools`,
        };
      case 'context':
        return {
          rule: 'the kubeconfig has the context',
          fix: 'kubectl config get-contexts lists them; aws eks update-kubeconfig --name <cluster> adds one',
        };
      case 'unreachable':
        return {
          rule: 'the cluster answers',
          fix: 'kubectl cluster-info says which address it tries; a private endpoint requires a route to the VPC',
        };
      case 'unauthorized':
        return {
          rule: 'the cluster accepts the credentials of kubectl',
          fix: 'log in again, for example with aws sso login; aws eks list-access-entries shows who has access',
        };
      case 'forbidden':
        return {
          rule: 'the user of kubectl may do this',
          fix: `have it allowed, and check with kubectl auth can-i ${question.slice(0, 2).join(' ')}`,
        };
      case 'not-found':
        return { rule: 'the object exists', fix: 'check the namespace and the name; deploy the environment first' };
      case 'exists':
        return { rule: 'the object does not exist yet', fix: 'delete it, or choose another name' };
      case 'refused':
        return { rule: 'kubectl answers', fix: 'run the command yourself; it says more' };
    }
  }
}

function program(): string {
  const named = process.env[KUBECTL_VARIABLE]?.trim();
  return named === undefined || named === '' ? 'kubectl' : named;
}

function classified(answer: Answer): KubectlAnswer {
  if (answer.kind === 'answered' || answer.kind === 'missing') return answer;
  if (answer.kind === 'late') return { kind: 'unreachable', reason: answer.reason };
  const [kind] = MESSAGES.find(([, pattern]) => pattern.test(answer.reason)) ?? (['refused'] as const);
  return { kind, reason: answer.reason };
}
