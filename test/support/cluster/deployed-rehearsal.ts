import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ENVIRONMENT_NAME,
  type RehearsedEnvironment,
  readWorkload,
  writeEnvironment,
} from '../../../commands/rehearse/cluster/environment';
import { type Change, ClusterRehearsal } from '../../../commands/rehearse/cluster/rehearse-cluster';
import { SERVER, STORE, storeVariables } from '../../../commands/rehearse/cluster/server';
import type { StackStep } from '../../../commands/rehearse/cluster/stack';
import { Kubectl } from '../../../commands/shared/cluster/kubectl';
import type { KubernetesObject } from '../../../commands/shared/cluster/kubernetes-objects';
import { synthesizeInto } from '../../../commands/shared/environment/synthesis';
import { ADMIN_LOGIN, stackNames } from '../../../contract/names';
import { imagesFrom } from '../../../contract/product/images';
import { type Deploying, type Ended, followed } from './deploying';
import { CHART, CONTEXT, MAJOR, S3_IMAGE } from './node';
import { TERRAFORM_MIRROR, terraformVariables } from './terraform';

const ROOT = join(__dirname, '..', '..', '..');
const PROGRAM = join(ROOT, 'bin', 'agent-bom-postgres.js');
const PATIENCE_MS = 120_000;

/** What a deployment is told instead of the truth. */
export interface Pretence {
  /** Host of the server. */
  readonly address?: string;
  /** Certificate authority of the server. */
  readonly authority?: string;
  readonly chartVersion?: string;
  /** Key of a secret that Secrets Manager does not have. */
  readonly missingSecret?: string;
}

/** Seconds for which the Job tries to reach a server that does not answer, in place of 75. */
const EMULATED = [
  'AWS_ENDPOINT_URL=http://127.0.0.1:5000',
  'AWS_ACCESS_KEY_ID=testing',
  'AWS_SECRET_ACCESS_KEY=testing',
];
const REACH = [{ name: 'CONTRACT_REACH_SECONDS', value: '8' }];

/** A rehearsal that a process of its own deploys: the front door with Terraform, or kubectl and Helm. */
export class DeployedRehearsal extends ClusterRehearsal {
  private readonly directory = mkdtempSync(join(tmpdir(), 'cluster-'));
  private pretence: Pretence = {};

  constructor(
    namespace: string,
    chartVersion: string,
    private readonly charts: readonly string[],
  ) {
    super(new Kubectl({ context: CONTEXT, namespace }), {
      major: MAJOR,
      chartVersion,
      chart: CHART,
      images: { postgres: imagesFrom().postgres(MAJOR), s3: S3_IMAGE },
      onNotice: () => undefined,
      signal: new AbortController().signal,
    });
  }

  /** Folder with the environment file. */
  get environments(): string {
    return join(this.directory, 'environments');
  }

  /** Password of the administrator of the server. */
  get adminPassword(): string {
    return this.secrets.password(ADMIN_LOGIN);
  }

  override get environment(): RehearsedEnvironment {
    const { authority = super.environment.authority, chartVersion = super.environment.chartVersion } = this.pretence;
    return { ...super.environment, authority, chartVersion };
  }

  /** Tells the next deployments something else, in place of what they were told before. */
  pretend(pretence: Pretence): void {
    this.pretence = pretence;
  }

  /** Creates objects in the namespace. */
  provide(objects: readonly KubernetesObject[]): Promise<void> {
    return this.apply(objects);
  }

  /** Runs a command of the shell where the server runs. */
  inServer(command: string): Promise<string> {
    return this.kubectl.text(['exec', SERVER, '--', 'bash', '-c', command], { timeoutMs: PATIENCE_MS });
  }

  /** Asks the emulator of AWS, which `doctor` finds by the program `aws` of this folder. */
  async aws(...words: readonly string[]): Promise<void> {
    await this.kubectl.text(['exec', STORE, '--', 'env', ...EMULATED, 'aws', '--region', 'eu-west-1', ...words], {
      timeoutMs: PATIENCE_MS,
    });
  }

  async removeJobs(): Promise<void> {
    await this.kubectl.text(['delete', 'jobs', '--all', '--wait'], { timeoutMs: PATIENCE_MS });
  }

