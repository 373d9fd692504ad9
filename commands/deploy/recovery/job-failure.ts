import { JOB_LABEL } from '../../../contract/names';
import type { Kubectl } from '../../shared/cluster/kubectl';
import { at, listAt, textAt } from '../../shared/program-runner';
import { type PlanFile, stateResources } from '../plan-file';

/** Why the newest pod of a Job does not succeed. */
export interface JobFailure {
  /** What the Job does, and for which content. */
  readonly run: string;
  readonly pod: string;
  /** Container that failed, or that cannot start. */
  readonly step: string;
  /** What its log says: the errors, the checks that fail, and the hints. */
  readonly lines: readonly string[];
}

const LOG_LINES = 200;
const SHOWN_LINES = 12;
/** What psql, the scripts, Python and the server write where something is wrong. */
const TELLING =
  /^(?:psql:\S+ )?(?:error|fatal|warning: the|fail\b|\w*(?:error|exception)\b|hint|detail)|\b(?:ERROR|FATAL|HINT|DETAIL):/i;

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
 * Why a Job does not succeed, from its newest pod that failed; nothing while none has.
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
    if (stuck !== undefined) return { run, pod: name, ...stuck };
    const step = failedStep(pod);
    if (step === undefined) continue;
    const log = await kubectl.answer(['logs', name, ...place, '--container', step, `--tail=${LOG_LINES}`]);
    return { run, pod: name, step, lines: log.kind === 'answered' ? tellingLines(log.text) : [log.reason] };
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

function statuses(pod: unknown): readonly unknown[] {
  return [...listAt(pod, 'status', 'initContainerStatuses'), ...listAt(pod, 'status', 'containerStatuses')];
}

function failedStep(pod: unknown): string | undefined {
  const failed = statuses(pod).find((status) => Number(at(status, 'state', 'terminated', 'exitCode') ?? 0) !== 0);
  return failed === undefined ? undefined : textAt(failed, 'name');
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
