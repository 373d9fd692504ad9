import { APPLICATION_LABEL, EXTERNAL_SECRETS_API } from '../../contract/names';
import { CHART_NAME } from '../../contract/product/chart';
import { ask, askJson, at, type JsonAnswer, listAt, textAt } from '../shared/program-runner';
import { type ClusterAnswer, type Finding, fail, given, type PreflightCheck, pass, skip } from './check';
import { exhausted, tooSmall } from './quota';

const [EXTERNAL_SECRETS_GROUP, EXTERNAL_SECRETS_VERSION = ''] = EXTERNAL_SECRETS_API.split('/');
const EXTERNAL_SECRETS_KINDS = ['externalsecrets', 'secretstores'].map((kind) => `${kind}.${EXTERNAL_SECRETS_GROUP}`);
const POD_SECURITY_GROUPS = 'securitygrouppolicies.vpcresources.k8s.aws';
/** Status of an interrupted Helm release, after which Helm refuses every other one. */
const PENDING = 'pending-install,pending-upgrade,pending-rollback,uninstalling';

/** Kubernetes lets nobody create a Role with rights that they do not have. */
const SCALING_RIGHTS: readonly (readonly string[])[] = [
  ['create', 'roles.rbac.authorization.k8s.io'],
  ['create', 'rolebindings.rbac.authorization.k8s.io'],
  ['get', 'deployments.apps'],
  ['patch', 'deployments.apps', '--subresource=scale'],
  ['list', 'pods'],
];

/** What the cluster has to have. These run once kubectl is known to talk to the right cluster. */
export const CLUSTER_CHECKS: readonly PreflightCheck[] = [
  {
    id: 'cluster.operator-api',
    proves: `the cluster serves ${EXTERNAL_SECRETS_API}`,
    required: ({ operator }) => operator,
    run: async () => {
      const findings = await Promise.all(EXTERNAL_SECRETS_KINDS.map(servesVersion));
      return findings.find(({ status }) => status === 'fail') ?? pass(EXTERNAL_SECRETS_KINDS.join(', '));
    },
    fix: () =>
      'helm upgrade --install external-secrets external-secrets --repo https://charts.external-secrets.io ' +
      '--namespace external-secrets --create-namespace (0.16 or later)',
  },
  {
    id: 'cluster.operator',
    proves: 'External Secrets Operator runs',
    required: ({ operator }) => operator,
    run: async () => {
      const selector = ['--all-namespaces', '--selector', 'app.kubernetes.io/name=external-secrets'];
      return given(await askKubectl('get', 'deployments', ...selector), (content) => {
        const deployments = listAt(content, 'items');
        if (deployments.length === 0) return fail('no Deployment is labelled app.kubernetes.io/name=external-secrets');
        const running = deployments.find(
          (deployment) => Number(at(deployment, 'status', 'availableReplicas') ?? 0) > 0,
        );
        const name = (of: unknown): string =>
          `${textAt(of, 'metadata', 'namespace')}/${textAt(of, 'metadata', 'name')}`;
        return running === undefined
          ? fail(`${deployments.map(name).join(', ')} has no available pod`)
          : pass(name(running));
      });
    },
    fix: () =>
      'kubectl describe deployments --all-namespaces --selector app.kubernetes.io/name=external-secrets says why',
  },
  {
    id: 'cluster.namespace',
    proves: 'the namespace exists, or can be created, as the file says',
    run: async ({ environment: { namespace, createNamespace } }) =>
      given(await askKubectl('get', 'namespace', namespace, '--ignore-not-found'), (content) =>
        createNamespace ? canBeCreated(namespace, content) : isThere(namespace, content),
      ),
    fix: ({ environment: { namespace } }) => `kubectl create namespace ${namespace}`,
  },
  {
    id: 'cluster.release',
    proves: 'no interrupted Helm release blocks the next one',
    run: async ({ environment: { namespace } }) => {
      const selector = ['--selector', `owner=helm,name=${CHART_NAME},status in (${PENDING})`];
      // Names alone: the contents of these Secrets are the values of the release.
      const template = 'jsonpath={range .items[*]}{.metadata.name}{"\\n"}{end}';
      const answer = await ask('kubectl', [
        'get',
        'secrets',
        '--namespace',
        namespace,
        ...selector,
        '--output',
        template,
      ]);
      if (answer.kind !== 'answered') return fail(answer.reason);
      const names = answer.text.split('\n').filter((name) => name !== '');
      if (names.length === 0) return pass('none');
      const remove = `kubectl delete secret --namespace ${namespace} ${names.join(' ')}`;
      return fail(
        names.join(', '),
        `helm rollback ${CHART_NAME} --namespace ${namespace}, or at the first install ${remove}`,
      );
    },
    fix: ({ environment: { namespace } }) => `kubectl auth can-i list secrets --namespace ${namespace}`,
  },
  {
    id: 'cluster.quota',
    proves: 'quotas and limits of the namespace leave room for the migration Job',
    run: async ({ environment: { namespace } }) =>
      given(await askKubectl('get', 'resourcequotas,limitranges', '--namespace', namespace), (content) => {
        const items = listAt(content, 'items');
        const tight = items.flatMap((item) =>
          [...exhausted(at(item, 'status')), ...tooSmall(listAt(item, 'spec', 'limits'))].map(
            (what) => `${textAt(item, 'metadata', 'name')}: ${what}`,
          ),
        );
        if (tight.length > 0) return fail(tight.join('; '));
        return pass(items.length === 0 ? 'no quota and no limit' : `${items.length} with room`);
      }),
    fix: ({ environment: { namespace } }) =>
      `kubectl describe resourcequotas,limitranges --namespace ${namespace} shows who uses it; have it raised, or remove what is not needed`,
  },
  {
    id: 'cluster.roles',
    proves: 'a Role can be created that lets the migration Job stop the API',
    required: ({ apiScaling }) => apiScaling,
    run: async ({ environment: { namespace } }) => {
      const answers = await Promise.all(
        SCALING_RIGHTS.map(async (right) => ({
          right: right.join(' '),
          answer: await ask('kubectl', ['auth', 'can-i', ...right, '--namespace', namespace]),
        })),
      );
      const missing = answers.filter(({ answer }) => answer.kind !== 'answered' || answer.text.trim() !== 'yes');
      if (missing.length === 0) return pass(answers.map(({ right }) => right).join(', '));
      return fail(`your credentials may not ${missing.map(({ right }) => right).join(', ')} in ${namespace}`);
    },
    fix: ({ environment: { namespace } }) =>
      `kubectl create rolebinding deployer --namespace ${namespace} --clusterrole admin --user <your user>, as an administrator of the cluster`,
  },
  {
    id: 'cluster.prometheus',
    proves: 'the cluster has the Prometheus Operator definitions that the values of the chart use',
    required: ({ prometheusKinds }) => prometheusKinds.length > 0,
    run: async ({ requirements }) => allDefined(requirements.prometheusKinds),
    fix: () => 'install the Prometheus Operator, or write `enabled: false` for it in `release.values`',
  },
  {
    id: 'cluster.pod-groups',
    proves: 'pods can have their own security groups',
    required: ({ podSecurityGroups }) => podSecurityGroups,
    run: async () => allDefined([POD_SECURITY_GROUPS]),
    fix: () => 'kubectl set env daemonset aws-node --namespace kube-system ENABLE_POD_ENI=true',
  },
];

