import { stringify } from 'yaml';
import { partitionOf } from '../../../contract/aws/arn';
import { memoryOf } from '../../../contract/aws/capacity';
import { isPrivateBlock } from '../../../contract/aws/private-addresses';
import { dailyWindow, hoursBetweenBackups } from '../../../contract/aws/windows';
import { connectionsToWatch } from '../../../contract/postgres/connection-budget';
import { minimal, mistakesIn, parsed } from '../../support/synth/environments';

const POLICY = 'arn:aws:iam::111122223333:policy/team/agent-bom';
const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:oncall';
const PROVIDER = 'arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/0A1B';

/** Paths and rules of the mistakes in the shortest file with some more keys. */
function mistakesWith(keys: { readonly [section: string]: object | string }) {
  const content: Record<string, unknown> = { ...minimal() };
  for (const [section, more] of Object.entries(keys)) {
    content[section] = typeof more === 'string' ? more : { ...(content[section] as object), ...more };
  }
  return mistakesIn(stringify(content));
}

const pathsOf = (keys: Parameters<typeof mistakesWith>[0]) => mistakesWith(keys).map(({ path }) => path);

describe('the cluster', () => {
  it.each([
    { vpcId: 'vpc-0a1b2c3d' },
    { vpcId: `vpc-${'0a'.repeat(8)}1` },
    { securityGroupId: 'sg-0a1b2c3d' },
    { oidcProviderArn: PROVIDER },
    { podRoles: 'pod-identity' },
    { permissionsBoundaryArn: POLICY },
    { externalSecretsServiceAccount: { name: 'reader.v1' } },
    { externalSecretsServiceAccount: { namespace: 'a'.repeat(63) } },
  ])('may be %j', (cluster) => {
    expect(mistakesWith({ cluster })).toEqual([]);
  });

  it.each([
    [{ vpcId: 'vpc-0a1b2c3' }, 'cluster.vpcId'],
    [{ securityGroupId: 'sg-0a1b2c3g' }, 'cluster.securityGroupId'],
    [{ oidcProviderArn: PROVIDER.replace('oidc-provider/', 'oidc-provider/https://') }, 'cluster.oidcProviderArn'],
    [{ oidcProviderArn: PROVIDER.replace('arn:aws:', 'arn:aws-cn:') }, 'cluster.oidcProviderArn'],
    [{ podRoles: 'kiam' }, 'cluster.podRoles'],
    [{ permissionsBoundaryArn: 'platform-boundary' }, 'cluster.permissionsBoundaryArn'],
    [{ permissionsBoundaryArn: POLICY.replace('arn:aws:', 'arn:aws-us-gov:') }, 'cluster.permissionsBoundaryArn'],
    [{ externalSecretsServiceAccount: { name: 'Reader' } }, 'cluster.externalSecretsServiceAccount.name'],
    [
      { externalSecretsServiceAccount: { namespace: 'a'.repeat(64) } },
      'cluster.externalSecretsServiceAccount.namespace',
    ],
  ])('may not be %j', (cluster, path) => {
    expect(pathsOf({ cluster })).toEqual([path]);
  });

  it('needs no subnets, and not even a section for the database', () => {
    const { database: _, ...content } = minimal();
    expect(parsed(content).database).toMatchObject({ engine: '16', access: { pods: 'cluster' } });
    expect(parsed(content).database).not.toHaveProperty('subnetIds');
  });
});

