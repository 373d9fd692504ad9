const { createHash } = require('node:crypto');

/** Makes of a file of a package one that loads it with the environment's `requireOnce`. */
module.exports = {
  process: (_source, file) => ({ code: `module.exports = requireOnce(${JSON.stringify(file)});` }),
  getCacheKey: (_source, file) => createHash('sha256').update(`1 ${file}`).digest('hex'),
};
