import { inFile } from '../fault';

const BACKUP = 'test/postgres/dumps/backup.test.ts';
const JOBS = 'test/postgres/dumps/dump-jobs.test.ts';
const ZOO = 'test/postgres/dumps/restore-zoo.test.ts#version 15';
const CLIENTS = 'test/postgres/dumps/restore-clients.test.ts';
const BESIDE = 'test/postgres/dumps/restore-beside.test.ts#version 15.*(drops|takes|once|at work)';
const REFUSALS = `${BACKUP}##writes a dump|before anything`;
const FAILURES = 'test/postgres/dumps/restore-beside.test.ts##version 15.*(refused|fails)';
const DUMPS = `${BACKUP}##writes|gives the number|lets nobody|dumps the moment|never overwrites|of the name`;

/** In what the scripts of the backup leave out, clean up and hand on. */
export const ARCHIVE_FAULTS = [
  ...inFile(
    'backup/dump.sh',
    [DUMPS, ZOO, CLIENTS],
    [
      ['an error does not end the dump', 'set -euo pipefail', 'set -uo pipefail'],
      ['a dump of any name', '&& $name =~ ^[A-Za-z0-9][A-Za-z0-9._-]*$ ]]', ']]'],
      ['an older pg_dump', 'require_client pg_dump\n', ''],
      ['publications are dumped', ' --no-publications', ''],
      ['labels are dumped', '--no-security-labels ', ''],
      ['rows that are hidden are left out', 'ask "\\\\i $(psql_path "$here/hidden_rows.sql")"\n', ''],
      ['the counts see what comes later', 'begin transaction isolation level repeatable read, read only;', 'begin;'],
      [
        'the manifest is there before the dump',
        'mv "$dump.part" "$dump"\nmv "$manifest.part" "$manifest"',
        'mv "$manifest.part" "$manifest"\nmv "$dump.part" "$dump"',
      ],
      ['the number of bytes is not that of the dump', '"$(wc -c <"$dump.part")"', '0'],
      ['nobody owned anything', "  printf 'owners\\t%s\\n' \"${owners//$'\\n'/,}\"\n", ''],
      ['the name is the time of the machine', 'date -u +%Y', 'date +%Y'],
      ['the name has no seconds', 'T%H-%M-%SZ', 'T%H-%M-00Z'],
      ['counting is not waited for', "answer 'the contents could not be counted' >/dev/null\n", ''],
      ['everybody reads what is unfinished', 'umask 077', 'umask 022'],
    ],
  ),
  ...inFile(
    'backup/upload.sh',
    [JOBS],
    [
      ['an upload that fails is no error', 'set -euo pipefail', 'set -uo pipefail'],
      ['the key of S3 encrypts', '--sse aws:kms', '--sse AES256'],
      ['every dump is in one folder', '"$BACKUP_PREFIX$name/$file"', '"$BACKUP_PREFIX$file"'],
      ['the manifest is not uploaded', 'for file in "$name.dump" "$name.manifest"', 'for file in "$name.dump"'],
    ],
  ),
  ...inFile(
    'backup/download.sh',
    [JOBS],
    [
      ['the manifest is not fetched', 'for file in "$2.manifest" "$2.dump"', 'for file in "$2.dump"'],
      ['files go elsewhere', '"$1/$file" --only', '"$1/$2" --only'],
    ],
  ),
  ...inFile(
    'backup/hidden_rows.sql',
    [`${BACKUP}##hide rows|writes a dump`],
    [
      [
        'a restrictive policy',
        'where p.polrelid = c.oid and not p.polpermissive and',
        'where false and not p.polpermissive and',
      ],
      [
        'a table without a policy',
        'and (not exists (select from pg_policy p',
        'and (false and not exists (select from pg_policy p',
      ],
      [
        'a restrictive policy for all commands',
        "not p.polpermissive and p.polcmd in ('r', '*')",
        "not p.polpermissive and p.polcmd = 'r'",
      ],
      ['a policy for some rows', "and pg_get_expr(p.polqual, p.polrelid) = 'true'\n", ''],
    ],
  ),
  ...inFile(
    'backup/archive.sh',
    [REFUSALS, FAILURES, BESIDE, CLIENTS, BACKUP],
    [
      ['a role of the contract is of another team', '|maintenance_b|backup)', '|maintenance_b)'],
      ['the second login is of another team', '|app|app_b|', '|app|'],
      ['backslashes of an option are lost', 'value=${2//\\\\/\\\\\\\\}', 'value=$2'],
      ['a line that ends in the key is read', '"s/^$2\\t//p"', '"s/$2\\t//p"'],
      ['spaces end an option', '"${value// /\\\\ }"', '"$value"'],
    ],
  ),
  ...inFile(
    'backup/restore.sh',
    [REFUSALS, FAILURES, BACKUP, BESIDE, CLIENTS],
    [
      ['an error does not end the restore', 'set -euo pipefail', 'set -uo pipefail'],
      ['a dump of a newer server', '((source_major <= target_major)) ||', 'true ||'],
      ['a dump of the next major', '((source_major <= target_major)) ||', '((source_major <= target_major + 1)) ||'],
      [
        'a limit that is missing is found halfway',
        'for identity in app maintenance backup',
        'for identity in app backup',
      ],
      ['a dump without its manifest', '[[ -r $manifest ]] ||', 'true ||'],
      [
        'options of the contract that are missing',
        '[[ " ${CONTRACT_OPTIONS:-} " =~ ',
        '[[ yes || " ${CONTRACT_OPTIONS:-} " =~ ',
      ],
      ['what stops a restore is found halfway', ' -f "$here/restore/refuse.sql"', ''],
      ['grants and passwords are left out', 'bash "$migrations/run.sh" after\n', ''],
      [
        'a newer revision than the one that was told',
        'if [[ $revision > ${head:-$revision} ]]',
        'if [[ $revision < ${head:-$revision} ]]',
      ],
      ['the planner knows nothing of the tables', 'psql -c analyze &', "psql -c 'select 1' &"],
      ['roles that are there stop the restore', '-c agent_bom.restoring=on', '-c agent_bom.restoring=off'],
      ['an unknown argument is ignored', '    *) refuse "$usage" ;;', '    *) shift ;;'],
      ['the restored database keeps its other name', 'wait "$analysis"\ntake_name\n', 'wait "$analysis"\n'],
    ],
  ),
  ...inFile(
    'backup/restore/new_database.sh',
    [REFUSALS, FAILURES, BESIDE, ZOO, CLIENTS, BACKUP],
    [
      ['the login of another identity', '[[ $PGUSER =~ ^(${logins[$variable]})$ ]] ||', 'true ||'],
      [
        'a password that is not the login’s',
        "[[ $problem == *'password authentication failed'* ]] || continue",
        'continue',
      ],
      ['an error of pg_restore is passed over', '--exit-on-error', '--verbose'],
      [
        'half of the privileges',
        'psql -o /dev/null --single-transaction\n  # Default',
        'psql -o /dev/null -v ON_ERROR_STOP=0\n  # Default',
      ],
      ['row-level security before foreign keys', 'kind ~ /ACL$|^ROW SECURITY$/', 'kind ~ /ACL$/'],
      ['policies of others are restored', ' || (kind == "POLICY" && !is_policy[name])', ''],
      [
        'copies and foreign tables are restored',
        'kind ~ /^(MATERIALIZED VIEW|FOREIGN TABLE|SECURITY LABEL|PUBLICATION)/ || ',
        '',
      ],
      ['settings of the database are lost', '  in_third copy_settings.sql\n', ''],
      ['what failed is left', 'in_third drop_database.sql unwanted "$new" &&', 'true &&'],
      ['roles of what failed are left', '&& in_third drop_roles.sql existing "$existing"', ''],
      ['files of what failed are left', '  rm -rf "$work"\n', ''],
      ['what failed ends well', '  exit "$code"', '  exit 0'],
      ['a name that could not be taken is no error', 'wait "$renaming" || refuse', 'wait "$renaming" || true'],
      ['sessions are not ended', '\\\\i $(psql_path "$here/restore/close_sessions.sql")', "select 'closed';"],
      ['what others have is dropped with the previous database', 'if [[ -z $left_behind &&', 'if [[ '],
      [
        'a newer pg_restore sets what the server does not know',
        'if (($(major_of pg_restore) >= 17 && target_major < 17)); then',
        'if false; then',
      ],
    ],
  ),
  ...inFile(
    'backup/restore/refuse.sql',
    [REFUSALS, FAILURES, BESIDE, BACKUP],
    [
      [
        'an administrator who creates no databases',
        'if not (select rolcreatedb and rolcreaterole',
        'if not (select rolcreaterole',
      ],
      [
        'a database that the administrator may not rename',
        "if not pg_has_role(session_user, database.datdba, 'USAGE') then",
        'if false then',
      ],
      ['a template', 'if database.datistemplate then', 'if false then'],
      [
        'a session that only reads',
        "if pg_is_in_recovery() or current_setting('transaction_read_only')::bool then",
        'if pg_is_in_recovery() then',
      ],
      [
        'an extension that the server does not have',
        'where wanted not in (select name from pg_available_extensions);',
        'where false;',
      ],
    ],
  ),
  ...inFile('backup/restore/take_name.sql', [BESIDE], [['the two names are not exchanged at once', 'begin;\n', '']]),
  ...inFile(
    'backup/restore/create_database.sql',
    [FAILURES, BESIDE],
    [
      ['what is in template1 is restored too', 'template template0', 'template template1'],
      [
        'the locale is that of the server',
        'lc_collate %L lc_ctype %L locale_provider',
        "lc_collate 'C' lc_ctype 'C' /* %L %L */ locale_provider",
      ],
      [
        'nobody knows what it is for',
        "select format('comment on database %I is %L', current_setting('agent_bom.new'), current_setting('agent_bom.mark'))\n\\gexec\n",
        '',
      ],
    ],
  ),
  ...inFile(
    'backup/restore/copy_settings.sql',
    [FAILURES, BESIDE],
    [
      [
        'who passes on a privilege no longer may',
        "when a.is_grantable then ' with grant option' end",
        "when false then '' end",
      ],
      [
        'privileges of others are lost',
        'where d.datname = target and a.grantee not in (0, d.datdba)',
        'where false and a.grantee not in (0, d.datdba)',
      ],
      [
        'settings of roles are lost',
        'where s.setrole = 0 or pg_get_userbyid',
        'where s.setrole = 0 and pg_get_userbyid',
      ],
    ],
  ),
  ...inFile(
    'backup/restore/drop_roles.sql',
    [FAILURES, BACKUP, BESIDE],
    [
      [
        'roles that were there are dropped',
        " and rolname <> all (string_to_array(current_setting('agent_bom.existing'), ','))",
        '',
      ],
    ],
  ),
  ...inFile(
    'backup/contents.sql',
    [DUMPS, BACKUP, ZOO],
    [
      ['a sequence that has given no number', 'last_value, is_called from %s;', 'last_value, true from %s;'],
      [
        'sequences are not compared',
        "where c.oid = any (current_setting('agent_bom.relations')::oid[]) and c.relkind = 'S'",
        'where false',
      ],
      [
        'policies for all commands pass',
        'p.polcmd, p.polpermissive, roles.names,',
        "'r', p.polpermissive, roles.names,",
      ],
      [
        'forced row-level security is not compared',
        'c.relrowsecurity, c.relforcerowsecurity\n',
        'c.relrowsecurity, true\n',
      ],
      ['routines that run as their owner pass', "'agent_bom_owner', p.prosecdef,\n", "'agent_bom_owner', false,\n"],
      [
        'the revision is not compared',
        "select 'revision', version_num from public.alembic_version;",
        "select 'revision', '00000000_01';",
      ],
    ],
  ),
  ...inFile(
    'backup/left_out.sql',
    [ZOO],
    [
      ['extensions are not named', 'from pg_extension\n where extname', 'from pg_extension\n where false and extname'],
      [
        'large objects are not named',
        'having count(*) > 0\nunion all\nselect format(',
        'having false\nunion all\nselect format(',
      ],
      ['tablespaces of indexes are not named', 'coalesce(i.indrelid, c.oid) = any', 'c.oid = any'],
      ['privileges on columns are not named', 'where attrelid = any (', 'where false and attrelid = any ('],
    ],
  ),
];
