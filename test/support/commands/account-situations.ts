import { minimal } from '../synth/environments';
import { awsError, key, orderable, quotas, server, subnets } from './account';
import type { StandInAnswers } from './stand-ins';

export const database = (change: object): object => ({ ...minimal(), database: { ...minimal().database, ...change } });
export const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9';
export const withKey = { ...minimal(), encryption: { keyArn: KEY } };
export const versions = (...targets: string[]) => ({
  DBEngineVersions: [{ ValidUpgradeTarget: targets.map((EngineVersion) => ({ EngineVersion })) }],
});
export const byDefault = (EngineVersion: string) => ({ DBEngineVersions: [{ EngineVersion }] });
export const PRESENT = 'rds describe-db-engine-versions --engine postgres --engine-version 16.3';
export const WANTED = 'rds describe-db-engine-versions --engine postgres --engine-version 17 --default-only';
export const results = (...of: (readonly [action: string, decision: string, missing?: string])[]) => ({
  EvaluationResults: of.map(([EvalActionName, EvalDecision, missing]) => ({
    ...{ EvalActionName, EvalDecision, EvalResourceName: 'arn:aws:rds:eu-west-1:111122223333:subgrp:prod-agent-bom' },
    MissingContextValues: missing === undefined ? [] : [missing],
  })),
});
export const tagPolicy = (tags: object) => ({ EffectivePolicy: { PolicyContent: JSON.stringify({ tags }) } });

