import { inFile } from '../../fault';

const BACKUP = 'test/postgres/dumps/backup.test.ts';
const ASKED = `${BACKUP}##writes a dump|refuses format`;
const DIFFERS = `${BACKUP}#writes a dump|on a server`;
const RESTORES = `${BACKUP}#writes a dump|holds data`;
const BESIDE = 'test/postgres/dumps/restore-beside.test.ts';
const REFUSED = `${BESIDE}##version 15.*(is refused with|nobody uses)`;
const BEFORE = `${BESIDE}##version 15.*template1`;
const FAILURES = `${BESIDE}##version 15.*could not be`;
const TAKES = `${BESIDE}#version 15.*takes`;
const ANY_NAME = `${BESIDE}##version 15.*directories of any`;
const ZOO = 'test/postgres/dumps/restore-zoo.test.ts#version 15';

/** In what a restore asks first, with which sessions it works, and what it says and keeps. */
export const RESTORE_FAULTS = [
  ...inFile(
    'backup/archive.sh',
    [DIFFERS],
    [
      ['readers of the product are another team', '|readonly|', '|'],
      ['the next maintenance is another team', '|maintenance_b|', '|'],
      ['the marker is of another team', '|rls_maintenance|', '|'],
    ],
  ),
  ...inFile(
    'backup/restore.sh',
    [ASKED],
    [
      ['a format in between is unknown', '== [1234] ]]', '== [14] ]]'],
      [
        'an older revision than the one that was told',
        'if [[ $revision > ${head:-$revision} ]]',
        'if [[ $revision != ${head:-$revision} ]]',
      ],
      [
        'an option that ends as a limit',
        '[[ " ${CONTRACT_OPTIONS:-} " =~ \\ agent_bom',
        '[[ " ${CONTRACT_OPTIONS:-} " =~ agent_bom',
      ],
      ['any number is a limit', '_connection_limit=[1-9][0-9]{0,5}\\  ]]', '_connection_limit=[0-9]+\\  ]]'],
      [
        'a revision of two words',
        '[[ $revision =~ ^[0-9A-Za-z_]+$ && $known',
        '[[ $revision =~ ^[0-9A-Za-z_]+ && $known',
      ],
    ],
  ),
  ...inFile('backup/restore.sh', [DIFFERS], [['few of the differences are shown', 'head -n 20', 'head -n 2']]),
  ...inFile(
    'backup/restore.sh',
    [FAILURES],
    [
      ['rows that could not be counted', 'wait "$counting"\n', ''],
      ['statistics that could not be made', 'wait "$analysis"\n', ''],
    ],
  ),
  ...inFile(
    'backup/restore.sh',
    [`${BESIDE}##version 15.*not done already`],
    [
      ['what a restore replaced was restored itself', 'if [[ $found == "$mark" ]]', 'if [[ $found == *"$mark" ]]'],
      ['a dump whose name begins the same was restored', 'if [[ $found == "$mark" ]]', 'if [[ $found == "$mark"* ]]'],
    ],
  ),
  ...inFile(
    'backup/restore.sh',
    [RESTORES],
    [
      ['each change is written at once', ' -c synchronous_commit=off', ''],
      ['a page is a kilobyte', 'setting::bigint)) from', 'setting::bigint * 8)) from'],
      ['indexes are made in what a query may use', ' -c maintenance_work_mem=$maintenance_memory', ''],
      [
        'what is at the last revision is to be migrated',
        'if [[ $revision != "${head:-$revision}" ]]; then',
        'if true; then',
      ],
    ],
  ),
  ...inFile(
    'backup/restore/new_database.sh',
    [RESTORES],
    [
      ['the session that holds the names may not be idle', '-c idle_session_timeout=0 ', ''],
      ['the name has the time of the machine', 'now=$(date -u ', 'now=$(date '],
      ['what took the name is cleaned up', "  new=''\n", ''],
      ['one worker', 'jobs < 4 ? jobs : 4', '1'],
      [
        'default privileges as the dump has them',
        '  psql -o /dev/null -f "$migrations/facts.sql" -f "$migrations/before/020_own_database.sql"\n',
        '',
      ],
    ],
  ),
  ...inFile(
    'backup/restore/new_database.sh',
    [REFUSED],
    [
      [
        'a URL of another host',
        '[[ $PGHOST:$PGPORT/$PGDATABASE == "$place" ]]',
        '[[ $PGPORT/$PGDATABASE == "${place#*:}" ]]',
      ],
      [
        'a URL of another port',
        '[[ $PGHOST:$PGPORT/$PGDATABASE == "$place" ]]',
        '[[ $PGHOST/$PGDATABASE == "${place%%:*}/${place#*/}" ]]',
      ],
      [
        'the backup logs in as anybody',
        '[AGENT_BOM_POSTGRES_BACKUP_URL]=agent_bom_backup\n',
        "[AGENT_BOM_POSTGRES_BACKUP_URL]='.*'\n",
      ],
      ['the password of a login that is revoked', ' and rolcanlogin")', '")'],
      ['the password of a login beside an empty database', '    [[ $migrated == t ]] || continue\n', ''],
    ],
  ),
  ...inFile(
    'backup/restore/new_database.sh',
    [BEFORE],
    [['the names are exchanged in the database itself', '[[ $database != "$target" ]] && PGDATABASE', 'PGDATABASE']],
  ),
  ...inFile(
    'backup/restore/new_database.sh',
    [`${BESIDE}#version 15.*at work, which`],
    [['one restore for all databases', "'restore ' || current_setting('agent_bom.target')", "'restore '"]],
  ),
  ...inFile(
    'backup/restore/new_database.sh',
    [`${BESIDE}#version 15.*narrows`],
    [['the room of another database', 'pg_database_size(current_database())', "pg_database_size('template0')"]],
  ),
  ...inFile(
    'backup/restore/new_database.sh',
    [ZOO, 'test/postgres/dumps/restore-clients.test.ts#version 15'],
    [
      ['a row that begins as a statement', '1,40{/^SET transaction_timeout = /d;}', '/^SET transaction_timeout = /d'],
      [
        'what others have passed on is granted',
        "-e '/^SET SESSION AUTHORIZATION /,/^RESET SESSION AUTHORIZATION/d' ",
        '',
      ],
      [
        'a newer client keeps tablespaces',
        'pg_restore --file=- --no-owner --no-tablespaces --role',
        'pg_restore --file=- --no-owner --role',
      ],
    ],
  ),
  ...inFile(
    'backup/restore/is_empty.sql',
    [RESTORES],
    [['routines are nothing', ' where p.pronamespace not in', ' where false and p.pronamespace not in']],
  ),
  ...inFile(
    'backup/restore/prepare.sql',
    [RESTORES],
    [
      ['readers of the product are not there', '    create role agent_bom_readonly nologin;', '    null;'],
      [
        'readers of the product log in',
        'create role agent_bom_readonly nologin',
        'create role agent_bom_readonly login',
      ],
    ],
  ),
  ...inFile(
    'backup/restore/leftovers.sql',
    [`${BESIDE}#version 15.*drops`],
    [
      [
        'a database that was dropped halfway',
        "current_setting('agent_bom.unfinished_limit')::int, -2)",
        "current_setting('agent_bom.unfinished_limit')::int)",
      ],
    ],
  ),
  ...inFile(
    'backup/restore/refuse.sql',
    [TAKES],
    [
      ['migrations of another database', ' and l.database = database.oid and l.granted', ' and l.granted'],
      ['transactions of another database', ' where pg_prepared_xacts.database = current_database();', ';'],
    ],
  ),
  ...inFile(
    'backup/restore/copy_settings.sql',
    [TAKES],
    [
      [
        'privileges of the contract are carried over',
        "       and pg_get_userbyid(a.grantee) !~ format('^%s$', current_setting('agent_bom.contract_roles'))\n",
        '',
      ],
      [
        'settings of the contract are carried over',
        'where s.setrole = 0 or pg_get_userbyid',
        'where true or pg_get_userbyid',
      ],
    ],
  ),
  ...inFile(
    'backup/restore/create_database.sql',
    ['test/postgres/dumps/restore-zoo.test.ts#version 17'],
    [['a locale of PostgreSQL is one of the system', "when 'b' then 'builtin'", "when 'b' then 'libc'"]],
  ),
  ...inFile(
    'backup/restore/new_database.sh',
    [`${BESIDE}##version 15.*keeps a database without`],
    [
      [
        'what others have in a database without tables is dropped',
        '[[ -z $left_behind && $(PGDATABASE',
        '[[ $(PGDATABASE',
      ],
      ['a statement whose name ends early', '${previous//\\"/\\"\\"}', '$previous'],
    ],
  ),
  ...inFile(
    'backup/restore/refuse.sql',
    [`${BESIDE}##version 15.*refused while the API`],
    [['a stop that both have passed', 'stop > least(revision, dumped)', 'stop >= least(revision, dumped)']],
  ),
  ...inFile(
    'backup/archive.sh',
    [ANY_NAME],
    [
      ['a quote ends a path', '$quote${path//$quote/$quote$quote}$quote', '$quote$path$quote'],
      ['a backslash in a path is one of psql', 'local path=${1//\\\\/\\\\\\\\} quote', 'local path=$1 quote'],
    ],
  ),
  ...inFile(
    'backup/dump.sh',
    [ANY_NAME],
    [
      [
        'a dump goes to a directory without spaces',
        '\\\\o $(psql_path "$manifest.contents")',
        '\\\\o $manifest.contents',
      ],
      [
        'a dump is made from a directory without spaces',
        '\\\\i $(psql_path "$here/left_out.sql")',
        '\\\\i $here/left_out.sql',
      ],
    ],
  ),
  ...inFile(
    'backup/restore/new_database.sh',
    [ANY_NAME],
    [
      [
        'sessions are ended from a directory without spaces',
        '\\\\i $(psql_path "$here/restore/close_sessions.sql")',
        '\\\\i $here/restore/close_sessions.sql',
      ],
    ],
  ),
  ...inFile(
    'backup/restore.sh',
    [ANY_NAME],
    [['a small server makes indexes in less memory than by itself', 'greatest(65536,', 'greatest(6553,']],
  ),
  ...inFile(
    'backup/restore/new_database.sh',
    [`${BESIDE}##version 15.*of any name, beside`],
    [
      [
        'a backslash in the name of a database is something else',
        'name=$target awk',
        'name=$(printf %b "$target") awk',
      ],
    ],
  ),
  ...inFile(
    'commands/rehearse/restore-step.ts',
    ['test/postgres/commands/rehearse.test.ts#passes every check on the stand-in'],
    [
      ['a rehearsal dumps to a directory without spaces', '"$DIRECTORY" rehearsal', '$DIRECTORY rehearsal'],
      [
        'a rehearsal restores from a directory without spaces',
        '"$DIRECTORY/rehearsal.dump"',
        '$DIRECTORY/rehearsal.dump',
      ],
    ],
  ),
];
