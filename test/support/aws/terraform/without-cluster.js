// Takes out of the synthesized stack in the current folder what belongs into a cluster, and what the emulator (moto 5.2)
// cannot make. A second time, it changes nothing.
const { existsSync, readFileSync, writeFileSync } = require('node:fs');

const FILE = 'cdk.tf.json';
// Alarms: the emulator does not know the protocol that the provider's SDK talks to CloudWatch (RPC v2 CBOR).
const ELSEWHERE = /^(?:kubernetes|helm)(?:_|$)|^aws_cloudwatch_metric_alarm$/;
// What the emulator takes and then does not tell, which every plan would set again.
const INSIGHTS = ['enabled', 'kms_key_id', 'retention_period'].map((name) => `performance_insights_${name}`);
const MODE = 'database_insights_mode';
const UNTOLD = {
  // DescribeDBInstances and DescribeDBClusters answer without all that belongs to insights.
  aws_db_instance: [MODE, ...INSIGHTS],
  // AddSourceIdentifierToSubscription is not there: a reader that is added would be tried again for half an hour.
  aws_db_event_subscription: ['source_ids'],
  // DescribeDBParameters answers without what was set; that of a cluster tells it.
  aws_db_parameter_group: ['parameter'],
  // An empty ScalingConfiguration is told of every cluster; RDS tells it of a serverless one of version 1 alone.
  aws_rds_cluster: [MODE, ...INSIGHTS, 'scaling_configuration'],
  aws_rds_cluster_instance: INSIGHTS,
  // The tags that S3 Control sets are not those that S3 tells.
  aws_s3_bucket: ['tags', 'tags_all'],
  // GetBucketNotificationConfiguration answers without EventBridge.
  aws_s3_bucket_notification: ['eventbridge'],
};
// The description of a rule is told, but not of one that names another group.
const UNTOLD_OF_GROUPS = ['aws_vpc_security_group_egress_rule', 'aws_vpc_security_group_ingress_rule'];

function without(blocks = {}) {
  for (const name of Object.keys(blocks)) if (ELSEWHERE.test(name)) delete blocks[name];
}

function ignore(block, attributes) {
  const ignored = block.lifecycle?.ignore_changes ?? [];
  block.lifecycle = { ...block.lifecycle, ignore_changes: [...new Set([...ignored, ...attributes])] };
}

function ignoreUntold(resources = {}) {
  for (const [type, attributes] of Object.entries(UNTOLD)) {
    for (const block of Object.values(resources[type] ?? {})) ignore(block, attributes);
  }
  for (const block of UNTOLD_OF_GROUPS.flatMap((type) => Object.values(resources[type] ?? {}))) {
    if (block.referenced_security_group_id !== undefined) ignore(block, ['description']);
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
