import { AwsAccount } from '../../../../constructs/aws/iam/aws-account';
import { EncryptionKey } from '../../../../constructs/aws/storage/encryption-key';
import { existingKey, KEY_ARN } from '../../../support/synth/cluster';
import { type Block, Template } from '../../../support/synth/template';

const template = Template.of((stack) => {
  const account = new AwsAccount(stack, 'account', { region: 'eu-west-1' });
  new EncryptionKey(stack, 'encryption', { alias: 'alias/prod-agent-bom', account, logGroups: ['/logs/a', '/logs/b'] });
});

describe('the key', () => {
  it('is rotated, can be found by its alias, and is slow to go', () => {
    expect(template.inventory()).toEqual(['aws_kms_alias', 'aws_kms_key']);
    expect(template.resource('aws_kms_key')).toMatchObject({ enable_key_rotation: true, deletion_window_in_days: 30 });
    expect(template.resource('aws_kms_alias')).toMatchObject({
      name: 'alias/prod-agent-bom',
      target_key_id: expect.stringMatching(/^\$\{aws_kms_key\..*\.key_id\}$/),
    });
    expect(template.unresolvedReferences()).toEqual([]);
  });

  it('is administered and used by the account, and used through services alone', () => {
    const { statement } = template.data('aws_iam_policy_document');
    const root = /^arn:\$\{data\.aws_partition\..*\.partition\}:iam::\$\{data\.aws_caller_identity\..*\}:root$/;
    const [administration, ...uses] = statement.slice(0, -1) as Block[];
    for (const { principals } of [administration, ...uses]) {
      expect(principals).toEqual([{ type: 'AWS', identifiers: [expect.stringMatching(root)] }]);
    }
    expect(administration.actions.filter((action: string) => /\*|crypt|DataKey|CreateGrant/.test(action))).toEqual([]);
    expect(administration.actions.map((action: string) => action.replace('kms:', ''))).toEqual([
      'CancelKeyDeletion',
      'CreateAlias',
      'DeleteAlias',
      'DescribeKey',
      'DisableKey',
      'DisableKeyRotation',
      'EnableKey',
      'EnableKeyRotation',
      'GetKeyPolicy',
      'GetKeyRotationStatus',
      'ListGrants',
      'ListKeyPolicies',
      'ListResourceTags',
      'PutKeyPolicy',
      'RevokeGrant',
      'ScheduleKeyDeletion',
      'TagResource',
      'UntagResource',
      'UpdateAlias',
      'UpdateKeyDescription',
    ]);
    for (const { condition } of uses) {
      expect(condition[0]).toMatchObject({ test: 'StringEquals', variable: 'kms:ViaService' });
      expect(condition[0].values.map((value: string) => value.split('.')[0])).toEqual(['rds', 'secretsmanager', 's3']);
    }
    expect(uses[0]?.actions).toEqual(['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*']);
    expect(uses[1].actions).toEqual(['kms:CreateGrant']);
    expect(uses[1].condition[1]).toEqual({ test: 'Bool', variable: 'kms:GrantIsForAWSResource', values: ['true'] });
  });

  it('encrypts these logs and no others', () => {
    const logs = template.data('aws_iam_policy_document').statement.at(-1);
    expect(logs.principals).toEqual([{ type: 'Service', identifiers: [expect.stringMatching(/^logs\.eu-west-1\./)] }]);
    expect(logs.actions).not.toContain('kms:*');
    expect(logs.condition).toEqual([
      {
        test: 'ArnEquals',
        variable: 'kms:EncryptionContext:aws:logs:arn',
        values: [expect.stringMatching(/:log-group:\/logs\/a$/), expect.stringMatching(/:log-group:\/logs\/b$/)],
      },
    ]);
  });

  it('has without settings no alias, and encrypts no logs', () => {
    const bare = Template.of((stack) => {
      new EncryptionKey(stack, 'encryption');
    });
    expect(bare.inventory()).toEqual(['aws_kms_key']);
    const { statement } = bare.data('aws_iam_policy_document');
    expect(statement.map(({ sid }: Block) => sid)).toEqual([
      'Administration',
      'UseThroughServices',
      'GrantsToServices',
    ]);
    expect(statement[1].condition[0].values[0]).toMatch(/^rds\.\$\{data\.aws_region\.\w+\.region\}\./);
    expect(bare.unresolvedReferences()).toEqual([]);
  });

  it('may exist already, and is then left as it is', () => {
    const existing = Template.of((stack) => expect(existingKey(stack).arn).toBe(KEY_ARN));
    expect(existing.inventory()).toEqual([]);
  });
});
