import { z } from 'zod';
import { awsRegion, bucketName, field, section } from '../field';

/** Where the state is in its bucket where nothing else is said. */
export const STATE_DEFAULTS = { prefix: 'agent-bom' } as const;

/** The keys of `state`. */
export const state = section('S3 bucket for the Terraform state of both stacks, with a lock file in it.', {
  bucket: bucketName('An existing bucket for the Terraform state, preferably with versioning.'),
  region: awsRegion(
    'Region of that bucket.',
    'write the code of the region that the bucket is in, such as `eu-west-1`',
  ),
  prefix: field(
    z
      .string()
      .max(200)
      .regex(/^[A-Za-z0-9_.=-]+(?:\/[A-Za-z0-9_.=-]+)*$/),
    'Folder in that bucket. Changing it later needs `terraform init -migrate-state`.',
    'a path without a slash at either end: letters, digits, `_`, `.`, `=` and `-`, at most 200 characters',
    'write a folder such as `agent-bom`',
  ).default(STATE_DEFAULTS.prefix),
});
