/**
 * gp3 storage of RDS for PostgreSQL: the size from which it can have more than its baseline, and that baseline.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html#gp3-storage
 */
export const GP3 = { provisionedGib: 400, iops: 12_000, throughputMibps: 500 } as const;

/**
 * The least limit that RDS accepts for storage that grows by itself, in GiB: a tenth above its size.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html
 */
export function leastMaximumGib(storageGib: number): number {
  return Math.ceil((storageGib * 11) / 10);
}
