// Keeps what V8 has compiled of the modules that a program loads, which takes a third of its start.
const { createHash } = require('node:crypto');
const { readFileSync, renameSync, statSync, writeFileSync } = require('node:fs');
const { createRequire, Module } = require('node:module');
const { deserialize, serialize } = require('node:v8');
const { Script, constants } = require('node:vm');

/** What a module is kept as, and a state that changes whenever it is written. A bundle is no file, and the only one. */
function identityOf(filename, text) {
  const { mtimeMs, size } = statSync(filename, { throwIfNoEntry: false }) ?? {};
  if (size !== undefined) return { name: filename, state: `${mtimeMs} ${size}` };
  return { name: 'bundle', state: createHash('sha1').update(text).digest('hex') };
}

/** What the file holds of each module: its state, and what V8 made of it. */
function readKept(file) {
  try {
    const { version, modules } = deserialize(readFileSync(file));
    return version === process.version ? modules : new Map();
  } catch {
    return new Map();
  }
}

function write(file, modules) {
  try {
    writeFileSync(`${file}.${process.pid}`, serialize({ version: process.version, modules }));
    renameSync(`${file}.${process.pid}`, file);
  } catch {
    // Where nothing can be kept, each start compiles.
  }
}

/** Nothing where the text is no script: an ECMAScript module that nothing calls one, or a program with a `#!` line. */
function compiled(text, filename, cachedData) {
  try {
    const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
    return new Script(text, { filename, cachedData, importModuleDynamically });
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Takes all modules that are loaded from now on from the file; what it lacks is added when the program ends. */
function keepCompiled(file) {
  // Only Node.js itself reads the source maps of what it compiles.
  if (process.sourceMapsEnabled) return;
  const kept = readKept(file);
  const added = new Map();
  const compile = Module.prototype._compile;
  Module.prototype._compile = function (text, filename, format) {
    // Node.js itself loads what `require` meets of ECMAScript modules, with or without a sign that it is one.
    if (format === 'module') return compile.call(this, text, filename, format);
    const { name, state } = identityOf(filename, text);
    const known = kept.get(name);
    const cachedData = known?.state === state ? known.data : undefined;
    const script = compiled(Module.wrap(text), filename, cachedData);
    if (script === undefined) return compile.call(this, text, filename, format);
    if (cachedData === undefined || script.cachedDataRejected) added.set(name, { state, script });
    const directory = filename.slice(0, filename.lastIndexOf('/'));
    return script
      .runInThisContext()
      .call(this.exports, this.exports, createRequire(filename), this, filename, directory);
  };
  process.once('exit', () => {
    if (added.size === 0) return;
    // Only now it is known which functions are called.
    for (const [name, { state, script }] of added) kept.set(name, { state, data: script.createCachedData() });
    write(file, kept);
  });
}

module.exports = { keepCompiled };
