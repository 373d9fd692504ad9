const { readdirSync, rmSync } = require('node:fs');

/** tsx keeps here what it has compiled. */
const NOT_OURS = /^tsx-\d+$/;

/** Fails the run when a test has left something. */
module.exports = () => {
  const directory = process.env.TMPDIR;
  const left = readdirSync(directory).filter((name) => !NOT_OURS.test(name));
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  if (left.length > 0) throw new Error(`the tests left these in the directory for temporary files: ${left.join(', ')}`);
};
