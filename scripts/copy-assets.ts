import { cpSync, statSync } from 'node:fs';
import { join } from 'node:path';

const PROJECT = join(__dirname, '..');
/** Folders whose files are read when the compiled program runs. */
const FOLDERS = ['migrations', 'backup', 'commands'];

for (const folder of FOLDERS) {
  cpSync(join(PROJECT, folder), join(PROJECT, 'dist', folder), {
    recursive: true,
    filter: (source) => statSync(source).isDirectory() || !source.endsWith('.ts'),
  });
}
