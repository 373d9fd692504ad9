/** Packages that take longer to load than the tests, and keep nothing of one test file that another could notice. */
const LOADED_ONCE = '(?:@cdktf|@secretlint|ajv|cdktf|commander|constructs|diff|ipaddr\\.js|semver|yaml|zod)';

/** @type {import('jest').Config} */
module.exports = {
  globalSetup: '<rootDir>/test/support/jest/begin.js',
  globalTeardown: '<rootDir>/test/support/jest/end.js',
  testEnvironment: '<rootDir>/test/support/jest/environment.js',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // They pack and install, or run on a cluster: `npm run test:tarball` and `npm run test:cluster`.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/package/', '<rootDir>/test/cluster/'],
  transformIgnorePatterns: [`/node_modules/(?!${LOADED_ONCE}/)`],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
    [`/node_modules/${LOADED_ONCE}/.+\\.c?js$`]: '<rootDir>/test/support/jest/package-once.js',
  },
  modulePathIgnorePatterns: ['<rootDir>/cdktf.out', '<rootDir>/dist'],
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
  maxWorkers: 2,
};
