/** What a provider does with the attributes of one type of resource that our stacks write. */
export interface TypeSchema {
  /**
   * Where it was read: a file of the provider's source with its commit, or the page of its documentation. The schema that a
   * provider tells Terraform has `kept`, and neither `replaces` nor `defaults`.
   */
  readonly read: string;
  /** Attributes whose change replaces the resource (ForceNew). A nested attribute is written with dots. */
  readonly replaces: readonly string[];
  /** Attributes that keep their value when they are left out (Optional and Computed). */
  readonly kept?: readonly string[];
  /** What an attribute has that is left out. */
  readonly defaults?: Readonly<Record<string, string | number | boolean>>;
}

/** Version of each provider that the facts below are about: the one that the stacks ask for. */
export const PROVIDER_VERSIONS = { aws: '6.26.0', helm: '3.1.1', kubernetes: '2.38.0', random: '3.7.2' } as const;

const source = (file: string, commit: string) => `internal/service/${file} at ${commit}`;
const page = (type: string) => `documentation of ${type}: "forces new resource"`;

/** By type. A type of ours that is missing here fails a test. */
export const PROVIDER_SCHEMA: Readonly<Record<string, TypeSchema>> = {
  aws_cloudwatch_event_rule: { read: page('aws_cloudwatch_event_rule'), replaces: ['name'] },
  aws_cloudwatch_event_target: { read: page('aws_cloudwatch_event_target'), replaces: ['rule'] },
  aws_cloudwatch_log_group: { read: page('aws_cloudwatch_log_group'), replaces: ['name'] },
  aws_cloudwatch_log_metric_filter: {
    read: page('aws_cloudwatch_log_metric_filter'),
    replaces: ['name', 'log_group_name'],
  },
  aws_cloudwatch_metric_alarm: { read: page('aws_cloudwatch_metric_alarm'), replaces: ['alarm_name'] },
  aws_db_event_subscription: {
    read: source('rds/event_subscription.go', '03e17e1'),
    replaces: ['name'],
    defaults: { enabled: true },
  },
  aws_db_instance: {
    // With SchemaVersion 2, since which the identifier renames in place.
    read: 'internal/service/rds/instance.go, a version with SchemaVersion 2',
    replaces: [
      'availability_zone',
      'db_name',
      'engine',
      'kms_key_id',
      'restore_to_point_in_time',
      'snapshot_identifier',
      'storage_encrypted',
      'username',
    ],
    kept: [
      'allocated_storage',
      'backup_retention_period',
      'backup_window',
      'ca_cert_identifier',
      'db_name',
      'db_subnet_group_name',
      'engine',
      'engine_version',
      'identifier',
      'iops',
      'kms_key_id',
      'maintenance_window',
      'master_user_secret_kms_key_id',
      'monitoring_role_arn',
      'multi_az',
      'parameter_group_name',
      'performance_insights_kms_key_id',
      'performance_insights_retention_period',
      'port',
      'snapshot_identifier',
      'storage_throughput',
      'storage_type',
      'username',
      'vpc_security_group_ids',
    ],
    defaults: {
      apply_immediately: false,
      auto_minor_version_upgrade: true,
      copy_tags_to_snapshot: false,
      delete_automated_backups: true,
      monitoring_interval: 0,
      performance_insights_enabled: false,
      publicly_accessible: false,
      skip_final_snapshot: false,
    },
  },
  aws_db_instance_automated_backups_replication: {
    read: source('rds/instance_automated_backups_replication.go', '0213a3c'),
    replaces: ['kms_key_id', 'retention_period', 'source_db_instance_arn'],
    kept: ['kms_key_id'],
    defaults: { retention_period: 7 },
  },
  aws_db_parameter_group: {
    read: page('aws_db_parameter_group'),
    replaces: ['name_prefix', 'family', 'description'],
  },
  aws_db_subnet_group: {
    read: source('rds/subnet_group.go', '01c0800'),
    replaces: ['name'],
    kept: ['name'],
    defaults: { description: 'Managed by Terraform' },
  },
  aws_eks_pod_identity_association: {
    read: page('aws_eks_pod_identity_association'),
    replaces: ['cluster_name', 'namespace', 'service_account'],
  },
  aws_iam_role: { read: page('aws_iam_role'), replaces: ['name', 'path'] },
  aws_iam_role_policy: { read: page('aws_iam_role_policy'), replaces: ['name', 'role'] },
  aws_iam_role_policy_attachment: { read: page('aws_iam_role_policy_attachment'), replaces: ['role', 'policy_arn'] },
  aws_kms_alias: { read: page('aws_kms_alias'), replaces: ['name'] },
  aws_kms_key: { read: page('aws_kms_key'), replaces: [] },
  aws_rds_cluster: {
    read: source('rds/cluster.go', '0168cf6'),
    replaces: [
      'cluster_identifier',
      'database_name',
      'db_subnet_group_name',
      'engine',
      'engine_mode',
      'kms_key_id',
      'master_username',
      'restore_to_point_in_time',
      'snapshot_identifier',
      'storage_encrypted',
    ],
    kept: [
      'apply_immediately',
      'backup_retention_period',
      'cluster_identifier',
      'database_insights_mode',
      'database_name',
      'db_cluster_parameter_group_name',
      'db_subnet_group_name',
      'engine_lifecycle_support',
      'engine_version',
      'kms_key_id',
      'master_user_secret_kms_key_id',
      'master_username',
      'performance_insights_kms_key_id',
      'performance_insights_retention_period',
      'port',
      'preferred_backup_window',
      'preferred_maintenance_window',
      'storage_encrypted',
      'vpc_security_group_ids',
    ],
    defaults: {
      copy_tags_to_snapshot: false,
      delete_automated_backups: true,
      engine_mode: 'provisioned',
      skip_final_snapshot: false,
    },
  },
  aws_rds_cluster_instance: {
    read: source('rds/cluster_instance.go', 'a5509ee'),
    replaces: ['cluster_identifier', 'db_subnet_group_name', 'engine', 'identifier'],
    kept: [
      'apply_immediately',
      'ca_cert_identifier',
      'db_parameter_group_name',
      'db_subnet_group_name',
      'identifier',
      'monitoring_role_arn',
      'performance_insights_enabled',
      'performance_insights_kms_key_id',
      'performance_insights_retention_period',
      'preferred_maintenance_window',
    ],
    defaults: {
      auto_minor_version_upgrade: true,
      copy_tags_to_snapshot: false,
      monitoring_interval: 0,
      publicly_accessible: false,
    },
  },
  aws_rds_cluster_parameter_group: {
    read: page('aws_rds_cluster_parameter_group'),
    replaces: ['name_prefix', 'family', 'description'],
  },
  aws_s3_bucket: { read: page('aws_s3_bucket'), replaces: ['bucket'] },
  aws_s3_bucket_lifecycle_configuration: { read: page('aws_s3_bucket_lifecycle_configuration'), replaces: ['bucket'] },
  aws_s3_bucket_notification: { read: page('aws_s3_bucket_notification'), replaces: ['bucket'] },
  aws_s3_bucket_ownership_controls: { read: page('aws_s3_bucket_ownership_controls'), replaces: ['bucket'] },
  aws_s3_bucket_policy: { read: page('aws_s3_bucket_policy'), replaces: ['bucket'] },
  aws_s3_bucket_public_access_block: { read: page('aws_s3_bucket_public_access_block'), replaces: ['bucket'] },
  aws_s3_bucket_server_side_encryption_configuration: {
    read: page('aws_s3_bucket_server_side_encryption_configuration'),
    replaces: ['bucket'],
  },
  aws_s3_bucket_versioning: { read: page('aws_s3_bucket_versioning'), replaces: ['bucket'] },
  aws_secretsmanager_secret: { read: page('aws_secretsmanager_secret'), replaces: ['name'] },
  aws_secretsmanager_secret_policy: { read: page('aws_secretsmanager_secret_policy'), replaces: ['secret_arn'] },
  aws_secretsmanager_secret_version: {
    read: source('secretsmanager/secret_version.go', '0042e8e'),
    replaces: ['secret_id', 'secret_string_wo_version'],
  },
  aws_security_group: { read: page('aws_security_group'), replaces: ['name', 'description', 'vpc_id'] },
  aws_sns_topic: { read: page('aws_sns_topic'), replaces: ['name'] },
  aws_sns_topic_policy: { read: page('aws_sns_topic_policy'), replaces: ['arn'] },
  aws_sns_topic_subscription: {
    read: page('aws_sns_topic_subscription'),
    replaces: ['topic_arn', 'protocol', 'endpoint'],
  },
  aws_sqs_queue: { read: page('aws_sqs_queue'), replaces: ['name'] },
  aws_sqs_queue_policy: { read: page('aws_sqs_queue_policy'), replaces: ['queue_url'] },
  aws_vpc_security_group_egress_rule: {
    read: page('aws_vpc_security_group_egress_rule'),
    replaces: ['security_group_id'],
  },
  aws_vpc_security_group_ingress_rule: {
    read: page('aws_vpc_security_group_ingress_rule'),
    replaces: ['security_group_id'],
  },
  helm_release: { read: page('helm_release'), replaces: ['name', 'namespace'] },
  kubernetes_config_map_v1: metadata('kubernetes_config_map_v1'),
  kubernetes_cron_job_v1: metadata('kubernetes_cron_job_v1'),
  kubernetes_job_v1: metadata('kubernetes_job_v1', 'metadata.generate_name', 'spec.template'),
  kubernetes_manifest: {
    read: page('kubernetes_manifest'),
    replaces: ['manifest.metadata.name', 'manifest.metadata.namespace', 'manifest.kind', 'manifest.apiVersion'],
  },
  kubernetes_namespace_v1: { read: page('kubernetes_namespace_v1'), replaces: ['metadata.name'] },
  kubernetes_role_binding_v1: metadata('kubernetes_role_binding_v1', 'role_ref'),
  kubernetes_role_v1: metadata('kubernetes_role_v1'),
  kubernetes_secret_v1: metadata('kubernetes_secret_v1'),
  kubernetes_service_account_v1: metadata('kubernetes_service_account_v1'),
  random_id: { read: page('random_id'), replaces: ['byte_length', 'keepers'] },
};

function metadata(type: string, ...more: readonly string[]): TypeSchema {
  return { read: page(type), replaces: ['metadata.name', 'metadata.namespace', ...more] };
}
