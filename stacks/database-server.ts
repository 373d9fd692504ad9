import type { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import type { Construct } from 'constructs';
import type { AwsAccount } from '../constructs/aws/iam/aws-account';
import type { EksCluster } from '../constructs/aws/iam/eks-cluster';
import { DatabaseNetwork } from '../constructs/aws/network/database-network';
import type { PodSecurityGroup } from '../constructs/aws/network/pod-security-group';
import { AuroraCluster } from '../constructs/aws/rds/aurora-cluster';
import { PostgresInstance } from '../constructs/aws/rds/postgres-instance';
import type { PostgresServer } from '../constructs/aws/rds/postgres-server';
import { BackupReplication } from '../constructs/aws/storage/backup-replication';
import type { EncryptionKey } from '../constructs/aws/storage/encryption-key';
import { AURORA_DEFAULTS } from '../contract/environment/database/aurora';
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
  /** Security group of the pods, where the database admits them and no other pods. */
  readonly pods?: PodSecurityGroup;
  /** Makes the provider of another region, for the copies of the backups. */
  readonly provideRegion: (region: string) => AwsProvider;
}

/** Makes the server in the form that the environment asks for, in its network, open to those whom the environment admits. */
export function createServer(scope: Construct, props: DatabaseServerProps): PostgresServer {
  const { environment, account, cluster, key } = props;
  const { name, database, releaseProtection } = environment;
  const identifier = derivedName(name, 'instance');
  const network = new DatabaseNetwork(scope, 'network', { name: identifier, cluster, subnetIds: database.subnetIds });
  const settings = {
    ...database,
    identifier,
    network,
    account,
    key,
    deletionProtection: !releaseProtection,
    monitoringRoleName: derivedName(name, 'monitoringRole'),
    engineMajor: database.engine,
  };
  const server =
    database.form === 'aurora'
      ? new AuroraCluster(scope, 'database', { ...settings, ...AURORA_DEFAULTS, ...database.aurora })
      : replicateBackups(scope, new PostgresInstance(scope, 'database', settings), props);
  admit(server, network, props);
  return server;
}

function replicateBackups(
  scope: Construct,
  instance: PostgresInstance,
  { environment, provideRegion }: DatabaseServerProps,
): PostgresInstance {
  const { replication } = environment.database;
  if (replication === undefined) return instance;
  new BackupReplication(scope, 'backup-replication', {
    ...replication,
    instance,
    provider: provideRegion(replication.region),
    keyAlias: replicaKeyAlias(environment.name),
  });
  return instance;
}

function admit(server: PostgresServer, network: DatabaseNetwork, props: DatabaseServerProps): void {
  const { cluster, pods, environment } = props;
  const { access: admitted } = environment.database;
  if (admitted.pods === 'cluster') server.allowFrom(cluster);
  if (pods !== undefined) network.allowFromPods(pods, server.port);
  for (const securityGroupId of admitted.securityGroupIds) network.allowFromSecurityGroup(securityGroupId, server.port);
  for (const cidr of admitted.cidrs) network.allowFromAddresses(cidr, server.port);
}
