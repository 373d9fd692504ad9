import { z } from 'zod';
import { regionalArn } from '../../aws/arn';
import { derivedName } from '../../names';
import { field, section } from '../field';
import { type FileViews, inRegion, type Keys, type Rule } from '../rule';
import { isAurora } from './aurora';

/** ARN of a snapshot of an instance or of a cluster: its groups are the region and which of the two. */
const SNAPSHOT_ARN = regionalArn('rds', '(cluster-snapshot|snapshot):[A-Za-z][A-Za-z0-9:-]*');
/** ARN of the automated backups of an instance; its group is the region. */
const AUTOMATED_BACKUPS_ARN = regionalArn('rds', 'auto-backup:ab-[a-z0-9]+');

const SNAPSHOT_NAME = /^(?:rds:|awsbackup:)?[A-Za-z](?:-?[A-Za-z0-9])*$/;
const MAXIMUM_NAME = 255;
/** Without an offset: RDS accepts only UTC. */
const UTC = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/** The keys of `database.restore`. */
export const restore = section(
  'Where the content of a NEW database comes from. It never replaces a running database: the plan stops instead.',
  {
    snapshotIdentifier: field(
      z
        .string()
        .max(MAXIMUM_NAME)
        .refine((text) => SNAPSHOT_NAME.test(text) || SNAPSHOT_ARN.test(text)),
      'Snapshot to restore: its name, or the ARN of one that another account shares.',
      'the name or the ARN of an RDS snapshot',
      'write a `DBSnapshotIdentifier` that `aws rds describe-db-snapshots` shows, or a `DBClusterSnapshotIdentifier` of `aws rds describe-db-cluster-snapshots`',
    ).optional(),
    sourceIdentifier: field(
      z
        .string()
        .max(63)
        .regex(/^[a-z](?:-?[a-z0-9])*$/),
      'Instance or Aurora cluster whose automated backups are restored. It keeps running.',
      'the identifier of an instance or a cluster: lower-case letters, digits and single hyphens, at most 63 characters',
      'write the identifier that the database has after you renamed it, such as `prod-agent-bom-before`',
    ).optional(),
    sourceResourceId: field(
      z.string().regex(/^(?:db|cluster)-[A-Z0-9]{20,40}$/),
      'Resource id of a deleted instance or cluster whose automated backups were retained.',
      'a resource id: `db-` or `cluster-` and capital letters and digits',
      'write the `DbiResourceId` that `aws rds describe-db-instance-automated-backups` shows, or the `DbClusterResourceId` of `aws rds describe-db-cluster-automated-backups`',
    ).optional(),
    automatedBackupsArn: field(
      z.string().regex(AUTOMATED_BACKUPS_ARN),
      'Automated backups of an instance that were retained, or replicated to this region.',
      'the ARN of automated backups: `arn:aws:rds:<region>:<account>:auto-backup:ab-<id>`',
      'write the `DBInstanceAutomatedBackupsArn` that `aws rds describe-db-instance-automated-backups` shows',
    ).optional(),
    time: field(
      z.string().refine(isMoment),
      'Point in time to restore, in UTC: within `backupRetentionDays`, and at least about five minutes ago.',
      'a time in UTC: `yyyy-mm-ddThh:mm:ssZ`',
      'write a time such as `2026-01-31T09:30:00Z`',
    ).optional(),
    latest: field(
      z.literal(true),
      'Restore the latest point in time that the automated backups hold.',
      'true',
      'write true, or leave the key out and name a `time`',
    ).optional(),
  },
);

/** Source and point in time of a restore in one line; nothing without a restore. */
export function sourceOf(settings: z.output<typeof restore> | undefined): string | undefined {
  return settings === undefined ? undefined : Object.values(settings).join(' ');
}

/** Whether a text is a time that exists: not the 31st of April, and not 24:00. */
function isMoment(text: string): boolean {
  const time = UTC.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString() === text.replace('Z', '.000Z');
}

