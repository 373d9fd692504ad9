/**
 * Constructs for a cdktf stack of your own: the database with its network, key and secrets, and the workload that
 * prepares it.
 *
 * @packageDocumentation
 */

export * from './aws/iam/aws-account';
export * from './aws/iam/eks-cluster';
export * from './aws/iam/monitoring-role';
export * from './aws/iam/pod-role';
export * from './aws/monitoring/alarm-topic';
export * from './aws/monitoring/backup-watch';
export * from './aws/monitoring/database-alarms';
export * from './aws/monitoring/database-events';
export * from './aws/monitoring/event-history';
export * from './aws/monitoring/expected-event';
export * from './aws/monitoring/monitored-database';
export * from './aws/network/database-network';
export * from './aws/network/database-subnets';
export * from './aws/network/pod-security-group';
export * from './aws/rds/aurora-cluster';
export * from './aws/rds/cluster-parameters';
export * from './aws/rds/database-logs';
export * from './aws/rds/database-restore';
export * from './aws/rds/final-snapshot-name';
export * from './aws/rds/postgres-instance';
export * from './aws/rds/postgres-server';
export * from './aws/rds/server-parameters';
export * from './aws/secrets/control-plane-secret';
export * from './aws/secrets/current-version';
export * from './aws/secrets/generated-secret';
export * from './aws/secrets/identity-secret';
export * from './aws/secrets/secret-policy';
export * from './aws/storage/backup-bucket';
export * from './aws/storage/backup-replication';
export * from './aws/storage/encryption-key';
export * from './ephemeral-password';
export * from './ephemeral-secret';
export * from './kubernetes/backup/backup-job';
export * from './kubernetes/backup/dump-store';
export * from './kubernetes/backup/restore-job';
export * from './kubernetes/migration/migration-files';
export * from './kubernetes/migration/migration-job';
export * from './kubernetes/migration/migration-pod';
export * from './kubernetes/migration/monthly-migration';
export * from './kubernetes/migration/revocation-job';
export * from './kubernetes/migration/revocation-on-demand';
export * from './kubernetes/pods/cluster-access';
export * from './kubernetes/pods/control-plane-namespace';
export * from './kubernetes/pods/pod-account';
export * from './kubernetes/pods/restricted-pod';
export * from './kubernetes/pods/scheduled-pod';
export * from './kubernetes/pods/security-group-policy';
export * from './kubernetes/pods/trust-bundle';
export * from './kubernetes/release/control-plane-release';
export * from './kubernetes/release/control-plane-values';
export * from './kubernetes/secrets/existing-secrets';
export * from './kubernetes/secrets/external-secret';
export * from './kubernetes/secrets/secret-delivery';
export * from './kubernetes/secrets/secret-reader';
export * from './kubernetes/secrets/synced-secret';
export * from './kubernetes/secrets/synced-secrets';
export * from './kubernetes/secrets/terraform-secrets';
export * from './postgres-endpoint';
export * from './terraform-literal';
