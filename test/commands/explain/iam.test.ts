import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { iamPolicies, PURPOSES, type Purpose, RESOURCE_ACTIONS } from '../../../commands/explain/iam/policies';
import { StackTemplate } from '../../../commands/explain/stack-template';
import { LOOKUP_ACTIONS } from '../../../contract/aws/iam/access-actions';
import { LONGEST_POLICY, type PolicyDocument, policyDocuments } from '../../../contract/aws/iam/documents';
import type { TypeActions } from '../../../contract/aws/iam/type-actions';
import { ContractError } from '../../../contract/error';
import { runWithStreams } from '../../support/commands/program';
import { minimal, parsed, synthesizeAll } from '../../support/synth/environments';
import { inPlace, PLACES, VARIETIES, type Variety } from '../../support/synth/varieties';

/** Managed policies that a role may have where nobody has raised the quota. */
const MOST_POLICIES = 10;

type Statement = PolicyDocument['Statement'][number];

const synthesized = new Map<string, readonly StackTemplate[]>();
/** The stacks of a file, which take seconds to make. */
function stacksOf(file: object): readonly StackTemplate[] {
  const known = synthesized.get(JSON.stringify(file));
  if (known !== undefined) return known;
  const { database, workload } = synthesizeAll(parsed(file), 'PEM');
  const stacks = Object.entries({ database, workload }).flatMap(([name, template]) =>
    template === undefined ? [] : [new StackTemplate(`prod-${name}`, template.json)],
  );
  synthesized.set(JSON.stringify(file), stacks);
  return stacks;
}
const policiesOf = (file: object, purpose: Purpose): Record<string, PolicyDocument> =>
  iamPolicies(purpose, parsed(file), stacksOf(file));
const statementsOf = (file: object, purpose: Purpose): Statement[] =>
  Object.values(policiesOf(file, purpose)).flatMap(({ Statement }) => Statement);
/** Every action with every resource that it is allowed on. */
const pairs = (statements: readonly Statement[]): string[] =>
  statements.flatMap(({ Action, Resource }) =>
    Action.flatMap((action) => Resource.map((resource) => `${action} ${resource}`)),
  );
const varieties = Object.keys(VARIETIES) as Variety[];

