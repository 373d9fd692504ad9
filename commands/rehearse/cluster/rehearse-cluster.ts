import { DATABASE_NAME, EXTERNAL_SECRETS_API } from '../../../contract/names';
import type { PostgresMajor } from '../../../contract/postgres/majors';
import { imagesFrom } from '../../../contract/product/images';
import { createServerCertificates, type ServerCertificates } from '../../embedded/certificates';
import type { Kubectl } from '../../shared/cluster/kubectl';
import type { KubernetesObject } from '../../shared/cluster/kubernetes-objects';
import { at, listAt, textAt } from '../../shared/program-runner';
import { type ChartSource, Deployment } from './deployment';
import { type RehearsedEnvironment, synthesizeRehearsal } from './environment';
import { REHEARSAL_LABEL } from './guard';
import { RehearsalSecrets } from './secrets';
import { awsStandIns, BUCKET, MAKE_BUCKET, type RehearsalImages, SERVER, STORE, storeVariables } from './server';
import type { StackStep } from './stack';

const START_MS = 5 * 60_000;
const DELETE_MS = 5 * 60_000;
/** A program in a container starts slowly on a laptop at work. */
const EXEC_MS = 2 * 60_000;
/** A SecretStore that shows whether an operator is there, and how long that may take. */
const PROBE = 'rehearsal-probe';
const PROBE_MS = 20_000;

export interface ClusterRehearsalOptions extends ChartSource {
  readonly major: PostgresMajor;
  readonly chartVersion: string;
  readonly images: RehearsalImages;
  readonly onNotice: (message: string) => void;
  /** Ends deployments where they are; what is there is still to be removed. */
  readonly signal: AbortSignal;
}

/** Kinds that a chart may have outside of the namespace. */
const CLUSTER_WIDE =
  'clusterroles,clusterrolebindings,customresourcedefinitions,priorityclasses,mutatingwebhookconfigurations,validatingwebhookconfigurations';

/** What a deployment changes. */
export type Change = Partial<Pick<RehearsedEnvironment, 'generation' | 'poolMinimum' | 'chartVersion' | 'dump'>>;

/** A control plane in a separate namespace, with everything that AWS would have. */
export class ClusterRehearsal {
  protected readonly namespace: string;
  protected readonly secrets: RehearsalSecrets;
  private readonly host: string;
  private readonly deployment: Deployment;
  private certificates: ServerCertificates | undefined;
  private delivery: RehearsedEnvironment['delivery'] = 'existing';
  private current: Required<Omit<Change, 'dump'>> & Change;

  /** @param kubectl The cluster, with the namespace of the rehearsal. */
  constructor(
    protected readonly kubectl: Kubectl,
    protected readonly options: ClusterRehearsalOptions,
  ) {
    this.namespace = kubectl.target.namespace ?? '';
    this.host = `${SERVER}.${this.namespace}.svc`;
    this.secrets = new RehearsalSecrets({ host: this.host, bucket: BUCKET });
    this.deployment = new Deployment(kubectl, options, options.onNotice, options.signal);
    this.current = { generation: 1, poolMinimum: 5, chartVersion: options.chartVersion };
  }

  /** The environment with all changes so far. */
  get environment(): RehearsedEnvironment {
    return {
      ...this.current,
      namespace: this.namespace,
      major: this.options.major,
      delivery: this.delivery,
      authority: this.certificates?.authority ?? '',
    };
  }

