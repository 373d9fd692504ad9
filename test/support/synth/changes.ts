import type { Block, Template } from './template';

/** What Terraform does to a resource when one configuration follows another. */
export type Change = 'create' | 'destroy' | 'forget' | 'replace' | 'update';

/**
 * Attributes whose change makes Terraform replace the resource, by type, as its provider documents them ("forces new
 * resource"). A nested attribute is written with dots.
 */
const REPLACING: Readonly<Record<string, readonly string[]>> = {
  aws_cloudwatch_log_group: ['name'],
  aws_cloudwatch_metric_alarm: ['alarm_name'],
  aws_db_event_subscription: ['name'],
  aws_db_instance: [
    'availability_zone',
    'db_name',
    'engine',
    'identifier',
    'kms_key_id',
    'restore_to_point_in_time',
    'snapshot_identifier',
    'storage_encrypted',
    'username',
  ],
  aws_db_instance_automated_backups_replication: ['kms_key_id', 'retention_period', 'source_db_instance_arn'],
  aws_db_parameter_group: ['name_prefix', 'family', 'description'],
  aws_db_subnet_group: ['name'],
  aws_eks_pod_identity_association: ['cluster_name', 'namespace', 'service_account'],
  aws_iam_role: ['name'],
  aws_iam_role_policy: ['name', 'role'],
  aws_iam_role_policy_attachment: ['role', 'policy_arn'],
  aws_kms_alias: ['name'],
  aws_rds_cluster: [
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
  aws_rds_cluster_instance: ['cluster_identifier', 'db_subnet_group_name', 'engine', 'identifier'],
  aws_rds_cluster_parameter_group: ['name_prefix', 'family', 'description'],
  aws_s3_bucket: ['bucket'],
  aws_secretsmanager_secret: ['name'],
  aws_secretsmanager_secret_version: ['secret_id', 'secret_string_wo_version'],
  aws_security_group: ['name', 'description', 'vpc_id'],
  aws_sns_topic: ['name'],
  aws_sns_topic_subscription: ['topic_arn', 'protocol', 'endpoint'],
  aws_vpc_security_group_ingress_rule: ['security_group_id'],
  aws_vpc_security_group_egress_rule: ['security_group_id'],
  helm_release: ['name', 'namespace'],
  kubernetes_config_map_v1: ['metadata.name', 'metadata.namespace'],
  kubernetes_cron_job_v1: ['metadata.name', 'metadata.namespace'],
  kubernetes_job_v1: ['metadata.name', 'metadata.namespace', 'spec.template'],
  kubernetes_manifest: [
    'manifest.metadata.name',
    'manifest.metadata.namespace',
    'manifest.kind',
    'manifest.apiVersion',
  ],
  kubernetes_namespace_v1: ['metadata.name'],
  kubernetes_role_binding_v1: ['metadata.name', 'metadata.namespace', 'role_ref'],
  kubernetes_role_v1: ['metadata.name', 'metadata.namespace'],
  kubernetes_secret_v1: ['metadata.name', 'metadata.namespace'],
  kubernetes_service_account_v1: ['metadata.name', 'metadata.namespace'],
  random_id: ['byte_length', 'keepers'],
};

/** Every resource that differs between two stacks, as `type` or `type (what)`, with what Terraform does to it; sorted. */
export function changes(before: Template, after: Template): string[] {
  const [old, young] = [resourcesOf(before), resourcesOf(after)];
  const addresses = [...new Set([...old.keys(), ...young.keys()])].sort();
  return addresses.flatMap((address) => {
    const change = forgets(after, address) ? 'forget' : changeOf(address, old.get(address), young.get(address));
    return change === undefined ? [] : [`${change} ${address.replace(/_[0-9A-F]{8}$/, '')}`];
  });
}

/** What a block `removed` names stays as it is, and Terraform knows it no more. */
function forgets({ json }: Template, address: string): boolean {
  return (json.removed ?? []).some(({ from, lifecycle }: Block) => address === from && lifecycle.destroy === false);
}

function changeOf(address: string, before: Block, after: Block): Change | undefined {
  if (before === undefined) return 'create';
  if (after === undefined) return 'destroy';
  if (text(before) === text(after)) return undefined;
  const type = address.split('.')[0] ?? '';
  const ignored: readonly string[] = after.lifecycle?.ignore_changes ?? [];
  const replaces = ['region', ...(REPLACING[type] ?? [])]
    .filter((path) => !ignored.includes(path))
    .some((path) => text(at(before, path)) !== text(at(after, path)));
  return replaces ? 'replace' : 'update';
}

function resourcesOf(template: Template): Map<string, Block> {
  return new Map(
    Object.entries<Block>(template.json.resource ?? {}).flatMap(([type, blocks]) =>
      Object.entries<Block>(blocks).map(([name, block]): [string, Block] => [
        `${type}.${name}`,
        withRegion(template, type, resolved(template, block)),
      ]),
    ),
  );
}

/** A resource of AWS knows the region of its provider, and is replaced by one in another region; IAM has no regions. */
function withRegion({ json }: Template, type: string, block: Block): Block {
  if (!type.startsWith('aws_') || type.startsWith('aws_iam_')) return block;
  const alias = String(block.provider ?? 'aws').split('.')[1];
  return { ...block, region: json.provider.aws.find((provider: Block) => provider.alias === alias)?.region };
}

/** A block with what its data sources ask for in the place of a reference to what they answer; another question, another answer. */
function resolved(template: Template, block: Block): Block {
  const text = JSON.stringify(block, (_, value) =>
    typeof value !== 'string'
      ? value
      : value.replace(/\bdata\.(\w+)\.([\w-]+)\.\w+/g, (reference, type, name) => {
          const source = template.json.data?.[type]?.[name];
          return source === undefined || type === 'terraform_remote_state'
            ? reference
            : `${reference}(${JSON.stringify({ ...source, '//': 0 })})`;
        }),
  );
  return JSON.parse(text);
}

function at(block: Block, path: string): unknown {
  return path.split('.').reduce((value, key) => value?.[key], block);
}

/** What Terraform acts on: metadata of cdktf, and the lifecycle, which is a rule and no attribute, are left out. */
function text(value: unknown): string {
  return (
    JSON.stringify(value, (key, inner) =>
      key === '//' || key === 'lifecycle' || key === 'depends_on' ? undefined : inner,
    ) ?? ''
  );
}
