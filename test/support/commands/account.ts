import type { StandInAnswer, StandInAnswers } from './stand-ins';

/** What the AWS CLI says where AWS answers with an error. */
export function awsError(code: string, message = 'it says why', operation = 'Operation'): StandInAnswer {
  return { complaint: `\nAn error occurred (${code}) when calling the ${operation} operation: ${message}` };
}

/** What it says to whoever may not ask. */
export function denied(action: string, why = 'because no identity-based policy allows the action'): StandInAnswer {
  const who = 'arn:aws:sts::111122223333:assumed-role/reader/me';
  return awsError('AccessDenied', `User: ${who} is not authorized to perform: ${action} on resource: * ${why}`);
}

export const orderable = (version: string, zones: readonly string[], StorageType = 'gp3') => ({
  EngineVersion: version,
  StorageType,
  AvailabilityZones: zones.map((Name) => ({ Name })),
});
export const subnets = (...found: (readonly [id: string, zone: string, vpc?: string, free?: number])[]) => ({
  Subnets: found.map(([SubnetId, AvailabilityZone, VpcId = 'vpc-1', AvailableIpAddressCount = 200]) => ({
    ...{ SubnetId, AvailabilityZone, VpcId, AvailableIpAddressCount, MapPublicIpOnLaunch: false },
  })),
});
export const quotas = (...found: (readonly [name: string, used: number, most: number])[]) => ({
  AccountQuotas: found.map(([AccountQuotaName, Used, Max]) => ({ AccountQuotaName, Used, Max })),
});
export const server = (EngineVersion: string) => ({
  DBInstances: [{ EngineVersion, DBInstanceStatus: 'available' }],
});
export const key = (change: object) => ({
  KeyMetadata: { KeyState: 'Enabled', KeyUsage: 'ENCRYPT_DECRYPT', KeySpec: 'SYMMETRIC_DEFAULT', ...change },
});

/** An account that has room for an environment, and nothing of it yet. */
export const EMPTY_ACCOUNT: StandInAnswers = {
  'ec2 describe-regions --all-regions --region-names': { Regions: [{ OptInStatus: 'opt-in-not-required' }] },
  'ec2 describe-subnets --subnet-ids': subnets(['subnet-0a1b2c3d', 'eu-west-1a'], ['subnet-1a2b3c4d', 'eu-west-1b']),
  'ec2 describe-network-interfaces': '17',
  'ec2 create-security-group --dry-run': awsError('DryRunOperation', 'Request would have succeeded'),
  'rds describe-db-instances': awsError('DBInstanceNotFound'),
  'rds describe-orderable-db-instance-options': {
    OrderableDBInstanceOptions: [
      orderable('16.13', ['eu-west-1a', 'eu-west-1b', 'eu-west-1c']),
      orderable('17.6', ['eu-west-1a', 'eu-west-1b', 'eu-west-1c']),
    ],
  },
  'rds describe-certificates': { Certificates: [{ CertificateIdentifier: 'rds-ca-rsa2048-g1' }] },
  'rds describe-db-subnet-groups': awsError('DBSubnetGroupNotFoundFault'),
  'rds describe-event-subscriptions': awsError('SubscriptionNotFound'),
  'rds describe-db-snapshots': { DBSnapshots: [] },
  'rds describe-account-attributes': quotas(['DBInstances', 3, 40], ['DBSubnetGroups', 1, 50]),
  'logs describe-log-groups': { logGroups: [] },
  'iam get-role --role-name prod-agent-bom': awsError('NoSuchEntity'),
  'iam get-role --role-name deployer': { Role: { Arn: 'arn:aws:iam::111122223333:role/team/deployer' } },
  'iam get-account-summary': { SummaryMap: { Roles: 10, RolesQuota: 1000 } },
  'iam simulate-principal-policy': { EvaluationResults: [] },
  'kms describe-key --key-id alias/': awsError('NotFoundException'),
  'secretsmanager describe-secret --secret-id prod/': awsError('ResourceNotFoundException'),
  'resourcegroupstaggingapi get-resources': { ResourceTagMappingList: [] },
  'service-quotas get-service-quota': { Quota: { Value: 5000 } },
  'organizations describe-effective-policy': awsError('EffectivePolicyNotFoundException'),
};
