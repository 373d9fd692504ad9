import { z } from 'zod';
import { field, section } from '../field';

/** ARN of a snapshot of an instance or of a cluster: its groups are the region and which of the two. */
export const SNAPSHOT_ARN =
  /^arn:aws(?:-[a-z]+)*:rds:([a-z0-9-]+):\d{12}:(cluster-snapshot|snapshot):[A-Za-z][A-Za-z0-9:-]*$/;
/** ARN of the automated backups of an instance; its group is the region. */
export const AUTOMATED_BACKUPS_ARN = /^arn:aws(?:-[a-z]+)*:rds:([a-z0-9-]+):\d{12}:auto-backup:ab-[a-z0-9]+$/;

const SNAPSHOT_NAME = /^(?:rds:|awsbackup:)?[A-Za-z](?:-?[A-Za-z0-9])*$/;
const MAXIMUM_NAME = 255;
/** Without an offset: RDS takes UTC alone. */
const UTC = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/** The keys of `database.restore`. */
export const restore = section(
  'Where the content of a NEW database comes from. A database that runs is never replaced by it: the plan stops instead.',
  {
    snapshotIdentifier: field(
      z
        .string()
        .max(MAXIMUM_NAME)
        .refine((text) => SNAPSHOT_NAME.test(text) || SNAPSHOT_ARN.test(text)),
      'Snapshot to restore: its name, or the ARN of one that another account shares.',
      'the name or the ARN of a snapshot of RDS',
      'write a `DBSnapshotIdentifier` that `aws rds describe-db-snapshots` shows, or a `DBClusterSnapshotIdentifier` of `aws rds describe-db-cluster-snapshots`',
    ).optional(),
    sourceIdentifier: field(
      z
        .string()
        .max(63)
        .regex(/^[a-z](?:-?[a-z0-9])*$/),
      'Instance, or cluster of Aurora, whose automated backups are read. It goes on running.',
      'the identifier of an instance or a cluster: lower-case letters, digits and single hyphens, at most 63 characters',
      'write the identifier that the database has after it was renamed, such as `prod-agent-bom-before`',
    ).optional(),
    sourceResourceId: field(
      z.string().regex(/^(?:db|cluster)-[A-Z0-9]{20,40}$/),
      'Resource id of an instance or a cluster that is deleted and whose automated backups were kept.',
      'a resource id: `db-` or `cluster-` and capital letters and digits',
      'write the `DbiResourceId` that `aws rds describe-db-instance-automated-backups` shows, or the `DbClusterResourceId` of `aws rds describe-db-cluster-automated-backups`',
    ).optional(),
    automatedBackupsArn: field(
      z.string().regex(AUTOMATED_BACKUPS_ARN),
      'Automated backups of an instance that were kept, or replicated to this region.',
      'the ARN of automated backups: `arn:aws:rds:<region>:<account>:auto-backup:ab-<id>`',
      'write the `DBInstanceAutomatedBackupsArn` that `aws rds describe-db-instance-automated-backups` shows',
    ).optional(),
    time: field(
      z.string().refine(isMoment),
      'Moment to restore, in UTC; automated backups reach back to `backupRetentionDays` and up to about five minutes ago.',
      'a moment in UTC: `yyyy-mm-ddThh:mm:ssZ`',
      'write a moment such as `2026-01-31T09:30:00Z`',
    ).optional(),
    latest: field(
      z.literal(true),
      'Restore the last moment that the automated backups have.',
      'true',
      'write true, or leave the key out and name a `time`',
    ).optional(),
  },
);

/** Source and moment of a restore in one line, or nothing where there is none. */
export function sourceOf(settings: z.output<typeof restore> | undefined): string | undefined {
  return settings === undefined ? undefined : Object.values(settings).join(' ');
}

/** Whether a text is a moment that there is: not the 31st of April, and not 24 o'clock. */
function isMoment(text: string): boolean {
  const time = UTC.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString() === text.replace('Z', '.000Z');
}