function askKubectl(...question: readonly string[]): Promise<JsonAnswer> {
  return askJson('kubectl', [...question, '--output', 'json']);
}

async function servesVersion(definition: string): Promise<Finding> {
  const answer = await askKubectl('get', 'customresourcedefinition', definition, '--ignore-not-found');
  return given(answer, (content) => {
    if (content === null) return fail(`${definition} is not defined`);
    const served = listAt(content, 'spec', 'versions').filter((version) => at(version, 'served') === true);
    const names = served.map((version) => textAt(version, 'name'));
    if (names.includes(EXTERNAL_SECRETS_VERSION)) return pass(definition);
    return fail(`${definition} is served as ${names.join(', ') || 'nothing'}`);
  });
}

async function allDefined(definitions: readonly string[]): Promise<Finding> {
  const findings = await Promise.all(
    definitions.map(async (definition) =>
      given(await askKubectl('get', 'customresourcedefinition', definition, '--ignore-not-found'), (content) =>
        content === null ? fail(`${definition} is not defined`) : pass(definition),
      ),
    ),
  );
  return findings.find(({ status }) => status === 'fail') ?? pass(definitions.join(', '));
}

function canBeCreated(namespace: string, content: unknown): Finding {
  if (content === null) return pass(`${namespace} does not exist yet, and will be created`);
  if (textAt(content, 'status', 'phase') !== 'Active') return leaving(namespace, content);
  if (textAt(content, 'metadata', 'labels', 'app.kubernetes.io/name') === APPLICATION_LABEL)
    return pass(`${namespace} was created by this project`);
  return fail(
    `${namespace} exists and is managed elsewhere`,
    `write \`namespace: { name: ${namespace}, create: false }\` in the environment file, or choose another name`,
  );
}

function isThere(namespace: string, content: unknown): Finding {
  if (content === null) return fail(`${namespace} does not exist`);
  return textAt(content, 'status', 'phase') === 'Active' ? pass(`${namespace} exists`) : leaving(namespace, content);
}

function leaving(namespace: string, content: unknown): Finding {
  const phase = textAt(content, 'status', 'phase') || 'in no phase';
  return fail(`${namespace} is ${phase}`, `kubectl get namespace ${namespace} --output yaml says what it waits for`);
}

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
  proves: 'the cluster answers kubectl, and accepts the credentials',
  run: async () =>
    given(await askJson('kubectl', ['version', '--output', 'json', '--request-timeout', '10s']), (content) => {
      const version = textAt(content, 'serverVersion', 'gitVersion');
      return version === '' ? fail('the cluster does not say its version') : pass(version);
    }),
  fix: ({ environment: { cluster, region } }) =>
    `aws eks describe-cluster --name ${cluster.name} --region ${region} --query cluster.resourcesVpcConfig shows who can ` +
    'reach its endpoint; aws eks list-access-entries shows who has access',
};

function sameCluster(found: ClusterAnswer, content: unknown): Finding {
  const [cluster, ...others] = listAt(content, 'clusters');
  const server = textAt(cluster, 'cluster', 'server');
  const context = textAt(content, 'current-context') || '(no name)';
  if (server === '' || others.length > 0) return fail('kubectl has no current context');
  if ('reason' in found) {
    const detail = `the context ${context} cannot be compared: ${found.reason}`;
    return found.asked ? fail(detail) : skip(`not checked: ${detail}`);
  }
  if (at(cluster, 'cluster', 'insecure-skip-tls-verify') === true) {
    return fail(`the context ${context} does not verify the certificate of the cluster`);
  }
  return normal(server) === normal(found.endpoint) ? pass(context) : fail(`the context ${context} leads to ${server}`);
}

/** An address as it is compared: EKS writes its hexadecimal digits large, and tools add a port or a slash. */
function normal(address: string): string {
  return URL.canParse(address) ? new URL(address).origin.toLowerCase() : address;
}
