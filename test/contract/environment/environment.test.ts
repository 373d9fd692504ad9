import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { collisions } from '../../../contract/environment/collisions';
import { environmentJsonSchema, NAME_LIMIT, RENAMED_KEYS } from '../../../contract/environment/environment';
import { parseEnvironment } from '../../../contract/environment/parse';
import { KEY_ARN } from '../../support/synth/cluster';
import { minimal, mistakesIn, parsed } from '../../support/synth/environments';

const ENVIRONMENTS = join(__dirname, '..', '..', '..', 'environments');

function mistakesOf(change: (content: Record<string, Record<string, unknown>>) => void) {
  const content = minimal() as unknown as Record<string, Record<string, unknown>>;
  change(content);
  return mistakesIn(stringify(content));
}

describe('a valid environment', () => {
  it('has safe defaults', () => {
    expect(parsed(minimal())).toEqual({
      name: 'prod',
      region: 'eu-west-1',
      cluster: {
        name: 'platform',
        podRoles: 'irsa',
        externalSecretsServiceAccount: { namespace: 'external-secrets', name: 'external-secrets' },
      },
      database: {
        subnetIds: ['subnet-0a1b2c3d', 'subnet-1a2b3c4d'],
        access: { pods: 'cluster', securityGroupIds: [], cidrs: [] },
        engine: '16',
        instanceClass: 'db.t4g.medium',
        storageGib: 100,
        maximumStorageGib: 500,
        form: 'instance',
        multiAz: true,
        backupRetentionDays: 14,
        backupWindow: '02:00-03:00',
        maintenanceWindow: 'sun:04:30-sun:05:30',
        caIdentifier: 'rds-ca-rsa2048-g1',
        iamAuthentication: false,
        insights: 'standard',
        monitoringSeconds: 60,
        logRetentionDays: 365,
      },
      encryption: {},
      secrets: { generation: 1, recoveryWindowDays: 30, delivery: 'external-secrets' },
      backup: { enabled: true, schedule: '0 3 * * *', scratchGib: 10, dumpRetentionDays: 35 },
      alarms: { enabled: true, emails: [], cpuPercent: 80, storageDays: 4 },
      podRoles: { api: { policyArns: [] }, scanner: { policyArns: [] } },
      namespace: 'agent-bom',
      createNamespace: true,
      release: {
        managedBy: 'terraform',
        chartVersion: '0.102.0',
        chartRepository: 'oci://ghcr.io/msaad00/charts',
        images: {},
        replicas: 2,
        poolMinimum: 5,
        poolMaximum: 20,
        trustedProxyIssuer: 'https://auth.example.com',
        values: {},
      },
      releaseProtection: false,
    });
  });

  it('may write the engine with and without quotes', () => {
    expect(parsed({ ...minimal(), database: { ...minimal().database, engine: 17 } }).database.engine).toBe('17');
    expect(parsed({ ...minimal(), database: { ...minimal().database, engine: '17' } }).database.engine).toBe('17');
  });

  it('may have a name of 40 characters, and of no more', () => {
    expect(NAME_LIMIT).toBe(40);
    expect(parsed({ ...minimal(), name: 'a'.repeat(40) }).name).toHaveLength(40);
    const mistakes = mistakesIn(stringify({ ...minimal(), name: 'a'.repeat(41) }));
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toMatchObject({ file: 'prod.yaml:1:1', path: 'name', got: `"${'a'.repeat(41)}"` });
    expect(mistakes[0]?.rule).toContain('at most 40 characters');
    expect(mistakes[0]?.rule).toContain('-agent-bom-secret-reader');
  });
});

