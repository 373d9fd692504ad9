import { at, listAt, textAt } from '../shared/program-runner';

/** Where the Job of a verification is. */
export type VerificationState =
  | { readonly kind: 'waiting'; readonly what: string }
  /** A pod cannot start, and time alone seldom helps. */
  | { readonly kind: 'stuck'; readonly reason: string }
  /** The checks of a pod have ended, or a container before them has failed. */
  | { readonly kind: 'ended'; readonly pods: readonly EndedPod[]; readonly last: boolean };

/** A pod with something to read. */
export interface EndedPod {
  readonly name: string;
  /** Container whose log says what happened. */
  readonly container: string;
  readonly succeeded: boolean;
}

const CONTAINER = 'verify';
/** Reasons of the kubelet for a container that waits. */
const STUCK =
  /^(?:ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull|CreateContainerConfigError|CreateContainerError|RunContainerError)$/;

/**
 * Tells the state from what the API server says.
 *
 * @param job The Job.
 * @param pods Its pods.
 */
export function stateOf(job: unknown, pods: readonly unknown[]): VerificationState {
  const sorted = [...pods].sort((one, other) => created(one).localeCompare(created(other)));
  const ended = sorted.flatMap(endedPod);
  const conditions = listAt(job, 'status', 'conditions').filter((one) => textAt(one, 'status') === 'True');
  const finished = conditions.find((one) => ['Complete', 'Failed'].includes(textAt(one, 'type')));
  if (ended.length > 0) return { kind: 'ended', pods: ended, last: finished !== undefined };
  if (finished !== undefined) {
    const reason = textAt(finished, 'message') || textAt(finished, 'reason') || 'no reason is given';
    return { kind: 'stuck', reason: `the Job ended without a result: ${reason}` };
  }
  const pod = sorted.at(-1);
  return pod === undefined ? { kind: 'waiting', what: 'the pod is being created' } : waiting(pod);
}

function waiting(pod: unknown): VerificationState {
  const conditions = listAt(pod, 'status', 'conditions');
  const unscheduled = conditions.find((one) => textAt(one, 'reason') === 'Unschedulable');
  if (unscheduled !== undefined) {
    return { kind: 'stuck', reason: `no node takes the pod: ${textAt(unscheduled, 'message')}` };
  }
  const waits = statuses(pod).map((status) => at(status, 'state', 'waiting'));
  const stuck = waits.find((wait) => STUCK.test(textAt(wait, 'reason')));
  if (stuck !== undefined) {
    const message = textAt(stuck, 'message');
    return { kind: 'stuck', reason: [textAt(stuck, 'reason'), message].filter((part) => part !== '').join(': ') };
  }
  const running = statuses(pod).find((status) => at(status, 'state', 'running') !== undefined);
  const what = running === undefined ? 'the pod starts' : `${textAt(running, 'name')} runs`;
  return { kind: 'waiting', what };
}

function endedPod(pod: unknown): EndedPod[] {
  const name = textAt(pod, 'metadata', 'name');
  const ends = statuses(pod).map((status) => ({
    container: textAt(status, 'name'),
    code: at(status, 'state', 'terminated', 'exitCode'),
  }));
  const verified = ends.find(({ container, code }) => container === CONTAINER && typeof code === 'number');
  if (verified !== undefined) return [{ name, container: CONTAINER, succeeded: verified.code === 0 }];
  const failed = ends.find(({ code }) => typeof code === 'number' && code !== 0);
  return failed === undefined ? [] : [{ name, container: failed.container, succeeded: false }];
}

function statuses(pod: unknown): readonly unknown[] {
  return [...listAt(pod, 'status', 'initContainerStatuses'), ...listAt(pod, 'status', 'containerStatuses')];
}

function created(pod: unknown): string {
  return textAt(pod, 'metadata', 'creationTimestamp');
}