const RESTORE = 'database.restore';
const SNAPSHOT = `${RESTORE}.snapshotIdentifier`;
const SOURCE = `${RESTORE}.sourceIdentifier`;
const RESOURCE = `${RESTORE}.sourceResourceId`;
const BACKUPS = `${RESTORE}.automatedBackupsArn`;
const TIME = `${RESTORE}.time`;
const LATEST = `${RESTORE}.latest`;

/** Rules for a restore: one source, one point in time, and both of this region and engine type. */
export const RESTORE_RULES: readonly Rule[] = [
  {
    path: RESTORE,
    broken: ({ whole: keys }) => {
      const sources = [SNAPSHOT, SOURCE, RESOURCE, BACKUPS].filter((path) => keys.given(path)).length;
      return keys.given(RESTORE) && sources !== 1
        ? 'exactly one of `snapshotIdentifier`, `sourceIdentifier`, `sourceResourceId` and `automatedBackupsArn`'
        : undefined;
    },
    fix: 'name one source, or remove the section to start with an empty database',
  },
  {
    path: RESTORE,
    broken: ({ whole: keys }) =>
      isContinuous(keys) && keys.given(TIME) === keys.given(LATEST)
        ? 'exactly one of `time` and `latest: true` for automated backups'
        : undefined,
    fix: 'write a `time` to go back to, or `latest: true` for the latest restorable time',
  },
  ...[TIME, LATEST].map((path) => ({
    path,
    broken: ({ whole: keys }: FileViews) =>
      keys.given(path) && keys.given(SNAPSHOT) && !isContinuous(keys)
        ? 'left out with a snapshot, which is of one point in time'
        : undefined,
    fix: 'leave the key out, or name a `sourceIdentifier` instead of the snapshot',
  })),
  {
    path: SOURCE,
    broken: ({ whole: keys }) => {
      const name = keys.text('name');
      return name !== undefined && keys.text(SOURCE) === derivedName(name, 'instance')
        ? 'not the name that the restored database gets'
        : undefined;
    },
    fix: 'rename the running database first, as docs/operate/restore.md shows, and write its new name',
  },
  {
    path: RESOURCE,
    broken: ({ whole: keys }) => {
      const id = keys.text(RESOURCE);
      const prefix = isAurora(keys) ? 'cluster-' : 'db-';
      return id === undefined || id.startsWith(prefix)
        ? undefined
        : `a resource id of the same engine type as the database, which begins with \`${prefix}\``;
    },
    fix: 'write the id of the other kind, or change `form`',
  },
  {
    path: BACKUPS,
    broken: ({ whole: keys }) =>
      isAurora(keys) && keys.given(BACKUPS)
        ? 'left out with `form: aurora`: RDS restores clusters by their identifier or their resource id'
        : undefined,
    fix: 'write `sourceIdentifier`, or `sourceResourceId` for a deleted cluster',
  },
  {
    path: SNAPSHOT,
    broken: ({ whole: keys }) => {
      const [, , kind] = SNAPSHOT_ARN.exec(keys.text(SNAPSHOT) ?? '') ?? [];
      return kind === 'cluster-snapshot' && !isAurora(keys)
        ? 'a snapshot of an instance: one of a cluster restores only with `form: aurora`'
        : undefined;
    },
    fix: 'write the ARN of a snapshot of an instance, or `form: aurora`',
  },
  inRegion(
    SNAPSHOT,
    SNAPSHOT_ARN,
    'a snapshot',
    'copy the snapshot to this region with `aws rds copy-db-snapshot` first',
  ),
  inRegion(
    BACKUPS,
    AUTOMATED_BACKUPS_ARN,
    'automated backups',
    'write the ARN of the backups that were replicated to this region',
  ),
];

/** Whether the source is automated backups, which hold more than one point in time. */
function isContinuous(keys: Keys): boolean {
  return [SOURCE, RESOURCE, BACKUPS].some((path) => keys.given(path));
}
