import { headCommandFor, headIn } from '../../commands/rehearse/packaged-head';
import { runInProcess } from '../support/commands/program';

describe('the head of the packaged migrations', () => {
  it.each([
    ['20260823_01 (head)\n', '20260823_01'],
    ['INFO  [alembic] Context impl\n20260823_01 (head)\n', '20260823_01'],
    ['20260823_01 (default) (head)\n', '20260823_01'],
    ['20260823_01 (head)\n20260823_01 (head)\n', '20260823_01'],
  ])('is read out of %j', (output, head) => expect(headIn(output)).toBe(head));

  it.each([
    ['', 'nothing', '`<revision> (head)`'],
    ['20260823_01\n', '20260823_01', '`<revision> (head)`'],
    ['20260819_01 -> 20260823_01 (head), text', '20260819_01 -> 20260823_01 (head), text', '`<revision> (head)`'],
    ['a_1 (head)\nb_2 (head)\n', 'a_1, b_2', 'the packaged migrations end at one revision'],
  ])('is refused in %j', (output, got, rule) => {
    expect(() => headIn(output)).toThrow(`head of the packaged migrations\n  got:  ${got}\n  rule: `);
    expect(() => headIn(output)).toThrow(rule);
  });

  it.each([
    ['alembic upgrade head', 'alembic heads'],
    ['cd /a/b && alembic upgrade head', 'cd /a/b && alembic heads'],
    [
      "cd '/a b' && . venv/bin/activate && export A=1 B=2 && python m.py --config deploy/alembic.ini",
      "cd '/a b' && . venv/bin/activate && export A=1 B=2 && alembic -c deploy/alembic.ini heads",
    ],
    ['alembic -c "x y.ini" upgrade head', 'alembic -c "x y.ini" heads'],
    ['python m.py --config=x.ini', 'alembic -c x.ini heads'],
    ['./migrate.sh 0.102.0', undefined],
    ['pip install . && alembic upgrade head', undefined],
    ['alembic heads', undefined],
  ])('is asked of the same checkout: %j by %j', (command, expected) => expect(headCommandFor(command)).toBe(expected));
});

describe('rehearse ends with 2', () => {
  const migrations = ['--packaged-migrations', 'true'];
  it.each([
    [['--packaged-head', 'true'], 'only together with --packaged-migrations'],
    [['--expect-revision', 'a_1'], 'only together with --packaged-migrations'],
    [[...migrations, '--packaged-head', ' '], 'a shell command'],
    [[...migrations, '--expect-revision', 'a 1'], 'letters, digits and underscores'],
    [[...migrations, '--expect-revision', 'a_1', '--packaged-head', 'true'], 'cannot be used with option'],
    [['--chart-version', '0.98.2'], 'a version from 0.98.3 on'],
    [['--chart-version', 'newest'], 'a version is three numbers'],
  ])('for %j', async (options, message) => {
    expect(await runInProcess({}, 'rehearse', ...options)).toEqual({
      code: 2,
      output: expect.stringContaining(message),
    });
  });
});
