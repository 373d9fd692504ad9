import { type App, type TerraformStack, Testing } from 'cdktf';
import { type Environment, environmentJsonSchema } from '../../contract/environment/environment';
import { DatabaseStack } from '../../stacks/database-stack';
import { existingEndpoint } from '../../stacks/environment-stacks';
import { WorkloadStack } from '../../stacks/workload-stack';
import { changes } from '../support/synth/changes';
import { parsed } from '../support/synth/environments';
import { keysOfSchema } from '../support/synth/schema-values';
import { Template } from '../support/synth/template';
import { ACCOUNT, KEY_ID, over, VARIETIES, type Variety } from '../support/synth/varieties';

const OTHER_KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/${KEY_ID}`;
const COPY_KEY = OTHER_KEY.replace('eu-west-1', 'eu-central-1');
const OTHER_SECRET = `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:platform/other-0a1b2c`;

type Row = [variety: Variety, key: string, value: unknown, changes: string, beside?: object];

/** What Terraform does to the database stack when a key gets another value, with what is in the file before. */
const DATABASE: readonly Row[] = [
  ['instance', 'cluster.name', 'other', 'replace aws_security_group; update aws_vpc_security_group_ingress_rule'],
  ['instance', 'cluster.vpcId', 'vpc-0a1b2c3d', 'replace aws_security_group'],
  ['instance', 'cluster.securityGroupId', 'sg-0a1b2c3d', 'update aws_vpc_security_group_ingress_rule'],
  [
    'instance',
    'cluster.oidcProviderArn',
    'arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/0A1B',
    'update aws_iam_role',
  ],
  ['instance', 'cluster.podRoles', 'pod-identity', 'create aws_eks_pod_identity_association; update aws_iam_role'],
  [
    'instance',
    'cluster.externalSecretsServiceAccount.namespace',
    'operators',
    'replace aws_eks_pod_identity_association; update aws_iam_role',
    { cluster: { podRoles: 'pod-identity' } },
  ],
  [
    'instance',
    'cluster.externalSecretsServiceAccount.name',
    'operator',
    'replace aws_eks_pod_identity_association; update aws_iam_role',
    { cluster: { podRoles: 'pod-identity' } },
  ],
  ['instance', 'cluster.permissionsBoundaryArn', 'arn:aws:iam::111122223333:policy/boundary', 'update aws_iam_role'],
  ['instance', 'database.subnetIds', ['subnet-00000000', 'subnet-00000001'], 'update aws_db_subnet_group'],
  [
    'instance',
    'database.access.pods',
    'namespace',
    'create aws_security_group; create aws_vpc_security_group_egress_rule; create aws_vpc_security_group_ingress_rule; destroy aws_vpc_security_group_ingress_rule',
  ],
  ['instance', 'database.access.securityGroupIds', ['sg-0a1b2c3d'], 'create aws_vpc_security_group_ingress_rule'],
  ['instance', 'database.access.cidrs', ['10.20.0.0/16'], 'create aws_vpc_security_group_ingress_rule'],
  ['instance', 'database.engine', '17', 'replace aws_db_parameter_group; update aws_db_instance'],
  ['aurora', 'database.engine', '17', 'replace aws_rds_cluster_parameter_group; update aws_rds_cluster'],
  ['instance', 'database.instanceClass', 'db.m7g.large', 'update aws_cloudwatch_metric_alarm; update aws_db_instance'],
  [
    'aurora',
    'database.instanceClass',
    'db.r7g.large',
    'update aws_cloudwatch_metric_alarm; update aws_rds_cluster_instance',
  ],
  ['instance', 'database.maxConnections', 400, 'update aws_db_parameter_group'],
  [
    'aurora',
    'database.maxConnections',
    400,
    'create aws_db_parameter_group; update aws_rds_cluster; update aws_rds_cluster_instance',
  ],
  ['instance', 'database.storageGib', 200, 'update aws_cloudwatch_metric_alarm; update aws_db_instance'],
  ['instance', 'database.maximumStorageGib', 900, 'update aws_db_instance'],
  ['instance', 'database.iops', 13000, 'update aws_db_instance', { database: { storageGib: 400 } }],
  ['instance', 'database.throughputMibps', 600, 'update aws_db_instance', { database: { storageGib: 400 } }],
  [
    'instance',
    'database.form',
    'aurora',
    'create aws_cloudwatch_metric_alarm; create aws_rds_cluster; create aws_rds_cluster_instance; create aws_rds_cluster_parameter_group; destroy aws_cloudwatch_log_group; destroy aws_cloudwatch_metric_alarm; destroy aws_db_event_subscription; destroy aws_db_instance; destroy aws_db_parameter_group; replace aws_cloudwatch_log_group; update aws_cloudwatch_event_rule; update aws_cloudwatch_metric_alarm; update aws_db_event_subscription; update aws_iam_role_policy; update aws_kms_key',
  ],
  [
    'aurora',
    'database.aurora',
    { minimumCapacity: 2, maximumCapacity: 8 },
    'update aws_cloudwatch_metric_alarm; update aws_rds_cluster; update aws_rds_cluster_instance',
  ],
  ['serverless', 'database.aurora.minimumCapacity', 3, 'update aws_rds_cluster'],
  ['serverless', 'database.aurora.maximumCapacity', 16, 'update aws_cloudwatch_metric_alarm; update aws_rds_cluster'],
  ['aurora', 'database.aurora.readers', 2, 'create aws_rds_cluster_instance'],
  ['instance', 'database.restore', { snapshotIdentifier: 'prod-final' }, 'update aws_db_instance'],
  ['aurora', 'database.restore', { snapshotIdentifier: 'prod-final' }, 'update aws_rds_cluster'],
  [
    'instance',
    'database.restore.snapshotIdentifier',
    'other',
    'update aws_db_instance',
    { database: { restore: { snapshotIdentifier: 'prod-final' } } },
  ],
  [
    'instance',
    'database.restore.sourceIdentifier',
    'other',
    'update aws_db_instance',
    { database: { restore: { sourceIdentifier: 'prod-before', latest: true } } },
  ],
  [
    'instance',
    'database.restore.sourceResourceId',
    'db-ABCDEFGHIJKLMNOPQRSTUVWXY2',
    'update aws_db_instance',
    { database: { restore: { sourceResourceId: 'db-ABCDEFGHIJKLMNOPQRSTUVWXYZ', latest: true } } },
  ],
  [
    'instance',
    'database.restore.automatedBackupsArn',
    'arn:aws:rds:eu-west-1:111122223333:auto-backup:ab-1',
    'update aws_db_instance',
    {
      database: {
        restore: { automatedBackupsArn: 'arn:aws:rds:eu-west-1:111122223333:auto-backup:ab-0', latest: true },
      },
    },
  ],
  [
    'instance',
    'database.restore.time',
    '2026-02-01T00:00:00Z',
    'update aws_db_instance',
    { database: { restore: { sourceIdentifier: 'prod-before', time: '2026-01-31T09:30:00Z' } } },
  ],
  [
    'instance',
    'database.replication',
    { region: 'eu-central-1' },
    'create aws_db_instance_automated_backups_replication; create aws_kms_alias; create aws_kms_key',
  ],
  [
    'instance',
    'database.replication.region',
    'eu-north-1',
    'replace aws_db_instance_automated_backups_replication; replace aws_kms_alias; replace aws_kms_key',
    { database: { replication: { region: 'eu-central-1' } } },
  ],
  [
    'instance',
    'database.replication.retentionDays',
    7,
    'replace aws_db_instance_automated_backups_replication',
    { database: { replication: { region: 'eu-central-1' } } },
  ],
  [
    'instance',
    'database.replication.keyArn',
    COPY_KEY,
    'destroy aws_kms_alias; destroy aws_kms_key; replace aws_db_instance_automated_backups_replication',
    { database: { replication: { region: 'eu-central-1' } } },
  ],
  ['instance', 'database.multiAz', false, 'update aws_db_instance'],
  ['instance', 'database.backupRetentionDays', 7, 'update aws_db_instance'],
  ['instance', 'database.backupWindow', '01:00-02:00', 'update aws_db_instance'],
  ['instance', 'database.maintenanceWindow', 'mon:04:30-mon:05:30', 'update aws_db_instance'],
  ['instance', 'database.caIdentifier', 'rds-ca-rsa4096-g1', 'update aws_db_instance'],
  ['instance', 'database.iamAuthentication', true, 'create aws_iam_role_policy; update aws_db_instance'],
  ['instance', 'database.insights', 'advanced', 'update aws_db_instance'],
  [
    'instance',
    'database.monitoringSeconds',
    0,
    'destroy aws_iam_role; destroy aws_iam_role_policy_attachment; update aws_db_instance',
  ],
  ['instance', 'database.logRetentionDays', 7, 'update aws_cloudwatch_log_group'],
  [
    'instance',
    'encryption.keyArn',
    OTHER_KEY,
    'destroy aws_kms_alias; destroy aws_kms_key; replace aws_db_instance; replace random_id; update aws_cloudwatch_log_group; update aws_iam_role_policy; update aws_s3_bucket_policy; update aws_s3_bucket_server_side_encryption_configuration; update aws_secretsmanager_secret; update aws_sns_topic',
  ],
  ['aurora', 'database.backupRetentionDays', 7, 'update aws_rds_cluster'],
  ['aurora', 'database.backupWindow', '01:00-02:00', 'update aws_rds_cluster'],
  [
    'aurora',
    'database.maintenanceWindow',
    'mon:04:30-mon:05:30',
    'update aws_rds_cluster; update aws_rds_cluster_instance',
  ],
  ['aurora', 'database.caIdentifier', 'rds-ca-rsa4096-g1', 'update aws_rds_cluster_instance'],
  ['aurora', 'database.iamAuthentication', true, 'create aws_iam_role_policy; update aws_rds_cluster'],
  ['aurora', 'database.insights', 'advanced', 'update aws_rds_cluster; update aws_rds_cluster_instance'],
  [
    'aurora',
    'database.monitoringSeconds',
    0,
    'destroy aws_iam_role; destroy aws_iam_role_policy_attachment; update aws_rds_cluster_instance',
  ],
  ['aurora', 'database.logRetentionDays', 7, 'update aws_cloudwatch_log_group'],
  [
    'aurora',
    'encryption.keyArn',
    OTHER_KEY,
    'destroy aws_kms_alias; destroy aws_kms_key; replace aws_rds_cluster; replace random_id; update aws_cloudwatch_log_group; update aws_iam_role_policy; update aws_rds_cluster_instance; update aws_s3_bucket_policy; update aws_s3_bucket_server_side_encryption_configuration; update aws_secretsmanager_secret; update aws_sns_topic',
  ],
  ['instance', 'database.caBundleFile', 'other.pem', ''],
  ['instance', 'secrets.generation', 2, 'replace aws_secretsmanager_secret_version'],
  ['instance', 'secrets.recoveryWindowDays', 7, 'update aws_secretsmanager_secret'],
  [
    'instance',
    'secrets.delivery',
    'terraform',
    'destroy aws_iam_role; destroy aws_iam_role_policy; update aws_secretsmanager_secret_policy',
  ],
  [
    'instance',
    'secrets.store',
    { kind: 'ClusterSecretStore', name: 'aws' },
    'destroy aws_iam_role; destroy aws_iam_role_policy; update aws_secretsmanager_secret_policy',
  ],
  [
    'instance',
    'secrets.store.kind',
    'SecretStore',
    '',
    { secrets: { store: { kind: 'ClusterSecretStore', name: 'aws' } } },
  ],
  ['instance', 'secrets.store.name', 'other', '', { secrets: { store: { kind: 'ClusterSecretStore', name: 'aws' } } }],
  [
    'instance',
    'secrets.controlPlane',
    { secretArn: OTHER_SECRET },
    'destroy aws_secretsmanager_secret; destroy aws_secretsmanager_secret_policy; destroy aws_secretsmanager_secret_version; update aws_iam_role_policy',
  ],
  [
    'instance',
    'secrets.controlPlane.secretArn',
    OTHER_SECRET,
    'update aws_iam_role_policy',
    {
      secrets: {
        controlPlane: { secretArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:platform/keys-0a1b2c' },
      },
    },
  ],
  ['instance', 'secrets.controlPlane.secretName', 'other', '', { secrets: { controlPlane: { secretName: 'keys' } } }],
  [
    'instance',
    'backup.enabled',
    false,
    'destroy aws_cloudwatch_event_rule; destroy aws_cloudwatch_event_target; destroy aws_cloudwatch_metric_alarm; update aws_cloudwatch_log_resource_policy',
  ],
  [
    'instance',
    'verification.enabled',
    false,
    'destroy aws_cloudwatch_event_rule; destroy aws_cloudwatch_event_target; destroy aws_cloudwatch_metric_alarm; update aws_cloudwatch_log_resource_policy; update aws_iam_role_policy',
  ],
  ['instance', 'verification.schedule', '0 */6 * * *', 'update aws_cloudwatch_metric_alarm'],
  ['instance', 'verification.prometheusRule', true, ''],
  ['instance', 'backup.schedule', '0 5 * * *', ''],
  ['instance', 'backup.scratchGib', 20, ''],
  ['instance', 'backup.dumpRetentionDays', 7, 'update aws_s3_bucket_lifecycle_configuration'],
  ['instance', 'backup.restore', { dump: '2026-01-31T03-00-00Z' }, 'create aws_iam_role_policy'],
  [
    'instance',
    'backup.restore.dump',
    '2026-02-01T03-00-00Z',
    'update aws_iam_role_policy',
    { backup: { restore: { dump: '2026-01-31T03-00-00Z' } } },
  ],
  ['instance', 'backup.restore.replace', 'agent_bom', '', { backup: { restore: { dump: '2026-01-31T03-00-00Z' } } }],
  [
    'instance',
    'alarms.enabled',
    false,
    'destroy aws_cloudwatch_event_rule; destroy aws_cloudwatch_event_target; destroy aws_cloudwatch_log_group; destroy aws_cloudwatch_log_resource_policy; destroy aws_cloudwatch_metric_alarm; destroy aws_db_event_subscription; destroy aws_s3_bucket_notification; destroy aws_sns_topic; destroy aws_sns_topic_policy; update aws_iam_role_policy; update aws_kms_key',
  ],
  [
    'instance',
    'alarms.topicArn',
    'arn:aws:sns:eu-west-1:111122223333:oncall',
    'destroy aws_sns_topic; destroy aws_sns_topic_policy; update aws_cloudwatch_metric_alarm; update aws_db_event_subscription; update aws_kms_key',
  ],
  ['instance', 'alarms.emails', ['oncall@example.com'], 'create aws_sns_topic_subscription'],
  ['instance', 'alarms.cpuPercent', 70, 'update aws_cloudwatch_metric_alarm'],
  ['instance', 'alarms.storageDays', 7, 'update aws_cloudwatch_metric_alarm'],
  ['instance', 'alarms.dumpAgeHours', 50, 'update aws_cloudwatch_metric_alarm'],
  [
    'instance',
    'podRoles.api.policyArns',
    ['arn:aws:iam::111122223333:policy/reports'],
    'create aws_iam_role_policy_attachment',
  ],
  [
    'instance',
    'podRoles.scanner.policyArns',
    ['arn:aws:iam::111122223333:policy/reports'],
    'create aws_iam_role_policy_attachment',
  ],
  ['instance', 'namespace', 'other', 'update aws_iam_role'],
  ['instance', 'namespace.name', 'other', 'update aws_iam_role', { namespace: { name: 'agent-bom' } }],
  ['instance', 'release.replicas', 3, 'update aws_cloudwatch_metric_alarm'],
  ['instance', 'release.autoscaling', { minimumReplicas: 2, maximumReplicas: 3 }, 'update aws_cloudwatch_metric_alarm'],
  [
    'instance',
    'release.autoscaling.maximumReplicas',
    4,
    'update aws_cloudwatch_metric_alarm',
    { release: { autoscaling: { minimumReplicas: 2, maximumReplicas: 3 } } },
  ],
  ['instance', 'release.poolMaximum', 10, 'update aws_cloudwatch_metric_alarm'],
  ['instance', 'releaseProtection', true, 'update aws_db_instance'],
];

/** The same for the workload stack, of the keys that change more than the release. */
const WORKLOAD: readonly Row[] = [
  [
    'instance',
    'cluster.podRoles',
    'pod-identity',
    'destroy kubernetes_service_account_v1; update helm_release; update kubernetes_manifest; update kubernetes_service_account_v1',
  ],
  ['instance', 'database.access.pods', 'namespace', 'create kubernetes_manifest'],
  ['instance', 'database.engine', '17', 'replace kubernetes_job_v1; update kubernetes_cron_job_v1'],
  [
    'instance',
    'database.restore',
    { snapshotIdentifier: 'prod-final' },
    'replace kubernetes_job_v1; update kubernetes_cron_job_v1',
  ],
  [
    'instance',
    'secrets.generation',
    2,
    'replace kubernetes_job_v1; replace kubernetes_manifest; update helm_release; update kubernetes_cron_job_v1',
  ],
  [
    'existing',
    'secrets.generation',
    2,
    'replace kubernetes_job_v1; replace kubernetes_manifest; update helm_release; update kubernetes_cron_job_v1',
  ],
  [
    'instance',
    'secrets.delivery',
    'terraform',
    'create kubernetes_secret_v1; destroy kubernetes_manifest; destroy kubernetes_service_account_v1',
  ],
  [
    'instance',
    'secrets.store',
    { kind: 'ClusterSecretStore', name: 'aws' },
    'destroy kubernetes_manifest; destroy kubernetes_service_account_v1; update kubernetes_manifest',
  ],
  ['instance', 'backup.enabled', false, 'destroy kubernetes_cron_job_v1'],
  ['instance', 'verification.enabled', false, 'create kubernetes_service_account_v1; update kubernetes_cron_job_v1'],
  ['instance', 'verification.schedule', '0 5 * * *', 'update kubernetes_cron_job_v1'],
  ['instance', 'verification.prometheusRule', true, 'create kubernetes_manifest'],
  ['instance', 'backup.restore', { dump: '2026-01-31T03-00-00Z' }, 'create kubernetes_job_v1'],
  [
    'instance',
    'namespace',
    'other',
    'replace helm_release; replace kubernetes_config_map_v1; replace kubernetes_cron_job_v1; replace kubernetes_job_v1; replace kubernetes_manifest; replace kubernetes_namespace_v1; replace kubernetes_role_binding_v1; replace kubernetes_role_v1; replace kubernetes_service_account_v1',
  ],
  ['instance', 'namespace.create', false, 'destroy kubernetes_namespace_v1', { namespace: { name: 'agent-bom' } }],
  [
    'instance',
    'release.managedBy',
    'gitops',
    'create kubernetes_cron_job_v1; destroy kubernetes_job_v1; forget helm_release; update kubernetes_manifest',
  ],
  [
    'instance',
    'release.chartVersion',
    '0.109.0',
    'replace kubernetes_job_v1; update helm_release; update kubernetes_cron_job_v1',
  ],
  [
    'instance',
    'release.chartVersion',
    '0.101.0',
    'destroy kubernetes_config_map_v1; destroy kubernetes_role_binding_v1; destroy kubernetes_role_v1; replace kubernetes_job_v1; update helm_release; update kubernetes_cron_job_v1',
  ],
  ['instance', 'release.allowedHosts', ['bom.example.com'], 'update helm_release'],
  ['instance', 'reports.store', 'off', 'destroy kubernetes_config_map_v1; update helm_release'],
  ['instance', 'reports.bucket', 'mine', 'update helm_release; update kubernetes_config_map_v1'],
  ['instance', 'release.replicas', 3, 'replace kubernetes_job_v1; update helm_release; update kubernetes_cron_job_v1'],
  [
    'instance',
    'release.poolMaximum',
    10,
    'replace kubernetes_job_v1; update helm_release; update kubernetes_cron_job_v1',
  ],
  [
    'instance',
    'release.images.registry',
    'registry.example.com/docker-hub',
    'replace kubernetes_job_v1; update helm_release; update kubernetes_cron_job_v1',
  ],
  ['instance', 'release.values', { controlPlane: { ui: { replicas: 3 } } }, 'update helm_release'],
];

/** Keys that are no matter of the database stack, and one that is valid only in the place of another. */
const ELSEWHERE =
  /^(?:authentication|database\.existing|namespace|release|reports|secrets\.(?:existing|readerRoleArn)|state)(?:\.|$)/;
const NOT_ALONE = ['name', 'region', 'database.restore.latest'];
/** What outlives every deployment, unless a row says that it does not. */
const LASTING = /^(?:destroy|replace) aws_(?:db_instance|kms_key|rds_cluster|s3_bucket|secretsmanager_secret)$/;

const synthesized = new Map<string, Template>();

/** The stack of a file, made once. */
function stackOf(content: object, make: (app: App, environment: Environment) => TerraformStack): Template {
  const key = `${make.name}${JSON.stringify(content)}`;
  const template = synthesized.get(key) ?? new Template(Testing.synth(make(Testing.app(), parsed(content))));
  synthesized.set(key, template);
  return template;
}

function databaseStack(app: App, environment: Environment): TerraformStack {
  return new DatabaseStack(app, environment);
}

function workloadStack(app: App, environment: Environment): TerraformStack {
  const {
    database: { existing },
  } = environment;
  const endpoint = existing ? existingEndpoint(environment) : new DatabaseStack(app, environment).endpoint;
  return new WorkloadStack(app, { environment, endpoint });
}

/** What changes, each kind once, without the name of the resource. */
function kinds([variety, key, value, , beside = {}]: Row, make: typeof databaseStack): string {
  const before = over(VARIETIES[variety], beside);
  const change = key.split('.').reduceRight<unknown>((inner, part) => ({ [part]: inner }), value);
  const all = changes(stackOf(before, make), stackOf(over(before, change as object), make));
  return [...new Set(all.map((text) => text.replace(/\..*$/, '')))].sort().join('; ');
}

describe('the database stack, with another value of', () => {
  it.each(DATABASE)('%s: %s = %j: %s', (...row) => {
    expect(kinds(row, databaseStack)).toBe(row[3]);
  });
});

describe('the workload stack, with another value of', () => {
  it.each(WORKLOAD)('%s: %s = %j: %s', (...row) => {
    expect(kinds(row, workloadStack)).toBe(row[3]);
  });
});

describe('the table of the database stack', () => {
  it('has a row for every key that this stack reads', () => {
    const keys = keysOfSchema(environmentJsonSchema() as Parameters<typeof keysOfSchema>[0]);
    const paths = [...new Set(keys.map(({ path }) => path.join('.')))];
    const leaves = paths.filter((path) => !paths.some((other) => other.startsWith(`${path}.`)));
    const missing = leaves.filter((path) => !ELSEWHERE.test(path) && !NOT_ALONE.includes(path));
    expect(missing.filter((path) => !DATABASE.some(([, key]) => key === path))).toEqual([]);
  });

  it('destroys or replaces what outlives deployments for these keys alone', () => {
    const lasting = DATABASE.filter(([, , , all]) => all.split('; ').some((change) => LASTING.test(change)));
    expect([...new Set(lasting.map(([, key]) => key))].sort()).toEqual([
      'database.form',
      'database.replication.keyArn',
      'database.replication.region',
      'encryption.keyArn',
      'secrets.controlPlane',
    ]);
  });
});
