import { JOB_LABEL } from '../../contract/names';
import { type StateResource, stateResources } from '../deploy/plan-file';
import { withCluster } from '../deploy/recovery/cluster-access';
import { outputsOf, showOutputs } from '../deploy/run';
import { type Stack, synthesizedEnvironment } from '../deploy/stacks';
import { Terraform } from '../deploy/terraform';
import type { Kubectl } from '../shared/cluster/kubectl';
import { COMMAND } from '../shared/command-line';
import { environmentNamed } from '../shared/environment/environment-files';
import { JsonReport, type JsonTarget } from '../shared/output/report';
import { at, listAt, textAt } from '../shared/program-runner';

export interface StatusOptions {
  readonly environments?: string;
  readonly terraformBinary?: string;
  readonly json?: JsonTarget;
  readonly quiet?: boolean;
}

interface StackStatus {
  readonly stack: string;
  /** Resources in the state, without what is only read. */
  readonly resources: number;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly database?: { readonly identifier: string; readonly version: string; readonly state: string };
  readonly release?: { readonly chart: string; readonly revision: number; readonly status: string };
  readonly cluster?: ClusterStatus;
}

interface ClusterStatus {
  readonly reachable: boolean;
  readonly reason?: string;
  readonly jobs: readonly { readonly name: string; readonly state: string }[];
  readonly pods: readonly { readonly name: string; readonly phase: string; readonly ready: boolean }[];
}

/** Shows what is deployed, from the states and from the cluster. Changes nothing. */
export async function runStatus(
  name: string,
  { environments, terraformBinary, json, quiet }: StatusOptions,
): Promise<void> {
  const report = new JsonReport(json, quiet);
  const { terminal, result } = report;
  const { environment } = environmentNamed(name, '<environment>', environments);
  const { stacks } = await synthesizedEnvironment(name, environments);
  const terraform = new Terraform(terraformBinary);
  const found: StackStatus[] = [];
  for (const stack of stacks) {
    const status = await stackStatus(terraform, stack, environment);
    found.push(status);
    result.line(
      `${result.styled('bold', stack.name)}  ${status.resources === 0 ? 'not deployed' : `${status.resources} resources`}`,
    );
    for (const line of linesOf(status)) result.line(`  ${line}`);
    showOutputs(result, status.outputs);
  }
  const deployed = found.every(({ resources }) => resources > 0);
  const { generation } = environment.secrets;
  report.write({ command: 'status', environment: name, deployed, generation, stacks: found });
  terminal.line(`\nnext: ${COMMAND} ${deployed ? 'doctor' : 'deploy'} ${name}`);
}

async function stackStatus(
  terraform: Terraform,
  stack: Stack,
  { region, namespace }: { readonly region: string; readonly namespace: string },
): Promise<StackStatus> {
  await terraform.initialize(stack);
  const { output } = await terraform.mustSucceed(stack, ['show', '-json', '-no-color']);
  const values = at(JSON.parse(output), 'values');
  const resources = stateResources(values).filter(({ mode }) => mode === 'managed');
  const cluster = resources.some(({ type }) => type.startsWith('kubernetes_'))
    ? await withCluster(stack, { prior_state: { values } }, region, (kubectl) => clusterStatus(kubectl, namespace))
    : undefined;
  const outputs = await outputsOf(terraform, stack);
  const common = { stack: stack.name, resources: resources.length, outputs, cluster };
  return { ...common, database: databaseIn(resources), release: releaseIn(resources) };
}

function databaseIn(resources: readonly StateResource[]): StackStatus['database'] {
  const found = resources.find(({ type }) => type === 'aws_db_instance' || type === 'aws_rds_cluster')?.values;
  if (found === undefined) return undefined;
  return {
    identifier: textAt(found, 'identifier') || textAt(found, 'cluster_identifier'),
    version: textAt(found, 'engine_version_actual') || textAt(found, 'engine_version'),
    state: textAt(found, 'status') || 'unknown',
  };
}

function releaseIn(resources: readonly StateResource[]): StackStatus['release'] {
  const found = resources.find(({ type }) => type === 'helm_release')?.values;
  if (found === undefined) return undefined;
  const metadata = at(found, 'metadata', 0) ?? at(found, 'metadata');
  const revision = Number(at(metadata, 'revision') ?? 0);
  return { chart: textAt(found, 'version'), revision, status: textAt(found, 'status') };
}

async function clusterStatus(kubectl: Kubectl | undefined, namespace: string): Promise<ClusterStatus> {
  if (kubectl === undefined)
    return { reachable: false, reason: 'the state does not say which cluster', jobs: [], pods: [] };
  const place = ['--namespace', namespace, '--output', 'json'];
  const [jobs, pods] = await Promise.all([
    kubectl.answer(['get', 'jobs', '--selector', JOB_LABEL, ...place]),
    kubectl.answer(['get', 'pods', ...place]),
  ]);
  if (jobs.kind !== 'answered') return { reachable: false, reason: jobs.reason, jobs: [], pods: [] };
  if (pods.kind !== 'answered') return { reachable: false, reason: pods.reason, jobs: [], pods: [] };
  const itemsOf = (text: string): readonly unknown[] => listAt(JSON.parse(text), 'items');
  return {
    reachable: true,
    jobs: itemsOf(jobs.text).map((job) => ({ name: textAt(job, 'metadata', 'name'), state: jobState(job) })),
    pods: itemsOf(pods.text).map((pod) => ({
      name: textAt(pod, 'metadata', 'name'),
      phase: textAt(pod, 'status', 'phase'),
      ready: isTrue(pod, 'Ready'),
    })),
  };
}

function jobState(job: unknown): string {
  if (isTrue(job, 'Complete')) return 'succeeded';
  return isTrue(job, 'Failed') ? 'failed' : 'running';
}

function isTrue(object: unknown, type: string): boolean {
  return listAt(object, 'status', 'conditions').some(
    (condition) => textAt(condition, 'type') === type && textAt(condition, 'status') === 'True',
  );
}

function linesOf({ database, release, cluster }: StackStatus): string[] {
  const lines: string[] = [];
  if (database !== undefined)
    lines.push(`database ${database.identifier}, PostgreSQL ${database.version}, ${database.state}`);
  if (release !== undefined)
    lines.push(`release of chart ${release.chart}, revision ${release.revision}, ${release.status}`);
  if (cluster === undefined) return lines;
  if (!cluster.reachable) return [...lines, `the cluster was not asked: ${cluster.reason}`];
  for (const { name, state } of cluster.jobs) lines.push(`Job ${name}: ${state}`);
  const running = cluster.pods.filter(({ phase }) => phase !== 'Succeeded' && phase !== 'Failed');
  lines.push(`${running.filter(({ ready }) => ready).length} of ${running.length} running pods are ready`);
  for (const { name, phase } of running.filter(({ ready }) => !ready)) lines.push(`pod ${name}: ${phase}, not ready`);
  return lines;
}
