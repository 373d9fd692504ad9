import { Writable } from 'node:stream';
import type { ShownCheck } from '../../../commands/shared/output/check-table';
import { fitted, tableLines } from '../../../commands/shared/output/table-lines';
import { Terminal } from '../../../commands/shared/output/terminal';
import { CHECKS as KNOWN } from '../../../contract/postgres/checks';
import { readiness } from '../../../contract/postgres/readiness';

const HEAD = ['status', 'check', 'what was found'];

describe('a table', () => {
  it('has columns as wide as what they hold, and wraps the last one between words', () => {
    expect(tableLines(HEAD, [['pass', 'tls.session', 'TLSv1.3 with a cipher that is long enough']], 50)).toEqual([
      'status  check        what was found',
      'pass    tls.session  TLSv1.3 with a cipher that is',
      '                     long enough',
    ]);
  });

  it('breaks no word, however long it is', () => {
    const long = 'x'.repeat(60);
    expect(tableLines(['a', 'b'], [['1', `see ${long} there`]], 40)).toEqual([
      'a  b',
      '1  see',
      `   ${long}`,
      '   there',
    ]);
  });

  it.each([
    [34, ['name      text', 'database  eight characters are in', '          it']],
    [33, ['database', '  text  eight characters are in', '        it']],
  ])('has the cells below each other where %i characters leave less than 24 for the last', (width, lines) => {
    expect(tableLines(['name', 'text'], [['database', 'eight characters are in it']], width)).toEqual(lines);
  });

  it('leaves out empty cells where they are below each other, and keeps the lines of a cell', () => {
    expect(tableLines(['name', 'type', 'text'], [['one', '', 'first\nsecond']], 20)).toEqual([
      'one',
      '  text  first',
      '        second',
    ]);
  });

  it('counts what a terminal shows, not how it is coloured', () => {
    expect(tableLines(['a', 'b'], [['\u001b[31mred\u001b[39m', 'text']], 80)[1]).toBe('\u001b[31mred\u001b[39m  text');
  });
});

describe('a text on a terminal', () => {
  it('has no line that breaks a word, and keeps its indentation', () => {
    expect(fitted('prod\n  fix:  write one of them, or name another', 24)).toBe(
      'prod\n  fix:  write one of\n        them, or name\n        another',
    );
  });

  it('wraps a sentence that begins with a command', () => {
    expect(fitted('aws sso login, or set AWS_PROFILE', 20)).toBe('aws sso login, or\nset AWS_PROFILE');
  });

  it.each([
    ['what is copied', '  npx agent-bom-postgres explain prod', 20],
    ['a tree', '│  ├─ postgresql: a name that is long', 20],
    ['what goes to a file or a program', 'a sentence that is longer than that', undefined],
    ['what goes to a terminal without a width', 'a sentence that is longer than that', 0],
    ['what fits to the character', '12345 7890', 10],
  ])('is left as it is if it is %s', (_what, text, width) => {
    expect(fitted(text, width)).toBe(text);
  });
});

describe('checks', () => {
  const check = (id: string, status: ShownCheck['status']): ShownCheck => ({
    id,
    status,
    proves: '',
    detail: `found ${id}`,
  });
  const CHECKS = [check('one', 'pass'), check('two', 'skip'), check('limits.capacity', 'fail'), check('four', 'pass')];

  const PROOF = `                         (a pass proves: ${KNOWN.find(({ id }) => id === 'limits.capacity')?.proves})`;

  function shown(quiet: boolean, checks = CHECKS): string[] {
    let text = '';
    const stream = new Writable({
      write(chunk, _encoding, done) {
        text += chunk;
        done();
      },
    }) as unknown as NodeJS.WriteStream;
    new Terminal(stream, quiet).readiness(readiness(checks));
    return text.split('\n');
  }

  it('come failures first, then what was not checked, and say what a pass would prove', () => {
    const rows = shown(false).filter((line) => /^(?:pass|fail|skip)/.test(line));
    expect(rows).toEqual([
      'fail    limits.capacity  found limits.capacity',
      'skip    two              found two',
      'pass    one              found one',
      'pass    four             found four',
    ]);
    expect(shown(false)).toContain(PROOF);
    expect(shown(false).filter((line) => line.includes('a pass proves'))).toHaveLength(2);
  });

  it('are the failures and the verdict alone in a quiet run', () => {
    expect(shown(true).filter((line) => line !== '' && !/^(?:status| {3}status|\d| {11}\S)/.test(line))).toEqual([
      'fail    limits.capacity  found limits.capacity',
      PROOF,
      'The contract does not hold: 2 checks passed, 1 failed, 1 not checked.',
    ]);
    expect(shown(true, [check('one', 'pass')])).toEqual([
      'The contract holds as far as this run could check, 5 of 5 checklist items open.',
      '1 check passed, 0 failed.',
      '',
    ]);
  });

  it('hold without reservation where every item of the checklist is proven', () => {
    const all = KNOWN.map(({ id }) => check(id, 'pass'));
    expect(shown(true, all)).toEqual([`The contract holds: ${KNOWN.length} checks passed, 0 failed.`, '']);
  });
});
