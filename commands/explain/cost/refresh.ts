import { partitionOf } from '../../../contract/aws/arn';
import { type PricedEngine, type PriceList, type RegionPrices, timesLarge } from '../../../contract/aws/cost/prices';
import { askJson, at, listAt, textAt } from '../../shared/program-runner';

/** The price list is large, and comes in pages. */
const TIMEOUT_MS = 120_000;
/** Regions that answer for the price list of a partition. */
const LIST_REGIONS: Readonly<Record<string, string>> = { aws: 'us-east-1', 'aws-cn': 'cn-northwest-1' };
const CURRENCIES: Readonly<Record<string, string>> = { aws: 'USD', 'aws-cn': 'CNY' };

type Key = Exclude<keyof RegionPrices, 'instanceLarge'>;

/** Which product of the list is which price, by the end of its usage type; its beginning says the region. */
const PRODUCTS: readonly (readonly [service: string, filter: string, usage: RegExp, key: Key])[] = [
  ['AmazonRDS', 'volumeType=General Purpose-GP3', /RDS:GP3-Storage$/, 'storageGib'],
  ['AmazonRDS', 'group=RDS-GP3-IOPS', /RDS:GP3-PIOPS$/, 'iops'],
  ['AmazonRDS', 'group=RDS-GP3-Throughput', /RDS:GP3-Throughput$/, 'throughputMibps'],
  ['AmazonRDS', 'productFamily=Storage Snapshot', /RDS:ChargedBackupUsage$/, 'backupGib'],
  ['AmazonRDS', 'productFamily=Storage Snapshot', /Aurora:BackupUsage$/, 'auroraBackupGib'],
  ['AmazonRDS', 'productFamily=ServerlessV2', /Aurora:ServerlessV2Usage$/, 'auroraCapacityUnit'],
  ['AmazonRDS', 'productFamily=Database Storage', /Aurora:StorageUsage$/, 'auroraStorageGib'],
  ['AmazonRDS', 'productFamily=System Operation', /Aurora:StorageIOUsage$/, 'auroraMillionRequests'],
  ['AWSSecretsManager', '', /AWSSecretsManager-Secrets$/, 'secretMonth'],
  ['awskms', '', /KMS-Keys$/, 'keyMonth'],
  ['AmazonCloudWatch', '', /CW:AlarmMonitorUsage$/, 'alarmMetricMonth'],
  ['AmazonCloudWatch', '', /DataProcessing-Bytes$/, 'logIngestedGib'],
  ['AmazonCloudWatch', '', /TimedStorage-ByteHrs$/, 'logStoredGib'],
  ['AmazonS3', 'volumeType=Standard', /TimedStorage-ByteHrs$/, 'objectGib'],
];

const ENGINES: readonly (readonly [name: string, engine: PricedEngine])[] = [
  ['PostgreSQL', 'postgres'],
  ['Aurora PostgreSQL', 'aurora-postgresql'],
];

/** The prices of a region as AWS's price list has them now, or why it cannot be read. What it lacks is left out. */
export async function refreshedPrices(region: string, date: string): Promise<PriceList | { readonly reason: string }> {
  const partition = partitionOf(region);
  const place = LIST_REGIONS[partition];
  const currency = CURRENCIES[partition];
  if (place === undefined || currency === undefined) return { reason: `AWS has no price list of ${partition}` };
  const instances = await Promise.all(
    ENGINES.map(([name]) =>
      products(place, 'AmazonRDS', region, ['productFamily=Database Instance', `databaseEngine=${name}`]),
    ),
  );
  const refused = instances.find((answer) => 'reason' in answer);
  if (refused !== undefined && 'reason' in refused) return refused;
  const instanceLarge = Object.fromEntries(
    ENGINES.map(([, engine], index) => [engine, families(instances[index] as readonly unknown[], currency)]),
  );
  const questions = new Map(PRODUCTS.map(([service, filter]) => [`${service} ${filter}`, { service, filter }]));
  const answers = new Map(
    await Promise.all(
      [...questions].map(
        async ([key, { service, filter }]) =>
          [key, await products(place, service, region, filter === '' ? [] : [filter])] as const,
      ),
    ),
  );
  const others = PRODUCTS.flatMap(([service, filter, usage, key]) => {
    const found = answers.get(`${service} ${filter}`) ?? [];
    const product = 'reason' in found ? undefined : found.find((one) => usage.test(usageOf(one)));
    const dollars = product === undefined ? undefined : priceOf(product, currency);
    // The list counts single requests.
    const amount = key === 'auroraMillionRequests' && dollars !== undefined ? dollars * 1e6 : dollars;
    return amount === undefined ? [] : [[key, amount] as const];
  });
  return {
    date,
    source: `AWS price list, through ${place}`,
    currency,
    regions: { [region]: { instanceLarge, ...Object.fromEntries(others) } },
  };
}

async function products(
  place: string,
  service: string,
  region: string,
  filters: readonly string[],
): Promise<readonly unknown[] | { readonly reason: string }> {
  const match = [`regionCode=${region}`, ...filters].map((filter) => {
    const [field, value] = filter.split('=');
    return JSON.stringify({ Type: 'TERM_MATCH', Field: field, Value: value });
  });
  const question = ['pricing', 'get-products', '--service-code', service, '--filters', `[${match.join(',')}]`];
  const answer = await askJson('aws', [...question, '--region', place, '--output', 'json'], TIMEOUT_MS);
  if (answer.kind !== 'answered') return { reason: answer.reason };
  return listAt(answer.content, 'PriceList').flatMap((product) => {
    try {
      return [typeof product === 'string' ? JSON.parse(product) : product];
    } catch {
      return [];
    }
  });
}

/** Price of a `large` of each family, from that size, or from another one. */
function families(found: readonly unknown[], currency: string): Record<string, number> {
  const large: Record<string, number> = {};
  for (const product of found) {
    const attributes = at(product, 'product', 'attributes');
    const [, family = '', size = ''] = textAt(attributes, 'instanceType').split('.');
    const times = timesLarge(size);
    const dollars = priceOf(product, currency);
    const isPlain = !/IOOptimized|Multi-AZ|Cluster/.test(usageOf(product));
    const isOne = ['', 'Single-AZ'].includes(textAt(attributes, 'deploymentOption'));
    if (times === undefined || dollars === undefined || !isPlain || !isOne) continue;
    if (size === 'large' || large[family] === undefined) large[family] = Number((dollars / times).toPrecision(4));
  }
  return Object.fromEntries(Object.entries(large).sort());
}

const usageOf = (product: unknown): string => textAt(product, 'product', 'attributes', 'usagetype');

/** The price on demand of the first unit, in the currency of the partition. */
function priceOf(product: unknown, currency: string): number | undefined {
  const terms = Object.values((at(product, 'terms', 'OnDemand') as object | undefined) ?? {});
  const dimensions = terms.flatMap((term) => Object.values((at(term, 'priceDimensions') as object | undefined) ?? {}));
  const first = dimensions.find((dimension) => ['', '0'].includes(textAt(dimension, 'beginRange')));
  const dollars = Number(textAt(first, 'pricePerUnit', currency));
  return Number.isFinite(dollars) && dollars > 0 ? dollars : undefined;
}
