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
import { synthesizeInto } from '../../commands/shared/environment/synthesis';
import { runWithStreams } from '../support/commands/program';
import { minimal } from '../support/synth/environments';

jest.setTimeout(60_000);
jest.mock('../../commands/shared/environment/synthesis', () => {
  const { synthesizedOnce } = jest.requireActual('../support/commands/synthesized-once');
  return synthesizedOnce(jest.requireActual('../../commands/shared/environment/synthesis'));
});

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

describe('plan, deploy, status and destroy', () => {
  const folder = mkdtempSync(join(tmpdir(), 'workflow-'));
  const fake = join(folder, 'bin');
  const output = join(folder, 'out');

  const variables = (more: Readonly<Record<string, string>>) => ({
    PATH: `${fake}${delimiter}${process.env.PATH}`,
    CDKTF_OUTDIR: output,
    CHECKPOINT_DISABLE: '1',
    ENVIRONMENTS_DIR: folder,
    ...more,
  });
  /** Runs a script, or the command line, as a program of its own. */
  const start = (script: string, commandArguments: readonly string[] = [], more: Record<string, string> = {}) => {
    const program = script.endsWith('.ts') ? ['bin/from-source.js', script] : ['bin/agent-bom-postgres.js', script];
    const { status, stdout, stderr } = spawnSync(process.execPath, [...program, ...commandArguments], {
      cwd: PROJECT,
      encoding: 'utf8',
      env: variables(more),
    });
    return { code: status, output: stdout, errors: stderr };
  };
  /** Runs the command line in this process. */
  const run = async (command: string, commandArguments: readonly string[] = [], more: Record<string, string> = {}) => {
    const { code, stdout, stderr } = await runWithStreams(variables(more), command, ...commandArguments);
    return { code, output: stdout, errors: stderr };
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

  beforeAll(async () => {
    writeFileSync(join(folder, 'prod.yaml'), stringify(minimal()));
    writeFileSync(
      join(folder, 'prod-eu.yaml'),
      stringify({ ...minimal(), name: 'prod-eu', namespace: 'agent-bom-eu' }),
    );
    expect(await synthesizeInto(folder, output)).toMatchObject({ code: 0 });
  });
  beforeEach(() => {
    rmSync(fake, { recursive: true, force: true });
    mkdirSync(fake);
    copyFileSync(join(PROJECT, 'test', 'support', 'commands', 'fake-terraform.sh'), join(fake, 'terraform'));
    chmodSync(join(fake, 'terraform'), 0o755);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('list the environments, and refuse one that is not there', async () => {
    expect(await run('plan', ['--list'])).toMatchObject({ code: 0, output: '["prod","prod-eu"]\n' });
    const { code, errors } = await run('plan', ['staging']);
    expect(code).toBe(2);
    expect(errors).toMatch(/the name of an environment in \S+: (?:prod, prod-eu|prod-eu, prod)/);
    expect(errors).not.toMatch(/^\s+at /m);
  });

  it('skip the workload while its database is not deployed, and say so', async () => {
    answer('prod-database.plan', '2');
    answer('prod-database.changes', { resource_changes: [{ address: 'a.b', change: { actions: ['create'] } }] });
    const summary = join(folder, 'skipped.md');
    const { code, output: shown } = await run('plan', ['prod', '--summary', summary]);
    expect(code).toBe(0);
    expect(shown).toMatch(/^prod-workload {2}not planned: \d+ outputs of prod-database that it reads/m);
    expect(shown).toMatch(/^next: npx agent-bom-postgres deploy prod$/m);
    const text = readFileSync(summary, 'utf8');
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

  it('plan the database and then the workload, without a lock, and list what is lost first', async () => {
    deployed();
    answer('prod-database.plan', '2');
    answer('prod-database.changes', DATABASE_CHANGES);
    const summary = join(folder, 'summary.md');
    const counts = join(folder, 'counts.json');
    const { code, output: shown } = await run('plan', ['prod', '--summary', summary, '--counts', counts]);
    expect(code).toBe(0);
    expect(shown.match(/^ {2}(delete|replace|update|create)/gm)?.map((word) => word.trim())).toEqual([
      'delete',
      'replace',
      'update',
      'create',
    ]);
    const text = readFileSync(summary, 'utf8');
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
  ])('warn in the plan from %s to %s that the API is scaled down, and how to take a dump', async (from, to, table) => {
    deployed();
    answer('prod-workload.plan', '2');
    answer('prod-workload.changes', releaseChange(from, to));
    const summary = join(folder, `upgrade-${to}.md`);
    const { code } = await run('plan', ['prod', '--summary', summary]);
    expect(code).toBe(0);
    const text = readFileSync(summary, 'utf8');
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
    expect((await run('deploy', ['prod', '--yes', '--no-preflight'])).output).toContain(
      `warning: Pods of ${from} cannot write to ${table}`,
    );
  });

  it.each([
    ['0.98.3', '0.106.1', ''],
    ['0.109.0', '0.110.0', ''],
    ['0.109.0', '0.109.0', ''],
    [null, '0.110.0', ''],
    ['0.110.0', '0.111.0', 'while the migration Job of 0.111.0 runs: 0.111.0 has no record.'],
  ])('say nothing of a plan from %s to %s, but where it is not known: %j', async (from, to, expected) => {
    deployed();
    answer('prod-workload.changes', releaseChange(from, to));
    const { code, output: text } = await run('plan', ['prod']);
    expect(code).toBe(0);
    expect(text.match(/^warning: (?:Pods|It is not known)[^\n]*/gm) ?? []).toEqual(
      expected === '' ? [] : [expect.stringContaining(expected)],
    );
  });

  it.each([
    ['0', '0', 0],
    ['2', '0', 4],
    ['0', '2', 4],
    ['1', '0', 1],
    ['0', '1', 1],
  ])('tell drift by the exit code: %s and %s give %i', async (database, workload, expected) => {
    deployed();
    answer('prod-database.plan', database);
    answer('prod-workload.plan', workload);
    const { code, errors } = await run('plan', ['prod', '--detailed-exitcode']);
    expect(code).toBe(expected);
    expect(errors.includes('the plan was refused')).toBe(expected === 1);
    expect(errors).not.toMatch(/^\s+at /m);
  });

  it('deploy the database and then the workload, and apply only what changes', async () => {
    deployed();
    answer('prod-workload.plan', '2');
    answer(
      'prod-workload.apply',
      '{"type":"apply_start","hook":{"resource":{"addr":"a.b"},"action":"create"}}\n' +
        '{"type":"apply_complete","hook":{"resource":{"addr":"a.b"},"action":"create","elapsed_seconds":7}}\n',
    );
    const { code, output: text } = await run('deploy', ['prod', '--yes', '--no-preflight']);
    expect({ code, text }).toEqual({ code: 0, text: expect.stringMatching(/^ {2}created +a\.b {2}7 s$/m) });
    expect(text).toContain('prod is deployed');
    expect(calls().filter((call) => / (?:plan|apply)$/.test(call))).toEqual([
      'prod-database plan',
      'prod-workload plan',
      'prod-workload apply',
    ]);
    expect(readFileSync(join(fake, 'calls'), 'utf8')).toMatch(/prod-workload apply .*plan\.tfplan$/m);
  });

  it('stop a deployment where the outputs of the database are still missing', async () => {
    answer('prod-database.plan', '2');
    const { code, errors } = await run('deploy', ['prod', '--yes', '--no-preflight']);
    expect(code).toBe(1);
    expect(errors).toContain('prod-workload');
    expect(calls().filter((call) => call.endsWith(' apply'))).toEqual(['prod-database apply']);
  });

  it('validate every stack, skip without a network, and fail for a version that does not exist', () => {
    expect(start('scripts/terraform-validate.ts').output.match(/^valid {3}/gm)).toHaveLength(4);
    answer('init-fails', NO_NETWORK);
    const skipped = start('scripts/terraform-validate.ts');
    expect(skipped).toMatchObject({ code: 0 });
    expect(skipped.output.match(/^SKIPPED .*: could not connect to the registry: .*no such host$/gm)).toHaveLength(4);
    expect(start('scripts/terraform-validate.ts', [], { REQUIRE_REGISTRY: '1' }).code).toBe(1);
    answer('init-fails', NO_SUCH_VERSION);
    expect(start('scripts/terraform-validate.ts')).toMatchObject({
      code: 1,
      errors: expect.stringContaining('no available releases'),
    });
  });

  it('apply nothing that nobody has confirmed', () => {
    deployed();
    answer('prod-database.plan', '2');
    const { code, errors } = start('deploy', ['prod', '--no-preflight', '--synthesized']);
    expect({ code, errors }).toEqual({ code: 2, errors: expect.stringContaining('add --yes') });
    expect(calls().filter((call) => call.endsWith(' apply'))).toEqual([]);
  });

  it('report a deployment that fails as one JSON document, with what was applied before', async () => {
    deployed();
    answer('prod-database.plan', '2');
    answer('prod-workload.plan', '2');
    answer('prod-workload.apply-code', '1');
    const { code, output: text, errors } = await run('deploy', ['prod', '--yes', '--no-preflight', '--json']);
    expect(code).toBe(1);
    expect(errors).toContain('terraform apply ends without an error');
    expect(JSON.parse(text)).toMatchObject({
      schemaVersion: 1,
      command: 'deploy',
      environment: 'prod',
      passed: false,
      stacks: [{ stack: 'prod-database' }],
    });
  });

  it('say who holds the lock, and how to release it', async () => {
    answer(
      'init-fails',
      'Error: Error acquiring the state lock\n\nLock Info:\n  ID:        1234-abcd\n  Who: runner@host\n',
    );
    const { code, errors } = await run('deploy', ['prod', '--yes', '--no-preflight']);
    expect(code).toBe(1);
    expect(errors).toContain('Who: runner@host');
    expect(errors).toMatch(/fix: .*terraform -chdir=\S+prod-database force-unlock 1234-abcd/);
  });

  it('say what to do where RDS was at work on the database', async () => {
    answer('prod-database.plan', '2');
    answer('prod-database.apply-code', '1');
    const detail =
      'InvalidDBInstanceState: the database instance prod-agent-bom is not currently in the available state.';
    const diagnostic = { severity: 'error', summary: 'deleting RDS DB Instance', detail };
    answer('prod-database.apply', { '@level': 'error', type: 'diagnostic', diagnostic });
    const { code, errors } = await run('deploy', ['prod', '--yes', '--no-preflight']);
    expect(code).toBe(1);
    expect(errors).toMatch(/fix: .*run the same command again, which waits/);
  });

  it('say who may plan a workload whose secrets Terraform reads', async () => {
    deployed();
    answer('prod-workload.plan', '1');
    const address = 'ephemeral.aws_secretsmanager_secret_version.secrets_admin';
    const detail = 'AccessDeniedException: not authorized to perform: secretsmanager:GetSecretValue';
    const diagnostic = { severity: 'error', summary: 'reading the secret', detail, address };
    answer('prod-workload.refusal', { '@level': 'error', type: 'diagnostic', diagnostic });
    const { code, errors } = await run('plan', ['prod']);
    expect(code).toBe(1);
    expect(errors).toContain('not authorized to perform: secretsmanager:GetSecretValue');
    expect(errors).toMatch(/fix: .*secrets\.delivery: terraform.*plan with the role that deploys/);
  });

  it('show what is deployed, and change nothing', async () => {
    answer('prod-workload.state', {
      values: {
        root_module: {
          resources: [
            {
              mode: 'managed',
              type: 'helm_release',
              values: { version: '0.110.0', status: 'deployed', metadata: { revision: 3 } },
            },
          ],
        },
      },
    });
    answer('prod-workload.outputs', { namespace_name: { value: 'agent-bom' }, token: { value: 'x', sensitive: true } });
    const { code, output: text } = await run('status', ['prod']);
    expect(code).toBe(0);
    expect(text).toMatch(/^prod-database {2}not deployed$/m);
    expect(text).toMatch(/^ {2}release of chart 0\.110\.0, revision 3, deployed$/m);
    expect(text).toMatch(/^ {2}namespace_name +agent-bom$/m);
    expect(text).not.toContain('token');
    expect(calls().every((call) => /(?:init|show|output)$/.test(call))).toBe(true);
  });

  it('refuse to destroy a protected database before anything is destroyed', async () => {
    answer('prod-database.state', {
      values: { root_module: { resources: [{ mode: 'managed', type: 'aws_db_instance', values: {} }] } },
    });
    const { code, errors } = await run('destroy', ['prod', '--yes']);
    expect(code).toBe(1);
    expect(errors).toContain('releaseProtection: true');
    expect(calls().filter((call) => call.endsWith(' apply'))).toEqual([]);
  });

  it('destroy the workload before the database, or alone', async () => {
    answer('prod-database.plan', '2');
    answer('prod-workload.plan', '2');
    const applied = (): string[] => calls().filter((call) => call.endsWith(' apply'));
    expect((await run('destroy', ['prod', '--yes', '--keep-database'])).code).toBe(0);
    expect(applied()).toEqual(['prod-workload apply']);
    expect((await run('destroy', ['prod', '--yes'])).code).toBe(0);
    expect(applied()).toEqual(['prod-workload apply', 'prod-workload apply', 'prod-database apply']);
    expect(readFileSync(join(fake, 'calls'), 'utf8')).toMatch(/prod-database plan .*-destroy/);
  });

  it('take the program that is named, before the variable', async () => {
    copyFileSync(join(fake, 'terraform'), join(fake, 'tofu'));
    rmSync(join(fake, 'terraform'));
    const { PATH } = { PATH: `${fake}${delimiter}/usr/bin${delimiter}/bin` };
    expect((await run('plan', ['prod', '--terraform-binary', 'tofu'], { PATH, TERRAFORM: 'nowhere' })).code).toBe(0);
    expect((await run('plan', ['prod'], { PATH, TERRAFORM: 'tofu' })).code).toBe(0);
    const { code, errors } = await run('plan', ['prod'], { PATH, TERRAFORM: 'nowhere' });
    expect(code).toBe(1);
    expect(errors).toContain('name OpenTofu 1.11 or later with --terraform-binary');
    expect(errors).not.toMatch(/^\s+at /m);
  });

  it('say what to do without Terraform, and without synthesized stacks', () => {
    rmSync(join(fake, 'terraform'));
    const without = start('scripts/terraform-validate.ts', [], { PATH: fake });
    expect(without).toMatchObject({ code: 1, errors: expect.stringContaining('install Terraform 1.11 or later') });
    const unsynthesized = start('scripts/terraform-validate.ts', [], { CDKTF_OUTDIR: join(folder, 'nowhere') });
    expect(unsynthesized).toMatchObject({ code: 1, errors: expect.stringContaining('npm run synth') });
    expect(existsSync(join(folder, 'nowhere'))).toBe(false);
  });
});
