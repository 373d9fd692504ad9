import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { describeStep, generationTag, MOMENT_TAG, restoreNames } from '../../commands/restore/restore-plan';
import { synthesizeInto } from '../../commands/shared/environment/synthesis';
import { describeWithEmulator, EMULATED_ACCOUNT, Emulator } from '../support/aws/emulator';
import { kill as killTree } from '../support/cluster/kill';
import { ScalableCluster } from '../support/commands/scalable-cluster';
import type { StandIns } from '../support/commands/stand-ins';
import { minimal } from '../support/synth/environments';
import { temporaryDirectory } from '../support/temporary-directory';

jest.setTimeout(1_200_000);

const PROJECT = join(__dirname, '..', '..');
const SUPPORT = join(PROJECT, 'test', 'support', 'commands');
const CURRENT = 'prod-agent-bom';
const ADDRESS = 'aws_db_instance.database_instance_D7FC2283';
/** A minute ago: the emulator can restore to every moment before the last one. */
const MOMENT = `${new Date(Date.now() - 60_000).toISOString().slice(0, 19)}Z`;
const NAMES = restoreNames(CURRENT, MOMENT);

/** Runs a program on a terminal, to which it passes on what it reads. */
const PTY = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';

/** Steps of a restore that nothing has been done of. */
const ALL = [
  ...(['restore', 'wait', 'stop', 'remember', 'set-aside', 'take-name'] as const),
  ...(['file', 'state', 'deploy', 'start', 'verify'] as const),
];

/** How a run ended, and what it said. */
interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly said: string;
}