  protected override output(name: string): string {
    if (name.endsWith('address') && this.pretence.address !== undefined) return this.pretence.address;
    return super.output(name);
  }

  protected override provideSecrets(manifest: string | undefined): Promise<void> {
    const { address } = this.pretence;
    return super.provideSecrets(
      address === undefined ? manifest : manifest?.replaceAll('<output database_host>', address),
    );
  }

  protected override adapted(steps: readonly StackStep[]): StackStep[] {
    return super.adapted(steps).map((step) => {
      if (step.kind !== 'object' || !['Job', 'SecretStore'].includes(step.object.kind)) return step;
      const object = structuredClone(step.object);
      if (object.kind === 'SecretStore') {
        const { fake } = object.spec.provider;
        fake.data = fake.data.filter(({ key }: { key: string }) => key !== this.pretence.missingSecret);
        return { kind: 'object', object };
      }
      const { initContainers = [], containers } = object.spec.template.spec;
      for (const container of [...initContainers, ...containers]) container.env = [...(container.env ?? []), ...REACH];
      return { kind: 'object', object };
    });
  }

  override async deploy(change: Change = {}): Promise<void> {
    const { code, said } = await (await this.begin(change)).ended;
    if (code !== 0) throw new Error(`exit code ${code}: ${said}`);
  }

  /** Begins to deploy what synth makes of the environment with this change and all changes before. */
  async begin(change: Change = {}): Promise<Deploying> {
    this.take(change);
    mkdirSync(this.environments, { recursive: true });
    writeEnvironment(this.environments, this.environment);
    const outdir = join(this.directory, 'cdktf.out');
    const { code, complaints } = await synthesizeInto(this.environments, outdir);
    if (code !== 0) throw new Error(complaints);
    const workload = readWorkload(outdir, this.environment, (name) => this.output(name));
    await this.provideSecrets(workload.secretManifest);
    const steps = this.adapted(workload.steps);
    if (TERRAFORM_MIRROR !== undefined) {
      for (const version of this.charts) this.writeChart(version);
      this.writeOutputs(outdir);
      const store = steps.find((step) => step.kind === 'object' && step.object.kind === 'SecretStore');
      writeFileSync(join(this.directory, 'store.json'), JSON.stringify(store ?? {}));
      return this.run([PROGRAM, 'deploy', ENVIRONMENT_NAME, '--yes', '--no-preflight']);
    }
    const file = join(this.directory, 'steps.json');
    const { deployed = [] } = readIfThere(file);
    const { context, namespace } = this.kubectl.target;
    const content = { context, namespace, chart: CHART, steps, deployed };
    writeFileSync(file, JSON.stringify(content));
    return this.run(['--import', 'tsx', join(__dirname, 'by-hand.ts'), file]);
  }

  /** Runs a command of the program on the environment. */
  command(...words: readonly string[]): Promise<Ended> {
    return this.run([PROGRAM, ...words]).ended;
  }

  /** What another deployment would change: the plan of Terraform, or the versions of all objects after one more. */
  async wouldChange(): Promise<string> {
    if (TERRAFORM_MIRROR !== undefined) {
      const { code, said } = await this.command('plan', ENVIRONMENT_NAME, '--detailed-exitcode');
      return code === 0 ? '' : said;
    }
    const found = await this.versions();
    await this.deploy();
    const now = await this.versions();
    return now
      .filter((line) => !found.includes(line))
      .concat(found.filter((line) => !now.includes(line)))
      .join('\n');
  }

  private get operatorKinds(): string[] {
    return this.environment.delivery === 'existing' ? [] : ['externalsecrets', 'secretstores'];
  }

  /** Versions of everything that was deployed, which change with every change. */
  async versions(): Promise<string[]> {
    const kinds = ['jobs', 'cronjobs', 'configmaps', 'serviceaccounts', 'roles', 'rolebindings', 'secrets'];
    const deployed = await this.columns(kinds, '.metadata.resourceVersion,TYPE:.type');
    // The operator writes into its objects when it last looked.
    const ofOperator = await this.columns(this.operatorKinds, '.metadata.uid,SPEC:.metadata.generation');
    // Helm writes down every upgrade.
    return [...deployed.filter((line) => !line.includes('helm.sh/release')), ...ofOperator].sort();
  }

