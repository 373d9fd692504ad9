import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Deploying, type Ended, followed } from '../../cluster/deploying';
import { TERRAFORM_MIRROR, terraformVariables } from '../../cluster/terraform';
import { describeIf } from '../../describe-if';
import type { Block } from '../../synth/template';
import { describeWithEmulator, type Emulator } from '../emulator';

const PROGRAM = join(__dirname, '..', '..', '..', '..', 'bin', 'agent-bom-postgres.js');
/** S3 Control puts the account before the name of its host, which no address of this machine allows: it goes by a proxy. */
const S3_CONTROL = 'http://s3-control.eu-west-1.amazonaws.com';

/** The surroundings of an environment at the emulator. */
export interface Surroundings {
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
}

/** `describe` where a directory with Terraform and an AWS provider is named; otherwise it is said that nothing was run. */
export function describeWithAwsProvider(): ReturnType<typeof describeIf> {
  const provider = join(TERRAFORM_MIRROR ?? '', 'providers', 'registry.terraform.io', 'hashicorp', 'aws');
  if (TERRAFORM_MIRROR !== undefined && existsSync(provider)) return describeWithEmulator();
  const what = TERRAFORM_MIRROR === undefined ? 'no directory with terraform' : 'a directory without an AWS provider';
  console.warn(`NOT RUN: TERRAFORM_MIRROR names ${what}`);
  return describeIf(false);
}

/** A VPC with two subnets and a cluster in it, and what else the stacks look up. */
export function makeSurroundings(emulator: Emulator): Surroundings {
  const aws = (...words: string[]): Block => emulator.aws(...words) as Block;
  const { VpcId } = aws('ec2', 'create-vpc', '--cidr-block', '10.0.0.0/16').Vpc;
  const subnetIds = ['a', 'b'].map((zone, index) => {
    const place = ['--vpc-id', VpcId, '--cidr-block', `10.0.${index}.0/24`, '--availability-zone', `eu-west-1${zone}`];
    return aws('ec2', 'create-subnet', ...place).Subnet.SubnetId as string;
  });
  const group = ['--group-name', 'nodes', '--description', 'nodes', '--vpc-id', VpcId];
  const { GroupId } = aws('ec2', 'create-security-group', ...group);
  const role = ['--role-arn', 'arn:aws:iam::123456789012:role/eks'];
  const network = ['--resources-vpc-config', `subnetIds=${subnetIds.join(',')}`];
  const { cluster } = aws('eks', 'create-cluster', '--name', 'platform', ...role, ...network);
  const issuer = ['--url', cluster.identity.oidc.issuer, '--client-id-list', 'sts.amazonaws.com'];
  aws('iam', 'create-open-id-connect-provider', ...issuer, '--thumbprint-list', '0'.repeat(40));
  return { vpcId: VpcId, subnetIds, securityGroupId: GroupId };
}

/** The commands of the program on one environment, with Terraform and the real providers, at an emulated AWS. */
export class FrontDoor {
  private readonly directory = mkdtempSync(join(tmpdir(), 'front-door-'));
  private readonly log = join(this.directory, 'provider.log');

  /** @param programs Folder whose programs come first in PATH. */
  constructor(
    private readonly emulator: Emulator,
    private readonly programs?: string,
  ) {}

  /** Writes the environment file. */
  write(environment: Block): void {
    const folder = join(this.directory, 'environments');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${environment.name}.yaml`), stringify(environment));
  }

  /** Starts a command. */
  begin(...words: readonly string[]): Deploying {
    const temporary = join(this.directory, 'tmp');
    mkdirSync(temporary, { recursive: true });
    const variables = this.emulator.variables();
    const child = spawn(process.execPath, [PROGRAM, ...words], {
      cwd: this.directory,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...variables,
        PATH: [this.programs ?? [], variables.PATH].flat().join(':'),
        ...terraformVariables(TERRAFORM_MIRROR ?? '', this.directory),
        TERRAFORM: join(__dirname, 'terraform.sh'),
        HOME: process.env.HOME,
        TMPDIR: temporary,
        AWS_ENDPOINT_URL_S3_CONTROL: S3_CONTROL,
        HTTP_PROXY: this.emulator.endpoint,
        NO_PROXY: '127.0.0.1',
        // The first is the format.
        TF_LOG: 'JSON',
        TF_LOG_CORE: 'OFF',
        TF_LOG_PROVIDER: 'DEBUG',
        TF_LOG_PATH: this.log,
      },
    });
    return followed(child);
  }

  /** Runs a command to its end. */
  run(...words: readonly string[]): Promise<Ended> {
    return this.begin(...words).ended;
  }

  /** What the providers have logged since this was asked last. */
  takeLog(): string {
    if (!existsSync(this.log)) return '';
    const text = readFileSync(this.log, 'utf8');
    rmSync(this.log);
    return text;
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
