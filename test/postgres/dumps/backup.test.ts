import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedServer } from '../../../commands/embedded/server';
import {
  defaultParameters,
  fillStandIn,
  packagedUrl,
  rehearsalUrls,
  runStandIn,
} from '../../../commands/rehearse/rehearse';
import { applyStep, type ContractRun } from '../../../commands/shared/postgres/contract-runner';
import { startupOptions } from '../../../contract/postgres/settings';
import { describeIf } from '../../support/describe-if';
import { hasClientTools, query, SERVER_TIMEOUT_MS, superuserUrl } from '../../support/postgres/database';

jest.setTimeout(SERVER_TIMEOUT_MS);

const BACKUP = join(__dirname, '..', '..', '..', 'backup');

/** A server, and the environment of the Jobs that back it up and restore it. */
interface Side {
  readonly server: EmbeddedServer;
  readonly run: ContractRun;
}

async function startSide(): Promise<Side> {
  // So much that a restore takes a part of it for its indexes.
  const settings = { log_statement: 'all', shared_buffers: '1GB' };
  const server = await EmbeddedServer.start({ major: '15', settings });
  return { server, run: { urls: rehearsalUrls(server), parameters: defaultParameters() } };
}

/** The revisions of an image, newest first, where a test has one. */
let revisions = '';

/** The startup options of the contract, where a test has others. */
let options: string | undefined;

/** Directory with executables that go before those of the machine, where a test has some. */
let executables = '';

/** The directory for temporary files, in which the scripts leave nothing. */
let temporary = '';

function script({ server, run }: Side, file: string, ...scriptArguments: string[]) {
  const { status, stdout, stderr } = spawnSync('bash', [join(BACKUP, file), ...scriptArguments], {
    encoding: 'utf8',
    env: {
      TZ: 'Asia/Tokyo',
      TMPDIR: temporary,
      PATH: [executables, process.env.PATH].filter((part) => part !== '').join(':'),
      CONTRACT_OPTIONS: options ?? startupOptions(run.parameters),
      CONTRACT_REVISIONS_FILE: revisions,
      ALEMBIC_DATABASE_URL: packagedUrl(server),
      AGENT_BOM_POSTGRES_URL: run.urls.app,
      AGENT_BOM_POSTGRES_MAINTENANCE_URL: run.urls.maintenance,
      AGENT_BOM_POSTGRES_BACKUP_URL: run.urls.backup,
    },
  });
  return { code: status, output: `${stdout}${stderr}` };
}

