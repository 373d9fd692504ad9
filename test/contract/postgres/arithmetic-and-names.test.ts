import { connectionsOf, INSTANCE_CLASS, INSTANCE_CLASSES, smallestClassFor } from '../../../contract/aws/capacity';
import { bundleAddress, countCertificates, regionAuthorities } from '../../../contract/aws/certificate-authorities';
import { ContractError } from '../../../contract/error';
import {
  backupBucketName,
  chartServiceAccount,
  controlPlaneName,
  derivedName,
  storedSecretName,
  syncedSecretName,
  tightestName,
} from '../../../contract/names';
import { connectionLimits, connectionsNeeded } from '../../../contract/postgres/connection-budget';
import { connectionUrl, encodeUserInfo, migrationUrl } from '../../../contract/postgres/connection-url';
import { loginOfGeneration, perRuntimeIdentity, RUNTIME_IDENTITIES } from '../../../contract/postgres/identities';

const PARTS = {
  encodedUser: 'agent_bom_app',
  encodedPassword: 'p%40ss',
  host: 'db.internal',
  port: 5432,
  database: 'agent_bom',
  caFile: '/etc/ca.pem',
};

describe('connection limits', () => {
  it.each([
    [
      { replicas: 2, poolMinimum: 5, poolMaximum: 20 },
      { app: 62, maintenance: 14, backup: 4 },
    ],
    [
      { replicas: 1, poolMinimum: 1, poolMaximum: 1 },
      { app: 4, maintenance: 4, backup: 4 },
    ],
    [
      { replicas: 4, poolMinimum: 5, poolMaximum: 3 },
      { app: 27, maintenance: 17, backup: 4 },
    ],
    [
      { replicas: 6, poolMinimum: 5, poolMaximum: 20 },
      { app: 162, maintenance: 34, backup: 4 },
    ],
  ])('of %j are %j', (pool, limits) => {
    expect(connectionLimits(pool)).toEqual(limits);
  });
});

describe('instance classes', () => {
  it.each([
    ['db.t4g.micro', 101],
    ['db.t4g.medium', 405],
    ['db.m6g.large', 811],
    ['db.r7i.large', 1622],
    ['db.r6i.2xlarge', 5000],
    ['db.r7i.48xlarge', 5000],
    ['db.z9.large', undefined],
  ])('%s holds %p connections', (name, connections) => {
    expect(connectionsOf(name)).toBe(connections);
  });

  it('have names of the usual form, each once, the smallest first', () => {
    const names = INSTANCE_CLASSES.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(INSTANCE_CLASS);
    const memory = INSTANCE_CLASSES.map(({ memoryGib }) => memoryGib);
    expect([...memory].sort((one, other) => one - other)).toEqual(memory);
  });

  it.each([
    [101, 'db.t3.micro', 'db.t3.micro'],
    [102, 'db.t3.micro', 'db.t3.small'],
    [811, 'db.m7i.large', 'db.m7i.large'],
    [812, 'db.r6g.large', 'db.r6g.large'],
    [405, 'db.m7i.large', 'db.t4g.medium'],
    [5000, 'db.x99.large', 'db.m6g.4xlarge'],
    [5001, 'db.m7i.large', undefined],
  ])('that hold %i, seen from %s, begin with %s', (connections, like, smallest) => {
    expect(smallestClassFor(connections, like)).toBe(smallest);
  });

  it('need room for every login, for administration and for the reserve', () => {
    expect(connectionsNeeded({ app: 62, maintenance: 14, backup: 4 })).toBe(88);
  });
});

describe('connection URLs', () => {
  it('verify the server, and carry the role only where it is wanted', () => {
    expect(connectionUrl(PARTS)).toBe(
      'postgresql://agent_bom_app:p%40ss@db.internal:5432/agent_bom?sslmode=verify-full&sslrootcert=/etc/ca.pem',
    );
    expect(migrationUrl(PARTS)).toBe(`${connectionUrl(PARTS)}&options=-c%20role%3Dagent_bom_owner`);
  });

  it('encode what would end a user name or a password', () => {
    expect(encodeUserInfo("a:b@c/d?e#f%g h'i(j)k*l!m~n")).toBe('a%3Ab%40c%2Fd%3Fe%23f%25g%20h%27i%28j%29k%2Al%21m%7En');
  });
});

