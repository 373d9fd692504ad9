import { inFile } from '../../fault';

const TOOLS = 'test/ci/tools.test.ts';
const CLUSTER = 'test/ci/cluster-test.test.ts';

/** In the scripts that install what the tests use, and that start them on a cluster. */
export const TOOL_FAULTS = [
  ...inFile(
    'scripts/client-tools.sh',
    [`${TOOLS}#client-tools`],
    [
      ['an error is passed over', 'set -euo pipefail', 'set -uo pipefail'],
      ['a client of another version will do', 'grep -q "(PostgreSQL) $1\\."', 'grep -q "(PostgreSQL)"'],
      ['a client without TLS', '${4:+ LD_PRELOAD=$(printf %q "$4")}', ''],
      ['a directory without spaces', 'LD_LIBRARY_PATH=%q%s exec %q', 'LD_LIBRARY_PATH=%s%s exec %s'],
      ['a client that is missing is no error', '  exit 1\nfi', 'fi'],
    ],
  ),
  ...inFile(
    'scripts/emulator.sh',
    [`${TOOLS}#emulator`],
    [
      ['a version that begins alike', '"^aws-cli/$cli "', '"^aws-cli/$cli"'],
      ['one of the two will do', ' &&\n    "$emulator/bin/python"', ' ||\n    "$emulator/bin/python"'],
    ],
  ),
  ...inFile(
    'scripts/fetch-schemas.sh',
    [`${TOOLS}#fetch-schemas`],
    [
      ['a version less', 'v1.34.0 v1.35.3', 'v1.35.3'],
      ['files that may not be replaced', 'chmod -R u+w "$directory"\n', ''],
      ['a place that only this directory knows', 'root=$(cd "$directory" && pwd)', 'root=$directory'],
    ],
  ),
  ...inFile(
    'scripts/lint-sql-and-shell.sh',
    [`${TOOLS}#lint`],
    [
      ['a finding is no error', 'exit "$failed"', 'exit 0'],
      ['a script without an ending is not read', "lint shellcheck '*.sh' .ci/run", "lint shellcheck '*.sh'"],
    ],
  ),
  ...inFile(
    'scripts/cluster/test.sh',
    [CLUSTER],
    [
      ['a tool that is missing fails halfway', 'openssl python3 setpriv', 'openssl setpriv'],
      ['any Debian', '== 12* && $(dpkg', '== 1* && $(dpkg'],
      ['tests that were killed say nothing', 'code == 124 || code == 137', 'code == 124'],
      ['tests that fail end well', 'exit "$code"', 'exit 0'],
      ['the control group of the trial stays', 'rmdir "$group"\n', ''],
    ],
  ),
];
