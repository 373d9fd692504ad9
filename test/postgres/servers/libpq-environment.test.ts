import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServerCertificates } from '../../../commands/embedded/certificates';
import { EmbeddedServer } from '../../../commands/embedded/server';
import { defaultParameters, packagedUrl, rehearsalUrls, runStandIn } from '../../../commands/rehearse/rehearse';
import {
  applyStep,
  type ContractRun,
  connect,
  verifyContract,
} from '../../../commands/shared/postgres/contract-runner';
import { startupOptions } from '../../../contract/postgres/settings';
import { hasClientTools, query, SERVER_TIMEOUT_MS, superuserUrl } from '../../support/postgres/database';

jest.setTimeout(SERVER_TIMEOUT_MS);

const PROJECT = join(__dirname, '..', '..', '..');
const RUN = join(PROJECT, 'migrations', 'run.sh');

describe('what the shell and the home directory say about PostgreSQL', () => {
  let server: EmbeddedServer;
  let run: ContractRun;
  let home: string;

  beforeAll(async () => {
    server = await EmbeddedServer.start({ major: '15' });
    run = { urls: rehearsalUrls(server), parameters: defaultParameters() };
    home = mkdtempSync(join(tmpdir(), 'home-'));
    await query(superuserUrl(server), 'create database production owner agent_bom_admin');
    await applyStep('before', run);
    await runStandIn(packagedUrl(server));
    await applyStep('after', run);
    await plant();
  });

  afterAll(async () => {
    await server.stop();
    rmSync(home, { recursive: true });
  });

  const text = (name: string, content: string, mode = 0o600) => {
    writeFileSync(join(home, name), content, { mode });
    return join(home, name);
  };

  /** A service that leads to production, wherever libpq looks for one, and files that it reads beside the connection. */
  async function plant(): Promise<void> {
    const { host, port, caFile, admin } = server.address;
    const parts = { host, port, dbname: 'production', user: admin.user, password: admin.password, sslrootcert: caFile };
    const service = Object.entries({ ...parts, sslmode: 'verify-full' }).map(([name, value]) => `${name}=${value}\n`);
    const named = `[production]\n${service.join('')}[lax]\nsslmode=prefer\nhostaddr=127.0.0.1\ntarget_session_attrs=standby\n`;
    for (const name of ['.pg_service.conf', 'pg_service.conf']) text(name, named);
    text('.pgpass', `*:*:*:*:wrong\n`);
    const psqlrc = `\\! touch '${home}/psqlrc-ran'\n`;
    for (const name of ['.psqlrc', 'psqlrc']) text(name, psqlrc);
    mkdirSync(join(home, '.postgresql'));
    const other = await createServerCertificates();
    text('.postgresql/postgresql.crt', other.certificate);
    text('.postgresql/postgresql.key', other.privateKey);
    text('.postgresql/root.crt', other.authority);
    text('.postgresql/root.crl', 'not a list');
  }

  /** The scripts, as a shell would start them. */
  function script(environment: Readonly<Record<string, string>>, ...command: string[]) {
    const { status, stdout, stderr } = spawnSync('bash', command, {
      env: {
        PATH: process.env.PATH,
        HOME: home,
        ALEMBIC_DATABASE_URL: packagedUrl(server),
        AGENT_BOM_POSTGRES_BACKUP_URL: run.urls.backup,
        CONTRACT_OPTIONS: startupOptions(run.parameters),
        ...environment,
      },
      encoding: 'utf8',
    });
    return { status, output: stdout + stderr };
  }

  const untouched = async () => {
    const [row] = await query(
      superuserUrl(server),
      "select datdba::regrole::text as owner from pg_database where datname = 'production'",
    );
    expect(row).toEqual({ owner: 'agent_bom_admin' });
    expect(readdirSync(home)).not.toContain('psqlrc-ran');
  };

  const withTools = hasClientTools(15) ? it : it.skip;

  withTools.each([
    ['a service of the home directory', { PGSERVICE: 'production' }],
    ['a service of a file', { PGSERVICE: 'production', PGSERVICEFILE: '<home>/pg_service.conf' }],
    ['a service of the system', { PGSERVICE: 'production', PGSYSCONFDIR: '<home>' }],
    ['a service that asks for less', { PGSERVICE: 'lax' }],
    ['a service that is nowhere', { PGSERVICE: 'nowhere' }],
    ['an address', { PGHOSTADDR: '192.0.2.1' }],
    ['a place', { PGHOST: 'production.example', PGPORT: '1', PGDATABASE: 'production', PGUSER: 'nobody' }],
    ['a file of passwords', { PGPASSFILE: '<home>/.pgpass', PGPASSWORD: 'wrong' }],
    ['less encryption', { PGSSLMODE: 'disable', PGREQUIRESSL: '0', PGSSLMINPROTOCOLVERSION: 'TLSv1' }],
    ['other authorities', { PGSSLROOTCERT: '<home>/.postgresql/root.crt' }],
    ['a list of revoked certificates', { PGSSLCRL: '<home>/.postgresql/root.crl', PGSSLCRLDIR: '<home>/.postgresql' }],
    [
      'a certificate',
      { PGSSLCERT: '<home>/.postgresql/postgresql.crt', PGSSLKEY: '<home>/none', PGSSLCERTMODE: 'require' },
    ],
    ['another way to log in', { PGREQUIREAUTH: 'none', PGCHANNELBINDING: 'disable', PGREQUIREPEER: 'root' }],
    ['Kerberos', { PGGSSENCMODE: 'require', PGKRBSRVNAME: 'other', PGGSSLIB: 'sspi', PGGSSDELEGATION: '1' }],
    ['another kind of server', { PGTARGETSESSIONATTRS: 'standby', PGLOADBALANCEHOSTS: 'random' }],
    ['another protocol', { PGMINPROTOCOLVERSION: 'latest', PGMAXPROTOCOLVERSION: '3.2', PGSSLNEGOTIATION: 'direct' }],
    ['settings of the session', { PGOPTIONS: '-c search_path=production -c role=rds_superuser', PGDATESTYLE: 'SQL' }],
    ['an encoding', { PGCLIENTENCODING: 'LATIN1', PGTZ: 'Asia/Tokyo', PGGEQO: 'off' }],
    ['a moment to wait', { PGCONNECT_TIMEOUT: 'never' }],
    ['commands for psql', { PSQLRC: '<home>/.psqlrc', PSQL_PAGER: 'touch <home>/psqlrc-ran', PAGER: 'false' }],
  ])('%s changes nothing for the scripts', async (_what, variables) => {
    const planted = Object.entries(variables).map(([name, value]) => [name, value.replaceAll('<home>', home)]);
    expect(script(Object.fromEntries(planted), RUN, 'before')).toEqual({
      status: 0,
      output: expect.stringContaining(`step before on database agent_bom at ${server.address.host}\n`),
    });
    await untouched();
  });

  withTools('a dump is of the database of the URL, whatever the shell says', () => {
    const environment = { PGSERVICE: 'production', PGOPTIONS: '-c role=rds_superuser', PSQLRC: join(home, '.psqlrc') };
    const dumped = script(environment, join(PROJECT, 'backup', 'dump.sh'), home, 'one');
    expect(dumped).toEqual({ status: 0, output: expect.stringContaining('dumping database agent_bom at ') });
    expect(readdirSync(home)).toContain('one.manifest');
  });

  withTools('psql that ends up elsewhere does nothing there', async () => {
    const executables = mkdtempSync(join(tmpdir(), 'psql-'));
    const psql = spawnSync('bash', ['-c', 'command -v psql'], { encoding: 'utf8' }).stdout.trim();
    writeFileSync(join(executables, 'psql'), `#!/bin/sh\nPGSERVICE=production exec '${psql}' "$@"\n`, { mode: 0o755 });
    const { status, output } = script({ PATH: `${executables}:${process.env.PATH}` }, RUN, 'verify');
    rmSync(executables, { recursive: true });
    expect(status).not.toBe(0);
    const { host, port } = server.address;
    expect(output).toContain(
      `the URL says agent_bom as agent_bom_admin at ${host}:${port}, and psql is connected to production as agent_bom_admin`,
    );
    await untouched();
  });

  withTools('a database is not named like the parameters of a connection', () => {
    const url = packagedUrl(server).replace('/agent_bom?', '/dbname%3Dproduction?');
    expect(script({ ALEMBIC_DATABASE_URL: url }, RUN, 'before')).toEqual({
      status: 78,
      output: 'error: ALEMBIC_DATABASE_URL names a database with an equals sign\n',
    });
  });

  it('changes nothing for the commands', async () => {
    const planted = {
      PGHOST: 'production.example',
      PGDATABASE: 'production',
      PGSSLMODE: 'disable',
      PGSSLNEGOTIATION: 'direct',
      PGOPTIONS: '-c role=rds_superuser',
      PGREPLICATION: 'database',
      PGCLIENT_ENCODING: 'LATIN1',
      PGPASSFILE: join(home, '.pgpass'),
    };
    Object.assign(process.env, planted);
    try {
      const checks = await verifyContract(run);
      expect(checks.filter(({ status }) => status === 'fail')).toEqual([]);
      const url = `${run.urls.admin}&options=-c%20role%3Drds_superuser&host=production.example&port=1`;
      const client = await connect('admin', url, {});
      const { rows } = await client.query(
        "select current_user as login, current_database() as database, current_setting('search_path') as path",
      );
      await client.end();
      expect(rows).toEqual([{ login: 'agent_bom_admin', database: 'agent_bom', path: 'pg_catalog,pg_temp' }]);
      expect(process.env).toMatchObject(planted);
    } finally {
      for (const name of Object.keys(planted)) delete process.env[name];
    }
  });
});
