import { SECRET_READER } from '../../contract/names';
import { counted } from '../shared/check-table';
import { askAws, at, listAt, textAt } from '../shared/program-runner';
import { type ClusterAnswer, fail, given, type Preflight, type PreflightCheck, pass } from './check';

/** The cluster of the environment as AWS describes it. */
export async function describeCluster({ cluster, region }: Preflight['environment']): Promise<ClusterAnswer> {
  const answer = await askAws(region, 'eks', 'describe-cluster', '--name', cluster.name);
  if (answer.kind !== 'answered') return { reason: answer.reason };
  const found = at(answer.content, 'cluster');
  const endpoint = textAt(found, 'endpoint');
  if (endpoint === '') return { reason: 'AWS describes a cluster without an endpoint' };
  return {
    status: textAt(found, 'status'),
    version: textAt(found, 'version'),
    endpoint,
    issuer: textAt(found, 'identity', 'oidc', 'issuer').replace('https://', ''),
  };
}

/** What the account has to have. */
export const ACCOUNT_CHECKS: readonly PreflightCheck[] = [
  {
    id: 'account.identity',
    proves: 'AWS accepts the credentials of this machine',
    run: async ({ environment }) =>
      given(await askAws(environment.region, 'sts', 'get-caller-identity'), (content) =>
        textAt(content, 'Arn') === '' ? fail('AWS does not say who this is') : pass(textAt(content, 'Arn')),
      ),
    fix: () => 'aws sso login, or set AWS_PROFILE to a profile of the account that the environment is in',
  },
  {
    id: 'account.cluster',
    proves: 'the EKS cluster exists and is active',
    run: async ({ cluster }) => {
      const found = await cluster;
      if ('reason' in found) return fail(found.reason);
      const what = `${found.status || 'no status'}, Kubernetes ${found.version || 'of an unknown version'}`;
      return found.status === 'ACTIVE' ? pass(what) : fail(what);
    },
    fix: ({ environment: { region, cluster } }) =>
      `aws eks list-clusters --region ${region} lists the names that \`cluster.name\` can have; it is ${cluster.name}. ` +
      'If the cluster is being created or updated, wait until it is active',
  },
  {
    id: 'account.oidc-provider',
    proves: 'IAM trusts the ServiceAccounts of the cluster',
    required: ({ oidcProvider }) => oidcProvider,
    run: async ({ environment, cluster }) => {
      const found = await cluster;
      if ('reason' in found) return fail(found.reason);
      return given(await askAws(environment.region, 'iam', 'list-open-id-connect-providers'), (content) => {
        const arns = listAt(content, 'OpenIDConnectProviderList').map((provider) => textAt(provider, 'Arn'));
        const arn = arns.find(
          (candidate) => found.issuer !== '' && candidate.endsWith(`:oidc-provider/${found.issuer}`),
        );
        return arn === undefined ? fail(`no provider for the issuer ${found.issuer || '(none)'}`) : pass(arn);
      });
    },
    fix: ({ environment: { region, cluster } }) =>
      `eksctl utils associate-iam-oidc-provider --region ${region} --cluster ${cluster.name} --approve`,
  },
  {
    id: 'account.pod-identity',
    proves: 'the agent of EKS Pod Identity runs in the cluster',
    required: ({ podIdentity }) => podIdentity,
    run: async ({ environment: { region, cluster } }) => {
      const addon = ['--cluster-name', cluster.name, '--addon-name', 'eks-pod-identity-agent'];
      return given(await askAws(region, 'eks', 'describe-addon', ...addon), (content) => {
        const status = textAt(content, 'addon', 'status');
        return status === 'ACTIVE' ? pass(status) : fail(status || 'no status');
      });
    },
    fix: ({ environment: { region, cluster } }) =>
      `aws eks create-addon --region ${region} --cluster-name ${cluster.name} --addon-name eks-pod-identity-agent`,
  },
  {
    id: 'account.secrets',
    proves: 'the secrets that the file names exist; their contents are not read',
    required: ({ existingSecrets }) => existingSecrets,
    run: async ({ environment: { region, secrets } }) => {
      const named = Object.entries(secrets.existing ?? {});
      const answers = await Promise.all(
        named.map(async ([name, { arn }]) => {
          const answer = await askAws(region, 'secretsmanager', 'describe-secret', '--secret-id', arn);
          const problem = answer.kind !== 'answered' ? answer.reason : secretProblem(answer.content);
          return problem === undefined ? [] : [`${name}: ${problem}`];
        }),
      );
      const problems = answers.flat();
      return problems.length === 0 ? pass(counted(named.length, 'secret')) : fail(problems.join('; '));
    },
    fix: ({ environment: { region } }) =>
      `aws secretsmanager list-secrets --region ${region} lists the secrets that \`secrets.existing\` can name`,
  },
  {
    id: 'account.secret-reader',
    proves: 'the role that reads the secrets trusts the ServiceAccount that External Secrets uses',
    required: ({ existingSecrets, operator, oidcProvider }) => existingSecrets && operator && oidcProvider,
    run: async ({ environment: { region, namespace, secrets } }) => {
      const name = secrets.readerRoleArn?.split('/').at(-1);
      if (name === undefined) return pass('the file names no role');
      return given(await askAws(region, 'iam', 'get-role', '--role-name', name), (content) => {
        const trust = JSON.stringify(at(content, 'Role', 'AssumeRolePolicyDocument') ?? '');
        const subject = `system:serviceaccount:${namespace}:${SECRET_READER}`;
        return trusts(trust, subject) ? pass(subject) : fail(`the trust of ${name} does not name ${subject}`);
      });
    },
    fix: () => 'give the role the trust policy that docs/bring-your-own-postgres.md shows',
  },
];

/** Asks AWS in the environment's region: the default region of a profile may be another one. */
function secretProblem(content: unknown): string | undefined {
  if (textAt(content, 'ARN') === '') return 'AWS describes no secret';
  return at(content, 'DeletedDate') === undefined ? undefined : 'it is scheduled for deletion';
}

/** Whether a policy names a subject, as it is or by a pattern with stars. */
function trusts(policy: string, subject: string): boolean {
  const patterns = policy.match(/system:serviceaccount:[^"]+/g) ?? [];
  return patterns.some((pattern) => {
    const literal = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${literal.join('.*')}$`).test(subject);
  });
}
