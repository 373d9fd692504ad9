import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServerCertificates } from '../../commands/embedded/certificates';
import { EmbeddedServer } from '../../commands/embedded/server';
import { defaultParameters, packagedUrl, rehearsalUrls } from '../../commands/rehearse/rehearse';
import { startupOptions } from '../../contract/postgres/settings';
import { hasClientTools, query, SERVER_TIMEOUT_MS, superuserUrl } from '../support/postgres/database';

jest.setTimeout(SERVER_TIMEOUT_MS);

const RUN = join(__dirname, '..', '..', 'migrations', 'run.sh');

(hasClientTools(15) ? describe : describe.skip)('a connection of the scripts', () => {
  const directory = mkdtempSync(join(tmpdir(), 'connections-'));
  let server: EmbeddedServer;

  beforeAll(async () => {
    server = await EmbeddedServer.start({ major: '15' });
  });

  afterAll(async () => {
    await server.stop();
    rmSync(directory, { recursive: true });
  });

  const changed = (parameter: string, value?: string) => {
    const url = new URL(packagedUrl(server));
    if (value === undefined) url.searchParams.delete(parameter);
    else url.searchParams.set(parameter, value);
    return url.href;
  };

  function step(name: string, url: string, environment: Readonly<Record<string, string>> = {}) {
    const { app, maintenance, backup } = rehearsalUrls(server);
    const { status, stdout, stderr } = spawnSync('bash', [RUN, name], {
      encoding: 'utf8',
      env: {
        PATH: process.env.PATH,
        CONTRACT_OPTIONS: startupOptions(defaultParameters()),
        ALEMBIC_DATABASE_URL: url,
        AGENT_BOM_POSTGRES_URL: app,
        AGENT_BOM_POSTGRES_MAINTENANCE_URL: maintenance,
        AGENT_BOM_POSTGRES_BACKUP_URL: backup,
        ...environment,
      },
    });
    return { code: status, output: stdout + stderr };
  }

  const owner = () => query(superuserUrl(server), "select from pg_roles where rolname = 'agent_bom_owner'");

  it.each([
    ['sslmode', 'require', 'does not say sslmode=verify-full'],
    ['sslmode', 'verify-ca', 'does not say sslmode=verify-full'],
    ['sslmode', undefined, 'does not say sslmode=verify-full'],
    ['sslrootcert', undefined, 'names no file of certificate authorities (sslrootcert)'],
  ])('is refused with %s %s', (parameter, value, message) => {
    expect(step('before', changed(parameter, value))).toEqual({
      code: 2,
      output: `error: ALEMBIC_DATABASE_URL ${message}\n`,
    });
  });

  it('is made to the server whose name its certificate has, and to no other', async () => {
    const { code, output } = step('before', packagedUrl(server).replace('@localhost:', '@127.0.0.1:'));
    expect(code).not.toBe(0);
    expect(output).toMatch(/server certificate for "localhost".* does not match host name "127\.0\.0\.1"/);
    expect(await owner()).toEqual([]);
  });

  it('is made to a server whose authority is the given one, and to no other', async () => {
    const file = join(directory, 'other.pem');
    writeFileSync(file, (await createServerCertificates()).authority);
    const { code, output } = step('before', changed('sslrootcert', file));
    expect(code).not.toBe(0);
    expect(output).toContain('SSL error');
    expect(await owner()).toEqual([]);
  });

  it('that cannot be made without TLS for any other reason is no proof', async () => {
    writeFileSync(
      join(directory, 'psql'),
      '#!/bin/bash\nif [[ $PGSSLMODE == disable ]]; then echo "timeout expired" >&2; exit 2; fi\n' +
        'PATH=${PATH#*:} exec psql "$@"\n',
    );
    chmodSync(join(directory, 'psql'), 0o755);
    const { code, output } = step('before', packagedUrl(server), { PATH: `${directory}:${process.env.PATH}` });
    expect(code).toBe(1);
    expect(output).toMatch(/^fail +tls\.plain-refused +a connection without TLS came further than it should: timeout/m);
    expect(await owner()).toEqual([]);
  });

  it('on which a file fails ends the step, and the files after it do not run', async () => {
    expect(step('before', packagedUrl(server))).toEqual({
      code: 0,
      output: expect.stringContaining('step before done'),
    });
    const { code, output } = step('after', packagedUrl(server));
    expect(code).toBe(3);
    expect(output).toContain('the roles of the packaged migrations are missing from this server');
    expect(output).not.toContain('step after done');
    expect(output.match(/ERROR:/g)).toHaveLength(1);
  });
});
