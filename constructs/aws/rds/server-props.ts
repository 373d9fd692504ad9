import type { InstanceClassName } from '../../../contract/aws/capacity';
import type {
  CaIdentifier,
  InsightsMode,
  LogRetentionDays,
  MonitoringSeconds,
} from '../../../contract/environment/database/database';
import type { PostgresVersion } from '../../../contract/postgres/majors';
import type { AwsAccount } from '../iam/aws-account';
import type { EksCluster } from '../iam/eks-cluster';
import type { DatabaseNetwork } from '../network/database-network';
import type { EncryptionKey } from '../storage/encryption-key';
import type { DatabaseRestore } from './database-restore';

/** Settings that an instance and an Aurora cluster share. */
export interface PostgresServerProps {
  /**
   * Identifier of the instance or the cluster, at most 60 characters. Changing it REPLACES the database.
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
   */
  readonly identifier: string;
  /** Subnets and security group of the server; or a cluster, whose VPC and private subnets it is put into. */
  readonly network: DatabaseNetwork | EksCluster;
  /**
   * Key that encrypts storage, backups, logs and the administrator's secret. Changing it REPLACES the database.
   * @default - a key is created, with the alias `alias/<identifier>`
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html
   */
  readonly key?: EncryptionKey;
  /**
   * Version of PostgreSQL: a major version, of which RDS chooses and applies the minor version, or a minor version, which
   * is the least that the server has within its major version.
   * @default '16'
   */
  readonly engineVersion?: PostgresVersion;
  /**
   * Class of an instance, such as `db.r7g.large`. Changing it restarts the database in its maintenance window.
   * @default 'db.t4g.medium'
   */
  readonly instanceClass?: InstanceClassName;
  /**
   * Connections that the server accepts.
   * @default - RDS derives it from the memory of the server
   */
  readonly maxConnections?: number;
  /**
   * Days that automated backups are kept and point-in-time recovery reaches back, 1 to 35.
   * @default 14
   */
  readonly backupRetentionDays?: number;
  /**
   * Half an hour or more of every day, in UTC. May not overlap `maintenanceWindow`.
   * @default '02:00-03:00'
   */
  readonly backupWindow?: string;
  /**
   * Half an hour to a day of every week, in UTC. Updates and restarts happen then.
   * @default 'sun:04:30-sun:05:30'
   */
  readonly maintenanceWindow?: string;
  /**
   * Certificate authority that signs the certificate of the server. Changing it restarts servers that cannot reload it.
   * @default 'rds-ca-rsa2048-g1'
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
   */
  readonly caIdentifier?: CaIdentifier;
  /**
   * Let logins that are members of `rds_iam` connect with a token of IAM.
   * @default false
   */
  readonly iamAuthentication?: boolean;
  /**
   * Mode of Database Insights: `standard` keeps 7 days of history, `advanced` 465 days, at a charge for each vCPU.
   * @default 'standard'
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DatabaseInsights.html
   */
  readonly insights?: InsightsMode;
  /**
   * Measure the operating system every so many seconds; 0 does not.
   * @default 60
   */
  readonly monitoringSeconds?: MonitoringSeconds;
  /**
   * Name of the role with which RDS writes these measurements, at most 64 characters.
   * @default - the identifier and `-monitoring`
   */
  readonly monitoringRoleName?: string;
  /**
   * ARN of an existing role for them, which `monitoring.rds.amazonaws.com` may assume.
   * @default - a role is created
   */
  readonly monitoringRoleArn?: string;
  /**
   * AWS account that the server belongs to.
   * @default - the account and the region of the provider
   */
  readonly account?: AwsAccount;
  /**
   * Days that the exported logs are kept; one of the numbers that CloudWatch Logs offers.
   * @default 365
   */
  readonly logRetentionDays?: LogRetentionDays;
  /**
   * Refuse every deletion until this is false and has been applied.
   * @default true
   */
  readonly deletionProtection?: boolean;
  /**
   * Where the content of a new database comes from. One that runs is never replaced by it: the plan stops instead.
   * @default - a new database is empty
   */
  readonly restore?: DatabaseRestore;
}
