import type { Mistake } from '../../contract/error';
import { type EnvironmentFile, readEnvironments } from './environment-files';
import { environmentsDirectory } from './environment-names';
import { UsageError } from './exit-code';

/**
 * The environment with this name, or what to say where no environment has it.
 *
 * @param path What the mistake is reported at: the option or the argument that carries the name.
 * @throws ContractError with all mistakes of all files.
 */
export function findEnvironment(
  name: string,
  path: string,
  directory = environmentsDirectory(),
): EnvironmentFile | { readonly mistake: Mistake } {
  const files = readEnvironments(directory);
  const names = files.map(({ environment }) => environment.name);
  const mistake = {
    path,
    got: name,
    rule: `the name of an environment in ${directory}: ${names.join(', ')}`,
    fix: 'write one of them, or name another folder with --environments',
  };
  return files[names.indexOf(name)] ?? { mistake };
}

/** The same where nothing can be done without it. */
export function environmentNamed(name: string, path: string, directory?: string): EnvironmentFile {
  const found = findEnvironment(name, path, directory);
  if ('mistake' in found) throw new UsageError(found.mistake);
  return found;
}
