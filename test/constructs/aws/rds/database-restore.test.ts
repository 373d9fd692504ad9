import { isContinuous, restoreLifecycle } from '../../../../constructs/aws/rds/database-restore';
import { KEY_ARN } from '../../../support/synth/cluster';
import { minimal, parsed, synthesizeDatabase } from '../../../support/synth/environments';
import type { Block, Template } from '../../../support/synth/template';

const TIME = '2026-01-31T09:30:00Z';
const BACKUPS_ARN = 'arn:aws:rds:eu-west-1:111122223333:auto-backup:ab-0a1b2c3d4e5f60718293a4b5c6';

function stackWith(database: object): Template {
  return synthesizeDatabase(parsed({ ...minimal(), database: { ...minimal().database, ...database } }));
}

const FIXED = ['snapshot_identifier', 'restore_to_point_in_time', 'engine_lifecycle_support'];

describe.each([
  ['instance', 'aws_db_instance', [...FIXED, 'db_name', 'username'], 'db_name'],
  ['aurora', 'aws_rds_cluster', [...FIXED, 'database_name', 'master_username'], 'database_name'],
])('a database of the form %s', (form, type, ignored, nameArgument) => {
  const restored = (restore?: object): Block => stackWith({ form, restore }).resource(type);

  it('is never replaced because a source was added, changed or removed', () => {
    for (const restore of [undefined, { snapshotIdentifier: 'one' }, { sourceIdentifier: 'before', time: TIME }]) {
      const { lifecycle } = restored(restore);
      expect(lifecycle.ignore_changes).toEqual(ignored);
      expect(lifecycle.prevent_destroy).toBe(true);
    }
    expect(restored().lifecycle).not.toHaveProperty('postcondition');
    expect(restored()).toHaveProperty(nameArgument, 'agent_bom');
  });

  it('is restored from a snapshot, and the plan fails for a database that was not', () => {
    const block = restored({ snapshotIdentifier: 'rds:prod-2026-01-31' });
    expect(block).toMatchObject({ snapshot_identifier: 'rds:prod-2026-01-31' });
    for (const absent of ['restore_to_point_in_time', nameArgument, 'allocated_storage']) {
      expect(block).not.toHaveProperty(absent);
    }
    expect(block.lifecycle.postcondition[0].condition).toBe(
      '${try(self.snapshot_identifier, null) == "rds:prod-2026-01-31"}',
    );
    expect(block.lifecycle.postcondition[0].error_message).toContain('docs/operate/restore.md');
  });
});

describe('a restore that a program gives', () => {
  it('is compared by the keys that have a value', () => {
    const restore = { snapshotIdentifier: undefined, sourceIdentifier: 'before', time: TIME, latest: undefined };
    const { postcondition } = restoreLifecycle(restore, { sourceIdentifier: 'one', time: 'two', latest: 'three' }, []);
    const [one, two] = ['one', 'two'].map((name) => `try(self.restore_to_point_in_time[0].${name}, null)`);
    expect(postcondition).toEqual([
      expect.objectContaining({ condition: `\${${one} == "before" && ${two} == "${TIME}"}` }),
    ]);
  });

  it.each([
    [undefined, false],
    [{ snapshotIdentifier: 'one' }, false],
    [{ snapshotIdentifier: undefined, sourceIdentifier: 'before', latest: true } as const, true],
  ])('%j reads automated backups: %s', (restore, continuous) => {
    expect(isContinuous(restore)).toBe(continuous);
  });
});

