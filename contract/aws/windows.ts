/** A period that recurs every day or week: minutes after the start of the day or week, in UTC. */
export interface Window {
  /** Minutes from the beginning of the day or of the week. */
  readonly start: number;
  /** Length in minutes. */
  readonly length: number;
}

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const DAY = 24 * 60;
const WEEK = 7 * DAY;
/** RDS accepts nothing shorter. */
const SHORTEST = 30;

const TIME = '([01]\\d|2[0-3]):([0-5]\\d)';
const DAILY = new RegExp(`^${TIME}-${TIME}$`);
const WEEKLY = new RegExp(`^(${DAYS.join('|')}):${TIME}-(${DAYS.join('|')}):${TIME}$`);

/**
 * Daily window, such as `02:00-03:00`; it may cross midnight.
 *
 * @returns Nothing if the text is no window, or one of less than half an hour.
 */
export function dailyWindow(text: string): Window | undefined {
  const [, fromHour, fromMinute, toHour, toMinute] = DAILY.exec(text) ?? [];
  if (fromHour === undefined) return undefined;
  return between(minutes(fromHour, fromMinute), minutes(toHour, toMinute), DAY);
}

/**
 * Weekly window, such as `sun:04:30-sun:05:30`; it may cross the end of the week.
 *
 * @returns Nothing if the text is no window, or one of less than half an hour or of more than a day.
 */
export function weeklyWindow(text: string): Window | undefined {
  const [, fromDay = '', fromHour, fromMinute, toDay = '', toHour, toMinute] = WEEKLY.exec(text) ?? [];
  if (fromHour === undefined) return undefined;
  const start = DAYS.indexOf(fromDay) * DAY + minutes(fromHour, fromMinute);
  return between(start, DAYS.indexOf(toDay) * DAY + minutes(toHour, toMinute), WEEK);
}

/** Whether a weekly and a daily window ever overlap. One may begin when the other ends. */
export function windowsOverlap(weekly: Window, daily: Window): boolean {
  return DAYS.some((_, day) => {
    const start = day * DAY + daily.start;
    return after(weekly.start, start) < weekly.length || after(start, weekly.start) < daily.length;
  });
}

/** Hours after which one of two daily backups that begin somewhere in this window is late; an hour is left for its end. */
export function hoursBetweenBackups({ length }: Window): number {
  return (DAY + Math.ceil(length / 60) * 60) / 60 + 1;
}

function between(start: number, end: number, cycle: number): Window | undefined {
  const length = (end - start + cycle) % cycle;
  return length < SHORTEST || length > DAY ? undefined : { start, length };
}

/** Minutes from one time of the week to the next occurrence of the other. */
function after(from: number, to: number): number {
  return (to - from + WEEK) % WEEK;
}

function minutes(hour = '0', minute = '0'): number {
  return Number(hour) * 60 + Number(minute);
}
