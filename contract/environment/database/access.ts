import { z } from 'zod';
import { isPrivateBlock, PRIVATE_BLOCKS } from '../../aws/private-addresses';
import { securityGroupId } from '../cluster';
import { field, section } from '../field';

/** Which pods of the cluster the database admits. */
export const ACCESS_PODS = ['cluster', 'namespace', 'none'] as const;
/** One of the choices above. */
export type AccessPods = (typeof ACCESS_PODS)[number];

/** Whom the database lets in where nothing else is said. */
export const ACCESS_DEFAULTS = {
  pods: 'cluster',
  securityGroupIds: [] as string[],
  cidrs: [] as string[],
} as const;

/** A security group holds 60 rules unless its quota has been raised. */
const LONGEST_LIST = 25;

const cidr = field(
  z.string().refine(isPrivateBlock),
  'Private network in CIDR notation.',
  `a private IPv4 network without host bits, within ${PRIVATE_BLOCKS.join(', ')}; never a public one`,
  'write a network such as `10.20.0.0/16`; for addresses on the internet, admit the security group of a VPN or bastion',
);

/** The keys of `database.admit`. */
export const admit = section('Who may connect to the database, on its port. Everyone else is refused by the network.', {
  pods: field(
    z.enum(ACCESS_PODS),
    'Pods that are admitted: `cluster` all of the cluster and its nodes, `namespace` those of the control plane’s namespace alone, `none` by themselves.',
    `one of ${ACCESS_PODS.join(', ')}`,
    'write cluster, or namespace where the nodes support security groups for pods',
  ).default(ACCESS_DEFAULTS.pods),
  securityGroupIds: field(
    z
      .array(securityGroupId('Security group that is admitted, such as the one of a bastion.'))
      .max(LONGEST_LIST)
      .refine((ids) => new Set(ids).size === ids.length),
    'Further security groups that are admitted.',
    `a list of at most ${LONGEST_LIST} different security groups`,
    'list the ids of security groups, or leave the key out',
  ).default(ACCESS_DEFAULTS.securityGroupIds),
  cidrs: field(
    z
      .array(cidr)
      .max(LONGEST_LIST)
      .refine((cidrs) => new Set(cidrs).size === cidrs.length),
    'Further private networks that are admitted.',
    `a list of at most ${LONGEST_LIST} different private networks`,
    'list networks such as `10.20.0.0/16`, or leave the key out',
  ).default(ACCESS_DEFAULTS.cidrs),
});
