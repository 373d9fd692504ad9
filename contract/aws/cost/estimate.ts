import type { Environment } from '../../environment/environment';
import { instanceHour, type PricedEngine, type PriceList, type RegionPrices, timesLarge } from './prices';

/** Hours of a month, as AWS's calculator counts them. */
export const HOURS = 730;

/** A part of an environment, and what it costs. */
export interface CostPart {
  /** Name of the part. */
  readonly part: string;
  /** Dollars a month; null where they are not known, because the price or the amount is not. */
  readonly monthly: number | null;
  /** What is counted, at which price. */
  readonly how: string;
}

/** What an environment costs, as far as it is known. */
export interface CostEstimate {
  /** Region of AWS whose prices these are. */
  readonly region: string;
  /** Day and source of the prices. */
  readonly pricesOf: string;
  /** Where the prices are from. */
  readonly source: string;
  /** Currency of the prices, as ISO 4217 says it. */
  readonly currency: string;
  /** Part by part. */
  readonly parts: readonly CostPart[];
  /** Sum of what is known. */
  readonly atLeast: number;
  /** Whether a part is not known, so that the sum is the least that it can be. */
  readonly isPartial: boolean;
}

/** What the stacks contain, counted. */
export interface Quantities {
  /** KMS keys. */
  readonly keys: number;
  /** Secrets of Secrets Manager. */
  readonly secrets: number;
  /** Metrics of all alarms: one with an expression reads several. */
  readonly alarmMetrics: number;
}

/** What an environment costs in a month, part by part, at the prices of its region. */
export function costEstimate(environment: Environment, quantities: Quantities, list: PriceList): CostEstimate {
  const { region } = environment;
  const prices = list.regions[region] ?? {};
  const parts = [
    ...(environment.database.existing === undefined ? databaseParts(environment, prices) : []),
    counted('KMS keys', quantities.keys, 'key', prices.keyMonth),
    counted('secrets', quantities.secrets, 'secret', prices.secretMonth),
    counted('alarms', quantities.alarmMetrics, 'metric', prices.alarmMetricMonth),
    ...(environment.database.existing === undefined ? usageParts(environment, prices) : []),
  ].filter((part) => part !== undefined);
  const known = parts.map(({ monthly }) => monthly ?? 0);
  return {
    region,
    pricesOf: list.date,
    source: list.source,
    currency: list.currency,
    parts,
    atLeast: cents(known.reduce((sum, monthly) => sum + monthly, 0)),
    isPartial: parts.some(({ monthly }) => monthly === null),
  };
}

function databaseParts(environment: Environment, prices: RegionPrices): CostPart[] {
  return environment.database.form === 'aurora' ? auroraParts(environment, prices) : instanceParts(environment, prices);
}

function instanceParts({ database }: Environment, prices: RegionPrices): CostPart[] {
  const { instanceClass, multiAz, storageGib, iops, throughputMibps } = database;
  const copies = multiAz ? 2 : 1;
  const on = multiAz ? ', on both instances' : '';
  const hour = instanceHour(prices, 'postgres', instanceClass);
  const provisioned = [
    priced('provisioned IOPS', above(iops, 12_000) * copies, 'IOPS', prices.iops, on),
    priced('provisioned throughput', above(throughputMibps, 500) * copies, 'MiB/s', prices.throughputMibps, on),
  ].filter(({ monthly }) => monthly !== 0);
  return [
    hourly('instance', 1, instanceClass, hour),
    ...(multiAz ? [hourly('standby', 1, instanceClass, hour)] : []),
    priced('storage', storageGib * copies, 'GiB of gp3', prices.storageGib, `${on}; it grows by itself`),
    ...provisioned,
    ...insightsParts(database.insights, copies * (vcpus(instanceClass) ?? Number.NaN), 'vCPU', prices.insightsVcpuHour),
    unknownUsage('backups', 'GiB a month beyond the size of the database, which is free', prices.backupGib),
  ];
}