describeWithEmulator()('restore --to, from start to end', () => {
  let emulator: Emulator;
  let cluster: ScalableCluster;
  let programs: StandIns;
  const folder = temporaryDirectory('restore-run-');
  const file = join(folder, 'prod.yaml');
  const read = (name: string): string => readFileSync(join(programs.directory, name), 'utf8');

  // biome-ignore lint/suspicious/noExplicitAny: the answers of the AWS CLI
  const aws = (...question: string[]): any => emulator.aws(...question);

  // biome-ignore lint/suspicious/noExplicitAny: the answers of the AWS CLI
  function databases(): Record<string, any> {
    const found: { DBInstanceIdentifier: string }[] = aws('rds', 'describe-db-instances').DBInstances;
    return Object.fromEntries(found.map((instance) => [instance.DBInstanceIdentifier, instance]));
  }

  function makeTerraform(): void {
    for (const [name, as] of [
      ['fake-terraform.sh', 'fake-terraform.sh'],
      ['terraform-with-state.sh', 'terraform'],
    ] as const) {
      copyFileSync(join(SUPPORT, name), join(programs.directory, as));
      chmodSync(join(programs.directory, as), 0o755);
    }
    // The emulator gives a restored database the id of the one that it was restored from.
    writeFileSync(join(programs.directory, 'state'), `aws_kms_key.encryption_key -\n${ADDRESS} db-OTHER\n`);
  }

  function makeAccount(): void {
    aws('ec2', 'create-vpc', '--cidr-block', '10.0.0.0/16');
    aws(
      ...['rds', 'create-db-instance', '--db-instance-identifier', CURRENT, '--engine', 'postgres'],
      ...['--engine-version', '16.4', '--db-instance-class', 'db.t4g.medium', '--allocated-storage', '100'],
      ...['--master-username', 'agent_bom_admin', '--manage-master-user-password', '--backup-retention-period', '14'],
    );
    const bucket = `prod-agent-bom-${EMULATED_ACCOUNT}`;
    aws('s3api', 'create-bucket', '--bucket', bucket, '--create-bucket-configuration', 'LocationConstraint=eu-west-1');
    for (const kind of ['dump', 'manifest']) {
      aws('s3api', 'put-object', '--bucket', bucket, '--key', `dumps/a/a.${kind}`, '--body', file);
    }
  }

  /** Terraform's outputs, as if both stacks were deployed already. */
  async function makeOutputs(): Promise<void> {
    const out = join(folder, 'out');
    expect(await synthesizeInto(folder, out)).toMatchObject({ code: 0 });
    const text = readFileSync(join(out, 'stacks', 'prod-workload', 'cdk.tf.json'), 'utf8');
    const names = [...text.matchAll(/outputs\.(cross-stack-output-[\w-]+)/g)].map(([, name]) => [name, {}]);
    writeFileSync(join(programs.directory, 'prod-database.outputs'), JSON.stringify(Object.fromEntries(names)));
  }

  beforeAll(async () => {
    emulator = await Emulator.start();
    cluster = await ScalableCluster.start();
    programs = cluster.programs;
    writeFileSync(file, `# the one that counts\n${stringify(minimal())}`);
    makeAccount();
    makeTerraform();
    await makeOutputs();
  });
  afterAll(async () => {
    await cluster.stop();
    await emulator.stop();
  });

  /**
   * Starts the command.
   *
   * @param kill When it is killed, with all that it has started.
   * @param terminal Program that gives it a terminal, with its options.
   */
  function restore(
    options: readonly string[],
    kill: (said: string) => boolean = () => false,
    terminal: readonly string[] = [],
  ): Promise<Ended> {
    const variables = emulator.variables();
    const temporary = join(folder, 'tmp');
    mkdirSync(temporary, { recursive: true });
    const [program = '', ...words] = [...terminal, process.execPath, 'bin/agent-bom-postgres.js', 'restore'];
    const child: ChildProcess = spawn(program, [...words, '--environment', 'prod', '--to', MOMENT, ...options], {
      cwd: PROJECT,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        ...variables,
        PATH: `${programs.directory}:${variables.PATH}`,
        ...{ HOME: process.env.HOME, TMPDIR: temporary, CDKTF_OUTDIR: join(folder, 'out'), ENVIRONMENTS_DIR: folder },
        ...{ CHECKPOINT_DISABLE: '1', NO_COLOR: '1' },
      },
    });
    child.stdin?.end('no\n');
    return new Promise((resolve, reject) => {
      let said = '';
      const look = setInterval(() => {
        if (kill(said)) killTree(child.pid ?? 0, 'all');
      }, 20);
      for (const stream of [child.stdout, child.stderr]) {
        stream?.setEncoding('utf8').on('data', (chunk: string) => {
          said += chunk;
        });
      }
      child.once('error', reject);
      child.once('close', (code, signal) => {
        clearInterval(look);
        resolve({ code, signal, said });
      });
    });
  }

  it('says what it will do, and changes nothing where nobody can be asked', async () => {
    const { code, said } = await restore([]);
    expect(code).toBe(2);
    const steps = said.split('\n').flatMap((line) => /^ {2}- (.*)$/.exec(line)?.[1] ?? []);
    expect(steps).toEqual(ALL.map((step) => describeStep(step, NAMES, MOMENT)));
    expect(said).toContain('What was written since then is in the previous database alone.');
    expect(said).toContain('no terminal to ask on');
    expect(Object.keys(databases())).toEqual([CURRENT]);
    expect(cluster.replicas()).toBe('2');
    expect(existsSync(join(programs.directory, 'calls'))).toBe(false);
  });

  it('asks on a terminal, and changes nothing without a yes', async () => {
    const python = [join(process.env.EMULATOR ?? '', 'bin', 'python3'), '-c', PTY];
    const { code, said } = await restore([], undefined, python);
    expect(said).toContain('Nobody may deploy meanwhile. Type yes to go on: ');
    expect(said).toContain('Nothing was changed.');
    expect(code).toBe(1);
    expect(Object.keys(databases())).toEqual([CURRENT]);
    expect(cluster.replicas()).toBe('2');
  });

  it('is continued by the same command, wherever it is killed', async () => {
    const calls = (): string => (existsSync(join(programs.directory, 'calls')) ? read('calls') : '');
    // Each of these runs is killed in another step, one of them between two programs of the same step.
    for (const [step, moment] of [
      ['restore', (said: string) => /^restore /m.test(said)],
      ['stop', () => cluster.replicas() === '0'],
      ['set-aside', (said: string) => /^set-aside /m.test(said)],
      ['take-name', (said: string) => /^take-name /m.test(said)],
      ['file', (said: string) => said.includes('commit it')],
      ['state', () => calls().includes(`state rm ${ADDRESS}`)],
      ['deploy', () => calls().includes('prod-database plan')],
      ['verify', (said: string) => /^verify /m.test(said)],
    ] as const) {
      const { signal, said } = await restore(['--yes'], moment);
      expect({ step, signal, said: signal === 'SIGKILL' ? '' : said }).toEqual({ step, signal: 'SIGKILL', said: '' });
    }
    const { code, said } = await restore(['--yes']);
    expect({ code, said: code === 0 ? '' : said }).toEqual({ code: 0, said: '' });

    const found = databases();
    expect(Object.keys(found).sort()).toEqual([CURRENT, NAMES.previous].sort());
    expect(found[NAMES.previous].TagList).toEqual([{ Key: generationTag(NAMES), Value: '2' }]);
    expect(found[CURRENT].TagList).toEqual([{ Key: MOMENT_TAG, Value: MOMENT }]);
    // Once, however often that step began.
    expect(readFileSync(file, 'utf8')).toMatch(/^# the one that counts\n(?:.*\n)* {2}generation: 2\n/);
    expect(read('state')).toBe(`aws_kms_key.encryption_key -\n${ADDRESS} ${found[CURRENT].DbiResourceId}\n`);
    expect(calls()).toContain('prod-workload plan');
    expect(cluster.replicas()).toBe('2');
    expect(said.split('\n').filter((line) => /^\d +proven +\S/.test(line))).toHaveLength(5);
    expect(said).toContain(`The previous database is kept as ${NAMES.previous}`);
  });
});
