import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { stringify } from 'yaml';
import { minimal } from '../support/synth/environments';

jest.setTimeout(60_000);

const PROJECT = join(__dirname, '..', '..');
const DATABASE_CHANGES = {
  resource_changes: [
    { address: 'aws_db_instance.database_instance', change: { actions: ['create', 'delete'] } },
    { address: 'aws_kms_key.encryption_key', change: { actions: ['update'] } },
    { address: 'data.aws_eks_cluster.eks', change: { actions: ['read'] } },
    { address: 'aws_s3_bucket.same', change: { actions: ['no-op'] } },
    { address: 'aws_subnet.one["a|b`c\n"]', change: { actions: ['delete'] } },
    { address: 'aws_iam_role.reader', change: { actions: ['create'] } },
  ],
};
const releaseChange = (from: string | null, to: string) => ({
  resource_changes: [
    {
      address: 'helm_release.release',
      type: 'helm_release',
      change: { actions: ['update'], before: from === null ? null : { version: from }, after: { version: to } },
    },
  ],
});
const NO_NETWORK = `
Error: Failed to query available provider packages

Could not retrieve the list of available versions for provider hashicorp/aws:
could not connect to the registry: failed to request discovery
document: dial tcp: lookup on 10.0.0.1:53: no such host
`;
const NO_SUCH_VERSION = `
Error: Failed to query available provider packages

Could not retrieve the list of available versions for provider hashicorp/aws: no available releases match the given
constraints 99.0.0
`;

