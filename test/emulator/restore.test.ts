import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { iamAllowances } from '../../commands/explain/iam/policies';
import { StackTemplate } from '../../commands/explain/stack-template';
import { RestoreDatabases } from '../../commands/restore/rds';
import { generationTag, type RestoreStep, remainingSteps, restoreNames } from '../../commands/restore/restore-plan';
import { actionsOf, RecordedCli } from '../support/aws/cli-actions';
import { describeWithEmulator, Emulator } from '../support/aws/emulator';
import { minimal, parsed, synthesizeAll } from '../support/synth/environments';

const MOMENT = '2026-11-26T14:00:00Z';

jest.setTimeout(600_000);

/** What RDS does not take over by itself, and the next deployment would only set again. */
const AS_SET = ['--enable-iam-database-authentication', '--enable-cloudwatch-logs-exports', 'postgresql'];
const AS_RESTORED = { IAMDatabaseAuthenticationEnabled: true, EnabledCloudwatchLogsExports: ['postgresql'] };

describeWithEmulator()('the databases of a restore, at an emulated AWS', () => {
  let emulator: Emulator;
  let cli: RecordedCli;
  const before = { ...process.env };

  beforeAll(async () => {
    emulator = await Emulator.start();
    emulator.aws('ec2', 'create-vpc', '--cidr-block', '10.0.0.0/16');
  });
  beforeEach(() => {
    const directory = mkdtempSync(join(tmpdir(), 'restore-'));
    const variables = emulator.variables();
    cli = new RecordedCli(directory, join(variables.PATH?.split(':')[0] ?? '', 'aws'));
    Object.assign(process.env, variables, { PATH: `${directory}:${variables.PATH}` });
  });
  afterEach(() => {
    process.env = { ...before };
    rmSync(cli.directory, { recursive: true });
  });
  afterAll(() => emulator.stop());

  // biome-ignore lint/suspicious/noExplicitAny: the answers of the AWS CLI
  const aws = (...question: string[]): any => emulator.aws(...question);

  /** What the policy of a restore allows, but for the key, which RDS uses by itself. */
  function permitted(form: 'instance' | 'aurora'): string[] {
    const file = { ...minimal(), database: { ...minimal().database, form } };
    const { database, workload } = synthesizeAll(parsed(file));
    const stacks = [database, workload].flatMap((template, index) =>
      template === undefined ? [] : [new StackTemplate(`prod-${index}`, template.json)],
    );
    const actions = iamAllowances('restore', parsed(file), stacks).flatMap((allowance) => allowance.actions);
    return [...new Set(actions)].filter((action) => !action.startsWith('kms:')).sort();
  }

  /** Does what remains at AWS, each step as a new run would, and returns the steps in their order. */
  async function restoreAll(form: 'instance' | 'aurora', names = restoreNames('prod-agent-bom', MOMENT)) {
    const environment = parsed({ ...minimal(), database: { form } });
    const taken: RestoreStep[] = [];
    for (;;) {
      const databases = new RestoreDatabases(environment, names, async () => undefined);
      const [current, restored, previous] = await Promise.all(
        [names.current, names.restored, names.previous].map((name) => databases.find(name)),
      );
      const steps = remainingSteps({
        ...{ names, current, restored, previous },
        memberCount: (previous ?? current)?.members.length ?? 0,
        ...{ generation: 1, fileRestores: false, managed: false },
      }).filter((step) => step !== 'stop');
      const [step] = steps;
      if (step === undefined || step === 'file') return taken;
      taken.push(step);
      if (step === 'restore') await databases.restore(MOMENT);
      else if (step === 'wait') await databases.wait(() => undefined);
      else if (step === 'instances') await databases.createInstances();
      else if (step === 'remember') await databases.remember(2);
      else
        await (step === 'set-aside'
          ? databases.rename(names.current, names.previous)
          : databases.rename(names.restored, names.current));
    }
  }

  it('of an instance change places, keep what has to be kept, and do so once', async () => {
    const network = aws('ec2', 'describe-subnets', '--query', 'Subnets[0:2].SubnetId') as string[];
    aws(
      'rds',
      'create-db-subnet-group',
      '--db-subnet-group-name',
      'prod',
      '--db-subnet-group-description',
      'p',
      '--subnet-ids',
      ...network,
    );
    aws(
      ...['rds', 'create-db-instance', '--db-instance-identifier', 'prod-agent-bom', '--engine', 'postgres'],
      ...['--engine-version', '16.4', '--db-instance-class', 'db.t4g.medium', '--allocated-storage', '100'],
      ...['--master-username', 'agent_bom_admin', '--manage-master-user-password', '--db-subnet-group-name', 'prod'],
      ...['--backup-retention-period', '14', '--storage-encrypted', '--multi-az', ...AS_SET],
    );
    const names = restoreNames('prod-agent-bom', MOMENT);
    const window = await new RestoreDatabases(parsed(minimal()), names).window();
    expect(window?.latest).toBeGreaterThan(Date.parse('2026-01-01T00:00:00Z'));
    const steps = await restoreAll('instance');
    expect(steps.filter((step) => step !== 'wait')).toEqual(['restore', 'remember', 'set-aside', 'take-name']);
    const [current, previous, ...others] = (
      aws('rds', 'describe-db-instances').DBInstances as Record<string, unknown>[]
    ).sort((one, other) => String(one.DBInstanceIdentifier).localeCompare(String(other.DBInstanceIdentifier)));
    expect(others).toEqual([]);
    expect(current).toMatchObject({
      DBInstanceIdentifier: 'prod-agent-bom',
      DBInstanceClass: 'db.t4g.medium',
      DBSubnetGroup: { DBSubnetGroupName: 'prod' },
      DeletionProtection: true,
      CopyTagsToSnapshot: true,
      MultiAZ: true,
      ...AS_RESTORED,
      TagList: [{ Key: 'agent-bom-restore-moment', Value: MOMENT }],
    });
    expect(previous).toMatchObject({
      DBInstanceIdentifier: names.previous,
      TagList: [{ Key: generationTag(names), Value: '2' }],
    });
    expect(actionsOf(cli.asked())).toEqual(permitted('instance'));
    expect((await restoreAll('instance')).filter((step) => step !== 'wait')).toEqual([]);
  });

  it('of an Aurora cluster exchange the names of their instances too', async () => {
    const cluster = ['--db-cluster-identifier', 'prod-agent-bom', '--engine', 'aurora-postgresql'];
    aws(
      'rds',
      'create-db-cluster',
      ...cluster,
      '--engine-version',
      '16.4',
      '--master-username',
      'u',
      '--manage-master-user-password',
      '--db-subnet-group-name',
      'prod',
      ...AS_SET,
    );
    // The instance of the other test has such a name already.
    const later = restoreNames('prod-agent-bom', '2026-11-26T15:00:00Z');
    for (const number of [1, 2]) {
      aws(
        'rds',
        'create-db-instance',
        '--db-instance-identifier',
        `prod-agent-bom-${number}`,
        ...cluster,
        '--db-instance-class',
        'db.r7g.large',
      );
    }
    const steps = await restoreAll('aurora', later);
    expect(steps.filter((step) => step !== 'wait')).toEqual([
      'restore',
      'instances',
      'remember',
      'set-aside',
      'take-name',
    ]);
    // The emulator loses the members of a cluster that takes another name, so that they are not renamed.
    const identifiers = ['--db-cluster-identifier', 'prod-agent-bom'];
    expect(aws('rds', 'describe-db-clusters', ...identifiers).DBClusters).toEqual([
      expect.objectContaining(AS_RESTORED),
    ]);
    const renaming = 'rds:ModifyDBInstance';
    expect([...actionsOf(cli.asked()), renaming].sort()).toEqual(permitted('aurora'));
    const instances = aws('rds', 'describe-db-instances').DBInstances as { DBInstanceIdentifier: string }[];
    const names = instances.map(({ DBInstanceIdentifier }) => DBInstanceIdentifier);
    expect(names).toEqual(expect.arrayContaining(['prod-agent-bom-1', 'prod-agent-bom-2']));
  });
});
