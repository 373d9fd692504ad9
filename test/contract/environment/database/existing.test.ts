import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { rdsRegion } from '../../../../contract/environment/database/existing';
import { environmentJsonSchema } from '../../../../contract/environment/environment';
import { parseEnvironment } from '../../../../contract/environment/parse';
import { minimal, minimalExisting, mistakesIn, parsed } from '../../../support/synth/environments';

type Content = Record<string, Record<string, unknown>>;

/** A section within a section. */
const inside = (section: Content[string] | undefined, key: string) => section?.[key] as Content;

function mistakesOf(change: (content: Content) => void) {
  const content = minimalExisting() as unknown as Content;
  change(content);
  return mistakesIn(stringify(content));
}

const withExisting = (existing: object) =>
  mistakesOf(({ database }) => Object.assign(inside(database, 'existing'), existing));

describe('an existing server', () => {
  it('is read, with the port and the database that are usual', () => {
    const { database, secrets, createNamespace } = parsed(minimalExisting());
    expect(database).toMatchObject({ engine: '16', maxConnections: 400 });
    expect(database.subnetIds).toBeUndefined();
    expect(database.existing).toEqual({
      host: 'platform.c0a1b2c3d4e5.eu-west-1.rds.amazonaws.com',
      port: 5432,
      database: 'agent_bom',
    });
    expect(secrets.existing?.app).toEqual({ arn: expect.stringContaining(':secret:platform/app-d4e5f6') });
    expect(createNamespace).toBe(true);
  });

  it.each([
    ['10.0.0.1', /^a host name, not an address/],
    ['fd00::1', /^a host name, not an address/],
    ['[fd00::1]', /^a host name, not an address/],
    ['localhost', /^the host name of the server/],
    ['Postgres.example.com', /^the host name of the server in lower case/],
    ['postgresql://db.example.com', /^the host name of the server/],
    ['db.example.com:5432', /^the host name of the server/],
    ['-db.example.com', /^the host name of the server/],
    [`${'a'.repeat(64)}.example.com`, /^the host name of the server/],
    ['', /^the host name of the server/],
    ['bom.proxy-c0a1b2c3d4e5.eu-west-1.rds.amazonaws.com', /^not an RDS Proxy/],
    ['bom-read.endpoint.proxy-c0a1b2c3d4e5.eu-west-1.rds.amazonaws.com', /^not an RDS Proxy/],
    ['bom.cluster-ro-c0a1b2c3d4e5.eu-west-1.rds.amazonaws.com', /reader endpoint/],
    ['pgbouncer.data.svc.cluster.local', /^not a connection pooler/],
    ['ep-cool-darkness-123456-pooler.eu-central-1.example.tech', /^not a connection pooler/],
  ])('is not called %p', (host, rule) => {
    const mistakes = withExisting({ host }).filter(({ path }) => path !== 'database.caBundleFile');
    expect(mistakes).toEqual([
      {
        file: expect.stringMatching(/^prod\.yaml:\d+:5$/),
        path: 'database.existing.host',
        got: JSON.stringify(host),
        rule: expect.stringMatching(rule),
        fix: expect.stringMatching(/^(?:write|give) /),
      },
    ]);
  });

  it.each([
    'bom.cluster-c0a1b2c3d4e5.eu-west-1.rds.amazonaws.com',
    'bom.c0a1b2c3d4e5.cn-north-1.rds.amazonaws.com.cn',
    'proxy-bom.c0a1b2c3d4e5.us-gov-west-1.rds.amazonaws.com',
  ])('is called %p, and the authorities of RDS are known', (host) => {
    expect(withExisting({ host })).toEqual([]);
  });

  it.each([
    'postgres',
    'postgres.data.svc.cluster.local',
    `${'a'.repeat(63)}.example.com`,
    'bouncer.example.com',
  ])('is called %p, and its authorities are given', (host) => {
    expect(withExisting({ host })).toMatchObject([
      { path: 'database.caBundleFile', got: 'nothing: the key is missing', fix: expect.stringContaining('PEM file') },
    ]);
    const change = ({ database }: Content) =>
      Object.assign(database ?? {}, { existing: { host }, caBundleFile: 'a.pem' });
    expect(mistakesOf(change)).toEqual([]);
  });

  it.each([
    [0, 1],
    [1, 0],
    [6431, 0],
    [6432, 1],
    [6433, 0],
    [6543, 1],
    [9999, 1],
    [65_535, 0],
    [65_536, 1],
  ])('listens at %i: %i mistakes', (port, count) => {
    const mistakes = withExisting({ port });
    expect(mistakes.map(({ path }) => path)).toEqual(Array(count).fill('database.existing.port'));
    for (const { rule } of mistakes) expect(rule).toContain('6432, 6543, 9999');
  });

  it.each([
    ['postgres', 1],
    ['template1', 1],
    ['rdsadmin', 1],
    ['Agent', 1],
    ['a b', 1],
    ['a'.repeat(64), 1],
    ['a'.repeat(63), 0],
    ['agent-bom', 0],
    ['postgres_bom', 0],
  ])('has a database %p: %i mistakes', (database, count) => {
    const mistakes = withExisting({ database });
    expect(mistakes.map(({ path }) => path)).toEqual(Array(count).fill('database.existing.database'));
  });

  it('has an engine and a number of connections that only the user knows', () => {
    const mistakes = mistakesOf(({ database }) => {
      delete database?.engine;
      delete database?.maxConnections;
    });
    expect(mistakes).toMatchObject([
      { path: 'database.engine', got: 'nothing: the key is missing', fix: expect.stringContaining('server_version') },
      { path: 'database.maxConnections', fix: expect.stringContaining('show max_connections') },
    ]);
  });

  it.each([
    // 3 pods with surge: 72 + 2 application, 12 + 2 maintenance, 4 backup, 8 administration and reserve.
    [100, 0],
    [99, 1],
  ])('accepts %i connections: %i mistakes', (maxConnections, count) => {
    const mistakes = mistakesOf(({ database }) => Object.assign(database ?? {}, { maxConnections }));
    expect(mistakes.map(({ path }) => path)).toEqual(Array(count).fill('database.maxConnections'));
    for (const { rule } of mistakes) expect(rule).toContain('room for 100 connections');
  });

  const properties = (environmentJsonSchema() as { properties: Record<string, { properties: object }> }).properties;
  const ofOurs = Object.keys(properties.database?.properties ?? {}).filter(
    (key) => !['existing', 'engine', 'maxConnections', 'caBundleFile'].includes(key),
  );

  it.each(ofOurs)('has no %s of ours', (key) => {
    const mistakes = mistakesOf(({ database }) => Object.assign(database ?? {}, { [key]: 'anything' }));
    expect(mistakes.filter(({ rule }) => rule.startsWith('left out with `existing`'))).toMatchObject([
      { file: expect.stringMatching(/^prod\.yaml:\d+:3$/), path: `database.${key}`, got: '"anything"' },
    ]);
  });

  it.each([
    ['encryption', {}],
    ['backup', { dumpRetentionDays: 35 }],
    ['releaseProtection', true],
    ['alarms', {}],
    ['podRoles', {}],
  ])('has no %s', (key, value) => {
    const mistakes = mistakesOf((content) => Object.assign(content, { [key]: value }));
    expect(mistakes.filter(({ fix }) => fix === 'remove the key')).toMatchObject([
      { path: key, rule: expect.stringMatching(/^left out with `database\.existing`: /), fix: 'remove the key' },
    ]);
  });

  it('has one secret with the keys of the control plane', () => {
    const controlPlane = { secretName: 'keys-of-ours' };
    const secrets = ({ secrets }: Content) => Object.assign(secrets ?? {}, { controlPlane });
    expect(mistakesOf(secrets)).toMatchObject([
      { path: 'secrets.controlPlane', fix: expect.stringMatching(/^remove it/) },
    ]);
    const delivered = (content: Content) => Object.assign(content, { secrets: { delivery: 'existing', controlPlane } });
    expect(mistakesOf(delivered)).toEqual([]);
  });

  it('reports everything at once', () => {
    const mistakes = mistakesIn(
      stringify({ ...minimal(), database: { existing: { host: '10.0.0.1', port: 6432 }, multiAz: true } }),
    );
    expect(mistakes.map(({ path }) => path).sort()).toEqual([
      'database.caBundleFile',
      'database.engine',
      'database.existing.host',
      'database.existing.port',
      'database.maxConnections',
      'database.multiAz',
      'secrets.existing',
      'secrets.readerRoleArn',
    ]);
  });
});

