import { at, type ClusterAnswer, type Finding, fail, given, listAt, type PreflightCheck, pass, textAt } from './check';
import { askJson } from './program-runner';

/** Whether kubectl talks to the cluster that the environment names. Asked before anything is asked of the cluster. */
export const CONTEXT_CHECK: PreflightCheck = {
  id: 'cluster.context',
  proves: 'kubectl talks to the cluster of the environment',
  run: async ({ cluster }) => {
    const [found, answer] = await Promise.all([
      cluster,
      askJson('kubectl', ['config', 'view', '--minify', '--output', 'json']),
    ]);
    return given(answer, (content) => sameCluster(found, content));
  },
  fix: ({ environment: { cluster, region } }) => `aws eks update-kubeconfig --name ${cluster.name} --region ${region}`,
};

/** Whether the cluster answers. Where it does not, nothing of it is known, and the command says so by its exit code. */
export const REACHABLE_CHECK: PreflightCheck = {
  id: 'cluster.reachable',
  proves: 'the cluster answers kubectl, and admits the credentials',
  run: async () =>
    given(await askJson('kubectl', ['version', '--output', 'json', '--request-timeout', '10s']), (content) => {
      const version = textAt(content, 'serverVersion', 'gitVersion');
      return version === '' ? fail('the cluster does not say its version') : pass(version);
    }),
  fix: ({ environment: { cluster, region } }) =>
    `aws eks describe-cluster --name ${cluster.name} --region ${region} --query cluster.resourcesVpcConfig shows who may ` +
    'reach its endpoint; aws eks list-access-entries shows who is admitted',
};

function sameCluster(found: ClusterAnswer, content: unknown): Finding {
  const [cluster, ...others] = listAt(content, 'clusters');
  const server = textAt(cluster, 'cluster', 'server');
  const context = textAt(content, 'current-context') || '(no name)';
  if (server === '' || others.length > 0) return fail('kubectl has no current context');
  if ('reason' in found) return fail(`the context ${context} cannot be compared: ${found.reason}`);
  if (at(cluster, 'cluster', 'insecure-skip-tls-verify') === true) {
    return fail(`the context ${context} does not verify the certificate of the cluster`);
  }
  return normal(server) === normal(found.endpoint) ? pass(context) : fail(`the context ${context} leads to ${server}`);
}

/** An address as it is compared: EKS writes its hexadecimal digits large, and tools add a port or a slash. */
function normal(address: string): string {
  return URL.canParse(address) ? new URL(address).origin.toLowerCase() : address;
}
