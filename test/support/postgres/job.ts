import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { EmbeddedServer } from '../../../commands/embedded/server';
import { runStandIn } from '../../../commands/rehearse/rehearse';
import type { Block, Template } from '../synth/template';
import { temporaryDirectory } from '../temporary-directory';

/** User name and password as they stand in Secrets Manager, by the name of the Kubernetes Secret. */
export type Credentials = Readonly<Record<string, { readonly user: string; readonly password: string }>>;

export interface ContainerRun {
  readonly code: number | null;
  readonly output: string;
}

interface RunnerOptions {
  /** Name of the Job or CronJob; by default the migration Job. */
  readonly job?: RegExp;
  /** Database that the URLs name instead of the environment's. */
  readonly database?: string;
  /** Directory with executables that go before those of the machine. */
  readonly executables?: string;
}

const MIGRATION_JOB = /^agent-bom-migrate-[0-9a-f]{10}-/;

/**
 * Executes containers of a synthesized Job or CronJob as a node would: their command and environment, Secrets as External
 * Secrets would have written them, and each volume at its mount path below a directory of the test. The authorities are
 * those of the test's server.
 */
export class JobRunner {
  private readonly pod: Block;
  private readonly root = temporaryDirectory('job-');

  constructor(
    private readonly workload: Template,
    private readonly server: EmbeddedServer,
    private readonly credentials: Credentials,
    private readonly options: RunnerOptions = {},
  ) {
    this.pod = podTemplate(workload, options.job ?? MIGRATION_JOB).spec;
    for (const volume of this.pod.volume) this.makeVolume(volume);
    this.makeProduct();
  }

  containerNames(): string[] {
    return this.containers().map(({ name }) => name);
  }

  environmentOf(name: string): Record<string, string> {
    const variables = this.container(name).env.map((one: Block) => [one.name, this.relocate(this.valueOf(one))]);
    return Object.fromEntries(variables);
  }

  /** Runs one container. Where `PACKAGED_MIGRATIONS` is a command, it takes the place of the stand-in for the image's. */
  async run(name: string): Promise<ContainerRun> {
    const { command } = this.container(name);
    const relocated = command.map((part: string) => this.relocate(part));
    if (name !== 'packaged') return this.execute(name, relocated);
    const written = await this.execute(name, relocated);
    if (written.code !== 0) return written;
    if (process.env.PACKAGED_MIGRATIONS !== undefined) {
      return this.execute(name, ['bash', '-c', process.env.PACKAGED_MIGRATIONS]);
    }
    await runStandIn(this.environmentOf(name).ALEMBIC_DATABASE_URL ?? '');
    return written;
  }

  /** Writes what `packaged` has written by the time `verify` runs, for a test that runs `verify` alone. */
  async writeRevisions(): Promise<this> {
    const [shell = '', script = ''] = this.container('packaged').command;
    await this.execute('packaged', [shell, this.relocate(script), 'revisions']);
    return this;
  }

  /** Runs the containers in order, up to the first that fails, which is the last of the result. */
  async runAll(): Promise<ContainerRun & { readonly last: string }> {
    let result: ContainerRun & { readonly last: string } = { code: 0, output: '', last: '' };
    for (const name of this.containerNames()) {
      if (result.code !== 0) break;
      const { code, output } = await this.run(name);
      result = { code, output: result.output + output, last: name };
    }
    return result;
  }

