/**
 * Constructs for a cdktf stack of your own: the database with its network, key and secrets, and the workload that
 * prepares it.
 *
 * @packageDocumentation
 */

export { AwsAccount, type AwsAccountProps } from './aws/iam/aws-account';
export { EksCluster, type EksClusterProps } from './aws/iam/eks-cluster';
export { PodRole, type PodRoleProps, type ServiceAccountName } from './aws/iam/pod-role';
export { AlarmTopic, type AlarmTopicProps, type ExistingTopicProps } from './aws/monitoring/alarm-topic';
export { BackupWatch, type BackupWatchProps } from './aws/monitoring/backup-watch';
export { DatabaseAlarms, type DatabaseAlarmsProps } from './aws/monitoring/database-alarms';
export { DatabaseEvents, type DatabaseEventsProps } from './aws/monitoring/database-events';
export { DatabaseNetwork, type DatabaseNetworkProps, type DatabasePeer } from './aws/network/database-network';
export { PodSecurityGroup, type PodSecurityGroupProps } from './aws/network/pod-security-group';
export { AuroraCluster, type AuroraClusterProps } from './aws/rds/aurora-cluster';
export type { DatabaseRestore } from './aws/rds/database-restore';
export { PostgresInstance, type PostgresInstanceProps } from './aws/rds/postgres-instance';
export { type MonitoredDatabase, PostgresServer } from './aws/rds/postgres-server';
export type { PostgresServerProps } from './aws/rds/server-props';
export { ControlPlaneSecret, type ControlPlaneSecretProps } from './aws/secrets/control-plane-secret';
export { ImportedSecret, type ReadableSecret } from './aws/secrets/generated-secret';
export { IdentitySecret, type IdentitySecretProps } from './aws/secrets/identity-secret';
export { SecretPolicy, type SecretPolicyProps } from './aws/secrets/secret-policy';
export { BackupBucket, type BackupBucketProps } from './aws/storage/backup-bucket';
export { BackupReplication, type BackupReplicationProps } from './aws/storage/backup-replication';
export { EncryptionKey, type EncryptionKeyProps, type ExistingKeyProps } from './aws/storage/encryption-key';
export { BackupJob, type BackupJobProps } from './kubernetes/backup/backup-job';
export { DumpStore, type DumpStoreProps } from './kubernetes/backup/dump-store';
export { RestoreJob, type RestoreJobProps } from './kubernetes/backup/restore-job';
export { MigrationFiles, type MigrationFilesProps } from './kubernetes/migration/migration-files';
export {
  type MigratedDatabase,
  MigrationJob,
  type MigrationJobProps,
  MonthlyMigration,
  type MonthlyMigrationProps,
} from './kubernetes/migration/migration-job';
export { RevocationJob, type RevocationJobProps, RevocationOnDemand } from './kubernetes/migration/revocation-job';
export { ClusterAccess, type ClusterAccessProps } from './kubernetes/pods/cluster-access';
export {
  ControlPlaneNamespace,
  type ControlPlaneNamespaceProps,
  SecurityGroupPolicy,
  type SecurityGroupPolicyProps,
} from './kubernetes/pods/control-plane-namespace';
export { TrustBundle, type TrustBundleProps } from './kubernetes/pods/trust-bundle';
export { ControlPlaneRelease, type ControlPlaneReleaseProps } from './kubernetes/release/control-plane-release';
export {
  ExternalSecrets,
  type ExternalSecretsProps,
  SecretReader,
  type SecretReaderProps,
  type SecretStore,
} from './kubernetes/secrets/external-secrets';
export { ExistingSecrets, type SecretDelivery, SyncedSecret } from './kubernetes/secrets/secret-delivery';
export { SyncedSecrets, type SyncedSecretsProps } from './kubernetes/secrets/synced-secrets';
export { TerraformSecrets } from './kubernetes/secrets/terraform-secrets';
export type { BackupStore, PostgresEndpoint, StoredCredentials, StoredSecret } from './postgres-endpoint';
