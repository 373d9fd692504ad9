import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedServer } from '../../../commands/embedded/server';
import { startupOptions } from '../../../contract/postgres/settings';
import { describeIf } from '../../support/describe-if';
import { hasClientTools, reload, SERVER_TIMEOUT_MS } from '../../support/postgres/database';

jest.setTimeout(SERVER_TIMEOUT_MS);

const MIGRATIONS = join(__dirname, '..', '..', '..', 'migrations');
const URL_TEXT =
  'postgresql://agent%5Fbom_app:p%40ss%20word@db.example:6543/agent%5Fbom?sslmode=verify-full&sslrootcert=/ca%20s/ca.pem';
/** Variables of libpq and psql that a shell may have; what else begins like them goes as well. */
const LEFT_BEHIND = ['PGSERVICE', 'PGHOSTADDR', 'PGSSLCRLDIR', 'PGREQUIREAUTH', 'PSQLRC', 'PSQL_EDITOR', 'PGTOMORROW'];

/** What the shell prints that runs these lines after it has read connect.sh. */
function shell(lines: string, environment: Readonly<Record<string, string>> = {}) {
  const { status, stdout, stderr } = spawnSync(
    'bash',
    ['--norc', '-c', `set -euo pipefail\nsource connect.sh\n${lines}`],
    {
      cwd: MIGRATIONS,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, DATABASE_URL: URL_TEXT, ...environment },
    },
  );
  return { status, output: stdout + stderr };
}

describe('a session of the scripts', () => {
  it('has these variables of libpq and psql, and no others, whatever the shell had', () => {
    const environment = Object.fromEntries(LEFT_BEHIND.map((name) => [name, 'left behind']));
    const { status, output } = shell("connect DATABASE_URL\nenv | grep -E '^(PG|PSQL)' | LC_ALL=C sort", {
      ...environment,
      CONTRACT_OPTIONS: '-c agent_bom.app_connection_limit=74',
    });
    expect(status).toBe(0);
    expect(output.trim().split('\n')).toEqual([
      'PGAPPNAME=agent-bom-postgres',
      'PGCONNECT_TIMEOUT=10',
      'PGDATABASE=agent_bom',
      'PGGSSENCMODE=disable',
      'PGHOST=db.example',
      'PGOPTIONS=-c agent_bom.app_connection_limit=74 -c search_path=pg_catalog,pg_temp',
      'PGPASSWORD=p@ss word',
      'PGPORT=6543',
      'PGSSLCERT=/dev/null/none',
      'PGSSLCERTMODE=disable',
      'PGSSLCRL=/dev/null/none',
      'PGSSLKEY=/dev/null/none',
      'PGSSLMODE=verify-full',
      'PGSSLROOTCERT=/ca s/ca.pem',
      'PGUSER=agent_bom_app',
      'PSQL_PAGER=',
    ]);
  });

  it('is with the port 5432 where the URL names none', () => {
    const environment = { DATABASE_URL: URL_TEXT.replace(':6543', '') };
    expect(shell('connect DATABASE_URL; printf %s "$PGPORT"', environment)).toEqual({ status: 0, output: '5432' });
  });

  it('is with no database whose name pg_restore would take for the parameters of a connection', () => {
    const environment = { DATABASE_URL: URL_TEXT.replace('/agent%5Fbom?', '/host%3Delsewhere?') };
    expect(shell('connect DATABASE_URL', environment)).toEqual({
      status: 2,
      output: 'error: DATABASE_URL names a database with an equals sign\n',
    });
  });

  it.each([
    ['psql -c "select 1"', '-c select 1'],
    ['psql -f file.sql', '-f file.sql'],
    ['psql -A', '-A -f -'],
  ])('begins with the proof of where it is, and ends with the first error: %s', (command, rest) => {
    const directory = mkdtempSync(join(tmpdir(), 'psql-'));
    writeFileSync(join(directory, 'psql'), '#!/bin/sh\nprintf "%s\\n" "$*"\n', { mode: 0o755 });
    const { output } = shell(command, { PATH: `${directory}:${process.env.PATH}` });
    rmSync(directory, { recursive: true });
    expect(output).toBe(`-X -q -v ON_ERROR_STOP=1 -f ${MIGRATIONS}/prove.psql ${rest}\n`);
  });

  it.each([
    ['', 2, 'does not say at which revision the migrations of the image end'],
    ['two words\n', 2, 'does not say at which revision the migrations of the image end'],
    ['20260818_01\n20260810_01\n', 0, '20260818_01'],
  ])('reads the last revision of the image from %j', (text, status, output) => {
    const directory = mkdtempSync(join(tmpdir(), 'revisions-'));
    writeFileSync(join(directory, 'revisions'), text);
    const read = shell('image_head', { CONTRACT_REVISIONS_FILE: join(directory, 'revisions') });
    rmSync(directory, { recursive: true });
    expect(read).toEqual({ status, output: expect.stringContaining(output) });
  });

  it('takes startup options with spaces and backslashes as the program writes them', () => {
    const { output } = shell(`source ../backup/archive.sh; startup_options mark 'a \\  b' name 'c\\'`);
    expect(output.trimEnd()).toBe(startupOptions({ 'agent_bom.mark': 'a \\  b', 'agent_bom.name': 'c\\' }));
  });

  it('reads of a manifest the line that begins with the key, and no other', () => {
    const manifest = `<(printf 'table\\tdate_format\\tr\\nformat\\t4\\n')`;
    expect(shell(`source ../backup/archive.sh; manifest_value ${manifest} format`)).toEqual({
      status: 0,
      output: '4\n',
    });
  });

  it.each<[string, string]>([
    ['migrations/run.sh', 'again'],
    ['backup/dump.sh', ''],
    ['backup/dump.sh', '/nowhere one'],
    ['backup/dump.sh', '. one two'],
    ['backup/upload.sh', ''],
    ['backup/upload.sh', '. .'],
    ['backup/download.sh', '.'],
    ['backup/download.sh', '. one two'],
    ['backup/download.sh', '/nowhere one'],
    ['backup/announce.sh', ''],
    ['backup/announce.sh', 'verified/ more'],
    ['backup/announce.sh', 'verified'],
    ['backup/announce.sh', 'a/b/'],
    ['backup/announce.sh', '../'],
    ['backup/restore.sh', ''],
    ['backup/restore.sh', 'connect.sh'],
    ['backup/restore.sh', 'one.dump'],
    ['backup/restore.sh', 'one.dump --replace'],
    ['backup/restore.sh', 'one.dump --again'],
  ])('is begun by no script that is used otherwise than it says: %s %s', (script, words) => {
    const aws = 'BACKUP_BUCKET= BACKUP_PREFIX= BACKUP_KEY_ARN= REACH=';
    const { status, output } = shell(`${aws} PATH=/usr/bin:/bin bash ../${script} ${words}`);
    expect(output).toMatch(/usage: |DATABASE_URL is not a connection URL/);
    expect(output).not.toMatch(/command not found|unbound|line \d+:/);
    expect(status).toBe(script.includes('run.sh') ? 78 : 2);
  });

  it('uploads nothing from a directory with more than one dump', () => {
    const directory = mkdtempSync(join(tmpdir(), 'dumps-'));
    for (const name of ['one', 'two']) writeFileSync(join(directory, `${name}.manifest`), '');
    const uploaded = shell(`bash ../backup/upload.sh '${directory}'`, { BACKUP_BUCKET: 'x', BACKUP_PREFIX: 'y' });
    rmSync(directory, { recursive: true });
    expect(uploaded).toEqual({ status: 2, output: expect.stringContaining('does not hold exactly one manifest') });
  });

  it('needs no image', () => {
    expect(shell('image_head')).toEqual({ status: 0, output: '' });
  });
});

