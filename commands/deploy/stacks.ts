import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ContractError } from '../../contract/error';
import { stackNames } from '../../contract/names';
import { environmentsDirectory } from '../shared/environment/environment-names';
import { synthesizeInto } from '../shared/environment/synthesis';

/** A synthesized stack: a folder that Terraform runs in. */
export interface Stack {
  readonly name: string;
  readonly directory: string;
  /** Names of the stacks whose outputs it reads. */
  readonly dependencies: readonly string[];
}

/** In the folder that the program is run in, to be committed. */
const LOCK_FILE = '.terraform.lock.hcl';

interface Manifest {
  readonly stacks: Readonly<
    Record<string, { readonly workingDirectory: string; readonly dependencies: readonly string[] }>
  >;
}

/** Folder that `cdktf` synthesizes into as well: a state in a file is found from there by a relative path. */
function outputDirectory(): string {
  return process.env.CDKTF_OUTDIR ?? 'cdktf.out';
}

/**
 * Synthesizes all environments of a folder, and returns the stacks of one, the database first.
 *
 * @param synthesized Whether to take what another run has synthesized, and to run nothing.
 * @returns Also the warnings of synth.
 * @throws ContractError with what synth refused.
 */
export async function synthesizedEnvironment(
  environment: string,
  directory = environmentsDirectory(),
  synthesized = false,
): Promise<{ readonly stacks: readonly Stack[]; readonly warnings: readonly string[] }> {
  if (synthesized) return { stacks: stacksOf(environment), warnings: [] };
  const { code, complaints } = await synthesizeInto(directory, outputDirectory());
  if (code !== 0) {
    const rule = 'the environment files can be synthesized';
    throw new ContractError({ path: directory, got: complaints.trim(), rule, fix: 'fix what synth names above' });
  }
  const warnings = complaints.split('\n').filter((line) => line.trim() !== '');
  return { stacks: stacksOf(environment), warnings };
}

/** All synthesized stacks, each after those that it reads. */
export function synthesizedStacks(): Stack[] {
  const output = outputDirectory();
  const file = join(output, 'manifest.json');
  if (!existsSync(file)) {
    throw new ContractError({
      path: file,
      got: 'nothing',
      rule: 'the stacks are synthesized',
      fix: 'run `npm run synth`',
    });
  }
  const { stacks } = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  return Object.entries(stacks)
    .map(([name, { workingDirectory, dependencies }]) => {
      return { name, directory: join(output, workingDirectory), dependencies };
    })
    .sort((one, other) => one.dependencies.length - other.dependencies.length);
}

/** The stacks of an environment, the database first. */
function stacksOf(environment: string): Stack[] {
  const names = Object.values(stackNames(environment));
  return synthesizedStacks().filter(({ name }) => names.includes(name));
}

/**
 * Puts the part of the project's lock file next to a stack that names its providers: Terraform takes no other versions, and
 * refuses a lock file that names more. The project's may be those of several stacks, one after the other.
 *
 * @returns Whether there is such a file.
 */
export function lockProviders({ directory }: Stack): boolean {
  if (!existsSync(LOCK_FILE)) return false;
  const { terraform } = JSON.parse(readFileSync(join(directory, 'cdk.tf.json'), 'utf8')) as {
    terraform?: { required_providers?: Record<string, { source?: string }> };
  };
  const sources = Object.values(terraform?.required_providers ?? {}).map(({ source = '' }) => source);
  const blocks = readFileSync(LOCK_FILE, 'utf8').matchAll(/^provider "[^"/]+\/([^"]+)" \{\n[\s\S]*?^\}\n/gm);
  const own = new Map([...blocks].map(([block, source = '']) => [source, block] as const));
  const text = sources.flatMap((source) => own.get(source) ?? []).join('\n');
  writeFileSync(join(directory, LOCK_FILE), text);
  return true;
}

/** Where each resource of a stack comes from: the path of its construct, by its address. */
export function constructPaths({ name, directory }: Stack): ReadonlyMap<string, string> {
  type Blocks = Record<string, Record<string, { '//'?: { metadata?: { path?: string } } }>>;
  const text = readFileSync(join(directory, 'cdk.tf.json'), 'utf8');
  const { resource = {} } = JSON.parse(text) as { resource?: Blocks };
  return new Map(
    Object.entries(resource).flatMap(([type, blocks]) =>
      Object.entries(blocks).map(([id, block]): [string, string] => {
        const path = block['//']?.metadata?.path ?? id;
        return [`${type}.${id}`, path.startsWith(`${name}/`) ? path.slice(name.length + 1) : path];
      }),
    ),
  );
}
