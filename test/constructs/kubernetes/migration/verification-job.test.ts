import { newestVersion } from '../../../../contract/product/facts';
import { podTemplate } from '../../../support/postgres/job';
import { minimal, minimalExisting, parsed, synthesize, synthesizeWorkload } from '../../../support/synth/environments';
import type { Block, Template } from '../../../support/synth/template';

const NAME = /^agent-bom-verify$/;
const withKeys = (verification: object, more: object = {}) =>
  synthesize(parsed({ ...minimal(), verification, ...more }));
const { workload, database } = synthesize(parsed(minimal()));
const cronJob = (of: Template) => of.resource('kubernetes_cron_job_v1', ({ metadata }) => NAME.test(metadata.name));
const stepsOf = (of: Template): Block[] => {
  const { spec } = podTemplate(of, NAME);
  return [...spec.init_container, ...spec.container];
};
const accountOf = (of: Template) => podTemplate(of, NAME).spec.service_account_name;

describe('the verification', () => {
  it('runs daily, has time for retries, and names its environment', () => {
    const { metadata, spec } = cronJob(workload);
    expect(metadata.labels['agent-bom-postgres/environment']).toBe('prod');
    expect(spec).toMatchObject({
      schedule: '43 5 * * *',
      concurrency_policy: 'Forbid',
      starting_deadline_seconds: 3600,
    });
    expect(spec).not.toHaveProperty('suspend');
    const { depends_on: after } = cronJob(workload);
    const secrets = workload.addresses().filter((one) => /^kubernetes_manifest\.secrets_(?!control)/.test(one));
    expect(secrets).toHaveLength(4);
    expect(after).toEqual(expect.arrayContaining(secrets));
    expect(spec.job_template.spec).toMatchObject({
      backoff_limit: 6,
      active_deadline_seconds: 1590,
      ttl_seconds_after_finished: '604800',
    });
  });

  it('runs the check of the migration Job with its files, Secrets and settings, and nothing that changes the database', () => {
    const steps = stepsOf(workload);
    expect(steps.map(({ name }) => name)).toEqual(['revisions', 'verify', 'announce']);
    const [revisions, verify] = steps;
    expect(revisions).toMatchObject({
      command: ['sh', '/contract/packaged.sh', 'revisions'],
      image: `agentbom/agent-bom:${newestVersion()}`,
    });
    expect(revisions?.env.map(({ name }: Block) => name)).toEqual(['CONTRACT_REVISIONS_FILE']);
    const migration = podTemplate(workload, /^agent-bom-migrate-[0-9a-f]{10}/);
    expect(verify).toEqual(migration.spec.container[0]);
    const volume = (of: Block) => of.spec.volume.find(({ name }: Block) => name === 'contract');
    expect(volume(podTemplate(workload, NAME))).toEqual(volume(migration));
  });

  it('tells the bucket of a success alone, in a container that knows no password', () => {
    const announce = stepsOf(workload).at(-1);
    expect(announce?.command).toEqual(['bash', '/backup/announce.sh', 'verified/']);
    expect(announce?.env.filter(({ value_from: from }: Block) => from !== undefined)).toEqual([]);
    expect(announce?.resources.requests['ephemeral-storage']).toBe('64Mi');
    const { metadata, spec } = podTemplate(workload, NAME);
    expect(metadata.annotations['eks.amazonaws.com/skip-containers']).toBe('revisions,verify');
    expect(spec.service_account_name).toBe('agent-bom-backup');
    expect(spec.volume.map(({ name }: Block) => name)).toEqual([
      'contract',
      'revisions',
      'backup',
      'postgres-ca',
      'tmp',
    ]);
  });

  it('may add objects below its folder and no other', () => {
    const upload = (of: Template) =>
      of.data('aws_iam_policy_document', ({ statement }) => statement[0].actions?.[0] === 's3:PutObject').statement[0];
    const below = (...folders: string[]) =>
      folders.map((folder) => expect.stringMatching(new RegExp(`\\.arn\\}/${folder}/\\*$`)));
    expect(upload(database).resources).toEqual(below('dumps', 'verified'));
    expect(upload(withKeys({ enabled: false }).database).resources).toEqual(below('dumps'));
  });

  it('runs on demand alone where it is switched off, and tells no one', () => {
    const off = withKeys({ enabled: false }).workload;
    expect(cronJob(off).spec.suspend).toBe(true);
    expect(stepsOf(off).map(({ name }) => name)).toEqual(['revisions', 'verify']);
    expect(accountOf(off)).toBe('agent-bom-verify');
    expect(off.json.output).toHaveProperty('verify_now');
  });

  it.each([
    ['there are no alarms', withKeys({}, { alarms: { enabled: false } }).workload],
    ['it runs too rarely for one', withKeys({ schedule: '0 5 1 * *' }).workload],
    ['there is no bucket', synthesizeWorkload(parsed(minimalExisting()))],
  ])('tells no one where %s', (_why, template) => {
    expect(stepsOf(template).map(({ name }) => name)).toEqual(['revisions', 'verify']);
    expect(accountOf(template)).toBe('agent-bom-verify');
    expect(cronJob(template).spec).not.toHaveProperty('suspend');
  });

  it('alerts by Prometheus where the file asks for it', () => {
    const rules = (of: Template) =>
      of.resources('kubernetes_manifest').filter(({ manifest }) => manifest.kind === 'PrometheusRule');
    expect(rules(workload)).toEqual([]);
    const [rule, ...others] = rules(withKeys({ prometheusRule: true, schedule: '0 5 * * 1' }).workload);
    expect(others).toEqual([]);
    const [{ rules: alerts }] = rule.manifest.spec.groups;
    expect(alerts.map(({ alert }: Block) => alert)).toEqual([
      'AgentBomVerificationFailed',
      'AgentBomVerificationMissing',
    ]);
    const last = ['kube_cronjob_status_last_successful_time', 'kube_cronjob_created']
      .map((metric) => `${metric}{namespace="agent-bom", cronjob="agent-bom-verify"}`)
      .join(' or ');
    const job = 'namespace="agent-bom", job_name=~"agent-bom-verify-.*"';
    expect(alerts[0].expr).toBe(
      `max(kube_job_status_start_time{${job}} and on (namespace, job_name) ` +
        `kube_job_failed{${job}, condition="true"} == 1) > max(${last})`,
    );
    const hours = 7 * 24 + 2;
    expect(alerts[1].expr).toBe(`time() - max(${last}) > ${hours * 3600}`);
  });
});
