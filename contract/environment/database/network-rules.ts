import { partitionOf } from '../../postgres/partitions';
import { topicRegion } from '../alarms';
import type { CrossKeyRule, Keys } from '../cross-key-rule';

/** Rules between the keys that say who reaches what in AWS. */
export const NETWORK_RULES: readonly CrossKeyRule[] = [
  {
    path: 'database.admit.pods',
    broken: (keys) => {
      if (keys.text('database.admit.pods') !== 'none') return undefined;
      const others = ['database.admit.securityGroupIds', 'database.admit.cidrs'].flatMap((path) => keys.list(path));
      return others.length === 0 ? 'not none while no security group and no network is admitted' : undefined;
    },
    fix: 'write cluster, or list who is admitted in `securityGroupIds` or `cidrs`',
  },
  {
    path: 'alarms.topicArn',
    broken: (keys) => {
      const [found, region] = [topicRegion(keys.text('alarms.topicArn') ?? ''), keys.text('region')];
      const differs = found !== undefined && region !== undefined && found !== region;
      return differs ? 'a topic of the region that the environment is in' : undefined;
    },
    fix: 'write the ARN of a topic in that region; it can pass messages on to others',
  },
  inPartition('alarms.topicArn'),
  inPartition('cluster.oidcProviderArn'),
  inPartition('cluster.permissionsBoundaryArn'),
  inPartition('podRoles.api.policyArns'),
  inPartition('podRoles.scanner.policyArns'),
];

function inPartition(path: string): CrossKeyRule {
  const expected = (keys: Keys) => `arn:${partitionOf(keys.text('region') ?? '')}:`;
  return {
    path,
    broken: (keys) => {
      if (keys.text('region') === undefined) return undefined;
      const arns = [keys.text(path), ...keys.list(path)].filter((arn) => arn?.startsWith('arn:'));
      const elsewhere = arns.some((arn) => !arn?.startsWith(expected(keys)));
      return elsewhere ? `in the partition of the region: beginning with \`${expected(keys)}\`` : undefined;
    },
    fix: (keys) => `write \`${expected(keys)}\` where the ARN says another partition`,
  };
}
