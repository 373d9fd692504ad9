import { setTimeout as delay } from 'node:timers/promises';
import type { Environment } from '../../contract/environment/environment';
import { ContractError } from '../../contract/error';
import { askAws, at, listAt, textAt } from '../shared/program-runner';
import type { RestoreWindow } from './moment';
import { generationTag, MOMENT_TAG, type RestoreNames, type Server } from './restore-plan';

const PAUSE_MS = 10_000;
/** RDS refuses while a change is under way, and says so in these words. */
const BUSY = /InvalidDB(?:Instance|Cluster)State/;
const ABSENT = /DB(?:Instance|Cluster)NotFound/;

/** The databases of a restore at AWS, of either engine type. */
export class RestoreDatabases {
  private readonly aurora: boolean;
  private readonly region: string;

  /** @param pause Waits until it is worth asking again. */
  constructor(
    { region, database }: Environment,
    private readonly names: RestoreNames,
    private readonly pause: () => Promise<unknown> = () => delay(PAUSE_MS),
  ) {
    this.aurora = database.form === 'aurora';
    this.region = region;
  }

  /** The database with this name; nothing where there is none. */
  async find(identifier: string): Promise<Server | undefined> {
    const content = await this.describe(identifier);
    if (content === undefined) return undefined;
    const members = listAt(content, 'DBClusterMembers').map((member) => textAt(member, 'DBInstanceIdentifier'));
    const instances = await Promise.all(members.map((member) => this.describeInstance(member)));
    return {
      identifier,
      resourceId: textAt(content, this.aurora ? 'DbClusterResourceId' : 'DbiResourceId'),
      engine: textAt(content, 'EngineVersion').split('.')[0] ?? '',
      status: textAt(content, this.aurora ? 'Status' : 'DBInstanceStatus'),
      members: members.sort(),
      settled: instances.every((instance) => textAt(instance, 'DBInstanceStatus') === 'available'),
      tags: Object.fromEntries(listAt(content, 'TagList').map((tag) => [textAt(tag, 'Key'), textAt(tag, 'Value')])),
    };
  }

  /** Id of an instance or cluster that stays when it is renamed; nothing where there is none. */
  async resourceId(identifier: string, kind: 'instance' | 'cluster'): Promise<string | undefined> {
    const content = kind === 'cluster' ? await this.describe(identifier) : await this.describeInstance(identifier);
    return content === undefined
      ? undefined
      : textAt(content, kind === 'cluster' ? 'DbClusterResourceId' : 'DbiResourceId');
  }

  /** From when to when the database in use can be restored. */
  async window(): Promise<RestoreWindow | undefined> {
    const content = await this.describe(this.names.current);
    const latest = Date.parse(textAt(content, 'LatestRestorableTime'));
    if (Number.isNaN(latest)) return undefined;
    const earliest = Date.parse(this.aurora ? textAt(content, 'EarliestRestorableTime') : await this.firstBackup());
    return { latest, ...(Number.isNaN(earliest) ? {} : { earliest }) };
  }

  /** Restores into a new database, with the settings of the one in use that RDS does not take over by itself. */
  async restore(moment: string): Promise<void> {
    const { current, restored } = this.names;
    const source = await this.describe(current);
    const tags = ['--tags', `Key=${MOMENT_TAG},Value=${moment}`];
    const groups = listAt(source, 'VpcSecurityGroups').map((group) => textAt(group, 'VpcSecurityGroupId'));
    const logs = listAt(source, 'EnabledCloudwatchLogsExports').map(String);
    const common = [
      ...['--vpc-security-group-ids', ...groups],
      ...['--deletion-protection', '--copy-tags-to-snapshot', ...tags],
      ...(at(source, 'IAMDatabaseAuthenticationEnabled') === true ? ['--enable-iam-database-authentication'] : []),
      ...(logs.length > 0 ? ['--enable-cloudwatch-logs-exports', ...logs] : []),
    ];
    if (this.aurora) {
      const scaling = at(source, 'ServerlessV2ScalingConfiguration');
      const range = `MinCapacity=${at(scaling, 'MinCapacity')},MaxCapacity=${at(scaling, 'MaxCapacity')}`;
      await this.change(
        ...['rds', 'restore-db-cluster-to-point-in-time', '--source-db-cluster-identifier', current],
        ...['--db-cluster-identifier', restored, '--restore-to-time', moment, ...common],
        ...['--db-subnet-group-name', textAt(source, 'DBSubnetGroup')],
        ...['--db-cluster-parameter-group-name', textAt(source, 'DBClusterParameterGroup')],
        ...['--kms-key-id', textAt(source, 'KmsKeyId')],
        ...(scaling === undefined ? [] : ['--serverless-v2-scaling-configuration', range]),
      );
      return;
    }
    await this.change(
      ...['rds', 'restore-db-instance-to-point-in-time', '--source-db-instance-identifier', current],
      ...['--target-db-instance-identifier', restored, '--restore-time', moment, ...common],
      ...['--db-instance-class', textAt(source, 'DBInstanceClass')],
      ...['--db-subnet-group-name', textAt(source, 'DBSubnetGroup', 'DBSubnetGroupName')],
      ...['--db-parameter-group-name', textAt(at(source, 'DBParameterGroups', 0), 'DBParameterGroupName')],
      ...[at(source, 'MultiAZ') === true ? '--multi-az' : '--no-multi-az', '--no-publicly-accessible'],
    );
  }

