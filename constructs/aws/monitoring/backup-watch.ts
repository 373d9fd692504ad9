import { Construct } from 'constructs';
import { backupEventsLogGroup, DUMP_PREFIX } from '../../../contract/names';
import type { BackupBucket } from '../storage/backup-bucket';
import type { EncryptionKey } from '../storage/encryption-key';
import type { AlarmTopic } from './alarm-topic';
import { EventHistory } from './event-history';
import { ExpectedEvent } from './expected-event';
import type { MonitoredDatabase } from './monitored-database';

/** Which backups are expected, and how often. */
export interface BackupWatchProps {
  /** Topic that hears of what is missing. */
  readonly topic: AlarmTopic;
  /** Key that encrypts the history. */
  readonly key: EncryptionKey;
  /** What RDS takes the backups of; the two tell of them in different events. */
  readonly kind: MonitoredDatabase['kind'];
  /** Identifier of the database as text, so that the rule is there before the first backup, which ends its creation. */
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
  /** Days that the history of both is kept; one of the numbers that CloudWatch Logs offers. */
  readonly historyDays: number;
}

/**
 * Alarms when RDS has not finished its daily backup, and when no new dump has come into the bucket: there is no
 * measurement of the age of either. A dump counts when S3 has stored it, and not when it was tried.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventBridge.html
 */
export class BackupWatch extends Construct {
  constructor(scope: Construct, id: string, props: BackupWatchProps) {
    super(scope, id);
    const { dumpHours } = props;
    const events = [this.expectDatabaseBackup(props)];
    if (dumpHours !== undefined) events.push(this.expectDump(props, dumpHours));
    new EventHistory(this, 'history', {
      name: backupEventsLogGroup(props.identifier),
      key: props.key,
      events,
      retentionDays: props.historyDays,
    });
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
    bucket.announceChanges();
    return new ExpectedEvent(this, 'dump', {
      name: dumpRule,
      description:
        `No dump has come into the bucket for ${hours} hours. Look at the Jobs of the backup CronJob in the ` +
        'namespace of the control plane; the backups that RDS takes are not concerned.',
      pattern: {
        source: ['aws.s3'],
        'detail-type': ['Object Created'],
        detail: { bucket: { name: [bucket.name] }, object: { key: [{ prefix: DUMP_PREFIX }] } },
      },
      hours,
      topic,
    });
  }
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
