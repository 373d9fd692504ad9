import type { Allowance } from '../../../contract/aws/iam/documents';
import type { Environment } from '../../../contract/environment/environment';
import { keyAllowances } from './allowances';
import { arnOf, type Subject } from './subjects';

/** What a database is called that is restored to try something out. */
const REHEARSAL = '-rehearsal*';

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
  const groups = ['cluster-pg:*', 'og:default:*', 'subgrp:*'].map((group) => arnOf(`rds|${group}`, region));
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
    { actions: ['rds:ModifyDBCluster', 'rds:CreateDBInstance'], resources: [...groups, arnOf('rds|pg:*', region)] },
  ];
}
