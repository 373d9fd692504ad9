import {
  DataAwsIamPolicyDocument,
  type DataAwsIamPolicyDocumentStatement,
} from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration';
import { S3BucketNotification } from '@cdktf/provider-aws/lib/s3-bucket-notification';
import { S3BucketOwnershipControls } from '@cdktf/provider-aws/lib/s3-bucket-ownership-controls';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning';
import { Construct } from 'constructs';
import { BACKUP_DEFAULTS } from '../../../contract/environment/backup';
import { DUMP_PREFIX, REPORT_PREFIX, VERIFIED_PREFIX } from '../../../contract/names';
import type { PodRole } from '../iam/pod-role';
import type { EncryptionKey } from './encryption-key';

/** Days during which a dump that was overwritten or deleted can be brought back. */
const NONCURRENT_DAYS = 7;
const ABANDONED_UPLOADS = { abortIncompleteMultipartUpload: [{ daysAfterInitiation: 1 }] };

/** Settings of the bucket. */
export interface BackupBucketProps {
  /** Name of the bucket, at most 63 characters, unique in the partition. Changing it REPLACES the bucket. */
  readonly name: string;
  /** Key that encrypts the dumps. Changing it leaves the ones that are there under the old key. */
  readonly key: EncryptionKey;
  /**
   * Days after which a dump is deleted.
   * @default 35
   */
  readonly dumpRetentionDays?: number;
  /**
   * Days after which a report of the API is deleted.
   * @default - there are no reports in the bucket
   */
  readonly reportRetentionDays?: number;
}

/**
 * Bucket for dumps of the database, and for reports of the API: versioned, never public, and emptied by time
 * alone. One key encrypts the dumps; the API has S3 encrypt its reports with AES-256 and without a key of ours.
 */
export class BackupBucket extends Construct {
  /** Name of the bucket. */
  readonly name: string;
  /** ARN of the bucket. */
  readonly arn: string;

  /** Key that encrypts the dumps. */
  readonly key: EncryptionKey;

  constructor(scope: Construct, id: string, props: BackupBucketProps) {
    super(scope, id);
    const bucket = new S3Bucket(this, 'bucket', { bucket: props.name, forceDestroy: false });
    this.name = bucket.bucket;
    this.arn = bucket.arn;
    this.key = props.key;
    this.encrypt();
    this.blockPublicAccess(props);
    this.expire(this.keepVersions(), props);
  }

  /**
   * Lets a role add objects below prefixes. It can neither read nor list nor delete them. A large upload comes in parts,
   * and to encrypt the next part S3 decrypts the key of the first.
   */
  grantUpload(role: PodRole, ...prefixes: readonly string[]): void {
    role.allow('upload-dumps', [
      { actions: ['s3:PutObject'], resources: prefixes.map((prefix) => `${this.arn}/${prefix}*`) },
      this.key.useThrough('s3', ['kms:Decrypt', 'kms:GenerateDataKey']),
    ]);
  }

  /** Lets a role read the objects below a prefix, and decrypt them. */
  grantDownload(role: PodRole, prefix: string): void {
    const read = { actions: ['s3:GetObject'], resources: [`${this.arn}/${prefix}*`] };
    role.allow('download-dump', [read, this.key.useThrough('s3', ['kms:Decrypt'])], 'download-policy');
  }

  /**
   * Lets a role add reports, which may come in parts, and read them: links that the API signs for people to download by
   * may do no more than the role. It can neither list nor delete them.
   */
  grantReports(role: PodRole): void {
    const actions = ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'];
    role.allow('keep-reports', [{ actions, resources: [`${this.arn}/${REPORT_PREFIX}*`] }], 'reports-policy');
  }

  /** Tells EventBridge of every object that comes or goes. Called once. */
  announceChanges(): void {
    new S3BucketNotification(this, 'notification', { bucket: this.name, eventbridge: true });
  }

