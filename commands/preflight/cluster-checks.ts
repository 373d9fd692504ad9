import { APPLICATION_LABEL, EXTERNAL_SECRETS_API } from '../../contract/names';
import { CHART_NAME } from '../../contract/product/chart';
import { at, type Finding, fail, given, listAt, type PreflightCheck, pass, textAt } from './check';
import { ask, askJson, type JsonAnswer } from './program-runner';
import { exhausted, tooSmall } from './quota';

const [EXTERNAL_SECRETS_GROUP = '', EXTERNAL_SECRETS_VERSION = ''] = EXTERNAL_SECRETS_API.split('/');
const EXTERNAL_SECRETS_KINDS = ['externalsecrets', 'secretstores'].map((kind) => `${kind}.${EXTERNAL_SECRETS_GROUP}`);
const POD_SECURITY_GROUPS = 'securitygrouppolicies.vpcresources.k8s.aws';
/** How Helm marks a release that was interrupted, after which it refuses every other. */
const PENDING = 'pending-install,pending-upgrade,pending-rollback,uninstalling';

/** What has to be there in the cluster. They are asked once it is sure that kubectl talks to the right one. */
export const CLUSTER_CHECKS: readonly PreflightCheck[] = [
  {
    id: 'cluster.operator-api',
    proves: `the cluster serves ${EXTERNAL_SECRETS_API}`,
    needed: ({ operator }) => operator,
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
    needed: ({ operator }) => operator,
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
    proves: 'the namespace is there, or can be created, as the file says',
    run: async ({ environment: { namespace, createNamespace } }) =>
      given(await askKubectl('get', 'namespace', namespace, '--ignore-not-found'), (content) =>
        createNamespace ? canBeCreated(namespace, content) : isThere(namespace, content),
      ),
    fix: ({ environment: { namespace } }) => `kubectl create namespace ${namespace}`,
  },
  {
    id: 'cluster.release',
    proves: 'no interrupted Helm release is in the way of the next',
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
    id: 'cluster.prometheus',
    proves: 'the cluster knows what the values of the chart ask of the Prometheus Operator',
    needed: ({ prometheusKinds }) => prometheusKinds.length > 0,
    run: async ({ needs }) => allDefined(needs.prometheusKinds),
    fix: () => 'install the Prometheus Operator, or write `enabled: false` for it in `release.values`',
  },
  {
    id: 'cluster.pod-groups',
    proves: 'pods can have security groups of their own',
    needed: ({ podSecurityGroups }) => podSecurityGroups,
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
  if (content === null) return pass(`${namespace} is not there yet, and will be created`);
  if (textAt(content, 'status', 'phase') !== 'Active') return leaving(namespace, content);
  if (textAt(content, 'metadata', 'labels', 'app.kubernetes.io/name') === APPLICATION_LABEL)
    return pass(`${namespace} was created by this project`);
  return fail(
    `${namespace} is there already, and was made by somebody else`,
    `write \`namespace: { name: ${namespace}, create: false }\` in the environment file, or choose another name`,
  );
}

function isThere(namespace: string, content: unknown): Finding {
  if (content === null) return fail(`${namespace} is not there`);
  return textAt(content, 'status', 'phase') === 'Active' ? pass(`${namespace} is there`) : leaving(namespace, content);
}

function leaving(namespace: string, content: unknown): Finding {
  const phase = textAt(content, 'status', 'phase') || 'in no phase';
  return fail(`${namespace} is ${phase}`, `kubectl get namespace ${namespace} --output yaml says what it waits for`);
}