  private async columns(kinds: readonly string[], version: string): Promise<string[]> {
    if (kinds.length === 0) return [];
    const columns = `custom-columns=KIND:.kind,NAME:.metadata.name,VERSION:${version}`;
    return (await this.kubectl.text(['get', kinds.join(), '--output', columns, '--no-headers'])).trim().split('\n');
  }

  /** Removes what was deployed, so that the next deployment is the first one again. The servers stay. */
  async forgetEverything(): Promise<void> {
    const release = [
      'uninstall',
      'agent-bom',
      '--namespace',
      this.namespace,
      '--ignore-not-found',
      '--kube-context',
      CONTEXT,
    ];
    await followed(spawn('helm', release, { stdio: 'ignore' })).ended;
    const kinds = [
      ...['deployments', 'services', 'jobs', 'cronjobs', 'configmaps', 'secrets', 'serviceaccounts'],
      ...['roles', 'rolebindings', 'pods', ...this.operatorKinds],
    ];
    const others = [
      '--selector',
      'app notin (rehearsal-postgres,rehearsal-s3)',
      '--field-selector',
      'metadata.name!=default',
    ];
    await this.kubectl.text(['delete', kinds.join(), ...others, '--wait'], {
      timeoutMs: PATIENCE_MS,
    });
    await this.sql('drop database if exists agent_bom with (force)', 'postgres');
    await this.sql(
      `do $$ declare login name; begin
        for login in select rolname from pg_roles where rolname like 'agent\\_bom\\_%' and rolname <> 'agent_bom_admin'
        loop execute format('drop role %I', login); end loop;
      end $$`,
      'postgres',
    );
    await this.sql('create database agent_bom owner agent_bom_admin', 'postgres');
    for (const file of [
      'steps.json',
      ...Object.values(stackNames(ENVIRONMENT_NAME)).map((name) => `terraform.${name}.tfstate`),
    ])
      rmSync(join(this.directory, file), { force: true });
  }

  override async remove(): Promise<void> {
    await super.remove();
    rmSync(this.directory, { recursive: true, force: true });
  }

  private writeChart(version: string): void {
    const chart = join(this.directory, 'charts', version);
    cpSync(CHART, chart, { recursive: true });
    const file = join(chart, 'Chart.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('version: 0.0.0', `version: ${version}`));
  }

  private writeOutputs(outdir: string): void {
    const stack = join(outdir, 'stacks', stackNames(ENVIRONMENT_NAME).database, 'cdk.tf.json');
    const names = Object.keys(JSON.parse(readFileSync(stack, 'utf8')).output).filter((name) =>
      name.startsWith('cross-stack-output-'),
    );
    const values = names.map((name) => [name, this.output(name.replace(/^cross-stack-output-/, ''))]);
    writeFileSync(join(this.directory, 'outputs.json'), JSON.stringify(Object.fromEntries(values)));
  }

  private run(words: readonly string[]): Deploying {
    // What is killed leaves its temporary files, which go with the folder.
    const temporary = join(this.directory, 'tmp');
    mkdirSync(temporary, { recursive: true });
    const child = spawn(process.execPath, words, {
      cwd: words[0] === '--import' ? ROOT : this.directory,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        NODE_ENV: undefined,
        TMPDIR: temporary,
        // The AWS CLI of the node's image, in the pod of the emulator.
        PATH: `${join(__dirname, 'bin')}:${process.env.PATH}`,
        EMULATOR_NAMESPACE: this.namespace,
        OUTPUTS_FILE: join(this.directory, 'outputs.json'),
        STORE_FILE: join(this.directory, 'store.json'),
        CHARTS_DIRECTORY: join(this.directory, 'charts'),
        REACH_VARIABLES: JSON.stringify(REACH),
        STORE_VARIABLES: JSON.stringify(storeVariables(this.namespace)),
        AWS_CLI_IMAGE: imagesFrom().awsCli(),
        ...(TERRAFORM_MIRROR !== undefined && terraformVariables(TERRAFORM_MIRROR, this.directory)),
      },
    });
    return followed(child);
  }
}

function readIfThere(file: string): { readonly deployed?: readonly (readonly [string, string])[] } {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}
