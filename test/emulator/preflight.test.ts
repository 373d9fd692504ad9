import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { describeWithEmulator, Emulator } from '../support/aws/emulator';
import { orderable, quotas } from '../support/commands/account';
import { COMPLETE } from '../support/commands/preflight';
import { runInProcess } from '../support/commands/program';
import { StandIns } from '../support/commands/stand-ins';
import { minimal } from '../support/synth/environments';

// Each run starts some fifty processes of the AWS CLI.
jest.setTimeout(600_000);
jest.mock('../../commands/explain/synthesized', () => {
  const { synthesizedInProcess } = jest.requireActual('../support/commands/synthesized-stacks');
  return { synthesizedStacks: synthesizedInProcess };
});

interface Check {
  readonly id: string;
  readonly status: string;
  readonly detail: string;
  readonly fix?: string;
}

/** What the emulator cannot be asked, by the beginning of the question. Everything else goes to it. */
const BEYOND = {
  'rds describe-orderable-db-instance-options': {
    OrderableDBInstanceOptions: [orderable('16.13', ['eu-west-1a', 'eu-west-1b'])],
  },
  'rds describe-certificates': { Certificates: [{ CertificateIdentifier: 'rds-ca-rsa2048-g1' }] },
  'rds describe-account-attributes': quotas(['DBInstances', 3, 40]),
  'organizations describe-effective-policy': { EffectivePolicy: { PolicyContent: '{"tags": {}}' } },
  'iam simulate-principal-policy': { EvaluationResults: [] },
};

