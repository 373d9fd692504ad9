import type { PlanFile } from '../../commands/deploy/plan-file';
import {
  changedDatabases,
  managePasswords,
  plannedDatabases,
  untilAvailable,
} from '../../commands/deploy/recovery/databases';
import { tainted } from '../../commands/deploy/recovery/state-repair';
import type { Stack } from '../../commands/deploy/stacks';
import type { Finished, Terraform } from '../../commands/deploy/terraform';
import { type StandInAnswer, StandIns } from '../support/commands/stand-ins';

const change = (type: string, actions: readonly string[], values: object) => {
  const before = actions.includes('create') ? null : values;
  return { address: `${type}.x`, type, change: { actions, before, after: before === null ? values : null } };
};
const instance = { type: 'aws_db_instance', identifier: 'prod-agent-bom' };
const cluster = { type: 'aws_rds_cluster', identifier: 'prod-agent-bom' };
const member = { type: 'aws_rds_cluster_instance', identifier: 'prod-agent-bom-1' };

describe('the databases of a plan', () => {
  const created = change('aws_db_instance', ['create'], { identifier: 'prod-agent-bom' });

  it('are those that exist and change, each by the name that RDS knows', () => {
    const file: PlanFile = {
      resource_changes: [
        created,
        change('aws_rds_cluster', ['update'], { cluster_identifier: 'prod-agent-bom' }),
        change('aws_rds_cluster_instance', ['delete'], { identifier: 'prod-agent-bom-1' }),
        change('aws_rds_cluster_instance', ['no-op'], { identifier: 'prod-agent-bom-2' }),
        change('aws_s3_bucket', ['update'], { identifier: 'bucket' }),
      ],
    };
    expect(changedDatabases(file)).toEqual([cluster, member]);
    expect(changedDatabases({})).toEqual([]);
  });

  it('are those that a plan takes over', () => {
    expect(plannedDatabases([created, change('aws_kms_key', ['create'], {})])).toEqual([instance]);
  });
});

describe('a database that RDS is at work on', () => {
  const path = process.env.PATH;
  let standIns: StandIns;
  let said: string[];
  beforeEach(() => {
    standIns = new StandIns();
    said = [];
    process.env.PATH = `${standIns.directory}:${path}`;
  });
  afterEach(() => {
    process.env.PATH = path;
    standIns.remove();
  });

  const knows = (found: object, changes: StandInAnswer = '') =>
    standIns.write('aws', {
      'rds describe-db-instances': { DBInstances: [found] },
      'rds describe-db-clusters': { DBClusters: [found] },
      'rds modify-db-': changes,
    });

  it.each([
    ['instance', instance, 'DBInstanceStatus', 'configuring-log-exports'],
    ['cluster', cluster, 'Status', 'creating'],
    ['member', member, 'DBInstanceStatus', 'backing-up'],
  ])('is waited for, as an %s', async (_, database, attribute, status) => {
    knows({ [attribute]: status });
    const say = (sentence: string): void => {
      said.push(sentence);
      knows({ [attribute]: 'available' });
    };
    await untilAvailable([database], 'eu-west-1', say, 1);
    expect(said).toEqual([`${database.identifier} is not available yet, but ${status}: it is waited for`]);
    const noun = database === cluster ? 'cluster' : 'instance';
    const question = `aws rds describe-db-${noun}s --db-${noun}-identifier ${database.identifier} --region eu-west-1 --output json`;
    expect(standIns.asked()).toEqual([question, question]);
  });

  it.each([
    'available',
    'storage-optimization',
    'failed',
    'storage-full',
    'deleting',
    'stopped',
  ])('is not waited for when it is %s', async (status) => {
    knows({ DBInstanceStatus: status });
    await untilAvailable([instance], 'eu-west-1', (sentence) => said.push(sentence), 1);
    expect([said, standIns.asked()]).toEqual([[], [expect.any(String)]]);
  });

  it('is not waited for where nobody can ask', async () => {
    standIns.write('aws', { rds: { complaint: 'AccessDenied' } });
    await untilAvailable([instance, cluster], 'eu-west-1', (sentence) => said.push(sentence), 1);
    expect(said).toEqual([]);
  });

  it.each([
    ['instance', instance],
    ['cluster', cluster],
  ])('gets its password from RDS where the restore of an %s was cut off', async (noun, database) => {
    knows({ KmsKeyId: 'arn:aws:kms:eu-west-1:111122223333:key/1', DBInstanceStatus: 'available' });
    await managePasswords([database], 'eu-west-1', (sentence) => said.push(sentence), 1);
    expect(said).toEqual([expect.stringContaining('RDS manages its password from now on')]);
    expect(standIns.asked()[1]).toBe(
      `aws rds modify-db-${noun} --db-${noun}-identifier prod-agent-bom --manage-master-user-password ` +
        '--master-user-secret-kms-key-id arn:aws:kms:eu-west-1:111122223333:key/1 --apply-immediately ' +
        '--region eu-west-1 --output json',
    );
  });

  it('is not said to have a managed password where RDS refuses that', async () => {
    const complaint = 'An error occurred (AccessDenied) when calling the ModifyDBInstance operation: not authorized';
    knows({ KmsKeyId: 'key', DBInstanceStatus: 'available' }, { complaint });
    await managePasswords([instance], 'eu-west-1', (sentence) => said.push(sentence), 1);
    expect(said).toEqual([
      `prod-agent-bom was restored by a run that did not end: RDS was not told to manage its password: ${complaint}`,
    ]);
  });

  it('keeps the password that RDS manages, and the instances of a cluster have none', async () => {
    knows({ KmsKeyId: 'key', MasterUserSecret: { SecretArn: 'arn' } });
    await managePasswords([instance, cluster], 'eu-west-1', (sentence) => said.push(sentence), 1);
    knows({ KmsKeyId: 'key' });
    await managePasswords([member], 'eu-west-1', (sentence) => said.push(sentence), 1);
    expect([said, standIns.asked().filter((question) => question.includes('modify'))]).toEqual([[], []]);
  });
});

describe('a resource whose creation did not end well', () => {
  const resources = [
    { address: 'aws_db_instance.a', mode: 'managed', type: 'aws_db_instance', tainted: true, values: {} },
    { address: 'aws_db_instance.ab', mode: 'managed', type: 'aws_db_instance', tainted: true, values: {} },
    { address: 'aws_kms_key.b', mode: 'managed', type: 'aws_kms_key', values: {} },
  ];
  const state = { output: JSON.stringify({ values: { root_module: { resources } } }) };
  const terraform = { mustSucceed: async () => state } as unknown as Terraform;
  const failure = (summary: string, detail: string) =>
    ({ diagnostics: [{ severity: 'error', summary, detail }] }) as unknown as Finished;
  const found = async (summary: string, detail: string) =>
    (await tainted(terraform, {} as Stack, failure(summary, detail))).map(({ address }) => address);

  it('is kept where only its destruction stops the plan', async () => {
    const refusal = (address: string) => `Resource ${address} has lifecycle.prevent_destroy set, but the plan calls`;
    expect(await found('Instance cannot be destroyed', refusal('aws_db_instance.a'))).toEqual(['aws_db_instance.a']);
    expect(await found('Instance cannot be destroyed', refusal('aws_kms_key.b'))).toEqual([]);
    expect(await found('Another error', refusal('aws_db_instance.a'))).toEqual([]);
  });
});
