import type { Environment } from '../../contract/environment/environment';
import type { CheckStatus } from '../../contract/postgres/checks';
import type { StackTemplate } from '../explain/stack-template';
import type { JsonAnswer } from '../shared/program-runner';
import type { Requirements } from './requirements';

/** What was found, and a fix where the check knows a better one than the general one. */
export interface Finding {
  readonly status: CheckStatus;
  readonly detail: string;
  readonly fix?: string;
  /** What is no obstacle, and has to be known before the deployment, in whole sentences. */
  readonly warning?: string;
}

/** What the checks ask about, and what they share. */
export interface Preflight {
  readonly environment: Environment;
  readonly requirements: Requirements;
  /** The EKS cluster as AWS describes it; asked once for all checks. */
  readonly cluster: Promise<ClusterAnswer>;
  /** What the environment will create; asked once, because it takes a second. */
  readonly stacks: Promise<readonly StackTemplate[] | { readonly reason: string }>;
  /** The database server, null where there is none yet. */
  readonly server: Promise<RunningServer | null | { readonly reason: string }>;
  readonly caller: Promise<Caller | { readonly reason: string }>;
}

/** The cluster, or why AWS does not describe it: it does not exist, or that could not be asked. */
export type ClusterAnswer = EksCluster | { readonly reason: string; readonly asked: boolean };

export interface EksCluster {
  readonly status: string;
  readonly version: string;
  readonly endpoint: string;
  /** Issuer of the tokens of ServiceAccounts, without `https://`. */
  readonly issuer: string;
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
}

/** Who asks, as AWS names them. */
export interface Caller {
  readonly arn: string;
  readonly account: string;
}

/** The server of the environment as RDS describes it; an engine version, and whether it is up. */
export interface RunningServer {
  readonly engineVersion: string;
  readonly status: string;
}

/** One requirement of a deployment. Ids are an interface: scripts look for them. */
export interface PreflightCheck {
  readonly id: string;
  /** What a pass proves, in one line. */
  readonly proves: string;
  /** Whether the environment requires it; otherwise the check is skipped. */
  readonly required?: (requirements: Requirements) => boolean;
  readonly run: (preflight: Preflight) => Promise<Finding>;
  /** Command that fixes a failure, or a sentence where there is none. */
  readonly fix: (preflight: Preflight) => string;
}

/** A check and its result. */
export interface PreflightResult extends Finding {
  readonly id: string;
  readonly proves: string;
}

export function pass(detail: string): Finding {
  return { status: 'pass', detail };
}

/** What is not known, and no obstacle by itself. */
export function skip(detail: string): Finding {
  return { status: 'skip', detail };
}

export function fail(detail: string, fix?: string): Finding {
  return { status: 'fail', detail, ...(fix === undefined ? {} : { fix }) };
}

/** Judges the answer of a program, or fails with the reason why there is none. */
export function given(answer: JsonAnswer, judge: (content: unknown) => Finding): Finding {
  return answer.kind === 'answered' ? judge(answer.content) : fail(answer.reason);
}
