import { Client } from 'pg';
import { EmbeddedServer } from '../../../commands/embedded/server';
import {
  defaultParameters,
  fillStandIn,
  packagedUrl,
  rehearsalUrls,
  runStandIn,
} from '../../../commands/rehearse/rehearse';
import { applyStep, type ContractRun } from '../../../commands/shared/postgres/contract-runner';
import { DEFAULT_MAJOR, POSTGRES_MAJORS } from '../../../contract/postgres/majors';
import { catalogRows, differences } from '../../support/postgres/catalog';
import { query, SERVER_TIMEOUT_MS, superuserUrl } from '../../support/postgres/database';

jest.setTimeout(SERVER_TIMEOUT_MS);

/** With this many more it takes tenths of a second, and a quarter of a minute where every pair of tables is compared. */
const MORE_TABLES = 200;
const PATIENCE_MS = 5000;

describe.each(POSTGRES_MAJORS)('a run on a database that is in order, on PostgreSQL %s', (major) => {
  let server: EmbeddedServer;
  let run: ContractRun;
  const notices: string[] = [];

  beforeAll(async () => {
    server = await EmbeddedServer.start({ major, settings: { autovacuum: 'off' } });
    run = { urls: rehearsalUrls(server), parameters: defaultParameters(), onNotice: (text) => notices.push(text) };
    await applyStep('before', run);
    await runStandIn(packagedUrl(server));
    await applyStep('after', run);
    await fillStandIn(run.urls.app);
    await runAll();
  });

  afterAll(() => server.stop());

  async function runAll(): Promise<void> {
    for (const step of ['before', 'after', 'revoke'] as const) await applyStep(step, run);
  }

  it('writes no row of a catalog but the passwords', async () => {
    const rows = await catalogRows(server);
    expect(rows.length).toBeGreaterThan(5000);
    await runAll();
    expect(differences(rows, await catalogRows(server))).toEqual([]);
    expect(notices).toEqual([]);
  });

  it('notices a policy that is created again as it was', async () => {
    const rows = await catalogRows(server);
    await query(
      superuserUrl(server),
      'drop policy agent_bom_backup_reads on scan_jobs',
      'create policy agent_bom_backup_reads on scan_jobs for select to agent_bom_backup using (true)',
    );
    expect(differences(rows, await catalogRows(server))).toContainEqual(
      expect.stringMatching(/^policy .*agent_bom_backup_reads/),
    );
  });

  it('asks for no lock on a table: it does not notice that another session holds them all', async () => {
    const holder = new Client({ connectionString: superuserUrl(server) });
    await holder.connect();
    const { rows } = await holder.query<{ name: string }>(
      `select oid::regclass::text as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')`,
    );
    await holder.query('begin');
    await holder.query(`lock table ${rows.map(({ name }) => name).join(', ')} in access exclusive mode`);
    await applyStep('after', run);
    await holder.query('rollback');
    await holder.end();
    expect(rows.length).toBeGreaterThan(40);
    expect(notices).toEqual([]);
  });

  (major === DEFAULT_MAJOR ? it : it.skip)('takes no longer for every pair of tables', async () => {
    const tables = Array.from({ length: MORE_TABLES }, (_, number) => `create table more_${number} (id int)`);
    await query(packagedUrl(server), tables.join(';'));
    const start = performance.now();
    await applyStep('after', run);
    expect(performance.now() - start).toBeLessThan(PATIENCE_MS);
    await query(
      packagedUrl(server),
      tables.map((sql) => sql.replace('create', 'drop').replace(' (id int)', '')).join(';'),
    );
  });

  it('stores passwords as verifiers with the iterations that clients expect', async () => {
    const hashes = await query<{ rolpassword: string }>(
      superuserUrl(server),
      'select rolpassword from pg_authid where rolpassword is not null and rolname ~ $$^agent_bom_(app|maintenance|backup)$$',
    );
    expect(hashes.map(({ rolpassword }) => rolpassword.slice(0, 19))).toEqual(Array(3).fill('SCRAM-SHA-256$4096:'));
  });
});