describe('the scripts of the workflows', () => {
  const folder = mkdtempSync(join(tmpdir(), 'workflow-'));
  const fake = join(folder, 'bin');
  const output = join(folder, 'out');

  const run = (script: string, commandArguments: readonly string[] = [], more: Record<string, string> = {}) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', script, ...commandArguments], {
      cwd: PROJECT,
      encoding: 'utf8',
      env: {
        PATH: `${fake}${delimiter}${process.env.PATH}`,
        CDKTF_OUTDIR: output,
        CHECKPOINT_DISABLE: '1',
        ENVIRONMENTS_DIR: folder,
        ...more,
      },
    });
    return { code: status, output: stdout, errors: stderr };
  };
  const answer = (file: string, content: unknown): void =>
    writeFileSync(join(fake, file), typeof content === 'string' ? content : JSON.stringify(content));
  const calls = (): string[] =>
    readFileSync(join(fake, 'calls'), 'utf8')
      .trim()
      .split('\n')
      .map((call) => call.split(' ').slice(0, 2).join(' '));
  const deployed = (): void => {
    const text = readFileSync(join(output, 'stacks', 'prod-workload', 'cdk.tf.json'), 'utf8');
    const names = [...text.matchAll(/outputs\.(cross-stack-output-[\w-]+)/g)].map(([, name]) => [name, {}]);
    expect(names.length).toBeGreaterThan(5);
    answer('prod-database.outputs', Object.fromEntries(names));
  };

  beforeAll(() => {
    writeFileSync(join(folder, 'prod.yaml'), stringify(minimal()));
    writeFileSync(
      join(folder, 'prod-eu.yaml'),
      stringify({ ...minimal(), name: 'prod-eu', namespace: 'agent-bom-eu' }),
    );
    expect(run('main.ts')).toMatchObject({ code: 0 });
  });
  beforeEach(() => {
    rmSync(fake, { recursive: true, force: true });
    mkdirSync(fake);
    copyFileSync(join(PROJECT, 'test', 'support', 'commands', 'fake-terraform.sh'), join(fake, 'terraform'));
    chmodSync(join(fake, 'terraform'), 0o755);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('list the environments, and refuse one that is not there', () => {
    expect(run('commands/deploy/plan.ts', ['--list'])).toMatchObject({ code: 0, output: '["prod","prod-eu"]\n' });
    const { code, errors } = run('commands/deploy/plan.ts', ['staging']);
    expect(code).toBe(1);
    expect(errors).toContain('name one of prod, prod-eu');
    expect(errors).not.toMatch(/^\s+at /m);
  });

  it('skip the workload while its database is not deployed, and say so', () => {
    answer('prod-database.plan', '2');
    answer('prod-database.changes', { resource_changes: [{ address: 'a.b', change: { actions: ['create'] } }] });
    const { code, output: text } = run('commands/deploy/plan.ts', ['prod']);
    expect(code).toBe(0);
    expect(text).toMatch(
      /### prod-workload\n\n\*\*SKIPPED\*\*: \d+ outputs of prod-database that it reads are not deployed yet/,
    );
    expect(text).toContain('1 to create\n\n| action | address |\n|---|---|\n| create | `a.b` |\n');
    expect(calls()).toEqual([
      'prod-database init',
      'prod-database plan',
      'prod-database show',
      'prod-workload init',
      'prod-database output',
    ]);
  });

  it('plan the database and then the workload, without a lock, and list what is lost first', () => {
    deployed();
    answer('prod-database.plan', '2');
    answer('prod-database.changes', DATABASE_CHANGES);
    const summary = join(folder, 'summary.md');
    const counts = join(folder, 'counts.json');
    const { code, output: text } = run('commands/deploy/plan.ts', ['prod', '--summary', summary, '--counts', counts]);
    expect(code).toBe(0);
    expect(readFileSync(summary, 'utf8')).toBe(text);
    expect(JSON.parse(readFileSync(counts, 'utf8'))).toEqual({ create: 2, update: 1, delete: 2 });
    expect(text.match(/^\| .* \|$/gm)?.slice(1)).toEqual([
      '| **delete** | `aws_subnet.one["a\\|b c "]` |',
      '| **replace** | `aws_db_instance.database_instance` |',
      '| update | `aws_kms_key.encryption_key` |',
      '| create | `aws_iam_role.reader` |',
    ]);
    expect(text).toContain('### prod-workload\n\nNo changes.\n');
    expect(readFileSync(join(fake, 'calls'), 'utf8').match(/ plan .*-lock=false/g)).toHaveLength(2);
  });

  it.each([
    ['0.106.1', '0.107.0', 'scan_jobs'],
    ['0.108.4', '0.109.0', 'attack_paths'],
  ])('warn in the plan from %s to %s that the API is scaled down, and how to take a dump', (from, to, table) => {
    deployed();
    answer('prod-workload.plan', '2');
    answer('prod-workload.changes', releaseChange(from, to));
    const { code, output: text } = run('commands/deploy/plan.ts', ['prod']);
    expect(code).toBe(0);
    expect(text).toMatch(
      /^## Plan of prod\n\n\*\*Warning\*\*: Pods of [\d.]+ cannot write to [^\n]+\n\n### prod-database\n/,
    );
    expect(text).toContain(
      `Pods of ${from} cannot write to ${table} after the migrations of ${to}. The API is scaled down`,
    );
    expect(text).toContain(
      '`kubectl --namespace agent-bom create job --from=cronjob/agent-bom-backup before-upgrade`\n',
    );
    expect(text).toContain('| update | `helm_release.release` |');
    expect(run('commands/deploy/deploy.ts', ['prod']).output).toContain(
      `**Warning**: Pods of ${from} cannot write to ${table}`,
    );
  });

  it.each([
    ['0.98.3', '0.106.1', ''],
    ['0.109.0', '0.110.0', ''],
    ['0.109.0', '0.109.0', ''],
    [null, '0.110.0', ''],
    ['0.110.0', '0.111.0', 'while the migration Job of 0.111.0 runs: 0.111.0 has no record.'],
  ])('say nothing of a plan from %s to %s, but where it is not known: %j', (from, to, expected) => {
    deployed();
    answer('prod-workload.changes', releaseChange(from, to));
    const { code, output: text } = run('commands/deploy/plan.ts', ['prod']);
    expect(code).toBe(0);
    expect(text.includes('**Warning**')).toBe(expected !== '');
    expect(text).toContain(expected);
  });

  it.each([
    ['0', '0', 0],
    ['2', '0', 2],
    ['0', '2', 2],
    ['1', '0', 1],
    ['0', '1', 1],
  ])('tell drift by the exit code: %s and %s give %i', (database, workload, expected) => {
    deployed();
    answer('prod-database.plan', database);
    answer('prod-workload.plan', workload);
    const { code, errors } = run('commands/deploy/plan.ts', ['prod', '--detailed-exitcode']);
    expect(code).toBe(expected);
    expect(errors.includes('the plan was refused')).toBe(expected === 1);
    expect(errors).not.toMatch(/^\s+at /m);
  });

  it('deploy the database and then the workload, and apply only what changes', () => {
    deployed();
    answer('prod-workload.plan', '2');
    const { code, output: text } = run('commands/deploy/deploy.ts', ['prod']);
    expect({ code, text }).toEqual({ code: 0, text: expect.stringContaining('applied prod-workload') });
    expect(text).not.toContain('applied prod-database');
    expect(calls().filter((call) => / (?:plan|apply)$/.test(call))).toEqual([
      'prod-database plan',
      'prod-workload plan',
      'prod-workload apply',
    ]);
    expect(readFileSync(join(fake, 'calls'), 'utf8')).toMatch(/prod-workload apply .*plan\.tfplan$/m);
  });

  it('stop a deployment where the outputs of the database are still missing', () => {
    answer('prod-database.plan', '2');
    const { code, errors } = run('commands/deploy/deploy.ts', ['prod']);
    expect(code).toBe(1);
    expect(errors).toContain('prod-workload');
    expect(calls().filter((call) => call.endsWith(' apply'))).toEqual(['prod-database apply']);
  });

  it('validate every stack, skip without a network, and fail for a version that does not exist', () => {
    expect(run('scripts/terraform-validate.ts').output.match(/^valid {3}/gm)).toHaveLength(4);
    answer('init-fails', NO_NETWORK);
    const skipped = run('scripts/terraform-validate.ts');
    expect(skipped).toMatchObject({ code: 0 });
    expect(skipped.output.match(/^SKIPPED .*: could not connect to the registry: .*no such host$/gm)).toHaveLength(4);
    expect(run('scripts/terraform-validate.ts', [], { REQUIRE_REGISTRY: '1' }).code).toBe(1);
    answer('init-fails', NO_SUCH_VERSION);
    expect(run('scripts/terraform-validate.ts')).toMatchObject({
      code: 1,
      errors: expect.stringContaining('no available releases'),
    });
  });

  it('say what to do without Terraform, and without synthesized stacks', () => {
    rmSync(join(fake, 'terraform'));
    const without = run('scripts/terraform-validate.ts', [], { PATH: fake });
    expect(without).toMatchObject({ code: 1, errors: expect.stringContaining('install Terraform 1.11 or later') });
    const unsynthesized = run('commands/deploy/plan.ts', ['prod'], { CDKTF_OUTDIR: join(folder, 'nowhere') });
    expect(unsynthesized).toMatchObject({ code: 1, errors: expect.stringContaining('npm run synth') });
    expect(existsSync(join(folder, 'nowhere'))).toBe(false);
  });
});