describeIf(hasClientTools(15))('dump and restore', () => {
  const directory = mkdtempSync(join(tmpdir(), 'backup-test-'));
  const file = (name: string) => join(directory, name);
  let source: Side;
  let target: Side;

  beforeAll(async () => {
    temporary = file('temporary');
    mkdirSync(temporary);
    [source, target] = await Promise.all([startSide(), startSide()]);
    await applyStep('before', source.run);
    await runStandIn(packagedUrl(source.server));
    // As a later version of the product makes a table append-only.
    await query(
      packagedUrl(source.server),
      'revoke update, delete on llm_costs from agent_bom_app',
      'create view jobs_of_teams as select team_id, count(*) from scan_jobs group by 1',
    );
    await applyStep('after', source.run);
    await fillStandIn(source.run.urls.app);
    await query(
      source.run.urls.maintenance,
      "set app.bypass_rls = '1'",
      "insert into scan_dispatch_queue (tenant_id) values ('west')",
    );
  });

  afterAll(async () => {
    await Promise.all([source.server.stop(), target.server.stop()]);
    rmSync(directory, { recursive: true });
  });

  /** A copy of the dump, changed, with a manifest that still matches it where `signed`. */
  function changedDump(name: string, change: (bytes: Buffer) => Buffer, signed: boolean): string {
    const bytes = change(readFileSync(file('one.dump')));
    const digest = createHash('sha256').update(bytes).digest('hex');
    const manifest = readFileSync(file('one.manifest'), 'utf8');
    writeFileSync(file(`${name}.dump`), bytes);
    writeFileSync(file(`${name}.manifest`), signed ? manifest.replace(/^sha256\t.*$/m, `sha256\t${digest}`) : manifest);
    return file(`${name}.dump`);
  }

  /** What psql and pg_restore were called with meanwhile: database, login and options of the session, and arguments. */
  function recorded<Result>(work: () => Result): { result: Result; calls: string[] } {
    executables = file('recording');
    mkdirSync(executables, { recursive: true });
    const said = '$PGUSER at $PGDATABASE ($PGOPTIONS): $(basename "$0") $*';
    for (const tool of ['psql', 'pg_restore']) {
      const record = `printf '%s\\n' "${said}" >>'${file('calls')}'\nPATH=\${PATH#*:} exec ${tool} "$@"`;
      writeFileSync(join(executables, tool), `#!/bin/bash\n${record}\n`, { mode: 0o755 });
    }
    const result = work();
    executables = '';
    const calls = readFileSync(file('calls'), 'utf8')
      .replaceAll(startupOptions(target.run.parameters), '<options>')
      .replaceAll(/_[0-9a-f]{8}\b/g, '_<number>')
      .replaceAll(/\d{8}_\d{6}/g, '<time>')
      .replaceAll(/-X -q -v ON_ERROR_STOP=1 -f \S+prove.psql /g, '')
      .replaceAll(/(?<= |=)\/\S+\//g, '');
    return { result, calls: calls.trimEnd().split('\n') };
  }

  /** Who does what where, in a restore into a database that is there: what runs at once, and the checks, in no order. */
  function expectSessions(calls: readonly string[]): void {
    const building =
      '<options> -c agent_bom.alembic_head=00000000_01 -c synchronous_commit=off -c maintenance_work_mem=131072';
    const inNew = (call: string) =>
      `agent_bom_admin at agent_bom_restoring_<number> (${building} -c search_path=pg_catalog,pg_temp): ${call}`;
    expect(calls.filter((call) => / pg_restore (?!--version)/.test(call))).toEqual([
      'agent_bom_admin at agent_bom (<options> -c search_path=pg_catalog,pg_temp): pg_restore --list first.dump',
      inNew(
        'pg_restore --dbname=agent_bom_restoring_<number> --no-owner --no-tablespaces --role=agent_bom_owner --exit-on-error ' +
          `--jobs=${Math.min(4, availableParallelism())} --use-list=entries first.dump`,
      ),
      inNew('pg_restore --file=- --no-owner --role=agent_bom_owner --use-list=last first.dump'),
    ]);
    for (const session of [
      'agent_bom_admin at postgres (-c idle_session_timeout=0 -c agent_bom.target=agent_bom ): psql -A -t -f -',
      'agent_bom_admin at agent_bom_restoring_<number> (-c role=agent_bom_owner): psql -c set client_min_messages = error -c analyze',
      inNew('psql -o null --single-transaction -f -'),
    ]) {
      expect(calls).toContain(session);
    }
    // The counts and the checks, which run at once, are in no order.
    const files = calls.filter((call) => call.includes('.sql') && !/ -F |requirements\.sql$/.test(call));
    expect(
      files.map((call) =>
        call.replace(/ \(.*\): psql .*? -f (facts.sql -f )?/, ': ').replace(/(lock.sql) .* /, '$1 to '),
      ),
    ).toEqual([
      'agent_bom_admin at agent_bom: refuse.sql',
      'agent_bom_admin at postgres: leftovers.sql',
      'agent_bom_admin at postgres: create_database.sql',
      'agent_bom_admin at agent_bom_restoring_<number>: lock.sql to 030_own_relations.sql',
      'agent_bom_admin at agent_bom_restoring_<number>: prepare.sql',
      'agent_bom_admin at agent_bom_restoring_<number>: 020_own_database.sql',
      'agent_bom_admin at agent_bom_restoring_<number>: lock.sql to 070_analyze_tables.sql',
      'agent_bom_admin at postgres: copy_settings.sql',
      'agent_bom_admin at postgres: take_name.sql',
      'agent_bom_admin at agent_bom_before_<time>: dependents.sql -f relations.sql -f left_out.sql',
      'agent_bom_admin at agent_bom_before_<time>: is_empty.sql',
    ]);
  }

  const tablesOf = (side: Side) =>
    query(
      superuserUrl(side.server),
      "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'",
    );

  it('writes a dump and, beside it, what it holds', () => {
    for (const name of ['one.dump', 'one.manifest']) rmSync(file(name), { force: true });
    const { code, output } = script(source, 'dump.sh', directory, 'one');
    const bytes = statSync(file('one.dump')).size;
    expect({ code, output }).toEqual({
      code: 0,
      output:
        'dumping database agent_bom at localhost\n' +
        `wrote ${file('one.dump')} (${bytes} bytes) and ${file('one.manifest')}\n`,
    });
    expect(readdirSync(directory).filter((name) => name.startsWith('one'))).toEqual(['one.dump', 'one.manifest']);
    const manifest = readFileSync(file('one.manifest'), 'utf8');
    expect(manifest).toMatch(
      /^format\t4\nsha256\t[0-9a-f]{64}\nbytes\t\d+\ndatabase_bytes\t\d{6,}\nowners\tagent_bom_admin,agent_bom_owner\nrevision\t00000000_01\n/,
    );
    expect(manifest).toContain('rows\tscan_jobs\tnorth\t3\n');
    expect(manifest).toContain('rows\tscan_jobs\tsouth\t3\n');
    expect(manifest).toContain('rows\tscan_dispatch_queue\twest\t1\n');
    const kinds: Record<string, number> = {};
    for (const [, kind = ''] of manifest.matchAll(/^(\w+)\t/gm)) kinds[kind] = (kinds[kind] ?? 0) + 1;
    const counted = { revision: 1, rows: 72, sequence: 42, policy: 121, table: 112, grant: 445, routine: 2 };
    expect(kinds).toEqual({ format: 1, sha256: 1, bytes: 1, database_bytes: 1, owners: 1, ...counted });
    for (const line of [
      'sequence\tosv_cache_id_seq\t1\tf\n',
      'sequence\tagents_id_seq\t6\tt\n',
      'table\tscan_jobs\tr\tagent_bom_owner\tt\tt\n',
      'table\tjobs_of_teams\tv\tagent_bom_owner\tf\tf\n',
      'grant\tscan_jobs\tagent_bom_app\tDELETE,INSERT,SELECT,UPDATE\n',
      'grant\tllm_costs\tagent_bom_app\tINSERT,SELECT\n',
      'policy\tscan_jobs\tagent_bom_backup_reads\tr\tt\tagent_bom_backup\ttrue\n',
      'policy\tscan_jobs\ttenant_isolation\t*\tt\tpublic\t((team_id = abom_current_tenant()) OR abom_rls_bypass()) / ((team_id = abom_current_tenant()) OR abom_rls_bypass())\n',
      'routine\tabom_current_tenant()\tagent_bom_owner\tf\tagent_bom_owner=EXECUTE,public=EXECUTE\n',
    ]) {
      expect(manifest).toContain(line);
    }
  });

  it('gives the number of bytes, and what was dumped the time in UTC as a name', async () => {
    expect(readFileSync(file('one.manifest'), 'utf8')).toContain(`bytes\t${statSync(file('one.dump')).size}\n`);
    // The size is that of the tables with their indexes, which a restore needs room for.
    const [{ size = 0 } = {}] = await query<{ size: number }>(
      superuserUrl(source.server),
      "select sum(pg_table_size(oid))::int as size from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'",
    );
    const [, counted] = /^database_bytes\t(\d+)$/m.exec(readFileSync(file('one.manifest'), 'utf8')) ?? [];
    expect(Number(counted)).toBeGreaterThan(size);
    // A policy for everybody and every command shows the backup as much.
    await query(
      superuserUrl(source.server),
      'drop policy agent_bom_backup_reads on scan_jobs',
      'create policy everything on scan_jobs using (true)',
    );
    const begin = Math.floor(Date.now() / 1000) * 1000;
    const { code, output } = script(source, 'dump.sh', directory);
    await query(superuserUrl(source.server), 'drop policy everything on scan_jobs');
    await applyStep('after', source.run);
    expect({ code, output }).toMatchObject({ code: 0 });
    const [, day, ...time] = /wrote .*\/(\d{4}-\d{2}-\d{2}T)(\d{2})-(\d{2})-(\d{2}Z)\.dump /.exec(output) ?? [];
    const named = Date.parse(`${day}${time.join(':')}`);
    expect(named).toBeGreaterThanOrEqual(begin);
    expect(named).toBeLessThanOrEqual(Date.now());
  });

  it.each(['../one', '.hidden', 'two words', '-x', ''])('writes no dump of the name %j', (name) => {
    const { code, output } = script(source, 'dump.sh', directory, name, ...(name === '' ? ['more'] : []));
    expect({ code, output }).toEqual({ code: 2, output: expect.stringContaining('usage: dump.sh') });
  });

  it('lets nobody else read the dump or its manifest', () => {
    for (const name of ['one.dump', 'one.manifest']) expect(statSync(file(name)).mode & 0o777).toBe(0o600);
  });

  it('dumps the moment in which it counts, and waits a minute for a table that is in use', async () => {
    const inserts = "set app.tenant_id = 'north'; insert into scan_jobs default values";
    executables = file('executables');
    for (const name of ['moment.dump', 'moment.manifest', 'moved']) rmSync(file(name), { force: true });
    mkdirSync(executables, { recursive: true });
    const real = 'PATH=${PATH#*:} exec "$(basename "$0")" "$@"';
    writeFileSync(join(executables, 'mv'), `#!/bin/bash\nprintf '%s\\n' "\${@: -1}" >>'${file('moved')}'\n${real}\n`, {
      mode: 0o755,
    });
    writeFileSync(
      join(executables, 'pg_dump'),
      `#!/bin/bash\nif [[ $* != --version ]]; then\nprintf '%s\\n' "$@" >'${file('arguments')}'\n` +
        `PGOPTIONS= psql -X -q '${source.run.urls.app}' -c "${inserts}" >/dev/null || exit 9\nfi\n${real}\n`,
    );
    chmodSync(join(executables, 'pg_dump'), 0o755);
    const dumped = script(source, 'dump.sh', directory, 'moment');
    executables = '';
    await query(source.run.urls.app, "set app.tenant_id = 'north'", 'delete from scan_jobs where id > 6');
    expect(dumped).toMatchObject({ code: 0 });
    expect(readFileSync(file('moment.manifest'), 'utf8')).toContain('rows\tscan_jobs\tnorth\t3\n');
    const { stdout } = spawnSync('pg_restore', ['--data-only', '--table=scan_jobs', '--file=-', file('moment.dump')], {
      encoding: 'utf8',
    });
    expect(stdout.match(/^\d+\t.*$/gm)).toHaveLength(6);
    expect(readFileSync(file('arguments'), 'utf8').replace(/(?<=--snapshot=)[0-9A-F-]+/, '<snapshot>')).toBe(
      '--format=custom\n--schema=public\n--no-publications\n--no-subscriptions\n--no-security-labels\n' +
        `--enable-row-security\n--snapshot=<snapshot>\n--file=${file('moment.dump.part')}\n--lock-wait-timeout=60s\n`,
    );
    // A manifest stands for a whole dump.
    expect(readFileSync(file('moved'), 'utf8')).toBe(`${file('moment.dump')}\n${file('moment.manifest')}\n`);
  });

  it('writes nothing where the session that counts ends', () => {
    executables = file('ending');
    mkdirSync(executables, { recursive: true });
    const ends = `case "$*" in *' -f -') exit 3 ;; esac; PATH=\${PATH#*:} exec psql "$@"`;
    writeFileSync(join(executables, 'psql'), `#!/bin/bash\n${ends}\n`, { mode: 0o755 });
    const dumped = script(source, 'dump.sh', directory, 'ended');
    executables = '';
    expect(dumped).toEqual({ code: 2, output: expect.stringContaining('could not export a snapshot') });
    expect(existsSync(file('ended.manifest'))).toBe(false);
  });

  it('writes nothing where the backup may not read a table', async () => {
    await query(superuserUrl(source.server), 'revoke select on scan_jobs from agent_bom_backup');
    const { code, output } = script(source, 'dump.sh', directory, 'partial');
    await applyStep('after', source.run);
    expect(code).not.toBe(0);
    expect(output).toContain('permission denied for table scan_jobs');
    expect(() => statSync(file('partial.manifest'))).toThrow('ENOENT');
  });

  it.each([
    ['without its policy', 'drop policy agent_bom_backup_reads on scan_jobs'],
    ...['to agent_bom_app', 'as restrictive', 'for update', 'as permissive for delete'].map(
      (form): [string, string] => [
        `with a policy ${form} alone that would show them`,
        `drop policy agent_bom_backup_reads on scan_jobs; create policy fewer on scan_jobs ${form} using (true)`,
      ],
    ),
    ['with a restrictive one', 'create policy fewer on scan_jobs as restrictive for select using (false)'],
    ['with a restrictive one for all commands', 'create policy fewer on scan_jobs as restrictive using (false)'],
  ])('writes nothing where a table is %s, which would hide rows without an error', async (_what, sabotage) => {
    for (const name of ['hidden.dump', 'hidden.manifest']) rmSync(file(name), { force: true });
    await query(superuserUrl(source.server), sabotage);
    const { code, output } = script(source, 'dump.sh', directory, 'hidden');
    await query(superuserUrl(source.server), 'drop policy if exists fewer on scan_jobs');
    await applyStep('after', source.run);
    expect(output).toContain('policies hide rows of scan_jobs from agent_bom_backup');
    expect({ code, output }).toEqual({
      code: 2,
      output: expect.stringContaining('this database cannot be dumped; psql'),
    });
    expect(existsSync(file('hidden.dump'))).toBe(false);
    expect(existsSync(file('hidden.manifest'))).toBe(false);
  });

  it.each(['', '.dump', '.manifest'])('never overwrites a dump or its manifest: %s', (kind) => {
    if (kind !== '') copyFileSync(file(`one${kind}`), file(`half${kind}`));
    const name = kind === '' ? 'one' : 'half';
    expect(script(source, 'dump.sh', directory, name)).toEqual({
      code: 2,
      output: `error: there is a file ${file(name)}.dump or its manifest; a dump replaces none\n`,
    });
    if (kind !== '') rmSync(file(`half${kind}`));
  });

  it.each<[string, string, () => string[]]>([
    [
      'a damaged dump',
      'damaged or truncated',
      () => [
        changedDump(
          'damaged',
          (bytes) => Buffer.concat([bytes.subarray(0, 999), Buffer.from('x'), bytes.subarray(1000)]),
          false,
        ),
      ],
    ],
    [
      'a truncated dump',
      'damaged or truncated',
      () => [changedDump('truncated', (bytes) => bytes.subarray(0, bytes.length / 2), false)],
    ],
    [
      'a dump of a newer pg_dump',
      'cannot be read by this version of pg_restore: pg_restore: error: unsupported version (1.99) in file header\n',
      () => [
        changedDump(
          'newer',
          (bytes) => Buffer.concat([bytes.subarray(0, 6), Buffer.from([99]), bytes.subarray(7)]),
          true,
        ),
      ],
    ],
    [
      'something else',
      'cannot be read by this version of pg_restore',
      () => [changedDump('else', () => Buffer.from('select 1;'), true)],
    ],
    [
      'a dump without its manifest',
      'manifest is missing',
      () => {
        copyFileSync(file('one.dump'), file('alone.dump'));
        return [file('alone.dump')];
      },
    ],
    [
      'a dump of a format to come',
      'is of a format that this version does not know',
      () => {
        const dump = changedDump('format', (bytes) => bytes, true);
        const manifest = dump.replace('.dump', '.manifest');
        writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(/^format\t4$/m, 'format\t5'));
        return [dump];
      },
    ],
    [
      'a dump of a later revision, which is told by its date where no image is',
      "is of the schema's revision 20991231_01, and this version of the contract ends at 00000000_01;",
      () => {
        const dump = changedDump('later', (bytes) => bytes, true);
        const manifest = dump.replace('.dump', '.manifest');
        writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(/^revision\t.*$/m, 'revision\t20991231_01'));
        return [dump];
      },
    ],
    ['no dump', 'usage: restore.sh', () => []],
    ['an unknown argument', 'usage: restore.sh', () => [file('one.dump'), '--force']],
  ])('refuses %s before anything is changed', async (_, message, scriptArguments) => {
    const { code, output } = script(target, 'restore.sh', ...scriptArguments());
    expect({ code, output }).toEqual({ code: 2, output: expect.stringContaining(message) });
    expect(await tablesOf(target)).toEqual([]);
    expect(await query(superuserUrl(target.server), "select from pg_roles where rolname = 'agent_bom_owner'")).toEqual(
      [],
    );
  });

  it.each([
    ...['', '0', '5', '44', '4x'].map((format) => [format, '20260101_01', '', 'is of a format that this version does']),
    ['1', '20260101_01', '-c agent_bom.alembic_head=20260102_01', 'names no agent_bom.app_connection_limit;'],
    ['2', '20260101_01', '-c agent_bom.alembic_head=20260101_01', 'names no agent_bom.app_connection_limit;'],
    ['3', '20260101_01', '', 'names no agent_bom.app_connection_limit;'],
    [
      '4',
      '20260102_02',
      '-c agent_bom.alembic_head=20260102_01',
      '20260102_02, and this version of the contract ends at 20260102_01;',
    ],
    ['4', '20260101_01 x', '', "schema's revision 20260101_01 x, and this version of the contract ends at none;"],
    ['4', '', '', "schema's revision unknown, and this version of the contract ends at none;"],
    ['4', '20260101_01', '-c other.agent_bom.app_connection_limit=5 ', 'names no agent_bom.app_connection_limit;'],
    ...['0', '1000000', '-1', '5x', ''].map((limit) => [
      '4',
      '20260101_01',
      `-c agent_bom.app_connection_limit=${limit} `,
      'names no agent_bom.app_connection_limit;',
    ]),
    [
      '4',
      '20260101_01',
      '-c agent_bom.app_connection_limit=999999 -c agent_bom.maintenance_connection_limit=1 -c agent_bom.backup_connection_limit=0 ',
      'names no agent_bom.backup_connection_limit;',
    ],
  ])('refuses format %j at revision %j with the options %j, because it %s', async (format, revision, given, message) => {
    const dump = changedDump('asked', (bytes) => bytes, true);
    const manifest = dump.replace('.dump', '.manifest');
    const text = readFileSync(manifest, 'utf8').replace(/^revision\t.*$/m, `revision\t${revision}`);
    writeFileSync(manifest, text.replace('format\t4', `format\t${format}`));
    options = given;
    const { code, output } = script(target, 'restore.sh', dump);
    options = undefined;
    expect({ code, output }).toEqual({ code: 2, output: expect.stringContaining(message) });
  });

  it('refuses a dump of a revision that the image does not know, older or newer, before anything is changed', async () => {
    revisions = file('revisions');
    // By its date the dump is older than the last revision of the image.
    writeFileSync(revisions, '20260823_01\n00000000_011\n20260818_01\n');
    const { code, output } = script(target, 'restore.sh', file('one.dump'));
    revisions = '';
    expect({ code, output }).toEqual({
      code: 2,
      output: expect.stringContaining(
        "is of the schema's revision 00000000_01, and this version of the contract ends at 20260823_01;",
      ),
    });
    expect(await query(superuserUrl(target.server), "select from pg_roles where rolname = 'agent_bom_owner'")).toEqual(
      [],
    );
  });

  it('restores on a server that has none of the roles, and says where it differs from the manifest', async () => {
    const changed = changedDump('differs', (bytes) => bytes, true);
    const manifest = changed.replace('.dump', '.manifest');
    const former = readFileSync(manifest, 'utf8');
    writeFileSync(manifest, former.replaceAll(/^(rows\t.*\tnorth\t)3$/gm, '$14'));
    const { code, output } = script(target, 'restore.sh', changed);
    expect({ code, output }).toMatchObject({ code: 1 });
    expect(output).toMatch(/^pass +tenancy\.probe/m);
    expect(output).not.toMatch(/^fail/m);
    // Of 35 tables, the first lines of the comparison.
    const difference = output.match(/^(?:\d+(?:,\d+)?c\d+(?:,\d+)?|---|[<>].*)$/gm) ?? [];
    expect(difference).toHaveLength(20);
    expect(difference.slice(0, 4).join('\n')).toMatch(/^\d+c\d+\n< rows\t(\w+)\tnorth\t4\n---\n> rows\t\1\tnorth\t3$/);
    expect(output).toMatch(/^the database agent_bom is as it was$/m);
    expect(await tablesOf(target)).toEqual([]);
    const roles = "select rolname from pg_roles where rolname ~ '^agent_bom' order by 1";
    expect(await query(superuserUrl(target.server), roles)).toEqual([{ rolname: 'agent_bom_admin' }]);
  });

  it('refuses a database that holds data, unless told so by its name, and then restores exactly', async () => {
    const kinds = [
      'create sequence one',
      'create view two as select 1',
      'create materialized view three as select 1',
      'create table four (day date) partition by range (day)',
      'create extension pg_buffercache',
    ];
    await query(superuserUrl(target.server), ...kinds);
    expect(script(target, 'restore.sh', file('one.dump')).output).toContain(
      'holds 4 tables and sequences, and a restore',
    );
    const gone = ['sequence one', 'view two', 'materialized view three', 'table four', 'extension pg_buffercache'];
    await query(superuserUrl(target.server), ...gone.map((what) => `drop ${what}`));
    const inserted = 'select count(*)::int as rows from osv_cache';
    // A manifest of the first format: without the size of the database, and with owners by table alone.
    const first = changedDump('first', (bytes) => bytes, true);
    const manifest = first.replace('.dump', '.manifest');
    const text = readFileSync(manifest, 'utf8').replace(/^(database_bytes|owners)\t.*\n/gm, '');
    const large = text.replace(/^bytes\t.*$/m, 'bytes\t1073000000');
    writeFileSync(manifest, large.replace(/^format\t4$/m, 'format\t1'));
    // A routine alone is something that is kept.
    await query(target.run.urls.admin, 'create function kept() returns int language sql return 1');
    const { result: restored, calls } = recorded(() => script(target, 'restore.sh', first));
    // With those that the packaged migrations make when they run for the first time.
    const roles =
      "select concat_ws(' ', rolname, nullif(rolcanlogin, false)) as role from pg_roles where rolname ~ '^agent_bom_' order by 1";
    expect((await query<{ role: string }>(superuserUrl(target.server), roles)).map(({ role }) => role)).toEqual([
      ...[
        'admin t',
        'app t',
        'app_b t',
        'backup t',
        'maintenance t',
        'maintenance_b t',
        'owner',
        'readonly',
        'rls_maintenance',
      ].map((name) => `agent_bom_${name}`),
    ]);
    const members =
      "select concat_ws(' ', member::regrole, roleid::regrole, nullif(admin_option, false)) as held from pg_auth_members where roleid::regrole::text ~ '^agent_bom_' order by 1";
    expect((await query<{ held: string }>(superuserUrl(target.server), members)).map(({ held }) => held)).toEqual([
      'agent_bom_admin agent_bom_owner',
      'agent_bom_admin agent_bom_rls_maintenance t',
      'agent_bom_app_b agent_bom_app',
      'agent_bom_maintenance agent_bom_rls_maintenance',
      'agent_bom_maintenance_b agent_bom_maintenance',
    ]);
    const [, previous = ''] = / (agent_bom_before_\d{8}_\d{6});/.exec(restored.output) ?? [];
    const [, other = ''] = / (agent_bom_restoring_[0-9a-f]{8}) /.exec(restored.output) ?? [];
    const steps = ['before', 'after', 'verify'].flatMap((step) => [
      `step ${step} on database ${other} at localhost`,
      `step ${step} done`,
    ]);
    expect({ ...restored, output: restored.output.replaceAll(/^pass .*\n/gm, '').split('\n') }).toEqual({
      code: 0,
      output: [
        expect.stringMatching(
          /^disk space: the server needs more than 1024 MiB free, and write-ahead log; database agent_bom, which stays, takes \d+ MiB$/,
        ),
        `restoring ${first} next to database agent_bom at localhost`,
        ...steps,
        `comparing with ${manifest}`,
        `the previous contents are in the database ${previous}; when nobody needs them: drop database "${previous}";`,
        `restored: ${35 * 2 * 3 + 2} rows in ${35 * 2 + 2} tables and tenants, exactly as dumped`,
        '',
      ],
    });
    expectSessions(calls);
    await query(superuserUrl(target.server), 'insert into osv_cache default values');
    for (const scriptArguments of [[], ['--replace', 'another']]) {
      const refused = script(target, 'restore.sh', file('one.dump'), ...scriptArguments);
      expect(refused.code).not.toBe(0);
      expect(refused.output).toContain('a restore would replace them');
      expect(refused.output).toContain('--replace agent_bom');
    }
    expect(await query(superuserUrl(target.server), inserted)).toEqual([{ rows: 1 }]);
    // The image knows the revision of the dump and a later one, which the migrations bring.
    revisions = file('revisions');
    writeFileSync(revisions, '20260823_01\n00000000_01\n20260818_01\n');
    const begin = Math.floor(Date.now() / 1000) * 1000;
    const replaced = script(target, 'restore.sh', file('one.dump'), '--replace', 'agent_bom');
    revisions = '';
    const [, ...moment] = /agent_bom_before_(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d);/.exec(replaced.output) ?? [];
    const [year = 0, month = 0, ...time] = moment.map(Number);
    const named = Date.UTC(year, month - 1, ...time);
    expect([named >= begin, named <= Date.now()]).toEqual([true, true]);
    expect(replaced).toMatchObject({ code: 0 });
    expect(replaced.output).toContain(
      'the schema is at revision 00000000_01; run the migrations to bring it to 20260823_01',
    );
    expect(replaced.output).toContain(
      `restored: ${35 * 2 * 3 + 2} rows in ${35 * 2 + 2} tables and tenants, exactly as dumped`,
    );
    expect(await query(superuserUrl(target.server), inserted)).toEqual([{ rows: 0 }]);
  });

  it('leaves no temporary file, however it ends', () => {
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('leaves no password in a log, a manifest or an output', () => {
    const passwords = [source, target].flatMap(({ run }) =>
      Object.values(run.urls).map((url) => new URL(url).password),
    );
    expect(passwords).toHaveLength(8);
    for (const { server } of [source, target]) {
      const text =
        readFileSync(join(server.address.directory, 'server.log'), 'utf8') + readFileSync(file('one.manifest'), 'utf8');
      expect(passwords.filter((password) => text.includes(password))).toEqual([]);
    }
  });
});
