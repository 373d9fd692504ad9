import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { jobOf } from '../support/postgres/job';
import { minimal, mistakesIn, parsed, synthesize, synthesizeDatabase } from '../support/synth/environments';
import type { Block, Template } from '../support/synth/template';

const environment = (database: object = {}, rest: object = {}) =>
  parsed({ ...minimal(), ...rest, database: { ...minimal().database, form: 'aurora', ...database } });
const { database, workload } = synthesize(environment());
const instanceForm = synthesize(parsed(minimal()));

describe('the database stack of a cluster', () => {
  it('is made of the same as that of an instance, but for the database itself', () => {
    const counted = (template: Template) => {
      const counts: Record<string, number> = {};
      for (const type of template.inventory()) counts[type] = (counts[type] ?? 0) + 1;
      return counts;
    };
    const { aws_db_instance, aws_db_parameter_group, ...others } = counted(instanceForm.database);
    expect([aws_db_instance, aws_db_parameter_group]).toEqual([1, 1]);
    expect(counted(database)).toEqual({
      ...others,
      aws_cloudwatch_log_group: 1, // postgresql; there is no log of upgrades
      aws_cloudwatch_metric_alarm: 13, // no storage to fill up; the lag of the replicas, and local storage
      aws_db_event_subscription: 2, // a cluster's parameter group sends no events, and its instances have their own
      aws_db_parameter_group: 1, // of its instances
      aws_rds_cluster: 1,
      aws_rds_cluster_instance: 2,
      aws_rds_cluster_parameter_group: 1,
    });
    expect(database.unresolvedReferences()).toEqual([]);
  });

  // A changed address is a database that Terraform destroys and creates again.
  it('keeps the addresses of what must not be replaced', () => {
    const lasting = /^(?:aws_rds_cluster|aws_rds_cluster_instance|aws_db_subnet_group|aws_security_group|random_id)\./;
    const two = synthesizeDatabase(environment({ aurora: { readers: 2, minimumCapacity: 2, maximumCapacity: 8 } }));
    expect(two.addresses().filter((address) => lasting.test(address))).toEqual([
      'aws_db_subnet_group.network_subnets_078B467D',
      'aws_rds_cluster.database_cluster_FAF2FB92',
      'aws_rds_cluster_instance.database_instance-1_95FDBD23',
      'aws_rds_cluster_instance.database_instance-2_67AB9804',
      'aws_rds_cluster_instance.database_instance-3_A4FBCB4D',
      'aws_security_group.network_firewall_F33A100D',
      'random_id.database_final-snapshot_suffix_6D573C30',
    ]);
  });

  it('lets no plan destroy what holds data, until it is released', () => {
    const types = ['aws_rds_cluster', 'aws_rds_cluster_instance', 'aws_kms_key', 'aws_s3_bucket'];
    const protection = (template: Template) =>
      types.flatMap((type) => template.resources(type)).map(({ lifecycle }) => lifecycle?.prevent_destroy);
    expect(protection(database)).toEqual(Array(5).fill(true));
    expect(database.resource('aws_rds_cluster').deletion_protection).toBe(true);

    const released = synthesizeDatabase(environment({}, { releaseProtection: true }));
    expect(protection(released)).toEqual(Array(5).fill(undefined));
    expect(released.resource('aws_rds_cluster').deletion_protection).toBe(false);
    const resources = (template: Template) => template.addresses().filter((address) => !address.startsWith('data.'));
    expect(resources(released)).toEqual(resources(database));
  });

  it('puts out the same as that of an instance, about the writer', () => {
    const names = (template: Template) =>
      Object.keys(template.json.output).filter((name) => !name.startsWith('cross-stack-output'));
    expect(names(database)).toEqual(names(instanceForm.database));
    const { database_host: host, database_port: port, admin_secret_arn: secret } = database.json.output;
    expect(host.value).toMatch(/^\$\{aws_rds_cluster\.\w+\.endpoint\}$/);
    expect(port.value).toBe(5432);
    expect(secret.value).toMatch(/^\$\{aws_rds_cluster\.\w+\.master_user_secret\[0\]\.secret_arn\}$/);
  });

  it('lets the key encrypt the log of the cluster', () => {
    const policy = database.data('aws_iam_policy_document', ({ statement }) => statement[0].sid === 'Administration');
    expect(policy.statement[3].condition[0].values).toEqual([
      expect.stringMatching(/:log-group:\/aws\/rds\/cluster\/prod-agent-bom\/postgresql$/),
    ]);
  });

  it('gives every setting of the file to the cluster and its instances', () => {
    const settings = { engine: '17', backupRetentionDays: 7, insights: 'advanced', monitoringSeconds: 15 };
    const aurora = { minimumCapacity: 0.5, maximumCapacity: 16, readers: 3 };
    const all = synthesize(
      environment({ ...settings, aurora, logRetentionDays: 90, iamAuthentication: true }),
    ).database;
    expect(all.resource('aws_rds_cluster')).toMatchObject({
      engine_version: expect.stringContaining('== "17"'),
      backup_retention_period: 7,
      database_insights_mode: 'advanced',
      iam_database_authentication_enabled: true,
      serverlessv2_scaling_configuration: { min_capacity: 0.5, max_capacity: 16 },
    });
    expect(all.resources('aws_rds_cluster_instance')).toHaveLength(4);
    for (const { monitoring_interval: seconds } of all.resources('aws_rds_cluster_instance')) expect(seconds).toBe(15);
    expect(all.resources('aws_cloudwatch_log_group').map((group) => group.retention_in_days)).toEqual([90]);
  });
});

