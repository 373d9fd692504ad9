import { inFile } from '../fault';

const BACKUP = 'test/postgres/dumps/backup.test.ts';
const JOBS = 'test/postgres/dumps/dump-jobs.test.ts';
const ZOO = 'test/postgres/dumps/restore-zoo.test.ts#version 15';
const CLIENTS = 'test/postgres/dumps/restore-clients.test.ts';
const BESIDE = 'test/postgres/dumps/restore-beside.test.ts#version 15.*(drops|takes|once|at work)';
/** What a restore looks for first, and where it goes. */
const BEFORE = 'test/postgres/dumps/restore-beside.test.ts##version 15.*(may end no|template1|any name|is done once)';
const REFUSALS = `${BACKUP}##writes a dump|before anything`;
const FAILURES = 'test/postgres/dumps/restore-beside.test.ts##version 15.*(refused|fails)';
const DUMPS = `${BACKUP}##writes|gives the number|lets nobody|dumps the moment|never overwrites|of the name`;

/** In what dumps and restores. */
export const BACKUP_FAULTS = [
  ...inFile(
    'backup/dump.sh',
    [DUMPS, JOBS, ZOO],
    [
      ['everybody reads the dump', 'umask 077\n', ''],
      ['a dump is overwritten', '[[ ! -e $dump && ! -e $manifest ]] ||', 'true ||'],
      ['the dump sees another moment than the counts', '--snapshot="$snapshot" ', ''],
      ['what is not of the contract is dumped', '${excluded+"${excluded[@]}"} ', ''],
      ['the manifest says that nothing was counted', 'cat "$manifest.contents" >>"$manifest.part"', 'true'],
      ['the sum is that of nothing', 'sha256sum <"$dump.part"', 'sha256sum </dev/null'],
      ['the dump waits without end for a lock', ' --lock-wait-timeout=60s', ''],
    ],
  ),
  ...inFile(
    'backup/upload.sh',
    [JOBS],
    [
      [
        'the manifest goes first',
        'for file in "$name.dump" "$name.manifest"',
        'for file in "$name.manifest" "$name.dump"',
      ],
      ['any key encrypts', ' --sse-kms-key-id "$BACKUP_KEY_ARN"', ''],
      ['nothing compares the sums', '--checksum-algorithm SHA256 ', ''],
      ['several dumps are one', '[[ ${#manifests[@]} == 1 && -r ${manifests[0]} ]] ||', 'true ||'],
    ],
  ),
  ...inFile(
    'backup/announce.sh',
    ['test/postgres/steps/job.test.ts'],
    [
      ['an announcement that fails counts', 'set -euo pipefail', 'set -uo pipefail'],
      ['any key encrypts', ' --sse-kms-key-id "$BACKUP_KEY_ARN"', ''],
    ],
  ),
  ...inFile(
    'backup/download.sh',
    [JOBS],
    [
      ['a dump that was not uploaded whole', '"$2.manifest" "$2.dump"', '"$2.dump" "$2.manifest"'],
      ['a file that is missing is no error', 'refuse "$source could not', 'true "$source could not'],
    ],
  ),
  ...inFile(
    'backup/archive.sh',
    [REFUSALS, FAILURES, CLIENTS, BESIDE, ZOO],
    [['an older client', '((client >= server)) ||', 'true ||']],
  ),
  ...inFile(
    'backup/restore.sh',
    [REFUSALS, FAILURES, BACKUP, BESIDE, JOBS],
    [
      ['a damaged dump is restored', 'refuse_other_logins\nrefuse_damage\n', 'refuse_other_logins\n'],
      ['a truncated dump is one of another version', '  refuse_damage\n  refuse', '  refuse'],
      ['the dump is restored twice', 'if [[ $found == "$mark" ]]; then', 'if false; then'],
      [
        'a revision that the image does not know',
        '[[ $revision =~ ^[0-9A-Za-z_]+$ && $known == 1 ]] ||',
        '[[ $revision =~ ^[0-9A-Za-z_]+$ ]] ||',
      ],
      ['a difference from the manifest is no error', '  exit 1\nfi\nwait "$analysis"', 'fi\nwait "$analysis"'],
      ['nothing is compared', 'if ! diff "$work/wanted" "$work/contents"', 'if ! diff "$work/wanted" "$work/wanted"'],
      ['the checks do not run', 'bash "$migrations/run.sh" verify\n', 'true\n'],
      [
        'a check that fails is no error',
        'bash "$migrations/run.sh" verify\n',
        'bash "$migrations/run.sh" verify || true\n',
      ],
      [
        'the name is taken before the checks',
        'bash "$migrations/run.sh" after\n',
        'bash "$migrations/run.sh" after; take_name\n',
      ],
      ['a newer format is restored', '== [1234] ]]', '== * ]]'],
      ['passwords of running pods are replaced', 'refuse_other_logins\n', '\n'],
      ['what a failed restore left stays', 'trap clean_up EXIT', 'true'],
    ],
  ),
  ...inFile(
    'backup/restore/refuse.sql',
    [REFUSALS, FAILURES, BACKUP, BESIDE],
    [
      [
        'data is replaced that was not named',
        'if tables > 0 and replace <> current_database() then',
        "if tables > 0 and replace = '' then",
      ],
      ['views and sequences count as empty', 'if tables > 0 and replace', 'if tables > 1000 and replace'],
      ['a session that cannot be ended', 'and (r.rolsuper or not (', 'and (not ('],
      ['a prepared transaction', 'where pg_prepared_xacts.database = current_database();', 'where false;'],
      ['migrations that are at work', "where l.locktype = 'advisory' and", "where l.locktype = '' and"],
    ],
  ),
  ...inFile(
    'backup/restore/new_database.sh',
    [REFUSALS, FAILURES, BESIDE, BACKUP, ZOO],
    [
      ['two restores at once', '[[ $answer == t ]] ||', 'true ||'],
      ['a URL that leads elsewhere', '[[ $PGHOST:$PGPORT/$PGDATABASE == "$place" ]] ||', 'true ||'],
      ['privileges of others are restored', '(PUBLIC|$CONTRACT_ROLES)(', '(.*)('],
      ['entries of others are restored', '|| !is_owner[$NF] { next }', '{ next }'],
      [
        'the previous database is dropped with what is in it',
        '-f "$here/restore/is_empty.sql") == t ]]',
        '-f "$here/restore/is_empty.sql") != x ]]',
      ],
    ],
  ),
  ...inFile(
    'backup/restore/leftovers.sql',
    [FAILURES, BESIDE],
    [
      [
        'a database of another team is dropped',
        "and datconnlimit in (current_setting('agent_bom.unfinished_limit')::int, -2)",
        '',
      ],
      ['whatever its comment says', "= current_setting('agent_bom.mark')\n", 'is not null\n'],
    ],
  ),
  ...inFile(
    'backup/restore/prepare.sql',
    [BACKUP, JOBS],
    [
      [
        'what a migration took away comes back',
        'revoke references on tables from agent_bom_app;',
        'grant all on tables to agent_bom_app;',
      ],
    ],
  ),
  ...inFile(
    'backup/restore/take_name.sql',
    [FAILURES, BESIDE],
    [
      ['the limit of the database is lost', "connection limit %s'", "connection limit -1 /* %s */'"],
      ['nobody knows which dump it holds', "'agent_bom.comment'", "'agent_bom.previous_comment'"],
    ],
  ),
  ...inFile(
    'backup/contents.sql',
    [DUMPS, BACKUP, BESIDE],
    [
      ['rows of one tenant pass for another', 'group by 3 order by 3', 'group by () order by 1'],
      [
        'privileges are not compared',
        "select 'grant', c.relname, grantee.name, string_agg(distinct a.privilege_type, ',' order by a.privilege_type)",
        "select 'grant', c.relname, grantee.name, ''",
      ],
    ],
  ),
  ...inFile(
    'backup/restore/new_database.sh',
    [BEFORE],
    [
      ['no other database than postgres', 'for database in postgres template1; do', 'for database in postgres; do'],
      ['a name that no database can have', '"${target//[^A-Za-z0-9_]/_}" | cut -c 1-40)', '"$target" | cut -c 1-60)'],
    ],
  ),
  ...inFile(
    'backup/restore/leftovers.sql',
    [BEFORE],
    [['what is left of a restore into another', "starts_with(datname, current_setting('agent_bom.stem')) and", '']],
  ),
  ...inFile(
    'backup/restore/refuse.sql',
    [BEFORE],
    [
      [
        'sessions of others that cannot be ended',
        " or pg_has_role(session_user, 'pg_signal_backend', 'USAGE')",
        ' or true',
      ],
      ['a login for each of its sessions', 'string_agg(distinct usename', 'string_agg(usename'],
    ],
  ),
];
