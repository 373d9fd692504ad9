import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FROM_SOURCE, PROGRAM_ROOT } from '../../program-root';

/** Of the sources, or of what was made of it for the package. */
const MANIFEST = FROM_SOURCE ? join('package', 'manifest.json') : 'package.json';

/** Version of the program. */
export function packageVersion(): string {
  return (JSON.parse(readFileSync(join(PROGRAM_ROOT, MANIFEST), 'utf8')) as { version: string }).version;
}

/**
 * Arguments of Node that run a module of this program in a separate process.
 *
 * @param path Path below the root of the program, without an extension.
 */
export function nodeArguments(path: string): readonly string[] {
  return FROM_SOURCE ? [join(PROGRAM_ROOT, 'bin', 'from-source.js'), `${path}.ts`] : [join(PROGRAM_ROOT, `${path}.js`)];
}
