import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { createServerCertificates } from '../../../commands/embedded/certificates';
import { EmbeddedServer } from '../../../commands/embedded/server';
import { defaultParameters, packagedUrl, rehearsalUrls } from '../../../commands/rehearse/rehearse';
import { startupOptions } from '../../../contract/postgres/settings';
import { describeIf } from '../../support/describe-if';
import { hasClientTools, query, SERVER_TIMEOUT_MS, superuserUrl } from '../../support/postgres/database';

jest.setTimeout(SERVER_TIMEOUT_MS);

const RUN = join(__dirname, '..', '..', '..', 'migrations', 'run.sh');

describeIf(hasClientTools(15))('a connection of the scripts', () => {
  const directory = mkdtempSync(join(tmpdir(), 'connections-'));
  let server: EmbeddedServer;

  beforeAll(async () => {
    server = await EmbeddedServer.start({ major: '15' });
  });

  afterAll(async () => {
    await server.stop();
    rmSync(directory, { recursive: true });
  });

  const changed = (parameter: string, value?: string) => {
    const url = new URL(packagedUrl(server));
    if (value === undefined) url.searchParams.delete(parameter);
    else url.searchParams.set(parameter, value);
    return url.href;
  };

  /** What the last step wrote to its standard output. */
  let progress = '';

  function step(name: string, url: string, environment: Readonly<Record<string, string>> = {}) {
    const { app, maintenance, backup } = rehearsalUrls(server);
    const { status, stdout, stderr } = spawnSync('bash', [RUN, name], {
      encoding: 'utf8',
      env: {
        PATH: process.env.PATH,
        CONTRACT_OPTIONS: startupOptions(defaultParameters()),
        ALEMBIC_DATABASE_URL: url,
        AGENT_BOM_POSTGRES_URL: app,
        AGENT_BOM_POSTGRES_MAINTENANCE_URL: maintenance,
        AGENT_BOM_POSTGRES_BACKUP_URL: backup,
        ...environment,
      },
    });
    progress = stdout;
    return { code: status, output: stdout + stderr };
  }

  /** What a step says before its first file. */
  const BEGIN =
    'step before on database agent_bom at localhost\npass  tls.plain-refused            a connection without TLS is refused\n';
  const owner = () => query(superuserUrl(server), "select from pg_roles where rolname = 'agent_bom_owner'");

  it.each([
    ['sslmode', 'require', 'does not say sslmode=verify-full'],
    ['sslmode', 'verify-ca', 'does not say sslmode=verify-full'],
    ['sslmode', undefined, 'does not say sslmode=verify-full'],
    ['sslrootcert', undefined, 'names no file of certificate authorities (sslrootcert)'],
  ])('is refused with %s %s', (parameter, value, message) => {
    expect(step('before', changed(parameter, value))).toEqual({
      code: 78,
      output: `error: ALEMBIC_DATABASE_URL ${message}\n`,
    });
  });

  it.each<[string, Partial<URL>, number, RegExp]>([
    ['a port that nothing listens on', { port: '1' }, 78, /^HINT: nothing listens on port 1 there/m],
    ['a name that DNS does not know', { hostname: 'nowhere.invalid' }, 78, /^HINT: DNS does not know this name/m],
    ['a database that is not there', { pathname: '/elsewhere' }, 78, /^HINT: create the database/m],
    [
      'a password that is refused',
      { password: 'wrong' },
      1,
      /^HINT: RDS may have changed the password minutes ago: the Job tries again.* with the password of agent_bom_admin$/m,
    ],
  ])('to %s says at once what to look at', async (_what, change, expected, hint) => {
    const url = Object.assign(new URL(packagedUrl(server)), change).href;
    const { code, output } = step('before', url, { CONTRACT_REACH_SECONDS: '0' });
    expect({ code, errors: output.match(/^error: /gm)?.length }).toEqual({ code: expected, errors: 1 });
    expect(output).toMatch(hint);
    expect(progress).toMatch(/^step before on database \w+ at \S+\n$/);
    expect(output).not.toContain('wrong');
    expect(await owner()).toEqual([]);
  });

  /** A directory with a psql whose first connection fails with a message, and which meets another kind of server then. */
  function failingOnce(message: string): Readonly<Record<string, string>> {
    rmSync(join(directory, 'asked'), { force: true });
    const asked = `'${join(directory, 'asked')}'`;
    const answer = `if [[ ! -e ${asked} ]]; then touch ${asked}; printf '%b\\n' ${JSON.stringify(message)} >&2; exit 2; fi; echo elsewhere`;
    writeFileSync(join(directory, 'psql'), `#!/bin/bash\n${answer}\n`, { mode: 0o755 });
    writeFileSync(join(directory, 'sleep'), '#!/bin/bash\n', { mode: 0o755 });
    return { PATH: `${directory}:${process.env.PATH}` };
  }

  it.each<[string, string, boolean, number]>([
    ['could not translate host name\nfor db', 'DNS does not know this name', true, 78],
    ['Name or service not known', 'DNS does not know this name', false, 78],
    ['Connection refused', 'nothing listens on port', true, 78],
    ['timeout expired', 'no packet comes back', true, 78],
    ['Connection timed out', 'no packet comes back', true, 78],
    ['No route to host', 'no packet comes back', true, 78],
    ['Network is unreachable', 'no packet comes back', true, 78],
    ['SSL error: x', 'the certificate is not one of this server', false, 78],
    ['certificate verify failed', 'the certificate is not one of this server', false, 78],
    ['server name does not match host name', 'the certificate is not one of this server', false, 78],
    ['server does not support SSL', 'the certificate is not one of this server', false, 78],
    ['no pg_hba.conf entry for host', 'the server lets nobody in from here', false, 78],
    ['database "x" does not exist', 'create the database', false, 78],
    ['the database system is starting up', 'the Job tries again', false, 1],
  ])('that fails with %j is told %j', (message, hint, isTriedAgain, expected) => {
    const { code, output } = step('before', packagedUrl(server), failingOnce(message));
    expect(output).toContain(`error: ${message.replace('\n', ' ')}\nHINT: ${hint}`);
    if (hint === 'no packet comes back') expect(output).toContain(` and the server, port ${server.address.port}\n`);
    expect({ code, isTriedAgain: output.includes('is not PostgreSQL but elsewhere') }).toEqual({
      code: expected,
      isTriedAgain,
    });
  });

  /** The clock of a script: nothing but its pauses moves it. */
  function clock(): string {
    const file = join(directory, 'clock');
    // Without its meaning for the shell the variable stands still.
    writeFileSync(file, 'unset SECONDS\nSECONDS=0\nsleep() { echo "paused $1"; ((SECONDS += $1)); }\n');
    return file;
  }

  it('is tried every five seconds for 75 before the Job ends', () => {
    writeFileSync(join(directory, 'psql'), '#!/bin/bash\necho "Connection refused" >&2\nexit 2\n', { mode: 0o755 });
    const { code, output } = step('before', packagedUrl(server), {
      PATH: `${directory}:${process.env.PATH}`,
      BASH_ENV: clock(),
    });
    expect({ code, errors: output.match(/^error: /gm)?.length }).toEqual({ code: 78, errors: 1 });
    expect(output.match(/^paused 5$/gm)).toHaveLength(15);
  });

  it('is made to the server whose name its certificate has, and to no other', async () => {
    const { code, output } = step('before', packagedUrl(server).replace('@localhost:', '@127.0.0.1:'));
    expect(code).toBe(78);
    expect(output).toMatch(/server certificate for "localhost".* does not match host name "127\.0\.0\.1"/);
    expect(await owner()).toEqual([]);
  });

  it('is made to a server whose authority is the given one, and to no other', async () => {
    const file = join(directory, 'other.pem');
    writeFileSync(file, (await createServerCertificates()).authority);
    const { code, output } = step('before', changed('sslrootcert', file));
    expect(code).toBe(78);
    expect(output).toContain('SSL error');
    expect(output).toContain('HINT: the certificate is not one of this server by these authorities');
    expect(await owner()).toEqual([]);
  });

  it('that cannot be made without TLS for any other reason is no proof', async () => {
    writeFileSync(
      join(directory, 'psql'),
      '#!/bin/bash\nif [[ $PGSSLMODE == disable ]]; then echo "psql: error: connection failed: timeout expired" >&2; exit 2; fi\n' +
        'PATH=${PATH#*:} exec psql "$@"\n',
    );
    chmodSync(join(directory, 'psql'), 0o755);
    const { code, output } = step('before', packagedUrl(server), { PATH: `${directory}:${process.env.PATH}` });
    expect(code).toBe(78);
    expect(output).toMatch(/^fail +tls\.plain-refused +a connection without TLS came further than it should: timeout/m);
    expect(await owner()).toEqual([]);
  });

  it.each([
    ['P0001', 78],
    ['42501', 78],
    ['53300', 1],
    ['57P01', 1],
  ])('on which the server says %s ends with %i: what time does not cure is not tried again', (state, expected) => {
    const said = `psql:lock.sql:1: ERROR:  ${state}: refused\n  at \\ "it"`;
    const failing = `case "$*" in *lock.sql*) echo '${said}' >&2; exit 3 ;; esac`;
    writeFileSync(join(directory, 'psql'), `#!/bin/bash\n${failing}\nPATH=\${PATH#*:} exec psql "$@"\n`);
    chmodSync(join(directory, 'psql'), 0o755);
    const { code, output } = step('before', packagedUrl(server), { PATH: `${directory}:${process.env.PATH}` });
    expect(code).toBe(expected);
    expect(output).toContain('psql:lock.sql:1: ERROR:  refused\n  at \\ "it"\n');
    expect(progress).toBe(BEGIN);
  });

  it('on which another session holds what a step changes is tried again after pauses that grow', () => {
    const held = 'case "$*" in *lock.sql*) echo "psql:lock.sql:1: ERROR:  55P03: held" >&2; exit 3 ;; esac';
    writeFileSync(join(directory, 'psql'), `#!/bin/bash\n${held}\nPATH=\${PATH#*:} exec psql "$@"\n`, { mode: 0o755 });
    const pauses = join(directory, 'pauses');
    const seven = `echo "$1" >>'${pauses}'; (($(wc -l <'${pauses}') < 7))`;
    writeFileSync(join(directory, 'sleep'), `#!/bin/bash\n${seven}\n`, { mode: 0o755 });
    const { code, output } = step('before', packagedUrl(server), { PATH: `${directory}:${process.env.PATH}` });
    expect(code).toBe(1);
    const told = [1, 2, 4, 8, 16, 30, 30].map(
      (pause) =>
        'psql:lock.sql:1: ERROR:  held\n' +
        `another session holds what this step changes; trying again in ${pause} s\n` +
        'HINT:  End its transaction: pg_stat_activity shows since when each is open (xact_start).\n',
    );
    expect(output).toBe(`${BEGIN}${told.join('')}`);
    expect(readFileSync(pauses, 'utf8')).toBe('1\n2\n4\n8\n16\n30\n30\n');
    // A pause that would outlast the patience is not begun.
    rmSync(pauses);
    const impatient = { PATH: `${directory}:${process.env.PATH}`, CONTRACT_OPTIONS: '-c agent_bom.lock_timeout=29s' };
    expect(step('before', packagedUrl(server), impatient)).toMatchObject({ code: 1 });
    expect(readFileSync(pauses, 'utf8')).toBe('1\n2\n4\n8\n16\n');
  });

  it('on which another session holds what a step changes is tried again for five minutes, where nobody says for how long', () => {
    const held = 'case "$*" in *lock.sql*) echo "psql:lock.sql:1: ERROR:  55P03: held" >&2; exit 3 ;; esac';
    writeFileSync(join(directory, 'psql'), `#!/bin/bash\n${held}\nPATH=\${PATH#*:} exec psql "$@"\n`, { mode: 0o755 });
    const { code, output } = step('before', packagedUrl(server), {
      PATH: `${directory}:${process.env.PATH}`,
      BASH_ENV: clock(),
      CONTRACT_OPTIONS: '',
    });
    // After 271 seconds the next half a minute would be one second too long.
    const pauses = [1, 2, 4, 8, 16, ...Array(8).fill(30)].map((pause) => `paused ${pause}`);
    expect({ code, pauses: output.match(/^paused \d+$/gm) }).toEqual({ code: 1, pauses });
  });

  it.each([
    ['a lock that is held', '55P03'],
    ['a deadlock', '40P01'],
    ['a row that two change', 'XX000'],
  ])('on which a step meets %s (%s) runs the step again', (_what, state) => {
    rmSync(join(directory, 'met'), { force: true });
    const met = `if [[ $* == *lock.sql* && ! -e '${directory}/met' ]]; then >'${directory}/met'; echo "psql:lock.sql:1: ERROR:  ${state}: met" >&2; exit 3; fi`;
    writeFileSync(join(directory, 'psql'), `#!/bin/bash\n${met}\nPATH=\${PATH#*:} exec psql "$@"\n`, { mode: 0o755 });
    writeFileSync(join(directory, 'sleep'), '#!/bin/bash\n', { mode: 0o755 });
    const { code, output } = step('before', packagedUrl(server), { PATH: `${directory}:${process.env.PATH}` });
    expect({ code, retries: output.match(/trying again in 1 s$/gm)?.length }).toEqual({ code: 0, retries: 1 });
  });

  it('that waits for another run in vain is made again by the Job', async () => {
    const other = new Client({ connectionString: rehearsalUrls(server).admin });
    await other.connect();
    await other.query("select pg_advisory_lock(hashtext('agent-bom-postgres'), hashtext('contract'))");
    const options = startupOptions({ ...defaultParameters(), 'agent_bom.lock_timeout': '1s' });
    const { code, output } = step('before', packagedUrl(server), { CONTRACT_OPTIONS: options });
    await other.end();
    expect(output).toContain('another run of the contract has been at work on database agent_bom for 1s');
    expect(code).toBe(1);
  });

  it('is not verified where the migrations have not run, and where the URL is that of another step', () => {
    const { code, output } = step('verify', packagedUrl(server));
    expect({ code, output }).toEqual({ code: 3, output: expect.stringContaining('its migrations have not run') });
    expect(output).not.toMatch(/^(pass|fail)/m);
    expect(step('again', packagedUrl(server))).toMatchObject({ code: 78 });
  });

  it.each([
    ['a login cannot be checked', 'echo refused >&2; exit 2', 1, ' login.app'],
    ['a check fails', `printf 'app.check\\tfail\\tone \\\\ two\\tthree\\n\\n'`, 78, ' app.check'],
  ])('says of each check what it has found, and ends with what time may cure where %s', (_what, answer, expected, failed) => {
    const files = (identity: string) => readdirSync(join(RUN, '..', 'verify', identity));
    const row = `printf '%s.check\\tpass\\t\\n' "$PGUSER"`;
    const cases = `*verify/app/*) ${answer} ;; *verify/requirements.sql*) ;; *verify/*) ${row} ;;`;
    const plain = 'if [[ $PGSSLMODE == disable ]]; then echo pg_hba.conf >&2; exit 2; fi';
    writeFileSync(join(directory, 'psql'), `#!/bin/bash\n${plain}\ncase "$*" in ${cases} esac\n`, { mode: 0o755 });
    const { code, output } = step('verify', packagedUrl(server), { PATH: `${directory}:${process.env.PATH}` });
    const line = (status: string, id: string, detail: string) => `${status}  ${id.padEnd(28)} ${detail}\n`;
    const app = files('app').map((file) =>
      failed === ' app.check'
        ? line('fail', 'app.check', 'one \\ two\tthree')
        : line('fail', 'login.app', `${file} could not run as agent_bom_app; psql says why above`),
    );
    const passed = (identity: string) => files(identity).map(() => line('pass', `agent_bom_${identity}.check`, ''));
    expect(output).toBe(
      [
        'step verify on database agent_bom at localhost\n',
        ...passed('admin'),
        line('pass', 'tls.plain-refused', 'a connection without TLS is refused'),
        ...[...app, ...passed('maintenance'), ...passed('backup')],
        // What goes to the other stream.
        failed === ' login.app' ? 'refused\n'.repeat(app.length) : '',
        `error: the contract does not hold:${failed.repeat(app.length)}; the lines that begin with fail say where\n`,
      ].join(''),
    );
    expect(code).toBe(expected);
  });

  it.each([
    'mysql://app:secret@db/agent_bom',
    'postgresql://app:secret@db/agent_bom -c role=x',
    'postgresql://app:a\\b@db/x',
  ])('brings no URL of an identity that the server would take for something else: %s', (url) => {
    expect(step('after', packagedUrl(server), { AGENT_BOM_POSTGRES_MAINTENANCE_URL: url })).toEqual({
      code: 78,
      output: expect.stringMatching(/^error: AGENT_BOM_POSTGRES_MAINTENANCE_URL is not a connection URL$/m),
    });
  });

  it('on which a file fails ends the step, and the files after it do not run', async () => {
    expect(step('before', packagedUrl(server))).toEqual({
      code: 0,
      output: `${BEGIN}step before done\n`,
    });
    const { code, output } = step('after', packagedUrl(server));
    expect(code).toBe(78);
    expect(output).not.toContain('LOCATION');
    expect(output).toContain('the roles of the packaged migrations are missing from this server');
    expect(output).not.toContain('step after done');
    expect(output.match(/ERROR:/g)).toHaveLength(1);
  });
});
