import { RDS_SCHEMA } from './rds-schema';
import { page, source, type TypeSchema } from './type-schema';

/** Version of each provider that the facts below are about: the one that the stacks ask for. */
export const PROVIDER_VERSIONS = { aws: '6.26.0', helm: '3.1.1', kubernetes: '2.38.0', random: '3.7.2' } as const;

/** By type. A type of ours that is missing here fails a test. */
export const PROVIDER_SCHEMA: Readonly<Record<string, TypeSchema>> = {
  ...RDS_SCHEMA,
  aws_cloudwatch_event_rule: {
    read: source('events/rule.go', '0cdab4a'),
    replaces: ['event_bus_name', 'name'],
    kept: ['name'],
    defaults: { event_bus_name: 'default', force_destroy: false },
  },
  aws_cloudwatch_event_target: {
    read: source('events/target.go', '5f2286d'),
    replaces: ['event_bus_name', 'rule', 'target_id'],
    kept: ['target_id'],
    defaults: { event_bus_name: 'default', force_destroy: false },
  },
  aws_cloudwatch_log_group: {
    read: source('logs/group.go', '0073593'),
    replaces: ['log_group_class', 'name'],
    kept: ['log_group_class', 'name'],
    defaults: { retention_in_days: 0, skip_destroy: false },
  },
  aws_cloudwatch_log_metric_filter: {
    read: source('logs/metric_filter.go', '0f14e6f'),
    replaces: ['name', 'log_group_name'],
  },
  aws_cloudwatch_metric_alarm: {
    read: source('cloudwatch/metric_alarm.go', '0556116'),
    replaces: ['alarm_name'],
    defaults: { actions_enabled: true, treat_missing_data: 'missing' },
  },
  aws_eks_pod_identity_association: {
    read: source('eks/pod_identity_association.go', '00a3530'),
    replaces: ['cluster_name', 'namespace', 'service_account'],
  },
  aws_iam_role: {
    read: source('iam/role.go', '0040ea6'),
    replaces: ['name', 'path'],
    kept: ['name'],
    defaults: { max_session_duration: 3600, path: '/' },
  },
  aws_iam_role_policy: {
    read: source('iam/role_policy.go', '02f97af'),
    replaces: ['name', 'role'],
    kept: ['name'],
  },
  aws_iam_role_policy_attachment: {
    read: source('iam/role_policy_attachment.go', '04c7984'),
    replaces: ['role', 'policy_arn'],
  },
  aws_kms_alias: {
    read: source('kms/alias.go', '01c0800'),
    replaces: ['name'],
    kept: ['name'],
  },
  aws_kms_key: {
    read: source('kms/key.go', '00a3530'),
    replaces: ['customer_master_key_spec', 'key_usage', 'multi_region'],
    kept: ['description', 'multi_region', 'policy'],
    defaults: { enable_key_rotation: false, is_enabled: true },
  },
  aws_s3_bucket: {
    read: source('s3/bucket.go', '5f2286d'),
    replaces: ['bucket'],
    kept: ['bucket'],
    defaults: { force_destroy: false },
  },
  aws_s3_bucket_lifecycle_configuration: {
    read: source('s3/bucket_lifecycle_configuration.go', '5f2286d'),
    replaces: ['bucket'],
    kept: ['transition_default_minimum_object_size'],
  },
  aws_s3_bucket_notification: {
    read: source('s3/bucket_notification.go', '033c721'),
    replaces: ['bucket'],
    defaults: { eventbridge: false },
  },
  aws_s3_bucket_ownership_controls: {
    read: source('s3/bucket_ownership_controls.go', '01c0800'),
    replaces: ['bucket'],
  },
  aws_s3_bucket_policy: {
    read: source('s3/bucket_policy.go', '0073593'),
    replaces: ['bucket'],
  },
  aws_s3_bucket_public_access_block: {
    read: source('s3/bucket_public_access_block.go', '0160692'),
    replaces: ['bucket'],
    defaults: {
      block_public_acls: false,
      block_public_policy: false,
      ignore_public_acls: false,
      restrict_public_buckets: false,
    },
  },
  aws_s3_bucket_server_side_encryption_configuration: {
    read: source('s3/bucket_server_side_encryption_configuration.go', '0160692'),
    replaces: ['bucket'],
  },
  aws_s3_bucket_versioning: {
    read: source('s3/bucket_versioning.go', '01c0800'),
    replaces: ['bucket'],
  },
  aws_secretsmanager_secret: {
    read: source('secretsmanager/secret.go', '00c21ce'),
    replaces: ['name'],
    kept: ['name', 'policy'],
    defaults: { recovery_window_in_days: 30 },
  },
  aws_secretsmanager_secret_policy: {
    read: source('secretsmanager/secret_policy.go', '01c0800'),
    replaces: ['secret_arn'],
  },
  aws_secretsmanager_secret_version: {
    read: source('secretsmanager/secret_version.go', '0042e8e'),
    replaces: ['secret_id', 'secret_string_wo_version'],
  },
  aws_security_group: {
    read: source('ec2/vpc_security_group.go', '0160692'),
    replaces: ['name', 'description', 'vpc_id'],
    kept: ['name', 'vpc_id'],
    defaults: { description: 'Managed by Terraform', revoke_rules_on_delete: false },
  },
  aws_sns_topic: {
    read: source('sns/topic.go', '5f2286d'),
    replaces: ['fifo_topic', 'name'],
    kept: ['name', 'policy', 'signature_version'],
    defaults: { content_based_deduplication: false, fifo_topic: false },
  },
  aws_sns_topic_policy: {
    read: source('sns/topic_policy.go', '00a3530'),
    replaces: ['arn'],
  },
  aws_sns_topic_subscription: {
    read: source('sns/topic_subscription.go', '04a2e6e'),
    replaces: ['topic_arn', 'protocol', 'endpoint'],
    defaults: { raw_message_delivery: false },
  },
  aws_sqs_queue: {
    read: source('sqs/queue.go', '5f2286d'),
    replaces: ['fifo_queue', 'name'],
    kept: ['name', 'policy', 'sqs_managed_sse_enabled'],
    // Seconds.
    defaults: { fifo_queue: false, message_retention_seconds: 345_600 },
  },
  aws_sqs_queue_policy: {
    read: source('sqs/queue_policy.go', '0148137'),
    replaces: ['queue_url'],
  },
  aws_vpc_security_group_egress_rule: {
    read: source('ec2/vpc_security_group_egress_rule.go', '5f2286d'),
    replaces: ['security_group_id'],
  },
  aws_vpc_security_group_ingress_rule: {
    read: source('ec2/vpc_security_group_ingress_rule.go', '5f2286d'),
    replaces: ['security_group_id'],
  },
  helm_release: {
    read: 'helm/resource_helm_release.go of 3.1.1',
    replaces: ['name', 'namespace'],
    kept: ['version'],
    defaults: {
      atomic: false,
      cleanup_on_fail: false,
      create_namespace: false,
      max_history: 0,
      namespace: 'default',
      timeout: 300,
      upgrade_install: false,
      wait: true,
    },
    framework: true,
  },
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
