import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { DataAwsIamPolicyDocument } from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment';
import { TerraformResource } from 'cdktf';
import { Construct } from 'constructs';
import type { DatabaseForm } from '../../../contract/aws/capacity';
import { DATABASE_DEFAULTS } from '../../../contract/environment/database/database';
import { ContractError, type Mistake } from '../../../contract/error';
import { DATABASE_LOGS, DATABASE_NAME, DATABASE_PORT, databaseLogGroups } from '../../../contract/names';
import { requireRandom } from '../../random-provider';
import { AwsAccount } from '../iam/aws-account';
import { EksCluster } from '../iam/eks-cluster';
import type { PodRole } from '../iam/pod-role';
import { DatabaseNetwork, type DatabasePeer } from '../network/database-network';
import type { ReadableSecret } from '../secrets/generated-secret';
import { EncryptionKey } from '../storage/encryption-key';
import type { PostgresServerProps } from './server-props';

const LONGEST_RETENTION_DAYS = 35;
/** Days of history: what Database Insights has at no charge, and what its advanced mode requires. */
const INSIGHTS_DAYS = { standard: 7, advanced: 465 };

/**
 * Hours are rare, and waiting costs nothing. When the time is up Terraform counts a database that is still being restored,
 * upgraded or kept in a final snapshot as broken, and wants to replace it.
 */
export const TIMEOUTS = { create: '4h', update: '4h', delete: '4h' };

/** A setting that breaks a rule; the path is that of the server. */
export type ServerMistake = Omit<Mistake, 'path'>;

/** A database as CloudWatch and the events of RDS know it. */
export interface MonitoredDatabase {
  /** One instance with its standby, or a cluster of Aurora. */
  readonly kind: 'instance' | 'cluster';
  /** Identifier of the instance or of the cluster. */
  readonly identifier: string;
  /** Name of the log group that RDS exports the log of PostgreSQL to. */
  readonly logGroupName: string;
  /**
   * Size of the storage of an instance in GiB, as Terraform knows it.
   * @default 100
   */
  readonly storageGib?: number;
  /** Parameter group of the instance; the one of a cluster sends no events. */
  readonly parameterGroupName?: string;
  /** Identifiers of the instances of a cluster, which send events too. */
  readonly instanceIdentifiers?: readonly string[];
}

/** The database, an instance or a cluster: how to reach it, and what its events and measurements are found under. */
export abstract class PostgresServer extends Construct implements MonitoredDatabase {
  /** What events of RDS call it. */
  abstract readonly kind: MonitoredDatabase['kind'];
  /** Name that leads to the server that takes writes, also after a failover. */
  abstract readonly host: string;
  /** Credentials of the administrator, which RDS manages and rotates. */
  abstract readonly adminSecret: ReadableSecret;
  /** Identifier of the instance or the cluster, known once it exists. */
  abstract readonly identifier: string;
  /** Id of the database that never changes, by which policies of IAM know it. */
  abstract readonly resourceId: string;
  /** Size of the storage of an instance in GiB, which grows. */
  readonly storageGib?: number;
  /** Name of the parameter group of an instance. */
  readonly parameterGroupName?: string;
  /** Identifiers of the instances of a cluster. */
  readonly instanceIdentifiers?: readonly string[];
  /** Port on which the server accepts connections. */
  readonly port = DATABASE_PORT;
  /** Name of the database that the server is made with. */
  readonly database = DATABASE_NAME;
  /** Key that encrypts what is stored. */
  protected readonly key: EncryptionKey;
  /** Subnets and security group of the server. */
  protected readonly network: DatabaseNetwork;
  private readonly account: AwsAccount;
  private readonly logGroups: readonly CloudwatchLogGroup[];

  constructor(scope: Construct, id: string, props: PostgresServerProps, form: DatabaseForm, mistakes: ServerMistake[]) {
    super(scope, id);
    this.validate([...sharedMistakes(props), ...mistakes]);
    this.account = props.account ?? props.key?.account ?? new AwsAccount(this, 'account');
    this.key = props.key ?? this.createKey(props, form);
    this.network = this.createNetwork(props);
    this.logGroups = this.createLogGroups(form, props);
  }

  /** Name of the log group of PostgreSQL's log, which every engine type has first. */
  get logGroupName(): string {
    return this.logGroups[0]?.name ?? '';
  }

  /** Allows access to the database. */
  allowFrom(peer: DatabasePeer): void {
    this.network.allowFrom(peer, this.port);
  }

  /**
   * Lets a role connect with a token of IAM as some logins, which have to be members of `rds_iam`. Called once for a role.
   *
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html
   */
  grantConnect(role: PodRole, logins: readonly string[]): void {
    const resources = logins.map((login) => this.account.databaseUser(this.resourceId, login));
    role.allow('connect', [{ actions: ['rds-db:connect'], resources }]);
  }

  /** Support of the engine, and its upgrades. */
  protected engineSettings() {
    return {
      allowMajorVersionUpgrade: true,
      // Extended support would begin by itself at the version's end of life, and is billed by vCPU and hour.
      engineLifecycleSupport: 'open-source-rds-extended-support-disabled',
    };
  }

