import { CloudwatchLogMetricFilter } from '@cdktf/provider-aws/lib/cloudwatch-log-metric-filter';
import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
} from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { Fn, Op, Token } from 'cdktf';
import { Construct } from 'constructs';
import type { ClassTraits } from '../../../contract/aws/capacity';
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
/** Sorts that spill, and indexes that are built, need gigabytes of it. */
const LOCAL_STORAGE_BYTES = 2 * GIB;
/** A class earns as many in an hour of rest, or more: below that it runs on what AWS bills. */
const CPU_CREDITS = 10;
/** One now and then is retried; more of them within a quarter of an hour are a pattern. */
const DEADLOCKS = 5;
const DEADLOCK_NAMESPACE = 'agent-bom';
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
   * Days in which the storage would be full that are too few, if it fills so fast for 18 of 24 hours.
   * @default 4
   */
  readonly storageDays?: number;
  /** Connections that are too many if they last for a quarter of an hour. */
  readonly connections: number;
  /**
   * Milliseconds for reading or writing a block that are too many if they last for a quarter of an hour.
   * @default 100
   */
  readonly latencyMilliseconds?: number;
  /**
   * What the class of the instances has.
   * @default - neither credits nor local storage is watched
   */
  readonly instanceClass?: Pick<ClassTraits, 'burstable' | 'hasLocalStorage'>;
}

/**
 * Alarms of the database: processors, memory, connections, transaction ids, latency, deadlocks, and storage, or with a
 * cluster the lag of its replicas; with some classes also credits of the processors and local storage. An instance that
 * sends no measurements for a quarter of an hour sounds as one whose processors are busy. Of a cluster the instance that
 * writes is measured: readers have little to do, and an average over all of them would hide a writer that has too much.
 *
 * The days until the storage is full come from its free space every six hours: what is left, divided by four times what
 * a quarter of a day took away. When it grows, as after RDS has enlarged the storage, that is far off. RDS enlarges it by
 * itself at a tenth of free space, yet only once in six hours and up to the maximum, so that this alarm says: it fills
 * faster than that can be relied on, or it will soon be at its maximum. The smallest free space of each quarter counts.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html
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
    this.watchLatency('read', 'ReadLatency');
    this.watchLatency('write', 'WriteLatency');
    this.watchDeadlocks();
    if (props.instanceClass?.burstable) this.watchCredits();
    if (props.database.kind === 'cluster') {
      this.watchReplicas();
      if (props.instanceClass?.hasLocalStorage) this.watchLocalStorage();
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
      dimensions: this.ofWriter(),
      treatMissingData: 'breaching',
    });
  }

  private watchMemory(): void {
    const { memoryGib } = this.props;
    const bytes = memoryGib === undefined ? UNKNOWN_CLASS_BYTES : Math.floor(memoryGib * GIB * FREE_MEMORY);
    this.alarm('memory', 'FreeableMemory', 'Average', 'below', bytes, {
      alarmDescription: `The database has had less than ${mebibytes(bytes)} MiB of free memory for 15 minutes. Write a larger database.instanceClass.`,
      dimensions: this.ofWriter(),
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

  private watchLatency(what: 'read' | 'write', metricName: string): void {
    const { latencyMilliseconds = ALARM_DEFAULTS.latencyMilliseconds } = this.props;
    this.alarm(`${what}-latency`, metricName, 'Average', 'above', latencyMilliseconds / 1000, {
      alarmDescription:
        `The storage has taken more than ${latencyMilliseconds} ms to ${what} for 15 minutes: the database waits for ` +
        'it. Database Insights names the statements; more IOPS and throughput, or a larger class, help an instance.',
      dimensions: this.ofWriter(),
    });
  }

  /** PostgreSQL tells of deadlocks in its log, and RDS has no measurement of them that both engine types share. */
  private watchDeadlocks(): void {
    const { name, database } = this.props;
    const metric = { name: `${name}-deadlocks`, namespace: DEADLOCK_NAMESPACE };
    new CloudwatchLogMetricFilter(this, 'deadlocks-filter', {
      name: metric.name,
      logGroupName: database.logGroupName,
      pattern: '"deadlock detected"',
      metricTransformation: { ...metric, value: '1' },
    });
    this.alarm('deadlocks', metric.name, 'Sum', 'above', DEADLOCKS, {
      alarmDescription:
        `PostgreSQL has ended more than ${DEADLOCKS} deadlocks in 15 minutes, each by making a transaction fail. The ` +
        'log of the database names the statements, and what each of them waited for.',
      namespace: metric.namespace,
      dimensions: undefined,
      period: 3 * FIVE_MINUTES,
      evaluationPeriods: 1,
      treatMissingData: 'notBreaching',
    });
  }

  private watchCredits(): void {
    this.alarm('cpu-credits', 'CPUCreditBalance', 'Average', 'below', CPU_CREDITS, {
      alarmDescription:
        'The instance has used up its CPU credits for an hour, so that AWS bills what it uses beyond its baseline. Write ' +
        'a larger database.instanceClass, or one that is not burstable, such as db.m7g.large or db.r7g.large.',
      dimensions: this.ofWriter(),
      evaluationPeriods: 12,
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

  private watchLocalStorage(): void {
    this.alarm('local-storage', 'FreeLocalStorage', 'Minimum', 'below', LOCAL_STORAGE_BYTES, {
      alarmDescription:
        `The writer has had less than ${mebibytes(LOCAL_STORAGE_BYTES)} MiB of local storage for 15 minutes, where sorts and ` +
        'indexes that are built have their temporary files. Database Insights names the statements; a larger ' +
        'database.instanceClass has more of it.',
      dimensions: this.ofWriter(),
    });
  }

  /** The size is the one that the storage has grown to by the last deployment. */
  private watchStorage(): void {
    const { storageGib = DATABASE_DEFAULTS.storageGib } = this.props.database;
    const bytes = Token.asNumber(Fn.floor(Op.mul(storageGib, GIB * FREE_STORAGE)));
    this.alarm('storage', 'FreeStorageSpace', 'Minimum', 'below', bytes, {
      alarmDescription:
        'Less than a twentieth of the storage of the database is free, and RDS has not enlarged it. ' +
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

  /** Of a cluster the instance that writes, whichever that is; an instance is its own writer. */
  private ofWriter(): Record<string, string> {
    const { database } = this.props;
    return database.kind === 'instance' ? dimensions(database) : { ...dimensions(database), Role: 'WRITER' };
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
