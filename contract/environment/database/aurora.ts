import { z } from 'zod';
import { CAPACITY } from '../../aws/aurora-capacity';
import { DATABASE_FORMS } from '../../aws/database-form';
import { AURORA_CLASSES, connectionsOf } from '../../aws/instance-classes';
import type { CrossKeyRule, Keys } from '../cross-key-rule';
import { below } from '../cross-key-rule';
import { field, section, wholeNumber } from '../field';

/** The key `database.form`. */
export const form = field(
  z.enum(DATABASE_FORMS),
  'What the database is: one RDS for PostgreSQL instance with a standby, or an Aurora PostgreSQL cluster. Changing it makes another, empty database.',
  `a form of the database: ${DATABASE_FORMS.join(', ')}`,
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
    'Capacity below which Aurora Serverless v2 never goes, in units of 2 GiB of memory. With 0 or 0.5 it accepts 2000 connections at most.',
    'write 2, or leave both capacities out for instances of `instanceClass`',
  ).optional(),
  maximumCapacity: capacity(
    CAPACITY.smallestMaximum,
    'Capacity up to which Aurora Serverless v2 grows. It decides how many connections the database holds.',
    'write 8, or leave both capacities out for instances of `instanceClass`',
  ).optional(),
  readers: wholeNumber(
    0,
    15,
    'instances',
    'Instances beside the writer, of which one takes over when the writer or its availability zone fails. With 0 the database is away until a new writer runs.',
    'write 1 or more for a database that survives an availability zone',
  ).default(AURORA_DEFAULTS.readers),
});

const MINIMUM = 'database.aurora.minimumCapacity';
const MAXIMUM = 'database.aurora.maximumCapacity';

/** Whether the database is a cluster of Aurora. */
export function isAurora(keys: Keys): boolean {
  return keys.text('database.form') === 'aurora';
}

/** Whether the instances have a capacity that changes instead of a class. */
export function isServerless(keys: Keys): boolean {
  return isAurora(keys) && (keys.given(MINIMUM) || keys.given(MAXIMUM));
}

function togetherWith(path: string, other: string): CrossKeyRule {
  const name = other.split('.').at(-1);
  return {
    path,
    broken: (keys) => (keys.given(other) && !keys.given(path) ? `given together with \`${name}\`` : undefined),
    fix: `write both, or leave \`${name}\` out too for instances of \`instanceClass\``,
  };
}

/** Rules for a cluster, beside those of its keys alone. */
export const AURORA_RULES: readonly CrossKeyRule[] = [
  togetherWith(MINIMUM, MAXIMUM),
  togetherWith(MAXIMUM, MINIMUM),
  {
    path: MAXIMUM,
    broken: (keys) => (below(keys.number(MAXIMUM), keys.number(MINIMUM)) ? 'at least `minimumCapacity`' : undefined),
    fix: 'raise it, or lower `minimumCapacity`',
  },
  {
    path: 'database.instanceClass',
    broken: (keys) => {
      const given = keys.text('database.instanceClass') ?? '';
      const refused = connectionsOf(given) !== undefined && !AURORA_CLASSES.some(({ name }) => name === given);
      return isAurora(keys) && !isServerless(keys) && refused
        ? 'a class that Aurora PostgreSQL offers: medium and large of db.t4g and db.t3, and the families db.r6g, db.r6i, db.r7g and db.r7i'
        : undefined;
    },
    fix: 'write a class such as `db.t4g.medium` or `db.r7g.large`',
  },
  {
    path: 'database.maxConnections',
    broken: (keys) =>
      isServerless(keys) && keys.given('database.maxConnections')
        ? 'left out with Aurora Serverless v2, which derives it from the maximum capacity'
        : undefined,
    fix: 'leave the key out, and raise `aurora.maximumCapacity` for more connections',
  },
];
