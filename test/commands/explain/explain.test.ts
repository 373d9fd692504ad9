import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { identities } from '../../../commands/explain/access';
import { connectionBudget } from '../../../commands/explain/budget';
import { StackTemplate } from '../../../commands/explain/stack-template';
import { connectionsOf } from '../../../contract/aws/capacity';
import { BUNDLED_PRICES } from '../../../contract/aws/cost/prices';
import { connectionLimits, connectionsNeeded } from '../../../contract/postgres/connection-budget';
import { newestVersion } from '../../../contract/product/facts';
import { type ProgramRun, runWithStreams } from '../../support/commands/program';
import { minimal, minimalExisting, parsed, synthesize } from '../../support/synth/environments';
import { temporaryDirectory } from '../../support/temporary-directory';

jest.setTimeout(180_000);
jest.mock('../../../commands/shared/environment/synthesis', () => {
  const { synthesizedOnce } = jest.requireActual('../../support/commands/synthesized-once');
  return synthesizedOnce(jest.requireActual('../../../commands/shared/environment/synthesis'));
});

let directory: string;
beforeAll(() => {
  directory = temporaryDirectory('explain-');
  writeFileSync(join(directory, 'prod.yaml'), stringify(minimal()));
});

const explain = (...commandArguments: readonly string[]) =>
  runWithStreams({ ENVIRONMENTS_DIR: directory }, 'explain', ...commandArguments);

const VERIFICATION = 'CronJob agent-bom-verify (verify)';
const JOBS = ['Job migrate (after, verify)', 'CronJob agent-bom-migrate-monthly (after, verify)'];

describe('explain', () => {
  let run: ProgramRun;
  beforeAll(async () => {
    run = await explain('prod', '--json');
  });

  it('reports what Terraform would see', () => {
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const report = JSON.parse(run.stdout);
    expect(report).toMatchObject({
      schemaVersion: 1,
      command: 'explain',
      environment: 'prod',
      region: 'eu-west-1',
      cluster: 'platform',
      namespace: 'agent-bom',
    });
    const { database, workload } = synthesize(parsed(minimal()));
    const types = report.stacks.map(({ resources }: { resources: { type: string }[] }) =>
      resources.map(({ type }) => type.replace(/ .*/, '')).sort(),
    );
    expect(types).toEqual([database.inventory(), workload.inventory()]);
    expect(report.stacks[0].resources).toContainEqual({
      type: 'aws_db_instance',
      path: 'database/instance',
      name: 'prod-agent-bom',
    });
    expect(report.stacks[1].resources).toContainEqual({
      type: 'kubernetes_manifest ExternalSecret',
      path: 'secrets/app/external-secret',
      name: 'agent-bom-app-g1',
    });
  });

  it('reports the connection budget that the migration Job enforces', () => {
    const { budget } = JSON.parse(run.stdout);
    const limits = connectionLimits({ chartVersion: newestVersion(), replicas: 2, poolMinimum: 5, poolMaximum: 20 });
    expect(limits).toEqual({ app: 74, maintenance: 14, backup: 4 });
    expect(budget).toEqual({
      limits,
      pools: [
        { name: 'app', identity: 'app', connections: 20, allPods: 60 },
        { name: 'idempotency-fence', identity: 'app', connections: 4, allPods: 12 },
        { name: 'maintenance', identity: 'maintenance', connections: 4, allPods: 12 },
      ],
      administration: 8,
      needed: connectionsNeeded(limits),
      available: connectionsOf('db.t4g.medium'),
      instanceClass: 'db.t4g.medium',
      replicas: 2,
      poolMaximum: 20,
    });
  });

  it('reports who holds which identity, and what the roles of AWS may do', () => {
    const report = JSON.parse(run.stdout);
    const held = Object.fromEntries(
      report.identities.map(({ identity, heldBy }: { identity: string; heldBy: string[] }) => [
        identity,
        heldBy.map((holder) => holder.replace(/agent-bom-(migrate|revoke)-[0-9a-f]{10}(?:-\*)?/, '$1')),
      ]),
    );
    expect(held).toEqual({
      admin: [
        'Job migrate (before, packaged, after, verify)',
        'CronJob agent-bom-migrate-monthly (before, packaged, after, verify)',
        'Job revoke (revoke)',
        VERIFICATION,
      ],
      app: [...JOBS, 'Job revoke (revoke)', VERIFICATION, 'API (Helm release)'],
      maintenance: [...JOBS, 'Job revoke (revoke)', VERIFICATION, 'API (Helm release)'],
      backup: ['CronJob agent-bom-backup (dump)', ...JOBS, VERIFICATION],
    });
    expect(report.identities[1]).toMatchObject({
      secret: 'agent-bom-app-g1',
      logins: ['agent_bom_app', 'agent_bom_app_b'],
    });
    expect(report.roles).toEqual([
      {
        name: 'prod-agent-bom-backup',
        purpose: expect.stringContaining('Uploads the dumps'),
        serviceAccounts: ['agent-bom/agent-bom-backup'],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey', 's3:PutObject'],
        policies: [],
      },
      expect.objectContaining({
        name: 'prod-agent-bom-monitoring',
        serviceAccounts: [],
        actions: [],
        policies: ['AmazonRDSEnhancedMonitoringRole'],
      }),
      ...['api', 'scanner'].map((workload) => ({
        name: `prod-agent-bom-${workload}`,
        purpose: expect.stringContaining(workload),
        serviceAccounts: [`agent-bom/agent-bom-prod-${workload}`],
        actions: workload === 'api' ? ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'] : [],
        policies: [],
      })),
      expect.objectContaining({
        name: 'prod-agent-bom-secret-reader',
        serviceAccounts: ['agent-bom/agent-bom-secret-reader'],
        actions: ['kms:Decrypt', 'secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
      }),
    ]);
  });

  it('says what a role may that has no policy of its own: what its managed policy allows, or nothing', async () => {
    const { stdout } = await explain('prod');
    expect(stdout).toMatch(/prod-agent-bom-monitoring\n.*\n {2}may +what AmazonRDSEnhancedMonitoringRole allows\n/);
    expect(stdout).toMatch(/prod-agent-bom-scanner\n.*\n {2}may +nothing\n/);
  });

  it('reports who may connect to the port of the database', () => {
    expect(JSON.parse(run.stdout).network).toEqual([
      { source: null, port: 5432, purpose: 'PostgreSQL from the EKS cluster platform' },
    ]);
  });

  it('reports what it costs, as the stacks have it', () => {
    const { cost } = JSON.parse(run.stdout);
    const { database } = synthesize(parsed(minimal()));
    const secrets = database.resources('aws_secretsmanager_secret').length + 1;
    expect(cost).toMatchObject({
      region: 'eu-west-1',
      pricesOf: BUNDLED_PRICES.date,
      currency: 'USD',
      isPartial: true,
    });
    const part = (name: string) => cost.parts.find((found: { part: string }) => found.part === name);
    expect(part('instance')).toEqual({ part: 'instance', monthly: 51.1, how: 'db.t4g.medium at $0.07 an hour' });
    expect(part('secrets').monthly).toBeCloseTo(secrets * 0.4, 2);
    expect(part('alarms').monthly).toBeGreaterThanOrEqual(
      database.resources('aws_cloudwatch_metric_alarm').length * 0.1,
    );
    expect(part('logs').monthly).toBeNull();
  });

  it('shows the same to people, as tables and as a tree, and takes a file', async () => {
    const { stdout: tables } = await explain('prod');
    const { stdout: tree } = await explain(join(directory, 'prod.yaml'), '--tree');
    expect(tables).toMatch(/^prod-database creates 65 resources; looks up 23$/m);
    expect(tables).toMatch(/^database\/instance\n {2}resource {2}aws_db_instance\n {2}name {6}prod-agent-bom$/m);
    expect(tables).toMatch(/^needed +100$/m);
    expect(tables).toMatch(/^available +405 +db\.t4g\.medium; 305 are spare$/m);
    expect(tables).toMatch(/^ +idempotency-fence pool +12 +up to 4 a pod$/m);
    expect(tables).toMatch(/^together +at least \d+\.\d\d +and what is unknown$/m);
    expect(tables).not.toContain('…');
    expect(tree).toMatch(/^├─ database\n(?:│ .*\n)*│ {2}├─ instance: aws_db_instance "prod-agent-bom"$/m);
    expect(tree).toMatch(/^├─ trust\n│ {2}└─ authorities: kubernetes_config_map_v1 "agent-bom-postgres-ca"$/m);
    expect(tree).not.toContain('  resource  aws_');
  });

  it('knows which environments there are', async () => {
    expect(await explain('staging')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/got: {2}staging\n.*: prod\n/),
    });
  });

  it('reports a mistake in the file like synth, and what a construct refuses, without a trace', async () => {
    const other = temporaryDirectory('other-');
    const inDirectory = (content: object) => {
      writeFileSync(join(other, 'prod.yaml'), stringify(content));
      return runWithStreams({ ENVIRONMENTS_DIR: other }, 'explain', 'prod', '--json');
    };
    const wrong = await inDirectory({ ...minimal(), region: 'nowhere' });
    expect(wrong).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/prod\.yaml:2:1 region\n/) });
    const refused = await inDirectory({ ...minimal(), region: 'il-central-1' });
    expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('il-central-1-bundle.pem') });
    expect(refused.stderr).toMatch(/^\nprod-workload\/trust\n {2}got: /);
    expect(refused.stderr).not.toMatch(/^ +at /m);
  });
});

