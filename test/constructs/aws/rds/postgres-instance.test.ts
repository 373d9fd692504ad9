import { AwsAccount } from '../../../../constructs/aws/iam/aws-account';
import { PodRole } from '../../../../constructs/aws/iam/pod-role';
import { DatabaseNetwork } from '../../../../constructs/aws/network/database-network';
import { PostgresInstance, type PostgresInstanceProps } from '../../../../constructs/aws/rds/postgres-instance';
import { ContractError } from '../../../../contract/error';
import { account, cluster, existingKey, KEY_ARN } from '../../../support/synth/cluster';
import { minimal, parsed, synthesize } from '../../../support/synth/environments';
import { Template } from '../../../support/synth/template';

type Settings = Partial<Omit<PostgresInstanceProps, 'network' | 'key' | 'account'>>;

let made: PostgresInstance;

function database(settings: Settings = {}, admit = true): Template {
  return Template.of((stack) => {
    const eks = cluster(stack);
    const network = new DatabaseNetwork(stack, 'network', {
      name: 'prod-agent-bom',
      cluster: eks,
      subnetIds: ['subnet-a', 'subnet-b'],
    });
    const instance = new PostgresInstance(stack, 'database', {
      identifier: 'prod-agent-bom',
      network,
      key: existingKey(stack),
      account: new AwsAccount(stack, 'here', { region: 'eu-west-1' }),
      engineVersion: '16',
      instanceClass: 'db.t4g.medium',
      storageGib: 100,
      maximumStorageGib: 500,
      multiAz: true,
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
    made = instance;
    if (admit) instance.allowFrom(eks);
  });
}

describe('the database', () => {
  const template = database();
  const instance = template.resource('aws_db_instance');

  it('is made of', () => {
    expect(template.inventory()).toEqual([
      'aws_cloudwatch_log_group', // postgresql
      'aws_cloudwatch_log_group', // upgrade
      'aws_db_instance',
      'aws_db_parameter_group',
      'aws_db_subnet_group',
      'aws_iam_role', // enhanced monitoring
      'aws_iam_role_policy_attachment',
      'aws_security_group',
      'aws_vpc_security_group_ingress_rule', // the cluster
      'random_id', // name of the final snapshot
    ]);
    expect(template.unresolvedReferences()).toEqual([]);
  });

  it('is private, encrypted and protected', () => {
    expect(instance).toMatchObject({
      publicly_accessible: false,
      storage_encrypted: true,
      kms_key_id: KEY_ARN,
      master_user_secret_kms_key_id: KEY_ARN,
      storage_type: 'gp3',
      deletion_protection: true,
      skip_final_snapshot: false,
      delete_automated_backups: false,
      copy_tags_to_snapshot: true,
      backup_retention_period: 14,
      multi_az: true,
      allocated_storage: 100,
      max_allocated_storage: 500,
    });
  });

  it('lets RDS manage the password and the versions', () => {
    expect(instance).toMatchObject({
      manage_master_user_password: true,
      username: 'agent_bom_admin',
      db_name: 'agent_bom',
      engine: 'postgres',
      engine_version: '16',
      auto_minor_version_upgrade: true,
      apply_immediately: false,
      engine_lifecycle_support: 'open-source-rds-extended-support-disabled',
    });
    for (const absent of ['password', 'password_wo', 'snapshot_identifier', 'restore_to_point_in_time']) {
      expect(instance).not.toHaveProperty(absent);
    }
  });

  it('takes its final snapshot under a name that belongs to this instance alone', () => {
    expect(instance.final_snapshot_identifier).toMatch(/^prod-agent-bom-final-\$\{random_id\.[\w-]+\.hex\}$/);
    expect(template.resource('random_id')).toEqual({
      byte_length: 4,
      keepers: { form: 'instance', instance: 'prod-agent-bom', key: KEY_ARN },
    });
  });

  it('turns away what is not TLS 1.2, counts statements, logs what is slow, and closes what is gone', () => {
    const group = template.resource('aws_db_parameter_group');
    expect(group).toMatchObject({
      family: 'postgres16',
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
    expect(instance.parameter_group_name).toMatch(/^\$\{aws_db_parameter_group\./);
  });

  it('accepts as many connections as it is told, or as its memory allows', () => {
    const parameters = (settings: Settings) => database(settings).resource('aws_db_parameter_group').parameter;
    const limit = { name: 'max_connections', value: '400', apply_method: 'pending-reboot' };
    expect(parameters({ maxConnections: 400 })).toContainEqual(limit);
    expect(JSON.stringify(parameters({}))).not.toContain('max_connections');
  });

  it('exports its logs to groups that are there before, encrypted and with an end', () => {
    expect(instance.enabled_cloudwatch_logs_exports).toEqual(['postgresql', 'upgrade']);
    const groups = template.resources('aws_cloudwatch_log_group');
    expect(groups.map(({ name }) => name)).toEqual([
      '/aws/rds/instance/prod-agent-bom/postgresql',
      '/aws/rds/instance/prod-agent-bom/upgrade',
    ]);
    for (const group of groups) expect(group).toMatchObject({ retention_in_days: 30, kms_key_id: KEY_ARN });
    const before = template.prerequisites(template.addresses().find((one) => one.startsWith('aws_db_instance.')) ?? '');
    expect([...before].filter((address) => address.startsWith('aws_cloudwatch_log_group.'))).toHaveLength(2);
  });

  it('is watched, and maintained when no backup runs', () => {
    expect(instance).toMatchObject({
      backup_window: '02:00-03:00',
      maintenance_window: 'sun:04:30-sun:05:30',
      ca_cert_identifier: 'rds-ca-rsa2048-g1',
      iam_database_authentication_enabled: false,
      database_insights_mode: 'standard',
      performance_insights_enabled: true,
      performance_insights_retention_period: 7,
      performance_insights_kms_key_id: KEY_ARN,
      monitoring_interval: 60,
      monitoring_role_arn: expect.stringMatching(/^\$\{aws_iam_role\./),
    });
    expect(instance).not.toHaveProperty('blue_green_update');
    const { statement } = template.data('aws_iam_policy_document');
    expect(statement[0].principals).toEqual([{ type: 'Service', identifiers: ['monitoring.rds.amazonaws.com'] }]);
    expect(statement[0].condition).toEqual([
      {
        test: 'StringEquals',
        variable: 'aws:SourceAccount',
        values: [expect.stringMatching(/^\$\{data\.aws_caller_identity\..*\.account_id\}$/)],
      },
    ]);
    expect(template.resource('aws_iam_role_policy_attachment').policy_arn).toMatch(
      /^arn:\$\{.*\}:iam::aws:policy\/service-role\/AmazonRDSEnhancedMonitoringRole$/,
    );
  });

  it('has no role for measurements that are not taken', () => {
    const unmeasured = database({ monitoringSeconds: 0 });
    expect(unmeasured.resources('aws_iam_role')).toEqual([]);
    expect(unmeasured.resource('aws_db_instance')).not.toHaveProperty('monitoring_role_arn');
  });

  it('keeps the history that the advanced insights ask for', () => {
    expect(database({ insights: 'advanced' }).resource('aws_db_instance')).toMatchObject({
      database_insights_mode: 'advanced',
      performance_insights_retention_period: 465,
    });
  });

  it.each([
    [{ iops: 16_000 }, { iops: 16_000, storage_throughput: 500 }],
    [{ throughputMibps: 1000 }, { iops: 12_000, storage_throughput: 1000 }],
  ])('gives both numbers of the storage when one is asked for: %j', (settings, expected) => {
    for (const given of [{ storageGib: 400 }, { restore: { snapshotIdentifier: 'prod-final' } }]) {
      expect(database({ ...given, ...settings }).resource('aws_db_instance')).toMatchObject(expected);
    }
    for (const absent of Object.keys(expected)) expect(instance).not.toHaveProperty(absent);
  });

  it.each([
    [399, undefined],
    [400, { iops: 12_000, storage_throughput: 500 }],
  ])('writes what gp3 has with %i GiB: %j, so that storage crosses 400 GiB', (storageGib, expected) => {
    const block = database({ storageGib, maximumStorageGib: 1000 }).resource('aws_db_instance');
    if (expected !== undefined) expect(block).toMatchObject(expected);
    else for (const absent of ['iops', 'storage_throughput']) expect(block).not.toHaveProperty(absent);
  });

  it('writes neither for a restored one, whose source may be smaller', () => {
    const restore = { snapshotIdentifier: 'prod-final' };
    const block = database({ storageGib: 400, maximumStorageGib: 1000, restore }).resource('aws_db_instance');
    for (const absent of ['iops', 'storage_throughput', 'allocated_storage']) expect(block).not.toHaveProperty(absent);
  });

  it('keeps the parameter group of the version before, which it uses until its window', () => {
    expect(template.resource('aws_db_parameter_group').skip_destroy).toBe(true);
  });

  it('gives the provider hours, because a database that takes longer is counted as broken', () => {
    expect(instance.timeouts).toEqual({ create: '4h', update: '4h', delete: '4h' });
  });

  it('says what its measurements are found under', () => {
    expect(made.kind).toBe('instance');
  });

  it('follows its settings', () => {
    const changed = database({
      engineVersion: '17',
      instanceClass: 'db.m7g.large',
      storageGib: 200,
      maximumStorageGib: 220,
      multiAz: false,
      backupRetentionDays: 35,
      backupWindow: '05:00-06:00',
      maintenanceWindow: 'mon:07:00-mon:08:00',
      caIdentifier: 'rds-ca-ecc384-g1',
      iamAuthentication: true,
      monitoringSeconds: 15,
      logRetentionDays: 90,
      deletionProtection: false,
    });
    expect(changed.resource('aws_db_instance')).toMatchObject({
      engine_version: '17',
      instance_class: 'db.m7g.large',
      allocated_storage: 200,
      max_allocated_storage: 220,
      multi_az: false,
      backup_retention_period: 35,
      backup_window: '05:00-06:00',
      maintenance_window: 'mon:07:00-mon:08:00',
      ca_cert_identifier: 'rds-ca-ecc384-g1',
      iam_database_authentication_enabled: true,
      monitoring_interval: 15,
      deletion_protection: false,
    });
    for (const { retention_in_days } of changed.resources('aws_cloudwatch_log_group'))
      expect(retention_in_days).toBe(90);
    expect(changed.resource('aws_db_parameter_group').family).toBe('postgres17');
  });
});

describe('its settings', () => {
  it.each([1, 35])('may keep backups %i days', (backupRetentionDays) => {
    expect(database({ backupRetentionDays }).resource('aws_db_instance').backup_retention_period).toBe(
      backupRetentionDays,
    );
  });

  it.each([0, 36])('may not keep backups %i days', (backupRetentionDays) => {
    expect(() => database({ backupRetentionDays })).toThrow(ContractError);
    expect(() => database({ backupRetentionDays })).toThrow(`got:  \`backupRetentionDays\` ${backupRetentionDays}`);
  });

  it('must leave the storage room to grow', () => {
    expect(() => database({ storageGib: 100, maximumStorageGib: 109 })).toThrow('`maximumStorageGib` 109');
    expect(() => database({ storageGib: 100, maximumStorageGib: 110 })).not.toThrow();
    // RDS wants a tenth, and rounds nothing down.
    expect(() => database({ storageGib: 105, maximumStorageGib: 115 })).toThrow('give 116 or more');
    expect(() => database({ storageGib: 105, maximumStorageGib: 116 })).not.toThrow();
  });

  it('are refused all at once, with the place', () => {
    try {
      database({ backupRetentionDays: 0, maximumStorageGib: 1 });
      throw new Error('was not refused');
    } catch (error) {
      expect(error).toBeInstanceOf(ContractError);
      expect((error as ContractError).mistakes.map(({ path }) => path)).toEqual(['test/database', 'test/database']);
    }
  });
});

describe('a database of which its name and its cluster alone are given', () => {
  const template = Template.of((stack) => {
    const eks = cluster(stack);
    new PostgresInstance(stack, 'database', { identifier: 'ledger', network: eks }).allowFrom(eks);
  });
  const instance = template.resource('aws_db_instance');

  it('has a network and a key of its own', () => {
    expect(template.inventory()).toEqual([
      'aws_cloudwatch_log_group', // postgresql
      'aws_cloudwatch_log_group', // upgrade
      'aws_db_instance',
      'aws_db_parameter_group',
      'aws_db_subnet_group',
      'aws_iam_role', // enhanced monitoring
      'aws_iam_role_policy_attachment',
      'aws_kms_alias',
      'aws_kms_key',
      'aws_security_group',
      'aws_vpc_security_group_ingress_rule', // the cluster
      'random_id', // name of the final snapshot
    ]);
    expect(template.unresolvedReferences()).toEqual([]);
    expect(template.resource('aws_kms_alias').name).toBe('alias/ledger');
    expect(instance.kms_key_id).toMatch(/^\$\{aws_kms_key\.database_encryption_key_\w+\.arn\}$/);
    const { statement } = template.data('aws_iam_policy_document', ({ statement: [first] }) => first.sid !== undefined);
    const logs = statement.at(-1);
    expect(logs.sid).toBe('Logs');
    expect(logs.condition[0].values).toEqual(
      ['postgresql', 'upgrade'].map((log) => expect.stringMatching(`:log-group:/aws/rds/instance/ledger/${log}$`)),
    );
    expect(template.resource('aws_iam_role').name).toBe('ledger-monitoring');
  });

  it('declares the provider of the random digits by itself', () => {
    expect(template.json.terraform.required_providers.random).toEqual({ source: 'hashicorp/random', version: '3.7.2' });
  });

  it('has otherwise what the shortest environment file asks for', () => {
    const ofFile = synthesize(parsed(minimal())).database.resource('aws_db_instance');
    const named = /^\/\/$|arn|_id$|identifier|kms|subnet_group|security_group|parameter_group|depends_on|lifecycle/;
    const settings = (block: object) => Object.entries(block).filter(([key]) => !named.test(key));
    expect(settings(ofFile).length).toBeGreaterThan(20);
    expect(settings(instance)).toEqual(settings(ofFile));
    expect(instance.deletion_protection).toBe(true);
  });
});

describe('the right to connect', () => {
  it('is for some logins of this database', () => {
    const template = Template.of((stack) => {
      const eks = cluster(stack);
      const server = new PostgresInstance(stack, 'database', {
        identifier: 'ledger',
        network: eks,
        key: existingKey(stack),
      });
      const serviceAccount = { namespace: 'n', name: 'api' };
      const settings = { name: 'api', description: 'x', account: account(stack), cluster: eks, serviceAccount };
      server.grantConnect(new PodRole(stack, 'role', settings), ['one', 'two']);
    });
    const { statement } = template.data('aws_iam_policy_document', ({ statement: [first] }) =>
      first.actions.includes('rds-db:connect'),
    );
    const user = (login: string) =>
      expect.stringMatching(
        `:rds-db:eu-west-1:\\$\\{data\\.aws_caller_identity\\..*\\}:dbuser:\\$\\{aws_db_instance\\..*\\.resource_id\\}/${login}$`,
      );
    expect(statement).toEqual([{ actions: ['rds-db:connect'], resources: [user('one'), user('two')] }]);
  });
});
