import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContractError } from '../../../contract/error';
import { type JobFailure, jobFailure } from '../../deploy/recovery/job-failure';
import { releaseRecords, releaseRepair, removeRecords } from '../../deploy/recovery/release';
import { isReady, secretFailure } from '../../deploy/recovery/secret-failure';
import type { Kubectl } from '../../shared/cluster/kubectl';
import type { KubernetesObject } from '../../shared/cluster/kubernetes-objects';
import { ask, at, listAt, textAt } from '../../shared/program-runner';
import type { Release, StackStep } from './stack';

/** Path or name of the Helm to use, in place of the one in PATH. */
export const HELM_VARIABLE = 'HELM';

const READY_MS = 5 * 60_000;
const POLL_MS = 1000;
const READY_TURNS = READY_MS / POLL_MS;
/** Turns after which a Job that has not ended, or a Secret that is not written, is looked at. */
const LOOK_TURNS = 5;

/** How the stack tells its objects apart: the API server may complete the name of a Job. */
const identityOf = ({ kind, metadata }: KubernetesObject): string =>
  `${kind.toLowerCase()}/${metadata.name ?? metadata.generateName}`;

/** What kubectl calls each object that was deployed, by its identity. */
export type DeployedObjects = ReadonlyMap<string, string>;

/** Which chart is installed, where it is not the one of the environment. */
export interface ChartSource {
  /** Folder of a chart, or a repository that has one. */
  readonly chart?: string;
}

/**
 * Deploys the objects and the release of a stack as Terraform would, with kubectl and Helm: in the order of what depends on
 * what, each Job awaited, and afterwards without the objects that the stack no longer has.
 */
export class Deployment {
  private release: Release | undefined;

  constructor(
    private readonly kubectl: Kubectl,
    private readonly source: ChartSource,
    private readonly onNotice: (message: string) => void,
    private readonly signal: AbortSignal,
    private deployed: DeployedObjects = new Map(),
  ) {}

  /**
   * @returns What is deployed now, for a later deployment that does not know it.
   * @throws ContractError with the end of the log when a Job fails.
   */
  async deploy(steps: readonly StackStep[]): Promise<DeployedObjects> {
    const objects = new Map<string, string>();
    for (const step of steps) {
      this.signal.throwIfAborted();
      if (step.kind === 'release') {
        await this.install(step.release);
        continue;
      }
      const { object } = step;
      objects.set(identityOf(object), await this.create(object));
    }
    const gone = [...this.deployed].flatMap(([identity, name]) => (objects.has(identity) ? [] : [name]));
    if (gone.length > 0) await this.kubectl.text(['delete', '--ignore-not-found', ...gone], { timeoutMs: READY_MS });
    this.deployed = objects;
    return objects;
  }

  /** Removes the release and what it has outside of the namespace. */
  async uninstall(): Promise<void> {
    if (this.release === undefined) return;
    await this.helm(['uninstall', this.release.name, '--ignore-not-found', '--wait'], READY_MS);
  }

