import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Answers, answerFlags, type Subnet } from '../../commands/init/answers';
import { Aws } from '../../commands/init/aws';
import { environmentText } from '../../commands/init/environment-text';
import { askAnswers, type Questioner, type TextQuestion } from '../../commands/init/questions';
import { readEnvironments } from '../../commands/shared/environment/environment-files';
import { regionAuthorities } from '../../contract/aws/certificate-authorities';
import { parseEnvironment } from '../../contract/environment/parse';
import { runWithStreams } from '../support/commands/program';
import { synthesize } from '../support/synth/environments';

jest.mock('../../commands/explain/synthesized', () => {
  const { synthesizedInProcess } = jest.requireActual('../support/commands/synthesized-stacks');
  return { synthesizedStacks: synthesizedInProcess };
});

const FLAGS = {
  name: ['--name', 'prod'],
  region: ['--region', 'eu-west-1'],
  cluster: ['--cluster', 'platform'],
  subnet: ['--subnet', 'subnet-0a1b2c3d', 'subnet-1a2b3c4d'],
  issuer: ['--issuer', 'https://auth.example.com'],
} as const;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'init-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const init = (...commandArguments: readonly string[]) =>
  runWithStreams({ ENVIRONMENTS_DIR: directory }, 'init', ...commandArguments);
const flags = (replaced: Partial<Record<keyof typeof FLAGS, readonly string[]>> = {}): string[] =>
  Object.values({ ...FLAGS, ...replaced }).flat();

/** An `aws` that answers as the arguments begin, and fails for everything else. */
function fakeAws(answers: Readonly<Record<string, unknown>>): Record<string, string> {
  const bin = join(directory, 'bin');
  mkdirSync(bin);
  const cases = Object.entries({ '--version': 'aws-cli/2', ...answers }).map(
    ([beginning, answer]) =>
      `"${beginning}"*) echo '${typeof answer === 'string' ? answer : JSON.stringify(answer)}' ;;`,
  );
  writeFileSync(
    join(bin, 'aws'),
    `#!/bin/sh\necho "$*" >> '${directory}/asked'\ncase "$*" in\n${cases.join('\n')}\n*) echo 'Token has expired' >&2; exit 255 ;;\nesac\n`,
  );
  chmodSync(join(bin, 'aws'), 0o755);
  return { ENVIRONMENTS_DIR: directory, PATH: `${bin}:${process.env.PATH}` };
}

const CLUSTER = {
  'eks list-clusters --region eu-west-1': { clusters: ['platform'] },
  'eks describe-cluster --region eu-west-1 --name platform': { cluster: { resourcesVpcConfig: { vpcId: 'vpc-1' } } },
};
const subnet = (id: string, zone: string, open = false, tag?: string) => ({
  SubnetId: id,
  AvailabilityZone: zone,
  MapPublicIpOnLaunch: open,
  Tags: tag === undefined ? [] : [{ Key: tag }],
});

