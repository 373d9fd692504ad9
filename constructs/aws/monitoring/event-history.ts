import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { CloudwatchLogResourcePolicy } from '@cdktf/provider-aws/lib/cloudwatch-log-resource-policy';
import { DataAwsIamPolicyDocument } from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';
import { Construct } from 'constructs';
import type { EncryptionKey } from '../storage/encryption-key';
import type { ExpectedEvent } from './expected-event';

/** Which events are kept, and for how long. */
export interface EventHistoryProps {
  /** Name of the log group, beginning with `/aws/events/`, and after that of its policy. */
  readonly name: string;
  /** Key that encrypts them; its policy lets CloudWatch Logs use it for this log group. */
  readonly key: EncryptionKey;
  /** Events that are kept, with the rules that match them. */
  readonly events: readonly ExpectedEvent[];
  /** Days that an event is kept; one of the numbers that CloudWatch Logs offers. */
  readonly retentionDays: number;
}

/**
 * Log group with the events that are expected: when was the last backup, and how large was it. A rule that leads
 * nowhere is not sure to be counted, which is why the alarms need this.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
 */
export class EventHistory extends Construct {
  constructor(scope: Construct, id: string, { name, key, events, retentionDays }: EventHistoryProps) {
    super(scope, id);
    const group = new CloudwatchLogGroup(this, 'group', { name, kmsKeyId: key.arn, retentionInDays: retentionDays });
    new CloudwatchLogResourcePolicy(this, 'policy', {
      policyName: name.slice(1).replaceAll('/', '-'),
      policyDocument: this.policy(group, events).json,
    });
    for (const { node, rule } of events) {
      new CloudwatchEventTarget(this, `target-${node.id}`, { rule: rule.name, arn: group.arn });
    }
  }

  private policy(group: CloudwatchLogGroup, events: readonly ExpectedEvent[]): DataAwsIamPolicyDocument {
    const services = ['delivery.logs.amazonaws.com', 'events.amazonaws.com'];
    const common = { principals: [{ type: 'Service', identifiers: services }], resources: [`${group.arn}:*`] };
    const rules = events.map(({ rule }) => rule.arn);
    return new DataAwsIamPolicyDocument(this, 'rules', {
      statement: [
        { ...common, actions: ['logs:CreateLogStream'] },
        {
          ...common,
          actions: ['logs:PutLogEvents'],
          condition: [{ test: 'ArnEquals', variable: 'aws:SourceArn', values: rules }],
        },
      ],
    });
  }
}
