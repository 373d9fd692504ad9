import { awsError, denied, key, orderable, quotas, server } from '../../support/commands/account';
import {
  BAD,
  byDefault,
  database,
  KEY,
  PRESENT,
  results,
  tagPolicy,
  versions,
  WANTED,
  withKey,
} from '../../support/commands/account-situations';
import { PreflightRun } from '../../support/commands/preflight-run';
import type { StandInAnswers } from '../../support/commands/stand-ins';
import { minimal } from '../../support/synth/environments';

jest.mock('node:child_process', () => {
  const actual = jest.requireActual('node:child_process');
  const { spawnOrAnswer } = jest.requireActual('../../support/commands/stand-ins');
  return { ...actual, spawn: spawnOrAnswer(actual.spawn) };
});
jest.mock('../../../commands/explain/synthesized', () => {
  const { synthesizedInProcess } = jest.requireActual('../../support/commands/synthesized-stacks');
  return { synthesizedStacks: synthesizedInProcess };
});

const preflights = new PreflightRun();

interface Check {
  readonly id: string;
  readonly status: string;
  readonly detail: string;
  readonly fix?: string;
}

async function preflight(aws: StandInAnswers, environment: object = minimal(), ...flags: string[]) {
  preflights.answer({ aws });
  const { report = { checks: [] }, ...run } = await preflights.run(environment, {}, ...flags);
  return { ...run, report, checks: report.checks as Check[] };
}

describe('what the account is asked', () => {
  it.each(BAD)('%s fails, because %s', async (id, _because, aws, environment, detail, fix) => {
    const { code, checks } = await preflight(aws, environment, '--json');
    const failed = checks.filter(({ status }) => status === 'fail');
    expect(failed).toEqual([expect.objectContaining({ id, detail, fix: expect.stringContaining(fix) })]);
    expect(code).toBe(1);
  });

  it.each([
    [
      'the log group of the environment itself',
      {
        'logs describe-log-groups': { logGroups: [{ logGroupName: '/aws/rds/instance/prod-agent-bom/postgresql' }] },
        'rds describe-db-instances': server('16.13'),
      },
      minimal(),
    ],
    [
      'an upgrade to the default minor version',
      {
        'rds describe-db-instances': server('16.3'),
        [WANTED]: byDefault('17.6'),
        [PRESENT]: versions('17.6'),
      },
      database({ engine: '17' }),
    ],
    [
      'one zone for an instance alone',
      {
        'rds describe-orderable-db-instance-options': {
          OrderableDBInstanceOptions: [orderable('16.4', ['eu-west-1a'])],
        },
      },
      database({ multiAz: false }),
    ],
    [
      'the last instance of the quota',
      { 'rds describe-account-attributes': quotas(['DBInstances', 39, 40]) },
      minimal(),
    ],
    [
      'a full quota where the environment is deployed',
      {
        'rds describe-account-attributes': quotas(['DBInstances', 40, 40]),
        'rds describe-db-instances': server('16.13'),
      },
      minimal(),
    ],
    [
      'a denial that a condition decides',
      {
        'iam simulate-principal-policy': results(['rds:CreateDBSubnetGroup', 'implicitDeny', 'aws:SourceIp']),
      },
      minimal(),
    ],
    [
      'a tag policy that is followed',
      {
        'organizations describe-effective-policy': tagPolicy({
          a: { tag_key: 'managed-by', tag_value: ['terra*'], enforced_for: ['rds:db'] },
          b: { tag_key: 'Managed-By' },
        }),
      },
      minimal(),
    ],
    [
      'an account without an organization',
      {
        'organizations describe-effective-policy': awsError('AWSOrganizationsNotInUseException'),
      },
      minimal(),
    ],
    ['a key that works', { [`kms describe-key --key-id ${KEY}`]: key({}) }, withKey],
  ] as [string, StandInAnswers, object][])('passes with %s', async (_what, aws, environment) => {
    const { code, checks } = await preflight(aws, environment, '--json');
    expect(checks.filter(({ status }) => status === 'fail')).toEqual([]);
    expect(checks.filter(({ detail }) => detail.startsWith('not asked'))).toEqual([]);
    expect(code).toBe(0);
  });

  it('warns of what has the tag of an environment that has no database', async () => {
    const { code, report } = await preflight(
      {
        'iam get-role --role-name prod-agent-bom-backup': { Role: {} },
        'resourcegroupstaggingapi get-resources': {
          ResourceTagMappingList: [{ ResourceARN: 'arn:aws:iam::111122223333:role/prod-agent-bom-backup' }],
        },
      },
      minimal(),
      '--json',
    );
    expect(code).toBe(0);
    expect(report.warnings).toContainEqual(
      expect.stringContaining('there is no database: role prod-agent-bom-backup.'),
    );
  });

  it('says of final snapshots that they can be restored', async () => {
    const { checks } = await preflight(
      {
        'rds describe-db-snapshots': {
          DBSnapshots: [{ DBSnapshotIdentifier: 'prod-agent-bom-final-1' }, { DBSnapshotIdentifier: 'other' }],
        },
      },
      minimal(),
      '--json',
    );
    expect(checks.find(({ id }) => id === 'account.names-snapshots')).toMatchObject({
      status: 'pass',
      detail: 'left: prod-agent-bom-final-1; `database.restore` can restore one',
    });
  });
});