describe('init with flags', () => {
  it('writes a file that is valid, synthesizes, and says where its schema is', async () => {
    const { code, stdout } = await init(...flags(), '--state-bucket', 'our-state');
    expect({ code, stdout }).toMatchObject({ code: 0 });
    expect(stdout).toContain('  npx agent-bom-postgres deploy prod\n');
    expect(stdout).toMatch(/^together +at least \d+\.\d\d/m);
    const text = readFileSync(join(directory, 'prod.yaml'), 'utf8');
    expect(text).toMatch(/^# yaml-language-server: \$schema=\S+\/environments\/environment\.schema\.json\n/);
    expect(text).not.toMatch(/\n\n\n| $/m);
    const [read] = readEnvironments(directory);
    expect(read?.environment).toMatchObject({
      name: 'prod',
      region: 'eu-west-1',
      cluster: { name: 'platform' },
      database: { subnetIds: ['subnet-0a1b2c3d', 'subnet-1a2b3c4d'] },
      release: { trustedProxyIssuer: 'https://auth.example.com' },
      state: { bucket: 'our-state', region: 'eu-west-1', prefix: 'agent-bom' },
    });
    if (read === undefined) throw new Error('no environment was read');
    const { database, workload } = synthesize(read.environment);
    expect(database.resource('aws_db_instance').identifier).toBe('prod-agent-bom');
    expect(workload.resources('helm_release')).toHaveLength(1);
  });

  it('uses the schema beside the file, and reports for machines alone', async () => {
    writeFileSync(join(directory, 'environment.schema.json'), '{}');
    const { code, stdout, stderr } = await init(...flags(), '--json');
    const file = join(directory, 'prod.yaml');
    expect(JSON.parse(stdout)).toEqual({
      schemaVersion: 1,
      command: 'init',
      environment: 'prod',
      file,
      stacks: ['prod-database', 'prod-workload'],
      cost: expect.objectContaining({ region: 'eu-west-1', isPartial: true }),
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(readFileSync(file, 'utf8').split('\n')[0]).toBe('# yaml-language-server: $schema=./environment.schema.json');
  });

  it('takes the usual namespace where only the examples that come with the project are in it', async () => {
    for (const file of ['example.yaml', 'byo-postgres.yaml']) {
      copyFileSync(join(__dirname, '..', '..', 'environments', file), join(directory, file));
    }
    expect(await init(...flags())).toMatchObject({ code: 0 });
    expect(readFileSync(join(directory, 'prod.yaml'), 'utf8')).not.toContain('\nnamespace:');
    expect(readEnvironments(directory).map(({ environment }) => environment.namespace)).toContain('agent-bom');
  });

  it('takes a dash for standard output', async () => {
    const { stdout } = await init(...flags(), '--json', '-');
    expect(JSON.parse(stdout)).toMatchObject({ command: 'init' });
    expect(existsSync('-')).toBe(false);
  });

  it('names every flag that is missing in one error', async () => {
    const { code, stderr } = await init('--name', 'prod');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^--region, --cluster, --issuer\n {2}got: {2}nothing\n/);
    expect(stderr.match(/ rule: /g)).toHaveLength(1);
    expect(existsSync(join(directory, 'prod.yaml'))).toBe(false);
  });

  it('leaves a file that exists alone, unless it is told to replace it', async () => {
    writeFileSync(join(directory, 'prod.yaml'), 'name: prod # ours\n');
    const refused = await init(...flags());
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('--force') });
    expect(readFileSync(join(directory, 'prod.yaml'), 'utf8')).toBe('name: prod # ours\n');
    expect(await init('--output', join(directory, 'prod.yaml'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('an existing file is not overwritten'),
    });
    expect(await init(...flags(), '--force')).toMatchObject({ code: 0 });
    expect(readEnvironments(directory)).toHaveLength(1);
  });

  it.each([
    ['a bad name', { name: ['--name', 'Prod'] }, '--name'],
    ['a bad region', { region: ['--region', 'europe'] }, '--region'],
    ['one subnet', { subnet: ['--subnet', 'subnet-0a1b2c3d'] }, '--subnet'],
    ['a wrong subnet', { subnet: ['--subnet', 'subnet-0a1b2c3d', 'vpc-1'] }, '--subnet'],
    ['an issuer with a space', { issuer: ['--issuer', 'a b'] }, '--issuer'],
    ['a region without authorities', { region: ['--region', 'il-central-1'] }, '--ca-bundle'],
  ])('writes nothing for %s, and names the flag', async (_, replaced, flag) => {
    const { code, stderr } = await init(...flags(replaced));
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(new RegExp(`^${flag}\\n  got: `)) });
    expect(stderr.match(/ rule: /g)).toHaveLength(1);
    expect(existsSync(join(directory, 'prod.yaml'))).toBe(false);
  });

  it('reports all mistakes at once', async () => {
    const { stderr } = await init(...flags({ name: ['--name', 'Prod'], region: ['--region', 'europe'] }));
    expect(stderr).toMatch(/^--name$/m);
    expect(stderr).toMatch(/^--region$/m);
  });

  it('takes the authorities of a region that is not bundled from a file', async () => {
    writeFileSync(join(directory, 'rds.pem'), regionAuthorities('eu-west-1') ?? '');
    const region = ['--region', 'il-central-1'];
    expect(await init(...flags({ region }), '--ca-bundle', 'none.pem')).toMatchObject({ code: 2 });
    expect(await init(...flags({ region }), '--ca-bundle', 'rds.pem')).toMatchObject({ code: 0 });
    expect(readEnvironments(directory)[0]?.caBundle).toContain('BEGIN CERTIFICATE');
  });

  it('refuses a name that another file has', async () => {
    writeFileSync(join(directory, 'other.yaml'), 'name: prod\n');
    expect(await init(...flags())).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`prod, as in ${join(directory, 'other.yaml')}`),
    });
  });
});

