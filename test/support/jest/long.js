/** What takes minutes: real servers of all versions, an emulator of AWS, a browser, programs that are started anew. */
const LONG = ['test/commands/report/browser.test.ts', 'test/docs/samples.test.ts', 'test/emulator/', 'test/postgres/'];

/** Of these, what `npm test` runs as well: the parts of the product, each once, on the default version alone. */
const SHORT = [
  'test/postgres/commands/doctor.test.ts',
  'test/postgres/commands/rehearse-versions.test.ts',
  'test/postgres/dumps/restore-zoo.test.ts',
  'test/postgres/servers/connect.test.ts',
  'test/postgres/servers/unfit-servers.test.ts',
  'test/postgres/steps/connections.test.ts',
  'test/postgres/steps/contract.test.ts',
  'test/postgres/steps/files.test.ts',
  'test/postgres/steps/logins.test.ts',
];

const anyOf = (paths) => `(?:${paths.join('|').replaceAll('.', '\\.')})`;

module.exports = {
  SHORT,
  /** Globs of what `npm run test:servers` runs. */
  LONG: LONG.map((path) => `<rootDir>/${path}${path.endsWith('/') ? '**/*.test.ts' : ''}`),
  /** What of it `npm test` leaves out, as a regular expression. */
  ONLY_LONG: `<rootDir>/(?!${anyOf(SHORT)})${anyOf(LONG)}`,
};
