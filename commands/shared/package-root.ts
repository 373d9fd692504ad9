import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Folder that `package.json` is in: of the project, or of the installed package. */
export function packageRoot(): string {
  let folder = dirname(__dirname);
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/** Version of the program. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string };
  return version;
}
