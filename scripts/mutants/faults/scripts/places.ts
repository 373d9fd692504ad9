import { inFile } from '../../fault';

const CONNECT = 'test/postgres/servers/connect.test.ts##a session of the scripts';
const NEW = 'test/postgres/dumps/new-database.test.ts';
const CONNECTIONS = 'test/postgres/steps/connections.test.ts';
const REVISIONS = 'test/postgres/steps/image-revisions.test.ts#what the image says';
const SERVER = 'test/commands/rehearse/server-script.test.ts';
const CLUSTER = 'test/ci/cluster-test.test.ts';

/** In names and paths that the scripts pass on, in how they wait, and in how they end. */
export const PLACE_FAULTS = [
  ...inFile(
    'commands/rehearse/cluster/server.sh',
    [SERVER],
    [
      ['the pod ends as the server does', '|| true; exit 0', '|| true'],
      ['a server that ends badly ends the script', '|| true; exit 0', '; exit 0'],
      ['the pod ends before the server', 'wait "$server" || true; exit 0', 'exit 0'],
      ['a server that has ended is waited for', '  kill -0 "$server" || exit 1\n', ''],
    ],
  ),
  ...inFile(
    'backup/restore/new_database.sh',
    [NEW],
    [
      ['a number of fewer digits', '%04x%04x', '%x%x'],
      [
        'a name that PostgreSQL cuts',
        '"${target//[^A-Za-z0-9_]/_}" | cut -c 1-40)',
        '"${target//[^A-Za-z0-9_]/_}" | cut -c 1-60)',
      ],
      [
        'the checks of the maintenance are in the previous database',
        'AGENT_BOM_POSTGRES_URL AGENT_BOM_POSTGRES_MAINTENANCE_URL AGENT_BOM_POSTGRES_BACKUP_URL)',
        'AGENT_BOM_POSTGRES_URL AGENT_BOM_POSTGRES_BACKUP_URL)',
      ],
      ['a login whose name goes on', '^(${logins[$variable]})$', '^(${logins[$variable]})'],
      ['any privileges are narrowed', ' && $4 == "DELETE,INSERT,SELECT,UPDATE" &&', ' &&'],
      ['privileges of any role are narrowed', '$3 == "agent_bom_app" && $4 ==', '$4 =='],
      ['rows are narrowed', '$1 == "grant" && $3', '$3'],
      ['a line of another kind is left out', "|owners|left_out)\\t'", "|owners|left_out)'"],
      ['a login whose name ends alike', '^(${logins[$variable]})$', '(${logins[$variable]})$'],
    ],
  ),
  ...inFile(
    'backup/dump.sh',
    ['test/postgres/dumps/restore-zoo.test.ts#version 15'],
    [['backslashes of an answer are lost', 'while IFS= read -r line <&', 'while IFS= read line <&']],
  ),
  ...inFile(
    'backup/download.sh',
    [CONNECT],
    [['a name without spaces', 'in "$2.manifest" "$2.dump"', 'in $2.manifest $2.dump']],
  ),
  ...inFile(
    'migrations/run.sh',
    [CONNECTIONS],
    [
      ['lines lose their beginning', 'while IFS= read -r line; do\n    if', 'while read -r line; do\n    if'],
      ['backslashes of a message are lost', 'while IFS= read -r line; do\n    if', 'while IFS= read line; do\n    if'],
      ['the port is not named', ', port %s\' "$PGPORT"\n', "'\n"],
      [
        'the password of a database',
        'with the password of %s\\n\' "$PGUSER" >&2',
        'with the password of %s\\n\' "$PGDATABASE" >&2',
      ],
      [
        'an error among the progress',
        'with the password of %s\\n\' "$PGUSER" >&2',
        'with the password of %s\\n\' "$PGUSER"',
      ],
      [
        'backslashes of a check are lost',
        "while IFS=$'\\t' read -r id status detail",
        "while IFS=$'\\t' read id status detail",
      ],
      ['a file is named with its folder', '$(basename "$file") could not', '$file could not'],
      ['a login that time may let in ends the Job', "if [[ $failed == *' login.'* ]]; then exit 1; fi\n", ''],
      ['a message with its places', '${message##*: }"', '${message#*: }"'],
    ],
  ),
  ...inFile(
    'migrations/packaged.sh',
    [REVISIONS],
    [
      ['what Alembic refuses is said otherwise', 'set -eu\n', 'set -u\n'],
      ['revisions are dates', '([0-9A-Za-z_]+)', '([0-9_]+)'],
    ],
  ),
  ...inFile(
    'scripts/cluster/test.sh',
    [CLUSTER],
    [['options without spaces', 'jest.cluster.config.js "$@"', 'jest.cluster.config.js $@']],
  ),
  ...inFile(
    'scripts/cluster/run.sh',
    [CLUSTER],
    [
      ['a node without a command', "(($#)) || { echo 'usage", "true || { echo 'usage"],
      ['a node of anybody', '[[ $(id -u) == 0 ]] ||', 'true ||'],
    ],
  ),
];
