import { AlarmTopic, type AlarmTopicProps } from '../../../../constructs/aws/monitoring/alarm-topic';
import { BackupWatch, type BackupWatchProps } from '../../../../constructs/aws/monitoring/backup-watch';
import { DatabaseEvents } from '../../../../constructs/aws/monitoring/database-events';
import type { MonitoredDatabase } from '../../../../constructs/aws/rds/postgres-server';
import { BackupBucket } from '../../../../constructs/aws/storage/backup-bucket';
import { EncryptionKey } from '../../../../constructs/aws/storage/encryption-key';
import { account, existingKey, KEY_ARN } from '../../../support/synth/cluster';
import { type Block, Template } from '../../../support/synth/template';

const TOPIC_ARN = 'arn:aws:sns:eu-west-1:111122223333:oncall';
const LOG = { logGroupName: '/aws/rds/prod-db/postgresql' };
const INSTANCE: MonitoredDatabase = {
  ...LOG,
  kind: 'instance',
  identifier: 'prod-db',
  parameterGroupName: 'prod-group',
};
const CLUSTER: MonitoredDatabase = {
  ...LOG,
  kind: 'cluster',
  identifier: 'prod-db',
  instanceIdentifiers: ['prod-db-1', 'prod-db-2'],
};

type Stack = Parameters<typeof account>[0];

function topicIn(stack: Stack, settings: Partial<AlarmTopicProps> = {}): AlarmTopic {
  const key = settings.key ?? existingKey(stack);
  return new AlarmTopic(stack, 'topic', { name: 'prod-alarms', account: account(stack), emails: [], ...settings, key });
}

const alarmOf = (template: Template, name: string): Block =>
  template.resource('aws_cloudwatch_metric_alarm', ({ alarm_name: found }) => found === name);

