import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mistake } from '../contract/error';
import { type EnvironmentFile, readEnvironments } from './environment-files';

const NAME = /^name:\s*["']?([^\s"'#]+)/m;

/** Folder of the environment files, as `synth` finds it. */
export function environmentsDirectory(): string {
  return process.env.ENVIRONMENTS_DIR ?? 'environments';
}

/**
 * The environment with this name, or nothing.
 *
 * @throws ContractError with all mistakes of all files.
 */
export function environmentNamed(name: string, directory = environmentsDirectory()): EnvironmentFile | undefined {
  return readEnvironments(directory).find(({ environment }) => environment.name === name);
}

/** What to say where no environment has the name. */
export function unknownEnvironment(name: string, path = '--environment'): Mistake {
  return {
    path,
    got: name,
    rule: 'the name of an environment file’s environment',
    fix: 'write the `name` of a file in `environments/`, or name its folder in ENVIRONMENTS_DIR',
  };
}

/** Files of a folder by the name that they give their environment, whether the rest of them is right or not. */
export function environmentNames(directory = environmentsDirectory()): ReadonlyMap<string, string> {
  const names = filesIn(directory).map((file): [string, string] => [nameIn(file), file]);
  return new Map(names.filter(([name]) => name !== ''));
}

function filesIn(directory: string): string[] {
  try {
    const files = readdirSync(directory).filter((name) => /\.ya?ml$/.test(name));
    return files.sort().map((name) => join(directory, name));
  } catch {
    return [];
  }
}

function nameIn(file: string): string {
  try {
    return NAME.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
  } catch {
    return '';
  }
}