describe('the workload stack of a cluster', () => {
  it('is the one of an instance', () => {
    expect(workload.addresses()).toEqual(instanceForm.workload.addresses());
    expect(workload.unresolvedReferences()).toEqual([]);
    const taken = [...workload.text.matchAll(/outputs\.([\w-]+)/g)].map(([, name]) => name);
    expect(taken.length).toBeGreaterThan(0);
    for (const name of new Set(taken)) expect(Object.keys(database.json.output)).toContain(name);
  });
});

describe('the migration Job', () => {
  const migrationJob = (database: object) =>
    jobOf(synthesize(parsed({ ...minimal(), database: { ...minimal().database, ...database } })).workload, 'migrate');
  const optionsOf = (job: Block) =>
    job.spec.template.spec.init_container.at(-1).env.find(({ name }: Block) => name === 'CONTRACT_OPTIONS').value;

  it('runs again for a database that was restored, from whatever and to whatever moment', () => {
    const sourceIdentifier = 'prod-agent-bom-before';
    const jobs = [
      {},
      { restore: { sourceIdentifier, time: '2026-01-31T09:30:00Z' } },
      { restore: { sourceIdentifier, time: '2026-01-31T09:31:00Z' } },
      { restore: { snapshotIdentifier: 'one' } },
    ].map(migrationJob);
    expect(new Set(jobs.map(({ metadata }) => metadata.generate_name)).size).toBe(4);
    expect(optionsOf(jobs[0])).not.toContain('restored_from');
    expect(optionsOf(jobs[1])).toMatch(/ -c agent_bom\.restored_from=prod-agent-bom-before\\ 2026-01-31T09:30:00Z$/);
  });
});

describe('the guide to a restore', () => {
  const guide = ['restore.md', 'second-region.md']
    .map((file) => readFileSync(join(__dirname, '..', '..', 'docs', 'operate', file), 'utf8'))
    .join('\n');

  it('names resources by the addresses that they have', () => {
    const known = [...database.addresses(), ...instanceForm.database.addresses()];
    const named = [...new Set(guide.match(/aws_\w+\.[\w-]+_[0-9A-F]{8}/g))];
    expect(named).toHaveLength(4);
    for (const address of named) expect(known).toContain(address);
  });

  it('shows environment files that are valid', () => {
    const shown = [...guide.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => parse(text));
    expect(shown).toHaveLength(5);
    for (const { database: settings, ...rest } of shown) {
      const content = { ...minimal(), ...rest, database: { ...minimal().database, ...settings } };
      expect(mistakesIn(stringify(content))).toEqual([]);
    }
  });

  it('takes what holds the database out of the state, and nothing else', () => {
    const [, pattern = ''] = /grep -E '([^']+)'/.exec(guide) ?? [];
    const replicated = parsed({
      ...minimal(),
      database: { ...minimal().database, replication: { region: 'eu-central-1' } },
    });
    const taken = (template: Template) => template.addresses().filter((address) => new RegExp(pattern).test(address));
    expect(taken(database).map((address) => address.split('.')[0])).toEqual([
      'aws_rds_cluster',
      'aws_rds_cluster_instance',
      'aws_rds_cluster_instance',
    ]);
    expect(taken(synthesizeDatabase(replicated)).map((address) => address.split('.')[0])).toEqual([
      'aws_db_instance',
      'aws_db_instance_automated_backups_replication',
    ]);
  });
});
