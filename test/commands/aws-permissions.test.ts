import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { checkBackups } from '../../commands/doctor/backup-checks';
import { iamAllowances, type Purpose } from '../../commands/explain/iam/policies';
import { StackTemplate } from '../../commands/explain/stack-template';
import { Aws } from '../../commands/init/aws';
import type { Environment } from '../../contract/environment/environment';
import { actionOf, actionsOf } from '../support/aws/cli-actions';
import { orderable, server } from '../support/commands/account';
import { database, withKey } from '../support/commands/account-situations';
import { COMPLETE } from '../support/commands/preflight';
import { runInProcess } from '../support/commands/program';
import { type StandInAnswers, StandIns } from '../support/commands/stand-ins';
import { minimal, minimalExisting, parsed, synthesizeAll } from '../support/synth/environments';

// Each run of preflight starts some fifty programs.
jest.setTimeout(180_000);
jest.mock('../../commands/explain/synthesized', () => {
  const { synthesizedInProcess } = jest.requireActual('../support/commands/synthesized-stacks');
  return { synthesizedStacks: synthesizedInProcess };
});

const COMMANDS = join(__dirname, '..', '..', 'commands');
const aurora = database({ form: 'aurora' });
const podIdentity = { ...minimal(), cluster: { name: 'platform', podRoles: 'pod-identity' } };
/** An environment with an existing server there. */
function existing(host: string): Environment {
  const environment = parsed(minimalExisting());
  const server = { ...environment.database.existing, host } as Environment['database']['existing'];
  return { ...environment, database: { ...environment.database, existing: server } };
}
const RDS_HOST = 'shared.abcdefghijkl.eu-central-1.rds.amazonaws.com';

let programs: StandIns;
let folder: string;
const before = { ...process.env };
beforeEach(() => {
  programs = new StandIns();
  folder = mkdtempSync(join(tmpdir(), 'permissions-'));
  jest.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response('{}', { status: 200 }));
});
afterEach(() => {
  jest.restoreAllMocks();
  process.env = { ...before };
  programs.remove();
  rmSync(folder, { recursive: true });
});

/** What the AWS CLI was asked, without its name. */
const asked = (): string[] => programs.asked().flatMap((line) => (line.startsWith('aws ') ? [line.slice(4)] : []));

function allowed(purpose: Purpose, file: object, environment = parsed(file)): string[] {
  const { database: databaseStack, workload } = synthesizeAll(parsed(file), 'PEM');
  const stacks = Object.entries({ databaseStack, workload }).flatMap(([name, template]) =>
    template === undefined ? [] : [new StackTemplate(`prod-${name}`, template.json)],
  );
  return iamAllowances(purpose, environment, stacks).flatMap(({ actions, resources }) =>
    actions.flatMap((action) => resources.map((resource) => `${action} ${resource}`)),
  );
}
const withoutResources = (pairs: readonly string[]): string[] =>
  [...new Set(pairs.map((pair) => pair.split(' ')[0] ?? ''))].sort();

