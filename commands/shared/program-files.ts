import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FROM_SOURCE, PROGRAM_ROOT } from '../../program-root';

/** Folder of `package.json`, of the project or of the installed package. */
export const PACKAGE_ROOT = FROM_SOURCE ? PROGRAM_ROOT : dirname(PROGRAM_ROOT);

/** Version of the program. */
export function packageVersion(): string {
  return (JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as { version: string }).version;
}

/**
 * Arguments of Node that run a module of this program in a separate process.
 *
 * @param path Path below the root of the program, without an extension.
 */
export function nodeArguments(path: string): readonly string[] {
  return FROM_SOURCE ? [join(PROGRAM_ROOT, 'bin', 'from-source.js'), `${path}.ts`] : [join(PROGRAM_ROOT, `${path}.js`)];
}
