// Runs a program of the sources: `node bin/from-source.js main.ts`.
// One bundle starts in a third of the time that 300 files take, and is kept until one of them changes.
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } = require('node:fs');
const { Module } = require('node:module');
const { join } = require('node:path');
const { keepCompiled } = require('./compiled');

const ROOT = join(__dirname, '..');
const CACHE = join(ROOT, 'node_modules', '.cache', 'agent-bom-postgres');
// Wherever it is kept, the bundle runs as a file of the root: from there it finds packages and the files that it reads.
const RUNS_AS = join(ROOT, 'program.ts');

/** Changes whenever one of the files is written, and when the compiler is another one. */
function stateOf(files) {
  const hash = createHash('sha256').update(readFileSync(join(ROOT, 'package-lock.json')));
  for (const file of files) {
    const { mtimeMs, size } = statSync(join(ROOT, file));
    hash.update(`${file}\0${mtimeMs}\0${size}\0`);
  }
  return hash.digest('hex');
}

function kept(file) {
  try {
    const { files, state, text } = JSON.parse(readFileSync(file, 'utf8'));
    return state === stateOf(files) ? text : undefined;
  } catch {
    return undefined;
  }
}

function keep(file, files, text) {
  try {
    mkdirSync(CACHE, { recursive: true });
    writeFileSync(`${file}.${process.pid}`, JSON.stringify({ files, state: stateOf(files), text }));
    renameSync(`${file}.${process.pid}`, file);
  } catch {
    // Where nothing can be kept, each start compiles.
  }
}

function bundle(entry, file) {
  const { metafile, outputFiles } = require('esbuild').buildSync({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    outfile: RUNS_AS.replace(/\.ts$/, '.js'),
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    write: false,
    metafile: true,
    sourcemap: 'inline',
    sourcesContent: false,
    logLevel: 'error',
  });
  const text = outputFiles[0].text;
  keep(file, Object.keys(metafile.inputs), text);
  return text;
}

function run(entry) {
  const file = join(CACHE, `${entry.replaceAll('/', '-')}.json`);
  const text = kept(file) ?? bundle(entry, file);
  keepCompiled(join(CACHE, `${entry.replaceAll('/', '-')}.compiled`));
  const program = new Module(RUNS_AS, module);
  program.filename = RUNS_AS;
  program.paths = Module._nodeModulePaths(ROOT);
  program._compile(text, RUNS_AS);
}

module.exports = { run };

if (require.main === module) {
  process.argv.splice(1, 1);
  run(process.argv[1]);
}