  /** Who may connect, and how. */
  protected accessSettings({ iamAuthentication = DATABASE_DEFAULTS.iamAuthentication }: PostgresServerProps) {
    return {
      manageMasterUserPassword: true,
      masterUserSecretKmsKeyId: this.key.arn,
      dbSubnetGroupName: this.network.subnetGroupName,
      vpcSecurityGroupIds: [this.network.securityGroupId],
      iamDatabaseAuthenticationEnabled: iamAuthentication,
    };
  }

  /** What keeps the data beyond a deletion. */
  protected protectionSettings(form: DatabaseForm, props: PostgresServerProps) {
    return {
      backupRetentionPeriod: props.backupRetentionDays ?? DATABASE_DEFAULTS.backupRetentionDays,
      copyTagsToSnapshot: true,
      deleteAutomatedBackups: false,
      deletionProtection: props.deletionProtection ?? true,
      skipFinalSnapshot: false,
      finalSnapshotIdentifier: this.finalSnapshotName(props.identifier, form),
    };
  }

  /** History of the load. */
  protected insightsSettings({ insights = DATABASE_DEFAULTS.insights }: PostgresServerProps) {
    return {
      performanceInsightsEnabled: true,
      performanceInsightsKmsKeyId: this.key.arn,
      performanceInsightsRetentionPeriod: INSIGHTS_DAYS[insights],
    };
  }

  /** Measurements of the operating system, and the role for them if there are any. */
  protected monitoringSettings(props: PostgresServerProps) {
    const { identifier, monitoringSeconds = DATABASE_DEFAULTS.monitoringSeconds } = props;
    const name = props.monitoringRoleName ?? `${identifier}-monitoring`;
    if (monitoringSeconds === 0) return { monitoringInterval: 0 };
    const monitoringRoleArn = props.monitoringRoleArn ?? this.createMonitoringRole(name).arn;
    return { monitoringInterval: monitoringSeconds, monitoringRoleArn };
  }

  /** Logs that RDS exports. */
  protected logSettings(form: DatabaseForm) {
    return { enabledCloudwatchLogsExports: [...DATABASE_LOGS[form]], dependsOn: [...this.logGroups] };
  }

  /** The groups of the logs are made before the server: RDS would create them without a key and without an end. */
  private createLogGroups(form: DatabaseForm, props: PostgresServerProps): CloudwatchLogGroup[] {
    const scope = new Construct(this, 'logs');
    const retentionInDays = props.logRetentionDays ?? DATABASE_DEFAULTS.logRetentionDays;
    const names = databaseLogGroups(form, props.identifier);
    return DATABASE_LOGS[form].map(
      (log) => new CloudwatchLogGroup(scope, log, { name: names[log], kmsKeyId: this.key.arn, retentionInDays }),
    );
  }

  /**
   * Name for the snapshot that RDS takes when the database is deleted. A fixed name collides at the second deletion; this
   * one ends in random digits that are created, kept and destroyed together with the database.
   */
  private finalSnapshotName(identifier: string, form: DatabaseForm): string {
    requireRandom(this);
    const scope = new Construct(this, 'final-snapshot');
    const suffix = new TerraformResource(scope, 'suffix', { terraformResourceType: 'random_id' });
    suffix.addOverride('byte_length', 4);
    // What replaces the database makes another name.
    suffix.addOverride('keepers', { form, instance: identifier, key: this.key.arn });
    return `${identifier}-final-${suffix.getStringAttribute('hex')}`;
  }

  /** @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html */
  private createMonitoringRole(name: string): IamRole {
    const { id, partition } = this.account;
    const scope = new Construct(this, 'monitoring');
    const trust = {
      actions: ['sts:AssumeRole'],
      principals: [{ type: 'Service', identifiers: ['monitoring.rds.amazonaws.com'] }],
      condition: [{ test: 'StringEquals', variable: 'aws:SourceAccount', values: [id] }],
    };
    const role = new IamRole(scope, 'role', {
      name,
      description: 'Enhanced monitoring of the agent-bom database',
      assumeRolePolicy: new DataAwsIamPolicyDocument(scope, 'trust', { statement: [trust] }).json,
    });
    const policyArn = `arn:${partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole`;
    new IamRolePolicyAttachment(scope, 'policy', { role: role.name, policyArn });
    return role;
  }

  private createKey({ identifier }: PostgresServerProps, form: DatabaseForm): EncryptionKey {
    return new EncryptionKey(this, 'encryption', {
      alias: `alias/${identifier}`,
      account: this.account,
      logGroups: Object.values(databaseLogGroups(form, identifier)),
    });
  }

  private createNetwork({ identifier, network }: PostgresServerProps): DatabaseNetwork {
    if (!(network instanceof EksCluster)) return network;
    return new DatabaseNetwork(this, 'network', { name: identifier, cluster: network });
  }

  private validate(mistakes: readonly ServerMistake[]): void {
    const { path } = this.node;
    if (mistakes.length > 0) throw new ContractError(mistakes.map((mistake) => ({ path, ...mistake })));
  }
}

function sharedMistakes({ backupRetentionDays = DATABASE_DEFAULTS.backupRetentionDays }: PostgresServerProps) {
  if (backupRetentionDays >= 1 && backupRetentionDays <= LONGEST_RETENTION_DAYS) return [];
  return [
    {
      got: `\`backupRetentionDays\` ${backupRetentionDays}`,
      rule: `automated backups are kept from 1 to ${LONGEST_RETENTION_DAYS} days; 0 would switch them off`,
      fix: `give ${DATABASE_DEFAULTS.backupRetentionDays}`,
    },
  ];
}
