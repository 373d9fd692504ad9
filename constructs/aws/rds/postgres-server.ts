import type { StoredSecret } from '../../postgres-endpoint';
import type { AwsAccount } from '../iam/aws-account';
import type { EksCluster } from '../iam/eks-cluster';
import type { MonitoredDatabase } from '../monitoring/monitored-database';
import type { DatabaseNetwork } from '../network/database-network';
import type { EncryptionKey } from '../storage/encryption-key';
import type { DatabaseRestore } from './database-restore';

/** What both forms of the database are told. */
export interface PostgresServerProps {
  /**
   * Identifier of the instance or the cluster, at most 60 characters. Changing it REPLACES the database.
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
   */
  readonly identifier: string;
  /** Subnets and firewall that the server stands in. */
  readonly network: DatabaseNetwork;
  /**
   * Key that encrypts storage, backups and the administrator's secret. Changing it REPLACES the database.
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html
   */
  readonly key: EncryptionKey;
  /** Major version of PostgreSQL, such as `16`. RDS chooses and applies the minor version. */
  readonly engineMajor: string;
  /**
   * Connections that the server accepts.
   * @default - RDS derives it from the memory of the server
   */
  readonly maxConnections?: number;
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
  readonly insights: 'standard' | 'advanced';
  /** Measure the operating system every so many seconds: 1, 5, 10, 15, 30 or 60; 0 does not. */
  readonly monitoringSeconds: number;
  /** Name of the role with which RDS writes these measurements, at most 64 characters. */
  readonly monitoringRoleName: string;
  /** AWS account that the server belongs to. */
  readonly account: AwsAccount;
  /** Days that the exported logs are kept; one of the numbers that CloudWatch Logs offers. */
  readonly logRetentionDays: number;
  /** Refuse every deletion until this is false and has been applied. */
  readonly deletionProtection: boolean;
  /**
   * Where the content of a new database comes from. One that runs is never replaced by it: the plan stops instead.
   * @default - a new database is empty
   */
  readonly restore?: DatabaseRestore;
}

/** The database, whichever form it has: how to reach it, and what its events and measurements are found under. */
export interface PostgresServer extends MonitoredDatabase {
  /** Name that leads to the server that takes writes, also after a failover. */
  readonly host: string;
  /** Port on which the server accepts connections. */
  readonly port: number;
  /** Name of the database that the server is made with. */
  readonly database: string;
  /** Credentials of the administrator, which RDS manages and rotates. */
  readonly adminSecret: StoredSecret;
  /** Name of the database that never changes, by which policies of IAM know it. */
  readonly resourceId: string;
  /** Admits the pods and nodes of a cluster. */
  allowFrom(cluster: EksCluster): void;
}
