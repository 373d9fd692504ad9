const { join } = require('node:path');
const { globalTeardown: _failsOnWhatIsLeft, ...config } = require('../../jest.config');

/** A test that fails may leave files, and a change of the snapshots alone says that something is different, not that it is wrong. */
module.exports = {
  ...config,
  rootDir: join(__dirname, '..', '..'),
  testEnvironment: '<rootDir>/scripts/mutants/environment.ts',
  testPathIgnorePatterns: [...config.testPathIgnorePatterns, '<rootDir>/test/stacks/snapshots'],
};
