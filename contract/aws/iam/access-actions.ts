import { reference, type TypeActions } from './type-actions';

const IAM = reference('awsidentityandaccessmanagementiam');
const EC2 = reference('amazonec2');
const EKS = reference('amazonelastickubernetesservice');
const RULES = ['ec2|security-group-rule/*'];

/** Roles, security groups and what the cluster is told of them. */
export const ACCESS_ACTIONS: Readonly<Record<string, TypeActions>> = {
  aws_iam_role: {
    on: ['iam|role/{name}'],
    read: ['iam:GetRole', 'iam:ListRolePolicies', 'iam:ListAttachedRolePolicies', 'iam:ListRoleTags'],
    write: [
      ...['iam:CreateRole', 'iam:DeleteRole', 'iam:UpdateRole', 'iam:UpdateRoleDescription'],
      ...['iam:UpdateAssumeRolePolicy', 'iam:PutRolePermissionsBoundary', 'iam:DeleteRolePermissionsBoundary'],
      ...['iam:TagRole', 'iam:UntagRole', 'iam:ListInstanceProfilesForRole'],
    ],
    limit: {
      key: 'iam:PermissionsBoundary',
      attribute: 'permissions_boundary',
      actions: ['iam:CreateRole', 'iam:PutRolePermissionsBoundary'],
    },
    source: IAM,
  },
  aws_iam_role_policy: {
    on: ['iam|role/{role}'],
    read: ['iam:GetRolePolicy'],
    write: ['iam:PutRolePolicy', 'iam:DeleteRolePolicy'],
    source: IAM,
  },
  aws_iam_role_policy_attachment: {
    on: ['iam|role/{role}'],
    read: ['iam:ListAttachedRolePolicies'],
    write: ['iam:AttachRolePolicy', 'iam:DetachRolePolicy'],
    limit: { key: 'iam:PolicyARN', attribute: 'policy_arn', actions: ['iam:AttachRolePolicy', 'iam:DetachRolePolicy'] },
    source: IAM,
  },
  aws_security_group: {
    tagged: 'ec2|security-group/*',
    readAny: ['ec2:DescribeSecurityGroups', 'ec2:DescribeNetworkInterfaces'],
    write: [
      ...['ec2:DeleteSecurityGroup', 'ec2:RevokeSecurityGroupEgress', 'ec2:RevokeSecurityGroupIngress'],
      ...['ec2:CreateTags', 'ec2:DeleteTags'],
    ],
    create: ['ec2:CreateSecurityGroup', 'ec2:CreateTags'],
    createOn: ['ec2|security-group/*'],
    also: [{ actions: ['ec2:CreateSecurityGroup'], on: ['ec2|vpc/*'] }],
    source: EC2,
  },
  aws_vpc_security_group_ingress_rule: {
    tagged: 'ec2|security-group/*',
    readAny: ['ec2:DescribeSecurityGroupRules'],
    write: [
      ...['ec2:AuthorizeSecurityGroupIngress', 'ec2:RevokeSecurityGroupIngress'],
      ...['ec2:ModifySecurityGroupRules', 'ec2:UpdateSecurityGroupRuleDescriptionsIngress'],
    ],
    also: [
      {
        actions: [
          ...['ec2:AuthorizeSecurityGroupIngress', 'ec2:ModifySecurityGroupRules'],
          ...['ec2:CreateTags', 'ec2:DeleteTags'],
        ],
        on: RULES,
      },
    ],
    source: EC2,
  },
  aws_vpc_security_group_egress_rule: {
    tagged: 'ec2|security-group/*',
    readAny: ['ec2:DescribeSecurityGroupRules'],
    write: [
      ...['ec2:AuthorizeSecurityGroupEgress', 'ec2:RevokeSecurityGroupEgress'],
      ...['ec2:ModifySecurityGroupRules', 'ec2:UpdateSecurityGroupRuleDescriptionsEgress'],
    ],
    also: [
      {
        actions: [
          ...['ec2:AuthorizeSecurityGroupEgress', 'ec2:ModifySecurityGroupRules'],
          ...['ec2:CreateTags', 'ec2:DeleteTags'],
        ],
        on: RULES,
      },
    ],
    source: EC2,
  },
  aws_eks_pod_identity_association: {
    on: ['eks|cluster/{cluster_name}', 'eks|podidentityassociation/{cluster_name}/*'],
    read: ['eks:DescribePodIdentityAssociation', 'eks:ListPodIdentityAssociations', 'eks:ListTagsForResource'],
    write: [
      ...['eks:CreatePodIdentityAssociation', 'eks:UpdatePodIdentityAssociation', 'eks:DeletePodIdentityAssociation'],
      ...['eks:TagResource', 'eks:UntagResource'],
    ],
    passes: { role: 'role_arn', to: 'pods.eks.amazonaws.com' },
    source: EKS,
  },
};

