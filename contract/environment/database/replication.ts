import { z } from 'zod';
import { partitionOf } from '../../postgres/partitions';
import type { CrossKeyRule } from '../cross-key-rule';
import { KEY_ARN, keyRegion } from '../encryption';
import { AWS_REGION, field, section, wholeNumber } from '../field';

/** What the copies have where nothing else is said. */
export const REPLICATION_DEFAULTS = { retentionDays: 14 } as const;

/** The keys of `database.replication`. */
export const replication = section('A second region that RDS copies the automated backups of the instance to.', {
  region: field(
    z.string().regex(AWS_REGION),
    'Region of the copies; RDS offers certain pairs of regions alone.',
    'an AWS region',
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
    'A KMS key of that region that exists already; without it one is made there. Changing it begins the copies anew.',
    'the ARN of a KMS key: `arn:aws:kms:<region>:<account>:key/<id>`, not of an alias',
    'write the `KeyArn` that `aws kms describe-key` shows in that region, or leave the key out',
  ).optional(),
});

const REGION = 'database.replication.region';
const KEY = 'database.replication.keyArn';

/** Rules for the second region: another one, of the same partition, with a key of its own. */
export const REPLICATION_RULES: readonly CrossKeyRule[] = [
  {
    path: REGION,
    broken: (keys) => {
      const [here, there] = [keys.text('region'), keys.text(REGION)];
      return here !== undefined && here === there ? 'another region than the one of the environment' : undefined;
    },
    fix: 'write a region that would not fail together with this one',
  },
  {
    path: REGION,
    broken: (keys) => {
      const [here, there] = [keys.text('region'), keys.text(REGION)];
      if (here === undefined || there === undefined || partitionOf(here) === partitionOf(there)) return undefined;
      return `a region of the same partition as ${here}, which is ${partitionOf(here)}`;
    },
    fix: 'write a region of that partition; backups never leave it',
  },
  {
    path: KEY,
    broken: (keys) => {
      const [found, region] = [keyRegion(keys.text(KEY) ?? ''), keys.text(REGION)];
      const differs = found !== undefined && region !== undefined && found !== region;
      return differs ? `a key of the region that the backups are copied to, ${region}` : undefined;
    },
    fix: 'write the ARN of a key, or of the replica of a multi-region key, in that region',
  },
];
