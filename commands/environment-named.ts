import type { Mistake } from '../contract/error';
import { type EnvironmentFile, readEnvironments } from './environment-files';
import { environmentsDirectory } from './environment-names';

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