describe('init with AWS', () => {
  const withoutSubnets = [...FLAGS.name, ...FLAGS.region, ...FLAGS.cluster, ...FLAGS.issuer, '--profile', 'work'];

  it('takes the private subnets of the cluster, with their zones', async () => {
    const environment = fakeAws({
      ...CLUSTER,
      'ec2 describe-subnets --region eu-west-1 --filters Name=vpc-id,Values=vpc-1': {
        Subnets: [
          subnet('subnet-0000000b', 'eu-west-1b'),
          subnet('subnet-0000000a', 'eu-west-1a'),
          subnet('subnet-0000000c', 'eu-west-1c', true),
        ],
      },
    });
    expect(await runWithStreams(environment, 'init', ...withoutSubnets)).toMatchObject({ code: 0 });
    const text = readFileSync(join(directory, 'prod.yaml'), 'utf8');
    expect(text).toContain('    - subnet-0000000a # eu-west-1a\n    - subnet-0000000b # eu-west-1b\n');
    expect(text).not.toContain('subnet-0000000c');
    const asked = readFileSync(join(directory, 'asked'), 'utf8').trim().split('\n').slice(1);
    expect(asked.filter((line) => !line.endsWith('--profile work'))).toEqual([]);
  });

  it('prefers the subnets that are tagged for internal load balancers, where they span two zones', () => {
    const tag = 'kubernetes.io/role/internal-elb';
    const subnets = (others: object[]) => ({
      ...CLUSTER,
      'ec2 describe-subnets': { Subnets: [subnet('subnet-1', 'a', false, tag), subnet('subnet-3', 'a'), ...others] },
    });
    const found = (others: object[]): string[] => {
      const former = process.env.PATH;
      process.env.PATH = fakeAws(subnets(others)).PATH;
      try {
        return (Aws.find(undefined)?.privateSubnets('eu-west-1', 'platform') ?? []).map(({ id }) => id);
      } finally {
        process.env.PATH = former;
        rmSync(join(directory, 'bin'), { recursive: true });
      }
    };
    expect(found([subnet('subnet-2', 'b', false, tag)])).toEqual(['subnet-1', 'subnet-2']);
    expect(found([subnet('subnet-2', 'b')])).toEqual(['subnet-1', 'subnet-3', 'subnet-2']);
  });

  it('says why AWS did not answer, beside what is missing', async () => {
    const environment = fakeAws({});
    const { code, stderr } = await runWithStreams(environment, 'init', ...withoutSubnets);
    expect(code).toBe(2);
    expect(stderr).toContain('--subnet\n  got:  nothing; aws eks describe-cluster: Token has expired\n');
  });

  it('takes a namespace of its own where another environment of the cluster is in the usual one', async () => {
    const usual = [...FLAGS.region, ...FLAGS.cluster, ...FLAGS.issuer];
    for (const name of ['one', 'two']) expect(await init('--name', name, ...usual)).toMatchObject({ code: 0 });
    expect(await init('--name', 'three', ...FLAGS.region, '--cluster', 'other', ...FLAGS.issuer)).toMatchObject({
      code: 0,
    });
    const namespaces = readEnvironments(directory).map(({ environment }) => [environment.name, environment.namespace]);
    expect(Object.fromEntries(namespaces)).toEqual({ one: 'agent-bom', two: 'agent-bom-two', three: 'agent-bom' });
  });

  it('leaves the subnets to Terraform where no profile is named', async () => {
    expect(await init(...withoutSubnets.slice(0, -2))).toMatchObject({ code: 0, stderr: '' });
    const text = readFileSync(join(directory, 'prod.yaml'), 'utf8');
    expect(parseEnvironment('prod.yaml', text)).not.toHaveProperty('environment.database.subnetIds');
    expect(parseEnvironment('prod.yaml', text)).toHaveProperty('environment.name', 'prod');
    expect(text).toContain('# database:\n#   subnetIds: []\n');
  });

  it('does without the AWS CLI, and does not call it unless a profile is named', async () => {
    const alone = { ENVIRONMENTS_DIR: directory, PATH: directory };
    const { stderr } = await runWithStreams(alone, 'init', ...withoutSubnets);
    expect(stderr).toContain('nothing; the AWS CLI is not installed');
    const { PATH = '' } = fakeAws(CLUSTER);
    expect((await runWithStreams({ ENVIRONMENTS_DIR: directory, PATH }, 'init', '--name', 'prod')).code).toBe(2);
    expect(existsSync(join(directory, 'asked'))).toBe(false);
  });
});