describe('identities', () => {
  it('take turns by generation, except for backups', () => {
    const logins = (generation: number) => perRuntimeIdentity((identity) => loginOfGeneration(identity, generation));
    const odd = { app: 'agent_bom_app', maintenance: 'agent_bom_maintenance', backup: 'agent_bom_backup' };
    const even = { app: 'agent_bom_app_b', maintenance: 'agent_bom_maintenance_b', backup: 'agent_bom_backup' };
    expect([logins(1), logins(2), logins(3), logins(9999)]).toEqual([odd, even, odd, odd]);
  });

  it.each([0, -1, 1.5])('have no generation %p', (generation) => {
    for (const identity of RUNTIME_IDENTITIES.filter(({ logins }) => logins.length > 1)) {
      expect(() => loginOfGeneration(identity, generation)).toThrow(RangeError);
    }
  });

  it('share no login, variable or setting', () => {
    for (const distinct of ['environmentVariable', 'urlSetting', 'limitSetting', 'role'] as const) {
      expect(new Set(RUNTIME_IDENTITIES.map((identity) => identity[distinct])).size).toBe(RUNTIME_IDENTITIES.length);
    }
    const logins = RUNTIME_IDENTITIES.flatMap((identity) => identity.logins);
    expect(new Set(logins).size).toBe(logins.length);
  });
});

describe('names', () => {
  it('fit at the longest environment name', () => {
    const longest = 'a'.repeat(tightestName().room);
    expect(derivedName(longest, 'instance').length).toBeLessThanOrEqual(63);
    expect(derivedName(longest, 'secretReaderRole')).toHaveLength(64);
    expect(backupBucketName(longest, '1'.repeat(12))).toHaveLength(63);
  });

  it('carry the generation where it is ours', () => {
    expect(syncedSecretName('app', 3)).toBe('agent-bom-app-g3');
    expect(syncedSecretName('admin', 3)).toBe('agent-bom-admin');
    expect(storedSecretName('prod', 'app')).toBe('prod/agent-bom/app');
  });
});

describe('the name that the chart gives to its objects', () => {
  it.each([
    ['prod', 'agent-bom-prod'],
    ['a'.repeat(37), `agent-bom-${'a'.repeat(37)}`],
  ])('of %s is %s', (environment, name) => {
    expect(controlPlaneName(environment)).toBe(name);
    expect(chartServiceAccount(environment, 'api')).toBe(`${name}-api`);
  });

  it('stays within 47 characters, and differs where environments differ', () => {
    const [one, other] = ['b', 'c'].map((last) => controlPlaneName(`${'a'.repeat(30)}-${'a'.repeat(8)}${last}`));
    expect(one).toMatch(/^agent-bom-a{30}-[0-9a-f]{6}$/);
    expect(one?.length).toBeLessThanOrEqual(47);
    expect(other).not.toBe(one);
  });
});

describe('certificate authorities', () => {
  it.each(['eu-west-1', 'us-east-1', 'ap-southeast-4', 'me-central-1'])('of %s are bundled', (region) => {
    expect(countCertificates(regionAuthorities(region) ?? '')).toBe(3);
  });

  it.each(['il-central-1', 'cn-north-1', 'eu-west', 'us-east-2-preview', '.*'])('of %s are not', (region) => {
    expect(regionAuthorities(region)).toBeUndefined();
  });

  it.each([
    ['il-central-1', 'https://truststore.pki.rds.amazonaws.com/il-central-1/il-central-1-bundle.pem'],
    ['us-gov-east-1', 'https://truststore.pki.us-gov-west-1.rds.amazonaws.com/us-gov-east-1/us-gov-east-1-bundle.pem'],
    ['cn-north-1', 'https://rds-truststore.s3.cn-north-1.amazonaws.com.cn/cn-north-1/cn-north-1-bundle.pem'],
  ])('of %s are published at %s', (region, address) => {
    expect(bundleAddress(region)).toBe(address);
  });

  it('are counted only when all can be read', () => {
    const good = regionAuthorities('eu-west-1') ?? '';
    expect(countCertificates('')).toBe(0);
    expect(countCertificates('<html>not found</html>')).toBe(0);
    expect(countCertificates(`${good}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`)).toBe(0);
  });
});

describe('a contract error', () => {
  it('says where, what, which rule and what to do', () => {
    const place = new ContractError({ file: 'a.yaml:1:2', path: 'name', got: '"X"', rule: 'a rule', fix: 'a fix' });
    expect(place.message).toBe('a.yaml:1:2 name\n  got:  "X"\n  rule: a rule\n  fix:  a fix');
    expect(new ContractError({ rule: 'a rule', fix: 'a fix' }).message).toBe('error\n  rule: a rule\n  fix:  a fix');
  });
});
