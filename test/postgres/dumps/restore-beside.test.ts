import { createHash } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Client, type DatabaseError, Pool } from 'pg';
import { startupOptions } from '../../../contract/postgres/settings';
import { describeEachOf } from '../../support/describe-if';
import { BackedUpServer, majorsWithClient, type ScriptOptions } from '../../support/postgres/clients';
import { fingerprint, query, queryEach, SERVER_TIMEOUT_MS, superuserUrl } from '../../support/postgres/database';
import { kills, randomFrom, SEED, terminated } from '../../support/postgres/kills';
import { until } from '../../support/until';

jest.setTimeout(SERVER_TIMEOUT_MS);

const BACKUP = join(__dirname, '..', '..', '..', 'backup');
const REPLACE = ['--replace', 'agent_bom'];
const PROJECT = join(__dirname, '..', '..', '..');
const MARKER = 'select count(*)::int as rows from osv_cache';

describeEachOf(majorsWithClient().filter((major) => ['15', '18'].includes(major)))(
  'a restore on version %s',
  (major) => {
    const directory = mkdtempSync(join(tmpdir(), 'restore-beside-'));
    const dump = join(directory, 'one.dump');
    let one: BackedUpServer;

    beforeAll(async () => {
      one = await BackedUpServer.filled(major, { max_prepared_transactions: '5' });
      const dumped = await one.script('dump.sh', [directory, 'one']);
      if (dumped.code !== 0) throw new Error(dumped.output);
      await one.script('restore.sh', [dump, ...REPLACE]);
      await dropPrevious();
      // What tells the database that is in use from the one in the dump: three rows there.
      await one.asSuperuser('insert into osv_cache default values');
    });

    afterAll(async () => {
      await one.server.stop();
      rmSync(directory, { recursive: true });
    });

    async function dropPrevious(): Promise<void> {
      const previous = await one.asSuperuser<{ datname: string }>(
        "select datname from pg_database where datname ~ '_before_'",
      );
      for (const { datname } of previous) await one.asSuperuser(`drop database ${datname}`);
    }

    /** The database that is in use: which it is, what it holds, who may do what, and that every login gets in. */
    async function state() {
      const { app, maintenance, backup } = one.run.urls;
      const named =
        "select oid, shobj_description(oid, 'pg_database') as note from pg_database where datname = 'agent_bom'";
      const [database = [], marker] = await queryEach(superuserUrl(one.server), named, MARKER);
      const [login, , jobs] = await queryEach(
        app,
        'select current_user',
        "set app.tenant_id = 'north'",
        'select count(*)::int as rows from scan_jobs',
      );
      const others = await Promise.all([maintenance, backup].map((url) => query(url, 'select current_user')));
      return { database, marker, jobs, logins: [login, ...others], rest: await fingerprint(one.server) };
    }

    /** A session that begins while the names are exchanged is refused, and told why; the next one is not. */
    async function stateUnderOneName(): ReturnType<typeof state> {
      for (;;) {
        try {
          return await state();
        } catch (error) {
          const { code, detail } = error as DatabaseError;
          if (code !== '3D000' || detail !== 'It seems to have just been dropped or renamed.') throw error;
        }
      }
    }

    /** A copy of the dump that its manifest describes, after both were changed. */
    function changed(name: string, change: (bytes: Buffer) => Buffer, edit = (manifest: string) => manifest): string {
      const bytes = change(readFileSync(dump));
      const digest = createHash('sha256').update(bytes).digest('hex');
      const manifest = readFileSync(join(directory, 'one.manifest'), 'utf8').replace(
        /^sha256\t.*$/m,
        `sha256\t${digest}`,
      );
      writeFileSync(join(directory, `${name}.dump`), bytes);
      writeFileSync(join(directory, `${name}.manifest`), edit(manifest));
      return join(directory, `${name}.dump`);
    }

    /** Executables of the test, by name: the text of a shell script. */
    function executables(name: string, scripts: Record<string, string>): string {
      const folder = join(directory, name);
      mkdirSync(folder, { recursive: true });
      for (const [tool, text] of Object.entries(scripts)) {
        writeFileSync(join(folder, tool), `#!/bin/bash\n${text}\n`);
        chmodSync(join(folder, tool), 0o755);
      }
      return folder;
    }

    const withoutFirst = 'PATH=${PATH#*:} exec "$(basename "$0")" "$@"';
    const url = (name: 'app' | 'maintenance' | 'backup', change: (url: string) => string) => change(one.run.urls[name]);

    it.each<[string, string, () => ScriptOptions, (string | undefined)?, string?]>([
      [
        'without the options of the contract',
        'agent_bom.app_connection_limit',
        () => ({ env: { CONTRACT_OPTIONS: '' } }),
      ],
      ...['maintenance', 'backup'].map((identity): [string, string, () => ScriptOptions] => [
        `without the limit of ${identity}`,
        `CONTRACT_OPTIONS names no agent_bom.${identity}_connection_limit`,
        () => {
          const { [`agent_bom.${identity}_connection_limit`]: _left, ...others } = one.run.parameters;
          return { env: { CONTRACT_OPTIONS: startupOptions(others) } };
        },
      ]),
      [
        'with a password that is not the login’s',
        'the password in AGENT_BOM_POSTGRES_URL is not the one that its login has',
        () => ({ env: { AGENT_BOM_POSTGRES_URL: url('app', (it) => it.replace(/:[^:@/]+@/, ':another@')) } }),
      ],
      [
        'with the login of another identity',
        'AGENT_BOM_POSTGRES_MAINTENANCE_URL logs in as agent_bom_app; its login is one of agent_bom_maintenance, agent_bom_maintenance_b',
        () => ({ env: { AGENT_BOM_POSTGRES_MAINTENANCE_URL: url('app', (it) => it) } }),
      ],
      [
        'with the login of another identity as the application',
        'AGENT_BOM_POSTGRES_URL logs in as agent_bom_maintenance; its login is one of agent_bom_app, agent_bom_app_b',
        () => ({ env: { AGENT_BOM_POSTGRES_URL: url('maintenance', (it) => it) } }),
      ],
      [
        'with a login whose name begins as one of the application',
        'AGENT_BOM_POSTGRES_URL logs in as agent_bom_app_c; its login is one of agent_bom_app, agent_bom_app_b',
        () => ({
          env: { AGENT_BOM_POSTGRES_URL: url('app', (it) => it.replace(/agent_bom_app\w*:/, 'agent_bom_app_c:')) },
        }),
      ],
      [
        'with the login of another identity as the backup',
        'AGENT_BOM_POSTGRES_BACKUP_URL logs in as agent_bom_app; its login is one of agent_bom_backup\n',
        () => ({ env: { AGENT_BOM_POSTGRES_BACKUP_URL: url('app', (it) => it) } }),
      ],
      ...[
        ['database', '/agent_bom?', '/postgres?'],
        ['host', '@localhost:', '@127.0.0.1:'],
        ['port', /:\d+\//, ':1/'],
      ].map(([part = '', from = '', to = '']): [string, string, () => ScriptOptions] => [
        `with the URL of another ${part}`,
        'AGENT_BOM_POSTGRES_BACKUP_URL leads to another database than ALEMBIC_DATABASE_URL\n',
        () => ({ env: { AGENT_BOM_POSTGRES_BACKUP_URL: url('backup', (it) => it.replace(from, String(to))) } }),
      ]),
      [
        'where the session ends that holds the names',
        'the session in database postgres ended: one of theirs\n',
        () => ({
          executables: executables('ended', {
            psql: `case $PGOPTIONS in *idle_session*) printf 'one\\none of theirs\\n' >&2; exit 2 ;; esac; ${withoutFirst}`,
          }),
        }),
      ],
      [
        'with an older client',
        'pg_restore is version 14 and the server version',
        () => ({ executables: executables('old', { pg_restore: 'echo "pg_restore (PostgreSQL) 14.1"' }) }),
      ],
      [
        'by an administrator who may not create databases',
        'lacks CREATEROLE or CREATEDB',
        () => ({}),
        'alter role agent_bom_admin nocreatedb',
        'alter role agent_bom_admin createdb',
      ],
      [
        'by an administrator who may not create roles',
        'lacks CREATEROLE or CREATEDB',
        () => ({}),
        'alter role agent_bom_admin nocreaterole',
        'alter role agent_bom_admin createrole',
      ],
      [
        'while a transaction is prepared',
        'has prepared transactions: open',
        () => ({}),
        "begin; insert into osv_cache default values; prepare transaction 'open'",
        "rollback prepared 'open'",
      ],
      [
        'into a template',
        'the database agent_bom is a template',
        () => ({}),
        'alter database agent_bom is_template true',
        'alter database agent_bom is_template false',
      ],
      [
        'into a database that the administrator may not rename',
        'the database agent_bom belongs to rdsadmin, and the administrator agent_bom_admin may not rename it',
        () => ({}),
        'alter database agent_bom owner to rdsadmin; grant connect on database agent_bom to agent_bom_admin',
        'revoke connect on database agent_bom from agent_bom_admin; alter database agent_bom owner to agent_bom_owner',
      ],
      [
        'by an administrator whose sessions only read',
        'sessions of the administrator agent_bom_admin can only read',
        () => ({}),
        'alter role agent_bom_admin set default_transaction_read_only = on',
        'alter role agent_bom_admin reset default_transaction_read_only',
      ],
      [
        'where the dump comes from a newer server',
        `comes from PostgreSQL ${Number(major) + 1} and the server is version ${major}`,
        () => ({
          executables: executables('newer', {
            pg_restore: `PATH=\${PATH#*:}; pg_restore "$@" | sed -E 's/(Dumped from database version: ).*/\\1${Number(major) + 1}.1/'`,
          }),
        }),
      ],
    ])('is refused %s, and nothing is changed', async (_, message, options, ahead = 'select 1', after = 'select 1') => {
      const before = await state();
      await one.asSuperuser(ahead);
      const { code, output } = await one.script('restore.sh', [dump, ...REPLACE], options());
      await one.asSuperuser(after);
      expect(output).toContain(message);
      expect(code).not.toBe(0);
      expect(output).not.toContain('next to database');
      expect(await state()).toEqual(before);
    });

    it.each([
      [
        'a session of a superuser is open',
        () => superuserUrl(one.server),
        'select 1',
        'may not end the sessions of these logins',
      ],
      [
        'migrations are at work',
        () => one.run.urls.admin,
        "select pg_advisory_lock(hashtext('agent-bom-postgres'), hashtext('contract'))",
        'migrations are at work on the database agent_bom',
      ],
    ])('is refused while %s', async (_, connectionString, statement, message) => {
      const before = await state();
      const session = new Client({ connectionString: connectionString() });
      await session.connect();
      await session.query(statement);
      const { code, output } = await one.script('restore.sh', [dump, ...REPLACE]);
      await session.end();
      expect(output).toContain(message);
      expect(code).not.toBe(0);
      expect(await state()).toEqual(before);
    });

    it('is refused where the administrator may end no sessions of others, and names each login once', async () => {
      const before = await state();
      await one.asSuperuser(
        'create role "The reports" login password $$reports$$',
        'grant connect on database agent_bom to "The reports"',
        'revoke pg_signal_backend from rds_superuser',
      );
      const reports = one.server.urlFor({ user: 'The reports', password: 'reports' });
      const sessions = [reports, reports, one.run.urls.admin].map((url) => new Client({ connectionString: url }));
      await Promise.all(sessions.map((session) => session.connect()));
      const { code, output } = await one.script('restore.sh', [dump, ...REPLACE]);
      await Promise.all(sessions.map((session) => session.end()));
      await one.asSuperuser(
        'grant pg_signal_backend to rds_superuser',
        'drop owned by "The reports"',
        'drop role "The reports"',
      );
      expect(output).toMatch(
        /the administrator agent_bom_admin may not end the sessions of these logins in the database agent_bom: The reports$/m,
      );
      expect(output).toContain('Close these sessions, or as a superuser: GRANT pg_signal_backend TO agent_bom_admin; ');
      expect(code).not.toBe(0);
      expect(await state()).toEqual(before);
    });

    it('works from template1 where the administrator does not reach the database postgres, and from nowhere else', async () => {
      const [connect, template] = ['postgres', 'template1'].map((name) => `connect on database ${name}`);
      const again = () => one.script('restore.sh', [dump, '--once', ...REPLACE]);
      await one.asSuperuser(`revoke ${connect} from public`);
      const reached = await again();
      await one.asSuperuser(`revoke ${template} from public`);
      const refused = await again();
      await one.asSuperuser(`grant ${connect} to public`);
      const itself = await one.script('restore.sh', [dump, '--once'], { database: 'postgres' });
      await one.asSuperuser(`grant ${template} to public`);
      expect(reached).toEqual({ code: 0, output: expect.stringContaining('left as it is: database agent_bom was') });
      expect([refused.code, itself.code]).toEqual([2, 2]);
      expect(itself.output).toContain('neither the database postgres nor template1, ');
      expect(refused.output).toMatch(
        /^error: the administrator reaches neither the database postgres nor template1, from where .*permission denied for database "template1"/m,
      );
    });

    it('goes into a database of any name, beside which no other is dropped', async () => {
      const name = 'Findings of "north-west" from 2026 to 2027\\trial';
      const stem = 'Findings_of__north_west__from_2026_to_20_restoring_';
      const admin = one.server.urlFor(one.server.address.admin, 'postgres');
      const left = [`${stem}00000001`, `${stem.replace('Findings', 'Findable')}00000002`];
      const quoted = `"${name.replaceAll('"', '""')}"`;
      await dropFindings();
      await query(admin, `create database ${quoted}`);
      for (const database of left) {
        await query(admin, `create database "${database}"`, `alter database "${database}" connection limit 987654321`);
      }
      const { code, output } = await one.script('restore.sh', [dump], { database: encodeURIComponent(name) });
      const restored = one.server.urlFor(one.server.address.superuser, encodeURIComponent(name));
      const [held] = await query(restored, MARKER);
      const others = "select datname from pg_database where datname like 'Find%' order by 1";
      const kept = await one.asSuperuser(others);
      await dropFindings();
      expect({ code, output }).toMatchObject({ code: 0 });
      expect(output.match(/^dropping .*$/gm)).toEqual([`dropping ${left[0]}, which an interrupted restore left`]);
      expect(output).toContain(`; database ${name}, which stays, takes `);
      expect(held).toEqual({ rows: 0 });
      // What it held was nothing, and is not kept.
      expect(kept).toEqual([left[1], name].map((datname) => ({ datname })));
    });

    it('keeps a database without tables in which others have something, and says how to drop it', async () => {
      const name = 'Findings of "others"';
      await dropFindings();
      await query(one.server.urlFor(one.server.address.admin, 'postgres'), 'create database "Findings of ""others"""');
      const target = one.server.urlFor(one.server.address.superuser, encodeURIComponent(name));
      await query(target, 'create schema notes', 'select lo_create(4242)');
      const { code, output } = await one.script('restore.sh', [dump], { database: encodeURIComponent(name) });
      expect({ code, output }).toMatchObject({ code: 0 });
      expect(output).toMatch(/^only there, because it is not of the contract: 1 large objects, schema notes$/m);
      const [, statement = ''] = /when nobody needs them: (drop database .*;)$/m.exec(output) ?? [];
      await one.asSuperuser(statement);
      const kept = await one.asSuperuser("select datname from pg_database where datname like 'Find%'");
      await dropFindings();
      expect(kept).toEqual([{ datname: name }]);
    });

    async function dropFindings(): Promise<void> {
      const found = await one.asSuperuser<{ drop: string }>(
        "select format('drop database %I', datname) as drop from pg_database where datname like 'Find%'",
      );
      await one.asSuperuser(...found.map(({ drop }) => String(drop)));
    }

    it('is refused while the API is connected, if it cannot work with the revision of the dump, and not otherwise', async () => {
      const env = { CONTRACT_STOP_COMMAND: 'kubectl --namespace agent-bom scale deployment api --replicas=0' };
      const open = async (url: string) => {
        const session = new Client({ connectionString: url });
        session.on('error', () => undefined);
        await session.connect();
        return session;
      };
      await one.asSuperuser("update alembic_version set version_num = '20260928_01'");
      const before = await state();
      const api = await open(one.run.urls.app);
      const { code, output } = await one.script('restore.sh', [dump, ...REPLACE], { env });
      await api.end();
      expect(output).toContain(
        'the API is connected to the database agent_bom, which is at revision 20260928_01, and cannot work with revision ' +
          '00000000_01 of the dump: 20260928_01 lies between',
      );
      expect(output).toContain(`Stop it first: ${env.CONTRACT_STOP_COMMAND}.`);
      expect(code).not.toBe(0);
      expect(await state()).toEqual(before);
      // The backup's login is none of the API's, nor is what is connected to another database, and a revision below the
      // first stop is none of those.
      const others = [one.run.urls.backup, one.run.urls.app.replace('/agent_bom?', '/postgres?')];
      const backup = await Promise.all(others.map(open));
      expect(await one.script('restore.sh', [dump, ...REPLACE], { env })).toMatchObject({ code: 0 });
      await Promise.all(backup.map((session) => session.end()));
      await one.asSuperuser("update alembic_version set version_num = '20260927_03'");
      const old = await open(one.run.urls.app);
      expect(await one.script('restore.sh', [dump, ...REPLACE], { env })).toMatchObject({ code: 0 });
      await old.end();
      // Neither is the revision that the dump and the database both have.
      await one.asSuperuser("update alembic_version set version_num = '20260928_01'");
      const same = await open(one.run.urls.app);
      const ofStop = changed(
        'stop',
        (bytes) => bytes,
        (text) => text.replace('00000000_01', '20260928_01'),
      );
      const revisions = join(directory, 'revisions');
      writeFileSync(revisions, '20260928_01\n00000000_01\n');
      const refused = await one.script('restore.sh', [ofStop, ...REPLACE], {
        env: { ...env, CONTRACT_REVISIONS_FILE: revisions },
      });
      await same.end();
      await one.asSuperuser("update alembic_version set version_num = '00000000_01'");
      expect(refused.output).toMatch(/^disk space: /m);
      await dropPrevious();
      await one.asSuperuser('insert into osv_cache default values');
    });

    it.each<[string, string, () => string, () => ScriptOptions]>([
      [
        'its data cannot be read',
        'pg_restore: error',
        () => changed('torn', (bytes) => Buffer.concat([bytes.subarray(0, -2000), Buffer.alloc(2000)])),
        () => ({}),
      ],
      [
        'the contents differ from the manifest',
        '< rows\tscan_jobs\tnorth\t4',
        () =>
          changed(
            'differs',
            (bytes) => bytes,
            (text) => text.replace('scan_jobs\tnorth\t3', 'scan_jobs\tnorth\t4'),
          ),
        () => ({}),
      ],
      [
        'it has loaded the data and not more',
        'killed by the test',
        () => dump,
        () => ({
          executables: executables('broken', {
            psql: `case "$*" in *--single-transaction*) cat >/dev/null; echo killed by the test >&2; exit 3 ;; esac; ${withoutFirst}`,
          }),
        }),
      ],
      [
        // While a session of it goes on in the new database.
        'a check fails',
        'the contract does not hold',
        () => dump,
        () => ({
          executables: executables('check', {
            psql: `case "$*" in *020_tables.sql*)
              PATH=\${PATH#*:}; exec 9< <(psql -A -t -c 'select 1' -c 'select pg_sleep(600)' 2>/dev/null)
              read -r _ <&9; exit 3 ;; esac; ${withoutFirst}`,
          }),
        }),
      ],
      ...[
        ['the rows could not be counted to the end', 'contents.sql'],
        ['the statistics could not be made', "'-c analyze'"],
      ].map(([what = '', words]): [string, string, () => string, () => ScriptOptions] => [
        what,
        'comparing with ',
        () => dump,
        () => ({
          executables: executables('background', {
            psql: `case "$*" in *${words}*) PATH=\${PATH#*:} psql "$@"; exit 3 ;; esac; ${withoutFirst}`,
          }),
        }),
      ]),
      [
        'the name cannot be taken',
        'could not take the name agent_bom; psql says why above',
        () => dump,
        () => ({
          executables: executables('name', {
            psql: `case "$*" in *take_name.sql*) echo rename refused >&2; exit 3 ;; esac; ${withoutFirst}`,
          }),
        }),
      ],
      [
        'the exchange of names stops in the middle',
        'could not take the name agent_bom; psql says why above',
        () => dump,
        () => ({
          executables: executables('middle', {
            psql: `case "$*" in *take_name.sql*) PGOPTIONS=\${PGOPTIONS/agent_bom.new=/agent_bom.new=gone_} ;; esac; ${withoutFirst}`,
          }),
        }),
      ],
    ])('that fails because %s leaves the database as it was', async (_, message, file, options) => {
      const before = await state();
      const temporary = mkdtempSync(join(directory, 'temporary-'));
      const { code, output } = await one.script('restore.sh', [file(), ...REPLACE], {
        ...options(),
        env: { TMPDIR: temporary },
      });
      expect(readdirSync(temporary)).toEqual([]);
      expect(output).toContain(message);
      expect(output).toMatch(/^the database agent_bom is as it was$/m);
      expect(code).not.toBe(0);
      expect(await state()).toEqual(before);
    });

    it('that fails and cannot drop what it made says so, and the next one does', async () => {
      const before = await state();
      const differs = changed(
        'kept',
        (bytes) => bytes,
        (text) => text.replace('scan_jobs\tnorth\t3', 'scan_jobs\tnorth\t4'),
      );
      const { code, output } = await one.script('restore.sh', [differs, ...REPLACE], {
        executables: executables('kept', { psql: `case "$*" in *drop_database.sql*) exit 3 ;; esac; ${withoutFirst}` }),
      });
      const [, name] =
        /^the unfinished database (\w+) or its roles were not dropped; the next restore does that$/m.exec(output) ?? [];
      expect({ code, output }).toEqual({
        code: 1,
        output: expect.stringContaining('the database agent_bom is as it was\n'),
      });
      const next = await one.script('restore.sh', [dump, ...REPLACE], {
        executables: executables('next', {
          psql: `case "$*" in *create_database.sql*) exit 3 ;; esac; ${withoutFirst}`,
        }),
      });
      expect(next.output.match(/^dropping .*$/gm)).toEqual([`dropping ${name}, which an interrupted restore left`]);
      expect(await state()).toEqual(before);
    });

    it.each([
      ['of one that may not log in yet', 'agent_bom', 'agent_bom_app_b'],
      ['where the database is empty', 'empty', 'agent_bom_app'],
    ])('changes a password that nobody uses: %s', async (_what, database, login) => {
      const before = await state();
      await one.asSuperuser(`alter role agent_bom_app_b nologin`);
      await query(one.server.urlFor(one.server.address.admin, 'postgres'), 'create database empty');
      const { output } = await one.script('restore.sh', [dump, ...REPLACE], {
        database,
        env: {
          AGENT_BOM_POSTGRES_URL: one.server.urlFor({ user: login, password: 'new' }, database),
        },
        executables: executables('goes-on', {
          psql: `case "$*" in *leftovers.sql*) echo "\${CONTRACT_OPTIONS##*-c }" >&2; exit 3 ;; esac; ${withoutFirst}`,
        }),
      });
      await one.asSuperuser('drop database empty', 'alter role agent_bom_app_b login');
      // What it went on with: indexes are made in 64 MiB also where the server has less for its pages.
      expect(output.replaceAll(/^(disk space: |restoring ).*\n/gm, '')).toBe('maintenance_work_mem=65536\n');
      expect(output).toContain(`next to database ${database} at localhost`);
      expect(await state()).toEqual(before);
    });

    it('drops what an interrupted one left, and never a database of others', async () => {
      const admin = one.server.urlFor(one.server.address.admin, 'postgres');
      const mark = 'unfinished restore into the database agent_bom';
      const others = [
        'agent_bom_restoring_00000001',
        'agent_bom_restoring',
        'agent_bom_restoring_00000002',
        'agent_bom_restoring_0000000g',
        'agent_bom_restoring_000000007',
        'agent_bom_restoring_00000006',
      ];
      const left = ['agent_bom_restoring_00000003', 'agent_bom_restoring_00000004', 'agent_bom_restoring_00000005'];
      for (const name of [...others, ...left]) await query(admin, `create database ${name}`);
      await query(
        admin,
        `comment on database ${others[2]} is 'of another team'`,
        `alter database ${others[2]} connection limit 987654321`,
        ...[...left, ...others.slice(3)].map((name) => `alter database ${name} connection limit 987654321`),
        `comment on database ${left[0]} is '${mark}'`,
      );
      await one.asSuperuser(
        `alter database ${others[5]} owner to rdsadmin`,
        // As a DROP leaves it that was interrupted.
        `update pg_database set datconnlimit = -2 where datname = '${left[2]}'`,
      );
      // What a restore started that was killed alone may still be connected.
      const living = new Client({ connectionString: one.server.urlFor(one.server.address.admin, left[1]) });
      living.on('error', () => undefined);
      await living.connect();
      const { output } = await one.script('restore.sh', [
        changed(
          'other',
          (bytes) => bytes,
          (text) => text.replace('scan_jobs\tnorth\t3', ''),
        ),
        ...REPLACE,
      ]);
      expect(output.match(/^dropping .*$/gm)).toEqual(
        left.map((name) => `dropping ${name}, which an interrupted restore left`),
      );
      const names = await query(admin, "select datname from pg_database where datname ~ 'restoring' order by 1");
      expect(names).toEqual(others.sort().map((datname) => ({ datname })));
      for (const name of others) await one.asSuperuser(`drop database ${name}`);
    });

    it('takes the name under open connections, with settings and privileges of the database, and keeps the previous one', async () => {
      await one.asSuperuser(
        'create role monitoring login',
        'grant connect on database agent_bom to monitoring with grant option',
        "alter database agent_bom set work_mem = '5MB'",
        "alter database agent_bom set application_name = 'a=b=c'",
        "alter database agent_bom set log_min_duration_statement = '1h'",
        'alter database agent_bom connection limit 300',
        "alter role agent_bom_admin in database agent_bom set statement_timeout = '1h'",
        'alter role agent_bom_admin in database agent_bom set search_path = public, pg_temp',
        'alter role agent_bom_admin in database agent_bom set temp_tablespaces = one, two',
        'alter database agent_bom set session_preload_libraries = auto_explain, auto_explain',
        // What belongs to the contract is as the migrations have it.
        "alter role agent_bom_backup in database agent_bom set work_mem = '6MB'",
        'grant temporary on database agent_bom to agent_bom_backup',
      );
      // Of other databases, what would stop it in this one.
      const elsewhere = new Client({ connectionString: superuserUrl(one.server).replace('/agent_bom?', '/postgres?') });
      await elsewhere.connect();
      for (const statement of [
        'begin',
        'create table elsewhere ()',
        "prepare transaction 'elsewhere'",
        "select pg_advisory_lock(hashtext('agent-bom-postgres'), hashtext('contract'))",
      ])
        await elsewhere.query(statement);
      // In this one, the locks of an API that leads.
      const leader = new Client({ connectionString: one.run.urls.app });
      leader.on('error', () => undefined);
      await leader.connect();
      await leader.query(
        "select pg_advisory_lock(hashtext('agent-bom-postgres'), 1), pg_advisory_lock(1, hashtext('contract'))",
      );
      const template = superuserUrl(one.server).replace('/agent_bom?', '/template1?');
      await query(template, 'create table left_in_template1 ()');
      const pool = new Pool({ connectionString: one.run.urls.app, max: 8 });
      const failures: string[] = [];
      pool.on('error', ({ message }) => failures.push(message));
      let running = true;
      const worker = async () => {
        while (running) await pool.query(MARKER).catch(({ message }: Error) => failures.push(message));
      };
      const workers = Array.from({ length: 8 }, worker);
      const { code, output } = await one.script('restore.sh', [dump, ...REPLACE]);
      const [after] = (await pool.query('select oid from pg_database where datname = current_database()')).rows;
      running = false;
      await Promise.all(workers);
      await pool.end();
      await query(template, 'drop table left_in_template1');
      await elsewhere.query("rollback prepared 'elsewhere'");
      await Promise.all([elsewhere.end(), leader.end()]);
      expect({ code, output }).toMatchObject({ code: 0 });
      expect(await one.asSuperuser("select to_regclass('left_in_template1') as found")).toEqual([{ found: null }]);
      // What only a superuser may set is told, with the statement.
      expect(output).toMatch(
        /not carried over to the restored database: permission denied .*log_min_duration_statement/,
      );
      expect(output).toContain("Afterwards: alter database agent_bom set log_min_duration_statement = '1h';");
      expect(output).toContain(
        'Afterwards: alter database agent_bom set session_preload_libraries = auto_explain, auto_explain;',
      );
      const expected = /terminating connection|terminated unexpectedly|does not exist|ECONNRESET/;
      expect(failures.filter((message) => !expected.test(message))).toEqual([]);
      expect(failures.length).toBeGreaterThan(0);
      const facts = await one.asSuperuser(
        `select d.oid = ${after?.oid} as is_connected, shobj_description(d.oid, 'pg_database') as note, datconnlimit as limit,
              has_database_privilege('monitoring', d.oid, 'connect with grant option') as monitoring,
              has_database_privilege('agent_bom_backup', d.oid, 'temporary') as backup, datdba::regrole::text as owner,
              (select array_agg(concat_ws(' ', nullif(setrole, 0)::regrole, setconfig) order by setrole) from pg_db_role_setting
                where setdatabase = d.oid) as settings
         from pg_database d where datname = 'agent_bom'`,
      );
      expect(facts).toEqual([
        {
          is_connected: true,
          note: 'restored from one.dump',
          limit: 300,
          monitoring: true,
          backup: false,
          owner: 'agent_bom_owner',
          settings: [
            '{work_mem=5MB,application_name=a=b=c}',
            'agent_bom_admin {statement_timeout=1h,"search_path=public, pg_temp","temp_tablespaces=one, two"}',
          ],
        },
      ]);
      expect(await one.asSuperuser(MARKER)).toEqual([{ rows: 0 }]);
      const [, previous = ''] = /drop database "(agent_bom_before_\w+)";$/m.exec(output) ?? [];
      expect(await query(superuserUrl(one.server).replace('/agent_bom?', `/${previous}?`), MARKER)).toEqual([
        { rows: 1 },
      ]);
      const told =
        "select shobj_description(oid, 'pg_database') as note from pg_database where datname like '%_before_%'";
      expect(await one.asSuperuser(told)).toEqual([
        { note: `what agent_bom held until ${previous.slice(-15)}, when it was restored from one.dump` },
      ]);
      await query(one.server.urlFor(one.server.address.admin, 'postgres'), `drop database ${previous}`);
      await one.asSuperuser('insert into osv_cache default values');
    });

    it('ends every session that it may end, beside one that it may not', async () => {
      const urls = [one.run.urls.app, superuserUrl(one.server), one.run.urls.app];
      const sessions = urls.map((connectionString) => new Client({ connectionString }));
      for (const session of sessions) await session.on('error', () => undefined).connect();
      const ended = sessions.map((session) => new Promise((resolve) => session.once('end', () => resolve('ended'))));
      await query(
        one.server.urlFor(one.server.address.admin, 'postgres'),
        "select set_config('agent_bom.closing', oid::text, false) from pg_database where datname = 'agent_bom'",
        readFileSync(join(BACKUP, 'restore', 'close_sessions.sql'), 'utf8'),
      );
      const [first, last] = await Promise.all(
        [ended[0], ended[2]].map((end) => Promise.race([end, setTimeout(10_000, 'open')])),
      );
      const alive = await sessions[1]?.query("select 'open' as state");
      await Promise.all(sessions.map((session) => session.end()));
      expect([first, alive?.rows, last]).toEqual(['ended', [{ state: 'open' }], 'ended']);
    });

    it('narrows what an earlier version of the contract opened, and says so', async () => {
      const defaults = 'alter default privileges for role agent_bom_owner in schema public';
      await one.asSuperuser(
        `set role agent_bom_owner; create table mcp_scan_results (tenant_id text);
       alter table mcp_scan_results enable row level security, force row level security;
       create policy tenant on mcp_scan_results using (tenant_id = abom_current_tenant())
         with check (tenant_id = abom_current_tenant());
       create policy agent_bom_backup_reads on mcp_scan_results for select to agent_bom_backup using (true);
       revoke all on mcp_scan_results from agent_bom_app;
       grant select, insert, update, delete on mcp_scan_results to agent_bom_app`,
        `${defaults} grant select, insert, update, delete on tables to agent_bom_app; ${defaults} revoke references on tables from agent_bom_app`,
      );
      expect(await one.script('dump.sh', [directory, 'wide'])).toMatchObject({ code: 0 });
      const present = await one.asSuperuser<{ size: string }>('select pg_database_size(current_database()) as size');
      const { code, output } = await one.script('restore.sh', [join(directory, 'wide.dump'), ...REPLACE]);
      expect({ code, output }).toMatchObject({ code: 0 });
      expect(output).toContain(
        'narrowed to what its migration grants to agent_bom_app: mcp_scan_results (DELETE,INSERT,SELECT)',
      );
      const [, bytes] = /^database_bytes\t(\d+)$/m.exec(readFileSync(join(directory, 'wide.manifest'), 'utf8')) ?? [];
      const [needed, taken] = [Number(bytes) / 1024 ** 2 + 0.5, Number(present[0]?.size) / 1024 ** 2].map(Math.round);
      expect(output).toContain(
        `disk space: the server needs about ${needed} MiB free, and write-ahead log; database agent_bom, which stays, takes ${taken} MiB\n`,
      );
      const held = `select string_agg(privilege_type, ',' order by privilege_type) as held from pg_class, aclexplode(relacl)
                   where relname = 'mcp_scan_results' and grantee = 'agent_bom_app'::regrole`;
      expect(await one.asSuperuser(held)).toEqual([{ held: 'DELETE,INSERT,SELECT' }]);
      await one.asSuperuser('drop table mcp_scan_results');
      await dropPrevious();
      await one.script('restore.sh', [dump, ...REPLACE]);
      await dropPrevious();
      await one.asSuperuser('insert into osv_cache default values');
    });

    it('goes from and to directories of any name', async () => {
      const place = join(directory, `Bob's "own" \\ $HOME`);
      const temporary = join(place, 'temporary');
      rmSync(place, { recursive: true, force: true });
      for (const folder of ['backup', 'migrations'])
        cpSync(join(PROJECT, folder), join(place, folder), { recursive: true });
      mkdirSync(temporary);
      const options = { scripts: join(place, 'backup'), env: { TMPDIR: temporary } };
      const dumped = await one.script('dump.sh', [place, 'any'], options);
      expect(dumped).toEqual({ code: 0, output: expect.stringContaining(`\nwrote ${join(place, 'any.dump')} (`) });
      // A session that is in the way of the name has to be ended by the file for that.
      const session = new Client({ connectionString: one.run.urls.app });
      session.on('error', () => undefined);
      await session.connect();
      const sessions = join(directory, 'sessions');
      const { code, output } = await one.script('restore.sh', [join(place, 'any.dump'), ...REPLACE], {
        ...options,
        executables: executables('recorded', { psql: `printf '%s\\n' "$PGOPTIONS" >>'${sessions}'; ${withoutFirst}` }),
      });
      await session.end();
      expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/ exactly as dumped$/m) });
      expect(readdirSync(temporary)).toEqual([]);
      // No less than PostgreSQL has by itself, on a server with little memory.
      const memory = readFileSync(sessions, 'utf8').match(/maintenance_work_mem=\S+/g);
      expect(new Set(memory)).toEqual(new Set(['maintenance_work_mem=65536']));
      await dropPrevious();
      await one.script('restore.sh', [dump, ...REPLACE]);
      await dropPrevious();
      await one.asSuperuser('insert into osv_cache default values');
    });

    it('is done once: again with --once it leaves the database as it is', async () => {
      const before = await state();
      const again = await one.script('restore.sh', [dump, '--once', ...REPLACE]);
      expect(again).toEqual({
        code: 0,
        output: expect.stringContaining('left as it is: database agent_bom was restored from one.dump already'),
      });
      expect(await state()).toEqual(before);
    });

    it.each([
      'what agent_bom held until 20260131_030000, when it was restored from one.dump',
      'restored from one.dump.dump',
    ])('is not done already where the database has the comment: %s', async (comment) => {
      await one.asSuperuser(`comment on database agent_bom is '${comment}'`);
      const again = await one.script('restore.sh', [dump, '--once']);
      await one.asSuperuser("comment on database agent_bom is 'restored from one.dump'");
      expect(again).toEqual({ code: 3, output: expect.stringContaining('the database agent_bom holds ') });
    });

    it('is refused while another one is at work, which ends well', async () => {
      // Into another database one may be at work meanwhile.
      await one.asSuperuser('create database elsewhere', "comment on database elsewhere is 'restored from one.dump'");
      const first = one.start('restore.sh', [dump, ...REPLACE]);
      const finished = first.closed();
      await until(() => first.output.includes('next to database'));
      const [second, elsewhere] = await Promise.all([
        one.script('restore.sh', [dump, ...REPLACE]),
        one.script('restore.sh', [dump, '--once'], { database: 'elsewhere' }),
      ]);
      expect(elsewhere).toMatchObject({
        code: 0,
        output: expect.stringContaining('left as it is: database elsewhere'),
      });
      expect(second).toEqual({
        code: 2,
        output: expect.stringContaining('another restore into database agent_bom is at work'),
      });
      expect(await finished).toMatchObject({ code: 0 });
      await one.asSuperuser('drop database elsewhere');
      await dropPrevious();
      await one.asSuperuser('insert into osv_cache default values');
    });

    /** A longer run: `KILLS=50 npx jest test/postgres/dumps/restore-beside`. */
    it(
      `that is killed leaves a database that is whole, ${kills(6)} times, and ends well when it is repeated (KILL_SEED=${SEED})`,
      async () => {
        const random = randomFrom(SEED);
        const begin = Date.now();
        await one.script('restore.sh', [dump, ...REPLACE]);
        const duration = Date.now() - begin;
        await one.asSuperuser('insert into osv_cache default values');
        await dropPrevious();
        let before = await state();
        for (let kill = 0; kill < kills(6); kill += 1) {
          const script = one.start('restore.sh', [dump, ...REPLACE]);
          const moment = random() * duration;
          const ended = kill % 3 === 0 ? script.finished : script.closed();
          await Promise.race([setTimeout(moment), ended]);
          // The script alone, what it started lives on; all of it; or its sessions, by the server.
          if (kill % 3 === 0) script.process.kill('SIGKILL');
          else if (kill % 3 === 1) script.kill();
          else await terminated(one, 'agent_bom_admin', script);
          const { output } = await ended;
          const now = await stateUnderOneName();
          // Each of the two is whole: the one that was there, with its marker, or the one from the dump.
          if (now.database[0]?.oid !== before.database[0]?.oid) {
            expect(now).toMatchObject({ marker: [{ rows: 0 }], database: [{ note: 'restored from one.dump' }] });
            await one.asSuperuser('insert into osv_cache default values');
            before = await state();
          } else {
            const what = { seed: SEED, kill, moment, output };
            expect({ ...what, ...now, rest: undefined }).toEqual({ ...what, ...before, rest: undefined });
          }
        }
        const { code, output } = await one.script('restore.sh', [dump, ...REPLACE]);
        expect({ code, output }).toMatchObject({ code: 0 });
        expect(await one.asSuperuser("select datname from pg_database where datname ~ '_restoring_'")).toEqual([]);
        await dropPrevious();
      },
      kills(6) * 20_000 + SERVER_TIMEOUT_MS,
    );
  },
);
