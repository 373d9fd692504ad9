import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { program } from '../../commands/program';
import { wantsColour } from '../../commands/shared/output/terminal';
import { runWithStreams } from '../support/commands/program';

const PROJECT = join(__dirname, '..', '..');
const COMMANDS = program().commands.filter((command) => command.name() !== '__complete');

describe('the help', () => {
  it('shows every command, and the version of the package', async () => {
    const { code, stdout, stderr } = await runWithStreams({}, '--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command.name()} .*\\S`, 'm'));
    expect(stdout).not.toContain('__complete');
    const { version } = JSON.parse(readFileSync(join(PROJECT, 'package', 'manifest.json'), 'utf8'));
    expect(await runWithStreams({}, '--version')).toMatchObject({ code: 0, stdout: `${version}\n` });
  });

  it.each(
    COMMANDS.map((command) => [command.name()]),
  )('of %s has examples with options that exist, and exit codes', async (name) => {
    const { code, stdout } = await runWithStreams({}, name, '--help');
    expect(code).toBe(0);
    const examples = stdout.match(/^ {2}\$ npx agent-bom-postgres .*(?:\n {6}\S.*)*\.$/gm) ?? [];
    expect(examples.length).toBeGreaterThan(0);
    const known = COMMANDS.find((command) => command.name() === name)?.options.map(({ long }) => long);
    for (const example of examples) {
      expect(example).toMatch(new RegExp(`^  \\$ npx agent-bom-postgres ${name}(?: |\\n)`));
      const [line = ''] = example.split('\n');
      for (const option of line.match(/(?<= )--[a-z-]+/g) ?? []) expect(known).toContain(option);
    }
    expect(stdout).toMatch(/^Exit codes: 0 .*,\s+2\s+wrong\s+usage.*\.$/ms);
  });

  it('costs no more than a module that the commands need when they run', () => {
    const load =
      "require('tsx/cjs'); require('./commands/program.ts').program(); console.log(Object.keys(require.cache).join('\\n'))";
    const { stdout } = spawnSync(process.execPath, ['--eval', load], { cwd: PROJECT, encoding: 'utf8' });
    const packages = stdout.match(/(?<=node_modules\/)(?:@[^/\n]+\/)?[^/\n]+/g) ?? [];
    expect(packages).toContain('commander');
    expect(packages.filter((name) => /^(?:pg|yaml|zod|cdktf|cli-table3|diff|@clack|@peculiar)/.test(name))).toEqual([]);
  });
});

describe('the commands', () => {
  it('have --json with and without a file, but for the one that prints a script', () => {
    const withJson = COMMANDS.filter((command) => command.options.some(({ flags }) => flags === '--json [file]'));
    const others = COMMANDS.filter((command) => !withJson.includes(command));
    expect(others.map((command) => command.name())).toEqual(['completion']);
  });

  it('are one line each in the program', () => {
    const folders = readdirSync(join(PROJECT, 'commands'), { recursive: true, encoding: 'utf8' });
    const files = folders.filter((file) => /\/command\.ts$/.test(file));
    expect(files).toHaveLength(COMMANDS.length);
  });

  it.each([[['nonsense']], [['doctor', '--nonsense']], [[]]])('end with 2 for wrong usage: %j', async (words) => {
    expect(await runWithStreams({}, ...words)).toMatchObject({ code: 2, stdout: '' });
  });

  it('refuse a report that cannot be written before any work is done', async () => {
    for (const words of [['explain', 'prod'], ['init'], ['rehearse']]) {
      const run = await runWithStreams({}, ...words, '--json', '/nonexistent/report.json');
      expect(run).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('a file that can be written') });
    }
  });
});

describe('colour', () => {
  const stream = (isTTY: boolean) => ({ isTTY }) as NodeJS.WriteStream;

  it.each<[isTerminal: boolean, variables: NodeJS.ProcessEnv, expected: boolean]>([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [true, { TERM: 'dumb' }, false],
    [false, { FORCE_COLOR: '1' }, true],
    [false, { FORCE_COLOR: '' }, true],
    [true, { FORCE_COLOR: '0' }, false],
    [true, { FORCE_COLOR: 'false' }, false],
    [false, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
  ])('on a terminal: %s, with %j: %s', (isTerminal, variables, expected) => {
    expect(wantsColour(stream(isTerminal), variables)).toBe(expected);
  });
});
