import {
  DataAwsIamPolicyDocument,
  type DataAwsIamPolicyDocumentStatement,
} from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import { SnsTopicPolicy } from '@cdktf/provider-aws/lib/sns-topic-policy';
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { AwsAccount } from '../iam/aws-account';
import type { EncryptionKey } from '../storage/encryption-key';

/** Which topic, and who hears of it. */
export interface AlarmTopicProps {
  /** Name of the topic, at most 256 characters. Changing it REPLACES the topic and every subscription. */
  readonly name: string;
  /**
   * Account whose alarms and events may publish.
   * @default - the account and the region of the provider
   */
  readonly account?: AwsAccount;
  /** Key that encrypts the messages. It was told of the topic's name: otherwise no one could publish. */
  readonly key: EncryptionKey;
  /**
   * Addresses that get every message, once they have confirmed the first.
   * @default - no subscription is created
   */
  readonly emails?: readonly string[];
}

/** An existing topic, and its subscribers. */
export interface ExistingTopicProps extends Pick<AlarmTopicProps, 'emails'> {
  /**
   * ARN of the topic, in the region of the database. Its policy, and that of its key, have to let CloudWatch and the
   * events of RDS publish.
   */
  readonly topicArn: string;
}

/**
 * SNS topic for alarms and events. Only the alarms of this account and its events of RDS may publish to it, besides those
 * whom their own policies allow.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
 */
export class AlarmTopic extends Construct {
  /** ARN of the topic. */
  readonly arn: string;
  /** What has to exist before RDS accepts the topic: it sends a message to find out. */
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { name, account, key, emails }: AlarmTopicProps) {
    super(scope, id);
    const topic = new SnsTopic(this, 'topic', {
      name,
      displayName: 'agent-bom database',
      kmsMasterKeyId: key.arn,
    });
    this.arn = topic.arn;
    this.ready = [createPolicy(this, this.arn, account ?? new AwsAccount(this, 'account'))];
    subscribe(this, this.arn, emails);
  }

  /** Takes an existing topic: only the subscriptions are created. */
  static fromTopicArn(scope: Construct, id: string, { topicArn, emails }: ExistingTopicProps): AlarmTopic {
    return new ExistingTopic(scope, id, topicArn, emails);
  }

  /** What an alarm does when it sounds and when it is over. */
  get actions() {
    return actionsOf(this.arn);
  }
}

class ExistingTopic extends Construct implements AlarmTopic {
  readonly ready = [];
  readonly actions: AlarmTopic['actions'];

  constructor(
    scope: Construct,
    id: string,
    readonly arn: string,
    emails: AlarmTopicProps['emails'],
  ) {
    super(scope, id);
    this.actions = actionsOf(arn);
    subscribe(this, arn, emails);
  }
}

function actionsOf(topicArn: string) {
  return { alarmActions: [topicArn], okActions: [topicArn] };
}

function subscribe(scope: Construct, topicArn: string, emails: readonly string[] = []): void {
  for (const endpoint of emails) new SnsTopicSubscription(scope, endpoint, { topicArn, protocol: 'email', endpoint });
}

function createPolicy(scope: Construct, topicArn: string, { partition, region, id }: AwsAccount): SnsTopicPolicy {
  const publish = (sid: string, service: string, source: string): DataAwsIamPolicyDocumentStatement => ({
    sid,
    principals: [{ type: 'Service', identifiers: [service] }],
    actions: ['sns:Publish'],
    resources: [topicArn],
    condition: [
      { test: 'StringEquals', variable: 'aws:SourceAccount', values: [id] },
      { test: 'ArnLike', variable: 'aws:SourceArn', values: [source] },
    ],
  });
  const policy = new DataAwsIamPolicyDocument(scope, 'rules', {
    statement: [
      publish('Alarms', 'cloudwatch.amazonaws.com', `arn:${partition}:cloudwatch:${region}:${id}:alarm:*`),
      publish('DatabaseEvents', 'events.rds.amazonaws.com', `arn:${partition}:rds:${region}:${id}:*`),
    ],
  });
  return new SnsTopicPolicy(scope, 'policy', { arn: topicArn, policy: policy.json });
}
