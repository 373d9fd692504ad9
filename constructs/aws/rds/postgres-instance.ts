import { DbInstance } from '@cdktf/provider-aws/lib/db-instance';
import { Op, type Precondition, ref } from 'cdktf';
import type { Construct } from 'constructs';
import { GP3, leastMaximumGib } from '../../../contract/aws/storage';
import { DATABASE_DEFAULTS } from '../../../contract/environment/database/database';
import { ADMIN_LOGIN } from '../../../contract/names';
import { partsOf } from '../../../contract/postgres/majors';
import { ImportedSecret, type ReadableSecret } from '../secrets/generated-secret';
import { isContinuous, type RestoreArguments, restoreLifecycle } from './database-restore';
import { sameEngineType } from './engine-type';
import { ENGINES, EngineVersion } from './engine-version';
import { PostgresServer, type ServerMistake, TIMEOUTS } from './postgres-server';
import { createInstanceParameters } from './server-parameters';
import type { PostgresServerProps } from './server-props';

const RESTORE_ARGUMENTS: RestoreArguments = {
  sourceIdentifier: 'source_db_instance_identifier',
  sourceResourceId: 'source_dbi_resource_id',
  automatedBackupsArn: 'source_db_instance_automated_backups_arn',
  time: 'restore_time',
  latest: 'use_latest_restorable_time',
};
const OTHER_KEY =
  'The restored database is encrypted with the key of its source: RDS cannot change that during a restore. ' +
  'Name that key in encryption.keyArn, or copy the snapshot with the key of this environment first, ' +
  'as docs/operate/restore.md shows.';

/** Settings of the database instance. */
export interface PostgresInstanceProps extends PostgresServerProps {
  /**
   * Storage at the start, in GiB. It never shrinks. A restored database begins with the storage of its source.
   * @default 100
   */
  readonly storageGib?: number;
  /**
   * Size up to which the storage grows by itself, in GiB; at least a tenth above `storageGib`.
   * @default 500
   */
  readonly maximumStorageGib?: number;
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
  /**
   * Keep a standby in a second availability zone.
   * @default true
   */
  readonly multiAz?: boolean;
}

/**
 * RDS for PostgreSQL, private and encrypted, with automated backups and a final snapshot. RDS manages and rotates the
 * administrator's password; no one else ever sees it.
 */
export class PostgresInstance extends PostgresServer {
  /** What events of RDS call it. */
  readonly kind = 'instance';
  /** ARN of the instance. */
  readonly arn: string;
  /** Name that leads to the instance, also after a failover. */
  readonly host: string;
  /** Credentials of the administrator, which RDS manages and rotates. */
  readonly adminSecret: ReadableSecret;
  /** Identifier of the instance, known once it exists. */
  readonly identifier: string;
  /** Id of the database that never changes, by which policies of IAM know it. */
  readonly resourceId: string;
  /** Size of its storage in GiB, at the last deployment. */
  override readonly storageGib: number;
  /** Name of the parameter group that it runs with. */
  override readonly parameterGroupName: string;

  constructor(scope: Construct, id: string, props: PostgresInstanceProps) {
    super(scope, id, props, 'instance', mistakesIn(props));
    const instance = this.createInstance(props);
    this.arn = instance.arn;
    this.host = instance.address;
    this.identifier = instance.identifier;
    this.resourceId = instance.resourceId;
    this.parameterGroupName = instance.parameterGroupName;
    this.storageGib = instance.allocatedStorage;
    this.adminSecret = ImportedSecret.fromSecretArn(instance.masterUserSecret.get(0).secretArn, this.key);
  }

  private createInstance(props: PostgresInstanceProps): DbInstance {
    const { engineVersion, preconditions } = this.version(props);
    return new DbInstance(this, 'instance', {
      identifier: props.identifier,
      instanceClass: props.instanceClass ?? DATABASE_DEFAULTS.instanceClass,
      engineVersion,
      ...this.engine(props),
      ...this.access(props),
      ...this.storage(props),
      ...this.protection(props),
      ...this.content(props, [...preconditions, ...sameEngineType(this, 'instance', props)]),
      ...this.logSettings('instance'),
      ...this.monitoring(props),
      applyImmediately: false,
      timeouts: TIMEOUTS,
    });
  }

