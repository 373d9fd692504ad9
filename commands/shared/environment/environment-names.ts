import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const NAME = /^name:\s*["']?([^\s"'#]+)/m;

/** Files that come with the project, by the name of their environment: they describe none that anyone has. */
const EXAMPLES: Readonly<Record<string, string>> = { example: 'example.yaml', 'example-byo': 'byo-postgres.yaml' };

/** Whether a file is one of the examples that come with the project. */
export function isExample(name: string, file: string): boolean {
  return Object.hasOwn(EXAMPLES, name) && EXAMPLES[name] === basename(file);
}

/** Folder of the environment files, as `synth` finds it. */
export function environmentsDirectory(): string {
  return process.env.ENVIRONMENTS_DIR ?? 'environments';
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
