import { DbInstance } from '@cdktf/provider-aws/lib/db-instance';
import { Op, ref } from 'cdktf';
import { Construct } from 'constructs';
import { ContractError } from '../../../contract/error';
import { ADMIN_LOGIN, DATABASE_LOGS, DATABASE_NAME, DATABASE_PORT, databaseLogGroups } from '../../../contract/names';
import type { StoredSecret } from '../../postgres-endpoint';
import type { EksCluster } from '../iam/eks-cluster';
import type { DatabaseNetwork } from '../network/database-network';
import { DatabaseLogs } from './database-logs';
import { isContinuous, type RestoreArguments, restoreLifecycle } from './database-restore';
import { FinalSnapshotName } from './final-snapshot-name';
import type { PostgresServer, PostgresServerProps } from './postgres-server';
import { ServerParameters } from './server-parameters';
import {
  accessSettings,
  engineSettings,
  insightsSettings,
  monitoringSettings,
  protectionSettings,
  serverMistakes,
  TIMEOUTS,
} from './server-settings';

/** What gp3 gives from 400 GiB on; RDS wants both numbers when one of them is given. */
const GP3_BASELINE = { iops: 12_000, throughputMibps: 500 };
const RESTORE_ARGUMENTS: RestoreArguments = {
  sourceIdentifier: 'source_db_instance_identifier',
  sourceResourceId: 'source_dbi_resource_id',
  automatedBackupsArn: 'source_db_instance_automated_backups_arn',
  time: 'restore_time',
  latest: 'use_latest_restorable_time',
};
const OTHER_KEY =
  'The restored database is encrypted with the key of its source: RDS cannot change that during a restore. ' +
  'Name that key in encryption.keyArn, or copy the snapshot with the key of this environment first, as docs/restore.md shows.';

/** Settings of the database instance. */
export interface PostgresInstanceProps extends PostgresServerProps {
  /** Instance class, such as `db.t4g.medium`. Changing it restarts the database in its maintenance window. */
  readonly instanceClass: string;
  /** Storage at the start, in GiB. It never shrinks. A restored database begins with the storage of its source. */
  readonly storageGib: number;
  /** Size up to which the storage grows by itself, in GiB; more than `storageGib`. */
  readonly maximumStorageGib: number;
  /**
   * Operations a second, 12,000 to 64,000; only from 400 GiB on.
   * @default - what gp3 gives for the size
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html#gp3-storage
   */
  readonly iops?: number;
  /**
   * Throughput in MiB/s, 500 to 4,000 and at most a quarter of `iops`; only from 400 GiB on.
   * @default - what gp3 gives for the size
   */
  readonly throughputMibps?: number;
  /** Keep a standby in a second availability zone. */
  readonly multiAz: boolean;
}

/**
 * RDS for PostgreSQL, private and encrypted, with automated backups and a final snapshot. RDS manages and rotates the
 * administrator's password; no one else ever sees it.
 */
export class PostgresInstance extends Construct implements PostgresServer {
  /** What events of RDS call it. */
  readonly kind = 'instance';
  /** ARN of the instance. */
  readonly arn: string;
  /** Name that leads to the instance, also after a failover. */
  readonly host: string;
  /** Port of the server. */
  readonly port = DATABASE_PORT;
  /** Name of the database. */
  readonly database = DATABASE_NAME;
  /** Credentials of the administrator, which RDS manages and rotates. */
  readonly adminSecret: StoredSecret;
  /** Identifier of the instance, known once it exists. */
  readonly identifier: string;
  /** Name of the database that never changes, by which policies of IAM know it. */
  readonly resourceId: string;
  /** Name of the parameter group that it runs with. */
  readonly parameterGroupName: string;
  private readonly network: DatabaseNetwork;

  constructor(scope: Construct, id: string, props: PostgresInstanceProps) {
    super(scope, id);
    this.validate(props);
    const instance = this.createInstance(props);
    this.network = props.network;
    this.arn = instance.arn;
    this.host = instance.address;
    this.identifier = instance.identifier;
    this.resourceId = instance.resourceId;
    this.parameterGroupName = instance.parameterGroupName;
    this.adminSecret = { arn: instance.masterUserSecret.get(0).secretArn };
  }

  /** Admits the pods and nodes of a cluster. */
  allowFrom(cluster: EksCluster): void {
    this.network.allowFrom(cluster, this.port);
  }

