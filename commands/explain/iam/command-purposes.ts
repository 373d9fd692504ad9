import type { Allowance } from '../../../contract/aws/iam/documents';
import { rdsRegion } from '../../../contract/environment/database/existing';
import type { Environment } from '../../../contract/environment/environment';
import { DUMP_PREFIX, derivedName } from '../../../contract/names';
import { allow, keyAllowances } from './allowances';
import { arnOf, type Subject } from './subjects';

/** What a restored database and the one that it replaces are called next to the name of the environment. */
const RENAMED = ['', '-new-*', '-old-*'];

/** What `doctor` asks of AWS: the server, the names of the dumps, and where the cluster is. It reads no content and no secret. */
export function doctorAllowances(environment: Environment, resources: readonly Subject[]): Allowance[] {
  const { region, cluster } = environment;
  const buckets = resources.filter(({ type }) => type === 'aws_s3_bucket');
  return [
    ...serverAllowances(environment),
    ...buckets.map(({ arn }) => ({
      actions: ['s3:ListBucket'],
      resources: [arn('s3|{bucket}')],
      condition: { StringLike: { 's3:prefix': `${DUMP_PREFIX}*` } },
    })),
    // Not `doctor` itself, but `aws eks update-kubeconfig` before it.
    { actions: ['eks:DescribeCluster'], resources: [arnOf(`eks|cluster/${cluster.name}`, region)] },
  ];
}

/** The server of the environment, also an existing one of RDS, which its host names. */
function serverAllowances({ name, region, database }: Environment): Allowance[] {
  const { existing } = database;
  const place = existing === undefined ? region : rdsRegion(existing.host);
  if (place === undefined) return [];
  const identifier = existing?.host.split('.')[0] ?? derivedName(name, 'instance');
  const aurora = existing === undefined ? database.form === 'aurora' : /^[^.]+\.cluster-/.test(existing.host);
  return aurora
    ? allow(['rds:DescribeDBClusters'], [arnOf(`rds|cluster:${identifier}`, place)])
    : allow(['rds:DescribeDBInstances'], [arnOf(`rds|db:${identifier}`, place)]);
}

/** Questions of `preflight` that AWS limits to no resource, or whose resource is not known before. */
const PREFLIGHT_ANY = [
  ...['ec2:DescribeNetworkInterfaces', 'ec2:DescribeRegions', 'ec2:DescribeSubnets'],
  ...['eks:DescribeAddon', 'eks:DescribeCluster'],
  ...['iam:GetAccountSummary', 'iam:GetRole', 'iam:ListOpenIDConnectProviders', 'iam:SimulatePrincipalPolicy'],
  ...['kms:DescribeKey', 'logs:DescribeLogGroups'],
  ...['organizations:DescribeEffectivePolicy', 'servicequotas:GetServiceQuota', 'tag:GetResources'],
  ...['secretsmanager:DescribeSecret'],
];
const PREFLIGHT_DATABASE = [
  ...['rds:DescribeAccountAttributes', 'rds:DescribeCertificates', 'rds:DescribeDBClusterSnapshots'],
  ...['rds:DescribeDBClusters', 'rds:DescribeDBEngineVersions', 'rds:DescribeDBInstances'],
  ...['rds:DescribeDBSnapshots', 'rds:DescribeDBSubnetGroups', 'rds:DescribeEventSubscriptions'],
  'rds:DescribeOrderableDBInstanceOptions',
];

/**
 * What `preflight` asks of AWS, all of it read only. Its dry run of a security group is left out: it shows whether a
 * deployment may create one, so that the permission has to come from there.
 */
export function preflightAllowances({ database }: Environment): Allowance[] {
  const actions = database.existing === undefined ? [...PREFLIGHT_ANY, ...PREFLIGHT_DATABASE] : PREFLIGHT_ANY;
  return [{ actions, resources: ['*'] }];
}

/** What `restore --to` asks of AWS in addition to `deploy` and `doctor`: it restores a database and exchanges the names. */
export function restoreAllowances(environment: Environment, resources: readonly Subject[]): Allowance[] {
  return resources.flatMap((subject) => {
    const key = keyAllowances('rds', environment, subject);
    if (subject.type === 'aws_db_instance') return [...instanceRestore(subject), ...key];
    return subject.type === 'aws_rds_cluster' ? [...clusterRestore(subject), ...key] : [];
  });
}

function instanceRestore({ arn, region }: Subject): Allowance[] {
  const servers = RENAMED.map((suffix) => `${arn('rds|db:{identifier}')}${suffix}`);
  return [
    { actions: ['rds:DescribeDBInstances', 'rds:ModifyDBInstance', 'rds:AddTagsToResource'], resources: servers },
    { actions: ['rds:DescribeDBInstanceAutomatedBackups'], resources: ['*'] },
    {
      actions: ['rds:RestoreDBInstanceToPointInTime'],
      resources: [...servers, ...groupsOf(['pg:*', 'og:default:*', 'subgrp:*'], region)],
    },
  ];
}

function clusterRestore({ arn, region }: Subject): Allowance[] {
  const named = (kind: string) => RENAMED.map((suffix) => `${arn(`rds|${kind}:{cluster_identifier}`)}${suffix}`);
  const clusters = named('cluster');
  // Instances have the name of their cluster and a number.
  const instances = named('db').map((server) => `${server}-*`);
  return [
    { actions: ['rds:DescribeDBClusters', 'rds:ModifyDBCluster', 'rds:AddTagsToResource'], resources: clusters },
    { actions: ['rds:DescribeDBInstances', 'rds:ModifyDBInstance', 'rds:CreateDBInstance'], resources: instances },
    {
      actions: ['rds:RestoreDBClusterToPointInTime'],
      resources: [...clusters, ...groupsOf(['cluster-pg:*', 'og:default:*', 'subgrp:*'], region)],
    },
    {
      actions: ['rds:CreateDBInstance'],
      resources: [...clusters, ...groupsOf(['pg:*', 'og:default:*', 'subgrp:*'], region)],
    },
  ];
}

function groupsOf(groups: readonly string[], region: string): string[] {
  return groups.map((group) => arnOf(`rds|${group}`, region));
}
