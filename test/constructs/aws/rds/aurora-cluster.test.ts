import { AwsAccount } from '../../../../constructs/aws/iam/aws-account';
import { DatabaseNetwork } from '../../../../constructs/aws/network/database-network';
import { AuroraCluster, type AuroraClusterProps } from '../../../../constructs/aws/rds/aurora-cluster';
import { ContractError } from '../../../../contract/error';
import { cluster, existingKey, KEY_ARN } from '../../../support/synth/cluster';
import { minimal, parsed, synthesizeDatabase } from '../../../support/synth/environments';
import { Template } from '../../../support/synth/template';

type Settings = Partial<Omit<AuroraClusterProps, 'network' | 'key' | 'account'>>;

let made: AuroraCluster;

function database(settings: Settings = {}, admit = true): Template {
  return Template.of((stack) => {
    const eks = cluster(stack);
    made = new AuroraCluster(stack, 'database', {
      identifier: 'prod-agent-bom',
      network: new DatabaseNetwork(stack, 'network', {
        name: 'prod-agent-bom',
        cluster: eks,
        subnetIds: ['subnet-a', 'subnet-b'],
      }),
      key: existingKey(stack),
      account: new AwsAccount(stack, 'here', { region: 'eu-west-1' }),
      engineVersion: '16',
      instanceClass: 'db.t4g.medium',
      readers: 1,
      backupRetentionDays: 14,
      backupWindow: '02:00-03:00',
      maintenanceWindow: 'sun:04:30-sun:05:30',
      caIdentifier: 'rds-ca-rsa2048-g1',
      iamAuthentication: false,
      insights: 'standard',
      monitoringSeconds: 60,
      monitoringRoleName: 'prod-agent-bom-monitoring',
      logRetentionDays: 30,
      deletionProtection: true,
      ...settings,
    });
    if (admit) made.allowFrom(eks);
  });
}

