// Takes out of the synthesized stack in the current folder what belongs into a cluster, and what the emulator (moto 5.2)
// cannot make. A second time, it changes nothing.
const { existsSync, readFileSync, writeFileSync } = require('node:fs');

const FILE = 'cdk.tf.json';
// Alarms: the emulator does not know the protocol that the provider's SDK talks to CloudWatch (RPC v2 CBOR).
const ELSEWHERE = /^(?:kubernetes|helm)(?:_|$)|^aws_cloudwatch_metric_alarm$/;
// What the emulator takes and then does not tell, which every plan would set again.
const INSIGHTS = [
  'database_insights_mode',
  'performance_insights_enabled',
  'performance_insights_kms_key_id',
  'performance_insights_retention_period',
];
const UNTOLD = {
  aws_db_instance: INSIGHTS,
  aws_db_parameter_group: ['parameter'],
  aws_rds_cluster: INSIGHTS,
  aws_rds_cluster_instance: INSIGHTS,
  aws_rds_cluster_parameter_group: ['parameter'],
  aws_s3_bucket: ['tags', 'tags_all'],
  aws_s3_bucket_notification: ['eventbridge'],
  aws_vpc_security_group_egress_rule: ['description', 'tags', 'tags_all'],
  aws_vpc_security_group_ingress_rule: ['description', 'tags', 'tags_all'],
};

function without(blocks = {}) {
  for (const name of Object.keys(blocks)) if (ELSEWHERE.test(name)) delete blocks[name];
}

function ignoreUntold(resources = {}) {
  for (const [type, attributes] of Object.entries(UNTOLD)) {
    for (const block of Object.values(resources[type] ?? {})) {
      const ignored = block.lifecycle?.ignore_changes ?? [];
      block.lifecycle = { ...block.lifecycle, ignore_changes: [...new Set([...ignored, ...attributes])] };
    }
  }
}

if (existsSync(FILE)) {
  const stack = JSON.parse(readFileSync(FILE, 'utf8'));
  for (const blocks of [stack.resource, stack.provider, stack.terraform?.required_providers]) without(blocks);
  ignoreUntold(stack.resource);
  // Terraform refuses an empty one.
  if (Object.keys(stack.resource ?? {}).length === 0) delete stack.resource;
  // A resource of a cluster that was forgotten in an earlier version.
  delete stack.removed;
  writeFileSync(FILE, JSON.stringify(stack));
}