function auroraParts({ database }: Environment, prices: RegionPrices): CostPart[] {
  const { aurora, instanceClass } = database;
  const instances = 1 + (aurora?.readers ?? 1);
  const { minimumCapacity: least, maximumCapacity: most } = aurora ?? {};
  const engine: PricedEngine = 'aurora-postgresql';
  const compute =
    least === undefined || most === undefined
      ? [
          hourly('writer', 1, instanceClass, instanceHour(prices, engine, instanceClass)),
          ...(instances > 1
            ? [hourly('readers', instances - 1, instanceClass, instanceHour(prices, engine, instanceClass))]
            : []),
          ...insightsParts(
            database.insights,
            instances * (vcpus(instanceClass) ?? Number.NaN),
            'vCPU',
            prices.insightsVcpuHour,
          ),
        ]
      : [
          capacity(instances, least, most, prices.auroraCapacityUnit),
          ...insightsParts(database.insights, instances * least, 'ACU', prices.insightsCapacityUnitHour),
        ];
  return [
    ...compute,
    unknownUsage('storage', 'GiB a month, as much as the data takes', prices.auroraStorageGib),
    unknownUsage('storage requests', 'million reads and writes', prices.auroraMillionRequests),
    unknownUsage('backups', 'GiB a month beyond one day of them, which is free', prices.auroraBackupGib),
  ];
}

/** What depends on how much an environment is used. */
function usageParts({ database, backup }: Environment, prices: RegionPrices): CostPart[] {
  const dumps = `GiB a month; dumps stay for ${backup.dumpRetentionDays} days`;
  return [
    ...(database.replication === undefined
      ? []
      : [
          unknownUsage('backups in the second region', 'GiB a month there', prices.backupGib),
          unknownUsage('transfer to the second region', 'GiB', prices.transferGib),
        ]),
    unknownUsage(
      'logs',
      `GiB written, enhanced monitoring included; ${price(prices.logStoredGib)} a GiB and month kept`,
      prices.logIngestedGib,
    ),
    unknownUsage('dumps and reports in S3', backup.enabled ? dumps : 'GiB a month', prices.objectGib),
  ];
}

function capacity(instances: number, least: number, most: number, unit: number | undefined): CostPart {
  const how = `${instances} × ${least} to ${most} ACU at ${price(unit)} an hour`;
  if (unit === undefined) return { part: 'capacity', monthly: null, how };
  const highest = cents(instances * most * unit * HOURS);
  return { part: 'capacity', monthly: cents(instances * least * unit * HOURS), how: `${how}; at most $${highest}` };
}

function insightsParts(mode: string, units: number, unit: string, hour: number | undefined): CostPart[] {
  if (mode !== 'advanced') return [];
  const known = hour !== undefined && !Number.isNaN(units);
  return [
    {
      part: 'Database Insights',
      monthly: known ? cents(units * hour * HOURS) : null,
      how: `${Number.isNaN(units) ? 'an unknown number of' : units} ${unit} at ${price(hour)} an hour`,
    },
  ];
}

function hourly(part: string, count: number, className: string, hour: number | undefined): CostPart {
  const how = `${count === 1 ? '' : `${count} × `}${className} at ${price(hour)} an hour`;
  return { part, monthly: hour === undefined ? null : cents(count * hour * HOURS), how };
}

function priced(part: string, amount: number, unit: string, each: number | undefined, note: string): CostPart {
  const monthly = amount === 0 ? 0 : each === undefined ? null : cents(amount * each);
  return { part, monthly, how: `${amount} ${unit} at ${price(each)}${note}` };
}

function counted(part: string, amount: number, unit: string, each: number | undefined): CostPart | undefined {
  if (amount === 0) return undefined;
  return { ...priced(part, amount, `${unit}${amount === 1 ? '' : 's'}`, each, ''), part };
}

function unknownUsage(part: string, unit: string, each: number | undefined): CostPart {
  return { part, monthly: null, how: `depends on use: ${price(each)} a ${unit}` };
}

function above(value: number | undefined, baseline: number): number {
  return Math.max(0, (value ?? 0) - baseline);
}

/** The known families have two vCPUs up to `large`, and as many as the size says above it. */
function vcpus(className: string): number | undefined {
  const times = timesLarge(className.split('.')[2] ?? '');
  return times === undefined ? undefined : Math.max(2, times * 2);
}

function price(dollars: number | undefined): string {
  return dollars === undefined ? 'an unknown price' : `$${Number(dollars.toPrecision(4))}`;
}

function cents(dollars: number): number {
  return Math.round(dollars * 100) / 100;
}
