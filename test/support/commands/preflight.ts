import { minimal, minimalExisting } from '../synth/environments';
import { EMPTY_ACCOUNT } from './account';
import type { StandInAnswers } from './stand-ins';

const ENDPOINT = 'https://0123456789ABCDEF0123456789ABCDEF.gr7.eu-west-1.eks.amazonaws.com';
const ISSUER = 'oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF';

export type Programs = Readonly<Record<'terraform' | 'aws' | 'kubectl', StandInAnswers>>;

const served = (...versions: readonly (readonly [name: string, served: boolean])[]) => ({
  spec: { versions: versions.map(([name, isServed]) => ({ name, served: isServed })) },
});
const deployment = (availableReplicas?: number) => ({
  items: [{ metadata: { namespace: 'external-secrets', name: 'external-secrets' }, status: { availableReplicas } }],
});
const namespaced = (phase: string, labels = {}) => ({ metadata: { labels }, status: { phase } });
const cluster = (change: object = {}) => ({
  cluster: {
    status: 'ACTIVE',
    version: '1.33',
    endpoint: ENDPOINT,
    identity: { oidc: { issuer: `https://${ISSUER}` } },
    resourcesVpcConfig: { vpcId: 'vpc-1', subnetIds: [] },
    ...change,
  },
});
export const context = (server: string, more = {}) => ({
  'current-context': 'platform',
  clusters: [{ name: 'platform', cluster: { server, ...more } }],
});
const quota = (hard: object, used: object) => ({ items: [{ metadata: { name: 'team' }, status: { hard, used } }] });
const limitRange = (max: object) => ({
  items: [{ metadata: { name: 'team' }, spec: { limits: [{ type: 'Container', max }] } }],
});
const role = (subject: string) => ({
  Role: {
    AssumeRolePolicyDocument: {
      Statement: [{ Condition: { StringLike: { [`${ISSUER}:sub`]: subject } } }],
    },
  },
});

/** A machine, an account and a cluster that have everything. */
export const COMPLETE: Programs = {
  terraform: { 'version -json': { terraform_version: '1.11.0' } },
  aws: {
    '--version': 'aws-cli/2.31.0 Python/3.13.7 Linux/6.1',
    ...EMPTY_ACCOUNT,
    'sts get-caller-identity --region eu-west-1': {
      ...{ Account: '111122223333', Arn: 'arn:aws:sts::111122223333:assumed-role/deployer/me' },
    },
    'eks describe-cluster --name platform --region eu-west-1': cluster(),
    'iam list-open-id-connect-providers': {
      OpenIDConnectProviderList: [{ Arn: `arn:aws:iam::111122223333:oidc-provider/${ISSUER}` }],
    },
    'secretsmanager describe-secret --secret-id': { ARN: 'arn', Name: 'name' },
    'iam get-role --role-name reader': role('system:serviceaccount:agent-bom:agent-bom-secret-reader'),
  },
  kubectl: {
    'version --client': { clientVersion: { gitVersion: 'v1.33.1' } },
    'version --output json': { clientVersion: {}, serverVersion: { gitVersion: 'v1.33.4-eks' } },
    'auth can-i create roles': 'yes\n',
    'auth can-i create rolebindings': 'yes\n',
    'auth can-i get deployments': 'yes\n',
    'auth can-i patch deployments': 'yes\n',
    'auth can-i list pods': 'yes\n',
    'config view --minify': context(`${ENDPOINT.toLowerCase()}:443/`),
    'get customresourcedefinition externalsecrets.external-secrets.io': served(['v1', true], ['v1beta1', false]),
    'get customresourcedefinition secretstores.external-secrets.io': served(['v1', true]),
    'get customresourcedefinition prometheusrules.monitoring.coreos.com': served(['v1', true]),
    'get deployments --all-namespaces': deployment(1),
    'get deployment agent-bom-prod-api --namespace agent-bom': '',
    'get namespace agent-bom --ignore-not-found': '',
    'get secrets --namespace agent-bom --selector owner=helm,name=agent-bom,status in (pending-install,': '',
    'get resourcequotas,limitranges --namespace agent-bom': { items: [] },
  },
};

const PROMETHEUS = { controlPlane: { observability: { prometheusRule: { enabled: true } } } };

interface Deviation {
  readonly id: string;
  readonly because: string;
  readonly change: Partial<Programs>;
  readonly environment?: object;
  readonly detail: string;
  readonly fix: string;
  readonly code?: number;
}

