import { join } from 'node:path';

/** The project runs from its sources, the package from what they were compiled to. */
const FROM_SOURCE = __filename.endsWith('.ts');

/** How to run a module of this program as a process of its own. */
export interface NodeModule {
  readonly file: string;
  /** Arguments of Node before the file. */
  readonly execArgv: readonly string[];
}

/**
 * A module of this program that runs in a process of its own.
 *
 * @param path Path below the root of the program, without an extension.
 */
export function nodeModule(path: string): NodeModule {
  return {
    file: join(__dirname, '..', '..', `${path}${FROM_SOURCE ? '.ts' : '.js'}`),
    execArgv: FROM_SOURCE ? ['--require', require.resolve('tsx/cjs')] : [],
  };
}
