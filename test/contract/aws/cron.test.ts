import fc from 'fast-check';
import { isCronSchedule, longestPauseHours } from '../../../contract/aws/cron';

describe('a schedule', () => {
  it.each([
    '0 3 * * *',
    '59 23 31 12 6',
    '0 0 1 1 0',
    '*/15 * * * *',
    '5/20 1-5,22 */2 * MON-FRI',
    '0 3 1,15 jan-jun sun',
    '0 3 29 2 *',
    '0 3 31 2,3 *',
    // Either of the two days is enough.
    '0 3 31 2 1',
    '0  3 * * *',
  ])('%j is one', (text) => {
    expect(isCronSchedule(text)).toBe(true);
  });

  it.each([
    '',
    '0 3 * *',
    '0 3 * * * *',
    '60 3 * * *',
    '0 24 * * *',
    '0 3 0 * *',
    '0 3 32 * *',
    '0 3 * 0 *',
    '0 3 * 13 *',
    '0 3 * * 7',
    '-1 3 * * *',
    '0 5-3 * * *',
    '0 */0 * * *',
    '0 1-2-3 * * *',
    '0 *-3 * * *',
    '0 3, * * *',
    '0 3 * * funday',
    '0 3 30 2 *',
    '0 3 31 4,6,9,11 *',
    '0 3 30 2 */2',
    '@daily',
    'TZ=Europe/Berlin 0 3 * * *',
    '0 3 * * *\n',
    '0 1.5 * * *',
  ])('%j is none', (text) => {
    expect(isCronSchedule(text)).toBe(false);
  });

  it('is any combination of numbers that a clock and a calendar have', () => {
    const field = (min: number, max: number) => fc.oneof(fc.constant('*'), fc.integer({ min, max }).map(String));
    const schedule = fc.tuple(field(0, 59), field(0, 23), field(1, 29), field(1, 12), field(0, 6));
    fc.assert(fc.property(schedule, (fields) => isCronSchedule(fields.join(' '))));
  });

  it('is nothing else, whatever is written', () => {
    fc.assert(fc.property(fc.string(), (text) => !isCronSchedule(text) || text.split(/ +/).length === 5));
  });
});

describe('the longest pause of a schedule', () => {
  it.each([
    ['0 3 * * *', 24],
    ['*/15 * * * *', 0.25],
    ['0 3,15 * * *', 12],
    ['0 3,4 * * *', 23],
    ['30 2 * * 1-5', 72],
    ['0 3 * * 1', 168],
    ['0 3 * * 1,4', 96],
    ['0 3 1 * *', 31 * 24],
    ['0 3 1 * 1', 168],
    ['0 3 */2 * *', 48],
    // Steps over all days are no days that are given: the other field has to match too.
    ['0 3 */2 * 1', 21 * 24],
    ['0 3 1 * */2', 153 * 24],
    ['0 3 1-31/2 * 1', 48],
    ['0 3 29 2 *', Number.POSITIVE_INFINITY],
  ])('%s: %d hours', (schedule, hours) => {
    expect(longestPauseHours(schedule)).toBe(hours);
  });
});
