import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { environmentJsonSchema, NAME_LIMIT, RENAMED_KEYS } from '../../../contract/environment/environment';
import { parseEnvironment } from '../../../contract/environment/parse';
import { collisions } from '../../../contract/environment/review/collisions';
import { newestVersion } from '../../../contract/product/facts';
import { KEY_ARN } from '../../support/synth/cluster';
import { minimal, mistakesIn, parsed } from '../../support/synth/environments';

const ENVIRONMENTS = join(__dirname, '..', '..', '..', 'environments');

function mistakesOf(change: (content: Record<string, Record<string, unknown>>) => void) {
  const content = minimal() as unknown as Record<string, Record<string, unknown>>;
  change(content);
  return mistakesIn(stringify(content));
}

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
      alarms: { enabled: true, emails: [], cpuPercent: 80, storageDays: 4, latencyMilliseconds: 100 },
      podRoles: { api: { policyArns: [] }, scanner: { policyArns: [] } },
      namespace: 'agent-bom',
      createNamespace: true,
      release: {
        managedBy: 'terraform',
        chartVersion: newestVersion(),
        chartRepository: 'oci://ghcr.io/msaad00/charts',
        images: {},
        replicas: 2,
        poolMinimum: 5,
        poolMaximum: 20,
        trustedProxyIssuer: 'https://auth.example.com',
        values: {},
      },
      reports: { retentionDays: 30 },
      verification: { enabled: true, schedule: '43 5 * * *', prometheusRule: false },
      tags: {},
      requiredTags: [],
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

describe('other keys', () => {
  it.each(Object.entries(RENAMED_KEYS))('%s is no key any more, and %s is one', (previous, now) => {
    const known = keys(environmentJsonSchema() as JsonSchema).map(({ path }) => path.join('.'));
    expect([known.includes(previous), known.includes(now)]).toEqual([false, true]);
  });

  it('a chart that is too old', () => {
    const [mistake, ...others] = mistakesOf((content) =>
      Object.assign(content.release ?? {}, { chartVersion: '0.93.0' }),
    );
    expect(others).toEqual([]);
    expect(mistake).toMatchObject({
      path: 'release.chartVersion',
      got: '"0.93.0"',
      fix: `write ${newestVersion()}, or another version from 0.98.3 on`,
    });
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
});