  /** Takes the volumes away, as the end of a pod does. */
  end(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  private execute(name: string, [program = '', ...programArguments]: string[]): Promise<ContainerRun> {
    const path = [this.options.executables, join(this.root, 'product'), process.env.PATH]
      .filter((part) => part !== undefined)
      .join(':');
    const child = spawn(program, programArguments, {
      cwd: this.root,
      env: { PATH: path, TMPDIR: join(this.root, 'tmp'), ...this.environmentOf(name) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        output += chunk;
      });
    }
    return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
  }

  private containers(): Block[] {
    return [...this.pod.init_container, ...this.pod.container];
  }

  private container(name: string): Block {
    const found = this.containers().find((container) => container.name === name);
    if (found === undefined) throw new Error(`no container ${name} among ${this.containerNames().join(', ')}`);
    return found;
  }

  private valueOf(variable: Block): string {
    if (variable.value !== undefined) return unescaped(variable.value).replace(/\$\{[^}]*\.([\w-]+)\}/, '$1');
    const { name, key } = variable.value_from.secret_key_ref;
    const secret = this.workload.manifests('ExternalSecret').find(({ manifest }) => manifest.spec.target.name === name);
    const { user = '', password = '' } = this.credentials[name] ?? {};
    const { address } = this.server;
    return secret.manifest.spec.target.template.data[key]
      .replace(/\{\{ \.username [^}]*\}\}/, () => urlQuery(user))
      .replace(/\{\{ \.password [^}]*\}\}/, () => urlQuery(password))
      .replace(/\$\{[^}]*address\}/, address.host)
      .replace(/:5432\/[^?]+/, `:${address.port}/${this.options.database ?? address.database}`);
  }

  /** Replaces the mount paths with which a text begins, or a parameter of a URL. */
  private relocate(text: string): string {
    const paths = new Set(
      this.containers()
        .flatMap(({ volume_mount: mounts }) => mounts)
        .map((one) => one.mount_path),
    );
    const pattern = new RegExp(`(^|=)(${[...paths].join('|')})(?=[/&]|$)`, 'g');
    return text.replace(
      pattern,
      (_, before: string, path: string) => `${before}${join(this.root, this.volumeAt(path))}`,
    );
  }

  private volumeAt(path: string): string {
    const mounts: Block[] = this.containers().flatMap(({ volume_mount: all }) => all);
    return mounts.find((one) => one.mount_path === path).name;
  }

  /** What the image of the product has: an Alembic that knows the revisions of the stand-in, and a Python that does nothing. */
  private makeProduct(): void {
    const directory = join(this.root, 'product');
    mkdirSync(directory);
    const history = '20260812_01 -> 00000000_01 (head), Two.\n<base> -> 20260812_01, One.';
    const alembic = `case $3 in heads) echo '00000000_01 (head)' ;; history) echo '${history}' ;; esac`;
    for (const [name, script] of Object.entries({ alembic, python: '' })) {
      writeFileSync(join(directory, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    }
  }

  private makeVolume({ name, config_map: configMap }: Block): void {
    const directory = join(this.root, name);
    mkdirSync(directory);
    if (configMap === undefined) return;
    const found = this.workload.resource(
      'kubernetes_config_map_v1',
      ({ metadata }) => metadata.name === configMap.name,
    );
    const items: Block[] = configMap.items ?? Object.keys(found.data).map((key) => ({ key, path: key }));
    for (const { key, path } of items) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      const text =
        name === 'postgres-ca' ? readFileSync(this.server.address.caFile, 'utf8') : unescaped(found.data[key]);
      writeFileSync(join(directory, path), text);
    }
  }
}

/** The Job of a workload stack that migrates, or the one that revokes previous logins. */
export function jobOf(workload: Template, job: 'migrate' | 'revoke'): Block {
  return workload.resource('kubernetes_job_v1', ({ metadata }) =>
    metadata.generate_name.startsWith(`agent-bom-${job}-`),
  );
}

/** The pod template of the one Job or CronJob whose name matches. */
export function podTemplate(workload: Template, name: RegExp): Block {
  const found = [
    ...workload.resources('kubernetes_job_v1').map((job) => ({ ...job, template: job.spec.template })),
    ...workload
      .resources('kubernetes_cron_job_v1')
      .map((job) => ({ ...job, template: job.spec.job_template.spec.template })),
  ].filter(({ metadata }) => name.test(metadata.generate_name ?? metadata.name));
  if (found.length !== 1) throw new Error(`expected one Job or CronJob ${name}, found ${found.length}`);
  return found[0].template;
}

/** As Terraform reads a literal text. */
function unescaped(text: string): string {
  return text.replaceAll('$${', '${').replaceAll('%%{', '%{');
}

/** `urlquery` of a Go template with its plus signs replaced, as the template of the ExternalSecret says. */
function urlQuery(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1).replaceAll('+', '%20');
}
