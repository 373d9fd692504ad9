import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { Machine } from '../support/machine';

const SCRIPTS = join(__dirname, '..', '..', 'scripts');

describe('cluster/test.sh', () => {
  const TOOLS = ['apt-get', 'dpkg-deb', 'go', 'ip', 'openssl', 'python3', 'setpriv', 'unshare'];
  const CHECKS = [
    'id -u',
    'cat /etc/debian_version',
    'dpkg --print-architecture',
    'unshare --mount --net --pid --fork true',
  ];

  /** A machine that can start a node, but for what differs; none of its programs does anything. */
  function machineWith(differs: Readonly<Record<string, string>> = {}, without: readonly string[] = []): Machine {
    const tools = Object.fromEntries(TOOLS.filter((tool) => !without.includes(tool)).map((tool) => [tool, '']));
    const machine = new Machine({
      ...tools,
      id: 'echo 0',
      cat: 'echo 12.5',
      dpkg: 'echo amd64',
      mkdir: '',
      rmdir: '',
      timeout: 'exit 0',
      ...differs,
    });
    machine.keepOnly('basename', 'dirname');
    cpSync(join(SCRIPTS, 'cluster', 'test.sh'), machine.file('scripts/cluster/test.sh'));
    machine.program('scripts/cluster/build.sh', 'echo /built');
    return machine;
  }
  const run = (machine: Machine, ...words: string[]) => machine.run(machine.file('scripts/cluster/test.sh'), ...words);

  it.each<[string, string, Record<string, string>, string[]]>([
    ['somebody else than root', 'a node is started as root only', { id: 'echo 1000' }, []],
    ...TOOLS.map((tool): [string, string, Record<string, string>, string[]] => [
      `no ${tool}`,
      `${tool} is not installed`,
      {},
      [tool],
    ]),
    [
      'another Debian',
      'its packages are those of Debian 12 for amd64, and this is 13.1 for amd64',
      { cat: 'echo 13.1' },
      [],
    ],
    [
      'another machine',
      'its packages are those of Debian 12 for amd64, and this is 12.5 for arm64',
      { dpkg: 'echo arm64' },
      [],
    ],
    ['no namespaces', 'this machine allows no namespaces', { unshare: 'echo no >&2; exit 1' }, []],
    ['no control groups', 'this machine allows no control groups', { mkdir: 'echo no >&2; exit 1' }, []],
  ])('does not run with %s, and says why', (_what, why, differs, without) => {
    const { status, stdout, stderr, calls } = run(machineWith(differs, without));
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: `NOT RUN: the tests on a cluster, because ${why}\n`,
      stderr: '',
    });
    expect(calls.filter((call) => /^(build.sh|timeout) /.test(call))).toEqual([]);
  });

  it('builds the node, and runs the tests on it for 25 minutes at most', () => {
    const { status, stdout, stderr, calls } = run(machineWith(), '--testPathPattern', 'two  words');
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
    const [, group = ''] = /^mkdir (\S+agent-bom-cluster-\d+)$/m.exec(calls.join('\n')) ?? [];
    expect(calls).toEqual([
      ...CHECKS,
      `mkdir ${group}`,
      `rmdir ${group}`,
      'build.sh ',
      'timeout --foreground --kill-after=60s 25m scripts/cluster/run.sh node node_modules/jest/bin/jest.js ' +
        '--config jest.cluster.config.js --testPathPattern two  words',
      '',
    ]);
  });

  it('builds it alone, and says where it is', () => {
    const { status, stdout, calls } = run(machineWith(), '--build-only');
    expect({ status, stdout, last: calls.at(-2) }).toEqual({ status: 0, stdout: '/built\n', last: 'build.sh ' });
  });

  it.each([
    [7, ''],
    [124, 'the tests on a cluster did not end within 25 minutes\n'],
    [137, 'the tests on a cluster did not end within 25 minutes\n'],
  ])('ends with %i as the tests do', (code, told) => {
    expect(run(machineWith({ timeout: `exit ${code}` }))).toMatchObject({ status: code, stdout: '', stderr: told });
  });

  it('fails where the node cannot be built', () => {
    const machine = machineWith();
    machine.program('scripts/cluster/build.sh', 'exit 3');
    const { status, calls } = run(machine);
    expect({ status, last: calls.at(-2) }).toEqual({ status: 3, last: 'build.sh ' });
  });
});

describe('cluster/run.sh', () => {
  function machineWith(user: string, build: string): Machine {
    const machine = new Machine({ id: `echo ${user}`, mkdir: '', setpriv: '', find: '' });
    machine.keepOnly('basename', 'dirname');
    cpSync(join(SCRIPTS, 'cluster', 'run.sh'), machine.file('scripts/cluster/run.sh'));
    machine.program('scripts/cluster/build.sh', build);
    return machine;
  }

  it.each<[string, Machine, string[], number, string, string[]]>([
    ['no command', machineWith('0', ''), [], 2, 'usage: run.sh <command> [<argument> ...]\n', []],
    ['somebody else than root', machineWith('1000', ''), ['true'], 1, 'a node is started as root only\n', ['id -u']],
    ['a build that fails', machineWith('0', 'exit 3'), ['true'], 3, '', ['id -u', 'build.sh ']],
  ])('starts nothing with %s', (_what, machine, words, code, told, asked) => {
    const { status, stdout, stderr, calls } = machine.run(machine.file('scripts/cluster/run.sh'), ...words);
    expect({ status, stdout, stderr }).toEqual({ status: code, stdout: '', stderr: told });
    expect(calls.filter((call) => call !== '')).toEqual(asked);
  });
});
