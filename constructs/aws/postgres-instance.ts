import { DbInstance } from '@cdktf/provider-aws/lib/db-instance';
import { Construct } from 'constructs';
import { ContractError, type Mistake } from '../../contract/error';
import { ADMIN_LOGIN, DATABASE_LOGS, DATABASE_NAME, DATABASE_PORT } from '../../contract/names';
import type { StoredSecret } from '../postgres-endpoint';
import type { AwsAccount } from './aws-account';
import { DatabaseLogs } from './database-logs';
import type { DatabaseNetwork } from './database-network';
import type { EksCluster } from './eks-cluster';
import type { EncryptionKey } from './encryption-key';
import { FinalSnapshotName } from './final-snapshot-name';
import { MonitoringRole } from './monitoring-role';
import { ServerParameters } from './server-parameters';

const LONGEST_RETENTION_DAYS = 35;
/** Days of history: what Database Insights has at no charge, and what its advanced mode asks for. */
const INSIGHTS_DAYS = { standard: 7, advanced: 465 };
/** What gp3 gives from 400 GiB on; RDS wants both numbers when one of them is given. */
const GP3_BASELINE = { iops: 12_000, throughputMibps: 500 };

/** Settings of the database instance. */
export interface PostgresInstanceProps {
  /**
   * Identifier of the instance, at most 63 characters. Changing it REPLACES the database.
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
   */
  readonly identifier: string;
  /** Subnets and security group of the database. */
  readonly network: DatabaseNetwork;
  /**
   * Key that encrypts storage, backups and the administrator's secret. Changing it REPLACES the database.
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html
   */
  readonly key: EncryptionKey;
  /** Major version of PostgreSQL, such as `16`. RDS chooses and applies the minor version. */
  readonly engineMajor: string;
  /** Instance class, such as `db.t4g.medium`. Changing it restarts the database in its maintenance window. */
  readonly instanceClass: string;
  /**
   * Connections that the server accepts.
   * @default - RDS derives it from the memory of the instance class
   */
  readonly maxConnections?: number;
  /** Storage at the start, in GiB. It never shrinks. */
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
  /** Days that automated backups are kept and point-in-time recovery reaches back, 1 to 35. */
  readonly backupRetentionDays: number;
  /** Half an hour or more of every day, in UTC: `02:00-03:00`. May not overlap `maintenanceWindow`. */
  readonly backupWindow: string;
  /** Half an hour to a day of every week, in UTC: `sun:04:30-sun:05:30`. Updates and restarts happen then. */
  readonly maintenanceWindow: string;
  /**
   * Certificate authority that signs the certificate of the server. Changing it restarts servers that cannot reload it.
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
   */
  readonly caIdentifier: string;
  /** Let logins that are members of `rds_iam` come with a token of IAM. */
  readonly iamAuthentication: boolean;
  /**
   * Mode of Database Insights: `standard` keeps 7 days of history, `advanced` 465 days, at a charge for each vCPU.
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DatabaseInsights.html
   */
  readonly insights: keyof typeof INSIGHTS_DAYS;
  /** Measure the operating system every so many seconds: 1, 5, 10, 15, 30 or 60; 0 does not. */
  readonly monitoringSeconds: number;
  /** Name of the role with which RDS writes these measurements, at most 64 characters. */
  readonly monitoringRoleName: string;
  /** Account that the instance is in. */
  readonly account: AwsAccount;
  /** Days that the exported logs are kept; one of the numbers that CloudWatch Logs offers. */
  readonly logRetentionDays: number;
  /** Refuse every deletion until this is false and has been applied. */
  readonly deletionProtection: boolean;
}

/**
 * RDS for PostgreSQL, private and encrypted, with automated backups and a final snapshot. RDS manages and rotates the
 * administrator's password; no one else ever sees it.
 */
export class PostgresInstance extends Construct {
  /** Host name of the instance; its certificate names it. */
  readonly host: string;
  /** TCP port of the instance. */
  readonly port = DATABASE_PORT;
  /** Name of the database that RDS creates. */
  readonly database = DATABASE_NAME;
  /** Credentials of the administrator, which RDS manages and rotates. */
  readonly adminSecret: StoredSecret;
  private readonly network: DatabaseNetwork;

