import { EksCluster, type EksClusterProps } from '../../../../constructs/aws/iam/eks-cluster';
import { PodRole, READ_SECRET } from '../../../../constructs/aws/iam/pod-role';
import { ImportedSecret } from '../../../../constructs/aws/secrets/generated-secret';
import { EncryptionKey } from '../../../../constructs/aws/storage/encryption-key';
import { account, existingKey, KEY_ARN } from '../../../support/synth/cluster';
import { type Block, Template } from '../../../support/synth/template';

const PROVIDER_ARN = 'arn:aws-cn:iam::111122223333:oidc-provider/oidc.eks.cn-north-1.amazonaws.com.cn/id/AB';

function roleOf(given: Partial<EksClusterProps>, grant: (role: PodRole, key: ReturnType<typeof existingKey>) => void) {
  return Template.of((stack) => {
    const cluster = new EksCluster(stack, 'eks', { name: 'platform', ...given });
    const settings = { description: 'reads', account: account(stack), cluster };
    const serviceAccount = { namespace: 'control-plane', name: 'reader' };
    const role = new PodRole(stack, 'role', { ...settings, name: 'prod-agent-bom-secret-reader', serviceAccount });
    grant(role, existingKey(stack));
  });
}

const none = () => undefined;
const trustOf = (template: Template): Block =>
  template.data('aws_iam_policy_document', ({ statement }) => statement[0].principals !== undefined).statement;
const policyOf = (template: Template): Block =>
  template.data('aws_iam_policy_document', ({ statement }) => statement[0].resources !== undefined).statement;

describe('the role of a pod', () => {
  it('is by default for one ServiceAccount of one cluster, by its OIDC provider', () => {
    const template = roleOf({}, none);
    expect(trustOf(template)).toEqual([
      {
        actions: ['sts:AssumeRoleWithWebIdentity'],
        principals: [
          {
            type: 'Federated',
            identifiers: [expect.stringMatching(/^\$\{data\.aws_iam_openid_connect_provider\..*\.arn\}$/)],
          },
        ],
        condition: [
          {
            test: 'StringEquals',
            variable: expect.stringMatching(/^\$\{replace\(data\.aws_eks_cluster\..*issuer, "https:\/\/", ""\)\}:sub$/),
            values: ['system:serviceaccount:control-plane:reader'],
          },
          { test: 'StringEquals', variable: expect.stringMatching(/\}:aud$/), values: ['sts.amazonaws.com'] },
        ],
      },
    ]);
    expect(template.inventory()).toEqual(['aws_iam_role']);
    expect(template.unresolvedReferences()).toEqual([]);
  });

  it('takes the OIDC provider that is given, and then looks none up', () => {
    const template = roleOf({ oidcProviderArn: PROVIDER_ARN }, none);
    expect(trustOf(template)[0].principals).toEqual([{ type: 'Federated', identifiers: [PROVIDER_ARN] }]);
    expect(template.text).not.toContain('aws_iam_openid_connect_provider');
  });

  it('looks the OIDC provider up once for all roles', () => {
    const template = Template.of((stack) => {
      const cluster = new EksCluster(stack, 'eks', { name: 'platform' });
      const settings = { description: 'x', account: account(stack), cluster };
      for (const name of ['one', 'two']) {
        new PodRole(stack, name, { ...settings, name, serviceAccount: { namespace: 'n', name } });
      }
    });
    expect(template.data('aws_iam_openid_connect_provider').url).toMatch(/issuer\}$/);
  });

  it('is with Pod Identity for the same ServiceAccount, by an association and by what the agent states', () => {
    const template = roleOf({ podRoles: 'pod-identity' }, none);
    expect(trustOf(template)).toEqual([
      {
        actions: ['sts:AssumeRole', 'sts:TagSession'],
        principals: [{ type: 'Service', identifiers: ['pods.eks.amazonaws.com'] }],
        condition: [
          equals('aws:SourceAccount', expect.stringMatching(/^\$\{data\.aws_caller_identity\..*\.account_id\}$/)),
          equals('aws:RequestTag/eks-cluster-arn', expect.stringMatching(/^\$\{data\.aws_eks_cluster\..*\.arn\}$/)),
          equals('aws:RequestTag/kubernetes-namespace', 'control-plane'),
          equals('aws:RequestTag/kubernetes-service-account', 'reader'),
        ],
      },
    ]);
    expect(template.resource('aws_eks_pod_identity_association')).toEqual({
      cluster_name: 'platform',
      namespace: 'control-plane',
      service_account: 'reader',
      role_arn: expect.stringMatching(/^\$\{aws_iam_role\..*\.arn\}$/),
    });
    expect(template.inventory()).toEqual(['aws_eks_pod_identity_association', 'aws_iam_role']);
    expect(template.text).not.toContain('openid');
    expect(template.unresolvedReferences()).toEqual([]);
  });
});

