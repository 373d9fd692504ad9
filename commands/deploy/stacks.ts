import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ContractError } from '../../contract/error';
import { stackNames } from '../../contract/names';
import { environmentsDirectory } from '../shared/environment-names';
import { synthesizeInto } from '../shared/synthesis';

/** A synthesized stack: a folder that Terraform runs in. */
export interface Stack {
  readonly name: string;
  readonly directory: string;
  /** Names of the stacks whose outputs it reads. */
  readonly dependencies: readonly string[];
}

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
 * @returns Also the warnings of synth.
 * @throws ContractError with what synth refused.
 */
export async function synthesizedEnvironment(
  environment: string,
  directory = environmentsDirectory(),
): Promise<{ readonly stacks: readonly Stack[]; readonly warnings: readonly string[] }> {
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