describe('every mistake names its place, value, rule and remedy', () => {
  it('an unknown key, with the nearest known one', () => {
    expect(mistakesOf((content) => Object.assign(content.database ?? {}, { multiAZ: true }))).toEqual([
      {
        file: 'prod.yaml:9:3',
        path: 'database.multiAZ',
        got: 'multiAZ',
        rule: expect.stringContaining('the keys here are existing, subnetIds, access, engine, instanceClass'),
        fix: 'write multiAz, or remove the key',
      },
    ]);
  });

  it('a renamed key, with its new name', () => {
    const admit = { pods: 'namespace' };
    expect(mistakesOf((content) => Object.assign(content.database ?? {}, { admit }))).toEqual([
      {
        file: 'prod.yaml:9:3',
        path: 'database.admit',
        got: 'admit',
        rule: '`database.admit` is now `database.access`',
        fix: 'rename the key',
      },
    ]);
  });

  it.each(Object.entries(RENAMED_KEYS))('%s is no key any more, and %s is one', (previous, now) => {
    const known = keys(environmentJsonSchema() as JsonSchema).map(({ path }) => path.join('.'));
    expect([known.includes(previous), known.includes(now)]).toEqual([false, true]);
  });

  it('a missing region', () => {
    expect(mistakesOf((content) => delete content.region)).toEqual([
      {
        file: 'prod.yaml',
        path: 'region',
        got: 'nothing: the key is missing',
        rule: 'an AWS region',
        fix: 'write the code of the region that the cluster runs in, such as `eu-west-1`',
      },
    ]);
  });

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
    ['engine', '12', 'a supported major version of PostgreSQL: 15, 16, 17, 18'],
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
    ['maximumStorageGib', 100, 'more than `storageGib`'],
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
    ['maximumStorageGib', 101],
  ])('but database.%s %p is fine', (key, value) => {
    expect(mistakesOf((content) => Object.assign(content.database ?? {}, { [key]: value }))).toEqual([]);
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
    // 4 pods with surge: 4 * pool + 2 application, 4 * 4 + 2 maintenance, 4 backup, 8 administration and reserve.
    { instanceClass: 'db.t4g.micro', holds: 101, fitting: 17, next: 'db.t4g.small' },
    { instanceClass: 'db.m7g.large', holds: 811, fitting: 194, next: 'db.m7g.xlarge' },
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
    [87, ['database.maxConnections']],
    [88, []],
    [undefined, ['database.maxConnections']],
  ])('an unknown class with %p connections', (maxConnections, paths) => {
    const settings = { instanceClass: 'db.x99.large', maxConnections };
    const mistakes = mistakesOf((content) => Object.assign(content.database ?? {}, settings));
    expect(mistakes.map(({ path }) => path)).toEqual(paths);
    for (const { fix } of mistakes) expect(fix).toContain('write 88 or more');
  });

  it('more connections than any class holds', () => {
    const mistakes = mistakesOf((content) => Object.assign(content.release ?? {}, { replicas: 50, poolMaximum: 200 }));
    expect(mistakes).toMatchObject([
      { path: 'database.instanceClass', fix: expect.stringContaining('lower `release.') },
    ]);
  });

  it('a chart that is too old', () => {
    const [mistake, ...others] = mistakesOf((content) =>
      Object.assign(content.release ?? {}, { chartVersion: '0.93.0' }),
    );
    expect(others).toEqual([]);
    expect(mistake).toMatchObject({ path: 'release.chartVersion', got: '"0.93.0"', fix: 'write 0.102.0' });
    expect(mistake?.rule).toContain('0.98.3');
  });

  it('a pool whose maximum is below its minimum', () => {
    const mistakes = mistakesOf((content) => Object.assign(content.release ?? {}, { poolMinimum: 10, poolMaximum: 9 }));
    expect(mistakes).toMatchObject([{ path: 'release.poolMaximum', got: '9', rule: 'at least `poolMinimum`' }]);
  });

  it.each([
    ['an alias', 'arn:aws:kms:eu-west-1:111122223333:alias/mine', 'the ARN of a KMS key'],
    ['another region', KEY_ARN.replace('eu-west-1', 'us-east-1'), 'a key in eu-west-1, the region of the environment'],
    ['no ARN', '0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9', 'the ARN of a KMS key'],
  ])('a key of %s', (_what, keyArn, rule) => {
    const mistakes = mistakesOf((content) => Object.assign(content, { encryption: { keyArn } }));
    expect(mistakes).toMatchObject([{ path: 'encryption.keyArn', got: JSON.stringify(keyArn) }]);
    expect(mistakes[0]?.rule).toContain(rule);
  });

  it.each([
    ['eu-west-1', KEY_ARN],
    ['eu-west-1', KEY_ARN.replace(/key\/.*/, `key/mrk-${'0a'.repeat(16)}`)],
    ['cn-north-1', KEY_ARN.replace('aws:kms:eu-west-1', 'aws-cn:kms:cn-north-1')],
    ['us-gov-west-1', KEY_ARN.replace('aws:kms:eu-west-1', 'aws-us-gov:kms:us-gov-west-1')],
  ])('but in %s the key %s is fine', (region, keyArn) => {
    expect(mistakesOf((content) => Object.assign(content, { region, encryption: { keyArn } }))).toEqual([]);
  });

  it.each([
    [0, 1],
    [1, 0],
    [3650, 0],
    [3651, 1],
  ])('dumps that are kept %i days: %i', (dumpRetentionDays, count) => {
    const mistakes = mistakesOf((content) => Object.assign(content, { backup: { dumpRetentionDays } }));
    expect(mistakes.map(({ rule }) => rule)).toEqual(Array(count).fill('a whole number of days from 1 to 3650'));
  });

  it.each([
    [{ bucket: 'state' }, ['state.region']],
    [{ bucket: 'st', region: 'eu-west-1' }, ['state.bucket']],
    [{ bucket: 'a'.repeat(64), region: 'eu-west-1' }, ['state.bucket']],
    [{ bucket: 'a'.repeat(63), region: 'eu-west-1', prefix: 'a/b' }, []],
    [{ bucket: 'sta', region: 'eu-west-1', prefix: '/a' }, ['state.prefix']],
    [{ bucket: 'sta', region: 'eu-west-1', prefix: 'a/' }, ['state.prefix']],
    [{ bucket: 'sta', region: 'eu-west-1', prefix: 'a'.repeat(201) }, ['state.prefix']],
    [{ bucket: 'sta', region: 'eu-west-1', prefix: 'a'.repeat(200) }, []],
  ])('a state in %j', (state, paths) => {
    const mistakes = mistakesOf((content) => Object.assign(content, { state }));
    expect(mistakes.map(({ path }) => path)).toEqual(paths);
  });

  it('a credential in the values of the chart, without showing it', () => {
    const url = 'postgresql://agent_bom:hunter2@db.internal/agent_bom';
    const mistakes = mistakesOf((content) => Object.assign(content.release ?? {}, { values: { extra: { dsn: url } } }));
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toMatchObject({ path: 'release.values.extra.dsn', got: '(a credential, not shown)' });
    expect(JSON.stringify(mistakes)).not.toContain('hunter2');
  });

  it('a credential in the wrong place, without showing it', () => {
    const mistakes = mistakesOf((content) => Object.assign(content, { region: 'https://me:hunter2@example.com' }));
    expect(mistakes).toHaveLength(1);
    expect(JSON.stringify(mistakes)).not.toContain('hunter2');
  });

  it('text that is no YAML', () => {
    const mistakes = mistakesIn('name: prod\ncluster: {name: "platform\n');
    expect(mistakes.length).toBeGreaterThan(0);
    expect(mistakes[0]).toMatchObject({ rule: 'an environment file is YAML' });
    expect(mistakes[0]?.file).toMatch(/^prod\.yaml:\d+:\d+$/);
  });

  it.each([
    ['an alias without an anchor', 'name: *prod\n', /^Unresolved alias/],
    [
      'aliases that multiply',
      `${'a: &a [1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n'}c: [${'*b,'.repeat(20)}]`,
      /alias/,
    ],
    ['two documents', 'name: prod\n---\nname: staging\n', /^more than one document/],
    ['a key that stands twice', 'name: prod\nname: staging\n', /unique/],
  ])('%s', (_what, text, got) => {
    const mistakes = mistakesIn(text);
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]?.got).toMatch(got);
  });

  it.each(['', '# nothing but a comment\n', '---\n'])('an empty file: %p', (text) => {
    expect(mistakesIn(text)).toMatchObject([{ file: 'prod.yaml', got: 'an empty file' }]);
  });

  it.each(['just text', '- a\n- list\n', '42'])('a file that is no section: %p', (text) => {
    expect(mistakesIn(text)).toHaveLength(1);
  });

  it('three mistakes at once', () => {
    const mistakes = mistakesOf((content) => {
      delete content.region;
      Object.assign(content.database ?? {}, { backupRetentionDays: 0 });
      Object.assign(content.release ?? {}, { chartVersion: '0.93.0' });
    });
    expect(mistakes.map(({ path }) => path).sort()).toEqual([
      'database.backupRetentionDays',
      'region',
      'release.chartVersion',
    ]);
  });
});