describe('who is admitted', () => {
  it.each([
    { pods: 'namespace' },
    { pods: 'none', securityGroupIds: ['sg-0a1b2c3d'] },
    { pods: 'none', cidrs: ['10.0.0.0/8'] },
    { cidrs: ['172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '10.1.2.3/32'] },
    { securityGroupIds: Array.from({ length: 25 }, (_, index) => `sg-000000${10 + index}`) },
  ])('may be %j', (access) => {
    expect(mistakesWith({ database: { access } })).toEqual([]);
  });

  it.each([
    [{ pods: 'all' }, ['database.access.pods']],
    [{ pods: 'none' }, ['database.access.pods']],
    [{ pods: 'none', cidrs: ['0.0.0.0/0'] }, ['database.access.cidrs[0]']],
    [{ cidrs: ['10.0.0.0/16', '::/0'] }, ['database.access.cidrs[1]']],
    [{ cidrs: ['10.0.0.0/16', '10.0.0.0/16'] }, ['database.access.cidrs']],
    [{ securityGroupIds: ['sg-0a1b2c3d', 'sg-0a1b2c3d'] }, ['database.access.securityGroupIds']],
    [{ securityGroupIds: ['default'] }, ['database.access.securityGroupIds[0]']],
    [
      { securityGroupIds: Array.from({ length: 26 }, (_, index) => `sg-000000${10 + index}`) },
      ['database.access.securityGroupIds'],
    ],
  ])('may not be %j', (access, paths) => {
    expect(pathsOf({ database: { access } })).toEqual(paths);
  });

  it('is told what a private network is', () => {
    const [mistake] = mistakesWith({ database: { access: { cidrs: ['203.0.113.0/24'] } } });
    expect(mistake).toMatchObject({ got: '"203.0.113.0/24"', rule: expect.stringContaining('never a public one') });
    expect(mistake?.rule).toContain('10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10');
  });

  it('is told that no one would be', () => {
    const [mistake] = mistakesWith({ database: { access: { pods: 'none' } } });
    expect(mistake?.rule).toBe('not none without a security group or a network that may connect');
  });
});

describe('a private block', () => {
  it.each([
    '10.0.0.0/8',
    '10.255.255.255/32',
    '172.16.0.0/12',
    '172.31.0.0/16',
    '192.168.0.0/16',
    '100.64.0.0/10',
    '100.127.255.0/24',
  ])('is %s', (cidr) => {
    expect(isPrivateBlock(cidr)).toBe(true);
  });

  it.each([
    '0.0.0.0/0',
    '8.0.0.0/6',
    '10.0.0.0/7',
    '11.0.0.0/8',
    '172.15.0.0/16',
    '172.32.0.0/16',
    '172.16.0.0/11',
    '192.169.0.0/16',
    '192.168.0.0/15',
    '100.63.0.0/16',
    '100.128.0.0/16',
    '10.0.0.1/16',
    '10.0.0.0/33',
    '10.0.0.256/32',
    '10.0.0.0',
    '10.0.0/8',
    '10.0.0.0/',
    'fd00::/8',
    '',
  ])('is not %p', (cidr) => {
    expect(isPrivateBlock(cidr)).toBe(false);
  });
});

describe('the alarms', () => {
  it.each([
    { enabled: false },
    { topicArn: TOPIC, emails: ['oncall@example.com'] },
    { cpuPercent: 1 },
    { cpuPercent: 100 },
    { storageDays: 1 },
    { storageDays: 60 },
    { dumpAgeHours: 25 },
    { dumpAgeHours: 168 },
  ])('may be %j', (alarms) => {
    expect(mistakesWith({ alarms })).toEqual([]);
  });

  it.each([
    [{ topicArn: `${TOPIC}.fifo` }, ['alarms.topicArn']],
    [{ topicArn: TOPIC.replace('eu-west-1', 'us-east-1') }, ['alarms.topicArn']],
    [{ topicArn: TOPIC.replace('arn:aws:', 'arn:aws-cn:') }, ['alarms.topicArn']],
    [{ emails: ['oncall'] }, ['alarms.emails[0]']],
    [{ emails: ['a@example.com', 'a@example.com'] }, ['alarms.emails']],
    [{ cpuPercent: 0 }, ['alarms.cpuPercent']],
    [{ cpuPercent: 101 }, ['alarms.cpuPercent']],
    [{ storageDays: 0 }, ['alarms.storageDays']],
    [{ storageDays: 61 }, ['alarms.storageDays']],
    [{ dumpAgeHours: 1 }, ['alarms.dumpAgeHours', 'alarms.dumpAgeHours']],
    [{ dumpAgeHours: 169 }, ['alarms.dumpAgeHours']],
  ])('may not be %j', (alarms, paths) => {
    expect(pathsOf({ alarms })).toEqual(paths);
  });
});

describe('the policies of the pods', () => {
  it.each([
    [{ api: { policyArns: [POLICY, 'arn:aws:iam::aws:policy/ReadOnlyAccess'] } }, []],
    [{ scanner: { policyArns: Array.from({ length: 10 }, (_, index) => `${POLICY}${index}`) } }, []],
    [
      { scanner: { policyArns: Array.from({ length: 11 }, (_, index) => `${POLICY}${index}`) } },
      ['podRoles.scanner.policyArns'],
    ],
    [{ api: { policyArns: ['ReadOnlyAccess'] } }, ['podRoles.api.policyArns[0]']],
    [{ api: { policyArns: [POLICY, POLICY] } }, ['podRoles.api.policyArns']],
    [{ scanner: { policyArns: [POLICY.replace('arn:aws:', 'arn:aws-cn:')] } }, ['podRoles.scanner.policyArns']],
  ])('in %j', (podRoles, paths) => {
    expect(pathsOf({ podRoles })).toEqual(paths);
  });

  it('are of the partition that the region is in', () => {
    const [mistake] = mistakesWith({ region: 'cn-north-1', podRoles: { api: { policyArns: [POLICY] } } });
    expect(mistake).toMatchObject({
      path: 'podRoles.api.policyArns',
      rule: 'in the partition of the region: beginning with `arn:aws-cn:`',
    });
    const policyArns = [POLICY.replace('arn:aws:', 'arn:aws-us-gov:')];
    expect(mistakesWith({ region: 'us-gov-west-1', podRoles: { api: { policyArns } } })).toEqual([]);
  });
});

describe('arithmetic', () => {
  it.each([
    ['eu-west-1', 'aws'],
    ['us-east-1', 'aws'],
    ['cn-northwest-1', 'aws-cn'],
    ['us-gov-east-1', 'aws-us-gov'],
    ['us-iso-east-1', 'aws-iso'],
    ['us-isob-east-1', 'aws-iso-b'],
    ['eusc-de-east-1', 'aws-eusc'],
  ])('the partition of %s is %s', (region, partition) => {
    expect(partitionOf(region)).toBe(partition);
  });

  it('someone looks at nine tenths of the budget, or at four fifths of the server', () => {
    // 62 + 14 + 2 and 3 for administration.
    const limits = { app: 62, maintenance: 14, backup: 2 };
    expect(connectionsToWatch(limits)).toBe(72);
    expect(connectionsToWatch(limits, 405)).toBe(72);
    expect(connectionsToWatch(limits, 86)).toBe(68);
  });

  it.each([
    ['02:00-02:30', 26],
    ['02:00-03:00', 26],
    ['02:00-03:01', 27],
  ])('a backup in the window %s is late after %i hours', (text, hours) => {
    const window = dailyWindow(text);
    expect(window && hoursBetweenBackups(window)).toBe(hours);
  });

  it('knows the memory of the usual classes', () => {
    expect([memoryOf('db.t4g.medium'), memoryOf('db.r7g.xlarge'), memoryOf('db.x99.large')]).toEqual([
      4,
      32,
      undefined,
    ]);
  });
});