describe('an Aurora cluster', () => {
  const template = database();
  const whole = template.resource('aws_rds_cluster');
  const instances = template.resources('aws_rds_cluster_instance');

  it('is made of', () => {
    expect(template.inventory()).toEqual([
      'aws_cloudwatch_log_group', // postgresql; there is no log of upgrades
      'aws_db_parameter_group', // number of connections
      'aws_db_subnet_group',
      'aws_iam_role', // enhanced monitoring
      'aws_iam_role_policy_attachment',
      'aws_rds_cluster',
      'aws_rds_cluster_instance',
      'aws_rds_cluster_instance',
      'aws_rds_cluster_parameter_group',
      'aws_security_group',
      'aws_vpc_security_group_ingress_rule', // the cluster of pods
      'random_id', // name of the final snapshot
    ]);
    expect(template.unresolvedReferences()).toEqual([]);
  });

  it('is private, encrypted and protected', () => {
    // The zones are those of the subnets: a list that has fewer than three replaces the cluster at the next apply.
    expect(whole).not.toHaveProperty('availability_zones');
    expect(whole).toMatchObject({
      engine: 'aurora-postgresql',
      engine_mode: 'provisioned',
      cluster_identifier: 'prod-agent-bom',
      storage_encrypted: true,
      kms_key_id: KEY_ARN,
      master_user_secret_kms_key_id: KEY_ARN,
      deletion_protection: true,
      skip_final_snapshot: false,
      delete_automated_backups: false,
      copy_tags_to_snapshot: true,
      backup_retention_period: 14,
      preferred_backup_window: '02:00-03:00',
      preferred_maintenance_window: 'sun:04:30-sun:05:30',
      iam_database_authentication_enabled: false,
      vpc_security_group_ids: [expect.stringMatching(/^\$\{aws_security_group\./)],
    });
    expect(instances).toHaveLength(2);
    for (const instance of instances) {
      expect(instance).toMatchObject({
        publicly_accessible: false,
        copy_tags_to_snapshot: true,
        ca_cert_identifier: 'rds-ca-rsa2048-g1',
        preferred_maintenance_window: 'sun:04:30-sun:05:30',
        db_subnet_group_name: whole.db_subnet_group_name,
      });
    }
  });

  it('lets RDS manage the password and the versions', () => {
    expect(whole).toMatchObject({
      manage_master_user_password: true,
      master_username: 'agent_bom_admin',
      database_name: 'agent_bom',
      port: 5432,
      engine_version: expect.stringContaining('data.aws_rds_cluster.database_version_running_'),
      allow_major_version_upgrade: true,
      apply_immediately: false,
      engine_lifecycle_support: 'open-source-rds-extended-support-disabled',
    });
    const noWayBack = { error_message: expect.stringContaining('RDS has no way back') };
    expect(whole.lifecycle.precondition).toContainEqual(expect.objectContaining(noWayBack));
    for (const instance of instances) {
      expect(instance).toMatchObject({ auto_minor_version_upgrade: true, apply_immediately: false });
      // The version of the cluster is the version of its instances.
      expect(instance).not.toHaveProperty('engine_version');
    }
    for (const absent of [
      'master_password',
      'master_password_wo',
      'snapshot_identifier',
      'restore_to_point_in_time',
      'serverlessv2_scaling_configuration',
      'allocated_storage',
      'iops',
      'storage_type',
    ]) {
      expect(whole).not.toHaveProperty(absent);
    }
  });

  it('takes its final snapshot under a name that belongs to this cluster alone', () => {
    expect(whole.final_snapshot_identifier).toMatch(/^prod-agent-bom-final-\$\{random_id\.[\w-]+\.hex\}$/);
    expect(template.resource('random_id')).toEqual({
      byte_length: 4,
      keepers: { form: 'aurora', instance: 'prod-agent-bom', key: KEY_ARN },
    });
  });

  it('turns away what is not TLS 1.2, counts statements, logs what is slow, and closes what is gone', () => {
    const group = template.resource('aws_rds_cluster_parameter_group');
    expect(group).toMatchObject({
      family: 'aurora-postgresql16',
      name_prefix: 'prod-agent-bom-',
      lifecycle: { create_before_destroy: true },
    });
    expect(group).not.toHaveProperty('name');
    expect(group.parameter).toEqual([
      { name: 'rds.force_ssl', value: '1', apply_method: 'pending-reboot' },
      { name: 'ssl_min_protocol_version', value: 'TLSv1.2', apply_method: 'pending-reboot' },
      { name: 'shared_preload_libraries', value: 'pg_stat_statements', apply_method: 'pending-reboot' },
      { name: 'log_connections', value: '1', apply_method: 'immediate' },
      { name: 'log_disconnections', value: '1', apply_method: 'immediate' },
      { name: 'log_lock_waits', value: '1', apply_method: 'immediate' },
      { name: 'log_min_duration_statement', value: '1000', apply_method: 'immediate' },
      { name: 'tcp_keepalives_idle', value: '60', apply_method: 'immediate' },
      { name: 'tcp_keepalives_interval', value: '10', apply_method: 'immediate' },
      { name: 'tcp_keepalives_count', value: '6', apply_method: 'immediate' },
    ]);
    expect(whole.db_cluster_parameter_group_name).toMatch(/^\$\{aws_rds_cluster_parameter_group\./);
    // No way to take it away again: RDS deletes no group that an instance uses.
    expect(group).not.toHaveProperty('skip_destroy');
  });

  it('gives the instances a group from the start, which holds nothing without a number of connections', () => {
    const group = template.resource('aws_db_parameter_group');
    expect(group).toMatchObject({ family: 'aurora-postgresql16', parameter: [], skip_destroy: true });
    expect(whole.db_instance_parameter_group_name).toMatch(/^\$\{aws_db_parameter_group\./);
    const limited = database({ maxConnections: 400 });
    expect(limited.addresses()).toEqual(template.addresses());
    for (const instance of instances) {
      // The group of another major version comes with the upgrade, in the window.
      expect(instance.db_parameter_group_name).toMatch(
        /^\$\{try\(.*\[0\] == "16", true\) \? aws_db_parameter_group\.[\w-]+\.name : null\}$/,
      );
    }
  });

  it('accepts as many connections as it is told, on every instance', () => {
    const limited = database({ maxConnections: 400, engineVersion: '17' });
    expect(limited.resource('aws_db_parameter_group')).toMatchObject({
      family: 'aurora-postgresql17',
      parameter: [{ name: 'max_connections', value: '400', apply_method: 'pending-reboot' }],
      lifecycle: { create_before_destroy: true },
    });
    const group = expect.stringMatching(/^\$\{aws_db_parameter_group\..*\.name\}$/);
    expect(limited.resource('aws_rds_cluster').db_instance_parameter_group_name).toEqual(group);
    for (const instance of limited.resources('aws_rds_cluster_instance')) {
      expect(instance.db_parameter_group_name).toContain(
        limited.resource('aws_rds_cluster').db_instance_parameter_group_name.slice('${'.length, -1),
      );
    }
  });

  it('exports its log to a group that is there before, encrypted and with an end', () => {
    expect(whole.enabled_cloudwatch_logs_exports).toEqual(['postgresql']);
    expect(template.resource('aws_cloudwatch_log_group')).toMatchObject({
      name: '/aws/rds/cluster/prod-agent-bom/postgresql',
      retention_in_days: 30,
      kms_key_id: KEY_ARN,
    });
    const before = template.prerequisites(template.addresses().find((one) => one.startsWith('aws_rds_cluster.')) ?? '');
    expect([...before].filter((address) => address.startsWith('aws_cloudwatch_log_group.'))).toHaveLength(1);
  });

  it('is watched, as a whole and instance by instance', () => {
    const insights = {
      performance_insights_enabled: true,
      performance_insights_retention_period: 7,
      performance_insights_kms_key_id: KEY_ARN,
    };
    expect(whole).toMatchObject({ ...insights, database_insights_mode: 'standard' });
    for (const instance of instances) {
      expect(instance).toMatchObject({
        ...insights,
        monitoring_interval: 60,
        monitoring_role_arn: expect.stringMatching(/^\$\{aws_iam_role\./),
      });
    }
    const advanced = database({ insights: 'advanced' });
    const history = { performance_insights_retention_period: 465 };
    expect(advanced.resource('aws_rds_cluster')).toMatchObject({ ...history, database_insights_mode: 'advanced' });
    for (const instance of advanced.resources('aws_rds_cluster_instance')) expect(instance).toMatchObject(history);
  });

  it('has no role for measurements that are not taken', () => {
    const unmeasured = database({ monitoringSeconds: 0 });
    expect(unmeasured.resources('aws_iam_role')).toEqual([]);
    for (const instance of unmeasured.resources('aws_rds_cluster_instance')) {
      expect(instance).toMatchObject({ monitoring_interval: 0 });
      expect(instance).not.toHaveProperty('monitoring_role_arn');
    }
  });

  it.each([
    [0, ['prod-agent-bom-1']],
    [2, ['prod-agent-bom-1', 'prod-agent-bom-2', 'prod-agent-bom-3']],
  ])('has a writer and %i readers, all of the class', (readers, identifiers) => {
    const several = database({ readers, instanceClass: 'db.r7g.large' });
    expect(several.resources('aws_rds_cluster_instance')).toMatchObject(
      identifiers.map((identifier) => ({
        identifier,
        instance_class: 'db.r7g.large',
        engine: 'aurora-postgresql',
        cluster_identifier: expect.stringMatching(/^\$\{aws_rds_cluster\..*\.id\}$/),
      })),
    );
    expect(made.kind).toBe('cluster');
  });

  it('is serverless between its capacities, whatever the class', () => {
    const serverless = database({ minimumCapacity: 0, maximumCapacity: 8 });
    expect(serverless.resource('aws_rds_cluster').serverlessv2_scaling_configuration).toEqual({
      min_capacity: 0,
      max_capacity: 8,
    });
    for (const { instance_class: name } of serverless.resources('aws_rds_cluster_instance')) {
      expect(name).toBe('db.serverless');
    }
  });

  it('gives the provider hours, because a database that takes longer is counted as broken', () => {
    const hours = { create: '4h', update: '4h', delete: '4h' };
    for (const block of [whole, ...instances]) expect(block.timeouts).toEqual(hours);
  });

  it('follows its settings', () => {
    const changed = database({
      engineVersion: '17',
      instanceClass: 'db.r7g.large',
      backupRetentionDays: 35,
      backupWindow: '05:00-06:00',
      maintenanceWindow: 'mon:07:00-mon:08:00',
      deletionProtection: false,
      iamAuthentication: true,
      caIdentifier: 'rds-ca-ecc384-g1',
      monitoringSeconds: 15,
      logRetentionDays: 90,
    });
    expect(changed.resource('aws_rds_cluster')).toMatchObject({
      engine_version: expect.stringContaining('== "17"'),
      backup_retention_period: 35,
      preferred_backup_window: '05:00-06:00',
      preferred_maintenance_window: 'mon:07:00-mon:08:00',
      deletion_protection: false,
      iam_database_authentication_enabled: true,
    });
    expect(changed.resource('aws_rds_cluster_parameter_group').family).toBe('aurora-postgresql17');
    for (const block of changed.resources('aws_rds_cluster_instance')) {
      expect(block).toMatchObject({
        instance_class: 'db.r7g.large',
        ca_cert_identifier: 'rds-ca-ecc384-g1',
        preferred_maintenance_window: 'mon:07:00-mon:08:00',
        monitoring_interval: 15,
      });
    }
    expect(changed.resource('aws_cloudwatch_log_group').retention_in_days).toBe(90);
  });

  it('admits the cluster of pods on its port, and no one by itself', () => {
    expect(template.resource('aws_vpc_security_group_ingress_rule')).toMatchObject({ from_port: 5432, to_port: 5432 });
    expect(database({}, false).resources('aws_vpc_security_group_ingress_rule')).toEqual([]);
  });

  it.each([0, 36])('may not keep backups %i days', (backupRetentionDays) => {
    expect(() => database({ backupRetentionDays })).toThrow(ContractError);
    expect(() => database({ backupRetentionDays })).toThrow(`got:  \`backupRetentionDays\` ${backupRetentionDays}`);
  });

  it.each([1, 35])('may keep backups %i days', (backupRetentionDays) => {
    const { backup_retention_period: days } = database({ backupRetentionDays }).resource('aws_rds_cluster');
    expect(days).toBe(backupRetentionDays);
  });

  it.each([{ minimumCapacity: 1 }, { maximumCapacity: 1 }])('needs both ends of the capacity, not %j', (capacity) => {
    expect(() => database(capacity)).toThrow(/^test\/database\n {2}got: .*\n {2}rule: a capacity has two ends/);
  });
});

describe('a cluster of which its name and its network alone are given', () => {
  it('has what the shortest environment file asks for', () => {
    const template = Template.of((stack) => {
      new AuroraCluster(stack, 'database', { identifier: 'ledger', network: cluster(stack) });
    });
    const file = { ...minimal(), database: { ...minimal().database, form: 'aurora' } };
    const ofFile = synthesizeDatabase(parsed(file));
    const named = /^\/\/$|arn|_id$|identifier|kms|subnet_group|security_group|parameter_group|depends_on|lifecycle/;
    const settings = (block: object) => Object.entries(block).filter(([key]) => !named.test(key));
    const whole = ofFile.resource('aws_rds_cluster');
    expect(settings(whole).length).toBeGreaterThan(15);
    expect(settings(template.resource('aws_rds_cluster'))).toEqual(settings(whole));
    const instances = (of: Template) => of.resources('aws_rds_cluster_instance').map(settings);
    expect(instances(template)).toHaveLength(2);
    expect(instances(template)).toEqual(instances(ofFile));
    expect(template.inventory()).toEqual(expect.arrayContaining(['aws_kms_key', 'aws_security_group', 'random_id']));
    expect(template.unresolvedReferences()).toEqual([]);
  });
});
