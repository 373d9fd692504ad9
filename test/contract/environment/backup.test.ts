import { stringify } from 'yaml';
import { usualDumpAgeHours } from '../../../contract/environment/backup';
import { minimal, mistakesIn, parsed } from '../../support/synth/environments';

const mistakesOf = (backup: object) => mistakesIn(stringify({ ...minimal(), backup }));

describe('the alarm for a missing dump', () => {
  it.each<[string, number, string[]]>([
    ['0 3 * * *', 24, ['alarms.dumpAgeHours']],
    ['0 3 * * *', 25, []],
    ['0 * * * *', 2, []],
    ['30 2 * * 1-5', 72, ['alarms.dumpAgeHours']],
    ['30 2 * * 1-5', 73, []],
    ['0 3 * * 1', 168, ['alarms.dumpAgeHours']],
    ['0 3 29 2 *', 168, ['alarms.dumpAgeHours']],
  ])('fits %s with %i hours or is refused', (schedule, dumpAgeHours, paths) => {
    const content = { ...minimal(), backup: { schedule }, alarms: { dumpAgeHours } };
    expect(mistakesIn(stringify(content)).map(({ path }) => path)).toEqual(paths);
  });

  it.each([
    ['0 3 * * *', 26],
    ['0 3 * * 1,2,3,4,5,6', 50],
    ['7 13 * * *', 26],
    ['40 1,23 * * *', 24],
    ['*/15 * * * *', 3],
    // A week is as far as CloudWatch looks back.
    ['0 3,5 * * 1', 168],
    ['0 3,4 * * 1', undefined],
    ['0 3 * * 1', undefined],
    ['0 3 1 * *', undefined],
    ['0 3 29 2 *', undefined],
  ])('of %s sounds by itself after %p hours', (schedule, hours) => {
    expect(usualDumpAgeHours(schedule)).toBe(hours);
  });
});

describe('the keys of the backup', () => {
  it.each<[object, string[]]>([
    [{ enabled: false }, []],
    [{ enabled: 'no' }, ['backup.enabled']],
    [{ schedule: '30 2 * * 1-5' }, []],
    [{ schedule: '0 25 * * *' }, ['backup.schedule']],
    [{ schedule: 3 }, ['backup.schedule']],
    [{ scratchGib: 0 }, ['backup.scratchGib']],
    [{ scratchGib: 1 }, []],
    [{ scratchGib: 1024 }, []],
    [{ scratchGib: 1025 }, ['backup.scratchGib']],
    [{ restore: { dump: '2026-01-31T03-00-00Z' } }, []],
    [{ restore: { dump: '2026-01-31T03-00-00Z', replace: 'agent_bom' } }, []],
    [{ restore: { dump: '2026-01-31T03-00-00Z', replace: 'a'.repeat(63) } }, []],
    [{ restore: { dump: '2026-01-31T03-00-00Z', replace: 'a'.repeat(64) } }, ['backup.restore.replace']],
    [{ restore: { dump: '2026-01-31T03-00-00Z', replace: true } }, ['backup.restore.replace']],
    [{ restore: { dump: '2026-01-31T03-00-00Z', replace: '--once' } }, ['backup.restore.replace']],
    [{ restore: { dump: '../2026-01-31T03-00-00Z' } }, ['backup.restore.dump']],
    [{ restore: { dump: '2026-01-31T03-00-00Z/' } }, ['backup.restore.dump']],
    [{ restore: { dump: '2026-01-31' } }, ['backup.restore.dump']],
    [{ restore: {} }, ['backup.restore.dump']],
    [{ restore: { dump: '2026-01-31T03-00-00Z', table: 'x' } }, ['backup.restore.table']],
  ])('%j', (backup, paths) => {
    expect(mistakesOf(backup).map(({ path }) => path)).toEqual(paths);
  });

  it('say what to write instead', () => {
    expect(mistakesOf({ schedule: '0 3 * * 7' })).toEqual([
      {
        file: 'prod.yaml:12:3',
        path: 'backup.schedule',
        got: '"0 3 * * 7"',
        rule: 'a cron schedule of five fields, in UTC, that occurs at some date',
        fix: 'write a day of the week from 0 to 6 in place of `7`',
      },
    ]);
  });

  it('restore nothing by default', () => {
    expect(parsed(minimal()).backup).not.toHaveProperty('restore');
  });
});
