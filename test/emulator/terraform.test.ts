import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithEmulator, Emulator } from '../support/aws/emulator';
import { minimal, parsed, synthesize } from '../support/synth/environments';
import type { Block } from '../support/synth/template';

jest.setTimeout(600_000);

/** Directory with `terraform`, and with the providers below `providers` as `terraform providers mirror` lays them. */
const MIRROR = process.env.TERRAFORM_MIRROR;
if (MIRROR === undefined) console.warn('NOT RUN: TERRAFORM_MIRROR names no directory with terraform and its providers');
const describeWithMirror = (): jest.Describe => (MIRROR === undefined ? describe.skip : describeWithEmulator());

describeWithMirror()('the database stack, applied to the emulator', () => {
  let emulator: Emulator;
  let folder: string;
  beforeAll(async () => {
    emulator = await Emulator.start();
    folder = mkdtempSync(join(tmpdir(), 'terraform-'));
    const mirror = join(MIRROR ?? '', 'providers');
    writeFileSync(
      join(folder, 'terraformrc'),
      `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`,
    );
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await emulator.stop();
  });

  const terraform = (directory: string, ...words: string[]): string =>
    execFileSync(join(MIRROR ?? '', 'terraform'), [`-chdir=${directory}`, ...words], {
      env: { ...emulator.variables(), TF_CLI_CONFIG_FILE: join(folder, 'terraformrc'), CHECKPOINT_DISABLE: '1' },
      encoding: 'utf8',
    });

  /** A VPC with two subnets and a cluster in it, as the stack looks them up. */
  function makeCluster(): string[] {
    const { Vpc } = emulator.aws('ec2', 'create-vpc', '--cidr-block', '10.0.0.0/16') as Block;
    const subnets = ['a', 'b'].map((zone, index) => {
      const place = ['--vpc-id', Vpc.VpcId, '--cidr-block', `10.0.${index}.0/24`];
      const made = emulator.aws('ec2', 'create-subnet', ...place, '--availability-zone', `eu-west-1${zone}`) as Block;
      return made.Subnet.SubnetId as string;
    });
    const network = ['--resources-vpc-config', `subnetIds=${subnets.join(',')}`];
    const role = ['--role-arn', 'arn:aws:iam::123456789012:role/eks'];
    emulator.aws('eks', 'create-cluster', '--name', 'platform', ...role, ...network);
    return [Vpc.VpcId, ...subnets];
  }

  it('creates every resource', () => {
    const [vpcId, ...subnetIds] = makeCluster();
    const oidcProviderArn = 'arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/EMULATOR';
    const cluster = { name: 'platform', vpcId, securityGroupId: 'sg-0a1b2c3d', oidcProviderArn };
    const { database } = synthesize(parsed({ ...minimal(), cluster, database: { subnetIds } }));
    const directory = join(folder, 'database');
    mkdirSync(directory);
    writeFileSync(join(directory, 'main.tf.json'), database.text);
    terraform(directory, 'init', '-input=false', '-no-color');
    terraform(directory, 'apply', '-auto-approve', '-input=false', '-no-color');
    const listed = terraform(directory, 'state', 'list')
      .split('\n')
      .filter((line) => /^(?:aws|random)_/.test(line));
    expect(listed).toHaveLength(database.inventory().length);
  });
});