describe('names of environments', () => {
  it('are claimed once', () => {
    const environment = parsed(minimal());
    expect(collisions([{ file: 'a.yaml', environment }])).toEqual([]);
    expect(
      collisions([
        { file: 'a.yaml', environment },
        { file: 'b.yaml', environment: { ...environment, namespace: 'elsewhere' } },
      ]),
    ).toMatchObject([{ file: 'a.yaml, b.yaml', path: 'name', got: 'prod' }]);
  });

  it.each(['Prod', '1prod', 'prod-', 'a--b', 'prod_eu', ''])('%p is refused', (name) => {
    expect(mistakesIn(stringify({ ...minimal(), name }))).toMatchObject([{ path: 'name' }]);
  });
});

describe('the example', () => {
  const text = readFileSync(join(ENVIRONMENTS, 'example.yaml'), 'utf8');

  it('is valid', () => {
    expect(parseEnvironment('example.yaml', text)).toHaveProperty('environment.name', 'example');
  });

  it('shows every key, with its default where it has one', () => {
    const schema = environmentJsonSchema() as JsonSchema;
    for (const { path, fallback } of keys(schema)) {
      const key = path.at(-1) ?? '';
      expect({ path, shown: new RegExp(`^ *(?:# *)?${key}:`, 'm').test(text) }).toEqual({ path, shown: true });
      if (typeof fallback === 'object' || fallback === undefined) continue;
      expect({ path, shown: new RegExp(`^ *(?:# *)?${key}: "?${literal(fallback)}"?$`, 'm').test(text) }).toEqual({
        path,
        shown: true,
      });
    }
  });

  it('tells editors where the schema is, and the schema is current', () => {
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=./environment.schema.json');
    const committed = JSON.parse(readFileSync(join(ENVIRONMENTS, 'environment.schema.json'), 'utf8'));
    expect(committed).toEqual(JSON.parse(JSON.stringify(environmentJsonSchema())));
  });
});

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema & { readonly default?: unknown }>>;
}

function keys(schema: JsonSchema, path: string[] = []): { path: string[]; fallback: unknown }[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => [
    { path: [...path, key], fallback: inner.default },
    ...keys(inner, [...path, key]),
  ]);
}

/** A value as a pattern that matches it alone. */
function literal(value: unknown): string {
  return String(value).replaceAll('*', '\\*');
}
