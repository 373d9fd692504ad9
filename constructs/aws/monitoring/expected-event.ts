import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { Construct } from 'constructs';
import type { AlarmTopic } from './alarm-topic';

const HOUR = 60 * 60;

/** Which event is expected, and how often. */
export interface ExpectedEventProps {
  /** Name of the rule and of the alarm, at most 64 characters. */
  readonly name: string;
  /** What has happened when the alarm sounds, and what to do: shown in its messages. */
  readonly description: string;
  /**
   * Pattern of the event.
   * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
   */
  readonly pattern: object;
  /** Hours without the event after which the alarm sounds, 1 to 168: CloudWatch looks back a week and no further. */
  readonly hours: number;
  /** Topic that hears of the event's absence, and of its return. */
  readonly topic: AlarmTopic;
}

/**
 * Alarm for something that has not happened: a rule that matches the event, and an alarm when CloudWatch has counted none
 * for so many hours in a row. An hour in which nothing is counted has no value at all, so that a missing value is the
 * bad one. From its creation to the first event the alarm sounds, which is true: there is no backup yet.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
 */
export class ExpectedEvent extends Construct {
  /** Rule that matches the event. */
  readonly rule: CloudwatchEventRule;

  constructor(scope: Construct, id: string, { name, description, pattern, hours, topic }: ExpectedEventProps) {
    super(scope, id);
    this.rule = new CloudwatchEventRule(this, 'rule', {
      name,
      description: `Counts what the alarm ${name} expects`,
      eventPattern: JSON.stringify(pattern),
    });
    new CloudwatchMetricAlarm(this, 'alarm', {
      ...topic.actions,
      alarmName: name,
      alarmDescription: description,
      namespace: 'AWS/Events',
      metricName: 'TriggeredRules',
      dimensions: { RuleName: this.rule.name },
      statistic: 'Sum',
      period: HOUR,
      evaluationPeriods: hours,
      datapointsToAlarm: hours,
      comparisonOperator: 'LessThanThreshold',
      threshold: 1,
      treatMissingData: 'breaching',
    });
  }
}