describe('existing secrets', () => {
  const withArn = (arn: unknown) =>
    mistakesOf(({ secrets }) => Object.assign(inside(secrets, 'existing').app ?? {}, { arn }));
  const APP = minimalExisting().secrets.existing.app.arn;

  it.each([
    [APP.replace('secretsmanager', 'ssm'), /^the whole ARN of a secret/],
    [APP.replace(/-d4e5f6$/, ''), /^the whole ARN of a secret/],
    [APP.replace('eu-west-1', 'us-east-1'), /^a secret in eu-west-1, the region of the environment$/],
    [minimalExisting().secrets.existing.admin.arn, /^a separate secret/],
  ])('are not %p', (arn, rule) => {
    expect(withArn(arn)).toMatchObject([
      { path: 'secrets.existing.app.arn', got: JSON.stringify(arn), rule: expect.stringMatching(rule) },
    ]);
  });

  it('are named all five', () => {
    expect(mistakesOf(({ secrets }) => delete inside(secrets, 'existing').backup)).toMatchObject([
      { path: 'secrets.existing.backup' },
    ]);
  });

  it('are read by a role', () => {
    const withRole = (readerRoleArn?: string) =>
      mistakesOf(({ secrets }) => Object.assign(secrets ?? {}, { readerRoleArn }));
    expect(withRole('arn:aws-cn:iam::111122223333:role/teams/bom/reader')).toEqual([]);
    for (const role of [
      'reader',
      'arn:aws:iam::111122223333:user/reader',
      'arn:aws:iam::1111:role/reader',
      undefined,
    ]) {
      expect(withRole(role)).toMatchObject([{ path: 'secrets.readerRoleArn' }]);
    }
  });

  it('are not restored by this project', () => {
    const change = ({ secrets }: Content) => Object.assign(secrets ?? {}, { recoveryWindowDays: 30 });
    expect(mistakesOf(change)).toMatchObject([{ path: 'secrets.recoveryWindowDays', fix: 'remove the key' }]);
  });

  it('are not for a database that the environment creates, whose subnets are the cluster’s unless it says otherwise', () => {
    const { secrets } = minimalExisting();
    expect(mistakesIn(stringify({ ...minimal(), secrets }))).toMatchObject([
      { path: 'secrets.existing' },
      { path: 'secrets.readerRoleArn' },
    ]);
    expect(mistakesIn(stringify({ ...minimal(), database: {} }))).toEqual([]);
  });
});