describe('the role may', () => {
  it('read the given secrets and do nothing else', () => {
    const template = roleOf({}, (role, key) => {
      for (const arn of ['arn:one', 'arn:two']) ImportedSecret.fromSecretArn(arn, key).grantRead(role);
    });
    expect(policyOf(template)).toEqual([
      {
        actions: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
        resources: ['arn:one', 'arn:two'],
      },
      {
        actions: ['kms:Decrypt'],
        resources: [KEY_ARN],
        condition: [
          {
            test: 'StringEquals',
            variable: 'kms:ViaService',
            values: [expect.stringMatching(/^secretsmanager\.eu-west-1\.\$\{data\.aws_partition\..*\.dns_suffix\}$/)],
          },
        ],
      },
    ]);
    expect(template.inventory()).toEqual(['aws_iam_role', 'aws_iam_role_policy']);
    expect(template.unresolvedReferences()).toEqual([]);
  });

  it('read a secret whose key is not known here, and decrypt with no key', () => {
    const template = roleOf({}, (role) => ImportedSecret.fromSecretArn('arn:one').grantRead(role));
    expect(policyOf(template)).toEqual([{ actions: READ_SECRET, resources: ['arn:one'] }]);
  });

  it('read secrets of several keys, and decrypt with each of these that is known, whichever came last', () => {
    const other = KEY_ARN.replace(/.$/, '0');
    const template = roleOf({}, (role, key) => {
      const { account: here } = key;
      const second = EncryptionKey.fromArn(role, 'second', { arn: other, account: here });
      for (const [arn, one] of [
        ['arn:one', key],
        ['arn:two', second],
        ['arn:three', key],
        ['arn:four', undefined],
      ] as const)
        ImportedSecret.fromSecretArn(arn, one).grantRead(role);
    });
    const [read, ...decrypt] = policyOf(template) as unknown as Block[];
    expect(read?.resources).toEqual(['arn:one', 'arn:two', 'arn:three', 'arn:four']);
    expect(decrypt.map(({ actions, resources }) => [actions, resources])).toEqual([
      [['kms:Decrypt'], [KEY_ARN]],
      [['kms:Decrypt'], [other]],
    ]);
  });

  it('do two different things, by two policies', () => {
    const template = roleOf({}, (role) => {
      role.allow('read', [{ actions: ['a:Read'], resources: ['arn:a'] }]);
      role.allow('write', [{ actions: ['a:Write'], resources: ['arn:a'] }]);
    });
    expect(template.addresses().filter((address) => address.startsWith('aws_iam_role_policy.'))).toEqual([
      expect.stringMatching(/\.role_policy_[0-9A-F]{8}$/),
      expect.stringMatching(/\.role_write-policy_[0-9A-F]{8}$/),
    ]);
  });

  it('do what managed policies say, in whatever order they are listed', () => {
    const attachments = (...arns: string[]) =>
      roleOf({}, (role) => role.attach(arns)).json.resource.aws_iam_role_policy_attachment;
    const arns = [
      'arn:aws:iam::aws:policy/job-function/ViewOnlyAccess',
      'arn:aws:iam::111122223333:policy/scan',
    ] as const;
    expect(
      Object.values<Block>(attachments(...arns))
        .map(({ policy_arn: arn }) => arn)
        .sort(),
    ).toEqual([...arns].sort());
    expect(attachments(arns[1], arns[0])).toEqual(attachments(...arns));
  });
});

function equals(variable: string, value: unknown) {
  return { test: 'StringEquals', variable, values: [value] };
}
