import { inFile } from '../fault';

const SETTINGS = 'test/postgres/servers/settings.test.ts#PostgreSQL 15';
const SETTINGS_17 = 'test/postgres/servers/settings.test.ts#PostgreSQL 1[67]';
const CONNECT = 'test/postgres/servers/connect.test.ts##a session of the scripts';
const PROOF = 'test/postgres/servers/connect.test.ts##the proof of where';
const LIBPQ = 'test/postgres/servers/libpq-environment.test.ts';
const CONNECTIONS = 'test/postgres/steps/connections.test.ts';
const HOSTILE = 'test/postgres/servers/hostile-schema.test.ts#PostgreSQL 15';
const ZOO = 'test/postgres/servers/zoo.test.ts#PostgreSQL 16';
const CONTRACT = 'test/postgres/steps/contract.test.ts#PostgreSQL 16';
const LOGINS = 'test/postgres/steps/logins.test.ts';
const LATER = 'test/postgres/steps/later-migrations.test.ts#PostgreSQL 16';
const JOB = 'test/postgres/steps/job.test.ts';
const CODE = 'test/postgres/steps/checks.test.ts##schema.foreign-code|is mended';
const CONTENT = 'test/postgres/steps/checks.test.ts##is content with what|schema.foreign-code|ownership|is mended';
/** Whole lists of what is known of something planted. */
const OF_OTHERS = 'test/postgres/steps/facts.test.ts##.';
const STORES = 'test/contract/postgres/stores.test.ts';