  /** Creates the instances that a restored cluster does not have yet, one for each of the cluster in use. */
  async createInstances(): Promise<void> {
    const { current, restored } = this.names;
    const [source, target] = await Promise.all([this.find(current), this.find(restored)]);
    for (const member of source?.members ?? []) {
      const name = `${restored}-${numberOf(member)}`;
      if (target?.members.includes(name)) continue;
      const instance = await this.describeInstance(member);
      await this.change(
        ...['rds', 'create-db-instance', '--db-instance-identifier', name, '--db-cluster-identifier', restored],
        ...['--engine', textAt(instance, 'Engine'), '--db-instance-class', textAt(instance, 'DBInstanceClass')],
        ...['--db-parameter-group-name', textAt(at(instance, 'DBParameterGroups', 0), 'DBParameterGroupName')],
        '--no-publicly-accessible',
      );
    }
  }

  /** Notes on the database in use which generation the secrets get. */
  async remember(generation: number): Promise<void> {
    const arn = textAt(await this.describe(this.names.current), this.aurora ? 'DBClusterArn' : 'DBInstanceArn');
    const tag = `Key=${generationTag(this.names)},Value=${generation}`;
    await this.change('rds', 'add-tags-to-resource', '--resource-name', arn, '--tags', tag);
  }

  /** Waits until none of the databases of the restore is being changed. */
  async wait(onProgress: (what: string) => void): Promise<void> {
    const { current, restored, previous } = this.names;
    for (let shown = ''; ; await this.pause()) {
      const servers = await Promise.all([current, restored, previous].map((name) => this.find(name)));
      const busy = servers.find((server) => server !== undefined && !(server.status === 'available' && server.settled));
      if (busy === undefined) return;
      if (/fail|incompatible|inaccessible/.test(busy.status)) throw unusable(busy);
      const what = `${busy.identifier} is ${busy.status === 'available' ? 'waiting for its instances' : busy.status}`;
      if (what !== shown) onProgress(what);
      shown = what;
    }
  }

  /** Gives a database another name, and its instances theirs; what has it already is left alone. */
  async rename(from: string, to: string): Promise<void> {
    if (this.aurora) {
      if ((await this.find(to)) === undefined) await this.renameOne('cluster', from, to);
      for (const member of (await this.find(to))?.members ?? []) {
        const name = `${to}-${numberOf(member)}`;
        if (member !== name) await this.renameOne('instance', member, name);
      }
      return;
    }
    if ((await this.find(to)) === undefined) await this.renameOne('instance', from, to);
  }

  private async renameOne(kind: 'instance' | 'cluster', from: string, to: string): Promise<void> {
    const named = [`--db-${kind}-identifier`, from, `--new-db-${kind}-identifier`, to];
    await this.change('rds', `modify-db-${kind}`, ...named, '--apply-immediately');
    while ((await this.resourceId(to, kind)) === undefined) await this.pause();
    await this.wait(() => undefined);
  }

  private describe(identifier: string): Promise<unknown> {
    if (!this.aurora) return this.describeInstance(identifier);
    return this.ask('DBClusters', 'describe-db-clusters', '--db-cluster-identifier', identifier);
  }

  private describeInstance(identifier: string): Promise<unknown> {
    return this.ask('DBInstances', 'describe-db-instances', '--db-instance-identifier', identifier);
  }

  private async firstBackup(): Promise<string> {
    const { current } = this.names;
    const backups = ['describe-db-instance-automated-backups', '--db-instance-identifier', current];
    return textAt(await this.ask('DBInstanceAutomatedBackups', ...backups), 'RestoreWindow', 'EarliestTime');
  }

  private async ask(list: string, ...question: readonly string[]): Promise<unknown> {
    const answer = await askAws(this.region, 'rds', ...question);
    if (answer.kind === 'answered') return at(answer.content, list, 0);
    if (answer.kind === 'refused' && ABSENT.test(answer.reason)) return undefined;
    throw refused(question, answer.reason);
  }

  private async change(...question: readonly string[]): Promise<void> {
    for (;;) {
      const answer = await askAws(this.region, ...question);
      if (answer.kind === 'answered') return;
      if (answer.kind !== 'refused' || !BUSY.test(answer.reason)) throw refused(question.slice(1), answer.reason);
      await this.pause();
    }
  }
}

function numberOf(member: string): string {
  return /\d+$/.exec(member)?.[0] ?? '1';
}

function refused(question: readonly string[], got: string): ContractError {
  return new ContractError({
    path: `aws rds ${question[0]}`,
    got,
    rule: 'the AWS CLI answers, with a profile that may read and restore databases',
    fix: 'fix what it names, and give the same command again: it continues where this one stopped',
  });
}

function unusable({ identifier, status }: Server): ContractError {
  return new ContractError({
    path: identifier,
    got: status,
    rule: 'the restored database becomes available',
    fix: `aws rds describe-events --source-identifier ${identifier} --source-type db-instance says why; delete it before you try again`,
  });
}
