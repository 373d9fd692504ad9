import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { DataAwsIamPolicyDocument } from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { SqsQueuePolicy } from '@cdktf/provider-aws/lib/sqs-queue-policy';
import { Construct } from 'constructs';
import { backupEventsQueue, DUMP_PREFIX, VERIFICATION_CRON_JOB, VERIFIED_PREFIX } from '../../../contract/names';
import type { MonitoredDatabase } from '../rds/postgres-server';
import type { BackupBucket } from '../storage/backup-bucket';
import type { AlarmTopic } from './alarm-topic';

const HOUR_SECONDS = 60 * 60;
/** Two weeks: SQS keeps no message longer. */
const LONGEST_RETENTION_SECONDS = 14 * 24 * HOUR_SECONDS;

/** Which backups are expected, and how often. */
export interface BackupWatchProps {
  /** Topic that hears of what is missing. */
  readonly topic: AlarmTopic;
  /** What RDS takes the backups of; the two tell of them in different events. */
  readonly kind: MonitoredDatabase['kind'];
  /** Identifier of the database as text, so that the rule exists before the first backup, which ends its creation. */
  readonly identifier: string;
  /** Bucket that dumps come into. */
  readonly bucket: BackupBucket;
  /** Name of the rule and alarm for the backups that RDS takes, at most 64 characters. */
  readonly databaseBackupRule: string;
  /** Hours without one after which the alarm sounds. */
  readonly databaseBackupHours: number;
  /** Name of the rule and alarm for the dumps, at most 64 characters. */
  readonly dumpRule: string;
  /**
   * Hours without one after which the alarm sounds.
   * @default - no dumps are expected, and there is no alarm for them
   */
  readonly dumpHours?: number;
  /** Name of the rule and alarm for the verifications, at most 64 characters. */
  readonly verificationRule: string;
  /**
   * Hours without one that passed after which the alarm sounds.
   * @default - no verifications are expected, and there is no alarm for them
   */
  readonly verificationHours?: number;
}

/**
 * Alarms when RDS has not finished its daily backup, when no new dump has come into the bucket, and when no verification
 * has passed: there is no measurement of the age of any of them. A dump counts when S3 has stored its manifest, which is
 * uploaded last, and not when it was tried.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventBridge.html
 */
export class BackupWatch extends Construct {
  constructor(scope: Construct, id: string, props: BackupWatchProps) {
    super(scope, id);
    const { bucket, dumpHours, verificationHours } = props;
    const events = [this.expectDatabaseBackup(props)];
    if (dumpHours !== undefined || verificationHours !== undefined) bucket.announceChanges();
    if (dumpHours !== undefined) events.push(this.expectDump(props, dumpHours));
    if (verificationHours !== undefined) events.push(this.expectVerification(props, verificationHours));
    new EventHistory(this, 'history', { name: backupEventsQueue(props.identifier), events });
  }

  private expectDatabaseBackup(props: BackupWatchProps): ExpectedEvent {
    const hours = props.databaseBackupHours;
    return new ExpectedEvent(this, 'database', {
      name: props.databaseBackupRule,
      description:
        `RDS has not finished an automated backup for ${hours} hours. Point-in-time recovery still works up to the ` +
        'latest restorable time, which aws rds describe-db-instances shows; the events of RDS say what went wrong.',
      pattern: { source: ['aws.rds'], ...finishedBackup(props) },
      hours,
      topic: props.topic,
    });
  }

  private expectDump({ bucket, dumpRule, topic }: BackupWatchProps, hours: number): ExpectedEvent {
    return new ExpectedEvent(this, 'dump', {
      name: dumpRule,
      description:
        `No dump has come into the bucket for ${hours} hours. Look at the Jobs of the backup CronJob in the ` +
        'namespace of the control plane; the backups that RDS takes are not concerned.',
      pattern: newObject(bucket, { wildcard: `${DUMP_PREFIX}*.manifest` }),
      hours,
      topic,
    });
  }

