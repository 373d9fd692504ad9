import { AlarmTopic } from '../../../../constructs/aws/monitoring/alarm-topic';
import { DatabaseAlarms, type DatabaseAlarmsProps } from '../../../../constructs/aws/monitoring/database-alarms';
import type { MonitoredDatabase } from '../../../../constructs/aws/rds/postgres-server';
import { type Block, Template } from '../../../support/synth/template';

const TOPIC_ARN = 'arn:aws:sns:eu-west-1:111122223333:oncall';
const LOG = { logGroupName: '/aws/rds/prod-db/postgresql' };
const INSTANCE: MonitoredDatabase = { ...LOG, kind: 'instance', identifier: 'prod-db', storageGib: 100 };
const CLUSTER: MonitoredDatabase = { ...LOG, kind: 'cluster', identifier: 'prod-db' };
const OF_WRITER = { DBClusterIdentifier: 'prod-db', Role: 'WRITER' };

function alarms(settings: Partial<DatabaseAlarmsProps> = {}): Template {
  return Template.of((stack) => {
    const topic = AlarmTopic.fromTopicArn(stack, 'topic', { topicArn: TOPIC_ARN });
    const thresholds = { cpuPercent: 80, memoryGib: 4, storageDays: 4, connections: 72 };
    new DatabaseAlarms(stack, 'alarms', { name: 'prod', database: INSTANCE, topic, ...thresholds, ...settings });
  });
}

const alarmOf = (template: Template, name: string): Block =>
  template.resource('aws_cloudwatch_metric_alarm', ({ alarm_name: found }) => found === name);
const namesOf = (template: Template): string[] =>
  template
    .resources('aws_cloudwatch_metric_alarm')
    .map(({ alarm_name: name }) => name)
    .sort();

describe('the alarms of an instance', () => {
  const template = alarms();

  it('are', () => {
    expect(namesOf(template)).toEqual([
      'prod-connections',
      'prod-cpu',
      'prod-deadlocks',
      'prod-memory',
      'prod-read-latency',
      'prod-storage',
      'prod-storage-days',
      'prod-transaction-ids',
      'prod-write-latency',
    ]);
    expect(template.inventory()).toEqual([
      'aws_cloudwatch_log_metric_filter',
      ...Array(9).fill('aws_cloudwatch_metric_alarm'),
    ]);
  });

  it.each([
    ['cpu', 'CPUUtilization', 'Average', 'GreaterThanThreshold', 80, 3, 'breaching'],
    ['memory', 'FreeableMemory', 'Average', 'LessThanThreshold', 214_748_364, 3, 'missing'],
    ['connections', 'DatabaseConnections', 'Maximum', 'GreaterThanThreshold', 72, 3, 'missing'],
    ['transaction-ids', 'MaximumUsedTransactionIDs', 'Maximum', 'GreaterThanThreshold', 1_000_000_000, 3, 'missing'],
    ['read-latency', 'ReadLatency', 'Average', 'GreaterThanThreshold', 0.1, 3, 'missing'],
    ['write-latency', 'WriteLatency', 'Average', 'GreaterThanThreshold', 0.1, 3, 'missing'],
    ['storage', 'FreeStorageSpace', 'Minimum', 'LessThanThreshold', '${floor((100 * 53687091.2))}', 1, 'missing'],
  ])('%s watches %s', (id, metric, statistic, comparison, threshold, periods, missing) => {
    expect(alarmOf(template, `prod-${id}`)).toEqual({
      alarm_name: `prod-${id}`,
      alarm_description: expect.stringMatching(/\. /),
      namespace: 'AWS/RDS',
      metric_name: metric,
      dimensions: { DBInstanceIdentifier: 'prod-db' },
      statistic,
      period: 300,
      evaluation_periods: periods,
      comparison_operator: comparison,
      threshold,
      treat_missing_data: missing,
      alarm_actions: [TOPIC_ARN],
      ok_actions: [TOPIC_ARN],
    });
  });

  it('say when the storage will be full at the pace of the last day', () => {
    const alarm = alarmOf(template, 'prod-storage-days');
    expect(alarm).toMatchObject({
      threshold: 4,
      comparison_operator: 'LessThanThreshold',
      evaluation_periods: 4,
      datapoints_to_alarm: 3,
      alarm_actions: [TOPIC_ARN],
    });
    const [free, days] = alarm.metric_query;
    expect(free).toEqual({
      id: 'free',
      metric: {
        namespace: 'AWS/RDS',
        metric_name: 'FreeStorageSpace',
        dimensions: { DBInstanceIdentifier: 'prod-db' },
        stat: 'Minimum',
        period: 21_600,
      },
      return_data: false,
    });
    expect(days).toMatchObject({
      expression: 'IF(DIFF(free) < 0, free / (4 * ABS(DIFF(free)) + 1), 365)',
      return_data: true,
    });
  });

  it('never ask CloudWatch to look back further than it does', () => {
    for (const alarm of template.resources('aws_cloudwatch_metric_alarm')) {
      const period = alarm.period ?? alarm.metric_query[0].metric.period;
      expect(period * alarm.evaluation_periods).toBeLessThanOrEqual(24 * 60 * 60);
    }
  });

  it('ask for a quarter of a GiB of a class whose memory is not known', () => {
    expect(alarmOf(alarms({ memoryGib: undefined }), 'prod-memory').threshold).toBe(2 ** 28);
  });

  it('follow their settings', () => {
    const changed = alarms({ cpuPercent: 95, storageDays: 30, memoryGib: 1, connections: 7, latencyMilliseconds: 5 });
    const ids = ['cpu', 'storage-days', 'memory', 'connections', 'read-latency', 'write-latency'];
    const thresholds = ids.map((id) => alarmOf(changed, `prod-${id}`).threshold);
    expect(thresholds).toEqual([95, 30, 53_687_091, 7, 0.005, 0.005]);
  });

  it('count the deadlocks that the log tells of', () => {
    expect(template.resource('aws_cloudwatch_log_metric_filter')).toEqual({
      name: 'prod-deadlocks',
      log_group_name: '/aws/rds/prod-db/postgresql',
      pattern: '"deadlock detected"',
      metric_transformation: { name: 'prod-deadlocks', namespace: 'agent-bom', value: '1' },
    });
    const alarm = alarmOf(template, 'prod-deadlocks');
    expect(alarm).toMatchObject({
      namespace: 'agent-bom',
      metric_name: 'prod-deadlocks',
      statistic: 'Sum',
      period: 900,
      evaluation_periods: 1,
      comparison_operator: 'GreaterThanThreshold',
      threshold: 5,
      // No deadlock is no value.
      treat_missing_data: 'notBreaching',
    });
    expect(alarm).not.toHaveProperty('dimensions');
  });

  it('watch the credits of a class that has them, and the local storage of no instance', () => {
    const burstable = alarms({ instanceClass: { burstable: true, hasLocalStorage: true } });
    expect(namesOf(burstable)).toEqual([...namesOf(template), 'prod-cpu-credits'].sort());
    expect(alarmOf(burstable, 'prod-cpu-credits')).toMatchObject({
      metric_name: 'CPUCreditBalance',
      comparison_operator: 'LessThanThreshold',
      threshold: 10,
      evaluation_periods: 12,
      dimensions: { DBInstanceIdentifier: 'prod-db' },
    });
  });
});