/** What the stacks look up. Some are computed by the provider itself, which asks AWS nothing. */
export const LOOKUP_ACTIONS: Readonly<Record<string, TypeActions>> = {
  aws_caller_identity: { source: reference('awssecuritytokenservice') },
  aws_partition: { source: IAM },
  aws_region: { source: IAM },
  aws_iam_policy_document: { source: IAM },
  aws_eks_cluster: { on: ['eks|cluster/{name}'], read: ['eks:DescribeCluster'], source: EKS },
  aws_iam_openid_connect_provider: {
    on: ['iam|oidc-provider/*'],
    read: ['iam:GetOpenIDConnectProvider'],
    readAny: ['iam:ListOpenIDConnectProviders'],
    source: IAM,
  },
  aws_iam_role: { on: ['iam|role/{name}'], read: ['iam:GetRole'], source: IAM },
  aws_subnet: { readAny: ['ec2:DescribeSubnets'], source: EC2 },
  aws_subnets: { readAny: ['ec2:DescribeSubnets'], source: EC2 },
  aws_vpc: { readAny: ['ec2:DescribeVpcs', 'ec2:DescribeVpcAttribute', 'ec2:DescribeRouteTables'], source: EC2 },
  aws_security_group: { readAny: ['ec2:DescribeSecurityGroups'], source: EC2 },
  aws_db_subnet_group: {
    on: ['rds|subgrp:{name}'],
    read: ['rds:DescribeDBSubnetGroups'],
    source: reference('amazonrds'),
  },
  aws_security_groups: { readAny: ['ec2:DescribeSecurityGroups'], source: EC2 },
  // A list, and each of it by its name: what runs, so that no plan asks for a step back.
  aws_db_instances: { readAny: ['rds:DescribeDBInstances'], source: reference('amazonrds') },
  aws_db_instance: { readAny: ['rds:DescribeDBInstances'], source: reference('amazonrds') },
  aws_rds_clusters: { readAny: ['rds:DescribeDBClusters'], source: reference('amazonrds') },
  aws_rds_cluster: { readAny: ['rds:DescribeDBClusters'], source: reference('amazonrds') },
  aws_rds_engine_version: { readAny: ['rds:DescribeDBEngineVersions'], source: reference('amazonrds') },
  aws_secretsmanager_secret_versions: {
    on: ['secretsmanager|secret:{secret_id}-??????'],
    read: ['secretsmanager:ListSecretVersionIds'],
    source: reference('awssecretsmanager'),
  },
};

/** What the stacks read during a run and keep nowhere. A plan reads it too, which is why only a deployment is allowed to. */
export const EPHEMERAL_ACTIONS: Readonly<Record<string, TypeActions>> = {
  aws_secretsmanager_secret_version: {
    on: ['secretsmanager|secret:{secret_id}-??????'],
    write: ['secretsmanager:GetSecretValue'],
    encrypts: 'secretsmanager',
    source: reference('awssecretsmanager'),
  },
};
