const { join } = require('node:path');
const config = require('../../../jest.config');
const { ONLY_LONG } = require('./long');

// What runs on every version of PostgreSQL runs on the default one: see `TESTED_MAJORS`.
process.env.ONLY_DEFAULT_MAJOR = '1';

/**
 * `npm test`: everything, but of what takes minutes only a part.
 *
 * @type {import('jest').Config}
 */
module.exports = {
  ...config,
  rootDir: join(__dirname, '..', '..', '..'),
  testPathIgnorePatterns: [...config.testPathIgnorePatterns, ONLY_LONG],
};