  private encrypt(): void {
    new S3BucketServerSideEncryptionConfigurationA(this, 'encryption', {
      bucket: this.name,
      rule: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: this.key.arn },
          bucketKeyEnabled: true,
        },
      ],
    });
  }

  private blockPublicAccess(props: BackupBucketProps): void {
    const block = new S3BucketPublicAccessBlock(this, 'public-access', {
      bucket: this.name,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new S3BucketOwnershipControls(this, 'ownership', {
      bucket: this.name,
      rule: { objectOwnership: 'BucketOwnerEnforced' },
    });
    // S3 refuses to change two settings that concern access at the same moment.
    new S3BucketPolicy(this, 'policy', { bucket: this.name, policy: this.policy(props).json, dependsOn: [block] });
  }

  private keepVersions(): S3BucketVersioningA {
    return new S3BucketVersioningA(this, 'versions', {
      bucket: this.name,
      versioningConfiguration: { status: 'Enabled' },
    });
  }

  private expire(versions: S3BucketVersioningA, props: BackupBucketProps): void {
    const { dumpRetentionDays = BACKUP_DEFAULTS.dumpRetentionDays, reportRetentionDays } = props;
    // Of two rules for the same object S3 follows the one that deletes it first.
    const rule =
      reportRetentionDays === undefined
        ? [expiry('expire', '', dumpRetentionDays)]
        : [
            expiry('expire', DUMP_PREFIX, dumpRetentionDays),
            expiry('verified', VERIFIED_PREFIX, dumpRetentionDays),
            expiry('reports', REPORT_PREFIX, reportRetentionDays),
            { id: 'uploads', status: 'Enabled', filter: [{ prefix: '' }], ...ABANDONED_UPLOADS },
          ];
    new S3BucketLifecycleConfiguration(this, 'lifecycle', { bucket: this.name, rule, dependsOn: [versions] });
  }

  private policy({ reportRetentionDays }: BackupBucketProps): DataAwsIamPolicyDocument {
    const algorithm = 's3:x-amz-server-side-encryption';
    const keyId = 's3:x-amz-server-side-encryption-aws-kms-key-id';
    const otherAlgorithm = this.deny('OtherAlgorithm', 's3:PutObject', otherThan(algorithm, 'aws:kms'));
    const dumpsOnly = { resources: undefined, notResources: [`${this.arn}/${REPORT_PREFIX}*`] };
    return new DataAwsIamPolicyDocument(this, 'rules', {
      statement: [
        this.deny('PlainConnections', 's3:*', [{ test: 'Bool', variable: 'aws:SecureTransport', values: ['false'] }]),
        this.deny('OldTls', 's3:*', [{ test: 'NumericLessThan', variable: 's3:TlsVersion', values: ['1.2'] }]),
        reportRetentionDays === undefined ? otherAlgorithm : { ...otherAlgorithm, ...dumpsOnly },
        this.deny('OtherKey', 's3:PutObject', otherThan(keyId, this.key.arn)),
      ],
    });
  }

  private deny(
    sid: string,
    action: string,
    condition: DataAwsIamPolicyDocumentStatement['condition'],
  ): DataAwsIamPolicyDocumentStatement {
    return {
      sid,
      effect: 'Deny',
      principals: [{ type: '*', identifiers: ['*'] }],
      actions: [action],
      resources: [this.arn, `${this.arn}/*`],
      condition,
    };
  }
}

function expiry(id: string, prefix: string, days: number) {
  return {
    id,
    status: 'Enabled',
    filter: [{ prefix }],
    expiration: [{ days }],
    noncurrentVersionExpiration: [{ noncurrentDays: NONCURRENT_DAYS }],
    ...ABANDONED_UPLOADS,
  };
}

/** An upload that names nothing gets the encryption of the bucket, so that only a name can be a wrong one. */
function otherThan(variable: string, value: string) {
  return [
    { test: 'Null', variable, values: ['false'] },
    { test: 'StringNotEquals', variable, values: [value] },
  ];
}
