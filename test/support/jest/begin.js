const { chmodSync, existsSync, mkdtempSync, readdirSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { delimiter, join } = require('node:path');

const DEBIAN = '/usr/lib/postgresql';
const CLIENT = ['psql', 'pg_dump', 'pg_restore'];

/**
 * The newest client of Debian. Its `psql` on the PATH is a Perl script that finds this one, and takes five times as long
 * as what it starts.
 */
function debianClient() {
  const majors = existsSync(DEBIAN) ? readdirSync(DEBIAN).map(Number) : [];
  return majors
    .filter((major) => CLIENT.every((tool) => existsSync(join(DEBIAN, String(major), 'bin', tool))))
    .sort((one, other) => other - one)
    .map((major) => join(DEBIAN, String(major), 'bin'))
    .slice(0, 1);
}

/** What all test files of a run inherit: a directory for temporary files, which has to be empty in the end, and the PATH. */
module.exports = () => {
  const directory = mkdtempSync(join(tmpdir(), 'agent-bom-postgres-tests-'));
  // The embedded servers may run as another user.
  chmodSync(directory, 0o755);
  process.env.TMPDIR = directory;
  // Whoever has another client first on the PATH means that one.
  const first = process.env.PATH.split(delimiter).find((folder) => existsSync(join(folder, 'psql')));
  if (['/usr/bin', '/bin'].includes(first)) process.env.PATH = [...debianClient(), process.env.PATH].join(delimiter);
};