  private engine(props: PostgresInstanceProps) {
    return {
      engine: ENGINES.instance,
      ...this.engineSettings(),
      autoMinorVersionUpgrade: true,
      parameterGroupName: createInstanceParameters(this, props),
    };
  }

  /**
   * A major version alone is written as it is: the provider sends it when it changes, and at no other time. A minor version
   * would be reverted in every plan after RDS has moved it on.
   */
  private version({ identifier, engineVersion = DATABASE_DEFAULTS.engine, restore }: PostgresInstanceProps) {
    if (partsOf(engineVersion).minor === undefined) return { engineVersion, preconditions: [] };
    const restored = restore !== undefined;
    const version = new EngineVersion(this, 'version', {
      identifier,
      form: 'instance',
      version: engineVersion,
      restored,
    });
    return { engineVersion: version.value, preconditions: [version.noStepBack] };
  }

  private access(props: PostgresInstanceProps) {
    return {
      ...this.accessSettings(props),
      port: this.port,
      username: ADMIN_LOGIN,
      publiclyAccessible: false,
      caCertIdentifier: props.caIdentifier ?? DATABASE_DEFAULTS.caIdentifier,
    };
  }

  /**
   * From 400 GiB on both numbers are written, also those that gp3 has there anyway: for storage that crosses 400 GiB the
   * provider would send the 3000 that it knows from before, and a number that is taken away would stay, and be billed.
   */
  private storage({ maximumStorageGib, iops, throughputMibps, ...props }: PostgresInstanceProps) {
    const { storageGib = DATABASE_DEFAULTS.storageGib, restore } = props;
    const large = storageGib >= GP3.provisionedGib && restore === undefined;
    const provisioned = large || iops !== undefined || throughputMibps !== undefined;
    return {
      storageType: 'gp3',
      storageEncrypted: true,
      kmsKeyId: this.key.arn,
      maxAllocatedStorage: maximumStorageGib ?? DATABASE_DEFAULTS.maximumStorageGib,
      iops: provisioned ? (iops ?? GP3.iops) : undefined,
      storageThroughput: provisioned ? (throughputMibps ?? GP3.throughputMibps) : undefined,
    };
  }

  private protection(props: PostgresInstanceProps) {
    return {
      ...this.protectionSettings('instance', props),
      multiAz: props.multiAz ?? DATABASE_DEFAULTS.multiAz,
      backupWindow: props.backupWindow ?? DATABASE_DEFAULTS.backupWindow,
      maintenanceWindow: props.maintenanceWindow ?? DATABASE_DEFAULTS.maintenanceWindow,
    };
  }

  private content(
    { restore, storageGib = DATABASE_DEFAULTS.storageGib }: PostgresInstanceProps,
    conditions: Precondition[],
  ) {
    const sameKey = { condition: Op.eq(ref('self.kms_key_id'), this.key.arn), errorMessage: OTHER_KEY };
    const lifecycle = {
      ...restoreLifecycle(restore, RESTORE_ARGUMENTS, ['db_name', 'username'], [sameKey]),
      precondition: conditions.length === 0 ? undefined : conditions,
    };
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

  private monitoring(props: PostgresInstanceProps) {
    return {
      databaseInsightsMode: props.insights ?? DATABASE_DEFAULTS.insights,
      ...this.insightsSettings(props),
      ...this.monitoringSettings(props),
    };
  }
}

function mistakesIn({
  storageGib = DATABASE_DEFAULTS.storageGib,
  maximumStorageGib = DATABASE_DEFAULTS.maximumStorageGib,
}: PostgresInstanceProps): ServerMistake[] {
  const least = leastMaximumGib(storageGib);
  if (maximumStorageGib >= least) return [];
  return [
    {
      got: `\`maximumStorageGib\` ${maximumStorageGib} with \`storageGib\` ${storageGib}`,
      rule: 'the storage grows up to a size at least a tenth above the one at the start',
      fix: `give ${least} or more`,
    },
  ];
}
