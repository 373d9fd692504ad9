/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // They pack and install, or run on a cluster: `npm run test:tarball` and `npm run test:cluster`.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/package/', '<rootDir>/test/cluster/'],
  // Packages that are ES modules only, which Node.js requires and Jest does not.
  transformIgnorePatterns: ['/node_modules/(?!@secretlint/)'],
  transform: {
    '^.+\\.ts$|/@secretlint/.+\\.js$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/cdktf.out', '<rootDir>/dist'],
  maxWorkers: 2,
};
