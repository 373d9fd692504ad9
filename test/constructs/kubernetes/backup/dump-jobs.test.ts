import { Testing } from 'cdktf';
import { BACKUP_SERVICE_ACCOUNT } from '../../../../contract/names';
import { WorkloadStack } from '../../../../stacks/workload-stack';
import { podTemplate } from '../../../support/postgres/job';
import { ENDPOINT } from '../../../support/synth/cluster';
import { minimal, parsed, synthesize } from '../../../support/synth/environments';
import { type Block, Template, testingApp } from '../../../support/synth/template';

const DUMP = '2026-01-31T03-00-00Z';
const withBackup = (backup: object) => synthesize(parsed({ ...minimal(), backup }));
const { workload, database } = withBackup({ schedule: '30 2 * * 1-5', scratchGib: 40 });
const restoring = withBackup({ restore: { dump: DUMP, replace: 'ledger' } });

const cronJob = (name: string) => workload.resource('kubernetes_cron_job_v1', ({ metadata }) => metadata.name === name);
const addressOf = (template: Template, pattern: RegExp): string =>
  template.addresses().find((address) => pattern.test(address)) ?? '';

describe('what runs by the clock', () => {
  it.each([
    ['agent-bom-backup', '30 2 * * 1-5', { deadline: 21_600, backoff: 2, starting: 3600 }],
    ['agent-bom-migrate-monthly', '17 4 1 * *', { deadline: 3390, backoff: 6, starting: 86_400 }],
  ])('%s never overlaps, makes up for a missed run, ends, and keeps its failures', (name, schedule, limits) => {
    const { spec } = cronJob(name);
    const { init_container: first = [], container } = spec.job_template.spec.template.spec;
    const steps = [...first, ...container].map((step: Block) => step.name);
    expect(steps.length).toBeGreaterThan(1);
    expect(spec).toMatchObject({
      schedule,
      timezone: 'Etc/UTC',
      concurrency_policy: 'Forbid',
      starting_deadline_seconds: limits.starting,
      successful_jobs_history_limit: 3,
      failed_jobs_history_limit: 5,
    });
    expect(spec).not.toHaveProperty('suspend');
    expect(spec.job_template.spec).toMatchObject({
      backoff_limit: limits.backoff,
      active_deadline_seconds: limits.deadline,
      pod_failure_policy: {
        rule: [
          { action: 'Ignore', on_pod_condition: [{ type: 'DisruptionTarget', status: 'True' }] },
          ...steps.map((step) => ({
            action: 'FailJob',
            on_exit_codes: { container_name: step, operator: 'In', values: [78] },
          })),
        ],
      },
    });
    expect(spec.job_template.spec).not.toHaveProperty('ttl_seconds_after_finished');
  });

  it('runs every month exactly what the migration Job runs', () => {
    const { metadata, spec } = podTemplate(workload, /^agent-bom-migrate-[0-9a-f]{10}/);
    const { 'agent-bom-postgres/job': run, ...labels } = metadata.labels;
    expect(run).toMatch(/^agent-bom-migrate-[0-9a-f]{10}-/);
    // Logs of the Job are found by that label.
    expect(podTemplate(workload, /monthly$/)).toEqual({ metadata: { ...metadata, labels }, spec });
  });

  it('begins after the first migration', () => {
    const migration = addressOf(workload, /^kubernetes_job_v1\./);
    const scheduled = workload.addresses().filter((address) => address.startsWith('kubernetes_cron_job_v1.'));
    expect(scheduled).toHaveLength(3);
    for (const address of scheduled) expect(workload.prerequisites(address)).toContain(migration);
  });

  it('finds the Secrets and the files that it names while they are being replaced', () => {
    const synced = workload.addresses().filter((address) => /^kubernetes_manifest\.secrets_/.test(address));
    const files = workload.addresses().filter((address) => /^kubernetes_config_map_v1\.(?!reports_)/.test(address));
    expect([synced.length, files.length]).toEqual([5, 3]);
    expect(cronJob('agent-bom-backup').depends_on).toEqual(expect.arrayContaining([...synced, ...files]));
    const ofMigration = files.filter((address) => !address.includes('.dumps_'));
    for (const name of ['agent-bom-migrate-monthly', 'agent-bom-verify']) {
      expect(cronJob(name).depends_on).toEqual(expect.arrayContaining([...synced, ...ofMigration]));
    }
  });

  it('replaces files by new ones before it takes the old ones away', () => {
    const files = workload.resources('kubernetes_config_map_v1').filter(({ immutable }) => immutable);
    expect(files).toHaveLength(2);
    for (const { lifecycle } of files) expect(lifecycle).toEqual({ create_before_destroy: true });
  });
});

