import { ContractError, type Mistake } from '../../../contract/error';
import type { Kubectl } from '../../shared/cluster/kubectl';
import { at, listAt, textAt } from '../../shared/program-runner';

/** Label of a namespace that a rehearsal made, and may delete. */
export const REHEARSAL_LABEL = 'agent-bom-postgres/rehearsal';

/** More nodes than a cluster on a laptop has. */
const MOST_NODES = 5;
/** Names and hosts that clouds give to their clusters. */
const CLOUDS: readonly (readonly [cloud: string, pattern: RegExp])[] = [
  ['EKS', /^arn:aws[\w-]*:eks:|\.eks\.amazonaws\.com(?:\.cn)?\b|\.eks\.[\w-]+\.amazonaws\.com|\.eksctl\.io$/],
  ['AKS', /\.azmk8s\.(?:io|us|cn)\b|\.azmk8s\b/],
  ['GKE', /^gke_|\.gke\.goog\b|container\.googleapis\.com/],
];

/**
 * Refuses a cluster that looks like one that people depend on.
 *
 * @param allowed What the user gave to `--allow-context`: the name of the context.
 * @throws ContractError that says what it looks like, and how to go on.
 */
export async function refuseProduction(
  kubectl: Kubectl,
  namespace: string,
  allowed: string | undefined,
): Promise<void> {
  const { context = '' } = kubectl.target;
  const configuration = await kubectl.json(['config', 'view', '--minify']);
  const cluster = textAt(configuration, 'clusters', 0, 'name');
  const server = textAt(configuration, 'clusters', 0, 'cluster', 'server');
  const host = server === '' ? '' : new URL(server).hostname;
  const nodes = listAt(await kubectl.json(['get', 'nodes']), 'items');
  const mistakes = allowed === context ? [] : looks([context, cluster, host], nodes);
  mistakes.push(...(await foreignNamespace(kubectl, namespace)));
  if (mistakes.length > 0) throw new ContractError(mistakes);
}

function looks(names: readonly string[], nodes: readonly unknown[]): Mistake[] {
  const rule = 'a throwaway cluster, such as one of kind, k3d or minikube';
  const fix = `name another context; if this one is a throwaway cluster too, add --allow-context ${names[0]}`;
  const providers = nodes.map((node) => textAt(node, 'spec', 'providerID'));
  const cloud = CLOUDS.find(([, pattern]) => names.some((name) => pattern.test(name)))?.[0];
  const machine = providers.find((id) => /^(?:aws|azure|gce):/.test(id));
  const mistakes: Mistake[] = [];
  if (cloud !== undefined)
    mistakes.push({ path: '--context', got: `a cluster of ${cloud} by its name or address`, rule, fix });
  else if (machine !== undefined) mistakes.push({ path: '--context', got: `a node in a cloud: ${machine}`, rule, fix });
  if (nodes.length > MOST_NODES)
    mistakes.push({
      path: '--context',
      got: `${nodes.length} nodes`,
      rule: `${rule}, with at most ${MOST_NODES} nodes`,
      fix,
    });
  return mistakes;
}

/** No option allows this: what is in a namespace of others would be deleted with it. */
async function foreignNamespace(kubectl: Kubectl, namespace: string): Promise<Mistake[]> {
  const found = await kubectl.json(['get', 'namespace', namespace, '--ignore-not-found']);
  if (found === null || at(found, 'metadata', 'labels', REHEARSAL_LABEL) !== undefined) return [];
  return [
    {
      path: '--namespace',
      got: `${namespace}, which exists and is not of a rehearsal`,
      rule: 'a namespace that does not exist: it is created, and deleted at the end',
      fix: 'name another namespace',
    },
  ];
}
