import { RdsCluster } from '@cdktf/provider-aws/lib/rds-cluster';
import { RdsClusterInstance } from '@cdktf/provider-aws/lib/rds-cluster-instance';
import { Construct } from 'constructs';
import { ContractError } from '../../../contract/error';
import { ADMIN_LOGIN, DATABASE_LOGS, DATABASE_NAME, DATABASE_PORT, databaseLogGroups } from '../../../contract/names';
import type { StoredSecret } from '../../postgres-endpoint';
import type { EksCluster } from '../iam/eks-cluster';
import type { DatabaseNetwork } from '../network/database-network';
import { ClusterParameters } from './cluster-parameters';
import { DatabaseLogs } from './database-logs';
import { isContinuous, type RestoreArguments, restoreLifecycle } from './database-restore';
import { FinalSnapshotName } from './final-snapshot-name';
import type { PostgresServer, PostgresServerProps } from './postgres-server';
import {
  accessSettings,
  engineSettings,
  insightsSettings,
  monitoringSettings,
  protectionSettings,
  serverMistakes,
  TIMEOUTS,
} from './server-settings';

const ENGINE = 'aurora-postgresql';
/** What stands in the place of a class when the capacity changes by itself. */
const SERVERLESS_CLASS = 'db.serverless';
const RESTORE_ARGUMENTS: RestoreArguments = {
  sourceIdentifier: 'source_cluster_identifier',
  sourceResourceId: 'source_cluster_resource_id',
  time: 'restore_to_time',
  latest: 'use_latest_restorable_time',
};

/** Settings of the cluster. */
export interface AuroraClusterProps extends PostgresServerProps {
  /**
   * Class of each instance, such as `db.t4g.medium`; without a capacity alone. Changing it restarts the instances in the
   * maintenance window.
   */
  readonly instanceClass: string;
  /**
   * Capacity below which a serverless instance never goes, 0 to 256 in steps of 0.5, each about 2 GiB of memory.
   * @default - the instances have the class
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html
   */
  readonly minimumCapacity?: number;
  /**
   * Capacity up to which a serverless instance grows, 1 to 256 in steps of 0.5; given together with the minimum.
   * @default - the instances have the class
   */
  readonly maximumCapacity?: number;
  /** Instances beside the writer, 0 to 15, in other availability zones as far as there are any. */
  readonly readers: number;
}

/**
 * Aurora PostgreSQL, private and encrypted, with automated backups and a final snapshot: one instance that writes, and
 * readers that take over from it. RDS manages and rotates the administrator's password; no one else ever sees it.
 */
export class AuroraCluster extends Construct implements PostgresServer {
  /** What events of RDS call it. */
  readonly kind = 'cluster';
  /** Name that leads to the instance that writes, also after a failover. */
  readonly host: string;
  /** Port of the server. */
  readonly port = DATABASE_PORT;
  /** Name of the database. */
  readonly database = DATABASE_NAME;
  /** Credentials of the administrator, which RDS manages and rotates. */
  readonly adminSecret: StoredSecret;
  /** Identifier of the cluster, known once it exists. */
  readonly identifier: string;
  /** Name of the database that never changes, by which policies of IAM know it. */
  readonly resourceId: string;
  private readonly network: DatabaseNetwork;

  constructor(scope: Construct, id: string, props: AuroraClusterProps) {
    super(scope, id);
    this.validate(props);
    const parameters = this.createParameters(props);
    const cluster = this.createCluster(props, parameters);
    this.createInstances(props, cluster, parameters);
    this.network = props.network;
    this.host = cluster.endpoint;
    this.adminSecret = { arn: cluster.masterUserSecret.get(0).secretArn };
    this.identifier = cluster.clusterIdentifier;
    this.resourceId = cluster.clusterResourceId;
  }

  /** Admits the pods and nodes of a cluster. */
  allowFrom(cluster: EksCluster): void {
    this.network.allowFrom(cluster, this.port);
  }

  private createParameters({ identifier, engineMajor, maxConnections }: AuroraClusterProps): ClusterParameters {
    return new ClusterParameters(this, 'parameters', { name: identifier, engineMajor, maxConnections });
  }

