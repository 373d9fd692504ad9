import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The project runs from its sources, the package from what they were compiled to. */
const FROM_SOURCE = __filename.endsWith('.ts');

/** Folder of the program: of its sources, or `dist` of the installed package. */
export const PROGRAM_ROOT = join(__dirname, '..', '..');

/** Folder of `package.json`, of the project or of the installed package. */
export const PACKAGE_ROOT = FROM_SOURCE ? PROGRAM_ROOT : dirname(PROGRAM_ROOT);

/** Version of the program. */
export function packageVersion(): string {
  return (JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as { version: string }).version;
}

/**
 * How to run a module of this program in a separate process: its file, and the arguments of Node before it.
 *
 * @param path Path below the root of the program, without an extension.
 */
export function nodeModule(path: string): { readonly file: string; readonly execArgv: readonly string[] } {
  return {
    file: join(PROGRAM_ROOT, `${path}${FROM_SOURCE ? '.ts' : '.js'}`),
    execArgv: FROM_SOURCE ? ['--require', require.resolve('tsx/cjs')] : [],
  };
}
