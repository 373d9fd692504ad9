import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Environment } from '../../contract/environment/environment';
import { ContractError } from '../../contract/error';
import { ENVIRONMENT_LABEL, VERIFICATION_CRON_JOB } from '../../contract/names';
import type { CheckResult } from '../../contract/postgres/checks';
import { connectionLimits } from '../../contract/postgres/connection-budget';
import { contractParameters, startupOptions } from '../../contract/postgres/settings';
import type { Kubectl } from '../shared/cluster/kubectl';
import { at, listAt, textAt } from '../shared/program-runner';
import { notVerified, readLog } from './verification-log';
import { type EndedPod, stateOf } from './verification-state';

/** How time passes, for tests that do not wait for it. */
export interface Pace {
  /** The present in milliseconds. */
  readonly now: () => number;
  /** Waits until it is worth asking again. */
  readonly pause: () => Promise<unknown>;
}

/** What the verification found. */
export interface Verification {
  readonly results: readonly CheckResult[];
  /** Host and name of the database, where the log says it. */
  readonly target?: string;
  /** Why no check ran. */
  readonly failure?: string;
}

const USUAL_PACE: Pace = { now: Date.now, pause: () => delay(1000) };
/** The pull of the images on a node that has none of them. */
const LONGEST_MS = 10 * 60_000;
/** A pod that cannot start, or a database that refuses: for as long as a rotation of the administrator takes to arrive. */
const PATIENCE_MS = 60_000;

/**
 * Runs the checks in the cluster, with the files, images and Secrets of the migration Job, and takes its Job away again.
 * Nothing secret comes here: the log of a container is all that is read.
 *
 * @param onProgress Called with what the verification waits for, whenever that changes.
 * @throws ContractError where the cluster refuses, or is that of another environment.
 */
export async function verifyInCluster(
  kubectl: Kubectl,
  environment: Environment,
  onProgress: (what: string) => void = () => undefined,
  pace: Pace = USUAL_PACE,
): Promise<Verification> {
  const cronJob = await deployedVerification(kubectl, environment);
  const name = `${VERIFICATION_CRON_JOB}-doctor-${randomBytes(4).toString('hex')}`;
  const remove = ['delete', 'job', name, '--ignore-not-found', '--wait=false'];
  const removeAtExit = (): void => kubectl.atExit(remove);
  process.once('exit', removeAtExit);
  try {
    await kubectl.text(['create', 'job', name, `--from=cronjob/${VERIFICATION_CRON_JOB}`]);
    const found = await waitForResult(kubectl, name, onProgress, pace);
    return { ...found, results: withFile(found.results, cronJob, environment) };
  } finally {
    process.removeListener('exit', removeAtExit);
    await kubectl.answer(remove);
  }
}

async function waitForResult(
  kubectl: Kubectl,
  name: string,
  onProgress: (what: string) => void,
  { now, pause }: Pace,
): Promise<Verification> {
  const started = now();
  const read = new Set<string>();
  let [shown, reason, since] = ['', '', 0];
  for (; now() - started < LONGEST_MS; await pause()) {
    const [job, pods] = await Promise.all([
      kubectl.json(['get', 'job', name]),
      kubectl.json(['get', 'pods', '--selector', `batch.kubernetes.io/job-name=${name}`]),
    ]);
    const state = stateOf(job, listAt(pods, 'items'));
    if (state.kind === 'waiting') {
      if (reason === '') since = 0;
      if (state.what !== shown) onProgress(state.what);
      shown = state.what;
    } else {
      if (since === 0) since = now();
      if (state.kind === 'stuck') reason = state.reason;
      else {
        for (const pod of state.pods.filter((one) => !read.has(one.name))) {
          const found = await readPod(kubectl, pod);
          if (found.results.length > 0) return found;
          read.add(pod.name);
          reason = found.failure ?? '';
        }
        if (state.last) return notRun(reason);
      }
      if (reason !== shown) onProgress(reason);
      shown = reason;
    }
    if (since !== 0 && now() - since >= PATIENCE_MS) return notRun(reason);
  }
  return notRun(reason === '' ? `the verification did not end within ${LONGEST_MS / 60_000} minutes` : reason);
}

async function readPod(kubectl: Kubectl, { name, container }: EndedPod): Promise<Verification> {
  const { results, target, reason } = readLog(await kubectl.text(['logs', name, '--container', container]));
  if (results.length > 0) return { results, target };
  return { results: [], failure: `${container} failed: ${reason ?? 'its log does not say why'}` };
}

function notRun(reason: string): Verification {
  return { results: notVerified(reason), failure: reason };
}

/**
 * The CronJob of an environment's verification. By it a command knows that it is in the right cluster: two clusters may
 * have the same namespace, and the current context may be any of them.
 *
 * @throws ContractError where the cluster is that of another environment.
 */
export async function deployedVerification(kubectl: Kubectl, { name, namespace }: Environment): Promise<unknown> {
  const cronJob = await kubectl.json(['get', 'cronjob', VERIFICATION_CRON_JOB, '--ignore-not-found']);
  const found = textAt(cronJob, 'metadata', 'labels', ENVIRONMENT_LABEL);
  if (found === name) return cronJob;
  const got =
    cronJob === null
      ? `no CronJob ${VERIFICATION_CRON_JOB} in the namespace ${namespace}`
      : `the verification of ${found || 'no environment'}`;
  throw new ContractError({
    path:
      kubectl.target.context === undefined ? 'the current context of kubectl' : `--context ${kubectl.target.context}`,
    got,
    rule: `the cluster runs the environment ${name}`,
    fix: `name its context with --context, or deploy ${name} first: the deployment creates it`,
  });
}

/** What the cluster was told, compared with what the file says now: checks against an older file prove nothing of this one. */
function withFile(results: readonly CheckResult[], cronJob: unknown, { release }: Environment): readonly CheckResult[] {
  const pod = at(cronJob, 'spec', 'jobTemplate', 'spec', 'template', 'spec');
  const containers = [...listAt(pod, 'initContainers'), ...listAt(pod, 'containers')];
  const named = (name: string): unknown => containers.find((container) => textAt(container, 'name') === name);
  const options = listAt(named('verify'), 'env').find((variable) => textAt(variable, 'name') === 'CONTRACT_OPTIONS');
  const deployed = textAt(options, 'value');
  const wanted = contractParameters({ limits: connectionLimits(release) });
  const missing = Object.entries(wanted).filter(
    ([key, value]) => !` ${deployed} `.includes(` ${startupOptions({ [key]: value })} `),
  );
  const image = textAt(named('revisions'), 'image');
  const otherVersion = !image.replace(/@.*$/, '').endsWith(`:${release.chartVersion}`);
  return results.map((result) => {
    if (result.status !== 'pass') return result;
    if (result.id === 'limits.connections' && missing.length > 0) {
      const asked = missing.map(([key, value]) => `${key.replace(/^agent_bom\./, '')} ${value}`).join(', ');
      return { ...result, status: 'fail', detail: `the file asks for ${asked}, which is not deployed yet` };
    }
    if (result.id === 'schema.revision' && otherVersion) {
      const detail = `the file asks for version ${release.chartVersion}, and ${image} is deployed`;
      return { ...result, status: 'fail', detail };
    }
    return result;
  });
}
