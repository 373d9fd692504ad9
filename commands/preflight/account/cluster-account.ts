import { SECRET_READER } from '../../../contract/names';
import { counted } from '../../shared/output/check-table';
import { at, listAt, textAt } from '../../shared/program-runner';
import { type ClusterAnswer, type Finding, fail, type Preflight, type PreflightCheck, pass, skip } from '../check';
import { askAws, judged, notAsked } from './ask';

/** The cluster of the environment as AWS describes it. */
export async function describeCluster({ cluster, region }: Preflight['environment']): Promise<ClusterAnswer> {
  const answer = await askAws(region, 'eks', 'describe-cluster', '--name', cluster.name);
  if (answer.kind !== 'answered') return { reason: answer.reason, asked: answer.kind === 'absent' };
  const found = at(answer.content, 'cluster');
  const endpoint = textAt(found, 'endpoint');
  if (endpoint === '') return { reason: 'AWS describes a cluster without an endpoint', asked: true };
  return {
    status: textAt(found, 'status'),
    version: textAt(found, 'version'),
    endpoint,
    issuer: textAt(found, 'identity', 'oidc', 'issuer').replace('https://', ''),
    vpcId: textAt(found, 'resourcesVpcConfig', 'vpcId'),
    subnetIds: listAt(found, 'resourcesVpcConfig', 'subnetIds').map(String),
  };
}

/** What the account has to have for the cluster and its pods. */
export const CLUSTER_ACCOUNT_CHECKS: readonly PreflightCheck[] = [
  {
    id: 'account.cluster',
    proves: 'the EKS cluster exists and is active',
    run: async ({ cluster }) => {
      const found = await cluster;
      if ('reason' in found) return noCluster(found);
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
      if ('reason' in found) return notAsked(`the issuer of the cluster is not known: ${found.reason}`);
      return judged(await askAws(environment.region, 'iam', 'list-open-id-connect-providers'), (content) => {
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
      return judged(await askAws(region, 'eks', 'describe-addon', ...addon), (content) => {
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
          const finding = judged(answer, secretFinding);
          return { ...finding, detail: `${name}: ${finding.detail}` };
        }),
      );
      const details = (status: Finding['status']): string =>
        answers
          .filter((answer) => answer.status === status)
          .map(({ detail }) => detail)
          .join('; ');
      if (details('fail') !== '') return fail(details('fail'));
      return details('skip') === '' ? pass(counted(named.length, 'secret')) : skip(details('skip'));
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
      return judged(await askAws(region, 'iam', 'get-role', '--role-name', name), (content) => {
        const trust = JSON.stringify(at(content, 'Role', 'AssumeRolePolicyDocument') ?? '');
        const subject = `system:serviceaccount:${namespace}:${SECRET_READER}`;
        return trusts(trust, subject) ? pass(subject) : fail(`the trust of ${name} does not name ${subject}`);
      });
    },
    fix: () => 'give the role the trust policy that docs/set-up/bring-your-own-postgres.md shows',
  },
];

function secretFinding(content: unknown): Finding {
  if (textAt(content, 'ARN') === '') return fail('AWS describes no secret');
  return at(content, 'DeletedDate') === undefined ? pass('exists') : fail('it is scheduled for deletion');
}

function noCluster({ reason, asked }: { readonly reason: string; readonly asked: boolean }): Finding {
  return asked ? fail(reason) : notAsked(reason);
}

/** Whether a policy names a subject, as it is or by a pattern with stars. */
function trusts(policy: string, subject: string): boolean {
  const patterns = policy.match(/system:serviceaccount:[^"]+/g) ?? [];
  return patterns.some((pattern) => {
    const literal = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${literal.join('.*')}$`).test(subject);
  });
}
