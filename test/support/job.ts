import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { EmbeddedServer } from '../../commands/embedded/server';
import { CA_FILE } from '../../contract/connection-url';
import type { Block, Template } from './template';

/** User name and password as they stand in Secrets Manager, by the name of the Kubernetes Secret. */
export type Credentials = Readonly<Record<string, { readonly user: string; readonly password: string }>>;

export interface ContainerRun {
  readonly code: number | null;
  readonly output: string;
}

/**
 * Executes containers of a synthesized Job as a node would: their command and environment, Secrets as External Secrets
 * would have written them, files of the ConfigMaps at their mount paths below a directory of the test.
 */
export class JobRunner {
  private readonly pod: Block;
  private readonly root = mkdtempSync(join(tmpdir(), 'job-'));

  constructor(
    private readonly workload: Template,
    private readonly server: EmbeddedServer,
    private readonly credentials: Credentials,
    job: 'migrate' | 'retire' = 'migrate',
  ) {
    this.pod = jobOf(workload, job).spec.template.spec;
    this.writeContract();
  }

  containerNames(): string[] {
    return [...this.pod.init_container, ...this.pod.container].map(({ name }: Block) => name);
  }

  environmentOf(name: string): Record<string, string> {
    return Object.fromEntries(
      this.container(name).env.map((variable: Block) => [variable.name, this.valueOf(variable)]),
    );
  }

  run(name: string): Promise<ContainerRun> {
    const [program, ...programArguments] = this.container(name).command.map((part: string) => this.relocate(part));
    const child = spawn(program, programArguments, {
      env: { PATH: process.env.PATH, ...this.environmentOf(name) },
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

  private container(name: string): Block {
    return [...(this.pod.init_container ?? []), ...this.pod.container].find(
      (container: Block) => container.name === name,
    );
  }

  private valueOf(variable: Block): string {
    if (variable.value !== undefined) return variable.value;
    const { name, key } = variable.value_from.secret_key_ref;
    const secret = this.workload.manifests('ExternalSecret').find(({ manifest }) => manifest.spec.target.name === name);
    const { user = '', password = '' } = this.credentials[name] ?? {};
    return secret.manifest.spec.target.template.data[key]
      .replace(/\{\{ \.username [^}]*\}\}/, urlQuery(user))
      .replace(/\{\{ \.password [^}]*\}\}/, urlQuery(password))
      .replace(/\$\{[^}]*address\}/, this.server.address.host)
      .replace(':5432/', `:${this.server.address.port}/`)
      .replace(CA_FILE, this.server.address.caFile);
  }

  private relocate(text: string): string {
    return text.startsWith('/contract/') ? join(this.root, text) : text;
  }

  private writeContract(): void {
    const volume = this.pod.volume.find(({ name }: Block) => name === 'contract');
    const configMap = this.workload.resource(
      'kubernetes_config_map_v1',
      ({ metadata }) => metadata.name === volume.config_map.name,
    );
    for (const { key, path } of volume.config_map.items) {
      const file = join(this.root, 'contract', path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, configMap.data[key].replaceAll('$${', '${').replaceAll('%%{', '%{'));
    }
    chmodSync(this.root, 0o755);
  }
}

/** The Job of a workload stack that migrates, or the one that retires former logins. */
export function jobOf(workload: Template, job: 'migrate' | 'retire'): Block {
  return workload.resource('kubernetes_job_v1', ({ metadata }) => metadata.name.startsWith(`agent-bom-${job}-`));
}

/** `urlquery` of a Go template with its plus signs replaced, as the template of the ExternalSecret says. */
function urlQuery(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1).replaceAll('+', '%20');
}
