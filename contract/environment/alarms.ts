import { z } from 'zod';
import { regionalArn } from '../aws/arn';
import { distinctList, field, section, toggle, wholeNumber } from './field';
import { inPartition, inRegion, type Rule } from './rule';

const TOPIC_ARN = regionalArn('sns', '[A-Za-z0-9_-]{1,256}');

/** What the alarms have where nothing else is said. */
export const ALARM_DEFAULTS = {
  enabled: true,
  emails: [] as string[],
  cpuPercent: 80,
  storageDays: 4,
  latencyMilliseconds: 100,
} as const;

/** The keys of `alarms`. */
export const alarms = section('Alarms of the database and its backups, and who receives them.', {
  enabled: toggle('Watch the database: alarms, RDS events, and a topic for both.').default(ALARM_DEFAULTS.enabled),
  topicArn: field(
    z.string().regex(TOPIC_ARN),
    'SNS topic for alarms and events. Without it one is created, encrypted with the environment’s key.',
    'the ARN of a standard SNS topic: `arn:aws:sns:<region>:<account>:<name>`',
    'write an ARN that `aws sns list-topics` shows, or leave the key out',
  ).optional(),
  emails: distinctList(
    field(
      z.email().max(254),
      'Address that gets the messages of the topic, once it has confirmed.',
      'an e-mail address',
      'write an address such as `oncall@example.com`',
    ),
    10,
    'e-mail addresses',
    'Addresses that get every message of the topic. Each has to confirm a first one.',
    'list addresses such as `oncall@example.com`, or leave the key out',
  ).default(ALARM_DEFAULTS.emails),
  cpuPercent: wholeNumber(
    1,
    100,
    'percent',
    'CPU utilization that raises an alarm when it lasts for a quarter of an hour.',
    'write 80',
  ).default(ALARM_DEFAULTS.cpuPercent),
  storageDays: wholeNumber(
    1,
    60,
    'days',
    'Raise an alarm when the storage, filling as fast as it did for most of a day, will be full in this many days.',
    'write 4',
  ).default(ALARM_DEFAULTS.storageDays),
  latencyMilliseconds: wholeNumber(
    1,
    10_000,
    'milliseconds',
    'Time that the storage takes to read or to write that raises an alarm when it lasts for a quarter of an hour.',
    'write 100',
  ).default(ALARM_DEFAULTS.latencyMilliseconds),
  dumpAgeHours: wholeNumber(
    2,
    168,
    'hours',
    'Age of the newest dump that raises an alarm. The default is the longest time between two dumps by `backup.schedule` plus two hours. There is no alarm if that is more than a week, which is as far as CloudWatch looks back.',
    'leave the key out, or write 26 for a dump every day',
  ).optional(),
});

/** Rules for the topic. */
export const ALARM_RULES: readonly Rule[] = [
  inRegion(
    'alarms.topicArn',
    TOPIC_ARN,
    'a topic',
    'write the ARN of a topic in that region; it can forward messages to others',
  ),
  inPartition('alarms.topicArn'),
];
