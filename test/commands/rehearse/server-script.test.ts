import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../../support/temporary-directory';

const SCRIPT = join(__dirname, '..', '..', '..', 'commands', 'rehearse', 'cluster', 'server.sh');

/**
 * Runs the script with programs in place of those of the image, which write down what they are asked. The server answers
 * when it has begun, and ends with 5 once the script says that it is ready.
 */
function start(programs: Readonly<Record<string, string>> = {}, data: readonly string[] = []) {
  const directory = temporaryDirectory('server-script-');
  const file = (name: string) => join(directory, name);
  mkdirSync(file('data'));
  for (const name of data) writeFileSync(join(file('data'), name), '15\n');
  const say = `printf '%s\\n' "$(basename "$0") $*" >>'${file('calls')}'\n`;
  const answers = `[[ $* != *'-c select' || -e '${file('listening')}' ]] || exit 2; cat >>'${file('sql')}'`;
  const tools = {
    initdb: `for word; do case $word in --pwfile=*) cat "\${word#*=}" >>'${file('password')}' ;; esac; done`,
    install: '',
    postgres: `>'${file('listening')}'; until [[ -e '${file('ready')}' ]] || ! kill -0 "$PPID" 2>/dev/null; do sleep 0.01; done; exit 5`,
    psql: answers,
    touch: `[[ $1 != /tmp/ready ]] || >'${file('ready')}'`,
    ...programs,
  };
  for (const [name, text] of Object.entries(tools)) {
    writeFileSync(file(name), text.startsWith('#!') ? text : `#!/bin/bash\n${say}${text}\n`, { mode: 0o755 });
  }
  const { status } = spawnSync('bash', [SCRIPT], {
    stdio: 'ignore',
    timeout: 20_000,
    killSignal: 'SIGKILL',
    env: {
      PATH: `${directory}:${process.env.PATH}`,
      PGDATA: file('data'),
      SUPERUSER_PASSWORD: 'super secret',
      ADMIN_LOGIN: 'the_admin',
      ADMIN_PASSWORD: 'admin secret',
      DATABASE: 'the_database',
      MAX_CONNECTIONS: '77',
    },
  });
  const read = (name: string) => (existsSync(file(name)) ? readFileSync(file(name), 'utf8') : undefined);
  const all = (read('calls') ?? '')
    .replaceAll(directory, '')
    .replaceAll(/\/dev\/fd\/\d+/g, '<fd>')
    .trimEnd()
    .split('\n');
  // The server begins meanwhile, and is asked until it answers.
  const calls = all.filter((call) => call !== BEGINS).filter((call, index, others) => call !== others[index + 1]);
  return { status, calls, begun: all.includes(BEGINS), read };
}

const BEGINS = 'postgres -D /data';
const PSQL = 'psql -X -q -v ON_ERROR_STOP=1 -h /tmp -U rdsadmin -d postgres';
const CERTIFICATES = [
  'install -m 600 /certificates/tls.crt /data/server.crt',
  'install -m 600 /certificates/tls.key /data/server.key',
];

describe('the server that a rehearsal starts in the cluster', () => {
  it('has TLS alone, an administrator as on RDS and a database, before it is ready, and ends with the server', () => {
    const { status, calls, begun, read } = start();
    expect({ status, begun }).toEqual({ status: 5, begun: true });
    expect(calls).toEqual([
      'initdb --pgdata=/data --username=rdsadmin --pwfile=<fd> --auth=scram-sha-256 --encoding=UTF8 --locale=C --no-sync --no-instructions',
      ...CERTIFICATES,
      `${PSQL} -c select`,
      PSQL,
      'touch /tmp/ready',
    ]);
    expect(read('password')).toBe('super secret\n');
    expect(read('data/pg_hba.conf')).toBe(
      'local all rdsadmin trust\nhostssl all all all scram-sha-256\nhostnossl all all all reject\n',
    );
    const settings = (read('data/postgresql.conf') ?? '').trimEnd().split('\n').sort();
    expect(settings).toEqual([
      'fsync = off',
      "listen_addresses = '*'",
      "log_timezone = 'UTC'",
      'max_connections = 77',
      "password_encryption = 'scram-sha-256'",
      'port = 5432',
      "shared_buffers = '64MB'",
      'ssl = on',
      "ssl_cert_file = 'server.crt'",
      "ssl_key_file = 'server.key'",
      "ssl_min_protocol_version = 'TLSv1.2'",
      "timezone = 'UTC'",
      "unix_socket_directories = '/tmp'",
    ]);
    const sql = (read('sql') ?? '').replaceAll(/\s+/g, ' ');
    expect(sql).toBe(
      "set log_statement = none; do $$ begin if not exists (select from pg_roles where rolname = 'the_admin') then " +
        'create role rds_superuser nologin; grant pg_monitor, pg_signal_backend to rds_superuser; ' +
        "create role the_admin login createrole createdb password 'admin secret'; grant rds_superuser to the_admin; end if; end $$; " +
        "select 'create database the_database owner the_admin' where not exists " +
        "(select from pg_database where datname = 'the_database') \\gexec ",
    );
  });

  it('begins with the files that it has', () => {
    const { status, calls } = start({}, ['PG_VERSION']);
    expect({ status, first: calls[0] }).toEqual({ status: 5, first: CERTIFICATES[0] });
  });

  it.each([
    ['the server ends before it answers', { postgres: 'exit 9' }, 1],
    ['its files cannot be made', { initdb: 'exit 3' }, 3],
    ['it has no certificate', { install: 'exit 4' }, 4],
    ['it cannot be set up', { psql: `[[ $* == *'-c select' ]] || exit 7` }, 7],
  ])('is not ready where %s', (_what, programs, code) => {
    const { status, calls } = start(programs);
    expect({ status, ready: calls.includes('touch /tmp/ready') }).toEqual({ status: code, ready: false });
  });

  it.each([
    ['is ready', { touch: 'kill -TERM "$PPID"' }],
    ['does not answer yet', { psql: '[[ ! -e ${0%/*}/listening ]] || kill -TERM "$PPID"; exit 2' }],
  ])('ends the server at once, waits for it, and ends well when the pod ends and the server %s', (_what, programs) => {
    // It takes a moment to end, and says that it was told to.
    const server =
      `#!${process.execPath}\nconst { writeFileSync } = require('node:fs');\n` +
      `const file = (name) => require('node:path').join(__dirname, name);\n` +
      `process.on('SIGQUIT', () => setTimeout(() => { writeFileSync(file('quit'), ''); process.exit(2); }, 300));\n` +
      `setTimeout(() => process.exit(5), 10_000);\nwriteFileSync(file('listening'), '');\n`;
    const { status, read } = start({ postgres: server, ...programs });
    expect({ status, quit: read('quit') }).toEqual({ status: 0, quit: '' });
  });
});
