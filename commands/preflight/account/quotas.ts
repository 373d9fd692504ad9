import { arnOf, subjects } from '../../explain/iam/subjects';
import { at, listAt, textAt } from '../../shared/program-runner';
import { type Finding, fail, type Preflight, type PreflightCheck, pass } from '../check';
import { askAws, judged, notAsked } from './ask';
import { isDeployed } from './server';

/** What RDS counts, and the type of the resources that take from it. */
const RDS_QUOTAS: Readonly<Record<string, readonly string[]>> = {
  DBInstances: ['aws_db_instance', 'aws_rds_cluster_instance'],
  DBClusters: ['aws_rds_cluster'],
  DBParameterGroups: ['aws_db_parameter_group'],
  DBClusterParameterGroups: ['aws_rds_cluster_parameter_group'],
  DBSubnetGroups: ['aws_db_subnet_group'],
  EventSubscriptions: ['aws_db_event_subscription'],
};
/** Network interfaces of a region: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
const INTERFACES = 'L-DF5E4CA3';

/** How many resources of each type the environment creates, or why that is not known. */
async function created(preflight: Preflight): Promise<((types: readonly string[]) => number) | Finding> {
  const stacks = await preflight.stacks;
  if ('reason' in stacks) return notAsked(stacks.reason);
  if ((await isDeployed(preflight)) === true) return pass('the environment is deployed, and counted already');
  const resources = subjects(stacks, 'resources');
  return (types) => resources.filter(({ type }) => types.includes(type)).length;
}

const RDS: PreflightCheck = {
  id: 'account.quota-rds',
  proves: 'the quotas of RDS leave room for the database',
  required: ({ database }) => database,
  run: async (preflight) => {
    const count = await created(preflight);
    if (typeof count !== 'function') return count;
    return judged(await askAws(preflight.environment.region, 'rds', 'describe-account-attributes'), (content) => {
      const quotas = listAt(content, 'AccountQuotas').map((quota) => ({
        name: textAt(quota, 'AccountQuotaName'),
        used: Number(at(quota, 'Used')),
        most: Number(at(quota, 'Max')),
      }));
      const full = quotas.filter(({ name, used, most }) => used + count(RDS_QUOTAS[name] ?? []) > most);
      if (full.length > 0)
        return fail(full.map(({ name, used, most }) => `${name}: ${used} of ${most} used`).join('; '));
      const instances = quotas.find(({ name }) => name === 'DBInstances');
      return pass(
        instances === undefined ? 'no quota is full' : `${instances.used} of ${instances.most} instances used`,
      );
    });
  },
  fix: ({ environment: { region } }) =>
    `aws service-quotas list-service-quotas --region ${region} --service-code rds lists their codes; then ` +
    `aws service-quotas request-service-quota-increase --region ${region} --service-code rds --quota-code <code> --desired-value <number>`,
};

const NETWORK: PreflightCheck = {
  id: 'account.quota-interfaces',
  proves: 'the quota of network interfaces leaves room for the database and its pods',
  required: ({ database }) => database,
  run: async (preflight) => {
    const { region } = preflight.environment;
    if ((await isDeployed(preflight)) === true) return pass('the environment is deployed, and counted already');
    const quota = ['--service-code', 'vpc', '--quota-code', INTERFACES];
    const [limit, used] = await Promise.all([
      askAws(region, 'service-quotas', 'get-service-quota', ...quota),
      askAws(region, 'ec2', 'describe-network-interfaces', '--query', 'length(NetworkInterfaces)'),
    ]);
    if (limit.kind !== 'answered') return notAsked(limit.reason);
    return judged(used, (content) => {
      const most = Number(at(limit.content, 'Quota', 'Value'));
      const detail = `${Number(content)} of ${most} used`;
      return Number(content) + 2 > most ? fail(detail) : pass(detail);
    });
  },
  fix: ({ environment: { region } }) =>
    `aws service-quotas request-service-quota-increase --region ${region} --service-code vpc --quota-code ${INTERFACES} --desired-value <number>`,
};

const ROLES: PreflightCheck = {
  id: 'account.quota-roles',
  proves: 'IAM leaves room for the roles of the environment',
  run: async (preflight) => {
    const count = await created(preflight);
    if (typeof count !== 'function') return count;
    const roles = count(['aws_iam_role']);
    if (roles === 0) return pass('the environment creates none');
    return judged(await askAws(preflight.environment.region, 'iam', 'get-account-summary'), (content) => {
      const [used, most] = ['Roles', 'RolesQuota'].map((key) => Number(at(content, 'SummaryMap', key)));
      const detail = `${used} of ${most} roles used`;
      return (used ?? 0) + roles > (most ?? 0) ? fail(detail) : pass(detail);
    });
  },
  fix: ({ environment: { region } }) =>
    `aws service-quotas request-service-quota-increase --region ${arnOf('iam|', region).startsWith('arn:aws:') ? 'us-east-1' : region} ` +
    '--service-code iam --quota-code L-FE177D64 --desired-value <number>',
};

/** Whether the account has room. */
export const QUOTA_CHECKS: readonly PreflightCheck[] = [RDS, NETWORK, ROLES];
