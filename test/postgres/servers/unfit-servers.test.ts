import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { embeddedBinaries, serverUser } from '../../../commands/embedded/binaries';
import { EmbeddedServer } from '../../../commands/embedded/server';
import { defaultParameters, rehearsalUrls } from '../../../commands/rehearse/rehearse';
import { applyStep, type ContractRun, FACTS } from '../../../commands/shared/postgres/contract-runner';
import { query, SERVER_TIMEOUT_MS, superuserUrl } from '../../support/postgres/database';
import { until } from '../../support/until';

jest.setTimeout(SERVER_TIMEOUT_MS);

describe('a server whose files somebody changed', () => {
  let server: EmbeddedServer;
  let run: ContractRun;
  let installation: string;
  let postmaster: ChildProcess | undefined;

  beforeAll(async () => {
    server = await EmbeddedServer.start({ major: '16' });
    run = { urls: rehearsalUrls(server), parameters: defaultParameters() };
    installation = join(server.address.directory, 'installation');
    const binaries = embeddedBinaries('16', server.address.directory, serverUser());
    cpSync(dirname(binaries), installation, { recursive: true, verbatimSymlinks: true });
  });

  afterAll(async () => {
    await stop();
    await server.stop();
  });

  const file = (...path: string[]) => join(server.address.directory, 'data', ...path);
  const control = () => join(installation, 'share', 'postgresql', 'extension', 'pg_trgm.control');
  /** What a restore says of the server before it changes anything. */
  const restores = () =>
    query(
      run.urls.admin,
      readFileSync(FACTS, 'utf8'),
      "set agent_bom.dump_revision = '00000000_01'",
      readFileSync(join(dirname(FACTS), '..', 'backup', 'restore', 'refuse.sql'), 'utf8'),
    );
  const owner = () => query(superuserUrl(server), "select rolname from pg_roles where rolname = 'agent_bom_owner'");

  async function stop(): Promise<void> {
    if (!existsSync(file('postmaster.pid'))) return;
    process.kill(Number.parseInt(readFileSync(file('postmaster.pid'), 'utf8'), 10), 'SIGINT');
    await until(() => !existsSync(file('postmaster.pid')));
  }

  /** Starts it with the files as they are now, from an installation of its own. */
  async function restart(): Promise<void> {
    await stop();
    postmaster = spawn(join(installation, 'bin', 'postgres'), ['-D', file()], {
      ...serverUser(),
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let log = '';
    postmaster.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      log += chunk;
    });
    await until(() => {
      if (postmaster?.exitCode !== null) throw new Error(log);
      return /ready to accept (?:read-only )?connections/.test(log);
    });
  }

  it('is refused without an extension, before anything is created', async () => {
    const content = readFileSync(control());
    rmSync(control());
    await restart();
    await expect(applyStep('before', run)).rejects.toMatchObject({
      mistakes: [
        {
          got: 'the server does not have the extension pg_trgm',
          fix: expect.stringContaining('Install the contrib modules of PostgreSQL on the server'),
        },
      ],
    });
    await expect(restores()).rejects.toThrow('the server does not have the extensions that the dump uses: pg_trgm');
    expect(await owner()).toEqual([]);
    writeFileSync(control(), content);
  });

  it('is refused as a standby, and not any more when it was promoted', async () => {
    writeFileSync(file('standby.signal'), '');
    await restart();
    expect(await query(superuserUrl(server), 'select pg_is_in_recovery() as standby')).toEqual([{ standby: true }]);
    await expect(applyStep('before', run)).rejects.toMatchObject({
      mistakes: [
        {
          got: 'the server is a standby, which can only be read',
          fix: expect.stringContaining('Connect to the primary'),
        },
      ],
    });
    await expect(restores()).rejects.toThrow('sessions of the administrator agent_bom_admin can only read');
    await query(superuserUrl(server), 'select pg_promote()');
    await applyStep('before', run);
    expect(await owner()).toHaveLength(1);
    // Extensions were tried, and are left to the migrations.
    expect(await query(superuserUrl(server), 'select extname from pg_extension')).toEqual([{ extname: 'plpgsql' }]);
  });
});
