import { JOB_LABEL } from '../../../contract/names';
import type { Kubectl } from '../../shared/cluster/kubectl';
import { at, listAt, textAt } from '../../shared/program-runner';
import { type PlanFile, stateResources } from '../plan-file';
import { jobFailure } from './job-failure';

/** A Job in the cluster. */
export interface RunningJob {
  readonly name: string;
  /** What it does, and for which content. */
  readonly run: string;
  readonly state: 'running' | 'failing' | 'ended';
}

const POLL_MS = 2_000;
const DELETE_SECONDS = 120;

/** Jobs of the stack that are in the cluster and not in the state: a deployment was killed while it waited for them. */
export async function unknownJobs(
  kubectl: Kubectl,
  namespace: string,
  { prior_state: state }: PlanFile,
): Promise<RunningJob[]> {
  const known = stateResources(state?.values)
    .filter(({ type }) => type === 'kubernetes_job_v1')
    .map(({ values }) => textAt(values, 'metadata', 0, 'name'));
  const jobs = await kubectl.json(['get', 'jobs', '--namespace', namespace, '--selector', JOB_LABEL]);
  const unknown = listAt(jobs, 'items').filter((job) => !known.includes(textAt(job, 'metadata', 'name')));
  return Promise.all(unknown.map((job) => jobOf(kubectl, namespace, job)));
}

async function jobOf(kubectl: Kubectl, namespace: string, job: unknown): Promise<RunningJob> {
  const ended = listAt(job, 'status', 'conditions').some(
    (condition) => ['Complete', 'Failed'].includes(textAt(condition, 'type')) && textAt(condition, 'status') === 'True',
  );
  const name = textAt(job, 'metadata', 'name');
  const run = textAt(job, 'metadata', 'labels', JOB_LABEL);
  if (ended) return { name, run, state: 'ended' };
  const failing = Number(at(job, 'status', 'failed') ?? 0) > 0;
  // A pod that cannot start counts as no failure of its Job: it may wait for a Secret that the deployment brings.
  const stuck = failing || (await jobFailure(kubectl, namespace, run))?.state === 'failed';
  return { name, run, state: stuck ? 'failing' : 'running' };
}

/**
 * Waits for a Job that nobody else waits for, and takes it out of the way. One whose pods fail or cannot start is not waited
 * for: the deployment may bring what it lacks, and runs the same work again.
 */
export async function endJob(kubectl: Kubectl, namespace: string, { name, state }: RunningJob): Promise<void> {
  const question = ['get', 'job', name, '--namespace', namespace, '--ignore-not-found'];
  for (let now = state; now === 'running'; ) {
    const job = await kubectl.json(question);
    if (job === null) return;
    now = (await jobOf(kubectl, namespace, job)).state;
    if (now === 'running') await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  const options = ['--ignore-not-found', '--cascade=foreground', '--wait=true', `--timeout=${DELETE_SECONDS}s`];
  await kubectl.text(['delete', 'job', name, '--namespace', namespace, ...options], {
    timeoutMs: (DELETE_SECONDS + 10) * 1000,
  });
}
