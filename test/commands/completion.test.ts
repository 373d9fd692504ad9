import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { candidates } from '../../commands/completion/candidates';
import { SHELLS, shellScript } from '../../commands/completion/shell-scripts';
import { program } from '../../commands/program';
import { runWithStreams } from '../support/commands/program';

const PROJECT = join(__dirname, '..', '..');
const COMMANDS = program()
  .createHelp()
  .visibleCommands(program())
  .map((command) => command.name())
  .filter((name) => name !== 'help');

let directory: string;
let former: string | undefined;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'completion-'));
  mkdirSync(join(directory, 'bin'));
  symlinkSync(join(PROJECT, 'bin', 'agent-bom-postgres.js'), join(directory, 'bin', 'agent-bom-postgres'));
  writeFileSync(join(directory, 'a.yaml'), '# ours\nname: "prod"\n');
  writeFileSync(join(directory, 'b.yml'), 'region: eu-west-1\nname: staging # soon\n');
  writeFileSync(join(directory, 'c.yaml'), 'no: name\n');
  former = process.env.ENVIRONMENTS_DIR;
  process.env.ENVIRONMENTS_DIR = directory;
});
afterAll(() => {
  if (former === undefined) delete process.env.ENVIRONMENTS_DIR;
  else process.env.ENVIRONMENTS_DIR = former;
  rmSync(directory, { recursive: true });
});

const texts = (...words: readonly string[]): string[] => candidates(program(), words).map(({ text }) => text);

describe('candidates', () => {
  it('are the commands, and the options of the program', () => {
    expect(texts('')).toEqual(COMMANDS);
    expect(texts('re')).toEqual(['rehearse', 'restore']);
    expect(texts('-')).toEqual(['--version', '--help']);
    expect(texts('nonsense', '')).toEqual([]);
  });

  it('are the options of the command that were not given yet, and those that may be given again', () => {
    const others = [
      '--context',
      '--kubeconfig',
      '--host-address',
      '--html',
      '--environment',
      '--chart-version',
      '--environments',
      '--api-url',
      '--namespace',
      '--help',
    ];
    expect(texts('doctor', '--')).toEqual(['--json', '--quiet', ...others]);
    expect(texts('doctor', '--json', '--quiet', '--')).toEqual(others);
    expect(texts('init', '--subnet', 'subnet-1', '--su')).toEqual(['--subnet']);
  });

  it('are the values that an option or an argument knows', () => {
    expect(texts('rehearse', '--postgres', '')).toEqual(['15', '16', '17', '18']);
    expect(texts('rehearse', '--postgres=1')).toEqual(['15', '16', '17', '18'].map((major) => `--postgres=${major}`));
    expect(texts('rehearse', '--postgres', '=', '15')).toEqual(['--postgres=15']);
    expect(texts('completion', '')).toEqual([...SHELLS]);
    expect(texts('completion', 'zsh', '')).toEqual([]);
  });

  it('are the names of environments where one belongs, and nothing where a file does', () => {
    expect(texts('explain', '')).toEqual(['prod', 'staging']);
    expect(texts('explain', '--tree', 's')).toEqual(['staging']);
    expect(texts('restore', 'x.dump', '--environment', '')).toEqual(['prod', 'staging']);
    expect(texts('restore', '')).toEqual([]);
    expect(texts('explain', 'prod', '')).toEqual([]);
  });

  it('are none, and no error, where there is no folder of environments', () => {
    process.env.ENVIRONMENTS_DIR = join(directory, 'nowhere');
    expect(texts('explain', '')).toEqual([]);
    process.env.ENVIRONMENTS_DIR = directory;
  });
});

/** Runs a shell in which the program is on the PATH. */
function shell(name: string, ...shellArguments: readonly string[]): string[] {
  const { stdout, stderr, status } = spawnSync(name, shellArguments, {
    cwd: directory,
    encoding: 'utf8',
    env: {
      ...process.env,
      PATH: `${join(directory, 'bin')}:${process.env.PATH}`,
      HOME: directory,
      ENVIRONMENTS_DIR: directory,
    },
  });
  if (status !== 0) throw new Error(stderr);
  return stdout.split('\n').filter((line) => line !== '');
}

/** Shells other than bash are not on every machine. */
function isInstalled(name: string): boolean {
  if (spawnSync(name, ['--version']).status === 0) return true;
  console.warn(`NOT RUN, because the shell is missing: ${name}`);
  return false;
}

describe('the scripts', () => {
  it('are printed by the command', async () => {
    for (const name of SHELLS) {
      expect(await runWithStreams({}, 'completion', name)).toMatchObject({
        code: 0,
        stdout: shellScript(name),
        stderr: '',
      });
    }
    expect(await runWithStreams({}, 'completion', 'tcsh')).toMatchObject({ code: 2, stdout: '' });
    expect(await runWithStreams({}, 'completion')).toMatchObject({ code: 2, stdout: '' });
  });

  it.each([
    [['re'], ['rehearse', 'restore']],
    [
      ['rehearse', '--postgres', '1'],
      ['15', '16', '17', '18'],
    ],
    [['rehearse', '--postgres', '=', '15'], ['15']],
    [
      ['rehearse', '--postgres', '='],
      ['15', '16', '17', '18'],
    ],
    [
      ['explain', ''],
      ['prod', 'staging'],
    ],
    [['restore', ''], []],
  ])('complete in bash: %j', (words, expected) => {
    const line = ['agent-bom-postgres', ...words].map((word) => `'${word}'`).join(' ');
    const run = `COMP_WORDS=(${line}); COMP_CWORD=${words.length}; _agent_bom_postgres; printf '%s\\n' "\${COMPREPLY[@]}"; complete -p agent-bom-postgres`;
    const lines = shell('bash', '--norc', '-euc', `${shellScript('bash')}\n${run}`);
    expect(lines).toEqual([...expected, 'complete -o default -F _agent_bom_postgres agent-bom-postgres']);
  });

  (isInstalled('fish') ? it : it.skip)('complete in fish', () => {
    const complete = (line: string) => shell('fish', '-c', `${shellScript('fish')}\ncomplete -C '${line}'`);
    expect(complete('agent-bom-postgres re').map((found) => found.split('\t')[0])).toEqual(['rehearse', 'restore']);
    expect(complete('agent-bom-postgres explain ').map((found) => found.split('\t')[0])).toEqual(['prod', 'staging']);
    expect(complete('agent-bom-postgres restore ').map((found) => found.split('\t')[0])).toContain('a.yaml');
  });

  (isInstalled('zsh') ? it : it.skip)('complete in zsh', () => {
    writeFileSync(join(directory, 'script.zsh'), shellScript('zsh'));
    // What zsh would show is handed to _describe and _files.
    const stubs = 'compdef() { :; }; _describe() { print -l -- "${(@P)2}"; }; _files() { print files; }';
    const complete = (...words: readonly string[]) =>
      shell(
        'zsh',
        '-fc',
        `${stubs}; source ./script.zsh; words=(agent-bom-postgres ${words.join(' ')}); CURRENT=$#words; _agent_bom_postgres`,
      );
    expect(complete('re').map((found) => found.split(':')[0])).toEqual(['rehearse', 'restore']);
    expect(complete('explain', "''")).toEqual([
      `prod:${join(directory, 'a.yaml')}`,
      `staging:${join(directory, 'b.yml')}`,
    ]);
    expect(complete('restore', "''")).toEqual(['files']);
  });
});
