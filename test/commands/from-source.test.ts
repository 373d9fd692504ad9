import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PROJECT = join(__dirname, '..', '..');

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'from-source-'));
  cpSync(join(PROJECT, 'bin'), join(root, 'bin'), { recursive: true });
  mkdirSync(join(root, 'node_modules'));
  for (const name of ['esbuild', '@esbuild'])
    symlinkSync(join(PROJECT, 'node_modules', name), join(root, 'node_modules', name));
  writeFileSync(join(root, 'package-lock.json'), '{}');
  source("import { word } from './word';\nconsole.log(word, __dirname, ...process.argv.slice(2));");
  writeFileSync(join(root, 'word.ts'), "export const word: string = 'first';");
});
afterEach(() => rmSync(root, { recursive: true }));

const source = (text: string): void => writeFileSync(join(root, 'program.entry.ts'), text);
const kept = (): string[] => readdirSync(join(root, 'node_modules', '.cache', 'agent-bom-postgres'));

function run(...programArguments: string[]): { status: number | null; stdout: string; stderr: string } {
  const file = join(root, 'bin', 'from-source.js');
  return spawnSync(process.execPath, [file, 'program.entry.ts', ...programArguments], {
    cwd: tmpdir(),
    encoding: 'utf8',
  });
}

it('runs a program as a file of the root, with the arguments', () => {
  expect(run('one', 'two words')).toEqual(
    expect.objectContaining({ status: 0, stdout: `first ${root} one two words\n`, stderr: '' }),
  );
});

it('loads a package of ECMAScript modules, as rules for secrets are, at the first start and at the next', () => {
  const folder = join(root, 'node_modules', 'ecmascript');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "exports": "./index.js" }');
  writeFileSync(join(folder, 'index.js'), "import { sep } from 'node:path';\nexport const word = `second ${sep}`;");
  source("const { word } = require('ecmascript');\nconsole.log(word);");
  for (const _start of [1, 2]) expect(run()).toMatchObject({ status: 0, stdout: 'second /\n' });
});

it('leaves to Node.js what is no script: modules of ECMAScript that nothing calls so, and programs', () => {
  const folder = join(root, 'node_modules', 'unnamed');
  mkdirSync(folder);
  writeFileSync(join(folder, 'index.js'), "import { sep } from 'node:path';\nexport const word = `third ${sep}`;");
  writeFileSync(join(folder, 'program.js'), '#!/usr/bin/env node\nmodule.exports = 4;');
  source("console.log(require('unnamed').word, require('unnamed/program.js'));");
  for (const _start of [1, 2]) expect(run()).toMatchObject({ status: 0, stdout: 'third / 4\n' });
});

it('keeps what it compiled, and compiles again when any source changes', () => {
  run();
  expect(kept()).toEqual(['program.entry.ts.compiled', 'program.entry.ts.json']);
  const file = join(root, 'node_modules', '.cache', 'agent-bom-postgres', 'program.entry.ts.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('first', 'from the kept one'));
  expect(run().stdout).toBe(`from the kept one ${root}\n`);
  writeFileSync(join(root, 'word.ts'), "export const word: string = 'second word';");
  expect(run().stdout).toBe(`second word ${root}\n`);
  writeFileSync(join(root, 'package-lock.json'), '{ }');
  writeFileSync(file, readFileSync(file, 'utf8').replace('second', 'stale'));
  expect(run().stdout).toBe(`second word ${root}\n`);
  expect(kept()).toEqual(['program.entry.ts.compiled', 'program.entry.ts.json']);
});

it('compiles a module again that was written since, though its length is the same', () => {
  const loaded = join(root, 'node_modules', 'loaded.js');
  source("console.log(require('loaded'));");
  writeFileSync(loaded, "module.exports = 'one';");
  expect([run().stdout, run().stdout]).toEqual(['one\n', 'one\n']);
  writeFileSync(loaded, "module.exports = 'two';");
  expect([run().stdout, run().stdout]).toEqual(['two\n', 'two\n']);
  source("console.log('2', require('loaded'));");
  expect([run().stdout, run().stdout]).toEqual(['2 two\n', '2 two\n']);
});

it('runs where nothing can be kept, and after a kept file was cut short', () => {
  writeFileSync(join(root, 'node_modules', '.cache'), 'a file is in the way');
  expect(run().stdout).toBe(`first ${root}\n`);
  rmSync(join(root, 'node_modules', '.cache'));
  mkdirSync(join(root, 'node_modules', '.cache', 'agent-bom-postgres'), { recursive: true });
  writeFileSync(join(root, 'node_modules', '.cache', 'agent-bom-postgres', 'program.entry.ts.json'), '{"files":');
  writeFileSync(join(root, 'node_modules', '.cache', 'agent-bom-postgres', 'program.entry.ts.compiled'), 'cut');
  expect(run().stdout).toBe(`first ${root}\n`);
});

it('ends with what the compiler says about a source that is no TypeScript', () => {
  source('const = 1;');
  const { status, stderr } = run();
  expect(status).toBe(1);
  expect(stderr).toContain('program.entry.ts:1:6');
});
