import { inFile } from '../../fault';

const CONNECT = 'test/postgres/servers/connect.test.ts##a session of the scripts';
const CONNECTIONS = 'test/postgres/steps/connections.test.ts';
const EXISTING = 'test/postgres/steps/existing-database.test.ts#is refused when it is';
const REVISIONS = 'test/postgres/steps/image-revisions.test.ts#what the image says';
const SERVER = 'test/commands/rehearse/server-script.test.ts';

/** In what the steps of the migration say and accept, and in the server of a rehearsal. */
export const SCRIPT_FAULTS = [
  ...inFile(
    'migrations/connect.sh',
    [CONNECT],
    [
      ['more than the mode that verifies', "*'&sslmode=verify-full&'*", "*'sslmode=verify-full'*"],
      ['a URL with spaces', '[[ $url =~ $pattern && $url != *[\\\\[:space:]]* ]]', '[[ $url =~ $pattern ]]'],
      ['a fragment', '([^?#]+)(\\?([^#]*))?$', '([^?#]+)(\\?(.*))?$'],
      ['what stands before the URL', "local pattern='^postgres(ql)?://", "local pattern='postgres(ql)?://"],
      ['nobody logs in', '(ql)?://([^:/?#@]+):', '(ql)?://([^:/?#@]*):'],
    ],
  ),
  ...inFile(
    'migrations/run.sh',
    [CONNECTIONS],
    [
      ['what the files answer is shown', 'psql -o /dev/null -v VERBOSITY', 'psql -v VERBOSITY'],
      ['places in the source of the server', "    if [[ $line == 'LOCATION:  '* ]]; then continue; fi\n", ''],
      ['a deadlock is the end', '55P03 | 40P01 | XX000)', '55P03 | XX000)'],
      ['patience of half a minute', 'patience=300s', 'patience=30s'],
      ['a row that two change is the end', '55P03 | 40P01 | XX000)', '55P03 | 40P01)'],
      [
        'a pause that nobody is told',
        '    printf \'another session holds what this step changes; trying again in %s s\\n\' "$pause" >&2\n',
        '',
      ],
    ],
  ),
  ...inFile('migrations/run.sh', [EXISTING], [['a server is named with its compiler', '${version%% (*}', '$version']]),
  ...inFile(
    'migrations/packaged.sh',
    [REVISIONS],
    [
      ['the migrations have no settings', ' --config "$directory/alembic.ini"', ''],
      ['the migrations do not hear when the pod has to end', 'migrate) exec python', 'migrate) python'],
      ['who stops the API does not hear when the pod has to end', 'stop-api) exec python', 'stop-api) python'],
      [
        'who starts the API does not hear when the pod has to end',
        'then exec python "$here/scale_api.py" start;',
        'then python "$here/scale_api.py" start; exit;',
      ],
      ['the API is started in place of stopped', 'scale_api.py" stop', 'scale_api.py" start'],
      [
        'the API waits for the revisions',
        'if [ "${1:-}" = start-api ]; then exec python "$here/scale_api.py" start; fi\n',
        '',
      ],
    ],
  ),
  ...inFile(
    'commands/rehearse/cluster/server.sh',
    [SERVER],
    [
      ['an error is passed over', 'set -euo pipefail', 'set -uo pipefail'],
      ['files that are there are made again', 'if [[ ! -s $PGDATA/PG_VERSION ]]; then', 'if true; then'],
      ['connections in the clear', "'hostnossl all all all reject'", "'host all all all scram-sha-256'"],
      ['everybody reads the key', 'install -m 600 /certificates/tls.key', 'install /certificates/tls.key'],
      ['the server outlives the script', 'kill -QUIT "$server"; ', ''],
      ['the password is written to the log', 'set log_statement = none;\n', ''],
      ['the administrator is a superuser', 'login createrole createdb password', 'superuser login password'],
      ['ready before it is set up', 'sql <<END', 'touch /tmp/ready\nsql <<END'],
      ['the script ends before the server', 'touch /tmp/ready\nwait "$server"\n', 'touch /tmp/ready\n'],
    ],
  ),
];
