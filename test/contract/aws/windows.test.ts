import fc from 'fast-check';
import {
  dailyWindow,
  hoursBetweenBackups,
  type Window,
  weeklyWindow,
  windowsOverlap,
} from '../../../contract/aws/windows';

const DAY = 24 * 60;

const WEEK = 7 * DAY;

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

function time(minute: number): string {
  const pad = (part: number) => String(part).padStart(2, '0');
  return `${pad(Math.floor((minute % DAY) / 60))}:${pad(minute % 60)}`;
}

function daily({ start, length }: Window): string {
  return `${time(start)}-${time(start + length)}`;
}

function weekly({ start, length }: Window): string {
  const moment = (minute: number) => `${DAYS[Math.floor(minute / DAY) % 7]}:${time(minute)}`;
  return `${moment(start)}-${moment(start + length)}`;
}

/** Every minute of the week that a window holds in. */
function minutesOf({ start, length }: Window): number[] {
  return Array.from({ length }, (_, minute) => (start + minute) % WEEK);
}

const anyDaily = fc.record({
  start: fc.integer({ min: 0, max: DAY - 1 }),
  length: fc.integer({ min: 30, max: DAY - 1 }),
});

const anyWeekly = fc.record({
  start: fc.integer({ min: 0, max: WEEK - 1 }),
  length: fc.integer({ min: 30, max: DAY }),
});

describe('two windows', () => {
  it('overlap when they share a minute of the week', () => {
    fc.assert(
      fc.property(anyWeekly, anyDaily, (week, day) => {
        const shared = minutesOf(week).some((minute) => (minute + DAY - day.start) % DAY < day.length);
        expect(windowsOverlap(week, day)).toBe(shared);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ['sun:23:30-mon:00:30', '00:30-01:00', false],
    ['sun:23:30-mon:00:30', '00:29-01:00', true],
    ['sun:23:30-mon:00:30', '23:00-23:30', false],
    ['sun:23:30-mon:00:30', '23:00-23:31', true],
    ['tue:00:00-tue:00:30', '23:30-00:01', true],
  ])('%s and %s overlap: %p', (week, day, overlap) => {
    const [one, other] = [weeklyWindow(week), dailyWindow(day)];
    if (one === undefined || other === undefined) throw new Error('no window');
    expect(windowsOverlap(one, other)).toBe(overlap);
  });
});

describe('a window', () => {
  it('is read as it was written, over midnight and over the end of the week too', () => {
    fc.assert(fc.property(anyDaily, (window) => expect(dailyWindow(daily(window))).toEqual(window)));
    fc.assert(fc.property(anyWeekly, (window) => expect(weeklyWindow(weekly(window))).toEqual(window)));
  });

  it.each([
    '',
    '24:00-01:00',
    '02:60-03:30',
    '2:00-3:00',
    '02:00-02:29',
    '02:00-02:00',
    '02:00',
  ])('of the day is not %p', (text) => expect(dailyWindow(text)).toBeUndefined());

  it.each([
    '',
    'sun:04:30',
    'Sun:04:30-Sun:05:30',
    'sun:04:30-sun:04:59',
    'sun:04:30-mon:04:31',
    'day:04:30-sun:05:30',
  ])('of the week is not %p', (text) => expect(weeklyWindow(text)).toBeUndefined());

  it('of the week lasts a day at most', () => {
    expect(weeklyWindow('sun:04:30-mon:04:30')).toEqual({ start: 6 * DAY + 270, length: DAY });
  });
});

describe('the daily backup', () => {
  it.each([
    ['02:00-02:30', 26],
    ['02:00-03:00', 26],
    ['02:00-03:01', 27],
  ])('a backup in the window %s is late after %i hours', (text, hours) => {
    const window = dailyWindow(text);
    expect(window && hoursBetweenBackups(window)).toBe(hours);
  });
});
