import { spawnSync } from 'node:child_process';
import type { Subnet } from './answers';

const TIMEOUT_MS = 15_000;
/** Kubernetes puts internal load balancers into subnets with this tag: those that are meant to be private. */
const PRIVATE_TAG = 'kubernetes.io/role/internal-elb';

interface DescribedSubnet {
  readonly SubnetId: string;
  readonly AvailabilityZone: string;
  readonly MapPublicIpOnLaunch: boolean;
  readonly Tags?: readonly { readonly Key: string }[];
}

/** What the AWS CLI sees with a profile. It only reads; what the profile cannot see is left out. */
export class Aws {
  /** Why look-ups failed, in their order. */
  readonly complaints: string[] = [];

  private constructor(private readonly profile: string | undefined) {}

  /** The AWS CLI, or nothing where it is not installed. */
  static find(profile: string | undefined): Aws | undefined {
    const { status } = spawnSync('aws', ['--version'], { env: process.env, stdio: 'ignore', timeout: TIMEOUT_MS });
    return status === 0 ? new Aws(profile) : undefined;
  }

  /** Region that the profile works in. */
  region(): string | undefined {
    const given = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
    if (given !== undefined && given !== '') return given;
    return this.run('configure', 'get', 'region')?.trim() || undefined;
  }

  /** Names of the EKS clusters of a region. */
  clusters(region: string): string[] {
    return this.ask<{ clusters?: string[] }>('eks', 'list-clusters', '--region', region)?.clusters ?? [];
  }

  /** Private subnets of the cluster's VPC, by availability zone. */
  privateSubnets(region: string, cluster: string): Subnet[] {
    const found = this.ask<{ cluster?: { resourcesVpcConfig?: { vpcId?: string } } }>(
      ...['eks', 'describe-cluster', '--region', region, '--name', cluster],
    );
    const vpc = found?.cluster?.resourcesVpcConfig?.vpcId;
    if (vpc === undefined) return [];
    const filter = ['--filters', `Name=vpc-id,Values=${vpc}`];
    const subnets = this.ask<{ Subnets?: DescribedSubnet[] }>('ec2', 'describe-subnets', '--region', region, ...filter);
    return preferTagged((subnets?.Subnets ?? []).filter((subnet) => !subnet.MapPublicIpOnLaunch))
      .map(({ SubnetId: id, AvailabilityZone: zone }) => ({ id, zone }))
      .sort((one, other) => (`${one.zone} ${one.id}` < `${other.zone} ${other.id}` ? -1 : 1));
  }

  private ask<Answer>(...commandArguments: string[]): Answer | undefined {
    const output = this.run(...commandArguments, '--output', 'json');
    try {
      return output === undefined ? undefined : (JSON.parse(output) as Answer);
    } catch {
      this.complaints.push(`aws ${commandArguments.slice(0, 2).join(' ')} did not answer with JSON`);
      return undefined;
    }
  }

  private run(...commandArguments: string[]): string | undefined {
    const profile = this.profile === undefined ? [] : ['--profile', this.profile];
    const { status, stdout, stderr, error } = spawnSync('aws', [...commandArguments, ...profile], {
      encoding: 'utf8',
      env: { ...process.env, AWS_PAGER: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIMEOUT_MS,
    });
    if (status === 0) return stdout;
    const reason = error?.message ?? stderr.trim().split('\n').at(-1);
    // A profile without a region is no complaint: the command then says nothing.
    if (reason) this.complaints.push(`aws ${commandArguments.slice(0, 2).join(' ')}: ${reason}`);
    return undefined;
  }
}

/** The tagged subnets if they span two zones, which a database requires; otherwise all. */
function preferTagged(subnets: readonly DescribedSubnet[]): readonly DescribedSubnet[] {
  const tagged = subnets.filter(({ Tags = [] }) => Tags.some(({ Key }) => Key === PRIVATE_TAG));
  return new Set(tagged.map(({ AvailabilityZone }) => AvailabilityZone)).size >= 2 ? tagged : subnets;
}
