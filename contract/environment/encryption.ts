import { z } from 'zod';
import { regionalArn } from '../aws/arn';
import { field, section } from './field';
import { inRegion, type Rule } from './rule';

/** ARN of a KMS key; its first group is the region. */
export const KEY_ARN = regionalArn('kms', 'key/(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})');
/** What to do about a key in another region. */
export const KEY_FIX = 'write the ARN of a key, or of the replica of a multi-Region key, in that region';

/** The keys of `encryption`. */
export const encryption = section('The KMS key that encrypts the database, its backups and the secrets.', {
  keyArn: field(
    z.string().regex(KEY_ARN),
    'An existing KMS key; without it the environment gets a separate one. Changing it REPLACES the database.',
    'the ARN of a KMS key: `arn:aws:kms:<region>:<account>:key/<id>`, not of an alias',
    'write the `Arn` that `aws kms describe-key` shows, or leave the key out',
  ).optional(),
});

/** Rules for the key. */
export const ENCRYPTION_RULES: readonly Rule[] = [inRegion('encryption.keyArn', KEY_ARN, 'a key', KEY_FIX)];