describe('the permissions of a command are those of its questions', () => {
  it.each([
    ['an instance', parsed(minimal()), 'rds:DescribeDBInstances arn:aws:rds:eu-west-1:*:db:prod-agent-bom'],
    ['a cluster', parsed(aurora), 'rds:DescribeDBClusters arn:aws:rds:eu-west-1:*:cluster:prod-agent-bom'],
    ['an existing instance', existing(RDS_HOST), 'rds:DescribeDBInstances arn:aws:rds:eu-central-1:*:db:shared'],
    [
      'an existing cluster',
      existing(RDS_HOST.replace('.abc', '.cluster-abc')),
      'rds:DescribeDBClusters arn:aws:rds:eu-central-1:*:cluster:shared',
    ],
    ['a server elsewhere', existing('postgres.example.com'), undefined],
  ])('of doctor with %s', async (_what, environment, pair) => {
    programs.write('aws', { ...COMPLETE.aws, 'rds describe-db': { DBClusters: [{}] }, 's3api list-objects-v2': '[]' });
    process.env.PATH = programs.directory;
    await checkBackups(environment, new Date());
    const own = environment.database.existing === undefined;
    const pairs = allowed('doctor', own ? minimal() : minimalExisting(), environment);
    // A kubeconfig is written before doctor runs.
    expect(withoutResources(pairs).filter((action) => action !== 'eks:DescribeCluster')).toEqual(actionsOf(asked()));
    expect(pairs.filter((candidate) => candidate.startsWith('rds:'))).toEqual(pair === undefined ? [] : [pair]);
  });

  it('of preflight, whatever the environment is', async () => {
    const later = orderable('17.6', ['eu-west-1a', 'eu-west-1b']);
    const situations: [object, StandInAnswers][] = [
      [minimal(), {}],
      [database({ engine: '17' }), { 'rds describe-db-instances': server('16.3') }],
      [
        { ...aurora, encryption: withKey.encryption },
        { 'rds describe-orderable': { OrderableDBInstanceOptions: [later] } },
      ],
      [podIdentity, {}],
      [minimalExisting(), {}],
    ];
    for (const [file, answers] of situations) {
      const refused = { complaint: 'An error occurred (DBClusterNotFoundFault) when calling the Operation operation' };
      programs.write('terraform', COMPLETE.terraform);
      programs.write('kubectl', COMPLETE.kubectl);
      programs.write('aws', { ...answers, ...COMPLETE.aws, ...answers, rds: refused, eks: refused });
      writeFileSync(join(folder, 'a.yaml'), stringify(file));
      await runInProcess({ PATH: programs.directory, ENVIRONMENTS_DIR: folder }, 'preflight', 'prod', '--json');
    }
    // The dry run shows whether the deployment may: that permission comes from there.
    const actions = actionsOf(asked()).filter((action) => action !== 'ec2:CreateSecurityGroup');
    expect(actions).toEqual(withoutResources(allowed('preflight', minimal())));
    expect(allowed('preflight', minimalExisting()).filter((pair) => pair.startsWith('rds:'))).toEqual([]);
    expect(actions.filter((action) => !/:(?:Describe|Get|List|Simulate)/.test(action))).toEqual([]);
  });

  it('of init are those that the guide names', () => {
    programs.write('aws', {
      'eks list-clusters': { clusters: ['platform'] },
      'eks describe-cluster': { cluster: { resourcesVpcConfig: { vpcId: 'vpc-1' } } },
      'ec2 describe-subnets': { Subnets: [] },
      'configure get region': 'eu-west-1',
    });
    process.env.PATH = programs.directory;
    const aws = new (Aws as unknown as { new (profile?: string): Aws })('default');
    expect(aws.clusters(aws.region() ?? '')).toEqual(['platform']);
    aws.privateSubnets('eu-west-1', 'platform');
    const guide = readFileSync(join(__dirname, '..', '..', 'docs', 'reference', 'iam.md'), 'utf8');
    const [, named = ''] = /`init` asks with (.*?)\./s.exec(guide) ?? [];
    expect([...named.matchAll(/`([\w:]+)`/g)].map(([, action]) => action)).toEqual(actionsOf(asked()));
  });

  it('of destroy and of what a killed deployment left are those of whoever deploys', () => {
    const pairs = allowed('deploy', minimal());
    expect(pairs).toContain('s3:ListBucketVersions arn:aws:s3:::prod-agent-bom-*');
    expect(withoutResources(pairs)).toEqual(
      expect.arrayContaining(['iam:GetRole', 'tag:GetResources', actionOf('s3api list-object-versions --bucket a')]),
    );
    // deploy/recovery/aws-lookups.ts
    const questions = ['kms describe-key', 'kms list-resource-tags', 'rds describe-event-subscriptions']
      .concat(['rds list-tags-for-resource', 'ec2 describe-security-groups', 'ec2 describe-security-group-rules'])
      .map(actionOf);
    expect(withoutResources(pairs)).toEqual(expect.arrayContaining(questions));
    // deploy/recovery/databases.ts
    const ofInstance = ['rds describe-db-instances', 'rds modify-db-instance'].map(actionOf);
    expect(withoutResources(pairs)).toEqual(expect.arrayContaining(ofInstance));
    const ofCluster = ['rds describe-db-clusters', 'rds modify-db-cluster'].map(actionOf);
    expect(withoutResources(allowed('deploy', aurora))).toEqual(expect.arrayContaining([...ofInstance, ...ofCluster]));
    const identities = withoutResources(allowed('deploy', podIdentity));
    const associations = ['eks list-pod-identity-associations', 'eks describe-pod-identity-association'].map(actionOf);
    expect(identities).toEqual(expect.arrayContaining(associations));
  });

  it('are known for every file that asks AWS', () => {
    const files = readdirSync(COMMANDS, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    const asking = files.filter((file) =>
      /askAws\(|askJson\('aws'|spawnSync\('aws'|ask\('aws'/.test(readFileSync(join(COMMANDS, file), 'utf8')),
    );
    const known = asking.filter((file) => !file.startsWith('preflight/'));
    expect(known.sort()).toEqual([
      'deploy/recovery/aws-lookups.ts',
      'deploy/recovery/aws-objects.ts',
      'deploy/recovery/databases.ts',
      'destroy/run.ts',
      'doctor/backup-checks.ts',
      // With --refresh-prices, which says what it requires.
      'explain/cost/refresh.ts',
      'init/aws.ts',
      // test/emulator/restore.test.ts
      'restore/rds.ts',
      'shared/program-runner.ts',
    ]);
  });
});
