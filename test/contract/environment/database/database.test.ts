import { stringify } from 'yaml';
import { minimal, mistakesIn } from '../../../support/synth/environments';

function mistakesOf(change: (content: Record<string, Record<string, unknown>>) => void) {
  const content = minimal() as unknown as Record<string, Record<string, unknown>>;
  change(content);
  return mistakesIn(stringify(content));
}

describe('the keys of the database', () => {
  it('one subnet', () => {
    const mistakes = mistakesOf((content) => Object.assign(content.database ?? {}, { subnetIds: ['subnet-0a1b2c3d'] }));
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toMatchObject({
      file: 'prod.yaml:6:3',
      path: 'database.subnetIds',
      got: '["subnet-0a1b2c3d"]',
      rule: 'at least two different subnets, in at least two availability zones',
    });
  });

  it('the same subnet twice', () => {
    const subnetIds = ['subnet-0a1b2c3d', 'subnet-0a1b2c3d'];
    expect(mistakesOf((content) => Object.assign(content.database ?? {}, { subnetIds }))).toHaveLength(1);
  });

  it.each([
    ['backupRetentionDays', 0, 'a whole number of days from 1 to 35'],
    ['backupRetentionDays', 36, 'a whole number of days from 1 to 35'],
    ['engine', '12', expect.stringMatching(/^a supported major version of PostgreSQL: 15, 16, 17, 18, or a minor/)],
    ['engine', '16.0', expect.stringMatching(/^a supported major version/)],
    ['engine', '16.100', expect.stringMatching(/^a supported major version/)],
    ['engine', '14.9', expect.stringMatching(/^a supported major version/)],
    // Without quotes 16.10 would be 16.1.
    ['engine', 16.9, expect.stringMatching(/in quotes$/)],
    ['monitoringRoleArn', 'arn:aws:iam::111122223333:user/x', expect.stringMatching(/^the ARN of an IAM role/)],
    ['monitoringRoleArn', 'arn:aws-cn:iam::111122223333:role/x', expect.stringMatching(/^in the partition of/)],
    ['storageGib', 19, 'a whole number of GiB from 20 to 65536'],
    ['instanceClass', 't4g.medium', 'an RDS instance class'],
    ['multiAz', 'yes', 'true or false'],
    ['iops', 11_999, 'a whole number of IOPS from 12000 to 64000', 400],
    ['iops', 64_001, 'a whole number of IOPS from 12000 to 64000', 400],
    ['iops', 12_000, expect.stringMatching(/^left out below 400 GiB/), 399],
    ['throughputMibps', 499, 'a whole number of MiB/s from 500 to 4000', 400],
    ['throughputMibps', 500, expect.stringMatching(/^left out below 400 GiB/), 399],
    ['throughputMibps', 3001, 'at most a quarter of `iops`: 3000 MiB/s at 12000', 400],
    ['backupWindow', '2:00-3:00', 'half an hour or more of the day, in UTC: hh:mm-hh:mm'],
    ['backupWindow', '04:00-04:31', 'a window that never overlaps `maintenanceWindow`'],
    ['maintenanceWindow', 'sunday', expect.stringMatching(/^half an hour to a day of the week/)],
    ['caIdentifier', 'rds-ca-2019', expect.stringContaining('rds-ca-ecc384-g1')],
    ['insights', 'off', 'a mode of Database Insights: standard, advanced'],
    ['monitoringSeconds', 2, expect.stringContaining('0, 1, 5, 10, 15, 30, 60')],
    ['logRetentionDays', 0, expect.stringMatching(/^a number of days that CloudWatch Logs offers: 1, 3, .*, 3653$/)],
    ['logRetentionDays', 31, expect.stringContaining('30, 60')],
    ['logRetentionDays', 3654, expect.stringContaining('3653')],
    ['maximumStorageGib', 109, 'at least a tenth above `storageGib`: 110 with 100'],
  ])('database.%s %p', (key, value, rule, storageGib = 100) => {
    const mistakes = mistakesOf((content) => Object.assign(content.database ?? {}, { storageGib, [key]: value }));
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toMatchObject({ path: `database.${key}`, got: JSON.stringify(value), rule });
    expect(mistakes[0]?.file).toMatch(/^prod\.yaml:\d+:3$/);
    expect(mistakes[0]?.fix).not.toBe('');
  });

  it.each([
    ['backupRetentionDays', 1],
    ['backupRetentionDays', 35],
    ['backupWindow', '04:00-04:30'],
    ['backupWindow', '05:30-06:00'],
    ['monitoringSeconds', 0],
    ['logRetentionDays', 1],
    ['logRetentionDays', 3653],
    ['storageGib', 20],
    ['maximumStorageGib', 110],
    ['engine', '16.1'],
    ['engine', '16.99'],
    ['monitoringRoleArn', 'arn:aws:iam::111122223333:role/platform/monitoring'],
  ])('but database.%s %p is fine', (key, value) => {
    expect(mistakesOf((content) => Object.assign(content.database ?? {}, { [key]: value }))).toEqual([]);
  });

  it('an existing subnet group takes the place of subnets', () => {
    const withGroup = (subnetIds?: string[], subnetGroupName = 'platform 1._-') =>
      mistakesOf((content) => Object.assign(content.database ?? {}, { subnetGroupName, subnetIds }));
    expect(withGroup()).toEqual([]);
    expect(withGroup(undefined, 'a'.repeat(255))).toEqual([]);
    for (const name of ['default', 'Platform', '', 'a'.repeat(256)]) expect(withGroup(undefined, name)).toHaveLength(1);
    expect(withGroup(['subnet-0a1b2c3d', 'subnet-1a2b3c4d']).map(({ path }) => path)).toEqual([
      'database.subnetGroupName',
    ]);
  });

  it('an existing role for measurements that are off', () => {
    const monitoringRoleArn = 'arn:aws:iam::111122223333:role/monitoring';
    const mistakes = mistakesOf((content) =>
      Object.assign(content.database ?? {}, { monitoringSeconds: 0, monitoringRoleArn }),
    );
    expect(mistakes.map(({ path }) => path)).toEqual(['database.monitoringRoleArn']);
  });

  it.each([
    { storageGib: 400, iops: 12_000 },
    { storageGib: 400, throughputMibps: 3000 },
    { storageGib: 400, iops: 64_000, throughputMibps: 4000 },
    { storageGib: 400, iops: 16_000, throughputMibps: 4000 },
  ])('but storage of %j is fine', (storage) => {
    expect(mistakesOf((content) => Object.assign(content.database ?? {}, storage))).toEqual([]);
  });

  describe.each([
    // 4 pods with surge: 4 * (pool + 4) + 2 application, 4 * 4 + 2 maintenance, 4 backup, 8 administration and reserve.
    { instanceClass: 'db.t4g.micro', holds: 101, fitting: 13, next: 'db.t4g.small' },
    { instanceClass: 'db.m7g.large', holds: 811, fitting: 190, next: 'db.m7g.xlarge' },
  ])('a $instanceClass that holds $holds connections', ({ instanceClass, holds, fitting, next }) => {
    const withPool = (poolMaximum: number) =>
      mistakesOf((content) => {
        Object.assign(content.database ?? {}, { instanceClass });
        Object.assign(content.release ?? {}, { replicas: 3, poolMaximum });
      });

    it('fits up to there', () => {
      expect(withPool(fitting)).toEqual([]);
    });

    it('is too small after it, and the smallest that fits is named', () => {
      const [mistake, ...others] = withPool(fitting + 1);
      expect(others).toEqual([]);
      expect(mistake).toMatchObject({ path: 'database.instanceClass', fix: `write ${next} or a larger class` });
      expect(mistake?.rule).toContain(`where this has ${holds}`);
    });
  });

  it.each([
    [99, ['database.maxConnections'], 'write 100 or more'],
    [100, [], ''],
    [undefined, ['database.maxConnections'], 'check the name of the class first'],
  ])('an unknown class with %p connections', (maxConnections, paths, advice) => {
    const settings = { instanceClass: 'db.x99.large', maxConnections };
    const mistakes = mistakesOf((content) => Object.assign(content.database ?? {}, settings));
    expect(mistakes.map(({ path }) => path)).toEqual(paths);
    for (const { fix } of mistakes) expect(fix).toContain(advice);
  });

  it.each([
    ['db.t4g.meduim', 'did you mean db.t4g.medium?'],
    ['db.t4.medium', 'did you mean db.t4g.medium?'],
    ['t4g.medium', 'did you mean db.t4g.medium?'],
    ['DB.T4G.MEDIUM', 'write db.t4g.medium, in lower case'],
  ])('a mistyped class %s, without a word of connections', (instanceClass, advice) => {
    const mistakes = mistakesOf((content) => Object.assign(content.database ?? {}, { instanceClass }));
    expect(mistakes).toMatchObject([{ path: 'database.instanceClass', fix: expect.stringContaining(advice) }]);
  });

  it.each([
    'db.r8g.large',
    'db.m8g.48xlarge',
    'db.r5.large',
    'db.r6id.large',
  ])('a class of today: %s', (instanceClass) => {
    expect(mistakesOf((content) => Object.assign(content.database ?? {}, { instanceClass }))).toEqual([]);
  });

  it('more connections than any class holds', () => {
    const mistakes = mistakesOf((content) => Object.assign(content.release ?? {}, { replicas: 50, poolMaximum: 200 }));
    expect(mistakes).toMatchObject([
      { path: 'database.instanceClass', fix: expect.stringContaining('lower `release.') },
    ]);
  });
});
