import { z } from 'zod';
import { field, section } from './field';

/** ARN of a KMS key; its first group is the region. */
export const KEY_ARN =
  /^arn:aws(?:-[a-z]+)*:kms:([a-z0-9-]+):\d{12}:key\/(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/;

/** The keys of `encryption`. */
export const encryption = section('The KMS key that encrypts the database, its backups and the secrets.', {
  keyArn: field(
    z.string().regex(KEY_ARN),
    'A KMS key that exists already; without it the environment gets one of its own. Changing it REPLACES the database.',
    'the ARN of a KMS key: `arn:aws:kms:<region>:<account>:key/<id>`, not of an alias',
    'write the `KeyArn` that `aws kms describe-key` shows, or leave the key out',
  ).optional(),
});

/** Region of the key that an ARN names. */
export function keyRegion(keyArn: string): string | undefined {
  return KEY_ARN.exec(keyArn)?.[1];
}
