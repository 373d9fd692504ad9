import { stringify } from 'yaml';
import { minimal, mistakesIn } from '../../../support/synth/environments';

const ACCOUNT = '111122223333';

const SNAPSHOT_ARN = `arn:aws:rds:eu-west-1:${ACCOUNT}:snapshot:rds:prod-agent-bom-2026-01-31-02-10`;

const CLUSTER_SNAPSHOT_ARN = `arn:aws:rds:eu-west-1:${ACCOUNT}:cluster-snapshot:before`;

const BACKUPS_ARN = `arn:aws:rds:eu-west-1:${ACCOUNT}:auto-backup:ab-0a1b2c3d4e5f60718293a4b5c6`;

const TIME = '2026-01-31T09:30:00Z';

const withDatabase = (database: object, rest: object = {}) => ({
  ...minimal(),
  ...rest,
  database: { ...minimal().database, ...database },
});

const mistakesOf = (database: object, rest: object = {}) => mistakesIn(stringify(withDatabase(database, rest)));

describe('a restore', () => {
  it.each([
    ['instance', { snapshotIdentifier: 'prod-agent-bom-final-0a1b2c3d' }],
    ['instance', { snapshotIdentifier: 'rds:prod-agent-bom-2026-01-31-02-10' }],
    ['instance', { snapshotIdentifier: `a${'b'.repeat(254)}` }],
    ['instance', { snapshotIdentifier: SNAPSHOT_ARN }],
    ['instance', { sourceIdentifier: 'prod-agent-bom-before', time: TIME }],
    ['instance', { sourceIdentifier: 'prod-agent-bom-before', latest: true }],
    ['instance', { sourceResourceId: 'db-ABCDEFGHIJKLMNOPQRSTUVWXYZ', time: '2024-02-29T00:00:00Z' }],
    ['instance', { automatedBackupsArn: BACKUPS_ARN, latest: true }],
    ['aurora', { snapshotIdentifier: 'before' }],
    ['aurora', { snapshotIdentifier: CLUSTER_SNAPSHOT_ARN }],
    // A snapshot of an instance becomes a cluster.
    ['aurora', { snapshotIdentifier: SNAPSHOT_ARN }],
    ['aurora', { sourceIdentifier: 'prod-agent-bom-before', time: TIME }],
    ['aurora', { sourceResourceId: 'cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ', latest: true }],
  ])('of the form %s may be %j', (form, restore) => {
    expect(mistakesOf({ form, restore })).toEqual([]);
  });

  const SOURCES = /^exactly one of `snapshotIdentifier`, `sourceIdentifier`/;
  const MOMENT = /^exactly one of `time` and `latest: true`/;

  it.each([
    [{}, '', SOURCES],
    [{ time: TIME }, '', SOURCES],
    [{ sourceIdentifier: 'before', sourceResourceId: 'db-ABCDEFGHIJKLMNOPQRSTUVWXYZ', time: TIME }, '', SOURCES],
    [{ sourceIdentifier: 'before', automatedBackupsArn: BACKUPS_ARN, time: TIME }, '', SOURCES],
    [{ snapshotIdentifier: 'one', automatedBackupsArn: BACKUPS_ARN, latest: true }, '', SOURCES],
    ...[
      { sourceIdentifier: 'before' },
      { sourceResourceId: 'db-ABCDEFGHIJKLMNOPQRSTUVWXYZ' },
      { automatedBackupsArn: BACKUPS_ARN },
    ].flatMap((source): [object, string, RegExp][] => [
      [source, '', MOMENT],
      [{ ...source, time: TIME, latest: true }, '', MOMENT],
    ]),
    [{ snapshotIdentifier: 'one', time: TIME }, '.time', /^left out with a snapshot/],
    [{ snapshotIdentifier: 'one', latest: true }, '.latest', /^left out with a snapshot/],
    [{ snapshotIdentifier: 'two words' }, '.snapshotIdentifier', /^the name or the ARN of an RDS snapshot/],
    [{ snapshotIdentifier: `a${'b'.repeat(255)}` }, '.snapshotIdentifier', /^the name or the ARN of an RDS snapshot/],
    [{ snapshotIdentifier: CLUSTER_SNAPSHOT_ARN }, '.snapshotIdentifier', /^a snapshot of an instance/],
    [
      { snapshotIdentifier: SNAPSHOT_ARN.replace('eu-west-1', 'us-east-1') },
      '.snapshotIdentifier',
      /^a snapshot in eu-west-1, the region of the environment$/,
    ],
    [
      { automatedBackupsArn: BACKUPS_ARN.replace('eu-west-1', 'us-east-1'), latest: true },
      '.automatedBackupsArn',
      /^automated backups in eu-west-1, the region of the environment$/,
    ],
    [{ automatedBackupsArn: 'ab-0a1b', latest: true }, '.automatedBackupsArn', /^the ARN of automated backups/],
    [{ sourceIdentifier: 'prod-agent-bom', latest: true }, '.sourceIdentifier', /^not the name that the restored/],
    [{ sourceIdentifier: 'Prod', latest: true }, '.sourceIdentifier', /^the identifier of an instance or a cluster/],
    [{ sourceResourceId: 'cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ', latest: true }, '.sourceResourceId', /with `db-`$/],
    [{ sourceResourceId: 'db-abc', latest: true }, '.sourceResourceId', /^a resource id/],
    [{ sourceIdentifier: 'before', time: '2026-01-31T09:30:00+01:00' }, '.time', /^a time in UTC/],
    [{ sourceIdentifier: 'before', time: '2026-01-31 09:30:00' }, '.time', /^a time in UTC/],
    [{ sourceIdentifier: 'before', time: '2026-02-29T09:30:00Z' }, '.time', /^a time in UTC/],
    [{ sourceIdentifier: 'before', time: '2026-01-31T24:00:00Z' }, '.time', /^a time in UTC/],
    [{ sourceIdentifier: 'before', latest: false }, '.latest', /^true$/],
  ])('may not be %j', (restore, path, rule) => {
    const mistakes = mistakesOf({ restore });
    expect(mistakes).toMatchObject([{ path: `database.restore${path}`, rule: expect.stringMatching(rule) }]);
    expect(mistakes[0]?.fix).not.toBe('');
  });

  it.each([
    [{ automatedBackupsArn: BACKUPS_ARN, latest: true }, '.automatedBackupsArn', /^left out with `form: aurora`/],
    [{ sourceResourceId: 'db-ABCDEFGHIJKLMNOPQRSTUVWXYZ', latest: true }, '.sourceResourceId', /with `cluster-`$/],
  ])('of a cluster may not be %j', (restore, path, rule) => {
    expect(mistakesOf({ form: 'aurora', restore })).toMatchObject([
      { path: `database.restore${path}`, rule: expect.stringMatching(rule) },
    ]);
  });
});