  private createCluster(props: AuroraClusterProps, parameters: ClusterParameters): RdsCluster {
    return new RdsCluster(this, 'cluster', {
      clusterIdentifier: props.identifier,
      engine: ENGINE,
      engineMode: 'provisioned',
      ...engineSettings(props),
      ...accessSettings(props),
      ...protectionSettings(props),
      ...insightsSettings(props),
      ...this.names(props),
      ...this.capacity(props),
      ...this.content(props),
      ...this.logs(props),
      databaseInsightsMode: props.insights,
      preferredBackupWindow: props.backupWindow,
      preferredMaintenanceWindow: props.maintenanceWindow,
      storageEncrypted: true,
      kmsKeyId: props.key.arn,
      dbClusterParameterGroupName: parameters.clusterGroupName,
      // An upgrade to the next major version moves the instances too.
      dbInstanceParameterGroupName: parameters.instanceGroupName,
      applyImmediately: false,
      timeouts: TIMEOUTS,
    });
  }

  private names({ identifier, key, restore }: AuroraClusterProps) {
    const finalSnapshot = new FinalSnapshotName(this, 'final-snapshot', { identifier, key });
    return {
      databaseName: restore === undefined ? this.database : undefined,
      port: this.port,
      masterUsername: ADMIN_LOGIN,
      finalSnapshotIdentifier: finalSnapshot.value,
    };
  }

  private capacity({ minimumCapacity, maximumCapacity }: AuroraClusterProps) {
    if (minimumCapacity === undefined || maximumCapacity === undefined) return {};
    return { serverlessv2ScalingConfiguration: { minCapacity: minimumCapacity, maxCapacity: maximumCapacity } };
  }

  private content({ restore }: AuroraClusterProps) {
    return {
      snapshotIdentifier: restore?.snapshotIdentifier,
      restoreToPointInTime: isContinuous(restore)
        ? {
            sourceClusterIdentifier: restore.sourceIdentifier,
            sourceClusterResourceId: restore.sourceResourceId,
            restoreToTime: restore.time,
            useLatestRestorableTime: restore.latest,
          }
        : undefined,
      lifecycle: restoreLifecycle(restore, RESTORE_ARGUMENTS, ['database_name', 'master_username']),
    };
  }

  private logs({ identifier, key, logRetentionDays }: AuroraClusterProps) {
    const groups = databaseLogGroups('aurora', identifier);
    const logs = new DatabaseLogs(this, 'logs', { groups, key, retentionDays: logRetentionDays });
    return { enabledCloudwatchLogsExports: [...DATABASE_LOGS.aurora], dependsOn: [...logs.groups] };
  }

  private createInstances(props: AuroraClusterProps, cluster: RdsCluster, parameters: ClusterParameters): void {
    const monitoring = monitoringSettings(this, props);
    const serverless = props.maximumCapacity !== undefined;
    // None of them is the writer by name: the cluster decides, and decides again at every failover.
    for (let number = 1; number <= 1 + props.readers; number += 1) {
      new RdsClusterInstance(this, `instance-${number}`, {
        identifier: `${props.identifier}-${number}`,
        clusterIdentifier: cluster.id,
        engine: ENGINE,
        instanceClass: serverless ? SERVERLESS_CLASS : props.instanceClass,
        dbParameterGroupName: parameters.instanceGroupName,
        dbSubnetGroupName: props.network.subnetGroupName,
        publiclyAccessible: false,
        caCertIdentifier: props.caIdentifier,
        autoMinorVersionUpgrade: true,
        copyTagsToSnapshot: true,
        preferredMaintenanceWindow: props.maintenanceWindow,
        ...insightsSettings(props),
        ...monitoring,
        applyImmediately: false,
        timeouts: TIMEOUTS,
      });
    }
  }

  private validate(props: AuroraClusterProps): void {
    const mistakes = serverMistakes(this.node.path, props);
    if ((props.minimumCapacity === undefined) !== (props.maximumCapacity === undefined)) {
      mistakes.push({
        path: this.node.path,
        got: `\`minimumCapacity\` ${props.minimumCapacity} with \`maximumCapacity\` ${props.maximumCapacity}`,
        rule: 'a capacity has two ends',
        fix: 'give both, or neither for instances of `instanceClass`',
      });
    }
    if (mistakes.length > 0) throw new ContractError(mistakes);
  }
}
