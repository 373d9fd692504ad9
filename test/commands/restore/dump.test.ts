import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { runWithStreams } from '../../support/commands/program';
import { minimal } from '../../support/synth/environments';

let directory: string;
let environment: Record<string, string>;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'restore-'));
  for (const file of ['one.dump', 'one.manifest']) writeFileSync(join(directory, file), '');
  writeFileSync(join(directory, 'prod.yaml'), stringify(minimal()));
  environment = {
    ENVIRONMENTS_DIR: directory,
    PGSERVICE: 'production',
    MIGRATIONS_DIRECTORY: '/production',
    PATH: directory,
    ALEMBIC_DATABASE_URL: 'admin',
    AGENT_BOM_POSTGRES_URL: 'app',
    AGENT_BOM_POSTGRES_MAINTENANCE_URL: 'maintenance',
    AGENT_BOM_POSTGRES_BACKUP_URL: 'backup',
  };
});
afterEach(() => rmSync(directory, { recursive: true }));

/** A bash that notes its arguments and ends as told; the script itself is tested on a real server. */
function bashThatEnds(code: number): void {
  writeFileSync(
    join(directory, 'bash'),
    `#!/bin/sh\necho "$@" "$CONTRACT_OPTIONS" "$PGSERVICE$MIGRATIONS_DIRECTORY" > '${directory}/called'\nexit ${code}\n`,
  );
  chmodSync(join(directory, 'bash'), 0o755);
}

describe('restore', () => {
  it.each([
    [0, true],
    [4, false],
  ])('reports for machines when the script ends with %i', async (code, passed) => {
    bashThatEnds(code);
    const dump = join(directory, 'one.dump');
    const replace = ['--replace', 'agent_bom'];
    const run = await runWithStreams(environment, 'restore', dump, '--environment', 'prod', ...replace, '--json');
    expect(run.code).toBe(passed ? 0 : 1);
    expect(JSON.parse(run.stdout)).toEqual({
      schemaVersion: 1,
      command: 'restore',
      dump,
      environment: 'prod',
      replaced: 'agent_bom',
      passed,
    });
    const called = readFileSync(join(directory, 'called'), 'utf8');
    expect(called).not.toContain('production');
    expect(called).toContain(`/backup/restore.sh ${dump} --replace agent_bom -c agent_bom.app_connection_limit=74 `);
  });

  it('reports everything that is missing at once, and runs nothing', async () => {
    bashThatEnds(0);
    const { AGENT_BOM_POSTGRES_URL, ...rest } = environment;
    const run = await runWithStreams(
      rest,
      'restore',
      join(directory, 'two.dump'),
      '--environment',
      'staging',
      '--json',
    );
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr.match(/^\S.*$/gm)).toEqual([
      join(directory, 'two.dump'),
      join(directory, 'two.manifest'),
      'AGENT_BOM_POSTGRES_URL',
      '--environment',
    ]);
    expect(AGENT_BOM_POSTGRES_URL).toBe('app');
    expect(() => readFileSync(join(directory, 'called'))).toThrow('ENOENT');
  });
});
