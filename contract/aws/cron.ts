/** A field of a schedule: the numbers that it may hold, and names that stand for some of them, from the first on. */
interface CronField {
  readonly minimum: number;
  readonly maximum: number;
  readonly names?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS_OF_THE_WEEK = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
/** February counts as in a leap year: a schedule on its 29th is rare, and not empty. */
const LONGEST_DAY = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const MINUTE: CronField = { minimum: 0, maximum: 59 };
const HOUR: CronField = { minimum: 0, maximum: 23 };
const DAY: CronField = { minimum: 1, maximum: 31 };
const MONTH: CronField = { minimum: 1, maximum: 12, names: MONTHS };
const WEEKDAY: CronField = { minimum: 0, maximum: 6, names: DAYS_OF_THE_WEEK };

/**
 * Whether a text is a schedule of five fields that a CronJob accepts and that occurs at some date.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax
 */
export function isCronSchedule(text: string): boolean {
  const [minute = '', hour = '', day = '', month = '', weekday = '', ...more] = text.split(/ +/);
  const days = numbersOf(day, DAY);
  const months = numbersOf(month, MONTH);
  const others = [numbersOf(minute, MINUTE), numbersOf(hour, HOUR), numbersOf(weekday, WEEKDAY)];
  if (more.length > 0 || days === undefined || months === undefined || others.includes(undefined)) return false;
  // With a day of the week given too, either of the two is enough.
  return !weekday.startsWith('*') || months.some((number) => Math.min(...days) <= (LONGEST_DAY[number - 1] ?? 0));
}

/** What to write instead of the field that is wrong, in a text of five fields; nothing where they are not five. */
export function cronFix(text: string): string | undefined {
  const fields = text.trim().split(/ +/);
  const kinds = { minute: MINUTE, hour: HOUR, 'day of the month': DAY, month: MONTH, 'day of the week': WEEKDAY };
  if (fields.length !== 5 || isCronSchedule(text)) return undefined;
  const wrong = Object.entries(kinds).find(([, kind], index) => numbersOf(fields[index] ?? '', kind) === undefined);
  if (wrong === undefined) return `write another day or month: \`${fields[2]}\` is in none of these months`;
  const [name, { minimum, maximum }] = wrong;
  return `write ${name === 'hour' ? 'an' : 'a'} ${name} from ${minimum} to ${maximum} in place of \`${fields[Object.keys(kinds).indexOf(name)]}\``;
}

const HOUR_IN_MINUTES = 60;
const DAY_IN_MINUTES = 24 * HOUR_IN_MINUTES;
const DAY_IN_MILLISECONDS = DAY_IN_MINUTES * 60_000;
/** The days of any period that contains all days of the week and of a leap year. */
const CALENDAR = Array.from({ length: 2 * 366 }, (_, index) => {
  const date = new Date(Date.UTC(2027, 0, 1) + index * DAY_IN_MILLISECONDS);
  return { day: date.getUTCDate(), month: date.getUTCMonth() + 1, weekday: date.getUTCDay() };
});

/** The longest time in hours between two runs of a schedule that `isCronSchedule` accepts; infinite beyond a year. */
export function longestPauseHours(schedule: string): number {
  const [minute = '', hour = ''] = schedule.split(/ +/);
  const minutes = numbersOf(minute, MINUTE) ?? [];
  const moments = ascending((numbersOf(hour, HOUR) ?? []).flatMap((h) => minutes.map((m) => h * HOUR_IN_MINUTES + m)));
  const overnight = longestPauseDays(schedule) * DAY_IN_MINUTES - (moments.at(-1) ?? 0) + (moments[0] ?? 0);
  return Math.max(longestStep(moments), overnight) / HOUR_IN_MINUTES;
}

/** Of a day of the month and a day of the week either is enough, unless one of them begins with an asterisk. */
function longestPauseDays(schedule: string): number {
  const [, , day = '', month = '', weekday = ''] = schedule.split(/ +/);
  const [days, months, weekdays] = [numbersOf(day, DAY), numbersOf(month, MONTH), numbersOf(weekday, WEEKDAY)];
  const either = !day.startsWith('*') && !weekday.startsWith('*');
  const matching = CALENDAR.flatMap((date, index) => {
    const matches = [days?.includes(date.day), weekdays?.includes(date.weekday)];
    const runs = months?.includes(date.month) && (either ? matches.includes(true) : !matches.includes(false));
    return runs ? [index] : [];
  });
  return matching.length < 2 ? Number.POSITIVE_INFINITY : longestStep(matching);
}

function ascending(numbers: readonly number[]): number[] {
  return [...numbers].sort((one, other) => one - other);
}

function longestStep(numbers: readonly number[]): number {
  return Math.max(0, ...numbers.slice(1).map((number, index) => number - (numbers[index] ?? number)));
}

/** The numbers that a field stands for, or nothing if it is none. */
function numbersOf(text: string, field: CronField): number[] | undefined {
  const parts = text.split(',').map((part) => partNumbers(part, field));
  return parts.includes(undefined) ? undefined : parts.flatMap((numbers) => numbers ?? []);
}

function partNumbers(text: string, field: CronField): number[] | undefined {
  const [, from = '', to, step] = /^(\*|\w+)(?:-(\w+))?(?:\/(\d{1,4}))?$/.exec(text) ?? [];
  if (from === '*' && to !== undefined) return undefined;
  const open = from === '*' || (to === undefined && step !== undefined);
  const first = from === '*' ? field.minimum : numberOf(from, field);
  const last = open ? field.maximum : numberOf(to ?? from, field);
  const stride = Number(step ?? 1);
  if (first === undefined || last === undefined || first > last || stride < 1) return undefined;
  return Array.from({ length: Math.floor((last - first) / stride) + 1 }, (_, index) => first + index * stride);
}

function numberOf(text: string, { minimum, maximum, names = [] }: CronField): number | undefined {
  const named = names.indexOf(text.toLowerCase());
  const number = named >= 0 ? minimum + named : /^\d{1,2}$/.test(text) ? Number(text) : undefined;
  return number !== undefined && number >= minimum && number <= maximum ? number : undefined;
}
