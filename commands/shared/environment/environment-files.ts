import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { countCertificates } from '../../../contract/aws/certificate-authorities';
import type { Environment } from '../../../contract/environment/environment';
import { parseEnvironment, refuseMistakes } from '../../../contract/environment/parse';
import { collisions } from '../../../contract/environment/review/collisions';
import { nearest } from '../../../contract/environment/review/suggestions';
import type { Mistake } from '../../../contract/error';
import { UsageError } from '../output/exit-code';
import { environmentsDirectory, isExample } from './environment-names';

/** An environment as its file describes it, with the files that it names. */
export interface EnvironmentFile {
  /** Path of the file as the user knows it. */
  readonly file: string;
  readonly environment: Environment;
  /** Text of `database.caBundleFile`. */
  readonly caBundle?: string;
}

/**
 * Reads every environment file of a directory, in the order of their names.
 *
 * @throws ContractError with all mistakes of all files.
 */
export function readEnvironments(directory: string): EnvironmentFile[] {
  const mistakes: Mistake[] = [];
  const environments: EnvironmentFile[] = [];
  for (const file of listFiles(directory, mistakes)) {
    const read = readText(file, mistakes);
    const parsed = read === undefined ? { mistakes: [] } : parseEnvironment(file, read);
    if ('mistakes' in parsed) mistakes.push(...parsed.mistakes);
    else
      environments.push({ file, environment: parsed.environment, ...readCaBundle(file, parsed.environment, mistakes) });
  }
  mistakes.push(...collisions(environments.filter(({ file, environment: { name } }) => !isExample(name, file))));
  refuseMistakes(mistakes);
  return environments;
}

function listFiles(directory: string, mistakes: Mistake[]): string[] {
  try {
    const files = readdirSync(directory).filter((name) => /\.ya?ml$/.test(name));
    if (files.length === 0) mistakes.push(noEnvironments(directory, 'no file that ends in .yaml or .yml'));
    return files.sort().map((name) => join(directory, name));
  } catch (error) {
    mistakes.push(noEnvironments(directory, reason(error)));
    return [];
  }
}

function readText(file: string, mistakes: Mistake[]): string | undefined {
  const unreadable = (got: string) =>
    mistakes.push({ file, got, rule: 'a file that can be read', fix: 'check what it is and its permissions' });
  try {
    const found = statSync(file);
    // To read from a pipe would wait for ever.
    if (found.isFile()) return readFileSync(file, 'utf8');
    unreadable(found.isDirectory() ? 'a directory' : 'a pipe, a socket or a device');
  } catch (error) {
    unreadable(reason(error));
  }
  return undefined;
}

function readCaBundle(file: string, { database }: Environment, mistakes: Mistake[]): { caBundle?: string } {
  if (database.caBundleFile === undefined) return {};
  const place = { file, path: 'database.caBundleFile' };
  const bundle = join(dirname(file), database.caBundleFile);
  try {
    const caBundle = readFileSync(bundle, 'utf8');
    if (countCertificates(caBundle) > 0) return { caBundle };
    mistakes.push({
      ...place,
      got: bundle,
      rule: 'a PEM file with certificates',
      fix: 'download the bundle of the region again',
    });
  } catch (error) {
    mistakes.push({
      ...place,
      got: reason(error),
      rule: 'a file that can be read',
      fix: 'write its path relative to the environment file',
    });
  }
  return {};
}

function noEnvironments(directory: string, got: string): Mistake {
  return {
    file: directory,
    got,
    rule: 'the directory of environments holds one YAML file for each of them',
    fix: 'copy environments/example.yaml there, or name another directory in ENVIRONMENTS_DIR',
  };
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * The environment with this name, or the mistake if there is none.
 *
 * @param path What the mistake is reported at: the option or the argument that carries the name.
 * @throws ContractError with all mistakes of all files.
 */
export function findEnvironment(
  name: string,
  path: string,
  directory = environmentsDirectory(),
): EnvironmentFile | { readonly mistake: Mistake } {
  const isPath = isPathOfFile(name);
  const files = isPath && !existsSync(directory) ? [] : readEnvironments(directory);
  const names = files.map(({ environment }) => environment.name);
  const near = nearest(basename(name).replace(/\.ya?ml$/, ''), names);
  const otherwise =
    names.length === 0
      ? 'check the path, and the folder that you are in'
      : 'write one of them, or name another folder with --environments';
  const inDirectory = names.length === 0 ? '' : `the name of an environment in ${directory}: ${names.join(', ')}`;
  const mistake = {
    path,
    got: isPath ? `${name}, which does not exist` : name,
    rule: [...(isPath ? ['a file that exists'] : []), ...(inDirectory === '' ? [] : [inDirectory])].join(', or '),
    fix: near === undefined ? otherwise : `did you mean ${near}? Otherwise ${otherwise}`,
  };
  return files[names.indexOf(name)] ?? { mistake };
}

/**
 * An environment by its name or by its file, and the folder that it is in.
 *
 * @throws ContractError with all mistakes of all files of that folder.
 */
export function locatedEnvironment(
  nameOrFile: string,
  environments = environmentsDirectory(),
  path = '<environment>',
): { environment: Environment; directory: string } {
  const found = lstatSync(nameOrFile, { throwIfNoEntry: false });
  const isFile = found !== undefined && (found.isFile() || isPathOfFile(nameOrFile));
  if (isFile) {
    const mistakes: Mistake[] = [];
    readText(nameOrFile, mistakes);
    refuseMistakes(mistakes);
  }
  const directory = isFile ? dirname(nameOrFile) : environments;
  const named = isFile
    ? readEnvironments(directory).find(({ file }) => resolve(file) === resolve(nameOrFile))
    : undefined;
  return { environment: (named ?? environmentNamed(nameOrFile, path, directory)).environment, directory };
}

function isPathOfFile(name: string): boolean {
  return /[/\\]|\.ya?ml$/.test(name);
}

/** The same by its name, for commands that cannot continue without it. */
export function environmentNamed(name: string, path: string, directory?: string): EnvironmentFile {
  const found = findEnvironment(name, path, directory);
  if ('mistake' in found) throw new UsageError(found.mistake);
  return found;
}
