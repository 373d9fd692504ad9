import { type Fault, inFile } from '../fault';

const NAMES = 'test/contract/aws/iam-names.test.ts';
const FITS = 'test/commands/explain/iam-reference.test.ts';

/** In the names of actions, resources and keys of conditions, which only AWS knows. */
export const POLICY_FAULTS: readonly Fault[] = [
  ...inFile(
    'contract/aws/iam/access-actions.ts',
    [NAMES],
    [
      [
        'an action of another spelling',
        "'ec2:UpdateSecurityGroupRuleDescriptionsIngress'",
        "'ec2:UpdateSecurityGroupRulesDescriptionsIngress'",
      ],
      ['a service of another name', "'eks:CreatePodIdentityAssociation'", "'eks-auth:CreatePodIdentityAssociation'"],
      ['a resource that the action does not act on', "on: ['ec2|vpc/*']", "on: ['ec2|subnet/*']"],
      [
        'a resource of another spelling',
        "'eks|podidentityassociation/{cluster_name}/*'",
        "'eks|pod-identity-association/{cluster_name}/*'",
      ],
      ['a key of another spelling', "key: 'iam:PolicyARN'", "key: 'iam:PolicyName'"],
      ['a limit that AWS does not know', "key: 'iam:PermissionsBoundary'", "key: 'iam:PolicyARN'"],
    ],
  ),
  ...inFile(
    'contract/aws/iam/database-actions.ts',
    [NAMES],
    [
      ['a kind of group without its sign', "on: ['rds|pg:{name}']", "on: ['rds|parameter-group:{name}']"],
      ['a plural', "'rds:DescribeGlobalClusters'", "'rds:DescribeGlobalCluster'"],
      ['a restore from the snapshots of clusters', "on: ['rds|snapshot:*']", "on: ['rds|cluster-snapshot:*']"],
    ],
  ),
  ...inFile(
    'contract/aws/iam/storage-actions.ts',
    [NAMES],
    [
      [
        'the name of the call for the name of the action',
        "'s3:GetLifecycleConfiguration', 's3:GetReplication",
        "'s3:GetBucketLifecycleConfiguration', 's3:GetReplication",
      ],
      ['a bucket with a slash', "const BUCKET = ['s3|{bucket}']", "const BUCKET = ['s3|{bucket}/*']"],
      ['a key without its kind', "tagged: 'kms|key/*'", "tagged: 'kms|keys/*'"],
    ],
  ),
  ...inFile(
    'contract/aws/iam/watch-actions.ts',
    [NAMES],
    [
      ['an alarm with a slash', "'cloudwatch|alarm:{alarm_name}'", "'cloudwatch|alarm/{alarm_name}'"],
      ['a message of another name', "'sqs:ListQueueTags'", "'sqs:ListTagsForResource'"],
    ],
  ),
  ...inFile(
    'commands/explain/iam/command-purposes.ts',
    [NAMES],
    [['a bucket is listed by a key that is not there', "'s3:prefix'", "'s3:prefixes'"]],
  ),
  ...inFile(
    'commands/explain/iam/allowances.ts',
    [NAMES, FITS],
    [
      ['a key that AWS does not have', "'kms:GrantIsForAWSResource'", "'kms:GrantIsForAwsService'"],
      ['a tag of the request on what exists', 'aws:ResourceTag/${TAG}', 'aws:RequestTag/${TAG}'],
    ],
  ),
  ...inFile(
    'commands/explain/iam/state.ts',
    [FITS],
    [
      [
        'the bucket of the state is listed as an object',
        'resources: [arnOf(`s3|${bucket}`, region)]',
        'resources: [state]',
      ],
    ],
  ),
  ...inFile(
    'commands/explain/iam/rehearsal.ts',
    [FITS],
    [
      [
        'a snapshot of a cluster without its kind',
        "arn('rds|cluster-snapshot:{cluster_identifier}')",
        "arn('rds|cluster-snap:{cluster_identifier}')",
      ],
    ],
  ),
  ...inFile(
    'commands/explain/iam/policies.ts',
    [FITS],
    [['the role of a service has no path', 'iam|role/aws-service-role/', 'iam|service-role/']],
  ),
  ...inFile(
    'constructs/aws/storage/encryption-key.ts',
    [NAMES, FITS],
    [
      ['an action that is not there', "'kms:ListKeyPolicies'", "'kms:ListPolicies'"],
      [
        'grants to a service by a key that decrypts nothing',
        "actions: ['kms:CreateGrant'], resources",
        "actions: ['kms:Decrypt'], resources",
      ],
      [
        'a context of another spelling',
        "'kms:EncryptionContext:aws:logs:arn'",
        "'kms:EncryptionContextOf:aws:logs:arn'",
      ],
    ],
  ),
  ...inFile(
    'constructs/aws/storage/backup-bucket.ts',
    [NAMES, FITS],
    [
      [
        'reports are read from no object',
        "const actions = ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject']",
        "const actions = ['s3:AbortMultipartUpload', 's3:ReadObject', 's3:PutObject']",
      ],
      [
        'a version that is compared as text',
        "test: 'NumericLessThan', variable: 's3:TlsVersion'",
        "test: 'StringLessThan', variable: 's3:TlsVersion'",
      ],
      [
        'dumps in the bucket itself',
        'resources: prefixes.map((prefix) => `${this.arn}/${prefix}*`)',
        'resources: prefixes.map(() => this.arn)',
      ],
    ],
  ),
  ...inFile(
    'constructs/aws/monitoring/backup-watch.ts',
    [NAMES, FITS],
    [
      [
        'events are sent with an action of another service',
        "actions: ['sqs:SendMessage']",
        "actions: ['sns:SendMessage']",
      ],
    ],
  ),
  ...inFile(
    'constructs/aws/iam/pod-role.ts',
    [NAMES, FITS],
    [
      [
        'a tag of the session by another name',
        "equals('aws:RequestTag/kubernetes-namespace'",
        "equals('aws:RequestTags/kubernetes-namespace'",
      ],
      [
        'the values of secrets by the name of the call',
        "'secretsmanager:GetSecretValue']",
        "'secretsmanager:GetSecretValues']",
      ],
    ],
  ),
  ...inFile(
    'docs/set-up/secrets.md',
    [NAMES],
    [
      [
        'a page names a permission that is not there',
        '`secretsmanager:GetSecretValue`, `secretsmanager:ListSecretVersionIds`',
        '`secretmanager:GetSecretValue`, `secretsmanager:ListSecretVersionIds`',
      ],
    ],
  ),
];
