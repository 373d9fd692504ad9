/**
 * Constructs for a cdktf stack of your own, and the two stacks of an environment: all that the package offers to a cdktf
 * app. What needs no cdktf is in `agent-bom-postgres/contract`.
 *
 * @packageDocumentation
 */

export { AwsAccount } from './constructs/aws/iam/aws-account';
export { EksCluster, type EksClusterProps } from './constructs/aws/iam/eks-cluster';
export { PodRole } from './constructs/aws/iam/pod-role';
export { AlarmTopic } from './constructs/aws/monitoring/alarm-topic';
export { BackupWatch } from './constructs/aws/monitoring/backup-watch';
export { DatabaseAlarms } from './constructs/aws/monitoring/database-alarms';
export { DatabaseEvents } from './constructs/aws/monitoring/database-events';
export {
  DatabaseNetwork,
  type DatabaseNetworkProps,
  type DatabasePeer,
} from './constructs/aws/network/database-network';
export { PodSecurityGroup } from './constructs/aws/network/pod-security-group';
export { AuroraCluster, type AuroraClusterProps } from './constructs/aws/rds/aurora-cluster';
export type { DatabaseRestore } from './constructs/aws/rds/database-restore';
export { PostgresInstance, type PostgresInstanceProps } from './constructs/aws/rds/postgres-instance';
export type { MonitoredDatabase, PostgresServer } from './constructs/aws/rds/postgres-server';
export type { PostgresServerProps } from './constructs/aws/rds/server-props';
export { ControlPlaneSecret } from './constructs/aws/secrets/control-plane-secret';
export { ImportedSecret, type ReadableSecret } from './constructs/aws/secrets/generated-secret';
export { IdentitySecret } from './constructs/aws/secrets/identity-secret';
export { SecretPolicy } from './constructs/aws/secrets/secret-policy';
export { BackupBucket } from './constructs/aws/storage/backup-bucket';
export { BackupReplication } from './constructs/aws/storage/backup-replication';
export { EncryptionKey, type EncryptionKeyProps } from './constructs/aws/storage/encryption-key';
export { BackupJob } from './constructs/kubernetes/backup/backup-job';
export { DumpStore } from './constructs/kubernetes/backup/dump-store';
export { RestoreJob } from './constructs/kubernetes/backup/restore-job';
export { MigrationFiles } from './constructs/kubernetes/migration/migration-files';
export {
  MigrationJob,
  type MigrationJobProps,
  MonthlyMigration,
} from './constructs/kubernetes/migration/migration-job';
export { RevocationJob, RevocationOnDemand } from './constructs/kubernetes/migration/revocation-job';
export { ClusterAccess } from './constructs/kubernetes/pods/cluster-access';
export { ControlPlaneNamespace, SecurityGroupPolicy } from './constructs/kubernetes/pods/control-plane-namespace';
export { TrustBundle } from './constructs/kubernetes/pods/trust-bundle';
export {
  ControlPlaneRelease,
  type ControlPlaneReleaseProps,
} from './constructs/kubernetes/release/control-plane-release';
export { ExternalSecrets, SecretReader, type SecretStore } from './constructs/kubernetes/secrets/external-secrets';
export { ExistingSecrets, type SecretDelivery } from './constructs/kubernetes/secrets/secret-delivery';
export { SyncedSecrets, type SyncedSecretsProps } from './constructs/kubernetes/secrets/synced-secrets';
export { TerraformSecrets } from './constructs/kubernetes/secrets/terraform-secrets';
export type { BackupStore, PostgresEndpoint, StoredCredentials, StoredSecret } from './constructs/postgres-endpoint';
export { DatabaseStack } from './stacks/database-stack';
export { PreventDestroy, RoleSettings } from './stacks/environment-stack';
export { environmentStacks, existingEndpoint } from './stacks/environment-stacks';
export { WorkloadStack } from './stacks/workload-stack';
