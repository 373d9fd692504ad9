import { z } from 'zod';
import { field, section, toggle, wholeNumber } from './field';

const TOPIC_ARN = /^arn:(aws(?:-[a-z]+)*):sns:([a-z0-9-]+):\d{12}:[A-Za-z0-9_-]{1,256}$/;

/** What the alarms have where nothing else is said. */
export const ALARM_DEFAULTS = { enabled: true, emails: [] as string[], cpuPercent: 80, storageDays: 4 } as const;

/** The keys of `alarms`. */
export const alarms = section('Alarms of the database and its backups, and who hears of them.', {
  enabled: toggle('Watch the database: alarms, events of RDS, and a topic for both.').default(ALARM_DEFAULTS.enabled),
  topicArn: field(
    z.string().regex(TOPIC_ARN),
    'SNS topic for alarms and events. Without it one is created, encrypted with the environment’s key.',
    'the ARN of a standard SNS topic: `arn:aws:sns:<region>:<account>:<name>`',
    'write an ARN that `aws sns list-topics` shows, or leave the key out',
  ).optional(),
  emails: field(
    z
      .array(
        field(
          z.email().max(254),
          'Address that gets the messages of the topic, once it has confirmed.',
          'an e-mail address',
          'write an address such as `oncall@example.com`',
        ),
      )
      .max(10)
      .refine((emails) => new Set(emails).size === emails.length),
    'Addresses that get every message of the topic. Each has to confirm a first one.',
    'a list of at most 10 different e-mail addresses',
    'list addresses such as `oncall@example.com`, or leave the key out',
  ).default(ALARM_DEFAULTS.emails),
  cpuPercent: wholeNumber(
    1,
    100,
    'percent',
    'Use of the processors above which an alarm sounds, if it lasts for a quarter of an hour.',
    'write 80',
  ).default(ALARM_DEFAULTS.cpuPercent),
  storageDays: wholeNumber(
    1,
    60,
    'days',
    'Days in which the storage would be full at which an alarm sounds, if it fills that fast for most of a day.',
    'write 4',
  ).default(ALARM_DEFAULTS.storageDays),
  dumpAgeHours: wholeNumber(
    2,
    168,
    'hours',
    'Age of the newest dump at which an alarm sounds. Without the key it is the longest time between two dumps by `backup.schedule` and two hours more; no alarm if that is beyond a week, which is as far as CloudWatch looks back.',
    'leave the key out, or write 26 for a dump every day',
  ).optional(),
});

/** Region of the topic that an ARN names. */
export function topicRegion(topicArn: string): string | undefined {
  return TOPIC_ARN.exec(topicArn)?.[2];
}
