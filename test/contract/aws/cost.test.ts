import { AURORA_CLASSES, INSTANCE_CLASSES } from '../../../contract/aws/capacity';
import { costEstimate, HOURS } from '../../../contract/aws/cost/estimate';
import { BUNDLED_PRICES, instanceHour, timesLarge } from '../../../contract/aws/cost/prices';
import { minimal, minimalExisting, parsed } from '../../support/synth/environments';

const PRICED = /^db\.(?:t3|t4g|m6g|m6i|m7g|r6g|r6i|r7g)\./;
const NOTHING = { keys: 0, secrets: 0, alarmMetrics: 0 };
const estimate = (database: object, more: object = {}, quantities = NOTHING) =>
  costEstimate(
    parsed({ ...minimal(), ...more, database: { ...minimal().database, ...database } }),
    quantities,
    BUNDLED_PRICES,
  );
const monthly = (cost: ReturnType<typeof costEstimate>): Record<string, number | null> =>
  Object.fromEntries(cost.parts.map((part) => [part.part, part.monthly]));

describe('the prices of the project', () => {
  it.each(['us-east-1', 'eu-west-1'])('of %s know every class of the families that are priced', (region) => {
    const prices = BUNDLED_PRICES.regions[region] ?? {};
    const unknown = [
      ...INSTANCE_CLASSES.filter(
        ({ name }) => PRICED.test(name) && instanceHour(prices, 'postgres', name) === undefined,
      ),
      ...AURORA_CLASSES.filter(
        ({ name }) => PRICED.test(name) && instanceHour(prices, 'aurora-postgresql', name) === undefined,
      ),
    ];
    expect(unknown).toEqual([]);
    expect(Object.values(prices).filter((price) => price === undefined)).toEqual([]);
    expect(Object.keys(prices).sort()).toEqual(Object.keys(BUNDLED_PRICES.regions['us-east-1'] ?? {}).sort());
  });

  // What AWS charges by the hour, on its pages and in bills that were published.
  it.each([
    ['us-east-1', 'postgres', 'db.t4g.micro', 0.016],
    ['us-east-1', 'postgres', 'db.t4g.small', 0.032],
    ['us-east-1', 'postgres', 'db.t4g.medium', 0.065],
    ['us-east-1', 'postgres', 'db.t3.micro', 0.018],
    ['us-east-1', 'postgres', 'db.m6i.2xlarge', 0.712],
    ['us-east-1', 'postgres', 'db.r7g.xlarge', 0.478],
    ['us-east-1', 'aurora-postgresql', 'db.r6g.large', 0.26],
    ['eu-west-1', 'postgres', 'db.t4g.micro', 0.017],
    ['eu-west-1', 'postgres', 'db.t4g.medium', 0.069],
    ['eu-west-1', 'aurora-postgresql', 'db.r6g.large', 0.286],
  ] as const)('of %s are right for %s %s', (region, engine, name, hour) => {
    const known = instanceHour(BUNDLED_PRICES.regions[region] ?? {}, engine, name) ?? 0;
    expect(Math.abs(known - hour) / hour).toBeLessThan(0.1);
  });

  it('say when and where they are from', () => {
    expect(BUNDLED_PRICES.date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect(BUNDLED_PRICES.source).toContain('https://aws.amazon.com/rds/postgresql/pricing/');
  });

  it('know sizes, and no others', () => {
    expect(['micro', 'small', 'medium', 'large', 'xlarge', '2xlarge', '48xlarge'].map(timesLarge)).toEqual([
      1 / 8,
      1 / 4,
      1 / 2,
      1,
      2,
      4,
      96,
    ]);
    expect(['', 'nano', 'metal', '0x'].map(timesLarge)).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe('an estimate', () => {
  it('of an instance has a standby, the storage of both, and what is counted', () => {
    const cost = estimate({}, {}, { keys: 1, secrets: 5, alarmMetrics: 8 });
    expect(monthly(cost)).toEqual({
      instance: 51.1,
      standby: 51.1,
      storage: 25.4,
      backups: null,
      'KMS keys': 1,
      secrets: 2,
      alarms: 0.8,
      logs: null,
      'dumps and reports in S3': null,
    });
    expect(cost).toMatchObject({ atLeast: 131.4, isPartial: true, region: 'eu-west-1', currency: 'USD' });
  });

  it('of an instance alone has half of it, and no standby', () => {
    expect(monthly(estimate({ multiAz: false }))).toMatchObject({ instance: 51.1, storage: 12.7 });
    expect(monthly(estimate({ multiAz: false }))).not.toHaveProperty('standby');
  });

  it('has IOPS and throughput above the baseline, on both instances, and insights by vCPU', () => {
    const large = { storageGib: 400, maximumStorageGib: 1000, iops: 16_000, throughputMibps: 600 };
    const cost = monthly(estimate({ ...large, instanceClass: 'db.m7g.2xlarge', insights: 'advanced' }));
    expect(cost).toMatchObject({
      'provisioned IOPS': 176,
      'provisioned throughput': 17.6,
      'Database Insights': 16 * 0.0125 * HOURS,
    });
    const baseline = monthly(estimate({ ...large, iops: 12_000, throughputMibps: 500 }));
    expect(baseline).not.toHaveProperty('provisioned IOPS');
    expect(baseline).not.toHaveProperty('provisioned throughput');
  });

  it('of Aurora has a writer, readers, and storage by use', () => {
    const cost = estimate({ form: 'aurora', instanceClass: 'db.r6g.large', aurora: { readers: 2 } });
    expect(monthly(cost)).toMatchObject({ writer: 208.78, readers: 417.56, storage: null, 'storage requests': null });
    const byUse = cost.parts.filter((part) => part.monthly === null).map(({ part, how }) => `${part}: ${how}`);
    expect(byUse).toEqual([
      'storage: depends on use: $0.11 a GiB a month, as much as the data takes',
      'storage requests: depends on use: $0.22 a million reads and writes',
      'backups: depends on use: $0.022 a GiB a month beyond one day of them, which is free',
      'logs: depends on use: $0.57 a GiB written, enhanced monitoring included; $0.03 a GiB and month kept',
      'dumps and reports in S3: depends on use: $0.023 a GiB a month; dumps stay for 35 days',
    ]);
    expect(monthly(estimate({ form: 'aurora', aurora: { readers: 0 } }))).not.toHaveProperty('readers');
  });

  it('of Aurora Serverless is the least that it can be, and says the most', () => {
    const cost = estimate({ form: 'aurora', aurora: { minimumCapacity: 2, maximumCapacity: 8 } });
    expect(cost.parts[0]).toEqual({
      part: 'capacity',
      monthly: 408.8,
      how: '2 × 2 to 8 ACU at $0.14 an hour; at most $1635.2',
    });
    expect(monthly(estimate({ form: 'aurora', aurora: { minimumCapacity: 0, maximumCapacity: 8 } }))).toMatchObject({
      capacity: 0,
    });
  });

  it('names the second region', () => {
    expect(monthly(estimate({ replication: { region: 'eu-central-1' } }))).toMatchObject({
      'backups in the second region': null,
      'transfer to the second region': null,
    });
  });

  it('says that it does not know, and counts nothing as nothing', () => {
    const elsewhere = estimate({}, { region: 'ap-southeast-2' }, { keys: 1, secrets: 0, alarmMetrics: 0 });
    expect(elsewhere).toMatchObject({ atLeast: 0, isPartial: true });
    expect(elsewhere.parts.every((part) => part.monthly === null)).toBe(true);
    expect(elsewhere.parts[0]?.how).toBe('db.t4g.medium at an unknown price an hour');
    expect(
      monthly(estimate({ instanceClass: 'db.x9.large', insights: 'advanced', maxConnections: 400 })),
    ).toMatchObject({
      instance: null,
      standby: null,
      storage: 25.4,
    });
  });

  it('of an existing server has what the environment adds to it', () => {
    const cost = costEstimate(parsed(minimalExisting()), NOTHING, BUNDLED_PRICES);
    expect(cost).toMatchObject({ parts: [], atLeast: 0, isPartial: false });
  });
});