describe('the questions of init', () => {
  const nameMistake = (name: string) => (name === 'taken' ? 'a file that exists' : undefined);
  const bundleMistake = (_name: string, file: string) => (file === 'ca.pem' ? undefined : 'no certificates');

  /** Answers in the order of the questions, and what was asked. */
  class Person implements Questioner {
    readonly asked: string[] = [];
    readonly notes: string[] = [];

    constructor(private readonly answers: (string | readonly Subnet[] | undefined)[]) {}

    async text(message: string, question: TextQuestion): Promise<string | undefined> {
      const { initial, validate } = question;
      this.asked.push(message);
      const answer = (this.answers.shift() as string | undefined) ?? initial;
      const mistake = answer === undefined ? undefined : validate(answer);
      return mistake === undefined ? answer : this.text(`${message}: ${mistake}`, question);
    }

    async choose(message: string, choices: readonly string[]) {
      this.asked.push(`${message}: ${choices.join(', ')}`);
      return choices.at(-1);
    }

    async chooseSeveral(message: string, choices: readonly Subnet[]) {
      this.asked.push(`${message}: ${choices.map(({ id }) => id).join(', ')}`);
      return choices;
    }

    note(message: string) {
      this.notes.push(message);
    }
  }

  it('asks for all that is needed, again where an answer breaks its rule', async () => {
    const person = new Person([
      'Prod',
      'taken',
      'prod',
      'eu-west-1',
      'platform',
      'subnet-0a1b2c3d, subnet-1a2b3c4d',
      'idp',
      '',
    ]);
    const answers = await askAnswers({ given: {}, nameMistake, bundleMistake }, person);
    expect(answers).toEqual({
      name: 'prod',
      region: 'eu-west-1',
      cluster: 'platform',
      subnets: [{ id: 'subnet-0a1b2c3d' }, { id: 'subnet-1a2b3c4d' }],
      issuer: 'idp',
    });
    expect(person.asked).toHaveLength(8);
    expect(person.asked[2]).toMatch(/: a file that exists$/);
    expect(person.asked[1]).toMatch(/^Name of the environment: .*lower-case/i);
    expect(parseEnvironment('prod.yaml', environmentText(answers as Answers, './schema.json'))).toHaveProperty(
      'environment',
    );
  });

  it('asks nothing that a flag has said', async () => {
    const given = { name: 'prod', region: 'eu-west-1', cluster: 'platform', issuer: 'idp', stateBucket: 'our-state' };
    const person = new Person(['subnet-0a1b2c3d subnet-1a2b3c4d']);
    expect(await askAnswers({ given, nameMistake, bundleMistake }, person)).toMatchObject(given);
    expect(person.asked).toHaveLength(1);
  });

  it('offers what AWS sees, and says what it does not', async () => {
    const former = process.env.PATH;
    process.env.PATH = fakeAws({
      'configure get region': 'eu-west-1',
      'eks list-clusters --region eu-west-1': { clusters: ['green', 'platform'] },
    }).PATH;
    const person = new Person(['prod', undefined, 'subnet-0a1b2c3d subnet-1a2b3c4d', 'idp', '']);
    const answers = await askAnswers({ given: {}, aws: Aws.find(undefined), nameMistake, bundleMistake }, person);
    process.env.PATH = former;
    expect(answers).toMatchObject({ region: 'eu-west-1', cluster: 'platform' });
    expect(person.asked).toContain('EKS cluster of the control plane: green, platform');
    expect(person.notes).toEqual(['aws eks describe-cluster: Token has expired']);
  });

  it('ends as soon as the person has had enough', async () => {
    const person = new Person(['prod', undefined]);
    const said: Partial<Answers> = {};
    expect(await askAnswers({ given: {}, nameMistake, bundleMistake }, person, said)).toBeUndefined();
    expect(person.asked).toHaveLength(2);
    expect(answerFlags(said)).toEqual(['--name', 'prod']);
  });

  it('keeps every answer that was given before the end', async () => {
    const said: Partial<Answers> = {};
    const person = new Person(['prod', 'eu-west-1', 'platform', 'subnet-0a1b2c3d subnet-1a2b3c4d', undefined]);
    expect(await askAnswers({ given: {}, nameMistake, bundleMistake }, person, said)).toBeUndefined();
    expect(answerFlags(said)).toEqual([
      ...['--name', 'prod', '--region', 'eu-west-1', '--cluster', 'platform'],
      ...['--subnet', 'subnet-0a1b2c3d', 'subnet-1a2b3c4d'],
    ]);
  });

  it('asks for the certificates of a region that has none here right after the region', async () => {
    const person = new Person(['prod', 'il-central-1', 'missing.pem', 'ca.pem', 'platform', '', 'idp', '']);
    const answers = await askAnswers({ given: {}, nameMistake, bundleMistake }, person);
    expect(answers).toMatchObject({ region: 'il-central-1', caBundle: 'ca.pem' });
    expect(person.asked[3]).toMatch(/^PEM file .*: no certificates$/);
    expect(person.notes).toEqual([expect.stringContaining('https://truststore.pki.rds.amazonaws.com/il-central-1/')]);
  });
});
