import { isCronSchedule, longestPauseHours } from '../aws/cron';
import { atMost, type CrossKeyRule } from './cross-key-rule';

/** CloudWatch looks back a week at most. */
const LONGEST_AGE_HOURS = 7 * 24;
/** What a dump may take, without an alarm. */
const DUMP_HOURS = 2;

/** Age at which an alarm for a missing dump sounds if the file names none; nothing if dumps are too rare for an alarm. */
export function usualDumpAgeHours(schedule: string): number | undefined {
  const age = Math.ceil(longestPauseHours(schedule)) + DUMP_HOURS;
  return age > LONGEST_AGE_HOURS ? undefined : age;
}

/** Rules between `backup.schedule` and the alarm for a dump that is missing. */
export const BACKUP_RULES: readonly CrossKeyRule[] = [
  {
    path: 'alarms.dumpAgeHours',
    broken: (keys) => {
      const schedule = keys.text('backup.schedule');
      if (schedule === undefined || !isCronSchedule(schedule)) return undefined;
      const pause = longestPauseHours(schedule);
      if (!atMost(keys.number('alarms.dumpAgeHours'), pause)) return undefined;
      if (pause === Number.POSITIVE_INFINITY) return 'left out: by `backup.schedule` years may lie between two dumps';
      return `more than the ${Math.ceil(pause)} hours that may lie between two dumps by \`backup.schedule\``;
    },
    fix: 'leave the key out: its default follows from the schedule',
  },
];
