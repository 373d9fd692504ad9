import type { Allowance } from '../../../contract/aws/iam/documents';
import type { Environment } from '../../../contract/environment/environment';
import { DUMP_PREFIX } from '../../../contract/names';
import { keyAllowances } from './allowances';
import { arnOf, type Subject } from './subjects';

const SERVERS = ['aws_db_instance', 'aws_rds_cluster', 'aws_rds_cluster_instance'];
/** What a database is called that is restored to try something out. */
const REHEARSAL = '-rehearsal*';

/** What `doctor` asks of AWS: the server, the names of the dumps, and the cluster. It reads no content and no secret. */
export function doctorAllowances({ region, cluster }: Environment, resources: readonly Subject[]): Allowance[] {
  const servers = resources.filter(({ type }) => SERVERS.includes(type)).map(serverArn);
  const buckets = resources.filter(({ type }) => type === 'aws_s3_bucket');
  return [
    ...(servers.length === 0
      ? []
      : [
          {
            actions: ['rds:DescribeDBInstances', 'rds:DescribeDBClusters', 'rds:DescribePendingMaintenanceActions'],
            resources: servers,
          },
        ]),
    ...buckets.map(({ arn }) => ({
      actions: ['s3:ListBucket'],
      resources: [arn('s3|{bucket}')],
      condition: { StringLike: { 's3:prefix': `${DUMP_PREFIX}*` } },
    })),
    { actions: ['eks:DescribeCluster'], resources: [arnOf(`eks|cluster/${cluster.name}`, region)] },
  ];
}

/**
 * What it takes to restore a copy of the database under another name, to upgrade the copy, and to delete it again. The
 * command `rehearse` itself starts its own PostgreSQL, and asks AWS nothing.
 */
export function rehearsalAllowances(environment: Environment, resources: readonly Subject[]): Allowance[] {
  return resources.flatMap((subject) => {
    const key = keyAllowances('rds', environment, subject);
    if (subject.type === 'aws_db_instance') return [...instanceRehearsal(subject), ...key];
    return subject.type === 'aws_rds_cluster' ? [...clusterRehearsal(subject), ...key] : [];
  });
}

function instanceRehearsal({ arn, region }: Subject): Allowance[] {
  const copy = `${arn('rds|db:{identifier}')}${REHEARSAL}`;
  const groups = ['pg:*', 'og:default:*', 'subgrp:*'].map((group) => arnOf(`rds|${group}`, region));
  return [
    {
      actions: ['rds:DescribeDBInstances', 'rds:DescribeDBSnapshots', 'rds:DescribeDBEngineVersions'],
      resources: ['*'],
    },
    { actions: ['rds:CreateDBSnapshot'], resources: [arn('rds|db:{identifier}')] },
    {
      actions: ['rds:CreateDBSnapshot', 'rds:DeleteDBSnapshot', 'rds:AddTagsToResource'],
      resources: [`${arn('rds|snapshot:{identifier}')}${REHEARSAL}`],
    },
    { actions: ['rds:RestoreDBInstanceFromDBSnapshot'], resources: [arn('rds|snapshot:*'), ...groups] },
    {
      actions: [
        ...['rds:RestoreDBInstanceFromDBSnapshot', 'rds:ModifyDBInstance', 'rds:RebootDBInstance'],
        ...['rds:DeleteDBInstance', 'rds:AddTagsToResource'],
      ],
      resources: [copy],
    },
    { actions: ['rds:ModifyDBInstance'], resources: groups },
  ];
}

function clusterRehearsal({ arn, region }: Subject): Allowance[] {
  const cluster = arn('rds|cluster:{cluster_identifier}');
  const copies = [`${cluster}${REHEARSAL}`, `${arn('rds|db:{cluster_identifier}')}${REHEARSAL}`];
  const groups = ['cluster-pg:*', 'pg:*', 'og:default:*', 'subgrp:*'].map((group) => arnOf(`rds|${group}`, region));
  return [
    {
      actions: [
        ...['rds:DescribeDBClusters', 'rds:DescribeDBInstances'],
        ...['rds:DescribeDBClusterSnapshots', 'rds:DescribeDBEngineVersions'],
      ],
      resources: ['*'],
    },
    { actions: ['rds:CreateDBClusterSnapshot'], resources: [cluster] },
    {
      actions: ['rds:CreateDBClusterSnapshot', 'rds:DeleteDBClusterSnapshot', 'rds:AddTagsToResource'],
      resources: [`${arn('rds|cluster-snapshot:{cluster_identifier}')}${REHEARSAL}`],
    },
    { actions: ['rds:RestoreDBClusterFromSnapshot'], resources: [arn('rds|cluster-snapshot:*'), ...groups] },
    {
      actions: [
        ...['rds:RestoreDBClusterFromSnapshot', 'rds:ModifyDBCluster', 'rds:DeleteDBCluster'],
        ...['rds:CreateDBInstance', 'rds:ModifyDBInstance', 'rds:DeleteDBInstance', 'rds:AddTagsToResource'],
      ],
      resources: copies,
    },
    { actions: ['rds:ModifyDBCluster', 'rds:CreateDBInstance'], resources: groups },
  ];
}

function serverArn({ type, arn }: Subject): string {
  return arn(type === 'aws_rds_cluster' ? 'rds|cluster:{cluster_identifier}' : 'rds|db:{identifier}');
}