describe('the alarms of a cluster', () => {
  const template = alarms({ database: CLUSTER });

  it('watch its replicas, and not the storage, which has no end', () => {
    expect(namesOf(template)).toEqual([
      'prod-connections',
      'prod-cpu',
      'prod-deadlocks',
      'prod-memory',
      'prod-read-latency',
      'prod-replica-lag',
      'prod-transaction-ids',
      'prod-write-latency',
    ]);
    expect(alarmOf(template, 'prod-replica-lag')).toMatchObject({
      metric_name: 'AuroraReplicaLagMaximum',
      threshold: 1000,
      treat_missing_data: 'notBreaching',
    });
  });

  it('measure the writer, whom an average over idle readers would hide', () => {
    const measured = (of: Template) =>
      Object.fromEntries(namesOf(of).map((name) => [name.slice('prod-'.length), alarmOf(of, name).dimensions]));
    const ofCluster = { DBClusterIdentifier: 'prod-db' };
    const both = {
      connections: ofCluster,
      deadlocks: undefined,
      'replica-lag': ofCluster,
      'transaction-ids': ofCluster,
    };
    const writer = { cpu: OF_WRITER, memory: OF_WRITER, 'read-latency': OF_WRITER, 'write-latency': OF_WRITER };
    expect(measured(template)).toEqual({ ...both, ...writer });
    const provisioned = alarms({ database: CLUSTER, instanceClass: { burstable: true, hasLocalStorage: true } });
    const traits = { 'cpu-credits': OF_WRITER, 'local-storage': OF_WRITER };
    expect(measured(provisioned)).toEqual({ ...both, ...writer, ...traits });
    expect(alarmOf(provisioned, 'prod-local-storage')).toMatchObject({
      metric_name: 'FreeLocalStorage',
      comparison_operator: 'LessThanThreshold',
      threshold: 2 ** 31,
    });
  });
});