describe('the region whose authorities sign', () => {
  it.each([
    ['bom.c0a1.eu-west-1.rds.amazonaws.com', 'eu-west-1'],
    ['bom.c0a1.cn-north-1.rds.amazonaws.com.cn', 'cn-north-1'],
    ['bom.example.com', undefined],
    ['bom.eu-west-1.rds.amazonaws.com.example.com', undefined],
    ['rds.amazonaws.com', undefined],
  ])('of %s is %s', (host, region) => {
    expect(rdsRegion(host)).toBe(region);
  });
});

describe('the example with an existing server', () => {
  const text = readFileSync(join(__dirname, '..', '..', '..', '..', 'environments', 'byo-postgres.yaml'), 'utf8');

  it('is valid, and shows every key that may stand in it', () => {
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=./environment.schema.json');
    expect(parseEnvironment('byo-postgres.yaml', text)).toMatchObject({
      environment: { name: 'example-byo', namespace: 'team-agent-bom', createNamespace: false },
    });
    for (const key of [
      'port',
      'database',
      'engine',
      'maxConnections',
      'caBundleFile',
      'generation',
      'readerRoleArn',
      'state',
    ]) {
      expect({ key, shown: new RegExp(`^ *(?:# *)?${key}:`, 'm').test(text) }).toEqual({ key, shown: true });
    }
  });
});
