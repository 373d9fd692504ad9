import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedServer } from '../../../commands/embedded/server';
import { defaultParameters, packagedUrl, rehearsalUrls, runStandIn } from '../../../commands/rehearse/rehearse';
import { applyStep, type ContractRun } from '../../../commands/shared/postgres/contract-runner';
import { ContractError, type Mistake } from '../../../contract/error';
import {
  hasClientTools,
  query,
  reload,
  SERVER_TIMEOUT_MS,
  superuserUrl,
  verified,
} from '../../support/postgres/database';
import { REFUSALS } from '../../support/postgres/refusals';

jest.setTimeout(SERVER_TIMEOUT_MS);

const GUIDE = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'set-up', 'bring-your-own-postgres.md'), 'utf8');
const RUN = join(__dirname, '..', '..', '..', 'migrations', 'run.sh');
const LIMITS = ['app', 'maintenance', 'backup'].map((name) => `agent_bom.${name}_connection_limit`);

describe('a server that somebody else set up', () => {
  let server: EmbeddedServer;
  let run: ContractRun;

  beforeAll(async () => {
    server = await EmbeddedServer.start({ major: '16', settings: { reserved_connections: '2' } });
    run = { urls: rehearsalUrls(server), parameters: defaultParameters() };
  });

  beforeEach(() => newDatabase());

  afterAll(() => server.stop());

  const asSuperuser = (...sql: string[]) => query(superuserUrl(server), ...sql);
  const elsewhere = (...sql: string[]) => query(server.urlFor(server.address.superuser, 'postgres'), ...sql);
  const roles = () => asSuperuser("select rolname from pg_roles where rolname = 'agent_bom_owner'");

  async function newDatabase(options = ''): Promise<void> {
    const left = await elsewhere(
      'drop database if exists agent_bom with (force)',
      'alter role agent_bom_admin createrole createdb inherit',
      'alter role agent_bom_admin reset all',
      "select rolname from pg_roles where rolname ~ '^agent_bom_' and rolname <> 'agent_bom_admin' or rolname = 'Data Team' order by oid desc",
    );
    await elsewhere(
      ...left.map(({ rolname }) => `drop role "${rolname}"`),
      `create database agent_bom owner agent_bom_admin ${options}`,
    );
  }

  async function refusal(parameters = run.parameters): Promise<Pick<Mistake, 'got' | 'fix'>> {
    try {
      await applyStep('before', { ...run, parameters });
    } catch (error) {
      const [mistake] = error instanceof ContractError ? error.mistakes : [];
      if (mistake !== undefined) return { got: mistake.got, fix: mistake.fix };
      throw error;
    }
    throw new Error('not refused');
  }

  it.each(REFUSALS)('is refused, because $because', async ({ given, got, fix, mend }) => {
    await asSuperuser(...given);
    const refused = await refusal();
    expect(refused).toEqual({ got, fix: mend === undefined ? fix : expect.stringContaining(fix) });
    expect(await roles()).toEqual([]);
    await asSuperuser(...(mend ?? [fix.replace(/^[^:]*: /, '')]));
    await applyStep('before', run);
    expect(await roles()).toHaveLength(1);
  });

  it.each([
    ['SQL_ASCII', "encoding 'SQL_ASCII' locale 'C' template template0"],
    ['LATIN1', "encoding 'LATIN1' locale 'C' template template0"],
  ])('is refused with the encoding %s', async (encoding, options) => {
    await newDatabase(options);
    const { got, fix } = await refusal();
    expect(got).toBe(`the database agent_bom has the encoding ${encoding}, and findings are stored in every language`);
    expect(fix).toContain("ENCODING 'UTF8' TEMPLATE template0");
  });

  it('is refused when it accepts one connection less than the budget, and not without a budget', async () => {
    // 450, of which PostgreSQL keeps three for superusers and two for members of pg_use_reserved_connections.
    const budget = (total: number) => ({
      ...run.parameters,
      ...Object.fromEntries(LIMITS.map((name, index) => [name, String(index === 0 ? total - 2 : 1)])),
    });
    expect(await refusal(budget(446))).toEqual({
      got: 'the server accepts 445 connections of ordinary logins, and the environment needs 446',
      fix: expect.stringContaining('Raise max_connections'),
    });
    await applyStep('before', { ...run, parameters: budget(445) });
    await applyStep('before', { ...run, parameters: {} });
  });

  it('may have the roles of a database that is gone, when a dump is restored into another', async () => {
    // An extension may be in either schema.
    await asSuperuser('create role agent_bom_rls_maintenance', 'create extension pg_trgm schema pg_catalog');
    await applyStep('before', { ...run, parameters: { ...run.parameters, 'agent_bom.restoring': 'on' } });
    expect((await refusal()).got).toContain('roles of the packaged migrations exist');
  });

  it('keeps the contract with a schema and logins that its administrator was given', async () => {
    await asSuperuser(
      'alter schema public owner to agent_bom_admin',
      'create role agent_bom_app_b login',
      'create role agent_bom_backup login',
      'grant agent_bom_app_b, agent_bom_backup to agent_bom_admin with admin option',
      'create role agent_bom_owner nologin createrole',
      'grant agent_bom_owner to agent_bom_admin with admin true, inherit false, set false',
      'grant agent_bom_owner to agent_bom_admin with inherit false, set false granted by agent_bom_admin',
      // A member that does not manage it, and an administrator that inherits from nobody unless told so.
      'grant agent_bom_backup to agent_bom_owner with inherit false, set false granted by agent_bom_admin',
      'alter role agent_bom_admin noinherit',
    );
    await applyStep('before', run);
    // The owner manages the login, and may not act as it.
    const held = `select admin_option, inherit_option, set_option from pg_auth_members
                   where roleid = 'agent_bom_backup'::regrole and member = 'agent_bom_owner'::regrole`;
    expect(await asSuperuser(held)).toEqual([{ admin_option: true, inherit_option: false, set_option: false }]);
    await runStandIn(packagedUrl(server));
    await applyStep('after', run);
    expect((await verified(run)).filter(({ status }) => status === 'fail')).toEqual([]);
  });

  it.each([
    ['as a superuser', 0, true],
    ['without a superuser', 1, false],
  ])('keeps the contract after the SQL of the guide, run %s', async (_how, block, asRoot) => {
    const sql = [...GUIDE.matchAll(/^```sql\n(.*?)^```$/gms)].map(([, text = '']) =>
      text.replaceAll('agent_bom_admin', 'agent_bom_dba').replace('choose one', 'chosen'),
    );
    await elsewhere('drop database agent_bom');
    const administrator = asRoot ? server.address.superuser : server.address.admin;
    for (const statement of (sql[block] ?? '').split(/(?<=;)\n/)) {
      await query(server.urlFor(administrator, 'postgres'), statement);
    }
    if (asRoot) await elsewhere(...(sql[2] ?? '').split(/(?<=;)\n/));
    const admin = server.urlFor({ user: 'agent_bom_dba', password: 'chosen' });
    const mine: ContractRun = { ...run, urls: { ...run.urls, admin } };
    await applyStep('before', mine);
    await runStandIn(`${admin}&options=${encodeURIComponent('-c role=agent_bom_owner')}`);
    await applyStep('after', mine);
    expect((await verified(mine)).filter(({ status }) => status === 'fail')).toEqual([]);
  });

  const withTools = hasClientTools(15) ? it : it.skip;

  function runBefore(environment: Readonly<Record<string, string>> = {}) {
    const { status, stdout, stderr } = spawnSync('bash', [RUN, 'before'], {
      env: { PATH: process.env.PATH, ALEMBIC_DATABASE_URL: packagedUrl(server), ...environment },
      encoding: 'utf8',
    });
    return { status, output: stdout + stderr };
  }

  withTools('is refused when it accepts connections without TLS', async () => {
    const rules = join(server.address.directory, 'data', 'pg_hba.conf');
    const tls = readFileSync(rules, 'utf8');
    writeFileSync(rules, `host all all all scram-sha-256\n${tls}`);
    await reload(server);
    const { status, output } = runBefore();
    writeFileSync(rules, tls);
    await reload(server);
    expect(status).toBe(78);
    expect(output).toMatch(/^fail +tls\.plain-refused +the server accepts connections without TLS$/m);
    expect(output).toContain('rds.force_ssl = 1');
    expect(await roles()).toEqual([]);
    expect(runBefore()).toEqual({ status: 0, output: expect.stringContaining('step before done') });
  });

  it.each([
    ['CockroachDB CCL v23.1.11 (x86_64-pc-linux-gnu, built 2023/09/27)', 'CockroachDB CCL v23.1.11'],
    ...[
      'PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC, Redshift 1.0.12103',
      'PostgreSQL 15.2-YB-2.25.0.0-b0 on x86_64-pc-linux-gnu',
    ].map((version) => [version, version]),
  ])('is refused when it is %s', (version, named) => {
    const directory = mkdtempSync(join(tmpdir(), 'psql-'));
    writeFileSync(join(directory, 'psql'), `#!/bin/sh\necho '${version}'\n`);
    chmodSync(join(directory, 'psql'), 0o755);
    const { status, output } = runBefore({ PATH: `${directory}:${process.env.PATH}` });
    rmSync(directory, { recursive: true });
    expect(status).toBe(78);
    expect(output).toBe(
      'step before on database agent_bom at localhost\n' +
        `error: the server at localhost is not PostgreSQL but ${named}; the contract needs PostgreSQL 15 or later\n`,
    );
  });
});
