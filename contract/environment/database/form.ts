/** A key of a file that another form of the database has no use for. */
export interface FormMistake {
  /** Key that is reported, part by part. */
  readonly path: readonly string[];
  /** What the form asks for. */
  readonly rule: string;
  /** What to write instead. */
  readonly fix: string;
}

/** Keys of `database` that an Aurora cluster has no use for, each with the reason and what to do. */
const REFUSED_FOR_AURORA: Readonly<Record<string, readonly [reason: string, fix: string]>> = {
  storageGib: ['the storage of Aurora grows and shrinks by itself', 'leave the key out'],
  maximumStorageGib: ['the storage of Aurora grows and shrinks by itself', 'leave the key out'],
  iops: ['the storage of Aurora has no operations a second to provision', 'leave the key out'],
  throughputMibps: ['the storage of Aurora has no throughput to provision', 'leave the key out'],
  multiAz: [
    'Aurora keeps its storage in three availability zones, and a reader takes over from the writer',
    'leave the key out; `aurora.readers` of 1 or more keeps the database up without its writer',
  ],
  replication: [
    'RDS replicates the automated backups of instances alone',
    'leave the key out; use an Aurora global database, or let AWS Backup copy snapshots of the cluster to another region',
  ],
};

/**
 * What the user wrote for another form of the database than the one that the file asks for. These rules read the file as
 * it is: after the defaults are filled in, nobody can tell whether a key was written.
 */
export function formMistakes(content: unknown): FormMistake[] {
  const database = sectionAt(content, 'database');
  if (database.form !== 'aurora') {
    const rule = 'left out: these keys belong to `form: aurora`, and the database is an instance';
    const fix = 'leave the section out, or write `form: aurora` above it';
    return database.aurora === undefined ? [] : [{ path: ['database', 'aurora'], rule, fix }];
  }
  const written = Object.entries(REFUSED_FOR_AURORA).filter(([key]) => database[key] !== undefined);
  return [
    ...written.map(([key, [reason, fix]]) => ({
      path: ['database', key],
      rule: `left out with \`form: aurora\`: ${reason}`,
      fix,
    })),
    ...classMistakes(database),
  ];
}

function classMistakes(database: Readonly<Record<string, unknown>>): FormMistake[] {
  const { minimumCapacity, maximumCapacity } = sectionAt(database, 'aurora');
  const serverless = minimumCapacity !== undefined || maximumCapacity !== undefined;
  if (!serverless || database.instanceClass === undefined) return [];
  const rule = 'left out with a capacity: the instances of Aurora Serverless v2 have no class to choose';
  const fix = 'leave the key out, or leave `minimumCapacity` and `maximumCapacity` out';
  return [{ path: ['database', 'instanceClass'], rule, fix }];
}

function sectionAt(content: unknown, key: string): Readonly<Record<string, unknown>> {
  const value = (content as Record<string, unknown> | null | undefined)?.[key];
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
