import { PodRole } from '../../../../constructs/aws/iam/pod-role';
import { BackupBucket } from '../../../../constructs/aws/storage/backup-bucket';
import { account, cluster, existingKey, KEY_ARN } from '../../../support/synth/cluster';
import { type Block, Template } from '../../../support/synth/template';

const template = Template.of((stack) => {
  const key = existingKey(stack);
  const bucket = new BackupBucket(stack, 'backup', { name: 'prod-dumps', key, dumpRetentionDays: 20 });
  const role = new PodRole(stack, 'uploader', {
    name: 'prod-agent-bom-backup',
    description: 'uploads',
    account: account(stack),
    cluster: cluster(stack),
    serviceAccount: { namespace: 'control-plane', name: 'backup' },
  });
  bucket.grantUpload(role, 'dumps/');
});

describe('the bucket for dumps', () => {
  it('is never public, and keeps versions', () => {
    expect(template.resource('aws_s3_bucket')).toMatchObject({ bucket: 'prod-dumps', force_destroy: false });
    const block = template.resource('aws_s3_bucket_public_access_block');
    for (const rule of ['block_public_acls', 'block_public_policy', 'ignore_public_acls', 'restrict_public_buckets']) {
      expect(block[rule]).toBe(true);
    }
    expect(template.resource('aws_s3_bucket_ownership_controls').rule.object_ownership).toBe('BucketOwnerEnforced');
    expect(template.resource('aws_s3_bucket_versioning').versioning_configuration).toEqual({ status: 'Enabled' });
    expect(template.unresolvedReferences()).toEqual([]);
  });

  it('changes one setting of access after the other, and expires versions once they are kept', () => {
    expect(template.resource('aws_s3_bucket_policy').depends_on).toEqual([
      expect.stringMatching(/^aws_s3_bucket_public_access_block\./),
    ]);
    expect(template.resource('aws_s3_bucket_lifecycle_configuration').depends_on).toEqual([
      expect.stringMatching(/^aws_s3_bucket_versioning\./),
    ]);
  });

  it('encrypts with the key of the environment', () => {
    expect(template.resource('aws_s3_bucket_server_side_encryption_configuration').rule).toEqual([
      {
        apply_server_side_encryption_by_default: { sse_algorithm: 'aws:kms', kms_master_key_id: KEY_ARN },
        bucket_key_enabled: true,
      },
    ]);
  });

  it('forgets by time alone', () => {
    expect(template.resource('aws_s3_bucket_lifecycle_configuration').rule).toEqual([
      {
        id: 'expire',
        status: 'Enabled',
        filter: [{ prefix: '' }],
        expiration: [{ days: 20 }],
        noncurrent_version_expiration: [{ noncurrent_days: 7 }],
        abort_incomplete_multipart_upload: [{ days_after_initiation: 1 }],
      },
    ]);
  });

  it('keeps dumps for 35 days unless it is told otherwise', () => {
    const usual = Template.of((stack) => {
      new BackupBucket(stack, 'backup', { name: 'prod-dumps', key: existingKey(stack) });
    });
    const [{ expiration }] = usual.resource('aws_s3_bucket_lifecycle_configuration').rule;
    expect(expiration).toEqual([{ days: 35 }]);
  });

  it('refuses plain connections, old TLS, and any other key, but not an upload that names none', () => {
    const { statement } = template.data('aws_iam_policy_document', (block) => block.statement[0].effect === 'Deny');
    expect(statement.map(({ sid }: Block) => sid)).toEqual([
      'PlainConnections',
      'OldTls',
      'OtherAlgorithm',
      'OtherKey',
    ]);
    for (const { effect, resources } of statement) {
      expect(effect).toBe('Deny');
      expect(resources).toEqual([expect.stringMatching(/\.arn\}$/), expect.stringMatching(/\.arn\}\/\*$/)]);
    }
    const otherThan = (variable: string, value: string) => [
      { test: 'Null', variable, values: ['false'] },
      { test: 'StringNotEquals', variable, values: [value] },
    ];
    expect(statement.map(({ actions, condition }: Block) => [actions, condition])).toEqual([
      [['s3:*'], [{ test: 'Bool', variable: 'aws:SecureTransport', values: ['false'] }]],
      [['s3:*'], [{ test: 'NumericLessThan', variable: 's3:TlsVersion', values: ['1.2'] }]],
      [['s3:PutObject'], otherThan('s3:x-amz-server-side-encryption', 'aws:kms')],
      [['s3:PutObject'], otherThan('s3:x-amz-server-side-encryption-aws-kms-key-id', KEY_ARN)],
    ]);
    for (const { principals } of statement) expect(principals).toEqual([{ type: '*', identifiers: ['*'] }]);
  });
});

describe('the bucket that keeps reports too', () => {
  const withReports = Template.of((stack) => {
    const key = existingKey(stack);
    const bucket = new BackupBucket(stack, 'backup', {
      name: 'prod',
      key,
      dumpRetentionDays: 20,
      reportRetentionDays: 90,
    });
    const role = new PodRole(stack, 'api', {
      name: 'prod-agent-bom-api',
      description: 'reports',
      account: account(stack),
      cluster: cluster(stack),
      serviceAccount: { namespace: 'control-plane', name: 'api' },
    });
    bucket.grantReports(role);
  });

  it('keeps dumps and reports for as long as each is to be kept', () => {
    const { rule } = withReports.resource('aws_s3_bucket_lifecycle_configuration');
    expect(rule.map(({ id, filter, expiration }: Block) => [id, filter, expiration])).toEqual([
      ['expire', [{ prefix: 'dumps/' }], [{ days: 20 }]],
      ['verified', [{ prefix: 'verified/' }], [{ days: 20 }]],
      ['reports', [{ prefix: 'reports/' }], [{ days: 90 }]],
      ['uploads', [{ prefix: '' }], undefined],
    ]);
    for (const { abort_incomplete_multipart_upload: abandoned } of rule)
      expect(abandoned).toEqual([{ days_after_initiation: 1 }]);
  });

  it('lets S3 encrypt reports, and nothing else, without the key of the environment', () => {
    const { statement } = withReports.data('aws_iam_policy_document', (block) => block.statement[0].effect === 'Deny');
    const exempt = statement.filter((one: Block) => one.not_resources !== undefined);
    expect(exempt.map(({ sid, resources, not_resources: not }: Block) => [sid, resources, not])).toEqual([
      ['OtherAlgorithm', undefined, [expect.stringMatching(/\.arn\}\/reports\/\*$/)]],
    ]);
  });

  it('lets the API write and read reports, and neither list, delete nor reach dumps', () => {
    const { statement } = withReports.data('aws_iam_policy_document', (block) =>
      block.statement[0].actions?.includes('s3:AbortMultipartUpload'),
    );
    expect(statement).toEqual([
      {
        actions: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'],
        resources: [expect.stringMatching(/^\$\{aws_s3_bucket\..*\.arn\}\/reports\/\*$/)],
      },
    ]);
  });
});

describe('the role of the backup', () => {
  it('adds dumps and can do nothing else to them', () => {
    const { statement } = template.data(
      'aws_iam_policy_document',
      (block) => block.statement[0].actions[0] === 's3:PutObject',
    );
    expect(statement).toEqual([
      { actions: ['s3:PutObject'], resources: [expect.stringMatching(/^\$\{aws_s3_bucket\..*\.arn\}\/dumps\/\*$/)] },
      {
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: [KEY_ARN],
        condition: [
          { test: 'StringEquals', variable: 'kms:ViaService', values: [expect.stringMatching(/^s3\.eu-west-1\./)] },
        ],
      },
    ]);
  });
});