describe('the backup', () => {
  const { spec } = podTemplate(workload, /^agent-bom-backup$/);
  const [dump] = spec.init_container;
  const [upload] = spec.container;

  it('dumps with the tools of the server, and uploads with those of AWS', () => {
    expect(dump).toMatchObject({ image: 'postgres:16', command: ['bash', '/backup/dump.sh', '/scratch'] });
    expect(upload).toMatchObject({
      image: 'amazon/aws-cli:2.37.5',
      command: ['bash', '/backup/upload.sh', '/scratch'],
    });
    expect(dump.env.map(({ name }: Block) => name)).toEqual(['MIGRATIONS_DIRECTORY', 'AGENT_BOM_POSTGRES_BACKUP_URL']);
    expect(dump.env[0].value).toBe('/contract');
    const disk = { 'ephemeral-storage': '41Gi' };
    expect(dump.resources).toEqual({
      requests: { cpu: '250m', memory: '128Mi', ...disk },
      limits: { cpu: '2', memory: '1Gi', ...disk },
    });
    expect(upload.env).toContainEqual({ name: 'HOME', value: '/tmp' });
    expect(upload.env).toContainEqual({ name: 'AWS_EC2_METADATA_DISABLED', value: 'true' });
    expect(upload.env).toContainEqual({ name: 'AWS_REGION', value: 'eu-west-1' });
    expect(upload.env).toContainEqual({ name: 'AWS_RETRY_MODE', value: 'standard' });
    expect(upload.env).toContainEqual({ name: 'AWS_MAX_ATTEMPTS', value: '5' });
    expect(upload.env).toContainEqual({ name: 'BACKUP_PREFIX', value: 'dumps/' });
    for (const name of ['BACKUP_BUCKET', 'BACKUP_KEY_ARN']) {
      const { value } = upload.env.find((variable: Block) => variable.name === name);
      expect(value).toMatch(/^\$\{data\.terraform_remote_state\.cross-stack-reference-input-prod-database\.outputs\./);
    }
  });

  it('asks for a node that has the room', () => {
    expect(spec.volume.find(({ name }: Block) => name === 'scratch')).toEqual({
      name: 'scratch',
      empty_dir: { size_limit: '40Gi' },
    });
    for (const { resources } of [dump, upload]) {
      expect(resources.requests['ephemeral-storage']).toBe('41Gi');
      expect(resources.limits['ephemeral-storage']).toBe('41Gi');
    }
  });

  it('reads the dump as the user that wrote it', () => {
    expect(upload.security_context).toEqual(dump.security_context);
    expect(dump.security_context).toMatchObject({ run_as_user: '999', run_as_group: '999' });
  });

  it('can be switched off, and the bucket stays', () => {
    const off = withBackup({ enabled: false });
    const left = off.workload.resources('kubernetes_cron_job_v1').map(({ metadata }) => metadata.name);
    expect(left.sort()).toEqual(['agent-bom-migrate-monthly', 'agent-bom-verify']);
    expect(off.workload.json.output).not.toHaveProperty('backup_now');
    const accounts = off.workload.resources('kubernetes_service_account_v1').map(({ metadata }) => metadata.name);
    expect(accounts.sort()).toEqual([
      'agent-bom-backup',
      'agent-bom-migration',
      'agent-bom-revoke',
      'agent-bom-secret-reader',
    ]);
    const missing = database.addresses().filter((address) => !off.database.addresses().includes(address));
    // What looks for new dumps in it, and nothing else.
    expect(missing.map((address) => address.replace(/_[0-9A-F]{8}$/, ''))).toEqual([
      'aws_cloudwatch_event_rule.watch_backups_dump_rule',
      'aws_cloudwatch_event_target.watch_backups_history_target-dump',
      'aws_cloudwatch_metric_alarm.watch_backups_dump_alarm',
    ]);
    expect(database.addresses()).toEqual(expect.arrayContaining(off.database.addresses()));
  });

  it.each<[string, object, string[]]>([
    ['dumps', { alarms: { enabled: false } }, ['agent-bom-backup']],
    [
      'a restore',
      { alarms: { enabled: false }, backup: { enabled: false, restore: { dump: DUMP } } },
      ['agent-bom-restore-'],
    ],
    ['verifications that are told', { backup: { enabled: false } }, ['agent-bom-verify']],
    ['nothing', { alarms: { enabled: false }, backup: { enabled: false } }, []],
  ])('has the account of the bucket for %s alone', (_what, more, jobs) => {
    const { workload: only } = synthesize(parsed({ ...minimal(), ...more }));
    const scheduled = only
      .resources('kubernetes_cron_job_v1')
      .map(({ metadata, spec }) => ({ name: metadata.name, pod: spec.job_template.spec.template.spec }));
    const awaited = only
      .resources('kubernetes_job_v1')
      .map(({ metadata, spec }) => ({ name: metadata.generate_name, pod: spec.template.spec }));
    const users = [...scheduled, ...awaited].filter((job) => job.pod.service_account_name === BACKUP_SERVICE_ACCOUNT);
    expect(users.map(({ name }) => name.replace(/[0-9a-f]{10}-$/, ''))).toEqual(jobs);
    const accounts = only.resources('kubernetes_service_account_v1').map(({ metadata }) => metadata.name);
    expect(accounts.includes(BACKUP_SERVICE_ACCOUNT)).toBe(jobs.length > 0);
  });

  it('is left out where there is no bucket, and has no annotation where its role comes from elsewhere', () => {
    const without = (backup: object) => {
      const environment = parsed(minimal());
      const stack = new WorkloadStack(testingApp(), { environment, endpoint: { ...ENDPOINT, ...backup } });
      return new Template(Testing.synth(stack));
    };
    expect(without({}).resources('kubernetes_cron_job_v1')).toHaveLength(2);
    const store = { bucket: 'dumps', prefix: 'dumps/', keyArn: 'arn:key' };
    const account = without({ backup: store }).resource(
      'kubernetes_service_account_v1',
      ({ metadata }) => metadata.name === BACKUP_SERVICE_ACCOUNT,
    );
    expect(account.metadata).not.toHaveProperty('annotations');
  });
});

describe('the restore', () => {
  const job = restoring.workload.resource('kubernetes_job_v1', ({ metadata }) =>
    /restore/.test(metadata.generate_name),
  );
  const { spec } = job.spec.template;
  const steps: Block[] = [...spec.init_container, ...spec.container];

  it('downloads, restores, and migrates what is restored', () => {
    expect(steps.map(({ name }) => name)).toEqual([
      ...['download', 'revisions', 'restore', 'before', 'packaged', 'after', 'verify'],
    ]);
    expect(steps[0]?.command).toEqual(['bash', '/backup/download.sh', '/scratch', DUMP]);
    expect(steps[1]).toMatchObject({ command: ['sh', '/contract/packaged.sh', 'revisions'], image: steps[4]?.image });
    // What the image knows needs no database.
    expect(steps[1]?.env.map(({ name }: Block) => name)).toEqual(['CONTRACT_REVISIONS_FILE']);
    expect(steps[2]?.volume_mount).toContainEqual({ name: 'revisions', mount_path: '/revisions', read_only: true });
    expect(steps[2]?.command).toEqual([
      'bash',
      '/backup/restore.sh',
      `/scratch/${DUMP}.dump`,
      '--once',
      '--replace',
      'ledger',
    ]);
    const kept = podTemplate(withBackup({ restore: { dump: DUMP } }).workload, /restore/).spec.init_container[2]
      .command;
    expect(kept.slice(-2)).toEqual([`/scratch/${DUMP}.dump`, '--once']);
  });

  it('is waited for, gives up, and is never run again by another change', () => {
    expect(job.wait_for_completion).toBe(true);
    expect(job.timeouts).toEqual({ create: '365m', update: '365m', delete: '5m' });
    expect(job.spec).toMatchObject({ backoff_limit: 6, active_deadline_seconds: 21_600 });
    expect(job.spec).not.toHaveProperty('ttl_seconds_after_finished');
    expect(job.lifecycle).toEqual({ ignore_changes: ['spec'] });
  });

  it('comes before the migration, and that before the release', () => {
    const template = restoring.workload;
    const [restore, migration] = [/^kubernetes_job_v1\.restore_/, /^kubernetes_job_v1\.migrations_/].map((pattern) =>
      addressOf(template, pattern),
    );
    expect(template.prerequisites(migration ?? '')).toContain(restore);
    expect(template.prerequisites(restore ?? '')).not.toContain(migration);
    expect(template.prerequisites(addressOf(template, /^helm_release\./))).toContain(restore);
    const types = [...template.prerequisites(restore ?? '')].map((address) => address.split('.')[0]);
    expect(types.filter((type) => type === 'kubernetes_manifest')).toHaveLength(6);
  });

  it('may read the one dump, and nobody may when none is asked for', () => {
    const reading = (template: Template) =>
      Object.values<Block>(template.json.data.aws_iam_policy_document).filter(({ statement }) =>
        statement.some(
          ({ actions, resources }: Block) => actions.includes('s3:GetObject') && !resources[0].endsWith('/reports/*'),
        ),
      );
    expect(reading(database)).toEqual([]);
    const [policy, ...others] = reading(restoring.database);
    expect(others).toEqual([]);
    expect(policy.statement).toEqual([
      { actions: ['s3:GetObject'], resources: [expect.stringMatching(/\.arn\}\/dumps\/2026-01-31T03-00-00Z\/\*$/)] },
      expect.objectContaining({ actions: ['kms:Decrypt'] }),
    ]);
    const { name } = restoring.database.resource('aws_iam_role', (role) => role.name === 'prod-agent-bom-backup');
    expect(name).toBe('prod-agent-bom-backup');
  });

  it('leaves nothing but its Job and its right to read when the key is taken away', () => {
    const added = (before: Template, after: Template) =>
      after
        .addresses()
        .filter((address) => !before.addresses().includes(address))
        .map((address) => address.split('.')[0]);
    expect(added(workload, restoring.workload)).toEqual(['kubernetes_job_v1']);
    expect(added(database, restoring.database)).toEqual(['aws_iam_role_policy', 'data']);
    expect(restoring.workload.json.output.restore_logs.value).toContain(
      `agent-bom-postgres/job=${job.metadata.labels['agent-bom-postgres/job']} `,
    );
  });
});
