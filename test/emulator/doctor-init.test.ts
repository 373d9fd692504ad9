import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkBackups } from '../../commands/doctor/backup-checks';
import { Aws } from '../../commands/init/aws';
import { describeWithEmulator, EMULATED_ACCOUNT, Emulator } from '../support/aws/emulator';
import { minimal, parsed } from '../support/synth/environments';

// Each question takes a process of the AWS CLI.
jest.setTimeout(300_000);

const BUCKET = `prod-agent-bom-${EMULATED_ACCOUNT}`;
const aurora = { ...minimal(), database: { ...minimal().database, form: 'aurora' } };

describeWithEmulator()('against the emulator', () => {
  let emulator: Emulator;
  let folder: string;
  const before = { ...process.env };

  beforeAll(async () => {
    emulator = await Emulator.start();
    folder = mkdtempSync(join(tmpdir(), 'doctor-'));
  });
  beforeEach(() => {
    Object.assign(process.env, emulator.variables());
  });
  afterEach(async () => {
    process.env = { ...before };
    await emulator.reset();
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await emulator.stop();
  });

  /** What doctor says of the backups, by check. */
  async function backups(file: object = minimal(), now = new Date()): Promise<Record<string, [string, string]>> {
    const results = await checkBackups(parsed(file), now);
    return Object.fromEntries(results.map(({ id, status, detail }) => [id, [status, detail]]));
  }

  function makeInstance(days: number): void {
    emulator.aws('ec2', 'create-vpc', '--cidr-block', '10.0.0.0/16');
    emulator.aws(
      ...['rds', 'create-db-instance', '--db-instance-identifier', 'prod-agent-bom', '--engine', 'postgres'],
      ...['--db-instance-class', 'db.t4g.medium', '--allocated-storage', '100', '--master-username', 'agent_bom_admin'],
      ...['--manage-master-user-password', '--backup-retention-period', String(days)],
    );
  }

  function putObject(key: string, content: string): void {
    const file = join(folder, 'object');
    writeFileSync(file, content);
    emulator.aws('s3api', 'put-object', '--bucket', BUCKET, '--key', key, '--body', file);
  }

  /** The emulator does not tell the VPC of a cluster, which AWS reads off its subnets. */
  function knowVpc(vpcId: string): void {
    const answer = JSON.stringify({ cluster: { resourcesVpcConfig: { vpcId } } });
    const real = join(process.env.PATH?.split(':')[0] ?? '', 'aws');
    const script = ['case "$*" in', `'eks describe-cluster'*' platform '*) echo '${answer}';;`];
    const file = join(folder, 'aws');
    writeFileSync(file, ['#!/bin/sh', ...script, `*) exec '${real}' "$@";;`, 'esac', ''].join('\n'));
    chmodSync(file, 0o755);
    process.env.PATH = `${folder}:${process.env.PATH}`;
  }

  it('doctor finds neither a database nor a bucket in an empty account', async () => {
    const found = await backups();
    expect(found['backup.automated']).toEqual(['fail', expect.stringMatching(/DBInstanceNotFound/)]);
    expect(found['backup.dump']).toEqual(['fail', expect.stringMatching(/NoSuchBucket/)]);
    expect((await backups(aurora))['backup.automated']).toEqual(['fail', expect.stringMatching(/DBClusterNotFound/)]);
  });

  it('doctor counts the days that RDS keeps, and takes a dump for whole once its manifest is there', async () => {
    makeInstance(3);
    emulator.aws('s3api', 'create-bucket', '--bucket', BUCKET, '--region', 'us-east-1');
    expect((await backups())['backup.dump']).toEqual(['fail', `there is no dump in s3://${BUCKET}/dumps/`]);
    putObject('dumps/2026-01-31T03-00-00Z/agent_bom.dump', 'PGDMP');
    expect((await backups())['backup.dump']?.[0]).toBe('fail');
    putObject('dumps/2026-01-31T03-00-00Z/agent_bom.manifest', '{}');
    const found = await backups();
    expect(found['backup.dump']).toEqual(['pass', 'the newest dump is 0 hours old and has 5 bytes']);
    expect(found['backup.automated']).toEqual(['fail', expect.stringMatching(/keeps 3 days.*file asks for 14/)]);
  });

  it('init finds the cluster, and of its VPC the subnets that are private, by zone', () => {
    const made = (...question: string[]) => emulator.aws(...question) as Record<string, Record<string, string>>;
    const vpc = made('ec2', 'create-vpc', '--cidr-block', '10.0.0.0/16').Vpc?.VpcId ?? '';
    const subnet = (index: number, zone: string): string => {
      const place = ['--vpc-id', vpc, '--cidr-block', `10.0.${index}.0/24`, '--availability-zone', `eu-west-1${zone}`];
      return made('ec2', 'create-subnet', ...place).Subnet?.SubnetId ?? '';
    };
    const [second, first, open] = [subnet(0, 'b'), subnet(1, 'a'), subnet(2, 'c')];
    emulator.aws('ec2', 'modify-subnet-attribute', '--subnet-id', open, '--map-public-ip-on-launch');
    const network = ['--resources-vpc-config', `subnetIds=${first},${second},${open}`];
    const role = ['--role-arn', `arn:aws:iam::${EMULATED_ACCOUNT}:role/eks`];
    emulator.aws('eks', 'create-cluster', '--name', 'platform', ...role, ...network);
    knowVpc(vpc);
    const aws = Aws.find(undefined);
    expect(aws?.region()).toBe('eu-west-1');
    expect(aws?.clusters('eu-west-1')).toEqual(['platform']);
    expect(aws?.clusters('eu-central-1')).toEqual([]);
    expect(aws?.privateSubnets('eu-west-1', 'platform')).toEqual([
      { id: first, zone: 'eu-west-1a' },
      { id: second, zone: 'eu-west-1b' },
    ]);
    expect(aws?.privateSubnets('eu-west-1', 'other')).toEqual([]);
    expect(aws?.complaints).toEqual([expect.stringMatching(/^aws eks describe-cluster: .*ResourceNotFound/)]);
  });
});
