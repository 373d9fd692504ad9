import { chmodSync, copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { stringify } from 'yaml';
import { program } from '../../commands/program';
import { runWithStreams } from '../support/commands/program';
import { minimal } from '../support/synth/environments';
import { temporaryDirectory } from '../support/temporary-directory';

jest.setTimeout(180_000);

jest.mock('../../commands/shared/environment/synthesis', () => {
  const { synthesizedOnce } = jest.requireActual('../support/commands/synthesized-once');
  return synthesizedOnce(jest.requireActual('../../commands/shared/environment/synthesis'));
});

const PROJECT = join(__dirname, '..', '..');
const REMOVED = {
  resource_changes: [{ address: 'aws_kms_key.key', type: 'aws_kms_key', change: { actions: ['delete'] } }],
};

let folder: string;
let terraform: string;

const before = process.cwd();

beforeAll(() => {
  folder = temporaryDirectory('quiet-');
  terraform = join(folder, 'bin');
  mkdirSync(terraform);
  mkdirSync(join(folder, 'environments'));
  writeFileSync(join(folder, 'environments', 'prod.yaml'), stringify(minimal()));
  copyFileSync(join(PROJECT, 'test', 'support', 'commands', 'fake-terraform.sh'), join(terraform, 'terraform'));
  chmodSync(join(terraform, 'terraform'), 0o755);
  process.chdir(folder);
});
afterAll(() => process.chdir(before));

async function run(...words: string[]): Promise<{ code: number; output: string; errors: string }> {
  const variables = {
    PATH: `${terraform}${delimiter}${process.env.PATH}`,
    HOME: folder,
    TMPDIR: tmpdir(),
    CHECKPOINT_DISABLE: '1',
    CDKTF_OUTDIR: join(folder, 'out'),
  };
  const { code, stdout, stderr } = await runWithStreams(variables, ...words);
  return { code, output: stdout, errors: stderr };
}

const INIT = ['--name', 'new', '--region', 'eu-west-1', '--cluster', 'c', '--issuer', 'https://a.example.com'];
const NOTHING = /^$/;

it('has every command but the one that prints a script', () => {
  const loud = program().commands.filter(({ options }) => !options.some(({ long }) => long === '--quiet'));
  expect(loud.map((command) => command.name())).toEqual(['__complete', 'completion']);
});

// What the checks of `preflight`, `doctor` and `rehearse` leave is in the tests of these commands.
it.each<[what: string, words: string[], said: RegExp]>([
  ['the file', ['init', ...INIT, '--output', 'elsewhere/new.yaml'], NOTHING],
  ['files', ['snapshot'], NOTHING],
  ['no difference', ['snapshot', '--check'], NOTHING],
  ['an explanation', ['explain', 'prod'], /^prod: region eu-west-1.*\n[\s\S]*\nprod-database creates \d+ resources/],
  ['a plan', ['plan', 'prod'], /^prod-database {2}no changes\nprod-workload {2}not planned: .*\n$/],
  ['what is deployed', ['status', 'prod'], /^prod-database {2}not deployed\nprod-workload {2}not deployed\n$/],
  ['the end of a workload', ['destroy', 'prod', '--keep-database', '--yes'], NOTHING],
])('prints nothing but what it exists to give: %s of %j', async (_what, words, said) => {
  const loud = await run(...words, ...(words[0] === 'init' ? ['--force'] : []));
  const { code, output } = await run(...words, '--quiet', ...(words[0] === 'init' ? ['--force'] : []));
  expect({ code, loud: loud.code }).toEqual({ code: 0, loud: 0 });
  expect(output).toMatch(said);
  expect(loud.output.length).toBeGreaterThan(output.length === 0 ? 0 : output.length - 1);
});

it('still prints what differs, what fails and what is wrong', async () => {
  rmSync(join(folder, 'snapshots', 'prod-database.json'), { force: true });
  const differs = await run('snapshot', '--check', '-q');
  expect(differs).toMatchObject({
    code: 1,
    output: expect.stringMatching(/prod-database\.json is missing[\s\S]*snapshot`/),
  });
  const wrong = await run('explain', 'staging', '-q');
  expect(wrong).toMatchObject({ code: 2, output: '', errors: expect.stringContaining('prod') });
  writeFileSync(join(terraform, 'prod-database.changes'), JSON.stringify(REMOVED));
  writeFileSync(join(terraform, 'prod-database.plan'), '2');
  const apply = {
    '@level': 'info',
    type: 'apply_errored',
    hook: { resource: { addr: 'aws_kms_key.key' }, action: 'delete', elapsed_seconds: 3 },
  };
  writeFileSync(join(terraform, 'prod-database.apply'), JSON.stringify(apply));
  writeFileSync(join(terraform, 'prod-database.apply-code'), '1');
  const failed = await run('deploy', 'prod', '--yes', '--no-preflight', '--quiet');
  expect(failed).toMatchObject({ code: 1, output: expect.stringMatching(/^ {2}FAILED .*aws_kms_key.* 3 s\n$/) });
  expect(failed.errors).not.toBe('');
});
