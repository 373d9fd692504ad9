import { parse } from 'yaml';
import { syncedSecretName } from '../../contract/names';
import { ADMIN_IDENTITY, RUNTIME_IDENTITIES, type Workload } from '../../contract/postgres/identities';
import { jobOf } from '../support/postgres/job';
import { minimal, parsed, synthesize } from '../support/synth/environments';
import { type Block, strings, type Template } from '../support/synth/template';

const { database, workload } = synthesize(parsed(minimal()));
const both = [
  ['database', database],
  ['workload', workload],
] as const;

describe.each(both)('the %s stack', (name, template) => {
  it('refers to nothing that it does not have', () => {
    expect(template.unresolvedReferences()).toEqual([]);
  });

  it('keeps its state beside the project, wherever that is', () => {
    expect(template.json.terraform.backend).toEqual({ local: { path: `../../../terraform.prod-${name}.tfstate` } });
    expect(strings(template.json).filter((text) => text.startsWith(process.cwd()))).toEqual([]);
    expect(template.text).not.toContain('stackTrace');
  });

  it('needs a Terraform that knows write-only arguments', () => {
    expect(template.json.terraform.required_version).toBe('>= 1.11.0');
  });

  it('holds no credential', () => {
    const urls = template.text.match(/[a-z]+:\/\/[^\s{/@:]+:[^\s{/@]+@/g) ?? [];
    // What a script says when it is given something else.
    expect(urls.filter((url) => url !== 'postgresql://user:password@')).toEqual([]);
    expect(template.text).not.toMatch(/PRIVATE KEY|AKIA[A-Z0-9]{16}|"token"/);
    for (const key of ['password', 'secret_string', 'secret_binary', 'password_wo']) {
      expect(keysOf(template.json)).not.toContain(key);
    }
  });

  it('works in the region of the environment', () => {
    expect(template.json.provider.aws).toEqual([
      { region: 'eu-west-1', default_tags: [{ tags: { 'agent-bom-environment': 'prod', 'managed-by': 'terraform' } }] },
    ]);
  });
});

describe('the database stack', () => {
  it('is made of', () => {
    expect(database.inventory()).toEqual([
      'aws_cloudwatch_event_rule', // dumps
      'aws_cloudwatch_event_rule', // backups of RDS
      'aws_cloudwatch_event_rule', // verifications
      'aws_cloudwatch_event_target',
      'aws_cloudwatch_event_target',
      'aws_cloudwatch_event_target',
      'aws_cloudwatch_log_group', // postgresql
      'aws_cloudwatch_log_group', // upgrade
      'aws_cloudwatch_log_metric_filter', // deadlocks
      'aws_cloudwatch_metric_alarm', // connections
      'aws_cloudwatch_metric_alarm', // credits of the processors
      'aws_cloudwatch_metric_alarm', // deadlocks
      'aws_cloudwatch_metric_alarm', // latency of reads
      'aws_cloudwatch_metric_alarm', // latency of writes
      'aws_cloudwatch_metric_alarm', // days until the storage is full
      'aws_cloudwatch_metric_alarm', // age of the dumps
      'aws_cloudwatch_metric_alarm', // age of the verifications
      'aws_cloudwatch_metric_alarm', // age of the backups of RDS
      'aws_cloudwatch_metric_alarm', // memory
      'aws_cloudwatch_metric_alarm', // processors
      'aws_cloudwatch_metric_alarm', // storage
      'aws_cloudwatch_metric_alarm', // transaction ids
      'aws_db_event_subscription', // database
      'aws_db_event_subscription', // parameters
      'aws_db_instance',
      'aws_db_parameter_group',
      'aws_db_subnet_group',
      'aws_iam_role', // API
      'aws_iam_role', // dumps
      'aws_iam_role', // enhanced monitoring
      'aws_iam_role', // scanner
      'aws_iam_role', // secret reader
      'aws_iam_role_policy', // reports
      'aws_iam_role_policy',
      'aws_iam_role_policy',
      'aws_iam_role_policy_attachment',
      'aws_kms_alias',
      'aws_kms_key',
      'aws_s3_bucket',
      'aws_s3_bucket_lifecycle_configuration',
      'aws_s3_bucket_notification',
      'aws_s3_bucket_ownership_controls',
      'aws_s3_bucket_policy',
      'aws_s3_bucket_public_access_block',
      'aws_s3_bucket_server_side_encryption_configuration',
      'aws_s3_bucket_versioning',
      'aws_secretsmanager_secret', // app
      'aws_secretsmanager_secret', // backup
      'aws_secretsmanager_secret', // control plane
      'aws_secretsmanager_secret', // maintenance
      'aws_secretsmanager_secret_policy',
      'aws_secretsmanager_secret_policy',
      'aws_secretsmanager_secret_policy',
      'aws_secretsmanager_secret_policy',
      'aws_secretsmanager_secret_version',
      'aws_secretsmanager_secret_version',
      'aws_secretsmanager_secret_version',
      'aws_secretsmanager_secret_version',
      'aws_security_group',
      'aws_sns_topic',
      'aws_sns_topic_policy',
      'aws_sqs_queue', // history of backups
      'aws_sqs_queue_policy',
      'aws_vpc_security_group_ingress_rule',
      'random_id',
    ]);
  });

  it('pins its providers', () => {
    expect(database.json.terraform.required_providers).toEqual({
      aws: { source: 'aws', version: '6.26.0' },
      random: { source: 'hashicorp/random', version: '3.7.2' },
    });
  });

  it('holds no reference that has become a literal text', () => {
    expect(database.text).not.toContain('$${');
  });

  // A changed address is a database or a secret that Terraform destroys and creates again.
  it('keeps the addresses of what must not be replaced', () => {
    const lasting =
      /^(?:aws_kms_key|aws_s3_bucket|aws_db_instance|aws_db_subnet_group|aws_security_group|aws_secretsmanager_secret|random_id)\./;
    expect(database.addresses().filter((address) => lasting.test(address))).toEqual([
      'aws_db_instance.database_instance_D7FC2283',
      'aws_db_subnet_group.network_subnets_078B467D',
      'aws_kms_key.encryption_key_EEB70057',
      'aws_s3_bucket.backup_bucket_27FD5F51',
      'aws_secretsmanager_secret.secret-app_credentials_secret_5652713D',
      'aws_secretsmanager_secret.secret-backup_credentials_secret_DC1B0E3C',
      'aws_secretsmanager_secret.secret-control-plane_keys_secret_104154B8',
      'aws_secretsmanager_secret.secret-maintenance_credentials_secret_BBF8ED3D',
      'aws_security_group.network_firewall_F33A100D',
      'random_id.database_final-snapshot_suffix_6D573C30',
    ]);
  });

  it('lets no plan destroy what holds data, until it is released', () => {
    const lasting = ['aws_db_instance', 'aws_kms_key', 'aws_s3_bucket', 'aws_secretsmanager_secret'];
    const protection = (template: Template) =>
      lasting.flatMap((type) => template.resources(type)).map(({ lifecycle }) => lifecycle?.prevent_destroy);
    expect(protection(database)).toEqual(Array(7).fill(true));
    expect(database.resource('aws_db_instance').deletion_protection).toBe(true);
    expect(database.resource('aws_db_parameter_group').lifecycle).toEqual({ create_before_destroy: true });

    const released = synthesize(parsed({ ...minimal(), releaseProtection: true })).database;
    expect(protection(released)).toEqual(Array(7).fill(undefined));
    expect(released.resource('aws_db_instance').deletion_protection).toBe(false);
    // What asks whether a protected database would change its engine type.
    const kept = database.addresses().filter((address) => !address.startsWith('data.aws_rds_clusters.'));
    expect(kept).toHaveLength(database.addresses().length - 1);
    expect(released.addresses()).toEqual(kept);
  });

  it('keeps its state in a bucket, locked, and the workload stack reads it there', () => {
    const state = { bucket: 'states', region: 'eu-central-1', prefix: 'teams/bom' };
    const elsewhere = synthesize(parsed({ ...minimal(), state }));
    const at = (stack: string) => ({
      bucket: 'states',
      region: 'eu-central-1',
      key: `teams/bom/prod-${stack}.tfstate`,
      encrypt: true,
    });
    for (const stack of ['database', 'workload'] as const) {
      expect(elsewhere[stack].json.terraform.backend).toEqual({ s3: { ...at(stack), use_lockfile: true } });
    }
    const [remote] = Object.values<Block>(elsewhere.workload.json.data.terraform_remote_state);
    expect(remote).toMatchObject({ backend: 's3', config: at('database') });
  });

  it('lets the secret reader read every secret, the one of RDS included, and nothing else', () => {
    const { statement } = database.data(
      'aws_iam_policy_document',
      ({ statement: [first] }) =>
        first.principals === undefined && first.actions.includes('secretsmanager:GetSecretValue'),
    );
    expect(statement).toHaveLength(2);
    expect(statement[1].resources).toEqual([expect.stringMatching(/^\$\{aws_kms_key\..*\.arn\}$/)]);
    expect(statement[0].resources).toHaveLength(5);
    expect(statement[0].resources[0]).toMatch(/^\$\{aws_db_instance\.\w+\.master_user_secret\[0\]\.secret_arn\}$/);
    for (const arn of statement[0].resources.slice(1))
      expect(arn).toMatch(/^\$\{aws_secretsmanager_secret\.[\w-]+\.arn\}$/);
  });

  it('trusts the ServiceAccount that the workload stack makes, and the one of the backup', () => {
    const trusted = (role: string) => {
      const { assume_role_policy: policy } = database.resource('aws_iam_role', ({ name }) => name === role);
      const [, document = ''] = /aws_iam_policy_document\.([\w-]+)\.json/.exec(policy) ?? [];
      return database.json.data.aws_iam_policy_document[document].statement[0].condition[0].values;
    };
    const accounts = workload.resources('kubernetes_service_account_v1').map(({ metadata }) => metadata);
    const withRole = accounts.filter(({ annotations }) => annotations?.['eks.amazonaws.com/role-arn'] !== undefined);
    const subjects = withRole.map(({ name, namespace }) => `system:serviceaccount:${namespace}:${name}`).sort();
    const roles = ['prod-agent-bom-backup', 'prod-agent-bom-secret-reader'];
    expect(roles.flatMap(trusted)).toEqual(subjects);
  });

  it('rotates what belongs to the database, and not the keys of the control plane', () => {
    const next = synthesize(parsed({ ...minimal(), secrets: { generation: 2 } }));
    const generations = Object.entries<Block>(next.database.json.resource.aws_secretsmanager_secret_version);
    for (const [name, { secret_string_wo_version: generation }] of generations) {
      expect({ name, generation }).toEqual({ name, generation: name.includes('control-plane') ? 1 : 2 });
    }
    expect(next.workload.text).toContain('agent-bom-app-g2');
    expect(next.workload.text).not.toContain('-g1');
  });

  it('puts out where the database and its secrets are', () => {
    const outputs = Object.keys(database.json.output).filter((name) => !name.startsWith('cross-stack-output'));
    expect(outputs.sort()).toEqual([
      'admin_secret_arn',
      'alarm_topic_arn',
      'api_role_arn',
      'app_secret_arn',
      'backup_bucket',
      'backup_location',
      'backup_role_arn',
      'backup_secret_arn',
      'control_plane_secret_arn',
      'database_host',
      'database_name',
      'database_port',
      'deploy_workload',
      'maintenance_secret_arn',
      'scanner_role_arn',
      'secret_reader_role_arn',
    ]);
    expect(database.json.output.deploy_workload.value).toBe("npx cdktf deploy 'prod-workload'");
  });
});

describe('the workload stack', () => {
  const addressOf = (type: string) => {
    const [address = '', ...others] = workload
      .addresses()
      .filter((candidate) => candidate.startsWith(type.includes('.') ? type : `${type}.`));
    expect(others).toEqual([]);
    return address;
  };

  it('is made of', () => {
    expect(workload.inventory()).toEqual([
      'helm_release',
      'kubernetes_config_map_v1', // authorities
      'kubernetes_config_map_v1', // where reports are kept
      'kubernetes_config_map_v1', // files of the backup
      'kubernetes_config_map_v1', // files of the migrations
      'kubernetes_cron_job_v1', // backup
      'kubernetes_cron_job_v1', // migration, monthly
      'kubernetes_cron_job_v1', // verification
      'kubernetes_job_v1', // migrations
      'kubernetes_job_v1', // revocation of previous logins
      'kubernetes_manifest', // SecretStore
      'kubernetes_manifest', // admin
      'kubernetes_manifest', // app
      'kubernetes_manifest', // backup
      'kubernetes_manifest', // control plane
      'kubernetes_manifest', // maintenance
      'kubernetes_namespace_v1',
      'kubernetes_role_binding_v1',
      'kubernetes_role_v1', // the migration stops the API
      'kubernetes_service_account_v1', // backup
      'kubernetes_service_account_v1', // migration
      'kubernetes_service_account_v1', // revocation of previous logins
      'kubernetes_service_account_v1', // secret reader
    ]);
  });

  it('pins its providers', () => {
    expect(workload.json.terraform.required_providers).toEqual({
      aws: { source: 'aws', version: '6.26.0' },
      helm: { source: 'helm', version: '3.1.1' },
      kubernetes: { source: 'kubernetes', version: '2.38.0' },
    });
  });

  it('releases after everything else but what runs by the clock, and revokes the previous logins after that', () => {
    const everything = workload.addresses().filter((address) => /^(?:kubernetes|helm)_/.test(address));
    const release = addressOf('helm_release');
    const before = workload.prerequisites(release);
    const beside = everything.filter((address) => address !== release && !before.has(address));
    const revocation = /^kubernetes_(?:job|service_account)_v1\.retire_/;
    const others = beside.filter((address) => !revocation.test(address));
    expect(others.filter((address) => !/^kubernetes_cron_job_v1\.|\.dumps_/.test(address))).toEqual([]);
    for (const address of others) expect(workload.prerequisites(address)).not.toContain(release);
    expect(workload.prerequisites(addressOf('kubernetes_job_v1.retire'))).toContain(release);
  });

  it('migrates after the secrets, and syncs those after the namespace and the reader', () => {
    const job = workload.prerequisites(addressOf('kubernetes_job_v1.migrations'));
    expect(job).not.toContain(addressOf('helm_release'));
    const manifests = workload.addresses().filter((address) => address.startsWith('kubernetes_manifest.'));
    expect(manifests).toHaveLength(6);
    for (const manifest of manifests) {
      expect(job).toContain(manifest);
      const before = workload.prerequisites(manifest);
      expect([...before]).toContainEqual(expect.stringMatching(/^kubernetes_service_account_v1\.secret-reader_/));
      expect(before).toContain(addressOf('kubernetes_namespace_v1'));
      expect(before).not.toContain(addressOf('kubernetes_job_v1.migrations'));
    }
  });

  it('reads the cluster without waiting for anything', () => {
    expect(workload.data('aws_eks_cluster')).not.toHaveProperty('depends_on');
    expect([...workload.prerequisites(addressOf('data.aws_eks_cluster'))]).toEqual([]);
  });

  it('takes from the database stack only what that one puts out, and no password', () => {
    const taken = strings(workload.json).flatMap((text) =>
      [...text.matchAll(/outputs\.([\w-]+)/g)].map(([, name]) => name),
    );
    expect(taken.length).toBeGreaterThan(0);
    for (const name of new Set(taken)) expect(Object.keys(database.json.output)).toContain(name);
    for (const { value } of Object.values<Block>(database.json.output))
      expect(String(value)).not.toContain('ephemeral');
    expect(workload.json.data.terraform_remote_state).toEqual({
      'cross-stack-reference-input-prod-database': expect.objectContaining({
        backend: 'local',
        config: { path: '../../../terraform.prod-database.tfstate' },
      }),
    });
  });

  it('gives the Secret of an identity to the workloads of that identity alone', () => {
    const dump = '2026-01-31T03-00-00Z';
    const { workload: restoring } = synthesize(parsed({ ...minimal(), backup: { restore: { dump } } }));
    const values = parse(restoring.resource('helm_release').values[0]);
    // The chart wants the administrator's name even where nothing mounts it.
    expect(values.controlPlane.migrations.enabled).toBe(false);
    const { adminSecretRef, ...mounted } = values.controlPlane.postgresSecrets;
    expect(adminSecretRef).toEqual({ name: syncedSecretName('admin', 1) });
    const held = (type: string, name: RegExp) =>
      strings(restoring.resource(type, ({ metadata }) => name.test(metadata.name ?? metadata.generate_name)));
    const holders: [Workload, string[]][] = [
      ['migration', held('kubernetes_job_v1', /^agent-bom-migrate-/)],
      ['migration', held('kubernetes_cron_job_v1', /^agent-bom-migrate-monthly$/)],
      ['verification', held('kubernetes_cron_job_v1', /^agent-bom-verify$/)],
      ['revocation', held('kubernetes_job_v1', /^agent-bom-revoke-/)],
      ['api', strings({ ...values, controlPlane: { ...values.controlPlane, postgresSecrets: mounted } })],
      ['backup', held('kubernetes_cron_job_v1', /^agent-bom-backup$/)],
      ['restore', held('kubernetes_job_v1', /^agent-bom-restore-/)],
    ];
    const jobs = ['kubernetes_job_v1', 'kubernetes_cron_job_v1'].flatMap((type) => restoring.resources(type));
    expect(jobs).toHaveLength(holders.length - 1);
    for (const { name, workloads } of [ADMIN_IDENTITY, ...RUNTIME_IDENTITIES]) {
      const secret = syncedSecretName(name, 1);
      for (const [holder, texts] of holders) {
        expect({ secret, holder, holds: texts.includes(secret) }).toEqual({
          secret,
          holder,
          holds: workloads.includes(holder),
        });
      }
    }
  });

  it('says how to read the logs of the Jobs', () => {
    for (const [output, job] of [
      ['migration_logs', 'migrate'],
      ['revocation_logs', 'revoke'],
    ] as const) {
      const { metadata, spec } = jobOf(workload, job);
      const run = metadata.generate_name.replace(/-$/, '');
      expect(workload.json.output[output].value).toBe(
        `kubectl --namespace agent-bom logs --selector agent-bom-postgres/job=${run} --all-containers --ignore-errors --prefix --tail=-1`,
      );
      for (const labels of [metadata.labels, spec.template.metadata.labels])
        expect(labels['agent-bom-postgres/job']).toBe(run);
    }
    expect(workload.json.output.namespace_name.value).toBe('agent-bom');
  });

  it('says how to run by hand what runs by the clock', () => {
    const command = (name: string) =>
      `kubectl --namespace agent-bom create job --from=cronjob/${name} ${name}-$(date +%s)`;
    expect(workload.json.output.backup_now.value).toBe(command('agent-bom-backup'));
    expect(workload.json.output.migrate_now.value).toBe(command('agent-bom-migrate-monthly'));
    expect(workload.json.output.verify_now.value).toBe(command('agent-bom-verify'));
    expect(workload.json.output).not.toHaveProperty('restore_logs');
  });
});

function keysOf(value: Block): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [key, ...keysOf(item)]);
}
