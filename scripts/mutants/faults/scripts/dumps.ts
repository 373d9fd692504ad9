import { inFile } from '../../fault';

const BACKUP = 'test/postgres/dumps/backup.test.ts';
const DUMPS = `${BACKUP}##writes a dump|never overwrites`;
const CONNECT = 'test/postgres/servers/connect.test.ts##a session of the scripts';
const ZOO = 'test/postgres/dumps/restore-zoo.test.ts#version 15';

/** In what the scripts that dump and transfer say, leave and ask for. */
export const DUMP_FAULTS = [
  ...inFile(
    'backup/dump.sh',
    [DUMPS],
    [
      [
        'one of the two files is overwritten',
        '[[ ! -e $dump && ! -e $manifest ]]',
        '[[ ! -e $dump || ! -e $manifest ]]',
      ],
      ['nothing is named as left out', 'if [[ -n $left_out ]]; then printf', 'if true; then printf'],
      ['what was counted stays beside the dump', 'rm "$manifest.contents"\n', ''],
    ],
  ),
  ...inFile(
    'backup/archive.sh',
    [CONNECT],
    [
      ['the value of another line of the manifest', '"s/^$2\\t//p"', '"s/^$2.*\\t//p"'],
      ['a client that is missing is an old one', 'command -v "$tool" >/dev/null || refuse', 'true || refuse'],
      [
        'a server that does not answer is not named',
        " ||\n    refuse 'the server could not be asked for its version; psql says why above'",
        '',
      ],
    ],
  ),
  ...inFile(
    'backup/hidden_rows.sql',
    [`${BACKUP}##hide rows|writes a dump`],
    [
      [
        'a policy of another role shows the rows',
        "= 'true'\n                         and exists (select from unnest(p.polroles) r where r = 0 or pg_has_role(r, 'USAGE'))",
        "= 'true'",
      ],
      [
        'a policy of another command shows the rows',
        "where p.polrelid = c.oid and p.polcmd in ('r', '*')",
        'where p.polrelid = c.oid',
      ],
    ],
  ),
  ...inFile(
    'backup/contents.sql',
    [DUMPS, ZOO],
    [['what others have passed on is compared', ' and a.grantor = c.relowner and grantee', ' and grantee']],
  ),
  ...inFile(
    'backup/relations.sql',
    [DUMPS],
    [
      ['views are others’', "in ('r', 'p', 'S', 'v')", "in ('r', 'p', 'S')"],
      ['tables that are divided are others’', "in ('r', 'p', 'S', 'v')", "in ('r', 'S', 'v')"],
    ],
  ),
  ...inFile(
    'backup/left_out.sql',
    [ZOO],
    [
      [
        'subscriptions are not named',
        'from pg_subscription where subdbid = (',
        'from pg_subscription where false and subdbid = (',
      ],
      [
        'replication slots are not named',
        'pg_replication_slots where database = current_database()',
        'pg_replication_slots where false',
      ],
      [
        'privileges on routines are not named',
        "from pg_proc where pronamespace = 'public'::regnamespace) object",
        'from pg_proc where false) object',
      ],
      ['what others have passed on is not named', 'a.grantor <> object.owner))', 'false))'],
    ],
  ),
  ...inFile(
    'backup/excluded_tables.sql',
    [ZOO],
    [['a name with quotes is dumped', `replace(c.relname, '"', '""')`, 'c.relname']],
  ),
  ...inFile(
    'backup/upload.sh',
    [CONNECT],
    [
      ['a directory without spaces', 'manifests=("$1"/*.manifest)', 'manifests=($1/*.manifest)'],
      ['the next file although one was refused', 'set -euo pipefail', 'set -uo pipefail'],
      ['a file that is not finished', '"$1"/*.manifest', '"$1"/*.manifest*'],
    ],
  ),
  ...inFile(
    'backup/announce.sh',
    [CONNECT],
    [
      ['the time of the machine', 'date -u +', 'date +'],
      ['a file without contents', `printf '{"verified":"%s"}\\n' "$moment" >"$file"\n`, ''],
    ],
  ),
];
