import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scripts } from '../package.json';

const PROJECT = join(__dirname, '..');
const textOf = (file: string): string => readFileSync(join(PROJECT, file), 'utf8');

/** All files of tests, but those that have a command and a page of their own. */
const FILES = readdirSync(__dirname, { recursive: true, encoding: 'utf8' })
  .map((file) => `test/${file}`)
  .filter((file) => file.endsWith('.test.ts') && !/^test\/(?:package|cluster)\//.test(file));

const { testPathIgnorePatterns } = require('./support/jest/short.config');
const { testMatch } = require('./support/jest/long.config');
const { SHORT } = require('./support/jest/long');

const ignored: RegExp[] = testPathIgnorePatterns.map(
  (pattern: string) => new RegExp(pattern.replaceAll('<rootDir>', PROJECT)),
);
const beginnings: string[] = testMatch.map((glob: string) =>
  glob.replace('<rootDir>/', '').replace('**/*.test.ts', ''),
);
const inShort = (file: string): boolean => !ignored.some((pattern) => pattern.test(join(PROJECT, file)));
const inLong = (file: string): boolean => beginnings.some((beginning) => file.startsWith(beginning));

describe('npm test and npm run test:long', () => {
  it('run every test between them', () => {
    expect(FILES.length).toBeGreaterThan(160);
    expect(FILES.filter((file) => !inShort(file) && !inLong(file))).toEqual([]);
    expect(FILES.filter((file) => inShort(file) && inLong(file))).toEqual([...SHORT].sort());
    expect(beginnings.filter((beginning) => !existsSync(join(PROJECT, beginning)))).toEqual([]);
  });

  it('skip with `describeIf`, which does not run a body whose hooks are not run', () => {
    expect(
      FILES.filter((file) => /describe\.skip|xdescribe/.test(textOf(file)) && file !== 'test/runs.test.ts'),
    ).toEqual([]);
  });

  it('run on all versions what the first of them runs on one', () => {
    const onEveryVersion = FILES.filter((file) =>
      /(?:each|EachOf)\(\s*(?:TESTED_MAJORS|majorsWithClient)/.test(textOf(file)),
    );
    expect(onEveryVersion.length).toBeGreaterThan(1);
    expect(onEveryVersion.filter((file) => !inLong(file))).toEqual([]);
    expect(textOf('test/support/jest/long.config.js')).not.toContain('ONLY_DEFAULT_MAJOR');
  });

  it.each([
    ['npm run check', scripts.check],
    ['.ci/run', textOf('.ci/run')],
    ['the workflow of a release', textOf('.github/workflows/release.yml')],
  ])('are both in %s', (_where, text) => {
    expect(text).toMatch(/\bnpm test\b/);
    expect(text).toMatch(/\bnpm run test:long\b/);
  });
});
