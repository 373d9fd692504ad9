import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../../support/temporary-directory';

const URL_TEXT =
  'postgresql://agent_bom_app:secret@db.example:6543/agent%5Fbom?sslmode=verify-full&sslrootcert=/ca.pem';

/** What the shell prints that runs these lines after it has read what a restore reads. */
function shell(lines: string, environment: Readonly<Record<string, string>> = {}) {
  const sources = ['migrations/connect.sh', 'backup/archive.sh', 'backup/restore/new_database.sh'];
  const read = sources.map((file) => `source ${file}`).join('\n');
  const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', `set -euo pipefail\n${read}\n${lines}`], {
    cwd: join(__dirname, '..', '..', '..'),
    encoding: 'utf8',
    env: { PATH: process.env.PATH, DATABASE_URL: URL_TEXT, ...environment },
  });
  return { status, output: stdout + stderr };
}

describe('a restore', () => {
  it('asks that each URL is of a login of its identity, and leads to the database of the administrator', () => {
    const identities = { URL: 'app', MAINTENANCE_URL: 'maintenance', BACKUP_URL: 'backup' };
    const logins = ['app', 'maintenance'].flatMap((name) => [`agent_bom_${name}`, `agent_bom_${name}_b`]);
    const names = [...logins, 'agent_bom_backup', 'agent_bom_backup_b'].flatMap((name) => [
      name,
      `${name}b`,
      `x${name}`,
    ]);
    const places = ['h:1/d', 'h:2/d', 'g:1/d', 'h:1/e', 'h:1/dd'];
    const url = (user: string, place = places[0]) =>
      `postgresql://${user}:p@${place}?sslmode=verify-full&sslrootcert=/ca`;
    const tried = Object.keys(identities).flatMap((name) => [
      ...names.map((login) => [name, login, places[0]]),
      ...places.map((place) => [name, `agent_bom_${identities[name as keyof typeof identities]}`, place]),
    ]);
    const lines = [
      'psql() { :; }; connect ALEMBIC_DATABASE_URL',
      "set +e; while IFS=' ' read -r name address; do",
      '  (set -e; export "AGENT_BOM_POSTGRES_$name=$address"; refuse_other_logins 2>&1; echo fits)',
      `done <<'END'\n${tried.map(([name, login = '', place]) => `${name} ${url(login, place)}`).join('\n')}\nEND`,
    ];
    const environment = Object.entries(identities).map(([name, login]) => [
      `AGENT_BOM_POSTGRES_${name}`,
      url(`agent_bom_${login}`),
    ]);
    const { output } = shell(lines.join('\n'), {
      ALEMBIC_DATABASE_URL: url('admin'),
      ...Object.fromEntries(environment),
    });
    const expected = tried.map(([name, login, place]) => {
      const identity = identities[name as keyof typeof identities];
      const own = [`agent_bom_${identity}`, ...(identity === 'backup' ? [] : [`agent_bom_${identity}_b`])];
      if (!own.includes(login ?? ''))
        return `error: AGENT_BOM_POSTGRES_${name} logs in as ${login}; its login is one of ${own.join(', ')}`;
      return place === places[0]
        ? 'fits'
        : `error: AGENT_BOM_POSTGRES_${name} leads to another database than ALEMBIC_DATABASE_URL`;
    });
    expect(output.trimEnd().split('\n')).toEqual(expected);
  });

  it('gives the new database a name that is its own, and of which PostgreSQL cuts nothing', () => {
    const target = `Übersicht of ${'x'.repeat(50)}`;
    const lines = [
      'in_third() { printf "%s\\n" "$*"; }; psql() { :; }; connect() { printf "%s\\n" "$1"; }',
      ...['ALEMBIC_DATABASE_URL', 'AGENT_BOM_POSTGRES_URL'].map((name) => `${name}="$DATABASE_URL"`),
      ...['MAINTENANCE', 'BACKUP'].map((name) => `AGENT_BOM_POSTGRES_${name}_URL="$DATABASE_URL"`),
      `target='${target}' RANDOM=1; for number in {1..50}; do create_database; echo "$new"; done`,
      'printf "%s\\n" "$ALEMBIC_DATABASE_URL" "$AGENT_BOM_POSTGRES_URL"',
      'printf "%s\\n" "$AGENT_BOM_POSTGRES_MAINTENANCE_URL" "$AGENT_BOM_POSTGRES_BACKUP_URL"',
    ];
    const { status, output } = shell(lines.join('\n'));
    expect(status).toBe(0);
    const stem = `__bersicht_of_${'x'.repeat(26)}_restoring_`;
    const said = output.trimEnd().split('\n');
    const names = said.filter((line) => line.startsWith('__'));
    expect(names.filter((name) => !new RegExp(`^${stem}[0-9a-f]{8}$`).test(name))).toEqual([]);
    expect(new Set(names).size).toBe(50);
    expect(names.filter((name) => Buffer.byteLength(name) > 63)).toEqual([]);
    // What an earlier one left is known by the same stem.
    const mark = `unfinished restore into the database ${target}`;
    expect(said.slice(0, 4)).toEqual([
      `dropping leftovers.sql stem ${stem} mark ${mark}, which an interrupted restore left`,
      `create_database.sql mark ${mark}`,
      'ALEMBIC_DATABASE_URL',
      names[0],
    ]);
    expect(said.slice(-4)).toEqual(Array(4).fill(URL_TEXT.replace('agent%5Fbom?', `${names[49]}?`)));
  });

  it('compares with what the manifest says, but for all four privileges of the application where its migration grants fewer', () => {
    const directory = temporaryDirectory('manifest-');
    const all = 'DELETE,INSERT,SELECT,UPDATE';
    const about = [
      'format\t4',
      'sha256\tabc',
      'bytes\t1',
      'database_bytes\t2',
      'owners\ta,b',
      'left_out\tindex\ta b\tc',
    ];
    const kept = [
      `grant\tmcp_scan_results\tagent_bom_app\tDELETE,INSERT,SELECT`,
      `grant\tmcp_scan_results\tagent_bom_app\tINSERT,SELECT`,
      `grant\tmcp_scan_results\tagent_bom_app_b\t${all}`,
      `grant\tmcp_scan_results\tagent_bom_maintenance\t${all}`,
      `grant\tscan_jobs\tagent_bom_app\t${all}`,
      `rows\tmcp_scan_results\tagent_bom_app\t${all}`,
      'rows\tbytes\towners\t1',
      'formats\t4',
    ];
    writeFileSync(
      join(directory, 'manifest'),
      `${[...about, ...kept, `grant\tmcp_scan_results\tagent_bom_app\t${all}`].join('\n')}\n`,
    );
    const lines = [
      `work='${directory}' manifest='${join(directory, 'manifest')}' migrations= here=`,
      'psql() { printf "mcp_scan_results\\tDELETE,INSERT,SELECT\\nendpoint_syncs\\tSELECT\\n" >"$work/narrowed"; }',
      'wanted_contents 2>"$work/told"; echo; cat "$work/told"',
    ];
    expect(shell(lines.join('\n'))).toEqual({
      status: 0,
      output:
        `${[...kept, 'grant\tmcp_scan_results\tagent_bom_app\tDELETE,INSERT,SELECT'].join('\n')}\n\n` +
        'narrowed to what its migration grants to agent_bom_app: mcp_scan_results (DELETE,INSERT,SELECT)\n',
    });
  });
});