  private expectVerification({ bucket, verificationRule, topic }: BackupWatchProps, hours: number): ExpectedEvent {
    return new ExpectedEvent(this, 'verification', {
      name: verificationRule,
      description:
        `No verification of the contract has passed for ${hours} hours. agent-bom-postgres doctor says what is wrong; ` +
        `so do the logs of the Jobs ${VERIFICATION_CRON_JOB}-... in the namespace of the control plane.`,
      pattern: newObject(bucket, { prefix: VERIFIED_PREFIX }),
      hours,
      topic,
    });
  }
}

/** The event of S3 for a new object whose key matches. */
function newObject({ name }: BackupBucket, key: { readonly prefix: string } | { readonly wildcard: string }) {
  return {
    source: ['aws.s3'],
    'detail-type': ['Object Created'],
    detail: { bucket: { name: [name] }, object: { key: [key] } },
  };
}

/** Of an instance the end of the backup, of a cluster the daily snapshot, whose name begins with that of the cluster. */
function finishedBackup({ kind, identifier }: BackupWatchProps) {
  if (kind === 'instance') {
    return {
      'detail-type': ['RDS DB Instance Event'],
      detail: { EventID: ['RDS-EVENT-0002'], SourceIdentifier: [identifier] },
    };
  }
  return {
    'detail-type': ['RDS DB Cluster Snapshot Event'],
    detail: { EventID: ['RDS-EVENT-0169'], SourceIdentifier: [{ prefix: `rds:${identifier}-` }] },
  };
}

/** Which event is expected, and how often. */
interface ExpectedEventProps {
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
class ExpectedEvent extends Construct {
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
      period: HOUR_SECONDS,
      evaluationPeriods: hours,
      datapointsToAlarm: hours,
      comparisonOperator: 'LessThanThreshold',
      threshold: 1,
      treatMissingData: 'breaching',
    });
  }
}

/** Which events are kept. */
interface EventHistoryProps {
  /** Name of the queue, at most 80 characters. */
  readonly name: string;
  /** Events that are kept, with the rules that match them. */
  readonly events: readonly ExpectedEvent[];
}

/**
 * Queue with the events of two weeks that are expected: when was the last backup, and how large was it. A rule that leads
 * nowhere is not sure to be counted, which is why the alarms need this. A log group would need a policy of the account, of
 * which a region has ten; the policy of a queue is its own.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
 */
class EventHistory extends Construct {
  constructor(scope: Construct, id: string, { name, events }: EventHistoryProps) {
    super(scope, id);
    const queue = new SqsQueue(this, 'queue', {
      name,
      messageRetentionSeconds: LONGEST_RETENTION_SECONDS,
      // The events hold names and times, and the policy of an existing key does not name EventBridge.
      sqsManagedSseEnabled: true,
    });
    const policy = new SqsQueuePolicy(this, 'policy', { queueUrl: queue.url, policy: this.policy(queue, events).json });
    for (const { node, rule } of events) {
      new CloudwatchEventTarget(this, `target-${node.id}`, { rule: rule.name, arn: queue.arn, dependsOn: [policy] });
    }
  }

  private policy({ arn }: SqsQueue, events: readonly ExpectedEvent[]): DataAwsIamPolicyDocument {
    const rules = events.map(({ rule }) => rule.arn);
    return new DataAwsIamPolicyDocument(this, 'rules', {
      statement: [
        {
          sid: 'ExpectedEvents',
          principals: [{ type: 'Service', identifiers: ['events.amazonaws.com'] }],
          actions: ['sqs:SendMessage'],
          resources: [arn],
          condition: [{ test: 'ArnEquals', variable: 'aws:SourceArn', values: rules }],
        },
        {
          sid: 'PlainConnections',
          effect: 'Deny',
          principals: [{ type: '*', identifiers: ['*'] }],
          actions: ['sqs:*'],
          resources: [arn],
          condition: [{ test: 'Bool', variable: 'aws:SecureTransport', values: ['false'] }],
        },
      ],
    });
  }
}
