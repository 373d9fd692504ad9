import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
} from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { Construct } from 'constructs';
import { ALARM_DEFAULTS } from '../../../contract/environment/alarms';
import { DATABASE_DEFAULTS } from '../../../contract/environment/database/database';
import type { MonitoredDatabase } from '../rds/postgres-server';
import type { AlarmTopic } from './alarm-topic';

const GIB = 2 ** 30;
const FIVE_MINUTES = 5 * 60;
const SIX_HOURS = 6 * 60 * 60;
/** Share of the memory below which the server begins to swap. */
const FREE_MEMORY = 0.05;
const UNKNOWN_CLASS_BYTES = GIB / 4;
/** RDS enlarges the storage at a tenth. Half of that is free when it could not, or not fast enough. */
const FREE_STORAGE = 0.05;
/** PostgreSQL stops accepting writes at 2.1 billion, and freezes old rows by itself from 200 million on. */
const TRANSACTION_IDS = 1_000_000_000;
const REPLICA_LAG_MILLISECONDS = 1000;

/** What is monitored, and beyond which values an alarm sounds. */
export interface DatabaseAlarmsProps {
  /** Beginning of the names of the alarms; at most 230 characters. */
  readonly name: string;
  /** Database that is monitored. */
  readonly database: MonitoredDatabase;
  /** Topic that hears of an alarm, and of its end. */
  readonly topic: AlarmTopic;
  /**
   * Use of the processors in percent that is too much if it lasts for a quarter of an hour.
   * @default 80
   */
  readonly cpuPercent?: number;
  /**
   * Memory of the instance class in GiB; less than a twentieth of it free is too little.
   * @default - a quarter of a GiB has to be free, whatever the class has
   */
  readonly memoryGib?: number;
  /**
   * Storage at the start in GiB; less than a twentieth of it free is too little. A cluster has no such limit.
   * @default 100
   */
  readonly storageGib?: number;
  /**
   * Days in which the storage would be full that are too few, if it fills so fast for 18 of 24 hours.
   * @default 4
   */
  readonly storageDays?: number;
  /** Connections that are too many if they last for a quarter of an hour. */
  readonly connections: number;
}

/**
 * Alarms of the database: processors, memory, connections, transaction ids, and storage, or with a cluster the lag of
 * its replicas. An instance that sends no measurements for a quarter of an hour sounds as one whose processors are busy.
 *
 * The days until the storage is full come from its free space every six hours: what is left, divided by four times what
 * a quarter of a day took away. When it grows, as after RDS has enlarged the storage, that is far off. RDS enlarges it by
 * itself at a tenth of free space, yet only once in six hours and up to the maximum, so that this alarm says: it fills
 * faster than that can be relied on, or it will soon be at its maximum. The smallest free space of each quarter counts.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html
 */
export class DatabaseAlarms extends Construct {
  private readonly props: DatabaseAlarmsProps;

  constructor(scope: Construct, id: string, props: DatabaseAlarmsProps) {
    super(scope, id);
    this.props = props;
    this.watchProcessors();
    this.watchMemory();
    this.watchConnections();
    this.watchTransactionIds();
    if (props.database.kind === 'cluster') {
      this.watchReplicas();
    } else {
      this.watchStorage();
      this.watchGrowth();
    }
  }

  private watchProcessors(): void {
    const { cpuPercent = ALARM_DEFAULTS.cpuPercent } = this.props;
    this.alarm('cpu', 'CPUUtilization', 'Average', 'above', cpuPercent, {
      alarmDescription:
        `The processors of the database have been above ${cpuPercent} % for 15 minutes, or it sends no measurements. ` +
        'Database Insights names the statements that take most.',
      treatMissingData: 'breaching',
    });
  }

  private watchMemory(): void {
    const { memoryGib } = this.props;
    const bytes = memoryGib === undefined ? UNKNOWN_CLASS_BYTES : Math.floor(memoryGib * GIB * FREE_MEMORY);
    this.alarm('memory', 'FreeableMemory', 'Average', 'below', bytes, {
      alarmDescription: `The database has had less than ${mebibytes(bytes)} MiB of free memory for 15 minutes. Write a larger database.instanceClass.`,
    });
  }