describe('the policies', () => {
  it.each(varieties)('of %s fit into managed policies, name every action, and lie in the partition', (variety) => {
    for (const purpose of PURPOSES) {
      const policies = Object.entries(policiesOf(VARIETIES[variety], purpose));
      expect(policies.length).toBeLessThanOrEqual(MOST_POLICIES);
      for (const [name, policy] of policies) {
        expect(name).toMatch(new RegExp(`^prod-agent-bom-${purpose}(?:-\\d)?$`));
        expect(JSON.stringify(policy).length).toBeLessThanOrEqual(LONGEST_POLICY);
        for (const { Action, Resource } of policy.Statement) {
          expect(Action.filter((action) => !/^[a-z0-9]+:[A-Z]\w+$/.test(action))).toEqual([]);
          expect(Resource.filter((resource) => resource !== '*' && !/^arn:aws:[a-z0-9]+:/.test(resource))).toEqual([]);
          expect(Resource.filter((resource) => /[${}|]/.test(resource))).toEqual([]);
        }
      }
    }
  });

  it.each(PLACES)('are of the partition and the regions of $region', (place) => {
    // Not every place has a second region that is known.
    const copies = place.partition === 'aws' && place.region === 'eu-west-1';
    const file = copies ? VARIETIES.large : VARIETIES.instance;
    const statements = statementsOf(inPlace(file, place), 'deploy');
    const arns = statements.flatMap(({ Resource }) => Resource).filter((resource) => resource !== '*');
    expect(new Set(arns.map((arn) => arn.split(':')[1]))).toEqual(new Set([place.partition]));
    const regions = new Set(arns.map((arn) => arn.split(':')[3]));
    expect(regions).toEqual(new Set(['', place.region, ...(copies ? [place.second] : [])]));
    const services = statements.flatMap(({ Condition }) => Object.values(Condition?.StringEquals ?? {}).flat());
    const rds = services.filter((value) => value.startsWith('rds.') && value.includes(place.region));
    const suffix = place.partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
    expect(new Set(rds)).toEqual(new Set([`rds.${place.region}.${suffix}`]));
  });

  it('of a plan read, and write nothing but the lock of the state', () => {
    for (const variety of varieties) {
      const allowed = pairs(statementsOf(VARIETIES[variety], 'plan'));
      const writing = allowed.filter((pair) => !/^\w+:(?:Describe|Get|List)/.test(pair));
      expect(writing.filter((pair) => !/^s3:(?:Put|Delete)Object arn:aws:s3:::states\/.*\.tflock$/.test(pair))).toEqual(
        [],
      );
      expect(writing).toHaveLength(variety === 'large' ? 4 : 0);
      expect(allowed.filter((pair) => /GetSecretValue|GetObject (?!.*\/agent-bom\/.*tfstate)/.test(pair))).toEqual([]);
    }
  });

  it('of a deployment allow what a plan asks too', () => {
    for (const variety of varieties) {
      const deploy = new Set(pairs(statementsOf(VARIETIES[variety], 'deploy')));
      const plan = pairs(statementsOf(VARIETIES[variety], 'plan'));
      expect(plan.filter((pair) => !deploy.has(pair))).toEqual([]);
    }
  });

  it('of a deployment change only what the environment names, or what has its tag', () => {
    const statements = statementsOf(minimal(), 'deploy');
    const writing = statements
      .map(({ Action, ...rest }) => ({
        ...rest,
        Action: Action.filter((action) => !/:(?:Describe|Get|List)/.test(action)),
      }))
      .filter(({ Action }) => Action.length > 0);
    const anywhere = writing.filter(({ Resource }) => Resource.includes('*'));
    expect(pairs(anywhere.filter(({ Condition }) => Condition === undefined))).toEqual([]);
    const foreign = pairs(writing.filter(({ Condition }) => Condition === undefined))
      .filter((pair) => !/prod[-/]agent-bom/.test(pair))
      .map((pair) => pair.replace(/arn:aws:(\w+):[^:]*:[^:]*:/, '$1 '));
    expect(foreign.sort()).toEqual([
      'ec2:AuthorizeSecurityGroupIngress ec2 security-group-rule/*',
      'ec2:CreateSecurityGroup ec2 vpc/*',
      'ec2:CreateTags ec2 security-group-rule/*',
      'ec2:DeleteTags ec2 security-group-rule/*',
      'ec2:ModifySecurityGroupRules ec2 security-group-rule/*',
      'rds:CreateDBInstance rds og:default:*',
      'rds:ModifyDBInstance rds og:default:*',
      'rds:RestoreDBInstanceFromDBSnapshot rds og:default:*',
      'rds:RestoreDBInstanceFromDBSnapshot rds snapshot:*',
      'rds:RestoreDBInstanceToPointInTime rds auto-backup:*',
      'rds:RestoreDBInstanceToPointInTime rds db:*',
      'rds:RestoreDBInstanceToPointInTime rds og:default:*',
      'secretsmanager:CreateSecret secretsmanager secret:rds!*',
      'secretsmanager:TagResource secretsmanager secret:rds!*',
    ]);
    expect(pairs(statements)).toContain('rds:CreateDBInstance arn:aws:rds:eu-west-1:*:subgrp:prod-agent-bom');
    expect(pairs(statements)).toContain(
      'secretsmanager:PutSecretValue arn:aws:secretsmanager:eu-west-1:*:secret:prod/agent-bom/app-??????',
    );
    const tagged = statements.filter(({ Action }) => Action.includes('kms:ScheduleKeyDeletion'));
    expect(tagged).toEqual([
      expect.objectContaining({
        Resource: ['arn:aws:kms:eu-west-1:*:key/*'],
        Condition: { StringEquals: { 'aws:ResourceTag/agent-bom-environment': 'prod' } },
      }),
    ]);
  });

  it('pass a role to nobody but its service, and attach no policy but those of the stacks', () => {
    const passing = [
      VARIETIES.large,
      VARIETIES.serverless,
      { ...minimal(), cluster: { name: 'platform', podRoles: 'pod-identity' } },
    ]
      .flatMap((file) => statementsOf(file, 'deploy'))
      .filter(({ Action }) => Action.includes('iam:PassRole'));
    expect(passing.length).toBeGreaterThanOrEqual(4);
    const services = passing.map(({ Condition }) => Condition?.StringEquals?.['iam:PassedToService']);
    expect(new Set(services)).toEqual(new Set(['monitoring.rds.amazonaws.com', 'pods.eks.amazonaws.com']));
    const attaching = statementsOf(minimal(), 'deploy').filter(({ Action }) => Action.includes('iam:AttachRolePolicy'));
    expect(attaching).toEqual([
      {
        Effect: 'Allow',
        Action: ['iam:AttachRolePolicy', 'iam:DetachRolePolicy'],
        Resource: ['arn:aws:iam::*:role/prod-agent-bom-monitoring'],
        Condition: {
          ArnLike: { 'iam:PolicyARN': 'arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole' },
        },
      },
    ]);
  });

  it('of doctor read the server, the names of the dumps and the cluster', () => {
    expect(pairs(statementsOf(minimal(), 'doctor'))).toEqual([
      'eks:DescribeCluster arn:aws:eks:eu-west-1:*:cluster/platform',
      'rds:DescribeDBInstances arn:aws:rds:eu-west-1:*:db:prod-agent-bom',
      's3:ListBucket arn:aws:s3:::prod-agent-bom-*',
    ]);
    expect(pairs(statementsOf(VARIETIES.existing, 'doctor'))).toEqual([
      'eks:DescribeCluster arn:aws:eks:eu-west-1:*:cluster/platform',
      'rds:DescribeDBInstances arn:aws:rds:eu-west-1:*:db:platform',
    ]);
  });

  it('of a rehearsal change and delete nothing but copies', () => {
    for (const variety of ['instance', 'serverless'] as const) {
      const changing = pairs(statementsOf(VARIETIES[variety], 'rehearse')).filter((pair) =>
        /^rds:(?:Delete|Reboot)/.test(pair),
      );
      expect(changing.length).toBeGreaterThanOrEqual(3);
      expect(changing.filter((pair) => !pair.endsWith('-rehearsal*'))).toEqual([]);
    }
    for (const purpose of ['rehearse', 'restore'] as const) {
      expect(statementsOf(VARIETIES.existing, purpose)).toEqual([]);
    }
    const changed = pairs(statementsOf(minimal(), 'restore')).filter((pair) => pair.startsWith('rds:Modify'));
    expect(changed.map((pair) => pair.replace(/.*:db:/, ''))).toEqual(
      ['', '-new-*', '-old-*'].map((suffix) => `prod-agent-bom${suffix}`),
    );
  });

  it('read the secrets that Terraform delivers only for whoever deploys, and list their versions for a plan too', () => {
    const on = (purpose: Purpose, action: string, file: object = VARIETIES.terraform) =>
      pairs(statementsOf(file, purpose))
        .filter((pair) => pair.startsWith(`secretsmanager:${action} `))
        .map((pair) => pair.replace(/.*:secret:/, ''))
        .sort();
    const own = ['app', 'backup', 'control-plane', 'maintenance'].map((name) => `prod/agent-bom/${name}-??????`);
    const others = ['platform/agent-bom-a1b2c3', 'rds!*-??????'];
    expect(on('deploy', 'GetSecretValue')).toEqual([...others.slice(0, 1), ...own, ...others.slice(1)]);
    expect(on('plan', 'ListSecretVersionIds')).toEqual(on('deploy', 'GetSecretValue'));
    expect(on('plan', 'GetSecretValue')).toEqual([]);
    expect(on('deploy', 'GetSecretValue', VARIETIES.instance)).toEqual(own);
  });

  it('refuse a type whose actions nobody has written down', () => {
    for (const kind of ['resource', 'data', 'ephemeral']) {
      const stack = new StackTemplate('prod-database', { [kind]: { aws_new: { a: {} } } });
      expect(() => iamPolicies('deploy', parsed(minimal()), [stack])).toThrow(ContractError);
    }
  });
});