/** In what every session begins with, and in what the steps know of others. */
export const SESSION_FAULTS = [
  ...inFile(
    'migrations/connect.sh',
    [CONNECT, LIBPQ, CONNECTIONS],
    [
      ['variables of psql stay', '"${!PG@}" "${!PSQL@}"', '"${!PG@}"'],
      ['variables of libpq stay', '"${!PG@}" "${!PSQL@}"', '"${!PSQL@}"'],
      ['a certificate of the home directory', 'PGSSLCERTMODE=disable PGSSLCERT=/dev/null/none', 'PGSSLCERTMODE=allow'],
      ['a revocation list of the home directory', ' PGSSLCRL=/dev/null/none', ''],
      ['a ticket of Kerberos', ' PGGSSENCMODE=disable', ''],
      ['names are looked for elsewhere', ' $PINNED"', '"'],
      ['a session begins anywhere', ' -f "$CONNECT_DIRECTORY/prove.psql"', ''],
      ['an error does not end a session', 'command psql -X -q -v ON_ERROR_STOP=1', 'command psql -X -q'],
      ['a file of the user is read', 'command psql -X -q', 'command psql -q'],
      ['a pager', " PSQL_PAGER=''\n", '\n'],
      ['a connection is waited for without end', 'PGCONNECT_TIMEOUT=10 ', ''],
      ['a database that is a list of parameters', '[[ $PGDATABASE != *=* ]] ||', 'true ||'],
      ['a password is not decoded', 'PGPASSWORD=$(decode "$password")', 'PGPASSWORD=$password'],
      ['a file of revisions that is empty', '[[ $head =~ ^[0-9A-Za-z_]+$ ]] ||', 'true ||'],
      ['another port', 'port=${BASH_REMATCH[6]:-5432}', 'port=${BASH_REMATCH[6]:-5433}'],
    ],
  ),
  ...inFile(
    'migrations/connect.sh',
    [SETTINGS],
    [['the encoding that somebody has set', 'PGCLIENTENCODING=UTF8 ', '']],
  ),
  ...inFile(
    'migrations/prove.psql',
    [SETTINGS],
    [
      ['backslashes are escapes', 'set standard_conforming_strings = on;\n', ''],
      ['every name is in quotation marks', 'set quote_all_identifiers = off;\n', ''],
      ['dates of another country', 'set datestyle = iso;\n', ''],
      ['messages for developers', 'set client_min_messages = notice;\n', ''],
      ['an error ends the session', 'set exit_on_error = off;\n', ''],
      ['a statement ends early', 'set statement_timeout = 0;\n', ''],
    ],
  ),
  ...inFile(
    'migrations/after/050_set_passwords.sql',
    ['test/postgres/servers/explained-secrets.test.ts#PostgreSQL 16'],
    [
      [
        'a query has a password as a parameter',
        'create or replace function pg_temp.percent_decode(encoded text) returns text language plpgsql as $$\n',
        `set local check_function_bodies = off;
create or replace function pg_temp.percent_decode(encoded text) returns text language sql as $$
  select pg_temp.decoded(part) from (values (encoded)) one (part)
$$;
create or replace function pg_temp.decoded(encoded text) returns text language plpgsql as $$\n`,
      ],
    ],
  ),
  ...inFile(
    'migrations/prove.psql',
    [SETTINGS_17],
    [
      ['a dump ends early', "perform set_config('transaction_timeout', '0', false);", 'null;'],
      ['a parameter that version 16 does not have', '::int >= 170000 then', '::int >= 160000 then'],
    ],
  ),
  ...inFile(
    'migrations/facts.sql',
    [SETTINGS_17],
    [["the scheduler's leader ends early", "           ('app', 'transaction_timeout', '0'),\n", '']],
  ),
  ...inFile(
    'commands/shared/postgres/postgres-client.ts',
    [SETTINGS],
    [
      ['backslashes are escapes', "  standard_conforming_strings: 'on',\n", ''],
      ['every name is in quotation marks', "  quote_all_identifiers: 'off',\n", ''],
    ],
  ),
  ...inFile(
    'migrations/prove.psql',
    [PROOF, LIBPQ, CONNECTIONS],
    [
      [
        'another database than that of the URL',
        "if current_setting('agent_bom.found') <> current_setting('agent_bom.wanted') then",
        'if false then',
      ],
      [
        'a connection in the clear',
        'if not exists (select from pg_stat_ssl where pid = pg_backend_pid() and ssl) then',
        'if false then',
      ],
      ['another login', "current_database(), session_user, :'HOST'", "current_database(), :'login', :'HOST'"],
      ['another host', "session_user, :'HOST', :'PORT'", "session_user, :'host', :'PORT'"],
      ['another port', "session_user, :'HOST', :'PORT'", "session_user, :'HOST', :'port'"],
      ['names are looked for elsewhere', 'set search_path = pg_catalog, pg_temp;\n', ''],
    ],
  ),
  ...inFile(
    'migrations/run.sh',
    [JOB, CONNECTIONS, 'test/postgres/steps/image-revisions.test.ts'],
    [
      ['runs of the contract do not wait for each other', '-f "$root/lock.sql"', '-f /dev/null'],
      ['a server has seconds to restart', 'REACH_SECONDS:-75}', 'REACH_SECONDS:-7}'],
      ['verify asks for no revision', 'head=$(image_head)', "head=''"],
      ['what the checks need is not asked', 'psql -f "$root/verify/requirements.sql"', 'true'],
      [
        'the backup’s URL is that of the application',
        'pass_url agent_bom.backup_url AGENT_BOM_POSTGRES_BACKUP_URL',
        'pass_url agent_bom.backup_url AGENT_BOM_POSTGRES_URL',
      ],
      [
        'nobody is told the revision of the database',
        '    apply before\n    write_database_revision\n',
        '    apply before\n',
      ],
      ['a check that cannot run is not counted', 'report "login.$directory" fail', 'report "login.$directory" skip'],
    ],
  ),
  ...inFile(
    'migrations/facts.sql',
    ['test/postgres/steps/files.test.ts##the facts|same place', LOGINS, STORES, CONTRACT, LATER],
    [
      ['names are looked for elsewhere', 'set search_path = pg_catalog, pg_temp;\n', ''],
      ['an extension less', "'{pgcrypto,pg_trgm}'", "'{pgcrypto}'"],
      ['a table that is open', "'auth_session_attempts,control_plane", "'control_plane"],
      ['a backfill that is forgotten', "('agent_identities', 'agent_id', ", "('agent_identities_x', 'agent_id', "],
      [
        'a table that is narrowed',
        "('agent_bom_snapshots', '{SELECT,INSERT}')",
        "('agent_bom_snapshots', '{SELECT,INSERT,UPDATE}')",
      ],
      [
        'the second login of the maintenance is a member of nothing',
        "'agent_bom_maintenance_b', 'agent_bom_maintenance')",
        "'agent_bom_maintenance_b', null)",
      ],
      [
        'maintenance runs without end',
        "('maintenance', 'statement_timeout', '30s')",
        "('maintenance', 'statement_timeout', '0')",
      ],
      ['a dump does not wait', "('backup', 'lock_timeout', '60s')", "('backup', 'lock_timeout', '1s')"],
    ],
  ),
  ...inFile(
    'migrations/facts.sql',
    [CODE, HOSTILE, ZOO],
    [
      [
        'an owner of every schema is one of others',
        "where not r.rolsuper and r.rolname <> 'pg_database_owner'",
        'where not r.rolsuper',
      ],
      ['casts of others', "where c.castcontext = 'i'", "where c.castcontext = 'e'"],
      ['operators of others', "'operator class', 'operator family')", "'operator family')"],
      ['families of operators of others', "'operator class', 'operator family')", "'operator class')"],
      ['conversions of others', "'conversion', ", ''],
      ['schemas with the name of a login', 'or nspname in (select login from login)', ''],
      [
        'schemas with the name of the owner',
        "where nspname in ('agent_bom_owner', session_user)",
        'where nspname in (session_user)',
      ],
      [
        'who creates in the schema',
        "and a.privilege_type = 'CREATE' and u.rolname not in (select login from login)",
        "and a.privilege_type = '' and u.rolname not in (select login from login)",
      ],
      [
        'triggers that call others',
        "'pg_event_trigger'::regclass, 'pg_trigger'::regclass, 'pg_attrdef'",
        "'pg_event_trigger'::regclass, 'pg_attrdef'",
      ],
      [
        'defaults that call others',
        "'pg_trigger'::regclass, 'pg_attrdef'::regclass, 'pg_rewrite'",
        "'pg_trigger'::regclass, 'pg_rewrite'",
      ],
      [
        'rules that call others',
        "'pg_attrdef'::regclass, 'pg_rewrite'::regclass, 'pg_policy'",
        "'pg_attrdef'::regclass, 'pg_policy'",
      ],
      ['policies that call others', "'pg_rewrite'::regclass, 'pg_policy'::regclass,", "'pg_rewrite'::regclass,"],
      ['constraints that call others', "'pg_constraint'::regclass, 'pg_class'::regclass)", "'pg_class'::regclass)"],
      [
        'types of others',
        "select 'pg_type', typname from pg_type where typnamespace = 'pg_catalog'::regnamespace",
        "select 'pg_type', typname from pg_type where false",
      ],
      ['routines of others', "where pronamespace = 'pg_catalog'::regnamespace or pronamespace", 'where pronamespace'],
    ],
  ),
  ...inFile(
    'migrations/verify/admin/050_foreign_objects.sql',
    [ZOO],
    [
      ['schemas are not named', "where nspname !~ '^pg_' and nspname not in", 'where false and nspname not in'],
      [
        'publications are not named',
        "select 'publications', pubname from pg_publication",
        "select 'publications', pubname from pg_publication where false",
      ],
      [
        'event triggers are not named',
        "select 'event triggers', evtname from pg_event_trigger",
        "select 'event triggers', evtname from pg_event_trigger where false",
      ],
      [
        'large objects are not named',
        'oid::text from pg_largeobject_metadata',
        'oid::text from pg_largeobject_metadata where false',
      ],
      ['who has privileges is not named', "and r.rolname not like 'agent\\_bom\\_%'", 'and false'],
    ],
  ),
  ...inFile(
    'migrations/facts.sql',
    [OF_OTHERS, CONTENT, HOSTILE],
    [
      ['administrators are others', "\n           and not coalesce(pg_has_role(r.oid, o.oid, 'MEMBER'), false)", ''],
      ['those whom RDS lets are others', "pg_has_role(r.oid, to_regrole('rds_superuser'), 'MEMBER')", 'false'],
      [
        'what a type brings',
        " where p.classid = s.classid and p.objid = s.objid and p.deptype = 'i')",
        ' where false)',
      ],
      ['any schema', "or i.schema = 'public' and (named", 'or (named'],
      ['casts that are asked for', "where c.castcontext = 'i'", "where c.castcontext in ('i', 'a')"],
      ['tables of others', "and f.proname like 'abom\\_%')))", "and f.proname like 'abox\\_%')))"],
      ['foreign tables of whoever ran the migrations', "and (c.relkind in ('m', 'f')", "and (c.relkind in ('m')"],
      [
        'what is an extension’s and belongs to the owner',
        "d.objid = c.oid and d.deptype = 'e')\n            or (c.relowner",
        "d.objid = c.oid and d.deptype = 'i')\n            or (c.relowner",
      ],
      ['routines of extensions', "d.objid = f.oid and d.deptype = 'e')", "d.objid = f.oid and d.deptype = 'i')"],
      [
        'open tables of others',
        "\n                and c.relname <> all (current_setting('agent_bom.open_tables')::text[])",
        '',
      ],
      ['routines of the product', "\n                and f.proname not like 'abom\\_%'))", '))'],
      [
        'superusers are others',
        "where not r.rolsuper and r.rolname <> 'pg_database",
        "where r.rolname <> 'pg_database",
      ],
      ['who runs the steps is one of others', 'not (r.rolname = session_user and r.rolcreaterole)', 'true'],
      [
        'objects of other databases',
        ' and d.datname = current_database()\n          join untrusted u',
        '\n          join untrusted u',
      ],
      ['logins that create', ' and u.rolname not in (select login from login)\n', '\n'],
      [
        'a schema with the name of who runs the steps',
        "nspname in ('agent_bom_owner', session_user) or",
        "nspname = 'agent_bom_owner' or",
      ],
    ],
  ),
];
