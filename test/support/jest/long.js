/**
 * What takes minutes: real servers of all versions, an emulator of AWS, a browser, linters of pipelines, every change of every
 * key, environments that are drawn.
 */
const LONG = [
  'test/ci/',
  'test/commands/explain/iam-reference.test.ts',
  'test/commands/explain/iam.test.ts',
  'test/commands/report/browser.test.ts',
  'test/docs/samples.test.ts',
  'test/emulator/',
  'test/postgres/',
  'test/product/workflow.test.ts',
  'test/properties/',
  'test/stacks/changes.test.ts',
];

/** Of these, what `npm test` runs as well: the parts of the product, each once, on the default version alone. */
const SHORT = [
  'test/postgres/commands/doctor.test.ts',
  'test/postgres/commands/rehearse-versions.test.ts',
  'test/postgres/servers/connect.test.ts',
  'test/postgres/steps/contract.test.ts',
];

const anyOf = (paths) => `(?:${paths.join('|').replaceAll('.', '\\.')})`;

module.exports = {
  SHORT,
  /** Globs of what `npm run test:long` runs. */
  LONG: LONG.map((path) => `<rootDir>/${path}${path.endsWith('/') ? '**/*.test.ts' : ''}`),
  /** What of it `npm test` leaves out, as a regular expression. */
  ONLY_LONG: `<rootDir>/(?!${anyOf(SHORT)})${anyOf(LONG)}`,
};