  private watchConnections(): void {
    const { connections } = this.props;
    this.alarm('connections', 'DatabaseConnections', 'Maximum', 'above', connections, {
      alarmDescription:
        `More than ${connections} connections for 15 minutes: the logins are near their limits, or someone is ` +
        'connected whom the budget does not know. The view pg_stat_activity names them.',
    });
  }

  private watchTransactionIds(): void {
    this.alarm('transaction-ids', 'MaximumUsedTransactionIDs', 'Maximum', 'above', TRANSACTION_IDS, {
      alarmDescription:
        'A billion transactions have not been frozen, and at 2.1 billion the database stops accepting writes. Look for ' +
        'a transaction or a replication slot that has been open for days, and for tables that autovacuum does not finish.',
    });
  }

  private watchReplicas(): void {
    this.alarm('replica-lag', 'AuroraReplicaLagMaximum', 'Maximum', 'above', REPLICA_LAG_MILLISECONDS, {
      alarmDescription:
        'A replica has been more than a second behind for 15 minutes: what is read from it is old, and a failover takes longer.',
      // Without replicas there is nothing to measure.
      treatMissingData: 'notBreaching',
    });
  }

  private watchStorage(): void {
    const { storageGib = DATABASE_DEFAULTS.storageGib } = this.props;
    const bytes = Math.floor(storageGib * GIB * FREE_STORAGE);
    this.alarm('storage', 'FreeStorageSpace', 'Minimum', 'below', bytes, {
      alarmDescription:
        `The database has less than ${mebibytes(bytes)} MiB of free storage, and RDS has not enlarged it. ` +
        'Raise database.maximumStorageGib; a full database stops.',
      evaluationPeriods: 1,
    });
  }

  private watchGrowth(): void {
    const { name, database, topic, storageDays = ALARM_DEFAULTS.storageDays } = this.props;
    const metric = {
      namespace: 'AWS/RDS',
      metricName: 'FreeStorageSpace',
      dimensions: dimensions(database),
      stat: 'Minimum',
      period: SIX_HOURS,
    };
    new CloudwatchMetricAlarm(this, 'storage-days', {
      ...topic.actions,
      alarmName: `${name}-storage-days`,
      alarmDescription:
        `At the pace of the last day the storage is full in less than ${storageDays} days. Look for what grows, and ` +
        'raise database.maximumStorageGib in time.',
      metricQuery: [
        { id: 'free', metric, returnData: false },
        {
          id: 'days',
          label: 'Days until the storage is full',
          // 365 stands for never: space that grows has no such day. The one byte keeps zero from being divided by.
          expression: 'IF(DIFF(free) < 0, free / (4 * ABS(DIFF(free)) + 1), 365)',
          returnData: true,
        },
      ],
      evaluationPeriods: 4,
      // The first quarter has none before it to be compared with.
      datapointsToAlarm: 3,
      comparisonOperator: 'LessThanThreshold',
      threshold: storageDays,
      treatMissingData: 'missing',
    });
  }

  private alarm(
    id: string,
    metricName: string,
    statistic: string,
    side: 'above' | 'below',
    threshold: number,
    settings: Partial<CloudwatchMetricAlarmConfig>,
  ): void {
    const { name, database, topic } = this.props;
    new CloudwatchMetricAlarm(this, id, {
      ...topic.actions,
      alarmName: `${name}-${id}`,
      namespace: 'AWS/RDS',
      metricName,
      dimensions: dimensions(database),
      statistic,
      period: FIVE_MINUTES,
      evaluationPeriods: 3,
      comparisonOperator: side === 'above' ? 'GreaterThanThreshold' : 'LessThanThreshold',
      threshold,
      treatMissingData: 'missing',
      ...settings,
    });
  }
}

function dimensions({ kind, identifier }: MonitoredDatabase): Record<string, string> {
  return kind === 'instance' ? { DBInstanceIdentifier: identifier } : { DBClusterIdentifier: identifier };
}

function mebibytes(bytes: number): number {
  return Math.floor(bytes / 2 ** 20);
}
