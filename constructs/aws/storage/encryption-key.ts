import {
  DataAwsIamPolicyDocument,
  type DataAwsIamPolicyDocumentStatement,
} from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';
import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key';
import type { TerraformProvider } from 'cdktf';
import { Construct } from 'constructs';
import { AwsAccount } from '../iam/aws-account';

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
  /**
   * Alias of the key, beginning with `alias/`, at most 256 characters.
   * @default - the key has no alias
   */
  readonly alias?: string;
  /**
   * Account that administers the key and uses it through its services.
   * @default - the account and the region of the provider
   */
  readonly account?: AwsAccount;
  /**
   * Names of the log groups that CloudWatch Logs may encrypt with the key.
   * @default - none
   */
  readonly logGroups?: readonly string[];
  /**
   * Name of the SNS topic for whose messages CloudWatch and the events of RDS may use the key.
   * @default - there is no such topic
   */
  readonly topicName?: string;
  /**
   * Provider that works in the region of the key.
   * @default - the one of the stack's region
   */
  readonly provider?: TerraformProvider;
}

/** An existing key. */
export interface ExistingKeyProps extends Pick<EncryptionKeyProps, 'account'> {
  /**
   * ARN of the key, in the account's region. Its policy has to let the account use it through RDS, Secrets Manager and S3,
   * CloudWatch Logs for the log groups, and CloudWatch and the events of RDS for the topic. Changing it REPLACES the
   * database.
   */
  readonly arn: string;
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
  /** Account that uses the key through its services. */
  readonly account: AwsAccount;

  constructor(scope: Construct, id: string, props: EncryptionKeyProps = {}) {
    super(scope, id);
    const { alias, provider } = props;
    this.account = props.account ?? new AwsAccount(this, 'account');
    const key = new KmsKey(this, 'key', {
      provider,
      description: 'agent-bom control plane: storage, backups and secrets of its database',
      enableKeyRotation: true,
      deletionWindowInDays: DELETION_WINDOW_DAYS,
      policy: new DataAwsIamPolicyDocument(this, 'policy', { statement: keyPolicy(this.account, props) }).json,
    });
    if (alias !== undefined) new KmsAlias(this, 'alias', { provider, name: alias, targetKeyId: key.keyId });
    this.arn = key.arn;
  }

  /** Takes an existing key, and leaves it as it is. */
  static fromArn(scope: Construct, id: string, props: ExistingKeyProps): EncryptionKey {
    return new ExistingKey(scope, id, props);
  }

  /** Statement for the policy of a role that uses the key through one service. */
  useThrough(service: string, actions: readonly string[]): DataAwsIamPolicyDocumentStatement {
    return useThrough(this, service, actions);
  }
}

class ExistingKey extends Construct implements EncryptionKey {
  readonly arn: string;
  readonly account: AwsAccount;

  constructor(scope: Construct, id: string, { arn, account }: ExistingKeyProps) {
    super(scope, id);
    this.arn = arn;
    this.account = account ?? new AwsAccount(this, 'account');
  }

  useThrough(service: string, actions: readonly string[]): DataAwsIamPolicyDocumentStatement {
    return useThrough(this, service, actions);
  }
}

function useThrough({ arn, account }: EncryptionKey, service: string, actions: readonly string[]) {
  return { actions: [...actions], resources: [arn], condition: [through(account, [service])] };
}

function keyPolicy(account: AwsAccount, { logGroups = [], topicName }: EncryptionKeyProps) {
  const principals = [{ type: 'AWS', identifiers: [account.root] }];
  // In the policy of a key, `*` is the key itself.
  const resources = ['*'];
  const services = through(account, SERVICES);
  const toServices = { test: 'Bool', variable: 'kms:GrantIsForAWSResource', values: ['true'] };
  const createGrant = { actions: ['kms:CreateGrant'], resources, condition: [services, toServices] };
  return [
    { sid: 'Administration', principals, actions: ADMINISTRATION, resources },
    { sid: 'UseThroughServices', principals, actions: USE, resources, condition: [services] },
    { sid: 'GrantsToServices', principals, ...createGrant },
    ...(logGroups.length === 0 ? [] : [logging(account, logGroups)]),
    ...(topicName === undefined ? [] : [notifying(account, topicName)]),
  ];
}

/** CloudWatch Logs comes as itself, not on behalf of a caller; the context says for which log group. */
function logging(account: AwsAccount, logGroups: readonly string[]): DataAwsIamPolicyDocumentStatement {
  const { partition, region, id } = account;
  const values = logGroups.map((group) => `arn:${partition}:logs:${region}:${id}:log-group:${group}`);
  return {
    sid: 'Logs',
    principals: [{ type: 'Service', identifiers: [account.service('logs')] }],
    actions: [...USE, 'kms:DescribeKey'],
    resources: ['*'],
    condition: [{ test: 'ArnEquals', variable: 'kms:EncryptionContext:aws:logs:arn', values }],
  };
}

/** The services come as themselves; the context, which SNS adds, says for which topic. */
function notifying({ partition, region, id }: AwsAccount, topicName: string): DataAwsIamPolicyDocumentStatement {
  const values = [`arn:${partition}:sns:${region}:${id}:${topicName}`];
  return {
    sid: 'Notifications',
    principals: [{ type: 'Service', identifiers: [...NOTIFYING_SERVICES] }],
    actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
    resources: ['*'],
    condition: [{ test: 'ArnEquals', variable: 'kms:EncryptionContext:aws:sns:topicArn', values }],
  };
}

function through(account: AwsAccount, services: readonly string[]) {
  const values = services.map((service) => account.service(service));
  return { test: 'StringEquals', variable: 'kms:ViaService', values };
}
