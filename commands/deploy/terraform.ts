import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ContractError } from '../../contract/error';
import { stackNames } from '../../contract/names';

const OUTPUT = process.env.CDKTF_OUTDIR ?? 'cdktf.out';
/** Far more than a plan of hundreds of resources. */
const OUTPUT_LIMIT_BYTES = 256 * 2 ** 20;

/** A synthesized stack: a folder that Terraform runs in. */
export interface Stack {
  readonly name: string;
  readonly directory: string;
  /** Names of the stacks whose outputs it reads. */
  readonly dependencies: readonly string[];
}

export interface Finished {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

interface Manifest {
  readonly stacks: Readonly<
    Record<string, { readonly workingDirectory: string; readonly dependencies: readonly string[] }>
  >;
}

/** All synthesized stacks, each after those that it reads. */
export function synthesizedStacks(): Stack[] {
  const file = join(OUTPUT, 'manifest.json');
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
      return { name, directory: join(OUTPUT, workingDirectory), dependencies };
    })
    .sort((one, other) => one.dependencies.length - other.dependencies.length);
}

/** Names of the environments that are synthesized. */
export function environmentNames(): string[] {
  const names = synthesizedStacks().map(({ name }) => name.replace(/-(?:database|workload)$/, ''));
  return [...new Set(names)].sort();
}

/** The stacks of an environment, the database first. */
export function stacksOf(environment: string): Stack[] {
  const names = Object.values(stackNames(environment));
  const stacks = synthesizedStacks().filter(({ name }) => names.includes(name));
  if (stacks.length > 0) return stacks;
  throw new ContractError({
    path: 'environment',
    got: environment,
    rule: 'the name of an environment that is synthesized',
    fix: `name one of ${environmentNames().join(', ')}`,
  });
}

/** Runs Terraform in the folder of a stack. */
export function terraform(stack: Stack, ...commandArguments: readonly string[]): Finished {
  const { status, stdout, stderr, error } = spawnSync('terraform', commandArguments, {
    cwd: stack.directory,
    encoding: 'utf8',
    env: { ...process.env, TF_IN_AUTOMATION: '1', TF_INPUT: '0', CHECKPOINT_DISABLE: '1' },
    maxBuffer: OUTPUT_LIMIT_BYTES,
  });
  if (error !== undefined) {
    const fix = 'install Terraform 1.11 or later, or OpenTofu under the name terraform';
    throw new ContractError({ path: 'terraform', got: error.message, rule: 'Terraform can be run', fix });
  }
  return { code: status ?? 1, output: stdout, errors: stderr };
}

/** Runs Terraform, and stops with what it said where it fails. */
export function mustSucceed(stack: Stack, ...commandArguments: readonly string[]): Finished {
  const finished = terraform(stack, ...commandArguments);
  if (finished.code === 0) return finished;
  throw terraformFailure(stack, finished, commandArguments[0] ?? '');
}

export function terraformFailure({ name }: Stack, { errors, code }: Finished, what: string): ContractError {
  return new ContractError({
    path: name,
    got: `exit code ${code}\n${errors.trimEnd()}`,
    rule: `terraform ${what} ends without an error`,
    fix: 'fix what Terraform names, and run it again',
  });
}

/** Runs a script: an error that its user can fix is one message, without a stack trace. */
export function runScript(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    process.stderr.write(`\n${error.message}\n\n`);
    process.exitCode = 1;
  }
}
