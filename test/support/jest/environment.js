const vm = require('node:vm');
const { TestEnvironment } = require('jest-environment-node');
const { protectProperties } = require('jest-util');

let tokens;

function prepareCdktf() {
  require('cdktf');
  // As `main.ts`: cdktf keeps a stack trace for every token, and shows none.
  require('cdktf/lib/tokens/private/stack-trace').captureStackTrace = () => [];
  tokens = require('cdktf/lib/tokens/private/token-map').TokenMap.instance();
}

/**
 * Loads a package once for all test files of a worker. Jest would evaluate it anew for each of them, which takes longer
 * than most of the tests.
 */
function requireOnce(file) {
  if (tokens === undefined) prepareCdktf();
  return require(file);
}

/** What V8 has compiled of a module, by its file: each test file loads it anew, and compiling takes longer than running it. */
const compiled = new Map();
const { compileFunction } = vm;
vm.compileFunction = (source, parameters, options = {}) => {
  const kept = compiled.get(options.filename);
  const cachedData = kept?.source === source ? kept.data : undefined;
  const made = compileFunction(source, parameters, {
    ...options,
    cachedData,
    produceCachedData: cachedData === undefined,
  });
  if (made.cachedData !== undefined) compiled.set(options.filename, { source, data: made.cachedData });
  return made;
};

/** What was synthesized, by the environment that it was synthesized from, for all test files of a worker. */
const synthesized = new Map();

protectProperties(requireOnce);
protectProperties(synthesized);

/** The environment of Node.js, and what lives longer than a test file. */
module.exports = class extends TestEnvironment {
  async setup() {
    await super.setup();
    let asked = false;
    const synthesizedOnce = () => {
      // Who loads the modules a second time replaces some of them, and synthesizes something else.
      const shared = asked ? new Map() : synthesized;
      asked = true;
      return shared;
    };
    Object.assign(this.global, { requireOnce, synthesizedOnce });
  }

  async teardown() {
    // Else cdktf would keep all constructs of the file.
    tokens?.stringTokenMap.clear();
    tokens?.numberTokenMap.clear();
    delete this.global.requireOnce;
    delete this.global.synthesizedOnce;
    await super.teardown();
  }
};
