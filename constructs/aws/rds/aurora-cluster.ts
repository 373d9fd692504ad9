import { RdsCluster } from '@cdktf/provider-aws/lib/rds-cluster';
import { RdsClusterInstance } from '@cdktf/provider-aws/lib/rds-cluster-instance';
import type { Construct } from 'constructs';
import { AURORA_DEFAULTS } from '../../../contract/environment/database/aurora';
import { DATABASE_DEFAULTS } from '../../../contract/environment/database/database';
import { ADMIN_LOGIN } from '../../../contract/names';
import { ImportedSecret, type ReadableSecret } from '../secrets/generated-secret';
import { isContinuous, type RestoreArguments, restoreLifecycle } from './database-restore';
import { sameEngineType } from './engine-type';
import { ENGINES, EngineVersion } from './engine-version';
import { PostgresServer, type ServerMistake, TIMEOUTS } from './postgres-server';
import { type ClusterParameters, createClusterParameters } from './server-parameters';
import type { PostgresServerProps } from './server-props';

/** The class of an instance whose capacity changes by itself. */
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
  /**
   * Seconds without a connection after which a cluster whose minimum capacity is 0 pauses, 300 to 86,400.
   * @default - 300 with that minimum; other clusters never pause
   */
  readonly secondsUntilAutoPause?: number;
  /**
   * Instances besides the writer, 0 to 15, in other availability zones as far as there are any.
   * @default 1
   */
  readonly readers?: number;
}

/**
 * Aurora PostgreSQL, private and encrypted, with automated backups and a final snapshot: one instance that writes, and
 * readers that take over from it. RDS manages and rotates the administrator's password; no one else ever sees it.
 */
export class AuroraCluster extends PostgresServer {
  /** What events of RDS call it. */
  readonly kind = 'cluster';
  /** Name that leads to the instance that writes, also after a failover. */
  readonly host: string;
  /** Credentials of the administrator, which RDS manages and rotates. */
  readonly adminSecret: ReadableSecret;
  /** Identifier of the cluster, known once it exists. */
  readonly identifier: string;
  /** Id of the database that never changes, by which policies of IAM know it. */
  readonly resourceId: string;
  /** Identifiers of its instances, known once they exist. */
  override readonly instanceIdentifiers: readonly string[];

  constructor(scope: Construct, id: string, props: AuroraClusterProps) {
    super(scope, id, props, 'aurora', mistakesIn(props));
    const { identifier, engineVersion = DATABASE_DEFAULTS.engine, restore } = props;
    const restored = restore !== undefined;
    const version = new EngineVersion(this, 'version', {
      identifier,
      form: 'aurora',
      version: engineVersion,
      restored,
    });
    const parameters = createClusterParameters(this, props);
    const cluster = this.createCluster(props, version, parameters);
    // RDS gives the group of the next major version to the instances itself, when it upgrades them in their window.
    const instanceGroupName = version.unlessUpgraded(parameters.instanceGroupName);
    const instances = this.createInstances(props, cluster, instanceGroupName);
    this.host = cluster.endpoint;
    this.adminSecret = ImportedSecret.fromSecretArn(cluster.masterUserSecret.get(0).secretArn, this.key);
    this.identifier = cluster.clusterIdentifier;
    this.instanceIdentifiers = instances.map((instance) => instance.identifier);
    this.resourceId = cluster.clusterResourceId;
  }

  private createCluster(props: AuroraClusterProps, version: EngineVersion, parameters: ClusterParameters): RdsCluster {
    return new RdsCluster(this, 'cluster', {
      clusterIdentifier: props.identifier,
      engine: ENGINES.aurora,
      engineVersion: version.value,
      engineMode: 'provisioned',
      databaseName: props.restore === undefined ? this.database : undefined,
      port: this.port,
      masterUsername: ADMIN_LOGIN,
      ...this.engineSettings(),
      ...this.accessSettings(props),
      ...this.protectionSettings('aurora', props),
      ...this.insightsSettings(props),
      ...this.capacity(props),
      ...this.content(props, version),
      ...this.logSettings('aurora'),
      databaseInsightsMode: props.insights ?? DATABASE_DEFAULTS.insights,
      preferredBackupWindow: props.backupWindow ?? DATABASE_DEFAULTS.backupWindow,
      preferredMaintenanceWindow: props.maintenanceWindow ?? DATABASE_DEFAULTS.maintenanceWindow,
      storageEncrypted: true,
      kmsKeyId: this.key.arn,
      dbClusterParameterGroupName: parameters.clusterGroupName,
      // An upgrade to the next major version moves the instances too.
      dbInstanceParameterGroupName: parameters.instanceGroupName,
      applyImmediately: false,
      timeouts: TIMEOUTS,
    });
  }

  private capacity({ minimumCapacity, maximumCapacity, secondsUntilAutoPause }: AuroraClusterProps) {
    if (minimumCapacity === undefined || maximumCapacity === undefined) return {};
    const scaling = { minCapacity: minimumCapacity, maxCapacity: maximumCapacity, secondsUntilAutoPause };
    return { serverlessv2ScalingConfiguration: scaling };
  }

  private content(props: AuroraClusterProps, { noStepBack }: EngineVersion) {
    const { restore } = props;
    const lifecycle = restoreLifecycle(restore, RESTORE_ARGUMENTS, ['database_name', 'master_username']);
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
      lifecycle: { ...lifecycle, precondition: [noStepBack, ...sameEngineType(this, 'aurora', props)] },
    };
  }

  private createInstances(
    props: AuroraClusterProps,
    cluster: RdsCluster,
    parameterGroupName: string,
  ): RdsClusterInstance[] {
    const monitoring = this.monitoringSettings(props);
    const { readers = AURORA_DEFAULTS.readers, instanceClass = DATABASE_DEFAULTS.instanceClass } = props;
    const serverless = props.maximumCapacity !== undefined;
    // None of them is the writer by name: the cluster decides, and decides again at every failover.
    return Array.from({ length: 1 + readers }, (_, index) => {
      const number = index + 1;
      return new RdsClusterInstance(this, `instance-${number}`, {
        identifier: `${props.identifier}-${number}`,
        clusterIdentifier: cluster.id,
        engine: ENGINES.aurora,
        instanceClass: serverless ? SERVERLESS_CLASS : instanceClass,
        dbParameterGroupName: parameterGroupName,
        dbSubnetGroupName: this.network.subnetGroupName,
        publiclyAccessible: false,
        caCertIdentifier: props.caIdentifier ?? DATABASE_DEFAULTS.caIdentifier,
        autoMinorVersionUpgrade: true,
        copyTagsToSnapshot: true,
        preferredMaintenanceWindow: props.maintenanceWindow ?? DATABASE_DEFAULTS.maintenanceWindow,
        ...this.insightsSettings(props),
        ...monitoring,
        applyImmediately: false,
        timeouts: TIMEOUTS,
      });
    });
  }
}

function mistakesIn({ minimumCapacity, maximumCapacity }: AuroraClusterProps): ServerMistake[] {
  if ((minimumCapacity === undefined) === (maximumCapacity === undefined)) return [];
  return [
    {
      got: `\`minimumCapacity\` ${minimumCapacity} with \`maximumCapacity\` ${maximumCapacity}`,
      rule: 'a capacity has two ends',
      fix: 'give both, or neither for instances of `instanceClass`',
    },
  ];
}