  /** Returns what kubectl calls the object. */
  private async create(object: KubernetesObject): Promise<string> {
    const identity = identityOf(object);
    const input = JSON.stringify(object);
    if (object.kind !== 'Job') {
      await this.kubectl.text(['apply', '--filename', '-'], { input });
      if (object.kind === 'ExternalSecret') await this.secretReady(object.metadata.name ?? '');
      return identity;
    }
    const job = (await this.existingJob(object)) ?? (await this.createJob(input));
    await this.jobEnded(job.replace(/^job\//, ''));
    return job;
  }

  /** What a Job runs cannot be changed, and its name says what it runs. One that failed is made again. */
  private async existingJob({ metadata }: KubernetesObject): Promise<string | undefined> {
    const jobs = listAt(await this.kubectl.json(['get', 'jobs']), 'items');
    const found = jobs.find((job) => {
      const name = textAt(job, 'metadata', 'name');
      return metadata.name === undefined ? name.startsWith(metadata.generateName ?? '/') : name === metadata.name;
    });
    if (found === undefined) return undefined;
    const job = `job/${textAt(found, 'metadata', 'name')}`;
    const failed = listAt(found, 'status', 'conditions').some(
      (one) => at(one, 'type') === 'Failed' && at(one, 'status') === 'True',
    );
    if (!failed) return job;
    await this.kubectl.text(['delete', job, '--ignore-not-found'], { timeoutMs: READY_MS });
    return undefined;
  }

  private async createJob(input: string): Promise<string> {
    const created = await this.kubectl.text(['create', '--filename', '-', '--output', 'name'], { input });
    const name = created.trim().replace(/^job\.batch\//, '');
    this.onNotice(`Job ${name}`);
    return `job/${name}`;
  }

  /** Waits for the Secret of an ExternalSecret, and tells why it is not written. */
  private async secretReady(name: string): Promise<void> {
    const { namespace = '' } = this.kubectl.target;
    let told = '';
    for (let turn = 1; ; turn += 1) {
      this.signal.throwIfAborted();
      if (isReady(await this.kubectl.json(['get', `externalsecrets.external-secrets.io/${name}`]))) return;
      if (turn % LOOK_TURNS === 0) {
        const why = (await secretFailure(this.kubectl, namespace, name)).join('\n');
        if (turn >= READY_TURNS) throw secretError(name, why);
        if (why !== '' && why !== told) this.onNotice(`waiting for the Secret ${name}\n${why}`);
        told = why;
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** Waits for a Job, as long as its deadline allows, and tells why a pod of it failed: the next one may succeed. */
  async jobEnded(name: string): Promise<void> {
    const told = new Set<string>();
    for (let turn = 1; ; turn += 1) {
      this.signal.throwIfAborted();
      const conditions = await this.kubectl.text([
        'get',
        `job/${name}`,
        '--output',
        'jsonpath={range .status.conditions[?(@.status=="True")]}{.type} {end}',
      ]);
      if (conditions.includes('Complete')) return;
      const ended = conditions.includes('Failed');
      if (ended || turn % LOOK_TURNS === 0) {
        const failure = await this.podFailure(name);
        if (ended) throw jobError(name, failure);
        if (failure !== undefined) {
          const title = `${failure.pod} ${failure.state === 'failed' ? 'failed' : 'waits'} in step ${failure.step}`;
          if (!told.has(title)) this.onNotice([title, ...failure.lines].join('\n'));
          told.add(title);
        }
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  private podFailure(name: string): Promise<JobFailure | undefined> {
    const { namespace = '' } = this.kubectl.target;
    return jobFailure(this.kubectl, namespace, name, `batch.kubernetes.io/job-name=${name}`);
  }

  private async install(release: Release): Promise<void> {
    this.release = release;
    const { name, version, values, timeoutSeconds } = release;
    await this.clearRelease();
    const directory = mkdtempSync(join(tmpdir(), 'agent-bom-release-'));
    try {
      const files = values.map((text, index) => {
        const file = join(directory, `${index}.yaml`);
        writeFileSync(file, text, { mode: 0o600 });
        return ['--values', file];
      });
      const chart = chartArguments(this.source.chart ?? release.repository, release.chart, version);
      const question = [
        'upgrade',
        '--install',
        name,
        ...chart,
        ...files.flat(),
        '--wait',
        `--timeout=${timeoutSeconds}s`,
      ];
      await this.helm(question, (timeoutSeconds + 30) * 1000);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }

  /** Helm refuses every operation while the record of one that was killed is there. */
  private async clearRelease(): Promise<void> {
    const namespace = this.kubectl.target.namespace ?? '';
    const repair = releaseRepair(await releaseRecords(this.kubectl, namespace));
    if (repair === undefined) return;
    this.onNotice(repair.sentence);
    await removeRecords(this.kubectl, namespace, repair.secrets);
  }

  private async helm(question: readonly string[], timeoutMs: number): Promise<void> {
    const { context, kubeconfig, namespace } = this.kubectl.target;
    const flags = Object.entries({ 'kube-context': context, kubeconfig, namespace }).flatMap(([flag, value]) =>
      value === undefined ? [] : [`--${flag}`, value],
    );
    const answer = await ask(process.env[HELM_VARIABLE]?.trim() || 'helm', [...question, ...flags], timeoutMs);
    if (answer.kind === 'answered') return;
    throw new ContractError({
      path: `helm ${question.slice(0, 4).join(' ')}`,
      got: answer.reason,
      rule: 'Helm brings the release to readiness',
      fix:
        answer.kind === 'missing'
          ? `install Helm, or name its file in ${HELM_VARIABLE}`
          : 'run again with --keep and look at the pods; name another chart with --chart where the repository cannot be reached',
    });
  }
}

function jobError(name: string, failure: JobFailure | undefined): ContractError {
  return new ContractError({
    path: `Job ${name}`,
    got: failure === undefined ? 'no pod of it is left' : [`step ${failure.step}`, ...failure.lines].join('\n'),
    rule: 'the Job succeeds',
    fix: 'do what its log says above; run again with --keep to look at its pods',
  });
}

function secretError(name: string, why: string): ContractError {
  return new ContractError({
    path: `ExternalSecret ${name}`,
    got: why === '' ? 'the operator says nothing of it' : why,
    rule: 'External Secrets Operator writes the Secret within five minutes',
    fix: 'look at the log of the operator; run again with --keep to look at the object',
  });
}

/** How Helm is told where a chart is: a folder or an archive, a registry, or a repository. */
function chartArguments(source: string, chart: string, version: string): string[] {
  if (source.startsWith('oci://')) return [`${source}/${chart}`, '--version', version];
  if (/^https?:\/\//.test(source)) return [chart, '--repo', source, '--version', version];
  return [source];
}