  constructor(scope: Construct, id: string, props: PostgresInstanceProps) {
    super(scope, id);
    this.validate(props);
    const instance = this.createInstance(props);
    this.network = props.network;
    this.host = instance.address;
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
      ...this.logs(props),
      ...this.monitoring(props),
      applyImmediately: false,
    });
  }

  private engine({ identifier, engineMajor, maxConnections }: PostgresInstanceProps) {
    const parameters = new ServerParameters(this, 'parameters', { name: identifier, engineMajor, maxConnections });
    return {
      engine: 'postgres',
      // The major version alone: a minor one would be reverted in every plan after RDS has upgraded it.
      engineVersion: engineMajor,
      autoMinorVersionUpgrade: true,
      allowMajorVersionUpgrade: true,
      // Extended support would begin by itself at the version's end of life, and is billed by vCPU and hour.
      engineLifecycleSupport: 'open-source-rds-extended-support-disabled',
      parameterGroupName: parameters.groupName,
    };
  }

  private access({ network, key, caIdentifier, iamAuthentication }: PostgresInstanceProps) {
    return {
      dbName: this.database,
      port: this.port,
      username: ADMIN_LOGIN,
      manageMasterUserPassword: true,
      masterUserSecretKmsKeyId: key.arn,
      dbSubnetGroupName: network.subnetGroupName,
      vpcSecurityGroupIds: [network.securityGroupId],
      publiclyAccessible: false,
      caCertIdentifier: caIdentifier,
      iamDatabaseAuthenticationEnabled: iamAuthentication,
    };
  }

  private storage({ key, storageGib, maximumStorageGib, iops, throughputMibps }: PostgresInstanceProps) {
    const provisioned = iops !== undefined || throughputMibps !== undefined;
    return {
      storageType: 'gp3',
      storageEncrypted: true,
      kmsKeyId: key.arn,
      allocatedStorage: storageGib,
      maxAllocatedStorage: maximumStorageGib,
      iops: provisioned ? (iops ?? GP3_BASELINE.iops) : undefined,
      storageThroughput: provisioned ? (throughputMibps ?? GP3_BASELINE.throughputMibps) : undefined,
    };
  }

  private protection(props: PostgresInstanceProps) {
    const finalSnapshot = new FinalSnapshotName(this, 'final-snapshot', { instanceIdentifier: props.identifier });
    return {
      multiAz: props.multiAz,
      backupRetentionPeriod: props.backupRetentionDays,
      backupWindow: props.backupWindow,
      maintenanceWindow: props.maintenanceWindow,
      copyTagsToSnapshot: true,
      deleteAutomatedBackups: false,
      deletionProtection: props.deletionProtection,
      skipFinalSnapshot: false,
      finalSnapshotIdentifier: finalSnapshot.value,
    };
  }

  private logs({ identifier, key, logRetentionDays }: PostgresInstanceProps) {
    const logs = new DatabaseLogs(this, 'logs', {
      instanceIdentifier: identifier,
      key,
      retentionDays: logRetentionDays,
    });
    return { enabledCloudwatchLogsExports: [...DATABASE_LOGS], dependsOn: [...logs.groups] };
  }

  private monitoring({ insights, monitoringSeconds, monitoringRoleName, account, key }: PostgresInstanceProps) {
    const role =
      monitoringSeconds > 0
        ? new MonitoringRole(this, 'monitoring', { name: monitoringRoleName, account }).arn
        : undefined;
    return {
      databaseInsightsMode: insights,
      performanceInsightsEnabled: true,
      performanceInsightsKmsKeyId: key.arn,
      performanceInsightsRetentionPeriod: INSIGHTS_DAYS[insights],
      monitoringInterval: monitoringSeconds,
      monitoringRoleArn: role,
    };
  }

  private validate({ backupRetentionDays, storageGib, maximumStorageGib }: PostgresInstanceProps): void {
    const mistakes: Mistake[] = [];
    if (backupRetentionDays < 1 || backupRetentionDays > LONGEST_RETENTION_DAYS) {
      mistakes.push({
        path: this.node.path,
        got: `\`backupRetentionDays\` ${backupRetentionDays}`,
        rule: `automated backups are kept from 1 to ${LONGEST_RETENTION_DAYS} days; 0 would switch them off`,
        fix: 'give 14',
      });
    }
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
