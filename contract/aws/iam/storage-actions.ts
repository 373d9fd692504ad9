import { reference, type TypeActions } from './type-actions';

const S3 = reference('amazons3');
const KMS = reference('awskeymanagementservice');
const SECRETS = reference('awssecretsmanager');
const BUCKET = ['s3|{bucket}'];
/** Six characters that Secrets Manager adds to the name of a secret. */
const SECRET = ['secretsmanager|secret:{name}-??????'];

/** Keys, secrets and buckets. */
export const STORAGE_ACTIONS: Readonly<Record<string, TypeActions>> = {
  aws_kms_key: {
    tagged: 'kms|key/*',
    read: ['kms:DescribeKey', 'kms:GetKeyPolicy', 'kms:GetKeyRotationStatus', 'kms:ListResourceTags'],
    write: [
      ...['kms:PutKeyPolicy', 'kms:UpdateKeyDescription', 'kms:EnableKeyRotation', 'kms:DisableKeyRotation'],
      ...['kms:EnableKey', 'kms:DisableKey', 'kms:ScheduleKeyDeletion', 'kms:TagResource', 'kms:UntagResource'],
    ],
    create: ['kms:CreateKey', 'kms:TagResource'],
    createOn: ['*'],
    source: KMS,
  },
  aws_kms_alias: {
    on: ['kms|{name}'],
    readAny: ['kms:ListAliases'],
    write: ['kms:CreateAlias', 'kms:UpdateAlias', 'kms:DeleteAlias'],
    names: { actions: ['kms:CreateAlias', 'kms:UpdateAlias', 'kms:DeleteAlias'], types: ['aws_kms_key'] },
    source: KMS,
  },
  aws_secretsmanager_secret: {
    on: SECRET,
    read: ['secretsmanager:DescribeSecret', 'secretsmanager:GetResourcePolicy'],
    write: [
      ...['secretsmanager:CreateSecret', 'secretsmanager:UpdateSecret', 'secretsmanager:DeleteSecret'],
      ...['secretsmanager:TagResource', 'secretsmanager:UntagResource'],
    ],
    encrypts: 'secretsmanager',
    source: SECRETS,
  },
  aws_secretsmanager_secret_version: {
    on: ['secretsmanager|secret:{secret_id}-??????'],
    // The value is write-only, so that a plan lists the versions, and reads none.
    read: ['secretsmanager:ListSecretVersionIds'],
    write: [
      ...['secretsmanager:PutSecretValue', 'secretsmanager:GetSecretValue'],
      'secretsmanager:UpdateSecretVersionStage',
    ],
    encrypts: 'secretsmanager',
    source: SECRETS,
  },
  aws_secretsmanager_secret_policy: {
    on: ['secretsmanager|secret:{secret_arn}-??????'],
    read: ['secretsmanager:GetResourcePolicy'],
    write: [
      ...['secretsmanager:PutResourcePolicy', 'secretsmanager:DeleteResourcePolicy'],
      'secretsmanager:ValidateResourcePolicy',
    ],
    source: SECRETS,
  },
  aws_s3_bucket: {
    on: BUCKET,
    read: [
      ...['s3:ListBucket', 's3:GetBucketLocation', 's3:GetBucketAcl', 's3:GetBucketCORS', 's3:GetBucketWebsite'],
      ...['s3:GetBucketVersioning', 's3:GetAccelerateConfiguration', 's3:GetBucketRequestPayment'],
      ...['s3:GetBucketLogging', 's3:GetLifecycleConfiguration', 's3:GetReplicationConfiguration'],
      ...['s3:GetEncryptionConfiguration', 's3:GetBucketObjectLockConfiguration', 's3:GetBucketTagging'],
      ...['s3:GetBucketPolicy', 's3:ListTagsForResource'],
    ],
    // `destroy` looks for dumps first.
    write: [
      ...['s3:CreateBucket', 's3:DeleteBucket', 's3:ListBucketVersions'],
      ...['s3:PutBucketTagging', 's3:TagResource', 's3:UntagResource'],
    ],
    source: S3,
  },
  aws_s3_bucket_lifecycle_configuration: {
    on: BUCKET,
    read: ['s3:GetLifecycleConfiguration'],
    write: ['s3:PutLifecycleConfiguration'],
    source: S3,
  },
  aws_s3_bucket_notification: {
    on: BUCKET,
    read: ['s3:GetBucketNotification'],
    write: ['s3:PutBucketNotification'],
    source: S3,
  },
  aws_s3_bucket_ownership_controls: {
    on: BUCKET,
    read: ['s3:GetBucketOwnershipControls'],
    write: ['s3:PutBucketOwnershipControls'],
    source: S3,
  },
  aws_s3_bucket_policy: {
    on: BUCKET,
    read: ['s3:GetBucketPolicy'],
    write: ['s3:PutBucketPolicy', 's3:DeleteBucketPolicy'],
    source: S3,
  },
  aws_s3_bucket_public_access_block: {
    on: BUCKET,
    read: ['s3:GetBucketPublicAccessBlock'],
    write: ['s3:PutBucketPublicAccessBlock'],
    source: S3,
  },
  aws_s3_bucket_server_side_encryption_configuration: {
    on: BUCKET,
    read: ['s3:GetEncryptionConfiguration'],
    write: ['s3:PutEncryptionConfiguration'],
    source: S3,
  },
  aws_s3_bucket_versioning: {
    on: BUCKET,
    read: ['s3:GetBucketVersioning'],
    write: ['s3:PutBucketVersioning'],
    source: S3,
  },
};
