import { inFile } from '../fault';

const KEY = 'test/constructs/aws/storage/encryption-key.test.ts';
const NOTIFICATIONS = 'test/constructs/aws/monitoring/notifications.test.ts';
const BUCKET = 'test/constructs/aws/storage/backup-bucket.test.ts';
const RESTORE = 'test/constructs/aws/rds/database-restore.test.ts';
const ROLE = 'test/constructs/aws/iam/pod-role.test.ts';
const REACH = 'test/stacks/network.test.ts';
const SECRETS = 'test/constructs/aws/secrets/generated-secrets.test.ts';
const STACKS = 'test/stacks/stacks.test.ts';
const POLICY = 'test/constructs/aws/secrets/secret-policy.test.ts';

/** In roles, secrets, keys and buckets. */
export const ACCESS_FAULTS = [
  ...inFile(
    'constructs/aws/storage/encryption-key.ts',
    [KEY, NOTIFICATIONS],
    [
      ['the key is not rotated', 'enableKeyRotation: true', 'enableKeyRotation: false'],
      ['the key is gone after a week', 'DELETION_WINDOW_DAYS = 30', 'DELETION_WINDOW_DAYS = 7'],
      [
        'who administers the key decrypts',
        "'kms:DescribeKey',\n  'kms:DisableKey',",
        "'kms:Decrypt',\n  'kms:DescribeKey',\n  'kms:DisableKey',",
      ],
      [
        'the key is used without a service',
        'actions: USE, resources, condition: [services] }',
        'actions: USE, resources }',
      ],
      ['grants to anyone', 'condition: [services, toServices]', 'condition: [services]'],
      [
        'every log group may use the key',
        "test: 'ArnEquals', variable: 'kms:EncryptionContext:aws:logs:arn'",
        "test: 'ArnLike', variable: 'kms:EncryptionContext:aws:logs:arn'",
      ],
    ],
  ),
  ...inFile(
    'constructs/aws/storage/backup-bucket.ts',
    [BUCKET, 'test/constructs/kubernetes/backup/dump-jobs.test.ts'],
    [
      ['a deletion takes the dumps along', 'forceDestroy: false', 'forceDestroy: true'],
      ['public policies are accepted', 'restrictPublicBuckets: true', 'restrictPublicBuckets: false'],
      [
        'an overwritten dump is gone',
        "status: 'Enabled' },\n    });\n  }\n\n  private expire",
        "status: 'Suspended' },\n    });\n  }\n\n  private expire",
      ],
      [
        'plain connections are accepted',
        "variable: 'aws:SecureTransport', values: ['false']",
        "variable: 'aws:SecureTransport', values: ['true']",
      ],
      ['TLS 1.0 is accepted', "values: ['1.2']", "values: ['1.0']"],
      [
        'any algorithm is accepted',
        "'s3:PutObject', otherThan(algorithm, 'aws:kms')",
        "'s3:PutObject', otherThan(algorithm, 'AES256')",
      ],
      ['an upload that names no key is refused', "{ test: 'Null', variable, values: ['false'] },", ''],
      ['who uploads deletes too', "actions: ['s3:PutObject'],", "actions: ['s3:PutObject', 's3:DeleteObject'],"],
      [
        'who uploads uses every object',
        'prefixes.map((prefix) => `${this.arn}/${prefix}*`)',
        'prefixes.map(() => `${this.arn}/*`)',
      ],
    ],
  ),
  ...inFile(
    'constructs/aws/storage/backup-replication.ts',
    [RESTORE],
    [
      [
        'the copies have the usual days',
        'props.retentionDays ?? REPLICATION_DEFAULTS.retentionDays',
        'REPLICATION_DEFAULTS.retentionDays',
      ],
    ],
  ),
  ...inFile(
    'constructs/aws/iam/pod-role.ts',
    [ROLE, REACH],
    [
      [
        'every ServiceAccount of the namespace takes the role',
        'system:serviceaccount:${serviceAccount.namespace}:${serviceAccount.name}',
        'system:serviceaccount:${serviceAccount.namespace}:*',
      ],
      ['a token for another audience is accepted', "'sts.amazonaws.com'", "'*'"],
      ['the agent of another cluster may ask', "equals('aws:RequestTag/eks-cluster-arn', cluster.arn),", ''],
      [
        'who reads a secret changes it too',
        "'secretsmanager:GetSecretValue']",
        "'secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue']",
      ],
      [
        'the key may be used through every service',
        "useThrough('secretsmanager', ['kms:Decrypt'])",
        "useThrough('*', ['kms:Decrypt'])",
      ],
      [
        'the keys of secrets before the last one are forgotten',
        'new Set(this.secrets.map((secret) => secret.key).filter(',
        'new Set([key].filter(',
      ],
    ],
  ),
  ...inFile(
    'constructs/aws/secrets/generated-secret.ts',
    [SECRETS],
    [
      ['a short password', 'length = 48', 'length = 8'],
      ['the value is in the state', 'secretStringWo: Fn', 'secretString: Fn'],
      [
        'the password is never written again',
        'props.generation ?? SECRETS_DEFAULTS.generation',
        'SECRETS_DEFAULTS.generation',
      ],
      ['the key of AWS encrypts the secret', 'kmsKeyId: props.key.arn,', ''],
      ['a deleted secret is gone', 'props.recoveryWindowDays ?? SECRETS_DEFAULTS.recoveryWindowDays', '0'],
    ],
  ),
  ...inFile(
    'constructs/aws/secrets/control-plane-secret.ts',
    [SECRETS, STACKS],
    [
      ['a connections key of the wrong length', 'FERNET_BYTES = 32', 'FERNET_BYTES = 24'],
      ['the keys rotate with the passwords', 'generation: ONLY_GENERATION', 'generation: 2'],
    ],
  ),
  ...inFile(
    'constructs/aws/secrets/secret-policy.ts',
    [POLICY],
    [
      ['other accounts are let in', "test: 'StringNotEquals'", "test: 'StringEquals'"],
      [
        'plain connections are let in',
        "variable: 'aws:SecureTransport', values: ['false']",
        "variable: 'aws:SecureTransport', values: ['true']",
      ],
      ['the secret may be public', 'blockPublicPolicy: true', 'blockPublicPolicy: false'],
    ],
  ),
];
