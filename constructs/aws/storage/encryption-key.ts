import {
  DataAwsIamPolicyDocument,
  type DataAwsIamPolicyDocumentStatement,
} from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';
import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key';
import type { TerraformProvider } from 'cdktf';
import { Construct } from 'constructs';
import type { AwsAccount } from '../iam/aws-account';

/** What the account may do to the key itself. None of it reads or writes what the key protects. */
const ADMINISTRATION = [
  'kms:CancelKeyDeletion',
  'kms:CreateAlias',
  'kms:DeleteAlias',
  'kms:DescribeKey',
  'kms:DisableKey',
  'kms:DisableKeyRotation',
  'kms:EnableKey',
  'kms:EnableKeyRotation',
  'kms:GetKeyPolicy',
  'kms:GetKeyRotationStatus',
  'kms:ListGrants',
  'kms:ListKeyPolicies',
  'kms:ListResourceTags',
  'kms:PutKeyPolicy',
  'kms:RevokeGrant',
  'kms:ScheduleKeyDeletion',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:UpdateAlias',
  'kms:UpdateKeyDescription',
];
const USE = ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'];
/** Services through which the account uses the key; a request that does not come through one of them is refused. */
const SERVICES = ['rds', 'secretsmanager', 's3'];
/** Services that publish to the topic as themselves; called the same in every partition. */
const NOTIFYING_SERVICES = ['cloudwatch.amazonaws.com', 'events.rds.amazonaws.com'];
/** The longest that KMS offers: whatever is encrypted with the key is lost when it is over. */
const DELETION_WINDOW_DAYS = 30;

/** Which key, and where. */
export interface EncryptionKeyProps {
  /** Alias of the key, beginning with `alias/`, at most 256 characters. */
  readonly alias: string;
  /** Account that administers the key and uses it through its services. */
  readonly account: AwsAccount;
  /** Names of the log groups that CloudWatch Logs may encrypt with the key. */
  readonly logGroups: readonly string[];
  /**
   * Name of the SNS topic for whose messages CloudWatch and the events of RDS may use the key.
   * @default - there is no such topic
   */
  readonly topicName?: string;
  /**
   * ARN of a key that exists already, in the account's region. Its policy has to let the account use it through RDS,
   * Secrets Manager and S3, CloudWatch Logs for the log groups, and CloudWatch and the events of RDS for the topic.
   * Changing it REPLACES the database.
   * @default - a key is created
   */
  readonly existingArn?: string;
  /**
   * Provider that works in the region of the key.
   * @default - the one of the stack's region
   */
  readonly provider?: TerraformProvider;
}

/**
 * The one KMS key of an environment: storage, backups, logs and secrets. Its policy divides administration, which cannot
 * decrypt, from use, which is possible through the services of this account alone and needs a policy of the caller too.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
 */
export class EncryptionKey extends Construct {
  /** ARN of the key. */
  readonly arn: string;
  private readonly account: AwsAccount;

  constructor(scope: Construct, id: string, props: EncryptionKeyProps) {
    super(scope, id);
    this.account = props.account;
    this.arn = props.existingArn ?? this.createKey(props).arn;
  }

  /** Statement for the policy of a role that uses the key through one service. */
  useThrough(service: string, actions: readonly string[]): DataAwsIamPolicyDocumentStatement {
    return { actions: [...actions], resources: [this.arn], condition: [this.through([service])] };
  }

  private createKey(props: EncryptionKeyProps): KmsKey {
    const { alias, provider } = props;
    const key = new KmsKey(this, 'key', {
      provider,
      description: 'agent-bom control plane: storage, backups and secrets of its database',
      enableKeyRotation: true,
      deletionWindowInDays: DELETION_WINDOW_DAYS,
      policy: this.policy(props).json,
    });
    new KmsAlias(this, 'alias', { provider, name: alias, targetKeyId: key.keyId });
    return key;
  }

  private policy({ logGroups, topicName }: EncryptionKeyProps): DataAwsIamPolicyDocument {
    const account = [{ type: 'AWS', identifiers: [this.account.root] }];
    // In the policy of a key, `*` is the key itself.
    const resources = ['*'];
    const toServices = { test: 'Bool', variable: 'kms:GrantIsForAWSResource', values: ['true'] };
    return new DataAwsIamPolicyDocument(this, 'policy', {
      statement: [
        { sid: 'Administration', principals: account, actions: ADMINISTRATION, resources },
        {
          sid: 'UseThroughServices',
          principals: account,
          actions: USE,
          resources,
          condition: [this.through(SERVICES)],
        },
        {
          sid: 'GrantsToServices',
          principals: account,
          actions: ['kms:CreateGrant'],
          resources,
          condition: [this.through(SERVICES), toServices],
        },
        this.logging(logGroups),
        ...(topicName === undefined ? [] : [this.notifying(topicName)]),
      ],
    });
  }

  /** CloudWatch Logs comes as itself, not on behalf of a caller; the context says for which log group. */
  private logging(logGroups: readonly string[]): DataAwsIamPolicyDocumentStatement {
    const { partition, region, id } = this.account;
    const values = logGroups.map((group) => `arn:${partition}:logs:${region}:${id}:log-group:${group}`);
    return {
      sid: 'Logs',
      principals: [{ type: 'Service', identifiers: [this.account.service('logs')] }],
      actions: [...USE, 'kms:DescribeKey'],
      resources: ['*'],
      condition: [{ test: 'ArnEquals', variable: 'kms:EncryptionContext:aws:logs:arn', values }],
    };
  }

  /** The services come as themselves; the context, which SNS adds, says for which topic. */
  private notifying(topicName: string): DataAwsIamPolicyDocumentStatement {
    const { partition, region, id } = this.account;
    const values = [`arn:${partition}:sns:${region}:${id}:${topicName}`];
    return {
      sid: 'Notifications',
      principals: [{ type: 'Service', identifiers: [...NOTIFYING_SERVICES] }],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      resources: ['*'],
      condition: [{ test: 'ArnEquals', variable: 'kms:EncryptionContext:aws:sns:topicArn', values }],
    };
  }

  private through(services: readonly string[]) {
    const values = services.map((service) => this.account.service(service));
    return { test: 'StringEquals', variable: 'kms:ViaService', values };
  }
}
