import { inFile } from '../fault';

const FILES = 'test/postgres/steps/files.test.ts';
const TURNS = `${FILES}##looks for names|another run`;
const CATALOG = 'test/postgres/servers/verify-planted.test.ts##.';
const OTHERS = 'test/postgres/servers/verify-others.test.ts##.';
const SESSIONS = 'test/postgres/servers/probe-planted.test.ts##.';
const LATER = 'test/postgres/steps/later-migrations.test.ts#PostgreSQL 16';
const REFUSALS = 'test/postgres/steps/facts.test.ts##refusals';
const ZOO = 'test/postgres/dumps/restore-zoo.test.ts#version 15';
const BESIDE = 'test/postgres/dumps/restore-beside.test.ts';

/** In which sessions, schemas and databases the files of a step and of a restore look, and what they hold meanwhile. */
export const SQL_FAULTS = [
  ...inFile(
    'migrations/lock.sql',
    [TURNS],
    [
      ['the lock ends with the block', 'pg_try_advisory_lock(', 'pg_try_advisory_xact_lock('],
      [
        'a lock of another key',
        "pg_try_advisory_lock(hashtext('agent-bom-postgres'), hashtext('contract'))",
        "pg_try_advisory_lock(hashtext('contract'), hashtext('agent-bom-postgres'))",
      ],
    ],
  ),
  ...inFile(
    'backup/restore/prepare.sql',
    [TURNS],
    [
      [
        'a restore does not take turns',
        "select pg_advisory_xact_lock(hashtext('agent-bom-postgres'), hashtext('contract'));\n",
        '',
      ],
      ['a restore that waits for ever', "set local lock_timeout = '300s';\n", ''],
    ],
  ),
  ...inFile(
    'migrations/before/020_own_database.sql',
    [`${FILES}##later migrations create`],
    [['defaults of another schema', " and d.defaclnamespace = 'public'::regnamespace\n", '\n']],
  ),
  ...inFile(
    'migrations/after/050_set_passwords.sql',
    [REFUSALS],
    [
      ['a percent sign in the name of a login', 'if part[1] || part[2] ~', 'if part[2] ~'],
      ['one driver less', 'psycopg2?)?', 'psycopg2)?'],
      ['the other driver less', 'psycopg2?)?', 'psycopg)?'],
      ['any driver', 'psycopg2?)?', '\\w+)?'],
      ['any version of the driver', 'psycopg2?)?', 'psycopg\\d?)?'],
      ['a user without a name', '[^:/?#@[:space:]]+):', '[^:/?#@[:space:]]*):'],
      ['a password of no letters', ':([^/?#@[:space:]]+)@', ':([^/?#@[:space:]]*)@'],
      ['a password with a colon', ':([^/?#@[:space:]]+)@', ':([^:/?#@[:space:]]+)@'],
      ['a password with a slash', ':([^/?#@[:space:]]+)@', ':([^?#@[:space:]]+)@'],
      ['a password with a question mark', ':([^/?#@[:space:]]+)@', ':([^/#@[:space:]]+)@'],
      ['a password with a tab', ':([^/?#@[:space:]]+)@', ':([^/?#@ ]+)@'],
      ['half a code', '[0-9A-Fa-f]{2})', '[0-9A-Fa-f])'],
      ['codes in small letters', '[0-9A-Fa-f]{2})', '[0-9A-F]{2})'],
    ],
  ),
  ...inFile(
    'migrations/facts.sql',
    [LATER],
    [
      ['a space is a code', 'code between 32 and 126', 'code between 33 and 126'],
      ['the last sign of ASCII is a code', 'code between 32 and 126', 'code between 32 and 125'],
      ['what deletes is no code', 'code between 32 and 126', 'code between 32 and 127'],
      ['the last letter of one code has two', 'code < 65536', 'code < 65535'],
      ['the first letter of two codes has one', 'code < 65536', 'code <= 65536'],
      ['the last letter has another code', '(code - 65536) & 1023', '(code - 65536) & 1022'],
    ],
  ),
  ...inFile(
    'migrations/verify/admin/030_privileges.sql',
    [CATALOG],
    [
      ['what creates in a schema of PostgreSQL', "n.nspname !~ '^pg_(toast_)?temp'", "n.nspname !~ '^pg_'"],
      ['temporary tables are created in a schema', " and n.nspname !~ '^pg_(toast_)?temp'", ''],
    ],
  ),
  ...inFile(
    'migrations/verify/admin/050_foreign_objects.sql',
    [OTHERS],
    [['three names are not all', 'case when count(*) > 3 then', 'case when count(*) >= 3 then']],
  ),
  ...inFile(
    'migrations/verify/app/010_probe.sql',
    [SESSIONS],
    [
      [
        'an application that acts as another role',
        'current_user = session_user\n                 and session_user',
        'session_user',
      ],
      ['the login of another identity', "\n                                       where identity = 'app')", ')'],
    ],
  ),
  ...inFile(
    'migrations/verify/backup/020_backfills.sql',
    [SESSIONS],
    [
      ['a table that the backup may not read', "   where has_table_privilege(a.attrelid, 'SELECT')\n", ''],
      ['tables without a row that is left out', '\n                  filter (where number > 0)', ''],
    ],
  ),
  ...inFile(
    'backup/relations.sql',
    [ZOO],
    [
      [
        'what an administrator owns',
        "\n          or exists (select from pg_auth_members m where m.roleid = 'agent_bom_owner'::regrole and m.member = c.relowner))",
        ')',
      ],
    ],
  ),
  ...inFile(
    'backup/left_out.sql',
    [ZOO],
    [
      ['replication slots of other databases', ' where database = current_database()\n', '\n'],
      [
        'subscriptions of other databases',
        'from pg_subscription where subdbid = (select oid from pg_database where datname = current_database())',
        'from pg_subscription',
      ],
    ],
  ),
  ...inFile(
    'backup/restore/prepare.sql',
    [ZOO],
    [
      [
        'what is closed is marked as new',
        'alter default privileges in schema public revoke references on tables from agent_bom_app;\n',
        '',
      ],
    ],
  ),
  ...inFile(
    'backup/restore/create_database.sql',
    [ZOO],
    [
      ['letters are those of the order', 'd.datcollate, d.datctype,', 'd.datcollate, d.datcollate,'],
      ['the order is that of the letters', 'd.datcollate, d.datctype,', 'd.datctype, d.datctype,'],
      ['a tablespace that only others may use', " and has_tablespace_privilege(t.oid, 'CREATE') then", ' then'],
    ],
  ),
  ...inFile(
    'backup/restore/refuse.sql',
    [`${BESIDE}#version 15.*(takes|refused while the API)`],
    [
      [
        'an API of another database',
        'where datid = database.oid\n                      and usename in',
        'where usename in',
      ],
      [
        'a lock of somebody else',
        "\n                and l.classid = hashtext('agent-bom-postgres')::bigint & 4294967295",
        '',
      ],
      ['another lock of the contract', "\n                and l.objid = hashtext('contract')::bigint & 4294967295", ''],
    ],
  ),
  ...inFile(
    'backup/restore/close_sessions.sql',
    [`${BESIDE}##version 15.*ends every`],
    [
      [
        'one that may not be ended spares the others',
        'insufficient_privilege then null;',
        'insufficient_privilege then exit;',
      ],
      [
        'one that may not be ended is an error',
        'when insufficient_privilege then null;',
        'when insufficient_privilege then raise;',
      ],
    ],
  ),
  ...inFile(
    'backup/restore/drop_database.sql',
    [`${BESIDE}#version 15.*a check fails`],
    [['a database that is in use stays', ' with (force)', '']],
  ),
];