describeWithEmulator()('preflight against the emulator', () => {
  let emulator: Emulator;
  let programs: StandIns;
  let environments: string;
  let subnetIds: string[];

  beforeAll(async () => {
    emulator = await Emulator.start();
  });
  afterAll(() => emulator.stop());
  beforeEach(() => {
    jest.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response('{}', { status: 200 }));
    programs = new StandIns();
    programs.write('terraform', COMPLETE.terraform);
    programs.write('kubectl', COMPLETE.kubectl);
    environments = mkdtempSync(join(tmpdir(), 'environments-'));
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    programs.remove();
    rmSync(environments, { recursive: true });
    await emulator.reset();
  });

  /** A cluster in a VPC with two subnets, in these zones. */
  function makeCluster(...zones: string[]): void {
    const vpc = at<string>(emulator.aws('ec2', 'create-vpc', '--cidr-block', '10.0.0.0/16'), 'Vpc', 'VpcId');
    subnetIds = zones.map((zone, index) => {
      const place = ['--vpc-id', vpc, '--cidr-block', `10.0.${index}.0/24`, '--availability-zone', zone];
      return at<string>(emulator.aws('ec2', 'create-subnet', ...place), 'Subnet', 'SubnetId');
    });
    const role = ['--role-arn', 'arn:aws:iam::123456789012:role/eks'];
    const network = ['--resources-vpc-config', `subnetIds=${subnetIds.join(',')}`];
    const made = emulator.aws('eks', 'create-cluster', '--name', 'platform', ...role, ...network);
    const url = at<string>(made, 'cluster', 'identity', 'oidc', 'issuer');
    const thumbprint = ['--thumbprint-list', '0123456789012345678901234567890123456789'];
    emulator.aws('iam', 'create-open-id-connect-provider', '--url', url, ...thumbprint);
  }

  async function preflight(change: object = {}, variables: Readonly<Record<string, string>> = {}) {
    const { database, ...rest } = minimal();
    const environment = { ...rest, database: { ...database, subnetIds }, ...change };
    writeFileSync(join(environments, 'a.yaml'), stringify(environment));
    const asked = emulator.variables();
    writeAws(asked.PATH?.split(':')[0] ?? '');
    const all = { ...asked, PATH: `${programs.directory}:${asked.PATH}`, ENVIRONMENTS_DIR: environments, ...variables };
    const { code, output } = await runInProcess(all, 'preflight', 'prod', '--json');
    const checks: Check[] = JSON.parse(output).checks;
    const account = checks.filter(({ id }) => id.startsWith('account.'));
    return { code, account, failed: account.filter(({ status }) => status === 'fail') };
  }

  /** An `aws` that asks the emulator, but for what that does not know. */
  function writeAws(bin: string): void {
    const cases = Object.entries(BEYOND).map(
      ([question, answer]) => `'${question}'*) echo '${JSON.stringify(answer)}';;`,
    );
    const file = join(programs.directory, 'aws');
    writeFileSync(file, ['#!/bin/sh', 'case "$*" in', ...cases, `*) exec ${bin}/aws "$@";;`, 'esac', ''].join('\n'));
    chmodSync(file, 0o755);
  }

  it('passes where everything is in place', async () => {
    makeCluster('eu-west-1a', 'eu-west-1b');
    const { failed, account } = await preflight();
    expect(failed).toEqual([]);
    expect(account.filter(({ detail }) => detail.startsWith('not asked'))).toEqual([]);
    expect(account.find(({ id }) => id === 'account.names')?.detail).toBe('all are free');
  });

  it('finds what a destroyed environment left, a disabled key and subnets in one zone', async () => {
    makeCluster('eu-west-1a', 'eu-west-1a');
    emulator.aws('secretsmanager', 'create-secret', '--name', 'prod/agent-bom/app', '--secret-string', 'x');
    emulator.aws('secretsmanager', 'delete-secret', '--secret-id', 'prod/agent-bom/app');
    emulator.aws('logs', 'create-log-group', '--log-group-name', '/aws/rds/instance/prod-agent-bom/upgrade');
    const key = emulator.aws('kms', 'create-key');
    const keyArn = at<string>(key, 'KeyMetadata', 'Arn');
    emulator.aws('kms', 'disable-key', '--key-id', at<string>(key, 'KeyMetadata', 'KeyId'));
    const { failed, code } = await preflight({ encryption: { keyArn } });
    expect(failed.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['account.subnets', 'account.key', 'account.names-secrets', 'account.names']),
    );
    const found = Object.fromEntries(failed.map(({ id, detail, fix }) => [id, [detail, fix]]));
    expect(found['account.names-secrets']).toEqual([
      'scheduled for deletion: prod/agent-bom/app',
      expect.stringContaining('aws secretsmanager delete-secret --region eu-west-1 --secret-id prod/agent-bom/app'),
    ]);
    expect(found['account.names']?.[0]).toBe('existing: log group /aws/rds/instance/prod-agent-bom/upgrade');
    expect(found['account.key']).toEqual([
      'it is disabled',
      `aws kms enable-key --region eu-west-1 --key-id ${keyArn}`,
    ]);
    expect(found['account.subnets']?.[0]).toBe('all in eu-west-1a; RDS requires two availability zones');
    expect(code).toBe(1);
  });

  it('finds a key that does not exist, and nothing of the environment in another region', async () => {
    makeCluster('eu-west-1a', 'eu-west-1b');
    const keyArn = 'arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9';
    const { failed } = await preflight({ region: 'us-east-1', encryption: { keyArn } });
    const ids = failed.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['account.cluster', 'account.subnets', 'account.key']));
    expect(ids).not.toContain('account.oidc-provider');
  });

  it('asks nothing without credentials', async () => {
    subnetIds = ['subnet-0a1b2c3d', 'subnet-1a2b3c4d'];
    const none = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
    const { failed, account, code } = await preflight({}, none);
    expect(failed.map(({ id }) => id)).toEqual(['account.identity']);
    expect(failed[0]?.detail).toMatch(/Unable to locate credentials/);
    expect(account.filter(({ status }) => status === 'pass')).toEqual([]);
    expect(code).toBe(3);
  });

  it('names the permission that it lacks, and fails for nothing that it may not ask', async () => {
    makeCluster('eu-west-1a', 'eu-west-1b');
    emulator.aws('iam', 'create-user', '--user-name', 'nobody');
    // AWS lets everybody ask who they are, and the emulator does not.
    const Statement = [{ Effect: 'Allow', Action: 'sts:GetCallerIdentity', Resource: '*' }];
    const document = JSON.stringify({ Version: '2012-10-17', Statement });
    const policy = ['--policy-name', 'who', '--policy-document', document];
    emulator.aws('iam', 'put-user-policy', '--user-name', 'nobody', ...policy);
    const made = emulator.aws('iam', 'create-access-key', '--user-name', 'nobody');
    const credentials = {
      AWS_ACCESS_KEY_ID: at<string>(made, 'AccessKey', 'AccessKeyId'),
      AWS_SECRET_ACCESS_KEY: at<string>(made, 'AccessKey', 'SecretAccessKey'),
    };
    await emulator.enforceIamAfter(0);
    const { failed, account } = await preflight({}, credentials);
    await emulator.enforceIamAfter(1_000_000);
    expect(failed.map(({ id }) => id).filter((id) => id !== 'account.organization')).toEqual([]);
    const asked = Object.fromEntries(account.map(({ id, detail }) => [id, detail]));
    expect(asked['account.subnets']).toBe('not asked: requires ec2:DescribeSubnets');
    expect(asked['account.quota-roles']).toBe('not asked: requires iam:GetAccountSummary');
  });
});

function at<Value>(content: unknown, ...path: readonly string[]): Value {
  return path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], content) as Value;
}