describe('what is read from a stack', () => {
  const stack = (resource: object) => new StackTemplate('prod-workload', { resource } as never);

  it('is not known where the stack does not say it', () => {
    expect(connectionBudget(parsed(minimal()), [stack({})])).toBeNull();
    expect(identities([stack({})]).map(({ secret, heldBy }) => [secret, heldBy])).toEqual(Array(4).fill([null, []]));
    const options = {
      CONTRACT_OPTIONS: ['app', 'maintenance', 'backup']
        .map((name) => `-c agent_bom.${name}_connection_limit=3`)
        .join(' '),
    };
    const environment = {
      ...parsed(minimal()),
      database: { ...parsed(minimal()).database, instanceClass: 'db.x9.large' as const },
    };
    expect(connectionBudget(environment, [stack({ any: { one: options } })])).toMatchObject({
      needed: 17,
      available: null,
      instanceClass: null,
      replicas: null,
    });
  });

  it.each([
    ['of the class', minimal(), 405],
    ['that the file gives, before that of the class', { ...minimal(), database: { maxConnections: 300 } }, 300],
    [
      'of the highest capacity',
      { ...minimal(), database: { form: 'aurora', aurora: { minimumCapacity: 2, maximumCapacity: 8 } } },
      1669,
    ],
    ['that a server which is there already accepts', minimalExisting(), 400],
  ])('is the number of connections %s', (_what, file, available) => {
    const limits = ['app', 'maintenance', 'backup'].map((name) => `-c agent_bom.${name}_connection_limit=1`).join(' ');
    const budget = connectionBudget(parsed(file), [stack({ a: { one: { text: limits } } })]);
    expect(budget).toMatchObject({ available });
  });
});
