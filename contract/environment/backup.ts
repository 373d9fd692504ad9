import { z } from 'zod';
import { isCronSchedule, longestPauseHours } from '../aws/cron';
import { field, section, toggle, wholeNumber } from './field';
import { atMost, type Rule } from './rule';

const restore = section('A dump in the bucket that the next deployment restores, once.', {
  dump: field(
    z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}Z$/),
    'Name of the dump: its folder in the bucket. Another name is another restore.',
    'the name of a dump: the time at which it was made, `yyyy-mm-ddThh-mm-ssZ`',
    'write a name that `aws s3 ls` shows below the output `backup_location`, without the slash',
  ),
  replace: field(
    z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/),
    'Name of the database that the restored one REPLACES; its contents stay under another name. Without it a database that holds tables is refused.',
    'the name of the database to replace',
    'leave the key out for an empty database, or write the output `database_name`',
  ).optional(),
});

/** What the dumps have where nothing else is said. */
export const BACKUP_DEFAULTS = { enabled: true, schedule: '0 3 * * *', scratchGib: 10, dumpRetentionDays: 35 } as const;

/** The keys of `backup`. */
export const backup = section('Dumps of the database in a bucket, in addition to the automated backups of RDS.', {
  enabled: toggle('Make dumps. With false, the bucket and the dumps in it stay.').default(BACKUP_DEFAULTS.enabled),
  schedule: field(
    z.string().refine(isCronSchedule),
    'When a dump is made, in UTC: minute, hour, day of the month, month, day of the week.',
    'a cron schedule of five fields, in UTC, that occurs at some date',
    'write a schedule such as `0 3 * * *`, every day at 03:00',
  ).default(BACKUP_DEFAULTS.schedule),
  scratchGib: wholeNumber(
    1,
    1024,
    'GiB',
    'Disk space on the node for one dump while it is made, in GiB. A dump is compressed.',
    'write twice the size of the largest dump in the bucket; the nodes need that much free disk space',
  ).default(BACKUP_DEFAULTS.scratchGib),
  dumpRetentionDays: wholeNumber(
    1,
    3650,
    'days',
    'Days that a dump stays in the bucket.',
    'write 35, or what your retention policy requires',
  ).default(BACKUP_DEFAULTS.dumpRetentionDays),
  restore: restore.optional(),
});

/** CloudWatch looks back a week at most. */
export const LONGEST_AGE_HOURS = 7 * 24;
/** Time that a dump may take before it counts as missing. */
const DUMP_HOURS = 2;

/** Default age that raises the alarm for a missing dump; nothing if dumps are too rare for an alarm. */
export function usualDumpAgeHours(schedule: string): number | undefined {
  const age = Math.ceil(longestPauseHours(schedule)) + DUMP_HOURS;
  return age > LONGEST_AGE_HOURS ? undefined : age;
}

/** Rules between `backup.schedule` and the alarm for a dump that is missing. */
export const BACKUP_RULES: readonly Rule[] = [
  {
    path: 'alarms.dumpAgeHours',
    broken: ({ whole }) => {
      const schedule = whole.text('backup.schedule');
      if (schedule === undefined || !isCronSchedule(schedule)) return undefined;
      const pause = longestPauseHours(schedule);
      if (!atMost(whole.number('alarms.dumpAgeHours'), pause)) return undefined;
      if (pause === Number.POSITIVE_INFINITY)
        return 'left out: by `backup.schedule` there can be years between two dumps';
      return `more than the ${Math.ceil(pause)} hours that can pass between two dumps by \`backup.schedule\``;
    },
    fix: 'leave the key out: its default follows from the schedule',
  },
];
