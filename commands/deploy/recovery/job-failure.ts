import { JOB_LABEL } from '../../../contract/names';
import type { Kubectl } from '../../shared/cluster/kubectl';
import { at, listAt, textAt } from '../../shared/program-runner';
import { type PlanFile, stateResources } from '../plan-file';

/** Why the newest pod of a Job does not succeed. */
export interface JobFailure {
  /** Whether the pod has failed or cannot start, or runs and tries again what does not succeed. */
  readonly state: 'failed' | 'waiting';
  /** What the Job does, and for which content. */
  readonly run: string;
  readonly pod: string;
  /** Container that failed, that cannot start, or that waits. */
  readonly step: string;
  /** What its log says: the errors, the checks that fail, and the hints. */
  readonly lines: readonly string[];
}

const LOG_LINES = 200;
const SHOWN_LINES = 12;
/** What psql, the scripts, Python and the server write where something is wrong. */
const TELLING =
  /^(?:psql:\S+ )?(?:error|fatal|warning: the|fail\b|\w*(?:error|exception)\b|hint|detail)|\b(?:ERROR|FATAL|HINT|DETAIL):/i;
/** Where the reason begins for which a step tries again, and how what it then says ends. */
const REASON = /\b(?:ERROR|NOTICE):|^error:/;
const TRIES_AGAIN = /; trying again in \d+ s$|: {1,2}waiting: |^HINT: /;

/** What the Jobs of a stack are called in the cluster, by their address: as they will be, or as they are. */
export function jobRuns({ resource_changes = [], prior_state: state }: PlanFile): ReadonlyMap<string, string> {
  const label = (values: unknown): string => textAt(values, 'metadata', 0, 'labels', JOB_LABEL);
  const planned = resource_changes
    .filter(({ type }) => type === 'kubernetes_job_v1')
    .map(({ address, change }): [string, string] => [address, label(change.after)]);
  const existing = stateResources(state?.values)
    .filter(({ type }) => type === 'kubernetes_job_v1')
    .map(({ address, values }): [string, string] => [address, label(values)]);
  return new Map([...existing, ...planned].filter(([, run]) => run !== ''));
}

/**
 * Why a Job does not succeed, from its newest pod that failed or that waits; nothing while none does.
 *
 * @param selector Labels of its pods.
 */
export async function jobFailure(
  kubectl: Kubectl,
  namespace: string,
  run: string,
  selector = `${JOB_LABEL}=${run}`,
): Promise<JobFailure | undefined> {
  const place = ['--namespace', namespace];
  const answer = await kubectl.answer(['get', 'pods', ...place, '--selector', selector, '--output', 'json']);
  if (answer.kind !== 'answered') return undefined;
  const pods = listAt(JSON.parse(answer.text), 'items').toSorted((one, other) =>
    textAt(other, 'metadata', 'creationTimestamp').localeCompare(textAt(one, 'metadata', 'creationTimestamp')),
  );
  for (const pod of pods) {
    const name = textAt(pod, 'metadata', 'name');
    const stuck = stuckStep(pod);
    if (stuck !== undefined) return { state: 'failed', run, pod: name, ...stuck };
    const failed = stepThat(pod, (status) => Number(at(status, 'state', 'terminated', 'exitCode') ?? 0) !== 0);
    const step = failed ?? stepThat(pod, (status) => at(status, 'state', 'running') !== undefined);
    if (step === undefined) continue;
    const log = await kubectl.answer(['logs', name, ...place, '--container', step, `--tail=${LOG_LINES}`]);
    if (failed !== undefined) {
      const lines = log.kind === 'answered' ? tellingLines(log.text) : [log.reason];
      return { state: 'failed', run, pod: name, step, lines };
    }
    const lines = log.kind === 'answered' ? waitingLines(log.text) : [];
    if (lines.length > 0) return { state: 'waiting', run, pod: name, step, lines };
  }
  return undefined;
}

/** The lines of a log that say what is wrong, the last ones first to be kept; its end where none does. */
export function tellingLines(log: string): string[] {
  const lines = log
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
  const telling = lines.filter((line) => TELLING.test(line));
  return (telling.length > 0 ? telling : lines.slice(-5)).slice(-SHOWN_LINES);
}

/** The last lines of a log where they say that a step tries again, and why; none where they say something else. */
export function waitingLines(log: string): string[] {
  const lines = log.trimEnd().split('\n');
  if (!TRIES_AGAIN.test(lines.at(-1) ?? '')) return [];
  const reason = lines.findLastIndex((line) => REASON.test(line));
  return reason === -1 ? [] : lines.slice(reason).slice(-SHOWN_LINES);
}

function statuses(pod: unknown): readonly unknown[] {
  return [...listAt(pod, 'status', 'initContainerStatuses'), ...listAt(pod, 'status', 'containerStatuses')];
}

function stepThat(pod: unknown, has: (status: unknown) => boolean): string | undefined {
  const found = statuses(pod).find(has);
  return found === undefined ? undefined : textAt(found, 'name');
}

/** Waiting is no failure while the image is pulled or the volumes are made. */
const STUCK = /ErrImagePull|ImagePullBackOff|InvalidImageName|CreateContainer(?:Config)?Error|RunContainerError/;

function stuckStep(pod: unknown): Pick<JobFailure, 'step' | 'lines'> | undefined {
  const waiting = statuses(pod).find((status) => STUCK.test(textAt(status, 'state', 'waiting', 'reason')));
  if (waiting !== undefined) {
    const reason = ['reason', 'message'].map((key) => textAt(waiting, 'state', 'waiting', key));
    return { step: textAt(waiting, 'name'), lines: [reason.filter((part) => part !== '').join(': ')] };
  }
  const unscheduled = listAt(pod, 'status', 'conditions').find(
    (condition) => textAt(condition, 'type') === 'PodScheduled' && textAt(condition, 'status') === 'False',
  );
  if (unscheduled === undefined) return undefined;
  return { step: 'none: the pod has no node', lines: [textAt(unscheduled, 'message')] };
}
