import { inFile } from '../fault';

const CONNECTIONS = 'test/postgres/steps/connections.test.ts';
const JOB = 'test/postgres/steps/job.test.ts';
const REVISIONS = 'test/postgres/steps/image-revisions.test.ts';
const EXISTING = 'test/postgres/steps/existing-database.test.ts';
const CONTRACT = 'test/postgres/steps/contract.test.ts#PostgreSQL 16';
const CHECKS = 'test/postgres/steps/checks.test.ts';
const LOGINS = 'test/postgres/steps/logins.test.ts';
/** With a clock that pauses advance. */
const WAITS = 'test/postgres/steps/files.test.ts##waits';
const HOLDERS = 'test/postgres/servers/locks.test.ts##names three';
const MONTHS = 'test/postgres/steps/partitions.test.ts##PostgreSQL 15.*of ';
const PASSES = `${CHECKS}##says what it found|is mended`;

const PROBE = 'test/postgres/servers/probe-planted.test.ts##.';
/** Whole lists of what requires something planted. */
const REQUIRED = 'test/postgres/steps/dependents.test.ts##.';
const ZOO = 'test/postgres/dumps/restore-zoo.test.ts#version 15';
/** In what runs the migrations, revokes logins and verifies the contract. */
export const VERIFY_FAULTS = [
  ...inFile(
    'migrations/connect.sh',
    [CONNECTIONS],
    [
      ['a URL that does not verify is accepted', "[[ $query == *'&sslmode=verify-full&'* ]] ||", 'true ||'],
      ['the server is not verified', 'PGSSLMODE=verify-full', 'PGSSLMODE=require'],
      ['the name of the server is not verified', 'PGSSLMODE=verify-full', 'PGSSLMODE=verify-ca'],
      [
        'no authorities are needed',
        '[[ $query =~ \\&sslrootcert=([^\\&]+)\\& ]] ||',
        '[[ $query =~ \\&sslrootcert=([^\\&]+)\\& ]] || true ||',
      ],
    ],
  ),
  ...inFile(
    'migrations/run.sh',
    [CONNECTIONS, JOB, REVISIONS, EXISTING],
    [
      ['a check that fails is not counted', 'if [[ $2 == fail ]]; then failed+=" $1"; fi', 'true'],
      ['a failed run ends well', '      exit "$HOPELESS"\n    fi\n    ;;\n  *)', '      exit 0\n    fi\n    ;;\n  *)'],
      [
        'a file that fails does not end the step',
        '/dev/null -v VERBOSITY',
        '/dev/null -v ON_ERROR_STOP=0 -v VERBOSITY',
      ],
      ['a lock that is held ends the step', '55P03 | 40P01 | XX000)', '40P01 | XX000)'],
      ['any error is tried again', '55P03 | 40P01 | XX000)', '*)'],
      ['what may not be done is tried again', 'P0001 | 42501)', 'P0001)'],
      ['a URL brings more options', '[[ $url == postgres* && $url != *', '[[ $url == postgres* || $url != *'],
      ['an error is swallowed', '((SECONDS + pause <= end)) || return 1', '((SECONDS + pause <= end)) || return 0'],
      ['plain connections are not tried', '    check admin\n    check_plain_connection', '    check admin'],
      ['the backup is not checked', 'check backup', 'true'],
      [
        'the maintenance identity is checked as the application',
        'connect AGENT_BOM_POSTGRES_MAINTENANCE_URL\n    check',
        'check',
      ],
      ['a server that accepts plain connections is migrated', '    refuse_plain_connections\n', ''],
      ['other servers are migrated', '    refuse_other_servers\n', ''],
      [
        'any failure to connect passes for the rule',
        'elif [[ $message == *pg_hba* ]]; then',
        'elif [[ -n $message ]]; then',
      ],
      ['mistakes of the shell are ignored', 'set -euo pipefail', 'set -uo pipefail'],
    ],
  ),
  ...inFile(
    'migrations/packaged.sh',
    [REVISIONS],
    [
      ['several heads are accepted', '    exit 2\n    ;;', '    ;;'],
      ['the file is written without a head', '[ "$heads" != "$head (head)" ]', '[ -z "$head" ]'],
      ['the migrations always run', '  migrate) exec', '  migrate | revisions) exec'],
    ],
  ),
  ...inFile(
    'migrations/revoke/010_revoke_previous_logins.sql',
    [CONTRACT, JOB],
    [
      ['the previous password stays', 'nologin password null', 'nologin'],
      ['the login stays open', 'nologin password null', 'password null'],
      ['nobody is waited for', 'exit when sessions = 0 or clock_timestamp() >= deadline;', 'exit;'],
      [
        'a login that is not set up revokes the other',
        'where rolname = login and rolcanlogin) then',
        'where rolname = login) then',
      ],
      ['the backup is revoked too', "where identity <> 'backup'", "where identity <> ''"],
    ],
  ),
  ...inFile(
    'migrations/revoke/020_end_previous_sessions.sql',
    [CONTRACT],
    [
      ['sessions of the previous login go on', 'perform pg_terminate_backend(item.pid, 5000);', 'null;'],
      ['sessions that may log in are ended', 'where not r.rolcanlogin', 'where r.rolcanlogin is not null'],
    ],
  ),
  ...inFile(
    'migrations/verify/app/010_probe.sql',
    [PROBE, LOGINS, CHECKS],
    [
      [
        'a change that is refused ends the probe',
        '        when insufficient_privilege then null;\n        when others then\n          get',
        '        when others then\n          get',
      ],
      ['a table that is not read is refused', " and has_table_privilege(item.oid, 'SELECT') then", ' then'],
      ['rows of another tenant are visible', 'if touched > 0 then broken', 'if touched > 1000 then broken'],
      ['a probe of no table passes', "broken = '{}' and tables > 0 then 'pass'", "broken = '{}' then 'pass'"],
      [
        'the probe takes numbers of sequences',
        "coalesce(pg_get_expr(d.adbin, d.adrelid) like 'nextval(%', false)",
        'false',
      ],
      ['the rows of the probe stay', '\nrollback;', '\ncommit;'],
      ['the bypass is not asked for', "perform set_config('app.bypass_rls', '1', true);", ''],
    ],
  ),
  ...inFile(
    'migrations/verify/backup/010_login.sql',
    [CHECKS, CONTRACT],
    [['a backup that may write', "and current_setting('transaction_read_only') = 'on' then", 'then']],
  ),
  ...inFile(
    'migrations/verify/backup/020_backfills.sql',
    [CHECKS],
    [['rows that were left out', 'coalesce(sum(number), 0) = 0', 'coalesce(sum(number), 0) >= 0']],
  ),
  ...inFile(
    'migrations/verify/requirements.sql',
    ['test/postgres/commands/doctor.test.ts'],
    [
      ['a standby is checked', 'if pg_is_in_recovery() then', 'if false then'],
      [
        'a database of others is checked',
        "or to_regclass('public.scan_jobs') is null then",
        "and to_regclass('public.scan_jobs') is null then",
      ],
    ],
  ),
  ...inFile(
    'migrations/dependents.sql',
    [REQUIRED, ZOO],
    [
      ['what has the name of the schema', ' and a.object_names[2] is not null', ''],
      ['types are dumped', 'or t.oid is not null)', 'or false)'],
      [
        'a type of columns is dumped',
        "d.objid = t.objid and d.deptype = 'i'",
        "d.objid = t.objid and d.objsubid = t.objsubid and d.deptype = 'i'",
      ],
      ['what a range brings has its line', " and t.typtype <> 'm'", ''],
      ['what a range brings is of others', "m.deptype in ('e', 'i'))", "m.deptype = 'e')"],
      ['members of extensions are by themselves', "m.deptype in ('e', 'i'))", "m.deptype = 'i')"],
      ['domains are types', "case t.typtype when 'd' then 'domain' else i.type end", 'i.type'],
      [
        'a partition elsewhere stays',
        "when leaf.relnamespace <> 'public'::regnamespace",
        "when leaf.relnamespace = 'public'::regnamespace",
      ],
      [
        'objects of other databases',
        ' and d.datname = current_database()\n         where s.deptype',
        '\n         where s.deptype',
      ],
      ['the copy of a trigger', '(select tgparentid <> 0 from', '(select false from'],
      ['what requires a schema is dumped', 'where nspname not in', 'where false and nspname not in'],
      [
        'what requires an extension is dumped',
        "from pg_extension where extname <> 'plpgsql' and",
        'from pg_extension where false and',
      ],
      ['views are dumped in spite of their rule', "d.objid = t.objid and d.deptype = 'i'", 'false'],
      [
        'every partition has its line',
        '(select relispartition from pg_class where',
        '(select false from pg_class where false and',
      ],
      ['views of materialized views are dumped', "where relkind in ('m', 'f')))", "where relkind = 'f'))"],
      ['the index of an exclusion has its line', "contype in ('p', 'u', 'x')", "contype in ('p', 'u')"],
      ['statistics are restored', " when 'statistics object' then 'STATISTICS'", ''],
      ['comments are restored', "coalesce(part || ' ON ' || name, signature) as comment", 'null as comment'],
      ['columns are dumped', "or type = 'table column' and parents = 0", ''],
      ['checks are dumped', "where contype = 'c' and coninhcount = 0)", 'where false)'],
      ['partitions elsewhere are dumped', 'where leaf.oid not in', 'where false and leaf.oid not in'],
      ['members of any role own the contract', " where roleid = to_regrole('agent_bom_owner'))", ')'],
      [
        'objects of another class',
        "join owned o on o.classid = 'pg_class'::regclass and o.objid",
        'join owned o on o.objid',
      ],
      ['triggers of views', "c.relkind in ('r', 'p', 'v')", "c.relkind in ('r', 'p')"],
      ['an extension that a superuser made', "           and d.classid <> 'pg_extension'::regclass\n", ''],
      ['views of foreign tables', "where relkind in ('m', 'f')))", "where relkind = 'm'))"],
      [
        'tables hand on what they require',
        "         where not (t.classid = 'pg_class'::regclass and t.objid in (select oid from ours where relkind <> 'v'))\n",
        '',
      ],
      ['divided tables hand on what they require', "ours where relkind <> 'v'))", "ours where relkind = 'r'))"],
      ['partitions hand on what they require', "ours where relkind <> 'v'))", "ours where relkind = 'p'))"],
      ['the index of a primary key has its line', "contype in ('p', 'u', 'x')", "contype in ('u', 'x')"],
      ['the index of a unique constraint has its line', "contype in ('p', 'u', 'x')", "contype in ('p', 'x')"],
      ['an index that is referred to has none', "contype in ('p', 'u', 'x')", "contype in ('p', 'u', 'x', 'f')"],
      [
        'a default is the column of another table',
        'a.attrelid = d.adrelid and a.attnum = d.adnum',
        'a.attnum = d.adnum',
      ],
      ['partitions of partitions are named twice', ' and not top.relispartition', ''],
      ['a partition is detached from the topmost table', "%s;', t.parentrelid,", "%s;', p.oid::regclass,"],
      [
        'members of extensions are of the contract',
        'where m.classid = s.classid and m.objid = s.objid',
        'where false and m.objid = s.objid',
      ],
      ['a table leaves its own parents', ' and i.inhparent not in (select oid from ours)', ''],
      ['tables of a type', 'where oid = relation and reloftype <> 0', 'where false'],
      ['tables of another method', " and amname <> 'heap')", " and amname = 'heap')"],
      ['columns of partitions have their lines', "type = 'table column' and parents = 0", "type = 'table column'"],
      ['checks of partitions have their lines', ' and coninhcount = 0)', ')'],
      ['a column loses its length', 'format_type(t.oid, a.atttypmod) end', 'format_type(t.oid, null) end'],
      ['what is computed when it is read', "case generated when 's' then", "case when generated <> '' then"],
    ],
  ),
  ...inFile(
    'backup/restore/new_database.sh',
    [ZOO],
    [
      ['what requires others is restored', 'left_out[field[2] " " field[3]] = 1;', ''],
      ['indexes are attached that are not there', ' || (kind == "INDEX ATTACH" && left_out["INDEX " name])', ''],
      [
        'tablespaces have to exist',
        '--no-owner --no-tablespaces --role=agent_bom_owner --exit-on-error',
        '--no-owner --role=agent_bom_owner --exit-on-error',
      ],
    ],
  ),
  ...inFile(
    'backup/contents.sql',
    [ZOO],
    [
      ['rows of children count', 'from only %s group', 'from %s group'],
      [
        'what others may run is compared',
        "where a.grantor = p.proowner and grantee.name ~ format('^(public|%s)$', current_setting('agent_bom.contract_roles')))",
        'where a.grantor = p.proowner)',
      ],
    ],
  ),
  ...inFile(
    'migrations/relations.sql',
    [WAITS, HOLDERS],
    [
      ['a table is given half a minute', "''), '300s');", "''), '30s');"],
      ['pauses of a minute', "interval '30s');", "interval '60s');"],
      ['pauses that do not grow', 'least(pause * 2,', 'least(pause * 1,'],
      ['a pause that outlasts the patience', 'clock_timestamp() + pause > started', 'clock_timestamp() > started'],
      ['who waits is said to hold', 'and l.granted and l.relation', 'and l.relation'],
      [
        'who holds a table elsewhere',
        'and l.database = (select oid from pg_database',
        'or l.database = (select oid from pg_database',
      ],
      ['the latest who hold a table', 'order by a.xact_start, l.pid\n', 'order by a.xact_start desc, l.pid\n'],
      ['prepared transactions', "coalesce(pid::text, 'of a prepared transaction')", 'pid'],
    ],
  ),
  ...inFile('migrations/lock.sql', [WAITS], [['another run is given three seconds', "''), '300s');", "''), '3s');"]]),
  ...inFile(
    'migrations/revoke/010_revoke_previous_logins.sql',
    [WAITS],
    [
      ['sessions are given nine seconds', "''), '90s')", "''), '9s')"],
      ['one session is none', 'if sessions > 0 then', 'if sessions > 1 then'],
      ['who has left is counted', '    perform pg_stat_clear_snapshot();\n', ''],
    ],
  ),
  ...inFile(
    'migrations/after/015_make_partitions.sql',
    [MONTHS],
    [
      ['of two columns', ' and t.partnatts = 1\n', '\n'],
      ['days are no moments', "'timestamp'::regtype, 'date'::regtype)", "'timestamp'::regtype)"],
      ['of any names', " and m.relname ~ '_y\\d{4}m\\d{2}$'", ''],
      ['a name that is taken', "to_regclass('public.' || quote_ident(p.relname || m.suffix)) is null\n       and ", ''],
      ['a partition without a beginning', "'-infinity')::timestamptz as first", "'infinity')::timestamptz as first"],
      ['identities are made twice', ' excluding identity', ''],
      [
        'others are given what they have of the table',
        "where r.rolname like 'agent\\_bom\\_%' and r.rolname",
        'where r.rolname',
      ],
    ],
  ),
  ...inFile(
    'migrations/verify/admin/040_schema.sql',
    [MONTHS],
    [['months of what is divided otherwise', ' and t.partnatts = 1\n', '\n']],
  ),
  ...inFile(
    'migrations/verify/admin/050_others.sql',
    [PASSES],
    [
      ['superusers are not named', 'from pg_roles where rolsuper),', 'from pg_roles where false),'],
      ['members that create no roles', 'where r.rolcreaterole and not r.rolsuper and', 'where not r.rolsuper and'],
      ['tables are counted twice', 'count(distinct r.oid)', '2 * count(r.oid)'],
      ['who will read is not named', "from future where privilege in ('SELECT', ", 'from future where privilege in ('],
    ],
  ),
  ...inFile(
    'migrations/verify/admin/050_foreign_objects.sql',
    [PASSES],
    [['more names than somebody reads', 'filter (where number <= 3)', 'filter (where number <= 4)']],
  ),
];