  /** Makes the namespace, PostgreSQL and S3; returns how the Secrets come into the namespace. */
  async start(): Promise<RehearsedEnvironment['delivery']> {
    await this.remove();
    const metadata = { name: this.namespace, labels: { [REHEARSAL_LABEL]: 'yes' } };
    await this.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata }]);
    this.certificates = await createServerCertificates(new Date(), this.host);
    await this.apply(awsStandIns(this.namespace, this.options.images, this.certificates, this.secrets));
    const pods = [`pod/${SERVER}`, `pod/${STORE}`];
    await this.kubectl.text(['wait', '--for=condition=Ready', ...pods, `--timeout=${START_MS / 1000}s`], {
      timeoutMs: START_MS + 5000,
    });
    await this.kubectl.text(['exec', STORE, '--', ...MAKE_BUCKET], { timeoutMs: EXEC_MS });
    this.delivery = (await this.operatorAnswers()) ? 'external-secrets' : 'existing';
    return this.delivery;
  }

  /**
   * Whether External Secrets Operator works here. Its kinds alone do not tell: they stay when it is gone, an old one does not
   * know this version of them, and one may look after other namespaces only.
   */
  private async operatorAnswers(): Promise<boolean> {
    const definition = await this.kubectl.answer(['get', 'crd', 'secretstores.external-secrets.io']);
    if (definition.kind !== 'answered') return false;
    const store = {
      apiVersion: EXTERNAL_SECRETS_API,
      kind: 'SecretStore',
      metadata: { name: PROBE, namespace: this.namespace },
      spec: { provider: { fake: { data: [{ key: PROBE, value: PROBE }] } } },
    };
    const applied = await this.kubectl.answer(['apply', '--filename', '-'], { input: JSON.stringify(store) });
    const wait = ['wait', '--for=condition=Ready', `secretstores.external-secrets.io/${PROBE}`];
    const answer =
      applied.kind === 'answered'
        ? await this.kubectl.answer([...wait, `--timeout=${PROBE_MS / 1000}s`], { timeoutMs: PROBE_MS + 5000 })
        : applied;
    if (answer.kind === 'answered') return true;
    this.options.onNotice(`External Secrets has kinds here, but no operator that uses them: ${answer.reason}`);
    return false;
  }

  /** Deploys what synth makes of the environment with this change and all changes before. */
  async deploy(change: Change = {}): Promise<void> {
    this.take(change);
    const synthesized = await synthesizeRehearsal(this.environment, (name) => this.output(name));
    await this.provideSecrets(synthesized.secretManifest);
    await this.deployment.deploy(this.adapted(synthesized.steps));
  }

  protected take(change: Change): void {
    this.current = { ...this.current, ...change };
  }

  /** Value of an output of the database stack. */
  protected output(name: string): string {
    return this.secrets.output(name, this.current.generation);
  }

  /** @param manifest Text of the file of the delivery `existing`. */
  protected async provideSecrets(manifest: string | undefined): Promise<void> {
    if (manifest !== undefined) await this.apply(this.secrets.manifests(manifest));
  }

  /** Runs the CronJob of the dumps once; returns the name of the dump. */
  async dump(): Promise<string> {
    const name = await this.runNow('agent-bom-backup');
    const log = await this.kubectl.text(['logs', `job/${name}`, '--container', 'upload']);
    const [, dump] = /^uploaded (\S+)$/m.exec(log) ?? [];
    if (dump === undefined) throw new Error(`the Job ${name} does not say what it uploaded: ${log}`);
    return dump;
  }

  /** Runs a CronJob once, now, and waits for its end; returns the name of the Job. */
  async runNow(cronJob: string): Promise<string> {
    const name = `${cronJob}-${Date.now().toString(36)}`;
    await this.kubectl.text(['create', 'job', `--from=cronjob/${cronJob}`, name]);
    await this.deployment.jobEnded(name);
    return name;
  }

  /** Runs SQL on the server as the role that plays RDS itself, and returns the rows as text. */
  sql(statement: string, database = DATABASE_NAME): Promise<string> {
    const psql = ['psql', '-X', '-A', '-t', '-q', '-h', '/tmp', '-U', 'rdsadmin', '-d', database, '-c', statement];
    return this.kubectl.text(['exec', SERVER, '--', ...psql], { timeoutMs: EXEC_MS });
  }

  /** Removes the release and the namespace with everything that is in it, also those of a rehearsal that was killed. */
  async remove(): Promise<void> {
    await this.deployment.uninstall();
    await this.kubectl.text(['delete', 'namespace', this.namespace, '--ignore-not-found', '--wait'], {
      timeoutMs: DELETE_MS,
    });
    const wide = listAt(await this.kubectl.json(['get', CLUSTER_WIDE]), 'items').filter(
      (object) => at(object, 'metadata', 'annotations', 'meta.helm.sh/release-namespace') === this.namespace,
    );
    for (const object of wide) {
      const identity = `${textAt(object, 'kind')}/${textAt(object, 'metadata', 'name')}`;
      await this.kubectl.text(['delete', identity, '--ignore-not-found']);
    }
  }

  protected async apply(objects: readonly KubernetesObject[]): Promise<void> {
    const list = { apiVersion: 'v1', kind: 'List', items: objects };
    await this.kubectl.text(['apply', '--filename', '-'], { input: JSON.stringify(list) });
  }

  /** What AWS would give: the store of the secrets, and the address and the credentials of S3. */
  protected adapted(steps: readonly StackStep[]): StackStep[] {
    const objects = steps.flatMap((step) => (step.kind === 'object' ? [step.object] : []));
    const externalSecrets = objects.filter(({ kind }) => kind === 'ExternalSecret');
    return steps.map((step) => {
      if (step.kind !== 'object') return step;
      const { object } = step;
      const adapted = object.kind === 'SecretStore' ? this.secrets.fakeStore(object, externalSecrets) : object;
      return { kind: 'object', object: withStore(adapted, this.namespace) };
    });
  }
}

/** The containers with the AWS CLI find the emulator. */
function withStore(object: KubernetesObject, namespace: string): KubernetesObject {
  const template = (object.spec?.jobTemplate?.spec ?? object.spec)?.template?.spec;
  if (template === undefined) return object;
  const copy = structuredClone(object);
  const pod = (copy.spec.jobTemplate?.spec ?? copy.spec).template.spec;
  for (const container of [...(pod.initContainers ?? []), ...pod.containers]) {
    if (container.image === imagesFrom().awsCli()) container.env.push(...storeVariables(namespace));
  }
  return copy;
}
