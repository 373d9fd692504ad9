import { z } from 'zod';
import { isPrivateBlock, PRIVATE_BLOCKS } from '../../aws/private-addresses';
import { securityGroupId } from '../cluster';
import { distinctList, field, section } from '../field';
import type { Rule } from '../rule';

/** Pods of the cluster that may connect to the database. */
export const ACCESS_PODS = ['cluster', 'namespace', 'none'] as const;
/** One of the choices above. */
export type AccessPods = (typeof ACCESS_PODS)[number];

/** Who has access to the database where nothing else is said. */
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
  'write a network such as `10.20.0.0/16`; for addresses on the internet, add the security group of a VPN or bastion',
);

/** The keys of `database.access`. */
export const access = section('Who may connect to the port of the database. The network refuses everyone else.', {
  pods: field(
    z.enum(ACCESS_PODS),
    'Pods that may connect: `cluster` all pods and nodes of the cluster, `namespace` only those in the control plane’s namespace, `none` no pods.',
    `one of ${ACCESS_PODS.join(', ')}`,
    'write cluster, or namespace if the nodes support security groups for pods',
  ).default(ACCESS_DEFAULTS.pods),
  securityGroupIds: distinctList(
    securityGroupId('Security group that may connect, such as the one of a bastion.'),
    LONGEST_LIST,
    'security groups',
    'Other security groups that may connect.',
    'list the ids of security groups, or leave the key out',
  ).default(ACCESS_DEFAULTS.securityGroupIds),
  cidrs: distinctList(
    cidr,
    LONGEST_LIST,
    'private networks',
    'Other private networks that may connect.',
    'list networks such as `10.20.0.0/16`, or leave the key out',
  ).default(ACCESS_DEFAULTS.cidrs),
});

/** Rules for who may connect. */
export const ACCESS_RULES: readonly Rule[] = [
  {
    path: 'database.access.pods',
    broken: ({ whole }) => {
      if (whole.text('database.access.pods') !== 'none') return undefined;
      const others = ['database.access.securityGroupIds', 'database.access.cidrs'].flatMap((path) => whole.list(path));
      return others.length === 0 ? 'not none without a security group or a network that may connect' : undefined;
    },
    fix: 'write cluster, or list who may connect in `securityGroupIds` or `cidrs`',
  },
];