  private createInstance(props: PostgresInstanceProps): DbInstance {
    const { identifier } = props;
    return new DbInstance(this, 'instance', {
      identifier,
      instanceClass: props.instanceClass,
      ...this.engine(props),
      ...this.access(props),
      ...this.storage(props),
      ...this.protection(props),
      ...this.content(props),
      ...this.logs(props),
      ...this.monitoring(props),
      applyImmediately: false,
      timeouts: TIMEOUTS,
    });
  }

  private engine(props: PostgresInstanceProps) {
    const { identifier: name, engineMajor, maxConnections } = props;
    const parameters = new ServerParameters(this, 'parameters', { name, engineMajor, maxConnections });
    return {
      engine: 'postgres',
      ...engineSettings(props),
      autoMinorVersionUpgrade: true,
      parameterGroupName: parameters.groupName,
    };
  }

  private access(props: PostgresInstanceProps) {
    return {
      ...accessSettings(props),
      port: this.port,
      username: ADMIN_LOGIN,
      publiclyAccessible: false,
      caCertIdentifier: props.caIdentifier,
    };
  }

  private storage({ key, maximumStorageGib, iops, throughputMibps }: PostgresInstanceProps) {
    const provisioned = iops !== undefined || throughputMibps !== undefined;
    return {
      storageType: 'gp3',
      storageEncrypted: true,
      kmsKeyId: key.arn,
      maxAllocatedStorage: maximumStorageGib,
      iops: provisioned ? (iops ?? GP3_BASELINE.iops) : undefined,
      storageThroughput: provisioned ? (throughputMibps ?? GP3_BASELINE.throughputMibps) : undefined,
    };
  }

  private protection(props: PostgresInstanceProps) {
    const { identifier, key } = props;
    const finalSnapshot = new FinalSnapshotName(this, 'final-snapshot', { identifier, key });
    return {
      ...protectionSettings(props),
      multiAz: props.multiAz,
      backupWindow: props.backupWindow,
      maintenanceWindow: props.maintenanceWindow,
      finalSnapshotIdentifier: finalSnapshot.value,
    };
  }

  private content({ restore, storageGib, key }: PostgresInstanceProps) {
    const sameKey = { condition: Op.eq(ref('self.kms_key_id'), key.arn), errorMessage: OTHER_KEY };
    const lifecycle = restoreLifecycle(restore, RESTORE_ARGUMENTS, ['db_name', 'username'], [sameKey]);
    // RDS takes the name and the size from the source, and refuses a size that is smaller.
    if (restore === undefined) return { dbName: this.database, allocatedStorage: storageGib, lifecycle };
    return {
      snapshotIdentifier: restore.snapshotIdentifier,
      restoreToPointInTime: isContinuous(restore)
        ? {
            sourceDbInstanceIdentifier: restore.sourceIdentifier,
            sourceDbiResourceId: restore.sourceResourceId,
            sourceDbInstanceAutomatedBackupsArn: restore.automatedBackupsArn,
            restoreTime: restore.time,
            useLatestRestorableTime: restore.latest,
          }
        : undefined,
      lifecycle,
    };
  }

  private logs({ identifier, key, logRetentionDays }: PostgresInstanceProps) {
    const groups = databaseLogGroups('instance', identifier);
    const logs = new DatabaseLogs(this, 'logs', { groups, key, retentionDays: logRetentionDays });
    return { enabledCloudwatchLogsExports: [...DATABASE_LOGS.instance], dependsOn: [...logs.groups] };
  }

  private monitoring(props: PostgresInstanceProps) {
    return {
      databaseInsightsMode: props.insights,
      ...insightsSettings(props),
      ...monitoringSettings(this, props),
    };
  }

  private validate(props: PostgresInstanceProps): void {
    const mistakes = serverMistakes(this.node.path, props);
    const { storageGib, maximumStorageGib } = props;
    if (maximumStorageGib <= storageGib) {
      mistakes.push({
        path: this.node.path,
        got: `\`maximumStorageGib\` ${maximumStorageGib} with \`storageGib\` ${storageGib}`,
        rule: 'the storage grows up to a size above the one at the start',
        fix: 'give at least 1.1 times `storageGib`',
      });
    }
    if (mistakes.length > 0) throw new ContractError(mistakes);
  }
}
