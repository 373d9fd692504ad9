import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedServer } from '../../../commands/embedded/server';
import { startupOptions } from '../../../contract/postgres/settings';
import { describeIf } from '../../support/describe-if';
import { hasClientTools, reload, SERVER_TIMEOUT_MS } from '../../support/postgres/database';
import { temporaryDirectory } from '../../support/temporary-directory';

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
      'PGCLIENTENCODING=UTF8',
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

  it('is with what a URL of this form says, in every part, and with nothing else', () => {
    const query = 'sslmode=verify-full&sslrootcert=/ca';
    const good = {
      [`postgres://u:p@h/d?sslrootcert=/c&${query}`]: 'u p h 5432 d /c',
      [`postgresql://u%3A:%2F:%5c@h:1/d/e?x=y&${query}&z`]: 'u: /:\\ h 1 d/e /ca',
    };
    const places = [
      ...[
        'mysql://u:p@h/d',
        'postgresqlx://u:p@h/d',
        ' postgresql://u:p@h/d',
        'x=postgresql://u:p@h/d',
        'postgresql:u:p@h/d',
      ],
      ...[
        ':p@h/d',
        'u:@h/d',
        'u@h/d',
        'h/d',
        'u:p@/d',
        'u:p@h',
        'u:p@h/',
        'u:p@h:/d',
        'u:p@h:x/d',
        'u:p@h:1:2/d',
        'u:p@h,g:/d',
      ],
      ...['u/:p@h/d', 'u?:p@h/d', 'u#:p@h/d', 'u@:p@h/d', 'u:p/@h/d', 'u:p?@h/d', 'u:p#@h/d', 'u:p@@h/d', 'u::p@/d'],
      ...['u:p q@h/d', 'u:p\\q@h/d', 'u:p\tq@h/d', 'u:p@h/d e', 'u:p@h#/d', 'u:p@h/d#'],
    ];
    const queries = ['', '?', '?sslmode=verify-full', '?sslrootcert=/ca', `#${query}`, `?${query}#`];
    const values = ['verify-full2', 'verify-ful', 'xverify-full', 'verify-ca', '', 'require'];
    const bad = [
      ...places.map(
        (place) => `${place.includes('postgres') || place.includes('mysql') ? '' : 'postgresql://'}${place}?${query}`,
      ),
      ...queries.map((text) => `postgresql://u:p@h/d${text}`),
      ...values.map((mode) => `postgresql://u:p@h/d?sslmode=${mode}&sslrootcert=/ca`),
      ...[
        'xsslmode=verify-full&sslrootcert=/ca',
        'sslmode=verify-full&sslrootcert=',
        'sslmode=verify-full&xsslrootcert=/ca',
      ].map((text) => `postgresql://u:p@h/d?${text}`),
    ];
    const each = `while IFS= read -r DATABASE_URL; do
      (connect DATABASE_URL 2>/dev/null; echo "$PGUSER $PGPASSWORD $PGHOST $PGPORT $PGDATABASE $PGSSLROOTCERT") || echo "$?"
    done <<'END'\n${[...Object.keys(good), ...bad].join('\n')}\nEND`;
    const answers = shell(each).output.trimEnd().split('\n');
    expect(answers.slice(0, 2)).toEqual(Object.values(good));
    expect(bad.filter((_url, index) => answers[index + 2] !== '2')).toEqual([]);
    expect(answers).toHaveLength(bad.length + 2);
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
    // Also for the scripts of another folder.
    ['cd /; source "$SCRIPT"; psql -A', '-A -f -'],
  ])('begins with the proof of where it is, and ends with the first error: %s', (command, rest) => {
    const directory = mkdtempSync(join(tmpdir(), 'psql-'));
    writeFileSync(join(directory, 'psql'), '#!/bin/sh\nprintf "%s\\n" "$*"\n', { mode: 0o755 });
    const { output } = shell(command, {
      PATH: `${directory}:${process.env.PATH}`,
      SCRIPT: join(MIGRATIONS, 'connect.sh'),
    });
    rmSync(directory, { recursive: true });
    expect(output).toBe(`-X -q -v ON_ERROR_STOP=1 -f ${MIGRATIONS}/prove.psql ${rest}\n`);
  });

  it.each([
    ['', 2, 'does not say at which revision the migrations of the image end'],
    ['two words\n', 2, 'does not say at which revision the migrations of the image end'],
    ['20260818_01\n20260810_01\n', 0, '20260818_01'],
    ['20260818_01', 0, '20260818_01'],
    ['f0ba17ba9c8d', 0, 'f0ba17ba9c8d'],
    ['20260818_AZ', 0, '20260818_AZ'],
  ])('reads the last revision of the image from %j', (text, status, output) => {
    const directory = mkdtempSync(join(tmpdir(), 'revisions-'));
    writeFileSync(join(directory, 'revisions'), text);
    const read = shell('image_head', { CONTRACT_REVISIONS_FILE: join(directory, 'revisions') });
    rmSync(directory, { recursive: true });
    expect(read).toEqual({ status, output: status === 0 ? output : expect.stringContaining(output) });
  });

  it('takes startup options with spaces and backslashes as the program writes them', () => {
    const { output } = shell(`source ../backup/archive.sh; startup_options mark 'a \\  b' name 'c\\'`);
    expect(output.trimEnd()).toBe(startupOptions({ 'agent_bom.mark': 'a \\  b', 'agent_bom.name': 'c\\' }));
  });

  it('reads of a manifest the line that begins with the key, and no other', () => {
    const lines = [
      'database_bytes\t3',
      'bytes more\t1',
      'bytes\t4\tand a tab',
      'bytes_of\tbytes\t5',
      'table\tbytes\t6',
    ];
    const manifest = `<(printf '%s\\n' '${lines.join("' '")}')`;
    expect(shell(`source ../backup/archive.sh; manifest_value ${manifest} bytes`)).toEqual({
      status: 0,
      output: '4\tand a tab\n',
    });
  });

  it.each([
    [
      'that is not installed',
      'none',
      '',
      "none is not installed; install the PostgreSQL client of the server's major version",
    ],
    [
      'without a server to compare with',
      'pg_dump',
      'psql() { return 3; }',
      'the server could not be asked for its version; psql says why above',
    ],
    [
      'older than the server',
      'pg_dump',
      'psql() { echo 18; }',
      'pg_dump is version 17 and the server version 18; install the PostgreSQL client of version 18 or later',
    ],
  ])('says of a client %s what to install', (_what, tool, psql, output) => {
    const tools = `pg_dump() { echo 'pg_dump (PostgreSQL) 17.10 (Debian 17.10-1)'; }\n${psql}`;
    expect(shell(`source ../backup/archive.sh\n${tools}\nrequire_client ${tool}`)).toEqual({
      status: 2,
      output: `error: ${output}\n`,
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

  it.each<[string, string, string, readonly string[], string, string]>([
    [
      'upload.sh',
      "'the dump'",
      '',
      [
        'the dump/one.dump s3://bucket/dumps of it/one/one.dump',
        'the dump/one.manifest s3://bucket/dumps of it/one/one.manifest',
      ],
      '--sse aws:kms --sse-kms-key-id the key --checksum-algorithm SHA256 --only-show-errors',
      'uploading to s3://bucket/dumps of it/one/one.dump\nuploading to s3://bucket/dumps of it/one/one.manifest\nuploaded one\n',
    ],
    [
      'download.sh',
      "'the dump' 'number one'",
      'error: s3://bucket/dumps of it/number one/number one.manifest could not be downloaded; the role sees no difference between a file that is missing and one that it may not read\n',
      [
        's3://bucket/dumps of it/number one/number one.manifest the dump/number one.manifest',
        's3://bucket/dumps of it/number one/number one.dump the dump/number one.dump',
      ],
      '--only-show-errors',
      'downloading s3://bucket/dumps of it/number one/number one.manifest\ndownloading s3://bucket/dumps of it/number one/number one.dump\n',
    ],
    [
      'announce.sh',
      'verified/',
      '',
      ['<file> s3://bucket/verified/2026-01-31T03-00-00Z.json'],
      '--sse aws:kms --sse-kms-key-id the key --content-type application/json --only-show-errors',
      'announced s3://bucket/verified/2026-01-31T03-00-00Z.json\n',
    ],
  ])('asks S3 for these files and no others, one after the other, and says so: %s', (script, words, problem, files, options, output) => {
    const directory = temporaryDirectory('transfer-');
    // Where a Job has the scripts: those of the migrations are elsewhere.
    cpSync(join(MIGRATIONS, '..', 'backup'), join(directory, 'scripts'), { recursive: true });
    mkdirSync(join(directory, 'the dump'));
    for (const name of ['one.dump', 'one.manifest', 'one.manifest.part'])
      writeFileSync(join(directory, 'the dump', name), '');
    mkdirSync(join(directory, 'tmp'));
    const tools = {
      aws: `IFS=' '; echo "$*" >>'${directory}/calls'; cat "$3" >>'${directory}/sent' 2>/dev/null || true; exit "$ANSWER"`,
      date: `[[ $* == '-u +%Y-%m-%dT%H-%M-%SZ' ]] && echo 2026-01-31T03-00-00Z`,
    };
    for (const [name, text] of Object.entries(tools))
      writeFileSync(join(directory, name), `#!/bin/bash\n${text}\n`, { mode: 0o755 });
    const run = (answer: number) => {
      writeFileSync(join(directory, 'calls'), '');
      const ran = shell(`cd '${directory}'; bash scripts/${script} ${words}`, {
        PATH: `${directory}:${process.env.PATH}`,
        MIGRATIONS_DIRECTORY: MIGRATIONS,
        TMPDIR: join(directory, 'tmp'),
        ANSWER: String(answer),
        BACKUP_BUCKET: 'bucket',
        BACKUP_PREFIX: 'dumps of it/',
        BACKUP_KEY_ARN: 'the key',
      });
      const calls = readFileSync(join(directory, 'calls'), 'utf8').replaceAll(/\S+\/tmp\/\S+/g, '<file>');
      return { ...ran, calls: calls.trimEnd().split('\n') };
    };
    const calls = files.map((file) => `s3 cp ${file} ${options}`);
    expect(run(0)).toEqual({ status: 0, output, calls });
    if (script === 'announce.sh')
      expect(readFileSync(join(directory, 'sent'), 'utf8')).toBe('{"verified":"2026-01-31T03-00-00Z"}\n');
    const [first = ''] = problem === '' ? output.split(/(?<=\n)/) : [`${output.split('\n')[0]}\n${problem}`];
    expect(run(254)).toEqual({
      status: problem === '' ? 254 : 2,
      output: script === 'announce.sh' ? '' : first,
      calls: calls.slice(0, 1),
    });
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
