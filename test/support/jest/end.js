const { readdirSync, rmSync } = require('node:fs');

/** tsx keeps here what it has compiled; an app of cdktf for tests has its output directory here. */
const NOT_OURS = /^(?:tsx-\d+|stacks)$/;

/** Fails the run when a test has left something, but where tests were left out, and with them what follows them. */
module.exports = ({ bail, testNamePattern }) => {
  const directory = process.env.TMPDIR;
  const left = readdirSync(directory).filter((name) => !NOT_OURS.test(name));
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  if (left.length > 0 && bail === 0 && !testNamePattern)
    throw new Error(`the tests left these in the directory for temporary files: ${left.join(', ')}`);
};
