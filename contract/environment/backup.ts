import { z } from 'zod';
import { isCronSchedule } from '../aws/cron';
import { field, section, toggle, wholeNumber } from './field';

const restore = section('A dump of the bucket that the next deployment restores, once.', {
  dump: field(
    z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}Z$/),
    'Name of the dump: its folder in the bucket. Another name is another restore.',
    'the name of a dump: the moment at which it was made, `yyyy-mm-ddThh-mm-ssZ`',
    'write a name that `aws s3 ls` shows below the output `backup_location`, without the slash',
  ),
  replace: field(
    z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/),
    'Name of the database whose contents the dump REPLACES. Without it a database that holds tables is refused.',
    'the name of the database that is meant',
    'leave the key out for an empty database, or write the output `database_name`',
  ).optional(),
});

/** What the dumps have where nothing else is said. */
export const BACKUP_DEFAULTS = { enabled: true, schedule: '0 3 * * *', scratchGib: 10, dumpRetentionDays: 35 } as const;

/** The keys of `backup`. */
export const backup = section('Dumps of the database in a bucket, beside the backups that RDS takes by itself.', {
  enabled: toggle('Make dumps. Without them the bucket and the dumps that it holds stay.').default(
    BACKUP_DEFAULTS.enabled,
  ),
  schedule: field(
    z.string().refine(isCronSchedule),
    'When a dump is made, in UTC: minute, hour, day of the month, month, day of the week.',
    'a cron schedule of five fields, in UTC, that comes true some day',
    'write a schedule such as `0 3 * * *`, every day at three',
  ).default(BACKUP_DEFAULTS.schedule),
  scratchGib: wholeNumber(
    1,
    1024,
    'GiB',
    'Room on the node for one dump while it is made, in GiB. A dump is compressed.',
    'write twice the size of the largest dump in the bucket; the nodes need so much free disk',
  ).default(BACKUP_DEFAULTS.scratchGib),
  dumpRetentionDays: wholeNumber(
    1,
    3650,
    'days',
    'Days that a dump stays in the bucket.',
    'write 35, or what your rules ask for',
  ).default(BACKUP_DEFAULTS.dumpRetentionDays),
  restore: restore.optional(),
});
