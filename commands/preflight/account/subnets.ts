import { at, listAt, textAt } from '../../shared/program-runner';
import { type Finding, fail, type Preflight, type PreflightCheck, pass } from '../check';
import { type AwsAnswer, askAws, judged, notAsked } from './ask';

/** Addresses of a subnet that the server, its standby and its replacement during maintenance take. */
const ADDRESSES = 3;

interface Subnet {
  readonly id: string;
  readonly zone: string;
  readonly vpc: string;
  readonly free: number;
}

const asked = new WeakMap<Preflight, Promise<AwsAnswer>>();

/** The subnets of the file, or the private ones of the cluster; asked once. */
function askSubnets(preflight: Preflight): Promise<AwsAnswer> {
  const known = asked.get(preflight) ?? ask(preflight);
  asked.set(preflight, known);
  return known;
}

async function ask({ environment, cluster }: Preflight): Promise<AwsAnswer> {
  const found = await cluster;
  const ids = environment.database.subnetIds ?? ('reason' in found ? [] : found.subnetIds);
  if (ids.length === 0) return { kind: 'unasked', code: '', reason: 'the subnets of the cluster are not known' };
  return askAws(environment.region, 'ec2', 'describe-subnets', '--subnet-ids', ...ids);
}

function subnetsIn(content: unknown, preflight: Preflight): Subnet[] {
  return listAt(content, 'Subnets')
    .filter(
      (subnet) => preflight.environment.database.subnetIds !== undefined || at(subnet, 'MapPublicIpOnLaunch') !== true,
    )
    .map((subnet) => ({
      id: textAt(subnet, 'SubnetId'),
      zone: textAt(subnet, 'AvailabilityZone'),
      vpc: textAt(subnet, 'VpcId'),
      free: Number(at(subnet, 'AvailableIpAddressCount') ?? Number.POSITIVE_INFINITY),
    }));
}

/** Availability zones of the database's subnets, where they are known. */
export async function subnetZones(preflight: Preflight): Promise<readonly string[] | undefined> {
  const answer = await askSubnets(preflight);
  if (answer.kind !== 'answered') return undefined;
  const zones = new Set(subnetsIn(answer.content, preflight).map(({ zone }) => zone));
  return zones.size === 0 ? undefined : [...zones].sort();
}

/** The VPC of the cluster, from the file, from EKS, or from the subnets. */
export async function vpcOf(preflight: Preflight): Promise<string | undefined> {
  const cluster = await preflight.cluster;
  const known = preflight.environment.cluster.vpcId ?? ('reason' in cluster ? '' : cluster.vpcId);
  if (known !== '') return known;
  const answer = await askSubnets(preflight);
  return answer.kind === 'answered' ? subnetsIn(answer.content, preflight)[0]?.vpc : undefined;
}

export const SUBNET_CHECK: PreflightCheck = {
  id: 'account.subnets',
  proves: 'the subnets are in two zones of the VPC of the cluster, with free addresses',
  required: ({ database }) => database,
  run: async (preflight) => {
    const [answer, vpc] = await Promise.all([askSubnets(preflight), vpcOf(preflight)]);
    if (answer.kind === 'unasked' && answer.code === '') return notAsked(answer.reason);
    return judged(answer, (content) => judge(subnetsIn(content, preflight), vpc));
  },
  fix: ({ environment: { region } }) =>
    `aws ec2 describe-subnets --region ${region} --query 'Subnets[].[SubnetId,AvailabilityZone,VpcId,AvailableIpAddressCount]' ` +
    '--output table lists those that `database.subnetIds` can name',
};

function judge(subnets: readonly Subnet[], vpc: string | undefined): Finding {
  const foreign = subnets.filter((subnet) => vpc !== undefined && subnet.vpc !== vpc);
  if (foreign.length > 0)
    return fail(`${foreign.map(({ id }) => id).join(', ')} outside ${vpc}, the VPC of the cluster`);
  const zones = [...new Set(subnets.map(({ zone }) => zone))].sort();
  if (zones.length < 2) return fail(`all in ${zones.join('') || 'no zone'}; RDS requires two availability zones`);
  const full = subnets.filter(({ free }) => free < ADDRESSES);
  if (full.length > 0) return fail(full.map(({ id, free }) => `${id} has ${free} free addresses`).join('; '));
  return pass(zones.join(', '));
}
