import type { Environment } from '../../contract/environment/environment';
import type { Mistake } from '../../contract/error';

/** With a time zone: without one, two people mean two moments. */
const SHAPE = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})$/i;
const PATH = '--to';

/** From when to when a database can be restored. */
export interface RestoreWindow {
  /** First moment in milliseconds, where AWS says it. */
  readonly earliest?: number;
  /** Last moment in milliseconds. */
  readonly latest: number;
}

/**
 * Reads a moment, to the second.
 *
 * @returns `yyyy-mm-ddThh:mm:ssZ`, as RDS takes it.
 */
export function readMoment(text: string, now: Date): string | { readonly mistake: Mistake } {
  const [, date = '', time = '', zone = ''] = SHAPE.exec(text) ?? [];
  const milliseconds = date === '' || !exists(date) ? Number.NaN : Date.parse(`${date}T${time}${zone.toUpperCase()}`);
  if (Number.isNaN(milliseconds)) {
    return {
      mistake: {
        path: PATH,
        got: text,
        rule: 'a date and a time that exist, with a time zone: ISO 8601',
        fix: 'write it as 2026-11-26T14:00:00Z, or with an offset as 2026-11-26T15:00:00+01:00',
      },
    };
  }
  if (milliseconds >= now.getTime()) {
    const fix = `write a moment before ${iso(now.getTime())}`;
    return { mistake: { path: PATH, got: iso(milliseconds), rule: 'a moment in the past', fix } };
  }
  return iso(milliseconds);
}

/** The mistake of a moment that RDS holds no backups of. */
export function outsideWindow(moment: string, { earliest, latest }: RestoreWindow): Mistake | undefined {
  const time = Date.parse(moment);
  if (time <= latest && (earliest === undefined || time >= earliest)) return undefined;
  const from = earliest === undefined ? 'the days that are kept' : iso(earliest);
  return {
    path: PATH,
    got: moment,
    rule: `a moment that RDS can restore: from ${from} to ${iso(latest)}`,
    fix: 'choose one in between; a dump may hold an earlier one: docs/operate/backup-and-restore.md',
  };
}

/** `Date.parse` takes the 30th of February for the 2nd of March. */
function exists(date: string): boolean {
  const time = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(time) && iso(time).startsWith(date);
}

function iso(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/** A server that nobody here creates has no backups that could be restored here. */
export function notOurs({ name }: Environment): Mistake {
  return {
    path: PATH,
    got: `${name}, whose server is an existing one`,
    rule: 'a database that this project creates',
    fix: 'whoever runs the server restores it; a dump can be restored as docs/operate/backup-and-restore.md says',
  };
}