const foundNamespace = { ...minimal(), namespace: { name: 'agent-bom', create: false } };
const withRule = { ...minimal(), release: { ...minimal().release, values: PROMETHEUS } };
const kubectl = (answers: StandInAnswers) => ({ kubectl: answers });
const aws = (answers: StandInAnswers) => ({ aws: answers });

export const DEVIATIONS: readonly Deviation[] = [
  {
    id: 'machine.terraform',
    because: 'it is too old',
    change: { terraform: { 'version -json': { terraform_version: '1.10.5' } } },
    detail: 'version 1.10.5',
    fix: 'install Terraform 1.11 or later',
  },
  {
    id: 'machine.terraform',
    because: 'it says no version',
    change: { terraform: { 'version -json': {} } },
    detail: 'version unknown',
    fix: 'install Terraform 1.11 or later',
  },
  {
    id: 'machine.kubectl',
    because: 'it is something else',
    change: kubectl({ 'version --client': '<html></html>' }),
    detail: 'kubectl answered with something that is not JSON',
    fix: 'install kubectl',
  },
  {
    id: 'account.identity',
    because: 'the session has expired',
    change: aws({ 'sts get-caller-identity': { complaint: 'The SSO session has expired. token=hunter2' } }),
    detail: 'The SSO session has expired. token=***',
    fix: 'aws sso login',
    code: 3,
  },
  {
    id: 'account.cluster',
    because: 'it is being made',
    change: aws({ 'eks describe-cluster': cluster({ status: 'CREATING' }) }),
    detail: 'CREATING, Kubernetes 1.33',
    fix: 'aws eks list-clusters --region eu-west-1',
  },
  {
    id: 'account.oidc-provider',
    because: 'there is another one',
    change: aws({ 'iam list-open-id-connect-providers': { OpenIDConnectProviderList: [{ Arn: `arn:x${ISSUER}` }] } }),
    detail: `no provider for the issuer ${ISSUER}`,
    fix: 'eksctl utils associate-iam-oidc-provider --region eu-west-1 --cluster platform --approve',
  },
  {
    id: 'account.secrets',
    because: 'one is deleted',
    change: aws({ 'secretsmanager describe-secret': { ARN: 'arn', DeletedDate: '2026-01-01' } }),
    environment: minimalExisting(),
    detail: expect.stringMatching(/^admin: it is scheduled for deletion; app: /) as unknown as string,
    fix: 'aws secretsmanager list-secrets --region eu-west-1',
  },
  {
    id: 'account.secret-reader',
    because: 'the role trusts another namespace',
    change: aws({ 'iam get-role': role('system:serviceaccount:other:agent-bom-*') }),
    environment: minimalExisting(),
    detail: 'the trust of reader does not name system:serviceaccount:agent-bom:agent-bom-secret-reader',
    fix: 'docs/set-up/bring-your-own-postgres.md',
  },
  {
    id: 'cluster.context',
    because: 'it is another cluster',
    change: kubectl({ 'config view': context('https://other.eks.amazonaws.com') }),
    detail: 'the context platform leads to https://other.eks.amazonaws.com',
    fix: 'aws eks update-kubeconfig --name platform --region eu-west-1',
  },
  {
    id: 'cluster.context',
    because: 'the certificate is not verified',
    change: kubectl({ 'config view': context(ENDPOINT, { 'insecure-skip-tls-verify': true }) }),
    detail: 'the context platform does not verify the certificate of the cluster',
    fix: 'aws eks update-kubeconfig',
  },
  {
    id: 'cluster.reachable',
    because: 'nothing listens',
    change: kubectl({ 'version --output': { complaint: 'Warning: old\nThe connection to the server was refused' } }),
    detail: 'The connection to the server was refused',
    fix: 'aws eks describe-cluster --name platform',
    code: 3,
  },
  {
    id: 'cluster.operator-api',
    because: 'it is not installed',
    change: kubectl({ 'get customresourcedefinition externalsecrets.external-secrets.io': '' }),
    detail: 'externalsecrets.external-secrets.io is not defined',
    fix: 'helm upgrade --install external-secrets',
  },
  {
    id: 'cluster.operator-api',
    because: 'it is too old',
    change: kubectl({
      'get customresourcedefinition externalsecrets.external-secrets.io': served(['v1beta1', true], ['v1', false]),
    }),
    detail: 'externalsecrets.external-secrets.io is served as v1beta1',
    fix: '0.16 or later',
  },
  {
    id: 'cluster.operator',
    because: 'its pod does not run',
    change: kubectl({ 'get deployments': deployment() }),
    detail: 'external-secrets/external-secrets has no available pod',
    fix: 'kubectl describe deployments',
  },
  {
    id: 'cluster.operator',
    because: 'there is none',
    change: kubectl({ 'get deployments': { items: [] } }),
    detail: 'no Deployment is labelled app.kubernetes.io/name=external-secrets',
    fix: 'kubectl describe deployments',
  },
  {
    id: 'cluster.namespace',
    because: 'somebody else made it',
    change: kubectl({ 'get namespace': namespaced('Active') }),
    detail: 'agent-bom exists and is managed elsewhere',
    fix: 'create: false',
  },
  {
    id: 'cluster.namespace',
    because: 'it is being deleted',
    change: kubectl({ 'get namespace': namespaced('Terminating') }),
    detail: 'agent-bom is Terminating',
    fix: 'kubectl get namespace agent-bom --output yaml',
  },
  {
    id: 'cluster.namespace',
    because: 'the file says that it exists',
    change: {},
    environment: foundNamespace,
    detail: 'agent-bom does not exist',
    fix: 'kubectl create namespace agent-bom',
  },
  {
    id: 'cluster.release',
    because: 'an upgrade was interrupted',
    change: kubectl({ 'get secrets': 'sh.helm.release.v1.agent-bom.v3' }),
    detail: 'sh.helm.release.v1.agent-bom.v3',
    fix: 'helm rollback agent-bom --namespace agent-bom',
  },
  {
    id: 'cluster.release',
    because: 'Secrets may not be listed',
    change: kubectl({ 'get secrets': { complaint: 'Error from server (Forbidden): secrets is forbidden' } }),
    detail: 'Error from server (Forbidden): secrets is forbidden',
    fix: 'kubectl auth can-i list secrets --namespace agent-bom',
  },
  {
    id: 'cluster.quota',
    because: 'it is used up',
    change: kubectl({
      'get resourcequotas': quota({ 'limits.memory': '4Gi', pods: '10' }, { 'limits.memory': '3073Mi', pods: '9' }),
    }),
    detail: 'team: limits.memory 3073Mi of 4Gi used',
    fix: 'kubectl describe resourcequotas,limitranges --namespace agent-bom',
  },
  {
    id: 'cluster.quota',
    because: 'a container may not take as much',
    change: kubectl({ 'get resourcequotas': limitRange({ cpu: '999m', memory: '1Gi' }) }),
    detail: 'team: at most 999m cpu a container',
    fix: 'kubectl describe resourcequotas,limitranges --namespace agent-bom',
  },
  {
    id: 'cluster.roles',
    because: 'Roles are created by another team',
    change: kubectl({ 'auth can-i create roles': { complaint: 'no' }, 'auth can-i create rolebindings': 'no\n' }),
    detail:
      'your credentials may not create roles.rbac.authorization.k8s.io, create rolebindings.rbac.authorization.k8s.io in agent-bom',
    fix: 'kubectl create rolebinding deployer --namespace agent-bom --clusterrole admin',
  },
  {
    id: 'cluster.prometheus',
    because: 'the values ask for a rule',
    change: kubectl({ 'get customresourcedefinition prometheusrules.monitoring.coreos.com': '' }),
    environment: withRule,
    detail: 'prometheusrules.monitoring.coreos.com is not defined',
    fix: 'install the Prometheus Operator',
  },
];

export const GREEN: readonly [what: string, environment: object, change: Partial<Programs>][] = [
  ['a new environment', minimal(), {}],
  [
    'a namespace of ours',
    minimal(),
    kubectl({ 'get namespace': namespaced('Active', { 'app.kubernetes.io/name': 'agent-bom-postgres' }) }),
  ],
  ['a namespace that is there already', foundNamespace, kubectl({ 'get namespace': namespaced('Active') })],
  [
    'a server that is there already',
    minimalExisting(),
    aws({ 'iam get-role': role('system:serviceaccount:agent-bom:*') }),
  ],
  ['an alert of the chart', withRule, {}],
  [
    'a quota that the Job just fits into',
    minimal(),
    kubectl({
      'get resourcequotas': quota({ 'limits.memory': '4Gi', cpu: '1' }, { 'limits.memory': '3Gi', cpu: '900m' }),
    }),
  ],
  [
    'a limit that the Job just fits into',
    minimal(),
    kubectl({ 'get resourcequotas': limitRange({ cpu: '1', memory: '1Gi' }) }),
  ],
  ['a newer Terraform', minimal(), { terraform: { 'version -json': { terraform_version: '2.0.0-beta1' } } }],
];
