import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
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

// Indented for those who review a record; the program reads them as well without.
const FACTS = join(PROJECT, 'dist', 'contract', 'product', 'facts');
for (const file of readdirSync(FACTS).filter((name) => name.endsWith('.json'))) {
  writeFileSync(join(FACTS, file), JSON.stringify(JSON.parse(readFileSync(join(FACTS, file), 'utf8'))));
}