describe('an instance', () => {
  it.each([
    [
      { sourceIdentifier: 'before', time: TIME },
      { source_db_instance_identifier: 'before', restore_time: TIME },
    ],
    [
      { sourceResourceId: 'db-ABCDEFGHIJKLMNOPQRSTUVWXYZ', latest: true },
      { source_dbi_resource_id: 'db-ABCDEFGHIJKLMNOPQRSTUVWXYZ', use_latest_restorable_time: true },
    ],
    [
      { automatedBackupsArn: BACKUPS_ARN, latest: true },
      { source_db_instance_automated_backups_arn: BACKUPS_ARN, use_latest_restorable_time: true },
    ],
  ])('goes back to %j', (restore, expected) => {
    const instance = stackWith({ restore }).resource('aws_db_instance');
    expect(instance.restore_to_point_in_time).toEqual(expected);
    expect(instance).not.toHaveProperty('snapshot_identifier');
    const comparisons = Object.entries(expected).map(
      ([name, value]) => `try(self.restore_to_point_in_time[0].${name}, null) == ${JSON.stringify(value)}`,
    );
    expect(instance.lifecycle.postcondition[0].condition).toBe(`\${${comparisons.join(' && ')}}`);
  });

  it('has to have the key of its environment, because RDS keeps the key of the source', () => {
    const { lifecycle } = stackWith({ restore: { snapshotIdentifier: 'one' } }).resource('aws_db_instance');
    expect(lifecycle.postcondition).toHaveLength(2);
    expect(lifecycle.postcondition[1]).toEqual({
      condition: expect.stringMatching(/^\$\{\(self\.kms_key_id == aws_kms_key\.[\w-]+\.arn\)\}$/),
      error_message: expect.stringContaining('encryption.keyArn'),
    });
  });
});

describe('a cluster', () => {
  it.each([
    [
      { sourceIdentifier: 'before', time: TIME },
      { source_cluster_identifier: 'before', restore_to_time: TIME },
    ],
    [
      { sourceResourceId: 'cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ', latest: true },
      { source_cluster_resource_id: 'cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ', use_latest_restorable_time: true },
    ],
  ])('goes back to %j, under the key of its environment', (restore, expected) => {
    const cluster = stackWith({ form: 'aurora', restore }).resource('aws_rds_cluster');
    expect(cluster.restore_to_point_in_time).toEqual(expected);
    expect(cluster.lifecycle.postcondition).toHaveLength(1);
    for (const name of Object.keys(expected)) {
      expect(cluster.lifecycle.postcondition[0].condition).toContain(`[0].${name}, null)`);
    }
  });
});

describe('copies of the backups in a second region', () => {
  const template = stackWith({ replication: { region: 'eu-central-1', retentionDays: 7 } });
  const there = { provider: 'aws.replication' };

  it('are made by a provider of that region', () => {
    expect(template.json.provider.aws[1]).toEqual({
      alias: 'replication',
      region: 'eu-central-1',
      default_tags: template.json.provider.aws[0].default_tags,
    });
    expect(template.resource('aws_db_instance_automated_backups_replication')).toMatchObject({
      ...there,
      source_db_instance_arn: expect.stringMatching(/^\$\{aws_db_instance\..*\.arn\}$/),
      retention_period: 7,
      kms_key_id: expect.stringMatching(/^\$\{aws_kms_key\.backup-replication.*\.arn\}$/),
    });
    expect(template.unresolvedReferences()).toEqual([]);
  });

  it('have a key of that region, protected as the other one is', () => {
    const key = template.resource('aws_kms_key', ({ provider }) => provider !== undefined);
    expect(key).toMatchObject({ ...there, enable_key_rotation: true, lifecycle: { prevent_destroy: true } });
    expect(template.resource('aws_kms_alias', ({ provider }) => provider !== undefined)).toMatchObject({
      ...there,
      name: 'alias/prod-agent-bom-backups',
    });
    const [, document = ''] = /aws_iam_policy_document\.([\w-]+)\.json/.exec(key.policy) ?? [];
    const { statement } = template.json.data.aws_iam_policy_document[document];
    expect(statement[1].condition[0].values[0]).toMatch(/^rds\.eu-central-1\./);
    expect(statement[3].principals[0].identifiers[0]).toMatch(/^logs\.eu-central-1\./);
    expect(statement[3].condition[0].values).toEqual([
      expect.stringMatching(/:logs:eu-central-1:.*:log-group:\/aws\/rds\/instance\/\*$/),
    ]);
  });

  it('may have a key that exists', () => {
    const keyArn = KEY_ARN.replace('eu-west-1', 'eu-central-1');
    const given = stackWith({ replication: { region: 'eu-central-1', keyArn } });
    expect(given.resource('aws_db_instance_automated_backups_replication').kms_key_id).toBe(keyArn);
    expect(given.resources('aws_kms_key')).toHaveLength(1);
  });

  it('are not made unless the file asks for them', () => {
    const without = stackWith({});
    expect(without.json.provider.aws).toHaveLength(1);
    expect(without.resources('aws_db_instance_automated_backups_replication')).toEqual([]);
    expect(without.resources('aws_kms_key')).toHaveLength(1);
  });
});
