import { Construct } from 'constructs';
import type { AwsAccount } from '../constructs/aws/iam/aws-account';
import { AlarmTopic } from '../constructs/aws/monitoring/alarm-topic';
import { BackupWatch } from '../constructs/aws/monitoring/backup-watch';
import { DatabaseAlarms } from '../constructs/aws/monitoring/database-alarms';
import { DatabaseEvents } from '../constructs/aws/monitoring/database-events';
import type { MonitoredDatabase } from '../constructs/aws/rds/postgres-server';
import type { BackupBucket } from '../constructs/aws/storage/backup-bucket';
import type { EncryptionKey } from '../constructs/aws/storage/encryption-key';
import { classTraits, databaseCapacity } from '../contract/aws/capacity';
import { dailyWindow, hoursBetweenBackups } from '../contract/aws/windows';
import { usualDumpAgeHours } from '../contract/environment/backup';
import type { Environment } from '../contract/environment/environment';
import { verificationAlarmHours } from '../contract/environment/verification';
import { derivedName } from '../contract/names';
import { connectionLimits, connectionsToWatch } from '../contract/postgres/connection-budget';

/** What is monitored. */
export interface DatabaseWatchProps {
  /** Environment from which the thresholds follow. */
  readonly environment: Environment;
  /** Account whose alarms and events go to the topic. */
  readonly account: AwsAccount;
  /** Key that encrypts the messages of a topic that is made. */
  readonly key: EncryptionKey;
  /** The database. */
  readonly database: MonitoredDatabase;
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
    const { topicArn, emails } = alarms;
    if (topicArn !== undefined) return AlarmTopic.fromTopicArn(this, 'topic', { topicArn, emails });
    return new AlarmTopic(this, 'topic', { name: derivedName(name, 'topic'), account, key, emails });
  }

  private createAlarms(name: string, topic: AlarmTopic, { environment, database }: DatabaseWatchProps): void {
    const { memoryGib, connections } = databaseCapacity(environment.database);
    const { cpuPercent, storageDays, latencyMilliseconds } = environment.alarms;
    new DatabaseAlarms(this, 'alarms', {
      name,
      database,
      topic,
      cpuPercent,
      memoryGib,
      storageDays,
      latencyMilliseconds,
      instanceClass: classTraits(environment.database),
      connections: connectionsToWatch(connectionLimits(environment.release), connections),
    });
  }

  private watchBackups(identifier: string, topic: AlarmTopic, props: DatabaseWatchProps): void {
    const { environment, database, bucket } = props;
    const { name, alarms, backup, verification } = environment;
    const { backupWindow } = environment.database;
    const window = dailyWindow(backupWindow);
    if (window === undefined) throw new RangeError(`${backupWindow} is not a window`);
    new BackupWatch(this, 'backups', {
      topic,
      kind: database.kind,
      identifier,
      bucket,
      databaseBackupRule: derivedName(name, 'databaseBackupRule'),
      databaseBackupHours: hoursBetweenBackups(window),
      dumpRule: derivedName(name, 'dumpRule'),
      dumpHours: backup.enabled ? (alarms.dumpAgeHours ?? usualDumpAgeHours(backup.schedule)) : undefined,
      verificationRule: derivedName(name, 'verificationRule'),
      verificationHours: verificationAlarmHours(verification),
    });
  }
}
