import { EksCluster } from '../../../../constructs/aws/iam/eks-cluster';
import { PodRole } from '../../../../constructs/aws/iam/pod-role';
import { SecretPolicy } from '../../../../constructs/aws/secrets/secret-policy';
import { account } from '../../../support/synth/cluster';
import { Template } from '../../../support/synth/template';

const template = Template.of((stack) => {
  const here = account(stack);
  const reader = new PodRole(stack, 'reader', {
    name: 'reader',
    description: 'reads',
    account: here,
    cluster: new EksCluster(stack, 'eks', { name: 'platform' }),
    serviceAccount: { namespace: 'n', name: 'reader' },
  });
  new SecretPolicy(stack, 'secret-policy', { secret: { arn: 'arn:secret' }, account: here, readers: [reader] });
});
const { statement } = template.data('aws_iam_policy_document', ({ statement: [first] }) => first.sid === 'Readers');

describe('the policy of a secret', () => {
  it('is on the secret, and never makes it public', () => {
    expect(template.resource('aws_secretsmanager_secret_policy')).toEqual({
      secret_arn: 'arn:secret',
      policy: expect.stringMatching(/^\$\{data\.aws_iam_policy_document\..*\.json\}$/),
      block_public_policy: true,
    });
    expect(template.unresolvedReferences()).toEqual([]);
  });

  it('lets the reader read, and no one do anything else', () => {
    expect(statement[0]).toEqual({
      sid: 'Readers',
      principals: [{ type: 'AWS', identifiers: [expect.stringMatching(/^\$\{aws_iam_role\.reader_role_\w+\.arn\}$/)] }],
      actions: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
      resources: ['arn:secret'],
    });
  });

  it('refuses other accounts and plain connections, and no one within the account', () => {
    const denial = {
      effect: 'Deny',
      principals: [{ type: '*', identifiers: ['*'] }],
      actions: ['secretsmanager:*'],
      resources: ['arn:secret'],
    };
    expect(statement.slice(1)).toEqual([
      {
        ...denial,
        sid: 'OtherAccounts',
        condition: [
          {
            test: 'StringNotEquals',
            variable: 'aws:PrincipalAccount',
            values: [expect.stringMatching(/^\$\{data\.aws_caller_identity\..*\.account_id\}$/)],
          },
        ],
      },
      {
        ...denial,
        sid: 'PlainConnections',
        condition: [{ test: 'Bool', variable: 'aws:SecureTransport', values: ['false'] }],
      },
    ]);
  });
});
