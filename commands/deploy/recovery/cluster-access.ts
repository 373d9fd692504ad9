import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { Kubectl } from '../../shared/cluster/kubectl';
import { at, textAt } from '../../shared/program-runner';
import { type PlanFile, stateResources } from '../plan-file';
import type { Stack } from '../stacks';

/** Where the cluster is, as the plan or the state knows it. */
interface Cluster {
  readonly name: string;
  readonly endpoint: string;
  readonly certificateAuthority: string;
}

/**
 * kubectl on the cluster that Terraform changes, whatever the context of this machine is. The file that leads there names
 * the command which gets a token, as the providers do, and holds none.
 *
 * @param region Region of the cluster.
 * @param work Gets nothing where the plan does not say which cluster it is: one that is not deployed yet.
 */
export async function withCluster<Result>(
  stack: Stack,
  { prior_state: state }: PlanFile,
  region: string,
  work: (kubectl: Kubectl | undefined) => Promise<Result>,
): Promise<Result> {
  const named = namedFile(stack);
  if (named !== undefined) return work(new Kubectl(named));
  const cluster = clusterIn(state?.values);
  if (cluster === undefined) return work(undefined);
  const directory = mkdtempSync(join(tmpdir(), 'agent-bom-cluster-'));
  try {
    const kubeconfig = join(directory, 'kubeconfig');
    writeFileSync(kubeconfig, stringify(kubeconfigOf(cluster, region)), { mode: 0o600 });
    return await work(new Kubectl({ kubeconfig }));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function clusterIn(values: unknown): Cluster | undefined {
  const found = stateResources(values).find(({ mode, type }) => mode === 'data' && type === 'aws_eks_cluster')?.values;
  const endpoint = textAt(found, 'endpoint');
  if (endpoint === '') return undefined;
  const certificateAuthority = textAt(found, 'certificate_authority', 0, 'data');
  return { name: textAt(found, 'name'), endpoint, certificateAuthority };
}

/** A stack may be synthesized with providers that read a kubeconfig. */
function namedFile({ directory }: Stack): { kubeconfig: string; context?: string } | undefined {
  const text: unknown = JSON.parse(readFileSync(join(directory, 'cdk.tf.json'), 'utf8'));
  const provider = at(text, 'provider', 'kubernetes', 0);
  const [kubeconfig, context] = [textAt(provider, 'config_path'), textAt(provider, 'config_context')];
  return kubeconfig === '' ? undefined : { kubeconfig, ...(context === '' ? {} : { context }) };
}

function kubeconfigOf({ name, endpoint, certificateAuthority }: Cluster, region: string): object {
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1beta1',
    command: 'aws',
    args: ['eks', 'get-token', '--cluster-name', name, '--region', region, '--output', 'json'],
    interactiveMode: 'Never',
  };
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster: { server: endpoint, 'certificate-authority-data': certificateAuthority } }],
    users: [{ name, user: { exec } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  };
}
