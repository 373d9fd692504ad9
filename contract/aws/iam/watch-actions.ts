import { reference, type TypeActions } from './type-actions';

const SNS = reference('amazonsns');
const CLOUDWATCH = reference('amazoncloudwatch');
const LOGS = reference('amazoncloudwatchlogs');
const EVENTS = reference('amazoneventbridge');
const SQS = reference('amazonsqs');

/** Alarms, logs, events and messages. */
export const WATCH_ACTIONS: Readonly<Record<string, TypeActions>> = {
  aws_cloudwatch_metric_alarm: {
    on: ['cloudwatch|alarm:{alarm_name}'],
    read: ['cloudwatch:DescribeAlarms', 'cloudwatch:ListTagsForResource'],
    write: [
      ...['cloudwatch:PutMetricAlarm', 'cloudwatch:DeleteAlarms'],
      ...['cloudwatch:TagResource', 'cloudwatch:UntagResource'],
    ],
    source: CLOUDWATCH,
  },
  aws_cloudwatch_log_group: {
    on: ['logs|log-group:{name}', 'logs|log-group:{name}:*'],
    read: ['logs:ListTagsForResource'],
    readAny: ['logs:DescribeLogGroups'],
    write: [
      ...['logs:CreateLogGroup', 'logs:DeleteLogGroup', 'logs:PutRetentionPolicy', 'logs:DeleteRetentionPolicy'],
      ...['logs:AssociateKmsKey', 'logs:DisassociateKmsKey', 'logs:TagResource', 'logs:UntagResource'],
    ],
    source: LOGS,
  },
  aws_cloudwatch_log_metric_filter: {
    on: ['logs|log-group:{log_group_name}', 'logs|log-group:{log_group_name}:*'],
    read: ['logs:DescribeMetricFilters'],
    write: ['logs:PutMetricFilter', 'logs:DeleteMetricFilter'],
    source: LOGS,
  },
  aws_sqs_queue: {
    on: ['sqs|{name}'],
    read: ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:ListQueueTags'],
    write: ['sqs:CreateQueue', 'sqs:DeleteQueue', 'sqs:SetQueueAttributes', 'sqs:TagQueue', 'sqs:UntagQueue'],
    source: SQS,
  },
  aws_sqs_queue_policy: {
    on: ['sqs|{queue_url}'],
    read: ['sqs:GetQueueAttributes'],
    write: ['sqs:SetQueueAttributes'],
    source: SQS,
  },
  aws_cloudwatch_event_rule: {
    on: ['events|rule/{name}'],
    read: ['events:DescribeRule', 'events:ListTagsForResource'],
    write: [
      ...['events:PutRule', 'events:DeleteRule', 'events:EnableRule', 'events:DisableRule'],
      ...['events:TagResource', 'events:UntagResource'],
    ],
    source: EVENTS,
  },
  aws_cloudwatch_event_target: {
    on: ['events|rule/{rule}'],
    read: ['events:ListTargetsByRule'],
    write: ['events:PutTargets', 'events:RemoveTargets'],
    source: EVENTS,
  },
  aws_sns_topic: {
    on: ['sns|{name}'],
    read: ['sns:GetTopicAttributes', 'sns:ListTagsForResource'],
    write: ['sns:CreateTopic', 'sns:DeleteTopic', 'sns:SetTopicAttributes', 'sns:TagResource', 'sns:UntagResource'],
    source: SNS,
  },
  aws_sns_topic_policy: {
    on: ['sns|{arn}'],
    read: ['sns:GetTopicAttributes'],
    write: ['sns:SetTopicAttributes'],
    source: SNS,
  },
  aws_sns_topic_subscription: {
    on: ['sns|{topic_arn}'],
    read: ['sns:ListSubscriptionsByTopic'],
    readAny: ['sns:GetSubscriptionAttributes'],
    write: ['sns:Subscribe'],
    writeAny: ['sns:Unsubscribe', 'sns:SetSubscriptionAttributes'],
    source: SNS,
  },
};