/** Bad situations: what AWS says, what is found, and the command that fixes it. */
export const BAD: readonly [
  id: string,
  because: string,
  aws: StandInAnswers,
  environment: object,
  detail: string,
  fix: string,
][] = [
  [
    ...(['account.region', 'the account has not opted in'] as const),
    { 'ec2 describe-regions': { Regions: [{ OptInStatus: 'not-opted-in' }] } },
    minimal(),
    'the account has not opted in to eu-west-1',
    'aws account enable-region --region-name eu-west-1',
  ],
  [
    ...(['account.subnets', 'they are in one zone'] as const),
    { 'ec2 describe-subnets': subnets(['subnet-0a1b2c3d', 'eu-west-1a'], ['subnet-1a2b3c4d', 'eu-west-1a']) },
    minimal(),
    'all in eu-west-1a; RDS requires two availability zones',
    'aws ec2 describe-subnets --region eu-west-1',
  ],
  [
    ...(['account.subnets', 'one is in another VPC'] as const),
    { 'ec2 describe-subnets': subnets(['subnet-0a1b2c3d', 'eu-west-1a', 'vpc-2'], ['subnet-1a2b3c4d', 'eu-west-1b']) },
    minimal(),
    'subnet-0a1b2c3d outside vpc-1, the VPC of the cluster',
    'aws ec2 describe-subnets --region eu-west-1',
  ],
  [
    ...(['account.subnets', 'one is full'] as const),
    {
      'ec2 describe-subnets': subnets(['subnet-0a1b2c3d', 'eu-west-1a', 'vpc-1', 2], ['subnet-1a2b3c4d', 'eu-west-1b']),
    },
    minimal(),
    'subnet-0a1b2c3d has 2 free addresses',
    'aws ec2 describe-subnets --region eu-west-1',
  ],
  [
    ...(['account.instance-class', 'the region has no such class'] as const),
    { 'rds describe-orderable-db-instance-options': { OrderableDBInstanceOptions: [] } },
    minimal(),
    'RDS does not offer db.t4g.medium here',
    '--engine postgres --query',
  ],
  [
    ...(['account.instance-class', 'it is not offered with this version'] as const),
    {
      'rds describe-orderable-db-instance-options': { OrderableDBInstanceOptions: [orderable('15.4', ['eu-west-1a'])] },
    },
    minimal(),
    'db.t4g.medium is offered for PostgreSQL 15, and not for 16',
    'aws rds describe-orderable-db-instance-options --region eu-west-1',
  ],
  [
    ...(['account.instance-class', 'it is offered in one of the zones'] as const),
    {
      'rds describe-orderable-db-instance-options': { OrderableDBInstanceOptions: [orderable('16.4', ['eu-west-1a'])] },
    },
    minimal(),
    'offered: db.t4g.medium in eu-west-1a of eu-west-1a, eu-west-1b',
    'aws rds describe-orderable-db-instance-options --region eu-west-1',
  ],
  [
    ...(['account.instance-class', 'it has no gp3 storage'] as const),
    {
      'rds describe-orderable-db-instance-options': {
        OrderableDBInstanceOptions: [orderable('16.4', ['eu-west-1a', 'eu-west-1b'], 'gp2')],
      },
    },
    minimal(),
    'db.t4g.medium is not offered with gp3 storage',
    'aws rds describe-orderable-db-instance-options --region eu-west-1',
  ],
  [
    ...(['account.upgrade-target', 'the default minor version is none of the targets'] as const),
    {
      'rds describe-db-instances': server('16.3'),
      [WANTED]: byDefault('17.6'),
      [PRESENT]: versions('16.9', '17.1', '17.2'),
    },
    database({ engine: '17' }),
    '16.3 cannot become 17.6',
    'write `engine: "17.2"` in `database`, which 16.3 can become',
  ],
  [
    ...(['account.upgrade-target', 'no version of the major is a target'] as const),
    { 'rds describe-db-instances': server('16.3'), [WANTED]: byDefault('17.6'), [PRESENT]: versions('16.4', '16.13') },
    database({ engine: '17' }),
    '16.3 cannot become 17.6',
    'aws rds modify-db-instance --region eu-west-1 --db-instance-identifier prod-agent-bom --engine-version 16.13',
  ],
  [
    ...(['account.upgrade-target', 'the server is newer'] as const),
    { 'rds describe-db-instances': server('17.6') },
    minimal(),
    '17.6 runs, and RDS never goes back',
    'write `engine: "17"`',
  ],
  [
    ...(['account.certificate', 'the region has others'] as const),
    { 'rds describe-certificates': { Certificates: [{ CertificateIdentifier: 'rds-ca-rsa4096-g1' }] } },
    minimal(),
    'rds-ca-rsa2048-g1 is not one of rds-ca-rsa4096-g1',
    'write `caIdentifier: rds-ca-rsa4096-g1` in `database`',
  ],
  [
    ...(['account.key', 'it is disabled'] as const),
    { [`kms describe-key --key-id ${KEY}`]: key({ KeyState: 'Disabled' }) },
    withKey,
    'it is disabled',
    `aws kms enable-key --region eu-west-1 --key-id ${KEY}`,
  ],
  [
    ...(['account.key', 'it is being deleted'] as const),
    { [`kms describe-key --key-id ${KEY}`]: key({ KeyState: 'PendingDeletion' }) },
    withKey,
    'it is scheduled for deletion',
    `aws kms cancel-key-deletion --region eu-west-1 --key-id ${KEY} && aws kms enable-key`,
  ],
  [
    ...(['account.key', 'it does not exist'] as const),
    { [`kms describe-key --key-id ${KEY}`]: awsError('NotFoundException', 'Key does not exist') },
    withKey,
    'Key does not exist',
    'aws kms list-keys --region eu-west-1',
  ],
  [
    ...(['account.key', 'it signs'] as const),
    { [`kms describe-key --key-id ${KEY}`]: key({ KeyUsage: 'SIGN_VERIFY', KeySpec: 'RSA_2048' }) },
    withKey,
    'it is a key of the kind RSA_2048 for SIGN_VERIFY; RDS requires a symmetric one',
    'aws kms list-keys --region eu-west-1',
  ],
  [
    ...(['account.names-secrets', 'a destroyed environment left one'] as const),
    { 'secretsmanager describe-secret --secret-id prod/agent-bom/app': { ARN: 'arn', DeletedDate: '2026-01-01' } },
    minimal(),
    'scheduled for deletion: prod/agent-bom/app',
    'aws secretsmanager restore-secret --region eu-west-1 --secret-id prod/agent-bom/app',
  ],
  [
    ...(['account.names', 'RDS recreated a log group'] as const),
    {
      'logs describe-log-groups --log-group-name-prefix /aws/rds/instance/prod-agent-bom/postgresql': {
        logGroups: [{ logGroupName: '/aws/rds/instance/prod-agent-bom/postgresql' }],
      },
    },
    minimal(),
    'existing: log group /aws/rds/instance/prod-agent-bom/postgresql',
    'aws logs delete-log-group --log-group-name /aws/rds/instance/prod-agent-bom/postgresql --region eu-west-1',
  ],
  [
    ...(['account.quota-rds', 'instances'] as const),
    { 'rds describe-account-attributes': quotas(['DBInstances', 40, 40]) },
    minimal(),
    'DBInstances: 40 of 40 used',
    'aws service-quotas request-service-quota-increase --region eu-west-1 --service-code rds',
  ],
  [
    ...(['account.quota-interfaces', 'the region is full'] as const),
    { 'ec2 describe-network-interfaces': '4999' },
    minimal(),
    '4999 of 5000 used',
    '--service-code vpc --quota-code L-DF5E4CA3',
  ],
  [
    ...(['account.quota-roles', 'the account is full'] as const),
    { 'iam get-account-summary': { SummaryMap: { Roles: 999, RolesQuota: 1000 } } },
    minimal(),
    '999 of 1000 roles used',
    '--service-code iam',
  ],
  [
    ...(['account.permissions', 'IAM denies'] as const),
    {
      'iam simulate-principal-policy': results(
        ['rds:CreateDBSubnetGroup', 'implicitDeny'],
        ['rds:DeleteDBSubnetGroup', 'explicitDeny', 'a'],
      ),
    },
    minimal(),
    'denied: rds:CreateDBSubnetGroup, rds:DeleteDBSubnetGroup',
    'agent-bom-postgres explain prod --iam deploy',
  ],
  [
    ...(['account.organization', 'a service control policy denies'] as const),
    {
      'ec2 create-security-group': awsError(
        'UnauthorizedOperation',
        'User: x is not authorized to perform: ec2:CreateSecurityGroup on resource: y with an explicit deny in a service control policy. Encoded authorization failure message: abc',
      ),
    },
    minimal(),
    'requires ec2:CreateSecurityGroup, which a service control policy denies',
    'service control policy',
  ],
  [
    ...(['account.tag-policy', 'a key has another case'] as const),
    {
      'organizations describe-effective-policy': tagPolicy({ a: { tag_key: 'Managed-By', enforced_for: ['rds:db'] } }),
    },
    minimal(),
    'managed-by has to be written Managed-By',
    'correct the tag',
  ],
  [
    ...(['account.tag-policy', 'a value is not allowed'] as const),
    {
      'organizations describe-effective-policy': tagPolicy({
        a: { tag_key: 'managed-by', tag_value: ['pulumi', 'cdk*'], enforced_for: ['rds:db'] },
      }),
    },
    minimal(),
    'managed-by: terraform is none of pulumi, cdk*',
    'correct the tag',
  ],
];
