import type { Postcondition, TerraformResourceLifecycle } from 'cdktf';

/**
 * Where the content of a new database comes from: a snapshot, or automated backups and a moment.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIT.html
 */
export interface DatabaseRestore {
  /** Name or ARN of a snapshot; it excludes all others. */
  readonly snapshotIdentifier?: string;
  /** Identifier of a running instance or cluster whose automated backups are read. */
  readonly sourceIdentifier?: string;
  /** Resource id of a deleted instance or cluster whose automated backups were kept. */
  readonly sourceResourceId?: string;
  /** ARN of automated backups that were kept or replicated; of an instance alone. */
  readonly automatedBackupsArn?: string;
  /** Moment in UTC, `yyyy-mm-ddThh:mm:ssZ`; it excludes `latest`. */
  readonly time?: string;
  /** Take the last moment that the automated backups have. */
  readonly latest?: true;
}

/** What the provider calls each key of a restore within `restore_to_point_in_time`. */
export type RestoreArguments = Readonly<Partial<Record<keyof DatabaseRestore, string>>>;

/** The arguments to which a restore gives a meaning at the creation of a database, and never again. */
const OF_THE_CREATION = ['snapshot_identifier', 'restore_to_point_in_time', 'engine_lifecycle_support'];

const NOT_RESTORED =
  'The database that runs was not restored from what database.restore names, and Terraform replaces no database. ' +
  'Rename the one that runs and take it out of the state, as docs/operate/restore.md shows, or remove database.restore.';

/**
 * Lifecycle of a database that may be restored once. The provider would replace a running database when the source is
 * added, changed or removed; so these arguments are ignored after the creation, and instead of ignoring a source that is
 * new, the plan fails.
 *
 * @param alsoIgnored Arguments of an instance, or of a cluster, that a restore decides.
 * @param conditions What else has to be true of a restored database.
 * @see https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle
 */
export function restoreLifecycle(
  restore: DatabaseRestore | undefined,
  names: RestoreArguments,
  alsoIgnored: readonly string[],
  conditions: readonly Postcondition[] = [],
): TerraformResourceLifecycle {
  const ignoreChanges = [...OF_THE_CREATION, ...alsoIgnored];
  if (restore === undefined) return { ignoreChanges };
  const comparisons = Object.entries(restore)
    .filter(([, value]) => value !== undefined)
    .map(
      ([key, value]) => `try(self.${argument(key as keyof DatabaseRestore, names)}, null) == ${JSON.stringify(value)}`,
    );
  const restored = { condition: `\${${comparisons.join(' && ')}}`, errorMessage: NOT_RESTORED };
  return { ignoreChanges, postcondition: [restored, ...conditions] };
}

/** Whether a restore reads automated backups, as opposed to a snapshot. */
export function isContinuous(restore: DatabaseRestore | undefined): restore is DatabaseRestore {
  return restore !== undefined && restore.snapshotIdentifier === undefined;
}

function argument(key: keyof DatabaseRestore, names: RestoreArguments): string {
  return key === 'snapshotIdentifier' ? 'snapshot_identifier' : `restore_to_point_in_time[0].${names[key]}`;
}
