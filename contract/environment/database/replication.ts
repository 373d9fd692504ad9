import { z } from 'zod';
import { partitionOf } from '../../aws/arn';
import { KEY_ARN, KEY_FIX } from '../encryption';
import { awsRegion, field, section, wholeNumber } from '../field';
import { inRegion, type Rule } from '../rule';

/** What the copies have where nothing else is said. */
export const REPLICATION_DEFAULTS = { retentionDays: 14 } as const;

/** The keys of `database.replication`. */
export const replication = section('A second region that RDS copies the automated backups of the instance to.', {
  region: awsRegion(
    'Region of the copies. RDS supports only certain pairs of regions.',
    'write the code of a region that RDS can copy backups to from here, such as `eu-central-1` from `eu-west-1`',
  ),
  retentionDays: wholeNumber(
    1,
    35,
    'days',
    'Days that the copies are kept; point-in-time recovery in that region reaches this far back.',
    'write 14, or up to 35',
  ).default(REPLICATION_DEFAULTS.retentionDays),
  keyArn: field(
    z.string().regex(KEY_ARN),
    'An existing KMS key in that region; without it one is created there. With another key, the copies start again from nothing.',
    'the ARN of a KMS key: `arn:aws:kms:<region>:<account>:key/<id>`, not of an alias',
    'write the `Arn` that `aws kms describe-key` shows in that region, or leave the key out',
  ).optional(),
});

const REGION = 'database.replication.region';

/** Rules for the second region: another one, of the same partition, with a key in it. */
export const REPLICATION_RULES: readonly Rule[] = [
  {
    path: REGION,
    broken: ({ whole }) => {
      const here = whole.text('region');
      return here !== undefined && here === whole.text(REGION) ? 'not the region of the environment' : undefined;
    },
    fix: 'write a region that does not fail together with this one',
  },
  {
    path: REGION,
    broken: ({ whole }) => {
      const [here, there] = [whole.text('region'), whole.text(REGION)];
      if (here === undefined || there === undefined || partitionOf(here) === partitionOf(there)) return undefined;
      return `a region of the same partition as ${here}, which is ${partitionOf(here)}`;
    },
    fix: 'write a region of that partition; backups never leave it',
  },
  inRegion('database.replication.keyArn', KEY_ARN, 'a key', KEY_FIX, { path: REGION, whose: 'the copies' }),
];
