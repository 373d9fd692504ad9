import bundled from './prices.json';

/** Engines as AWS's price list and its APIs call them. */
export type PricedEngine = 'postgres' | 'aurora-postgresql';

/** What AWS charges in a region, in dollars. What is not known is left out. */
export interface RegionPrices {
  /** An hour of one instance of the size `large`, by engine and family; the other sizes are multiples of it. */
  readonly instanceLarge?: Partial<Readonly<Record<PricedEngine, Readonly<Record<string, number>>>>>;
  /** A GiB of gp3 storage of one instance, a month; a standby has as much again. */
  readonly storageGib?: number;
  /** One IOPS above the baseline, a month. */
  readonly iops?: number;
  /** One MiB/s above the baseline, a month. */
  readonly throughputMibps?: number;
  /** A GiB of backups beyond the size of the database, or in another region, a month. */
  readonly backupGib?: number;
  /** An hour of one Aurora capacity unit. */
  readonly auroraCapacityUnit?: number;
  /** A GiB of Aurora's storage, a month. */
  readonly auroraStorageGib?: number;
  /** A GiB of Aurora's backups beyond the size of the cluster, a month. */
  readonly auroraBackupGib?: number;
  /** A million reads or writes of Aurora's storage. */
  readonly auroraMillionRequests?: number;
  /** Database Insights Advanced: an hour of one vCPU, and of one Aurora capacity unit. */
  readonly insightsVcpuHour?: number;
  /** Database Insights Advanced: an hour of one Aurora capacity unit. */
  readonly insightsCapacityUnitHour?: number;
  /** A GiB to another region. */
  readonly transferGib?: number;
  /** A KMS key, a month. */
  readonly keyMonth?: number;
  /** A secret, a month. */
  readonly secretMonth?: number;
  /** A metric of an alarm, a month. */
  readonly alarmMetricMonth?: number;
  /** A GiB of logs that is written. */
  readonly logIngestedGib?: number;
  /** A GiB of logs, and of objects in S3, a month. */
  readonly logStoredGib?: number;
  /** A GiB of objects in S3, a month. */
  readonly objectGib?: number;
}

/** Prices with the day on which they were gathered. */
export interface PriceList {
  /** Day on which they were gathered, as YYYY-MM-DD. */
  readonly date: string;
  /** Where they are from. */
  readonly source: string;
  /** Currency, as ISO 4217 says it. */
  readonly currency: string;
  /** Prices by region of AWS. */
  readonly regions: Readonly<Record<string, RegionPrices>>;
}

/** The prices that come with the project. */
export const BUNDLED_PRICES: PriceList = bundled;

/**
 * Size of an instance in units of `large`: AWS charges twice as much for a size that is twice as large.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithReservedDBInstances.html
 */
const SIZES: Readonly<Record<string, number>> = { micro: 1 / 8, small: 1 / 4, medium: 1 / 2, large: 1, xlarge: 2 };

/** How many times a `large` a size is, such as 4 for `2xlarge`; nothing for an unknown one. */
export function timesLarge(size: string): number | undefined {
  const multiple = /^(\d+)xlarge$/.exec(size)?.[1];
  return multiple === undefined ? SIZES[size] : Number(multiple) * 2;
}

/** Dollars for an hour of an instance, if they are known. */
export function instanceHour(prices: RegionPrices, engine: PricedEngine, className: string): number | undefined {
  const [, family = '', size = ''] = className.split('.');
  const large = prices.instanceLarge?.[engine]?.[family];
  const times = timesLarge(size);
  return large === undefined || times === undefined ? undefined : large * times;
}
