import { z } from 'zod';
import { iamArn } from '../aws/arn';
import { distinctList, field, section } from './field';
import { inPartition, type Rule } from './rule';

/** How a pod of the cluster gets its IAM role. */
export const POD_ROLE_KINDS = ['irsa', 'pod-identity'] as const;
/** One of these ways. */
export type PodRoleKind = (typeof POD_ROLE_KINDS)[number];

/** What the cluster has where nothing else is said. */
export const CLUSTER_DEFAULTS = {
  podRoles: 'irsa',
  externalSecretsServiceAccount: { namespace: 'external-secrets', name: 'external-secrets' },
} as const;

const HEX_ID = '(?:[0-9a-f]{8}|[0-9a-f]{17})';
const DNS_LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
const OIDC_PROVIDER_ARN = iamArn('oidc-provider/[A-Za-z0-9./-]+');
const POLICY_ARN = iamArn('policy/[\\w+=,.@/-]{1,640}', '(?:aws|\\d{12})');
/** Policies that IAM attaches to a role unless its quota has been raised. */
const MOST_POLICIES = 10;

/** A key whose value is the id of a security group. */
export function securityGroupId(description: string) {
  return field(
    z.string().regex(new RegExp(`^sg-${HEX_ID}$`)),
    description,
    'the id of a security group: `sg-` and 8 or 17 hexadecimal digits',
    'write an id that `aws ec2 describe-security-groups` shows',
  );
}

const externalSecretsServiceAccount = section(
  'ServiceAccount that External Secrets Operator itself runs as. Used with pod-identity only: its role reads the secrets.',
  {
    namespace: field(
      z.string().max(63).regex(DNS_LABEL),
      'Namespace of the operator.',
      'a Kubernetes namespace: lower-case letters, digits and hyphens, at most 63 characters',
      'write the namespace that the operator is installed in, such as `external-secrets`',
    ).default(CLUSTER_DEFAULTS.externalSecretsServiceAccount.namespace),
    name: field(
      z
        .string()
        .max(253)
        .regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/),
      'Name of the ServiceAccount.',
      'the name of a ServiceAccount: lower-case letters, digits, hyphens and dots, at most 253 characters',
      'write a name that `kubectl get serviceaccounts` shows in that namespace',
    ).default(CLUSTER_DEFAULTS.externalSecretsServiceAccount.name),
  },
);

/** The keys of `cluster`. */
export const cluster = section('The existing EKS cluster that the control plane runs on.', {
  name: field(
    z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/),
    'Name of the EKS cluster. Its VPC, security group and OIDC provider are looked up.',
    'the name of an EKS cluster: letters, digits, hyphens and underscores, at most 100 characters',
    'write a name that `aws eks list-clusters` shows',
  ),
  vpcId: field(
    z.string().regex(new RegExp(`^vpc-${HEX_ID}$`)),
    'VPC of the database. Without it the one of the cluster. Another VPC has to be peered with it.',
    'the id of a VPC: `vpc-` and 8 or 17 hexadecimal digits',
    'write an id that `aws ec2 describe-vpcs` shows, or leave the key out',
  ).optional(),
  securityGroupId: securityGroupId(
    'Security group of the nodes, which the database allows access from. Without it the one that EKS creates for the cluster; set it if the nodes have their own.',
  ).optional(),
  oidcProviderArn: field(
    z.string().regex(OIDC_PROVIDER_ARN),
    'IAM OIDC provider of the cluster. Without it the one with the address of the cluster’s issuer is looked up.',
    'the ARN of an OIDC provider: `arn:aws:iam::<account>:oidc-provider/<issuer without https://>`',
    'write an ARN that `aws iam list-open-id-connect-providers` shows, or leave the key out',
  ).optional(),
  podRoles: field(
    z.enum(POD_ROLE_KINDS),
    'How pods get their IAM roles: `irsa` by the OIDC provider of the cluster, `pod-identity` by the EKS Pod Identity agent.',
    `one of ${POD_ROLE_KINDS.join(', ')}`,
    'write irsa, or pod-identity if the add-on `eks-pod-identity-agent` is installed',
  ).default(CLUSTER_DEFAULTS.podRoles),
  externalSecretsServiceAccount: externalSecretsServiceAccount.prefault({}),
  permissionsBoundaryArn: field(
    z.string().regex(POLICY_ARN),
    'Permissions boundary of every IAM role that is created.',
    'the ARN of a managed policy: `arn:aws:iam::<account>:policy/<name>`',
    'write an ARN that `aws iam list-policies` shows, or leave the key out',
  ).optional(),
  rolePath: field(
    z
      .string()
      .max(512)
      .regex(/^\/(?:[\w+=,.@-]+\/)+$/),
    'Path of every IAM role that is created. Set it before the first deployment: IAM moves no role, and deletes none that has policies.',
    'a path of IAM: names between slashes, beginning and ending with a slash, at most 512 characters',
    'write a path such as `/agent-bom/`, or leave the key out',
  ).optional(),
});

/** What the roles of the pods have where nothing else is said. */
export const POD_ROLE_DEFAULTS = { policyArns: [] as string[] } as const;

function policyArns(whose: string) {
  return distinctList(
    field(
      z.string().regex(POLICY_ARN),
      'ARN of a managed policy.',
      'the ARN of a managed policy: `arn:aws:iam::<account>:policy/<name>`',
      'write an ARN that `aws iam list-policies` shows',
    ),
    MOST_POLICIES,
    'managed policies',
    `Managed policies for ${whose}. Without any, its role allows nothing in AWS.`,
    'list the ARNs of managed policies, or leave the key out',
  ).default(POD_ROLE_DEFAULTS.policyArns);
}

/** The keys of `podRoles`. */
export const podRoles = section('What the control plane’s own pods may do in AWS, beyond what the contract needs.', {
  api: section('IAM role of the API pods.', { policyArns: policyArns('the API pods') }).prefault({}),
  scanner: section('IAM role of the scanner pods.', { policyArns: policyArns('the scanner pods') }).prefault({}),
});

/** Rules for the ARNs of IAM. */
export const CLUSTER_RULES: readonly Rule[] = [
  'cluster.oidcProviderArn',
  'cluster.permissionsBoundaryArn',
  'podRoles.api.policyArns',
  'podRoles.scanner.policyArns',
].map(inPartition);
