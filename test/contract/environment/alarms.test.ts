import { stringify } from 'yaml';
import { minimal, mistakesIn } from '../../support/synth/environments';

const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:oncall';

/** Paths and rules of the mistakes in the shortest file with some more keys. */
function mistakesWith(keys: { readonly [section: string]: object | string }) {
  const content: Record<string, unknown> = { ...minimal() };
  for (const [section, more] of Object.entries(keys)) {
    content[section] = typeof more === 'string' ? more : { ...(content[section] as object), ...more };
  }
  return mistakesIn(stringify(content));
}

const pathsOf = (keys: Parameters<typeof mistakesWith>[0]) => mistakesWith(keys).map(({ path }) => path);

describe('the alarms', () => {
  it.each([
    { enabled: false },
    { topicArn: TOPIC, emails: ['oncall@example.com'] },
    { cpuPercent: 1 },
    { cpuPercent: 100 },
    { storageDays: 1 },
    { storageDays: 60 },
    { latencyMilliseconds: 1 },
    { latencyMilliseconds: 10_000 },
    { dumpAgeHours: 25 },
    { dumpAgeHours: 168 },
  ])('may be %j', (alarms) => {
    expect(mistakesWith({ alarms })).toEqual([]);
  });

  it.each([
    [{ topicArn: `${TOPIC}.fifo` }, ['alarms.topicArn']],
    [{ topicArn: TOPIC.replace('eu-west-1', 'us-east-1') }, ['alarms.topicArn']],
    [{ topicArn: TOPIC.replace('arn:aws:', 'arn:aws-cn:') }, ['alarms.topicArn']],
    [{ emails: ['oncall'] }, ['alarms.emails[0]']],
    [{ emails: ['a@example.com', 'a@example.com'] }, ['alarms.emails']],
    [{ cpuPercent: 0 }, ['alarms.cpuPercent']],
    [{ cpuPercent: 101 }, ['alarms.cpuPercent']],
    [{ storageDays: 0 }, ['alarms.storageDays']],
    [{ storageDays: 61 }, ['alarms.storageDays']],
    [{ latencyMilliseconds: 0 }, ['alarms.latencyMilliseconds']],
    [{ latencyMilliseconds: 10_001 }, ['alarms.latencyMilliseconds']],
    [{ dumpAgeHours: 1 }, ['alarms.dumpAgeHours']],
    [{ dumpAgeHours: 169 }, ['alarms.dumpAgeHours']],
  ])('may not be %j', (alarms, paths) => {
    expect(pathsOf({ alarms })).toEqual(paths);
  });
});
