/**
 * Constructs for a cdktf stack of your own: the database with its network, key and secrets, and the workload that
 * prepares it.
 *
 * @packageDocumentation
 */
export * from './aws/alarm-topic';
export * from './aws/aurora-cluster';
export * from './aws/aws-account';
export * from './aws/backup-bucket';
export * from './aws/backup-replication';
export * from './aws/backup-watch';
export * from './aws/cluster-parameters';
export * from './aws/control-plane-secret';
export * from './aws/current-version';
export * from './aws/database-alarms';
export * from './aws/database-events';
export * from './aws/database-logs';
export * from './aws/database-network';
export * from './aws/database-restore';
export * from './aws/database-subnets';
export * from './aws/eks-cluster';
export * from './aws/encryption-key';
export * from './aws/event-history';
export * from './aws/expected-event';
export * from './aws/final-snapshot-name';
export * from './aws/generated-secret';
export * from './aws/identity-secret';
export * from './aws/monitoring-role';
export * from './aws/pod-role';
export * from './aws/pod-security-group';
export * from './aws/postgres-instance';
export * from './aws/postgres-server';
export * from './aws/secret-policy';
export * from './aws/server-parameters';
export * from './aws/watched-database';
export * from './ephemeral-password';
export * from './ephemeral-secret';
export * from './kubernetes/backup-job';
export * from './kubernetes/cluster-access';
export * from './kubernetes/control-plane-namespace';
export * from './kubernetes/control-plane-release';
export * from './kubernetes/control-plane-values';
export * from './kubernetes/dump-store';
export * from './kubernetes/existing-secrets';
export * from './kubernetes/external-secret';
export * from './kubernetes/migration-files';
export * from './kubernetes/migration-job';
export * from './kubernetes/migration-pod';
export * from './kubernetes/monthly-migration';
export * from './kubernetes/pod-account';
export * from './kubernetes/pod-firewall';
export * from './kubernetes/restore-job';
export * from './kubernetes/restricted-pod';
export * from './kubernetes/retire-job';
export * from './kubernetes/retirement-on-demand';
export * from './kubernetes/scheduled-pod';
export * from './kubernetes/secret-delivery';
export * from './kubernetes/secret-reader';
export * from './kubernetes/synced-secret';
export * from './kubernetes/synced-secrets';
export * from './kubernetes/terraform-secrets';
export * from './kubernetes/trust-bundle';
export * from './postgres-endpoint';
export * from './terraform-literal';
