import { Construct } from 'constructs';
import { AlarmTopic } from '../constructs/aws/alarm-topic';
import type { AwsAccount } from '../constructs/aws/aws-account';
import type { BackupBucket } from '../constructs/aws/backup-bucket';
import { BackupWatch } from '../constructs/aws/backup-watch';
import { DatabaseAlarms } from '../constructs/aws/database-alarms';
import { DatabaseEvents } from '../constructs/aws/database-events';
import type { EncryptionKey } from '../constructs/aws/encryption-key';
import type { WatchedDatabase } from '../constructs/aws/watched-database';
import { connectionLimits, connectionsToWatch } from '../contract/connection-budget';
import { databaseCapacity } from '../contract/database-capacity';
import type { Environment } from '../contract/environment';
import { usualDumpAgeHours } from '../contract/environment-backup-rules';
import { derivedName } from '../contract/names';
import { dailyWindow, hoursBetweenBackups } from '../contract/windows';

/** What is watched. */
export interface DatabaseWatchProps {
  /** Environment from which the thresholds follow. */
  readonly environment: Environment;
  /** Account whose alarms and events go to the topic. */
  readonly account: AwsAccount;
  /** Key that encrypts the messages of a topic that is made. */
  readonly key: EncryptionKey;
  /** The database. */
  readonly database: WatchedDatabase;
  /** Bucket that its dumps come into. */
  readonly bucket: BackupBucket;
}

/** Everything that tells of the database and its backups, with thresholds that follow from the environment. */
export class DatabaseWatch extends Construct {
  /** ARN of the topic that hears of everything. */
  readonly topicArn: string;

  constructor(scope: Construct, id: string, props: DatabaseWatchProps) {
    super(scope, id);
    const topic = this.createTopic(props);
    const name = derivedName(props.environment.name, 'instance');
    this.createAlarms(name, topic, props);
    new DatabaseEvents(this, 'events', { name, database: props.database, topic });
    this.watchBackups(name, topic, props);
    this.topicArn = topic.arn;
  }

  private createTopic({ environment: { name, alarms }, account, key }: DatabaseWatchProps): AlarmTopic {
    return new AlarmTopic(this, 'topic', {
      name: derivedName(name, 'topic'),
      account,
      key,
      existingArn: alarms.topicArn,
      emails: alarms.emails,
    });
  }

  private createAlarms(name: string, topic: AlarmTopic, { environment, database }: DatabaseWatchProps): void {
    const { memoryGib, connections } = databaseCapacity(environment.database);
    new DatabaseAlarms(this, 'alarms', {
      ...environment.alarms,
      name,
      database,
      topic,
      memoryGib,
      storageGib: environment.database.storageGib,
      connections: connectionsToWatch(connectionLimits(environment.release), connections),
    });
  }

  private watchBackups(identifier: string, topic: AlarmTopic, props: DatabaseWatchProps): void {
    const { environment, key, database, bucket } = props;
    const { name, alarms, backup } = environment;
    const { backupWindow, logRetentionDays } = environment.database;
    const window = dailyWindow(backupWindow);
    if (window === undefined) throw new RangeError(`${backupWindow} is not a window`);
    new BackupWatch(this, 'backups', {
      topic,
      key,
      kind: database.kind,
      identifier,
      bucket,
      databaseBackupRule: derivedName(name, 'databaseBackupRule'),
      databaseBackupHours: hoursBetweenBackups(window),
      dumpRule: derivedName(name, 'dumpRule'),
      dumpHours: backup.enabled ? (alarms.dumpAgeHours ?? usualDumpAgeHours(backup.schedule)) : undefined,
      historyDays: logRetentionDays,
    });
  }
}
