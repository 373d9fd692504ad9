import { z } from 'zod';
import { AURORA_CLASSES, CAPACITY, connectionsOf, DATABASE_FORMS } from '../../aws/capacity';
import { field, section, wholeNumber } from '../field';
import { below, type FileViews, type Keys, type Rule } from '../rule';

/** The key `database.form`. */
export const form = field(
  z.enum(DATABASE_FORMS),
  'Engine type: one RDS for PostgreSQL instance with a standby, or an Aurora PostgreSQL cluster. The plan refuses to change it: another database would be created, empty.',
  `an engine type: ${DATABASE_FORMS.join(', ')}`,
  'write `instance`, or `aurora` for a cluster',
);

function capacity(smallest: number, description: string, fix: string) {
  const { largest, step } = CAPACITY;
  const rule = `a number of Aurora capacity units from ${smallest} to ${largest}, in steps of ${step}`;
  return field(z.number().min(smallest).max(largest).multipleOf(step), description, rule, fix);
}

/** What a cluster has where neither the file nor the props of a construct say anything else. */
export const AURORA_DEFAULTS = { readers: 1 } as const;

/** The keys of `database.aurora`. */
export const aurora = section('The instances of an Aurora cluster; with a capacity they are serverless.', {
  minimumCapacity: capacity(
    0,
    'Minimum capacity of Aurora Serverless v2, in units of 2 GiB of memory. With 0 or 0.5 it accepts 2000 connections at most.',
    'write 2, or leave both capacities out for instances of `instanceClass`',
  ).optional(),
  maximumCapacity: capacity(
    CAPACITY.smallestMaximum,
    'Maximum capacity of Aurora Serverless v2. It decides how many connections the database accepts.',
    'write 8, or leave both capacities out for instances of `instanceClass`',
  ).optional(),
  secondsUntilAutoPause: wholeNumber(
    300,
    86_400,
    'seconds',
    'Seconds without a connection after which a cluster with `minimumCapacity: 0` pauses; RDS takes 300. Pools of the control plane keep it awake.',
    'leave the key out, or write 300 to 86400',
  ).optional(),
  readers: wholeNumber(
    0,
    15,
    'instances',
    'Instances in addition to the writer. One of them takes over when the writer or its availability zone fails. With 0 the database is unavailable until a new writer runs.',
    'write 1 or more for a database that survives the loss of an availability zone',
  ).default(AURORA_DEFAULTS.readers),
});

/** Keys of `database` that an Aurora cluster does not have, each with the reason and what to do. */
const REFUSED_FOR_AURORA: Readonly<Record<string, readonly [reason: string, fix: string]>> = {
  storageGib: ['the storage of Aurora grows and shrinks by itself', 'leave the key out'],
  maximumStorageGib: ['the storage of Aurora grows and shrinks by itself', 'leave the key out'],
  iops: ['the storage of Aurora has no provisioned IOPS', 'leave the key out'],
  throughputMibps: ['the storage of Aurora has no provisioned throughput', 'leave the key out'],
  multiAz: [
    'Aurora keeps its storage in three availability zones, and a reader takes over from the writer',
    'leave the key out; `aurora.readers` of 1 or more keeps the database up without its writer',
  ],
  replication: [
    'RDS replicates the automated backups of instances only',
    'leave the key out; use an Aurora global database, or let AWS Backup copy snapshots of the cluster to another region',
  ],
};

const MINIMUM = 'database.aurora.minimumCapacity';
const MAXIMUM = 'database.aurora.maximumCapacity';
const PAUSE = 'database.aurora.secondsUntilAutoPause';

/** Whether the database is a cluster of Aurora. */
export function isAurora(keys: Keys): boolean {
  return keys.text('database.form') === 'aurora';
}

/** Whether the instances have a capacity that changes instead of a class. */
export function isServerless(keys: Keys): boolean {
  return isAurora(keys) && (keys.given(MINIMUM) || keys.given(MAXIMUM));
}

function togetherWith(path: string, other: string): Rule {
  const name = other.split('.').at(-1);
  return {
    path,
    broken: ({ whole }) =>
      whole.given(other) && !whole.given(path) ? `required together with \`${name}\`` : undefined,
    fix: `write both, or leave \`${name}\` out too for instances of \`instanceClass\``,
  };
}

/** Rules for a cluster. They read what is written: a default of an instance is no mistake. */
export const AURORA_RULES: readonly Rule[] = [
  togetherWith(MINIMUM, MAXIMUM),
  togetherWith(MAXIMUM, MINIMUM),
  {
    path: MAXIMUM,
    broken: ({ whole }) =>
      below(whole.number(MAXIMUM), whole.number(MINIMUM)) ? 'at least `minimumCapacity`' : undefined,
    fix: 'raise it, or lower `minimumCapacity`',
  },
  {
    path: PAUSE,
    broken: ({ whole }) =>
      whole.given(PAUSE) && whole.number(MINIMUM) !== 0
        ? 'left out without `minimumCapacity: 0`: other clusters never pause'
        : undefined,
    fix: 'leave the key out, or write `minimumCapacity: 0`',
  },
  {
    path: 'database.instanceClass',
    broken: ({ whole }) => {
      const given = whole.text('database.instanceClass') ?? '';
      const refused = connectionsOf(given) !== undefined && !AURORA_CLASSES.some(({ name }) => name === given);
      return isAurora(whole) && !isServerless(whole) && refused
        ? 'a class that Aurora PostgreSQL offers: medium and large of db.t4g and db.t3, and the families db.r6g, db.r6i, db.r7g and db.r7i'
        : undefined;
    },
    fix: 'write a class such as `db.t4g.medium` or `db.r7g.large`',
  },
  {
    path: 'database.maxConnections',
    broken: ({ whole }) =>
      isServerless(whole) && whole.given('database.maxConnections')
        ? 'left out with Aurora Serverless v2, which derives it from `maximumCapacity`'
        : undefined,
    fix: 'leave the key out, and raise `aurora.maximumCapacity` for more connections',
  },
  {
    path: 'database.aurora',
    broken: ({ written }) =>
      written.given('database.aurora') && !isAurora(written)
        ? 'left out: these keys belong to `form: aurora`, and the database is an instance'
        : undefined,
    fix: 'leave the section out, or write `form: aurora` above it',
  },
  {
    path: 'database.instanceClass',
    broken: ({ written }) =>
      isServerless(written) && written.given('database.instanceClass')
        ? 'left out with a capacity: the instances of Aurora Serverless v2 have no class to choose'
        : undefined,
    fix: 'leave the key out, or leave `minimumCapacity` and `maximumCapacity` out',
  },
  ...Object.entries(REFUSED_FOR_AURORA).map(([key, [reason, fix]]) => ({
    path: `database.${key}`,
    broken: ({ written }: FileViews) =>
      isAurora(written) && written.given(`database.${key}`) ? `left out with \`form: aurora\`: ${reason}` : undefined,
    fix,
  })),
];