describe('what the account does not tell', () => {
  const everythingButIdentity = (answer: StandInAnswers[string]): StandInAnswers =>
    Object.fromEntries(
      [
        'ec2',
        'rds',
        'eks',
        'iam',
        'kms',
        'logs',
        'secretsmanager',
        'service-quotas',
        'organizations',
        'resourcegroups',
      ].map((service) => [service, answer]),
    );

  it('is not asked, and no failure, where nothing is permitted', async () => {
    const { code, checks } = await preflight(everythingButIdentity(denied('some:Action')), withKey, '--json');
    const account = checks.filter(({ id }) => id.startsWith('account.'));
    expect(account.filter(({ status }) => status === 'fail')).toEqual([]);
    const asked = account.filter(({ detail }) => detail.startsWith('not asked: '));
    expect(asked.length).toBeGreaterThanOrEqual(12);
    expect(asked.filter(({ fix }) => fix !== undefined)).toEqual([]);
    expect(asked.find(({ id }) => id === 'account.certificate')?.detail).toBe('not asked: requires some:Action');
    expect(code).toBe(0);
  });

  it.each([
    ['is throttled', awsError('Throttling', 'Rate exceeded', 'DescribeX')],
    ['is not there', { complaint: 'Could not connect to the endpoint URL: "https://rds.eu-west-1.amazonaws.com/"' }],
    ['answers with a page', { complaint: 'An error occurred (500) when calling X: <html><body>oops</body></html>' }],
  ])('is not asked where AWS %s', async (_what, answer) => {
    const { code, checks } = await preflight(everythingButIdentity(answer), minimal(), '--json');
    expect(checks.filter(({ status }) => status === 'fail')).toEqual([]);
    expect(checks.find(({ id }) => id === 'cluster.context')?.status).toBe('skip');
    expect(code).toBe(0);
  });

  it('is not asked without credentials, and nothing is advised that changes the account', async () => {
    const complaint = 'Unable to locate credentials. You can configure credentials by running "aws configure".';
    const { code, checks } = await preflight({ '--version': 'aws-cli/2.31.0', '': { complaint } }, minimal(), '--json');
    const failed = checks.filter(({ id, status }) => id.startsWith('account.') && status === 'fail');
    expect(failed).toEqual([expect.objectContaining({ id: 'account.identity', detail: complaint })]);
    expect(JSON.stringify(checks)).not.toContain('associate-iam-oidc-provider');
    expect(code).toBe(3);
  });

  it('is said last but before what passed, and the verdict says so', async () => {
    const { code, output } = await preflight({
      'rds describe-certificates': denied('rds:DescribeCertificates'),
      'ec2 describe-network-interfaces': '5000',
    });
    const order = ['account.quota-interfaces', 'account.certificate', 'account.pod-identity', 'account.identity'];
    const places = order.map((id) => output.search(new RegExp(`^(?:pass|fail|skip) +${id.replace('.', '\\.')} `, 'm')));
    expect(places).toEqual([...places].sort((one, other) => one - other));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(code).toBe(1);
    const green = await preflight({ 'rds describe-certificates': denied('rds:DescribeCertificates') });
    expect(green.output).toContain('prod can be deployed, as far as could be asked');
  });

  it('fits into eighty columns', async () => {
    const columns = Object.getOwnPropertyDescriptor(process.stdout, 'columns');
    Object.defineProperty(process.stdout, 'columns', { value: 80, configurable: true });
    const { output } = await preflight({});
    if (columns === undefined) Reflect.deleteProperty(process.stdout, 'columns');
    else Object.defineProperty(process.stdout, 'columns', columns);
    const table = output.split('\n').filter((line) => /^(?:pass|fail|skip| {6})/.test(line));
    expect(table.length).toBeGreaterThan(30);
    // A word that is longer than the line is not broken.
    const tooLong = table.filter((line) => line.length > 80 && !/\S{45}/.test(line));
    expect(tooLong).toEqual([]);
    expect(output).not.toContain('…');
  });
});
