const { join } = require('node:path');
const config = require('../../../jest.config');
const { LONG } = require('./long');

/**
 * `npm run test:long`: what takes minutes, as a whole.
 *
 * @type {import('jest').Config}
 */
module.exports = {
  ...config,
  rootDir: join(__dirname, '..', '..', '..'),
  testMatch: LONG,
};
