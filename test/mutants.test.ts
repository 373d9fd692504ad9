import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectText } from '../scripts/mutants/copy';
import { staleFaults } from '../scripts/mutants/fault';
import { FAULTS } from '../scripts/mutants/faults';

const FAULT = { name: 'one', file: 'a.sh', find: 'set -e', replace: 'true', tests: [] };

describe('the faults of `npm run mutants`', () => {
  it('are many, in all that the contract consists of', () => {
    expect(FAULTS.length).toBeGreaterThan(600);
    const folders = ['migrations/', 'backup/', 'constructs/aws/', 'constructs/kubernetes/', 'stacks/'];
    for (const folder of folders) {
      expect(FAULTS.filter(({ file }) => file.startsWith(folder)).length).toBeGreaterThan(10);
    }
    const names = FAULTS.map(({ file, name }) => `${file}: ${name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it('fit the files as they are now', () => {
    expect(staleFaults(FAULTS, projectText)).toEqual([]);
  });

  it('are noticed by tests that exist, and not by the snapshots', () => {
    const files = new Set(FAULTS.flatMap(({ tests }) => tests.map((one) => one.split('#')[0] ?? '')));
    for (const file of files) {
      expect({ file, exists: existsSync(join(__dirname, '..', file)) }).toEqual({ file, exists: true });
      expect(file).not.toContain('snapshots');
    }
    for (const { name, tests } of FAULTS) expect({ name, tests: tests.length }).not.toEqual({ name, tests: 0 });
  });

  it.each([
    ['is gone', 'set -u', 0],
    ['is there twice', 'set -e; set -e', 2],
  ])('are named where the text %s', (_what, text, count) => {
    expect(staleFaults([FAULT], () => text)).toEqual([
      `a.sh: one: the text is there ${count} times instead of once: "set -e"`,
    ]);
    expect(staleFaults([FAULT], () => 'set -e')).toEqual([]);
  });
});