describe('the tables of actions', () => {
  const tables = Object.entries<TypeActions>({ ...RESOURCE_ACTIONS, ...LOOKUP_ACTIONS });

  it('name the source of every type, and read with reading actions', () => {
    for (const [type, { source, read = [], readAny = [] }] of tables) {
      expect({ type, source }).toEqual({ type, source: expect.stringContaining('/service-authorization/') });
      expect([...read, ...readAny].filter((action) => !/:(?:Describe|Get|List)/.test(action))).toEqual([]);
    }
  });

  it('limit what they write, or say that AWS cannot', () => {
    for (const [type, { on, tagged, write, create, createOn, read }] of tables) {
      if (write !== undefined || read !== undefined)
        expect({ type, limited: on ?? tagged }).toEqual({ type, limited: expect.anything() });
      if (create !== undefined) expect({ type, createOn }).toEqual({ type, createOn: expect.anything() });
    }
  });
});

describe('documents', () => {
  const many = (count: number, prefix: string) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

  it('join what allows the same, and keep apart what differs', () => {
    const [document, ...others] = policyDocuments([
      { actions: ['a:B', 'a:A'], resources: ['one'] },
      { actions: ['a:A', 'a:B'], resources: ['two'] },
      { actions: ['a:A'], resources: ['one'], condition: { Bool: { key: 'true' } } },
    ]);
    expect(others).toEqual([]);
    expect(document?.Statement).toEqual([
      { Effect: 'Allow', Action: ['a:A'], Resource: ['one'], Condition: { Bool: { key: 'true' } } },
      { Effect: 'Allow', Action: ['a:A', 'a:B'], Resource: ['one', 'two'] },
    ]);
  });

  it('are as many as it takes, and lose nothing', () => {
    const resources = many(300, 'arn:aws:rds:eu-west-1:*:db:some-quite-long-name-');
    const actions = many(400, 'service:SomeQuiteLongActionName');
    const documents = policyDocuments([
      { actions: ['a:A'], resources },
      { actions, resources: ['*'] },
    ]);
    const statements = documents.flatMap(({ Statement }) => Statement);
    expect(documents.length).toBeGreaterThan(3);
    for (const document of documents) expect(JSON.stringify(document).length).toBeLessThanOrEqual(LONGEST_POLICY);
    expect(pairs(statements).sort()).toEqual(
      [...resources.map((resource) => `a:A ${resource}`), ...actions.map((action) => `${action} *`)].sort(),
    );
  });
});