describe('the topic', () => {
  const template = Template.of((stack) => {
    topicIn(stack, { emails: ['oncall@example.com'] });
  });

  it('is encrypted, and only alarms and events of this account publish', () => {
    expect(template.inventory()).toEqual(['aws_sns_topic', 'aws_sns_topic_policy', 'aws_sns_topic_subscription']);
    expect(template.resource('aws_sns_topic')).toMatchObject({ name: 'prod-alarms', kms_master_key_id: KEY_ARN });
    const id = '\\$\\{data\\.aws_caller_identity\\.\\w+\\.account_id\\}';
    const arn = (rest: string) =>
      expect.stringMatching(new RegExp(`^arn:\\$\\{data\\.aws_partition\\.\\w+\\.partition\\}:${rest}$`));
    const statement = (sid: string, service: string, source: string) => ({
      sid,
      principals: [{ type: 'Service', identifiers: [service] }],
      actions: ['sns:Publish'],
      resources: [expect.stringMatching(/^\$\{aws_sns_topic\.\w+\.arn\}$/)],
      condition: [
        {
          test: 'StringEquals',
          variable: 'aws:SourceAccount',
          values: [expect.stringMatching(new RegExp(`^${id}$`))],
        },
        { test: 'ArnLike', variable: 'aws:SourceArn', values: [arn(source)] },
      ],
    });
    expect(template.data('aws_iam_policy_document').statement).toEqual([
      statement('Alarms', 'cloudwatch.amazonaws.com', `cloudwatch:eu-west-1:${id}:alarm:\\*`),
      statement('DatabaseEvents', 'events.rds.amazonaws.com', `rds:eu-west-1:${id}:\\*`),
    ]);
    expect(template.unresolvedReferences()).toEqual([]);
  });

  it('writes to the addresses', () => {
    expect(template.resource('aws_sns_topic_subscription')).toEqual({
      topic_arn: expect.stringMatching(/^\$\{aws_sns_topic\./),
      protocol: 'email',
      endpoint: 'oncall@example.com',
    });
  });

  it('may exist already, and is then left as it is', () => {
    const given = Template.of((stack) => {
      expect(AlarmTopic.fromTopicArn(stack, 'topic', { topicArn: TOPIC_ARN, emails: ['a@example.com'] }).arn).toBe(
        TOPIC_ARN,
      );
    });
    expect(given.inventory()).toEqual(['aws_sns_topic_subscription']);
    expect(given.resource('aws_sns_topic_subscription').topic_arn).toBe(TOPIC_ARN);
  });

  it('can use a key that was told of it, and that key for nothing else', () => {
    const { statement } = Template.of((stack) => {
      const settings = { alias: 'alias/a', account: account(stack), logGroups: [], topicName: 'prod-alarms' };
      new EncryptionKey(stack, 'encryption', settings);
    }).data('aws_iam_policy_document');
    expect(statement.at(-1)).toEqual({
      sid: 'Notifications',
      principals: [{ type: 'Service', identifiers: ['cloudwatch.amazonaws.com', 'events.rds.amazonaws.com'] }],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      resources: ['*'],
      condition: [
        {
          test: 'ArnEquals',
          variable: 'kms:EncryptionContext:aws:sns:topicArn',
          values: [expect.stringMatching(/^arn:\$\{.*\}:sns:eu-west-1:\$\{.*\}:prod-alarms$/)],
        },
      ],
    });
  });
});

describe('the events of RDS', () => {
  const events = (database: MonitoredDatabase) =>
    Template.of((stack) => {
      new DatabaseEvents(stack, 'events', { name: 'prod', database, topic: topicIn(stack) });
    });

  it('of an instance and its parameters go to the topic, once that lets them', () => {
    const template = events(INSTANCE);
    const [database, parameters] = template.resources('aws_db_event_subscription');
    expect(database).toMatchObject({ name: 'prod', source_type: 'db-instance', source_ids: ['prod-db'] });
    for (const category of ['availability', 'failover', 'failure', 'low storage', 'maintenance', 'recovery']) {
      expect(database.event_categories).toContain(category);
    }
    expect(database.event_categories).not.toContain('backup');
    expect(parameters).toMatchObject({
      name: 'prod-parameters',
      source_type: 'db-parameter-group',
      source_ids: ['prod-group'],
      event_categories: ['configuration change'],
    });
    for (const subscription of [database, parameters]) {
      expect(subscription.sns_topic).toMatch(/^\$\{aws_sns_topic\..*\.arn\}$/);
      expect(subscription.depends_on).toEqual([expect.stringMatching(/^aws_sns_topic_policy\./)]);
    }
    expect(template.resources('aws_db_event_subscription')).toHaveLength(2);
  });

  it('of a cluster and of its instances have categories of their own', () => {
    const template = events(CLUSTER);
    const [cluster, instances] = template.resources('aws_db_event_subscription');
    expect(template.resources('aws_db_event_subscription')).toHaveLength(2);
    expect(cluster).toMatchObject({ name: 'prod', source_type: 'db-cluster', source_ids: ['prod-db'] });
    expect(cluster.event_categories).toContain('failover');
    expect(cluster.event_categories).not.toContain('low storage');
    expect(instances).toMatchObject({
      name: 'prod-instances',
      source_type: 'db-instance',
      source_ids: ['prod-db-1', 'prod-db-2'],
    });
    // Restarts and recoveries are told for an instance alone.
    for (const category of ['availability', 'recovery']) expect(instances.event_categories).toContain(category);
    expect(instances.event_categories).not.toContain('backup');
    expect(instances.event_categories).not.toContain('low storage');
  });
});

describe('backups that are expected', () => {
  const watch = (settings: Partial<BackupWatchProps> = {}) =>
    Template.of((stack) => {
      const key = existingKey(stack);
      const bucket = new BackupBucket(stack, 'backup', { name: 'prod-dumps', key, dumpRetentionDays: 20 });
      new BackupWatch(stack, 'backups', {
        topic: AlarmTopic.fromTopicArn(stack, 'topic', { topicArn: TOPIC_ARN }),
        kind: 'instance',
        identifier: 'prod-db',
        bucket,
        databaseBackupRule: 'prod-rds-backup',
        databaseBackupHours: 26,
        dumpRule: 'prod-dump',
        dumpHours: 168,
        verificationRule: 'prod-verified',
        verificationHours: 27,
        ...settings,
      });
    });
  const template = watch();
  const patternOf = (of: Template, rule: string) =>
    JSON.parse(of.resource('aws_cloudwatch_event_rule', ({ name }) => name === rule).event_pattern);

  it.each([
    ['prod-rds-backup', 26],
    ['prod-dump', 168],
    ['prod-verified', 27],
  ])('%s sounds after %i hours in which nothing was counted', (name, hours) => {
    expect(alarmOf(template, name)).toMatchObject({
      namespace: 'AWS/Events',
      metric_name: 'TriggeredRules',
      dimensions: { RuleName: expect.stringMatching(/^\$\{aws_cloudwatch_event_rule\..*\.name\}$/) },
      statistic: 'Sum',
      period: 3600,
      evaluation_periods: hours,
      datapoints_to_alarm: hours,
      comparison_operator: 'LessThanThreshold',
      threshold: 1,
      treat_missing_data: 'breaching',
      alarm_actions: [TOPIC_ARN],
      ok_actions: [TOPIC_ARN],
    });
  });

  it('are those that RDS has finished', () => {
    expect(patternOf(template, 'prod-rds-backup')).toEqual({
      source: ['aws.rds'],
      'detail-type': ['RDS DB Instance Event'],
      detail: { EventID: ['RDS-EVENT-0002'], SourceIdentifier: ['prod-db'] },
    });
    expect(patternOf(watch({ kind: 'cluster' }), 'prod-rds-backup')).toEqual({
      source: ['aws.rds'],
      'detail-type': ['RDS DB Cluster Snapshot Event'],
      detail: { EventID: ['RDS-EVENT-0169'], SourceIdentifier: [{ prefix: 'rds:prod-db-' }] },
    });
  });

  it('and the manifests of dumps that S3 has stored and tells of: the dump itself is uploaded before', () => {
    const bucket = expect.stringMatching(/^\$\{aws_s3_bucket\..*\.bucket\}$/);
    expect(patternOf(template, 'prod-dump')).toEqual({
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      detail: { bucket: { name: [bucket] }, object: { key: [{ wildcard: 'dumps/*.manifest' }] } },
    });
    expect(template.resource('aws_s3_bucket_notification')).toEqual({ bucket, eventbridge: true });
  });

  it('and the verifications that passed, which tell the bucket so', () => {
    const bucket = expect.stringMatching(/^\$\{aws_s3_bucket\..*\.bucket\}$/);
    expect(patternOf(template, 'prod-verified')).toEqual({
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      detail: { bucket: { name: [bucket] }, object: { key: [{ prefix: 'verified/' }] } },
    });
    const alone = watch({ dumpHours: undefined });
    expect(alone.resource('aws_s3_bucket_notification')).toEqual({ bucket, eventbridge: true });
    expect(alone.resources('aws_cloudwatch_metric_alarm')).toHaveLength(2);
  });

  it('leave a history in a queue of their own, which these rules alone may fill', () => {
    expect(template.resource('aws_sqs_queue')).toEqual({
      name: 'prod-db-backups',
      message_retention_seconds: 1_209_600,
      sqs_managed_sse_enabled: true,
    });
    const queue = expect.stringMatching(/^\$\{aws_sqs_queue\..*\.arn\}$/);
    expect(template.resources('aws_cloudwatch_event_target')).toEqual(
      Array(3).fill({
        rule: expect.stringMatching(/^\$\{aws_cloudwatch_event_rule\./),
        arn: queue,
        depends_on: [expect.stringMatching(/^aws_sqs_queue_policy\./)],
      }),
    );
    const { statement } = template.data('aws_iam_policy_document', ({ statement: [first] }) =>
      first.actions.includes('sqs:SendMessage'),
    );
    const [send, plain] = statement;
    expect(statement).toHaveLength(2);
    expect(send).toMatchObject({
      principals: [{ type: 'Service', identifiers: ['events.amazonaws.com'] }],
      actions: ['sqs:SendMessage'],
      resources: [queue],
    });
    expect(send.condition).toEqual([
      {
        test: 'ArnEquals',
        variable: 'aws:SourceArn',
        values: Array(3).fill(expect.stringMatching(/^\$\{aws_cloudwatch_event_rule\..*\.arn\}$/)),
      },
    ]);
    expect(plain).toMatchObject({ effect: 'Deny', actions: ['sqs:*'], resources: [queue] });
    expect(template.unresolvedReferences()).toEqual([]);
  });

  it('take nothing of which an account has only a few: CloudWatch Logs has ten policies for a region', () => {
    for (const type of ['aws_cloudwatch_log_resource_policy', 'aws_cloudwatch_log_group']) {
      expect(template.resources(type)).toEqual([]);
    }
  });

  it('are those of RDS alone where neither dumps are made nor verifications are told', () => {
    const without = watch({ dumpHours: undefined, verificationHours: undefined });
    expect(without.resources('aws_cloudwatch_metric_alarm').map(({ alarm_name: name }) => name)).toEqual([
      'prod-rds-backup',
    ]);
    expect(without.resources('aws_cloudwatch_event_target')).toHaveLength(1);
    expect(without.text).not.toMatch(/eventbridge|prod-dump"/);
  });
});
