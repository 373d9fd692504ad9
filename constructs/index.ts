/**
 * Constructs for a cdktf stack of your own: the database with its network, key and secrets, and the workload that
 * prepares it.
 *
 * @packageDocumentation
 */
export * from './aws/aws-account';
export * from './aws/backup-bucket';
export * from './aws/control-plane-secret';
export * from './aws/database-logs';
export * from './aws/database-network';
export * from './aws/eks-cluster';
export * from './aws/encryption-key';
export * from './aws/final-snapshot-name';
export * from './aws/generated-secret';
export * from './aws/identity-secret';
export * from './aws/monitoring-role';
export * from './aws/pod-role';
export * from './aws/postgres-instance';
export * from './aws/server-parameters';
export * from './ephemeral-password';
export * from './kubernetes/cluster-access';
export * from './kubernetes/control-plane-namespace';
export * from './kubernetes/control-plane-release';
export * from './kubernetes/migration-files';
export * from './kubernetes/migration-job';
export * from './kubernetes/migration-pod';
export * from './kubernetes/secret-reader';
export * from './kubernetes/synced-secret';
export * from './kubernetes/synced-secrets';
export * from './kubernetes/trust-bundle';
export * from './postgres-endpoint';
export * from './terraform-literal';