describe('explain --iam', () => {
  jest.setTimeout(60_000);
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'iam-'));
    writeFileSync(join(directory, 'prod.yaml'), stringify(minimal()));
  });
  afterAll(() => rmSync(directory, { recursive: true }));
  const explain = (...more: string[]) => runWithStreams({ ENVIRONMENTS_DIR: directory }, 'explain', 'prod', ...more);

  it('prints the policies and nothing else, or writes each to a file', async () => {
    const printed = await explain('--iam', 'deploy');
    const policies = JSON.parse(printed.stdout) as Record<string, PolicyDocument>;
    expect({ code: printed.code, stderr: printed.stderr }).toEqual({ code: 0, stderr: '' });
    expect(policies).toEqual(policiesOf(minimal(), 'deploy'));
    const folder = join(directory, 'policies', 'of-prod');
    const { stdout } = await explain('--iam', 'deploy', '--output', folder);
    expect(readdirSync(folder).sort()).toEqual(Object.keys(policies).map((name) => `${name}.json`));
    for (const [name, policy] of Object.entries(policies)) {
      expect(JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'))).toEqual(policy);
      expect(stdout).toContain(`--policy-name ${name} --policy-document file://${join(folder, name)}.json\n`);
    }
  });

  it.each([
    [['--output', 'x'], '--output', 'an option of --iam'],
    [['--iam', 'plan', '--tree'], '--tree', 'not an option of --iam'],
    [['--iam', 'plan', '--json'], '--json', 'not an option of --iam'],
  ])('refuses %j', async (flags, path, rule) => {
    const { code, stderr, stdout } = await explain(...flags);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(path);
    expect(stderr).toContain(rule);
  });
});