describeIf(hasClientTools(15))('the proof of where a session is', () => {
  let server: EmbeddedServer;

  beforeAll(async () => {
    server = await EmbeddedServer.start({ major: '15' });
  });

  afterAll(() => server.stop());

  /** The proof, in a session with the server, with what a URL would have said; then what the session is like. */
  function proof(said: Readonly<Record<string, string>> = {}, sslmode = 'verify-full') {
    const { host, port, caFile, database, admin } = server.address;
    const session = `host=${host} port=${port} dbname=${database} user=${admin.user} sslmode=${sslmode} sslrootcert=${caFile}`;
    const state = "select current_setting('search_path'), current_user";
    const files = ['-f', join(MIGRATIONS, 'prove.psql'), '-c', state];
    const { status, stdout, stderr } = spawnSync(
      'psql',
      ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', ...files, session],
      {
        encoding: 'utf8',
        env: {
          PATH: process.env.PATH,
          PGPASSWORD: admin.password,
          PGHOST: host,
          PGPORT: String(port),
          PGDATABASE: database,
          PGUSER: admin.user,
          ...said,
        },
      },
    );
    return { status, output: stdout + stderr };
  }

  it('passes where all is as the URL says, and lets names be looked for in pg_catalog alone', () => {
    expect(proof()).toEqual({ status: 0, output: 'pg_catalog, pg_temp|agent_bom_admin\n' });
  });

  it('keeps the role with which a session begins', () => {
    expect(proof({ PGOPTIONS: '-c role=rds_superuser' }).output).toBe('pg_catalog, pg_temp|rds_superuser\n');
  });

  it.each([
    ['host', { PGHOST: '192.0.2.1' }],
    ['port', { PGPORT: '1' }],
    ['database', { PGDATABASE: 'production' }],
    ['login', { PGUSER: 'nobody' }],
  ])('fails where the %s is another one', (_what, said) => {
    const { status, output } = proof(said);
    expect(output).toContain(`the URL says`);
    expect(output).toContain(Object.values(said).join());
    expect(status).toBe(3);
  });

  it('fails where the session is not encrypted', async () => {
    const rules = join(server.address.directory, 'data', 'pg_hba.conf');
    const former = readFileSync(rules, 'utf8');
    writeFileSync(rules, 'host all all all scram-sha-256\n');
    await reload(server);
    const { status, output } = proof({}, 'disable');
    writeFileSync(rules, former);
    await reload(server);
    expect(output).toMatch(/the connection to .* is not encrypted/);
    expect(status).toBe(3);
  });
});
