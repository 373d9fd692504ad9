import {
  DataAwsIamPolicyDocument,
  type DataAwsIamPolicyDocumentStatement,
} from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import { SnsTopicPolicy } from '@cdktf/provider-aws/lib/sns-topic-policy';
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { AwsAccount } from '../iam/aws-account';
import type { EncryptionKey } from '../storage/encryption-key';

/** Which topic, and who hears of it. */
export interface AlarmTopicProps {
  /** Name of the topic, at most 256 characters. Changing it REPLACES the topic and every subscription. */
  readonly name: string;
  /** Account whose alarms and events may publish. */
  readonly account: AwsAccount;
  /** Key that encrypts the messages. It was told of the topic's name: otherwise no one could publish. */
  readonly key: EncryptionKey;
  /**
   * ARN of a topic that exists already, in the account's region. Its policy, and that of its key, have to let CloudWatch
   * and the events of RDS publish.
   * @default - a topic is created
   */
  readonly existingArn?: string;
  /** Addresses that get every message, once they have confirmed the first. */
  readonly emails: readonly string[];
}

/**
 * SNS topic for alarms and events. Only the alarms of this account and its events of RDS may publish to one that is made
 * here, beside those whom their own policies allow.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
 */
export class AlarmTopic extends Construct {
  /** ARN of the topic. */
  readonly arn: string;
  /** What has to exist before RDS accepts the topic: it sends a message to find out. */
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: AlarmTopicProps) {
    super(scope, id);
    const created = props.existingArn === undefined ? this.createTopic(props) : undefined;
    this.arn = created?.arn ?? props.existingArn ?? '';
    this.ready = created === undefined ? [] : [this.createPolicy(created.arn, props.account)];
    for (const endpoint of props.emails) {
      new SnsTopicSubscription(this, endpoint, { topicArn: this.arn, protocol: 'email', endpoint });
    }
  }

  /** What an alarm does when it sounds and when it is over. */
  get actions() {
    return { alarmActions: [this.arn], okActions: [this.arn] };
  }

  private createTopic({ name, key }: AlarmTopicProps): SnsTopic {
    return new SnsTopic(this, 'topic', { name, displayName: 'agent-bom database', kmsMasterKeyId: key.arn });
  }

  private createPolicy(topicArn: string, account: AwsAccount): SnsTopicPolicy {
    const { partition, region, id } = account;
    const policy = new DataAwsIamPolicyDocument(this, 'rules', {
      statement: [
        publish('Alarms', 'cloudwatch.amazonaws.com', `arn:${partition}:cloudwatch:${region}:${id}:alarm:*`),
        publish('DatabaseEvents', 'events.rds.amazonaws.com', `arn:${partition}:rds:${region}:${id}:*`),
      ],
    });
    return new SnsTopicPolicy(this, 'policy', { arn: topicArn, policy: policy.json });

    function publish(sid: string, service: string, source: string): DataAwsIamPolicyDocumentStatement {
      return {
        sid,
        principals: [{ type: 'Service', identifiers: [service] }],
        actions: ['sns:Publish'],
        resources: [topicArn],
        condition: [
          { test: 'StringEquals', variable: 'aws:SourceAccount', values: [id] },
          { test: 'ArnLike', variable: 'aws:SourceArn', values: [source] },
        ],
      };
    }
  }
}
