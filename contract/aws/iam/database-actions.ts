import { reference, type TypeActions } from './type-actions';

const source = reference('amazonrds');
const TAGS = ['rds:AddTagsToResource', 'rds:RemoveTagsFromResource'];
/** RDS creates the secret of the administrator in the name of whoever creates the database. */
const MANAGED_SECRET = {
  actions: ['secretsmanager:CreateSecret', 'secretsmanager:TagResource'],
  on: ['secretsmanager|secret:rds!*'],
};

/** Resources of RDS. */
export const DATABASE_ACTIONS: Readonly<Record<string, TypeActions>> = {
  aws_db_instance: {
    on: ['rds|db:{identifier}'],
    read: ['rds:ListTagsForResource'],
    // The provider looks an instance up by the id that AWS gave it, which its ARN does not contain.
    readAny: ['rds:DescribeDBInstances'],
    write: [
      ...['rds:CreateDBInstance', 'rds:ModifyDBInstance', 'rds:RebootDBInstance', 'rds:DeleteDBInstance', ...TAGS],
      ...['rds:RestoreDBInstanceFromDBSnapshot', 'rds:RestoreDBInstanceToPointInTime', 'rds:CreateDBSnapshot'],
    ],
    also: [
      { actions: ['rds:CreateDBSnapshot', 'rds:AddTagsToResource'], on: ['rds|snapshot:{identifier}-*'] },
      {
        actions: [
          ...['rds:CreateDBInstance', 'rds:ModifyDBInstance'],
          ...['rds:RestoreDBInstanceFromDBSnapshot', 'rds:RestoreDBInstanceToPointInTime'],
        ],
        on: ['rds|og:default:*'],
      },
      { actions: ['rds:RestoreDBInstanceFromDBSnapshot'], on: ['rds|snapshot:*'] },
      { actions: ['rds:RestoreDBInstanceToPointInTime'], on: ['rds|db:*', 'rds|auto-backup:*'] },
      MANAGED_SECRET,
    ],
    names: {
      actions: [
        ...['rds:CreateDBInstance', 'rds:ModifyDBInstance'],
        ...['rds:RestoreDBInstanceFromDBSnapshot', 'rds:RestoreDBInstanceToPointInTime'],
      ],
      types: ['aws_db_parameter_group', 'aws_db_subnet_group'],
    },
    passes: { role: 'monitoring_role_arn', to: 'monitoring.rds.amazonaws.com' },
    encrypts: 'rds',
    source,
  },
  aws_rds_cluster: {
    on: ['rds|cluster:{cluster_identifier}'],
    read: ['rds:DescribeDBClusters', 'rds:ListTagsForResource'],
    readAny: ['rds:DescribeGlobalClusters'],
    write: [
      ...['rds:CreateDBCluster', 'rds:ModifyDBCluster', 'rds:DeleteDBCluster', ...TAGS],
      ...['rds:RestoreDBClusterFromSnapshot', 'rds:RestoreDBClusterToPointInTime', 'rds:CreateDBClusterSnapshot'],
      ...['rds:AddRoleToDBCluster', 'rds:RemoveRoleFromDBCluster'],
    ],
    also: [
      {
        actions: ['rds:CreateDBClusterSnapshot', 'rds:AddTagsToResource'],
        on: ['rds|cluster-snapshot:{cluster_identifier}-*'],
      },
      { actions: ['rds:CreateDBCluster', 'rds:ModifyDBCluster'], on: ['rds|og:default:*', 'rds|cluster-pg:default.*'] },
      { actions: ['rds:RestoreDBClusterFromSnapshot'], on: ['rds|cluster-snapshot:*', 'rds|snapshot:*'] },
      { actions: ['rds:RestoreDBClusterToPointInTime'], on: ['rds|cluster:*', 'rds|cluster-auto-backup:*'] },
      MANAGED_SECRET,
    ],
    names: {
      actions: [
        ...['rds:CreateDBCluster', 'rds:ModifyDBCluster'],
        ...['rds:RestoreDBClusterFromSnapshot', 'rds:RestoreDBClusterToPointInTime'],
      ],
      types: ['aws_rds_cluster_parameter_group', 'aws_db_subnet_group'],
    },
    encrypts: 'rds',
    source,
  },
  aws_rds_cluster_instance: {
    on: ['rds|db:{identifier}'],
    read: ['rds:DescribeDBInstances', 'rds:ListTagsForResource'],
    write: ['rds:CreateDBInstance', 'rds:ModifyDBInstance', 'rds:RebootDBInstance', 'rds:DeleteDBInstance', ...TAGS],
    names: {
      actions: ['rds:CreateDBInstance', 'rds:ModifyDBInstance'],
      types: ['aws_rds_cluster', 'aws_db_parameter_group', 'aws_db_subnet_group'],
    },
    also: [{ actions: ['rds:CreateDBInstance', 'rds:ModifyDBInstance'], on: ['rds|pg:default.*', 'rds|og:default:*'] }],
    passes: { role: 'monitoring_role_arn', to: 'monitoring.rds.amazonaws.com' },
    encrypts: 'rds',
    source,
  },
  aws_db_parameter_group: {
    on: ['rds|pg:{name}'],
    read: ['rds:DescribeDBParameterGroups', 'rds:DescribeDBParameters', 'rds:ListTagsForResource'],
    write: [
      ...['rds:CreateDBParameterGroup', 'rds:ModifyDBParameterGroup', 'rds:ResetDBParameterGroup'],
      ...['rds:DeleteDBParameterGroup', ...TAGS],
    ],
    source,
  },
  aws_rds_cluster_parameter_group: {
    on: ['rds|cluster-pg:{name}'],
    read: ['rds:DescribeDBClusterParameterGroups', 'rds:DescribeDBClusterParameters', 'rds:ListTagsForResource'],
    write: [
      ...['rds:CreateDBClusterParameterGroup', 'rds:ModifyDBClusterParameterGroup'],
      ...['rds:ResetDBClusterParameterGroup', 'rds:DeleteDBClusterParameterGroup', ...TAGS],
    ],
    source,
  },
  aws_db_subnet_group: {
    on: ['rds|subgrp:{name}'],
    read: ['rds:DescribeDBSubnetGroups', 'rds:ListTagsForResource'],
    write: ['rds:CreateDBSubnetGroup', 'rds:ModifyDBSubnetGroup', 'rds:DeleteDBSubnetGroup', ...TAGS],
    source,
  },
  aws_db_event_subscription: {
    on: ['rds|es:{name}'],
    read: ['rds:DescribeEventSubscriptions', 'rds:ListTagsForResource'],
    write: [
      ...['rds:CreateEventSubscription', 'rds:ModifyEventSubscription', 'rds:DeleteEventSubscription', ...TAGS],
      ...['rds:AddSourceIdentifierToSubscription', 'rds:RemoveSourceIdentifierFromSubscription'],
    ],
    source,
  },
  aws_db_instance_automated_backups_replication: {
    on: ['rds|db:*', 'rds|auto-backup:*'],
    readAny: ['rds:DescribeDBInstanceAutomatedBackups', 'rds:DescribeDBInstances'],
    write: [
      'rds:StartDBInstanceAutomatedBackupsReplication',
      'rds:StopDBInstanceAutomatedBackupsReplication',
      'rds:DeleteDBInstanceAutomatedBackup',
    ],
    encrypts: 'rds',
    source,
  },
  aws_db_instance_role_association: {
    on: ['rds|db:{db_instance_identifier}'],
    read: ['rds:DescribeDBInstances'],
    write: ['rds:AddRoleToDBInstance', 'rds:RemoveRoleFromDBInstance'],
    passes: { role: 'role_arn', to: 'rds.amazonaws.com' },
    source,
  },
  aws_rds_cluster_role_association: {
    on: ['rds|cluster:{db_cluster_identifier}'],
    read: ['rds:DescribeDBClusters'],
    write: ['rds:AddRoleToDBCluster', 'rds:RemoveRoleFromDBCluster'],
    passes: { role: 'role_arn', to: 'rds.amazonaws.com' },
    source,
  },
};
