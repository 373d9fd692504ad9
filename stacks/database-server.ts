import type { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import type { Construct } from 'constructs';
import type { AwsAccount } from '../constructs/aws/iam/aws-account';
import type { EksCluster } from '../constructs/aws/iam/eks-cluster';
import { DatabaseNetwork } from '../constructs/aws/network/database-network';
import type { PodSecurityGroup } from '../constructs/aws/network/pod-security-group';
import { AuroraCluster } from '../constructs/aws/rds/aurora-cluster';
import { PostgresInstance } from '../constructs/aws/rds/postgres-instance';
import type { PostgresServer } from '../constructs/aws/rds/postgres-server';
import type { PostgresServerProps } from '../constructs/aws/rds/server-props';
import { BackupReplication } from '../constructs/aws/storage/backup-replication';
import type { EncryptionKey } from '../constructs/aws/storage/encryption-key';
import type { Environment } from '../contract/environment/environment';
import { derivedName, replicaKeyAlias } from '../contract/names';

/** What the server of an environment is made with. */
export interface DatabaseServerProps {
  /** Environment as its file describes it. */
  readonly environment: Environment;
  /** AWS account that the server belongs to. */
  readonly account: AwsAccount;
  /** Cluster whose pods use the database. */
  readonly cluster: EksCluster;
  /** Key that encrypts what is stored. */
  readonly key: EncryptionKey;
  /** Security group of the pods, where they have access to the database and no other pods do. */
  readonly pods?: PodSecurityGroup;
  /** Makes the provider of another region, for the copies of the backups. */
  readonly provideRegion: (region: string) => AwsProvider;
}

/** Makes the server that the environment asks for, an instance or a cluster, in its network, open to its peers alone. */
export function createServer(scope: Construct, props: DatabaseServerProps): PostgresServer {
  const server =
    props.environment.database.form === 'aurora' ? createCluster(scope, props) : createInstance(scope, props);
  allowAccess(server, props);
  return server;
}

function createCluster(scope: Construct, props: DatabaseServerProps): AuroraCluster {
  const { aurora } = props.environment.database;
  return new AuroraCluster(scope, 'database', {
    ...serverSettings(scope, props),
    minimumCapacity: aurora?.minimumCapacity,
    maximumCapacity: aurora?.maximumCapacity,
    secondsUntilAutoPause: aurora?.secondsUntilAutoPause,
    readers: aurora?.readers,
  });
}

function createInstance(scope: Construct, props: DatabaseServerProps): PostgresInstance {
  const { environment, provideRegion } = props;
  const { storageGib, maximumStorageGib, iops, throughputMibps, multiAz, replication } = environment.database;
  const storage = { storageGib, maximumStorageGib, iops, throughputMibps };
  const settings = serverSettings(scope, props);
  const instance = new PostgresInstance(scope, 'database', { ...settings, ...storage, multiAz });
  if (replication === undefined) return instance;
  const { region, retentionDays, keyArn } = replication;
  new BackupReplication(scope, 'backup-replication', {
    instance,
    region,
    provider: provideRegion(region),
    retentionDays,
    keyAlias: replicaKeyAlias(environment.name),
    keyArn,
  });
  return instance;
}

/** Every key is named, so a key that is renamed in the environment file is a type error here. */
function serverSettings(scope: Construct, { environment, cluster, account, key }: DatabaseServerProps) {
  const { name, database, releaseProtection } = environment;
  const { subnetIds, subnetGroupName, engine, instanceClass, maxConnections, restore } = database;
  const { backupRetentionDays, backupWindow, maintenanceWindow, caIdentifier, iamAuthentication } = database;
  const { insights, monitoringSeconds, monitoringRoleArn, logRetentionDays } = database;
  const identifier = derivedName(name, 'instance');
  return {
    identifier,
    network: new DatabaseNetwork(scope, 'network', { name: identifier, cluster, subnetIds, subnetGroupName }),
    key,
    account,
    engineVersion: engine,
    instanceClass,
    maxConnections,
    restore,
    backupRetentionDays,
    backupWindow,
    maintenanceWindow,
    caIdentifier,
    iamAuthentication,
    insights,
    monitoringSeconds,
    monitoringRoleArn,
    monitoringRoleName: derivedName(name, 'monitoringRole'),
    logRetentionDays,
    deletionProtection: !releaseProtection,
  } satisfies PostgresServerProps;
}

function allowAccess(server: PostgresServer, { cluster, pods, environment }: DatabaseServerProps): void {
  const { access } = environment.database;
  if (access.pods === 'cluster') server.allowFrom(cluster);
  if (pods !== undefined) server.allowFrom(pods);
  for (const securityGroupId of access.securityGroupIds) server.allowFrom({ securityGroupId });
  for (const cidr of access.cidrs) server.allowFrom({ cidr });
}
