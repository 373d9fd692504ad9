import { derivedName } from '../../names';
import type { CrossKeyRule, Keys } from '../cross-key-rule';
import { isAurora } from './aurora';
import { AUTOMATED_BACKUPS_ARN, SNAPSHOT_ARN } from './restore';

const RESTORE = 'database.restore';
const SNAPSHOT = `${RESTORE}.snapshotIdentifier`;
const SOURCE = `${RESTORE}.sourceIdentifier`;
const RESOURCE = `${RESTORE}.sourceResourceId`;
const BACKUPS = `${RESTORE}.automatedBackupsArn`;
const TIME = `${RESTORE}.time`;
const LATEST = `${RESTORE}.latest`;

/** Rules for a restore: one source, one moment, and both of this region and this form. */
export const RESTORE_RULES: readonly CrossKeyRule[] = [
  {
    path: RESTORE,
    broken: (keys) => {
      const sources = [SNAPSHOT, SOURCE, RESOURCE, BACKUPS].filter((path) => keys.given(path)).length;
      return keys.given(RESTORE) && sources !== 1
        ? 'exactly one of `snapshotIdentifier`, `sourceIdentifier`, `sourceResourceId` and `automatedBackupsArn`'
        : undefined;
    },
    fix: 'name one source, or remove the section to begin with an empty database',
  },
  {
    path: RESTORE,
    broken: (keys) => {
      return isContinuous(keys) && keys.given(TIME) === keys.given(LATEST)
        ? 'exactly one of `time` and `latest: true` for automated backups'
        : undefined;
    },
    fix: 'write a `time` to go back to, or `latest: true` for the last moment that there is',
  },
  ...[TIME, LATEST].map((path) => ({
    path,
    broken: (keys: Keys) =>
      keys.given(path) && keys.given(SNAPSHOT) && !isContinuous(keys)
        ? 'left out with a snapshot, which is of one moment'
        : undefined,
    fix: 'leave the key out, or name a `sourceIdentifier` instead of the snapshot',
  })),
  {
    path: SOURCE,
    broken: (keys) => {
      const name = keys.text('name');
      return name !== undefined && keys.text(SOURCE) === derivedName(name, 'instance')
        ? 'another name than the restored database gets'
        : undefined;
    },
    fix: 'rename the database that runs first, as docs/restore.md shows, and write its new name',
  },
  {
    path: RESOURCE,
    broken: (keys) => {
      const id = keys.text(RESOURCE);
      const prefix = isAurora(keys) ? 'cluster-' : 'db-';
      return id === undefined || id.startsWith(prefix)
        ? undefined
        : `a resource id of the same form as the database, which begins with \`${prefix}\``;
    },
    fix: 'write the id of the other kind, or change `form`',
  },
  {
    path: BACKUPS,
    broken: (keys) =>
      isAurora(keys) && keys.given(BACKUPS)
        ? 'left out with `form: aurora`: RDS restores clusters by their identifier or their resource id'
        : undefined,
    fix: 'write `sourceIdentifier`, or `sourceResourceId` for a cluster that is deleted',
  },
  {
    path: SNAPSHOT,
    broken: (keys) => {
      const [, , kind] = SNAPSHOT_ARN.exec(keys.text(SNAPSHOT) ?? '') ?? [];
      return kind === 'cluster-snapshot' && !isAurora(keys)
        ? 'a snapshot of an instance: one of a cluster restores with `form: aurora` alone'
        : undefined;
    },
    fix: 'write the ARN of a snapshot of an instance, or `form: aurora`',
  },
  ofThisRegion(SNAPSHOT, SNAPSHOT_ARN, 'copy the snapshot into this region with `aws rds copy-db-snapshot` first'),
  ofThisRegion(BACKUPS, AUTOMATED_BACKUPS_ARN, 'write the ARN of the backups that were replicated to this region'),
];

/** Whether automated backups are read, which hold more than one moment. */
function isContinuous(keys: Keys): boolean {
  return [SOURCE, RESOURCE, BACKUPS].some((path) => keys.given(path));
}

function ofThisRegion(path: string, arn: RegExp, fix: string): CrossKeyRule {
  return {
    path,
    broken: (keys) => {
      const [found, region] = [arn.exec(keys.text(path) ?? '')?.[1], keys.text('region')];
      const differs = found !== undefined && region !== undefined && found !== region;
      return differs ? `a source in the region that the environment is in, ${region}` : undefined;
    },
    fix,
  };
}
