import { stringify } from 'yaml';
import { KEY_ARN } from '../../../support/synth/cluster';
import { minimal, mistakesIn, parsed } from '../../../support/synth/environments';

const withDatabase = (database: object, rest: object = {}) => ({
  ...minimal(),
  ...rest,
  database: { ...minimal().database, ...database },
});

const mistakesOf = (database: object, rest: object = {}) => mistakesIn(stringify(withDatabase(database, rest)));

describe('a replication of backups', () => {
  it('keeps copies for 14 days unless the file says otherwise', () => {
    const { database } = parsed(withDatabase({ replication: { region: 'eu-central-1' } }));
    expect(database.replication).toEqual({ region: 'eu-central-1', retentionDays: 14 });
  });

  it.each([
    ['eu-west-1', { region: 'eu-central-1', retentionDays: 1 }],
    ['eu-west-1', { region: 'eu-central-1', retentionDays: 35 }],
    ['eu-west-1', { region: 'eu-central-1', keyArn: KEY_ARN.replace('eu-west-1', 'eu-central-1') }],
    ['cn-north-1', { region: 'cn-northwest-1' }],
    ['us-gov-west-1', { region: 'us-gov-east-1' }],
  ])('from %s may be %j', (region, replication) => {
    expect(mistakesOf({ replication }, { region })).toEqual([]);
  });

  it.each([
    ['eu-west-1', { region: 'eu-west-1' }, 'region', 'not the region of the environment'],
    ['eu-west-1', { region: 'cn-north-1' }, 'region', 'a region of the same partition as eu-west-1, which is aws'],
    ['us-gov-west-1', { region: 'us-east-1' }, 'region', 'as us-gov-west-1, which is aws-us-gov'],
    ['us-isob-east-1', { region: 'us-iso-east-1' }, 'region', 'as us-isob-east-1, which is aws-iso-b'],
    ['eu-west-1', { region: 'Frankfurt' }, 'region', 'an AWS region'],
    ['eu-west-1', { region: 'eu-central-1', retentionDays: 0 }, 'retentionDays', 'days from 1 to 35'],
    ['eu-west-1', { region: 'eu-central-1', retentionDays: 36 }, 'retentionDays', 'days from 1 to 35'],
    [
      'eu-west-1',
      { region: 'eu-central-1', keyArn: KEY_ARN },
      'keyArn',
      'a key in eu-central-1, the region of the copies',
    ],
    ['eu-west-1', { region: 'eu-central-1', keyArn: 'alias/x' }, 'keyArn', 'the ARN of a KMS key'],
    ['eu-west-1', { retentionDays: 7 }, 'region', 'an AWS region'],
  ])('from %s may not be %j', (region, replication, key, rule) => {
    expect(mistakesOf({ replication }, { region })).toMatchObject([
      { path: `database.replication.${key}`, rule: expect.stringContaining(rule) },
    ]);
  });
});
