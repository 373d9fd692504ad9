/** The code of a region of any partition. */
export const AWS_REGION = /^[a-z]{2,4}(?:-[a-z]+){1,3}-\d{1,2}$/;

/** Partitions other than `aws`, by the beginning of the codes of their regions. */
const PARTITIONS: readonly (readonly [prefix: string, partition: string])[] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-iso-', 'aws-iso'],
  ['us-isob-', 'aws-iso-b'],
  ['us-isof-', 'aws-iso-f'],
  ['eu-isoe-', 'aws-iso-e'],
  ['eusc-', 'aws-eusc'],
];

/**
 * Partition that a region belongs to: the second part of every ARN in it.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
export function partitionOf(region: string): string {
  return PARTITIONS.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'aws';
}

/**
 * ARNs of a service that has regions. The first group of the pattern is the region.
 *
 * @param resource Source of a pattern for the last part of the ARN.
 */
export function regionalArn(service: string, resource: string): RegExp {
  return new RegExp(`^arn:aws(?:-[a-z]+)*:${service}:([a-z0-9-]+):\\d{12}:${resource}$`);
}

/**
 * ARNs of IAM, which has no regions.
 *
 * @param resource Source of a pattern for the last part of the ARN.
 * @param account Source of a pattern for the account.
 */
export function iamArn(resource: string, account = '\\d{12}'): RegExp {
  return new RegExp(`^arn:aws(?:-[a-z]+)*:iam::${account}:${resource}$`);
}
