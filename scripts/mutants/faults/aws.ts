import { inFile } from '../fault';

const RDS = 'test/constructs/aws/rds/postgres-instance.test.ts';
const AURORA = 'test/constructs/aws/rds/aurora-cluster.test.ts';
const NETWORK = 'test/constructs/aws/network/database-network.test.ts';
const REACH = 'test/stacks/network.test.ts';
const ALARMS = 'test/constructs/aws/monitoring/database-alarms.test.ts';
const NOTIFICATIONS = 'test/constructs/aws/monitoring/notifications.test.ts';
const KEY = 'test/constructs/aws/storage/encryption-key.test.ts';
const BUCKET = 'test/constructs/aws/storage/backup-bucket.test.ts';
const ROLE = 'test/constructs/aws/iam/pod-role.test.ts';
const SECRETS = 'test/constructs/aws/secrets/generated-secrets.test.ts';
const POLICY = 'test/constructs/aws/secrets/secret-policy.test.ts';

/** In what is created in AWS: of the kinds that a review by eye passes over. */
export const AWS_FAULTS = [
  ...inFile(
    'constructs/aws/rds/postgres-server.ts',
    [RDS, AURORA],
    [
      ['logs are kept for ever', 'kmsKeyId: this.key.arn, retentionInDays }', 'kmsKeyId: this.key.arn }'],
      ['insights have a key of AWS', 'performanceInsightsKmsKeyId: this.key.arn,', ''],
      ['insights of a week are those of a year', '{ standard: 7, advanced: 465 }', '{ standard: 465, advanced: 7 }'],
      ['monitoring without a role', 'monitoringSeconds === 0)', 'monitoringSeconds <= 60)'],
      ['snapshots lose their tags', 'copyTagsToSnapshot: true', 'copyTagsToSnapshot: false'],
      ['the administrator’s password is written by hand', 'manageMasterUserPassword: true,', ''],
      ['a final snapshot has the name of the previous one', '{ form, instance: identifier, key: this.key.arn }', '{}'],
      [
        'logins by IAM cannot be switched on',
        'iamDatabaseAuthenticationEnabled: iamAuthentication',
        'iamDatabaseAuthenticationEnabled: false',
      ],
      [
        'the longest retention is refused',
        'backupRetentionDays <= LONGEST_RETENTION_DAYS',
        'backupRetentionDays < LONGEST_RETENTION_DAYS',
      ],
    ],
  ),
  ...inFile(
    'constructs/aws/rds/postgres-instance.ts',
    [RDS, 'test/constructs/aws/rds/database-restore.test.ts'],
    [
      ['another kind of storage', "storageType: 'gp3'", "storageType: 'gp2'"],
      ['the key of AWS encrypts the storage', 'kmsKeyId: this.key.arn,', ''],
      ['one zone', 'props.multiAz ?? DATABASE_DEFAULTS.multiAz', 'false'],
      ['the storage never grows', 'maxAllocatedStorage: maximumStorageGib ?? DATABASE_DEFAULTS.maximumStorageGib,', ''],
      [
        'the two windows are exchanged',
        'backupWindow: props.backupWindow ?? DATABASE_DEFAULTS.backupWindow',
        'backupWindow: props.maintenanceWindow ?? DATABASE_DEFAULTS.backupWindow',
      ],
      ['a restore with another key passes', '[sameKey]', '[]'],
      ['a restore to the latest moment alone', 'restoreTime: restore.time,\n', ''],
    ],
  ),
  ...inFile(
    'constructs/aws/rds/aurora-cluster.ts',
    [AURORA],
    [
      ['the storage is not encrypted', 'storageEncrypted: true', 'storageEncrypted: false'],
      [
        'the capacity is the other way round',
        'minCapacity: minimumCapacity, maxCapacity: maximumCapacity',
        'minCapacity: maximumCapacity, maxCapacity: minimumCapacity',
      ],
      [
        'half a capacity is accepted',
        '(minimumCapacity === undefined) === (maximumCapacity === undefined)',
        'minimumCapacity === undefined || maximumCapacity === undefined',
      ],
      ['instances by number of AWS', 'instanceClass: serverless ? SERVERLESS_CLASS : instanceClass', 'instanceClass'],
    ],
  ),
  ...inFile(
    'constructs/aws/rds/server-parameters.ts',
    [RDS, AURORA],
    [
      [
        'parameters that wait for a restart never come',
        "parameters(FROM_THE_START, 'pending-reboot')",
        "parameters(FROM_THE_START, 'immediate')",
      ],
      [
        'statements of a tenth of a second are logged',
        "log_min_duration_statement: '1000'",
        "log_min_duration_statement: '100'",
      ],
      ['the group goes before its successor is there', 'createBeforeDestroy: true', 'createBeforeDestroy: false'],
    ],
  ),
  ...inFile(
    'constructs/aws/network/database-network.ts',
    [NETWORK, REACH],
    [
      ['every protocol is open', "ipProtocol: 'tcp'", "ipProtocol: '-1'"],
      ['every port above is open', 'toPort: port,', 'toPort: 65535,'],
      ['a subnet of any VPC', 'postcondition: [this.inVpc(cluster), ', 'postcondition: ['],
      ['one subnet is enough', 'new Set(subnetIds).size >= 2', 'new Set(subnetIds).size >= 1'],
      ['the same subnet twice', 'new Set(subnetIds).size >= 2', 'subnetIds.length >= 2'],
    ],
  ),
  ...inFile(
    'constructs/aws/network/pod-security-group.ts',
    [NETWORK, REACH],
    [
      ['the pods reach every port', 'fromPort: port,', 'fromPort: 0,'],
      ['the rule is that of the database', 'securityGroupId: this.securityGroupId,', 'securityGroupId,'],
    ],
  ),
  ...inFile(
    'constructs/aws/monitoring/database-alarms.ts',
    [ALARMS],
    [
      ['an alarm after five minutes', 'evaluationPeriods: 3,', 'evaluationPeriods: 1,'],
      ['an alarm of another period', 'FIVE_MINUTES = 5 * 60', 'FIVE_MINUTES = 60'],
      ['the average hides who is connected', "'DatabaseConnections', 'Maximum'", "'DatabaseConnections', 'Average'"],
      ['memory is low at half of it', 'FREE_MEMORY = 0.05', 'FREE_MEMORY = 0.5'],
      ['the storage is full in a year', 'datapointsToAlarm: 3,', 'datapointsToAlarm: 4,'],
      ['replicas are a minute behind', 'REPLICA_LAG_MILLISECONDS = 1000', 'REPLICA_LAG_MILLISECONDS = 60_000'],
      ['the growth is compared with the size', 'DIFF(free) < 0', 'DIFF(free) > 0'],
    ],
  ),
  ...inFile(
    'constructs/aws/monitoring/backup-watch.ts',
    [NOTIFICATIONS],
    [
      [
        'one event too many is an alarm',
        "comparisonOperator: 'LessThanThreshold'",
        "comparisonOperator: 'LessThanOrEqualToThreshold'",
      ],
      ['any bucket', 'bucket: { name: [name] }, ', ''],
      ['manifests anywhere count as dumps', '${DUMP_PREFIX}*.manifest', '*.manifest'],
      ['backups of another database', 'SourceIdentifier: [identifier] }', 'SourceIdentifier: [{ exists: true }] }'],
      ['an alarm after an hour', 'evaluationPeriods: hours', 'evaluationPeriods: 1'],
    ],
  ),
  ...inFile(
    'constructs/aws/monitoring/alarm-topic.ts',
    [NOTIFICATIONS],
    [
      ['anything may publish', "{ test: 'ArnLike', variable: 'aws:SourceArn', values: [source] },", ''],
      ['alarms are not sent', 'alarmActions: [topicArn]', 'alarmActions: []'],
    ],
  ),
  ...inFile(
    'constructs/aws/storage/encryption-key.ts',
    [KEY, NOTIFICATIONS],
    [
      ['nobody stops a deletion', "  'kms:CancelKeyDeletion',\n", ''],
      ['nobody changes the policy', "  'kms:PutKeyPolicy',\n", ''],
      ['a grant cannot be taken back', "  'kms:RevokeGrant',\n", ''],
      [
        'the queues use the key',
        "SERVICES = ['rds', 'secretsmanager', 's3']",
        "SERVICES = ['rds', 'secretsmanager', 's3', 'sqs']",
      ],
      [
        'alarms cannot be encrypted',
        "NOTIFYING_SERVICES = ['cloudwatch.amazonaws.com', 'events.rds.amazonaws.com']",
        "NOTIFYING_SERVICES = ['events.rds.amazonaws.com']",
      ],
      [
        'the key of any topic',
        "test: 'ArnEquals', variable: 'kms:EncryptionContext:aws:sns:topicArn'",
        "test: 'ArnLike', variable: 'kms:EncryptionContext:aws:sns:topicArn'",
      ],
    ],
  ),
  ...inFile(
    'constructs/aws/storage/backup-bucket.ts',
    [BUCKET],
    [
      ['previous versions stay for a year', 'NONCURRENT_DAYS = 7', 'NONCURRENT_DAYS = 365'],
      ['the bucket has a key of AWS', ', kmsMasterKeyId: this.key.arn }', ' }'],
      ['public lists of access', 'ignorePublicAcls: true', 'ignorePublicAcls: false'],
      ['public access is blocked for policies alone', 'blockPublicAcls: true', 'blockPublicAcls: false'],
      ['others own what they upload', "'BucketOwnerEnforced'", "'ObjectWriter'"],
      ['the policy is for the bucket alone', 'resources: [this.arn, `${this.arn}/*`]', 'resources: [this.arn]'],
      [
        'who restores uploads too',
        "const read = { actions: ['s3:GetObject'],",
        "const read = { actions: ['s3:GetObject', 's3:PutObject'],",
      ],
      [
        'the API reads the dumps',
        'resources: [`${this.arn}/${REPORT_PREFIX}*`] }], ',
        'resources: [`${this.arn}/*`] }], ',
      ],
      ['an expiry that is off', "    id,\n    status: 'Enabled',", "    id,\n    status: 'Disabled',"],
    ],
  ),
  ...inFile(
    'constructs/aws/iam/pod-role.ts',
    [ROLE, REACH],
    [
      ['any account of the namespace', "equals('aws:RequestTag/kubernetes-service-account', serviceAccount.name),", ''],
      ['any namespace', "equals('aws:RequestTag/kubernetes-namespace', serviceAccount.namespace),", ''],
      ['any AWS account', "equals('aws:SourceAccount', account.id),", ''],
      [
        'names that are alike',
        "test: 'StringEquals', variable, values: [value]",
        "test: 'StringLike', variable, values: [value]",
      ],
      ['every secret is read', 'resources: this.secrets.map(({ arn }) => arn)', "resources: ['*']"],
    ],
  ),
  ...inFile(
    'constructs/aws/secrets/identity-secret.ts',
    [SECRETS],
    [
      [
        'every identity has the login of the first generation',
        'loginOfGeneration(identity, generation)',
        'loginOfGeneration(identity, 1)',
      ],
      ['the password is not written again', '      generation,\n      key,', '      key,'],
    ],
  ),
  ...inFile(
    'constructs/aws/secrets/control-plane-secret.ts',
    [SECRETS],
    [
      ['short keys', '{ length: 64 }', '{ length: 16 }'],
      ['a key that is not safe in a URL', "Fn.replace(Fn.replace(base64, '+', '-'), '/', '_')", 'base64'],
    ],
  ),
  ...inFile(
    'constructs/aws/secrets/secret-policy.ts',
    [POLICY],
    [
      ['nobody but the account reads', "effect: 'Deny'", "effect: 'Allow'"],
      ['readers write too', 'actions: READ_SECRET,', "actions: ['secretsmanager:*'],"],
    ],
  ),
];
