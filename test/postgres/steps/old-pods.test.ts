import { Client } from 'pg';
import { EmbeddedServer } from '../../../commands/embedded/server';
import { defaultParameters, packagedUrl, rehearsalUrls, runStandIn } from '../../../commands/rehearse/rehearse';
import { applyStep, type ContractRun } from '../../../commands/shared/postgres/contract-runner';
import { DEFAULT_MAJOR } from '../../../contract/postgres/majors';
import { query, SERVER_TIMEOUT_MS, superuserUrl, verified } from '../../support/postgres/database';
import { until } from '../../support/until';

jest.setTimeout(SERVER_TIMEOUT_MS);

/** What an API pod does all the time: a session with its tenant's rows, which it writes, reads, changes and deletes. */
const STATEMENTS = [
  "select set_config('app.tenant_id', 'north', false)",
  'insert into scan_jobs (body) values (\'{"from": "old pod"}\')',
  'select count(*) from scan_jobs',
  'update scan_jobs set body = body || \'{"seen": true}\'',
  "delete from scan_jobs where body ? 'seen'",
];

/** An old pod: one connection that it keeps, and a new one for each turn. Ends with its turns, or with its first error. */
class OldPod {
  private going = true;
  turns = 0;

  constructor(private readonly url: string) {}

  async work(): Promise<void> {
    const kept = new Client({ connectionString: this.url });
    await kept.connect();
    try {
      while (this.going) {
        for (const statement of STATEMENTS) await kept.query(statement);
        await query(this.url, ...STATEMENTS);
        this.turns += 1;
      }
    } finally {
      await kept.end();
    }
  }

  leave(): void {
    this.going = false;
  }
}

describe('API pods that run while the migration Job does', () => {
  let server: EmbeddedServer;
  let run: ContractRun;

  beforeAll(async () => {
    server = await EmbeddedServer.start({ major: DEFAULT_MAJOR });
    // Which revision the stand-in ends at is not what this is about.
    const { 'agent_bom.alembic_head': _, ...parameters } = defaultParameters();
    run = { urls: rehearsalUrls(server), parameters, onNotice: () => {} };
    await applyStep('before', run);
    await runStandIn(packagedUrl(server));
    await applyStep('after', run);
  });

  afterAll(() => server.stop());

  it('keep answering through every step, with what a migration adds that does not stop them', async () => {
    const pods = Array.from({ length: 4 }, () => new OldPod(run.urls.app));
    const working = Promise.all(pods.map((pod) => pod.work()));
    const turns = () => Math.min(...pods.map((pod) => pod.turns));
    /** Runs a step, and has every pod make a whole turn while it has run or right after it. */
    const during = async (step: () => Promise<unknown>): Promise<void> => {
      const before = turns();
      await Promise.race([step(), working]);
      await Promise.race([until(() => turns() > before), working]);
    };
    for (const _ of [1, 2]) {
      await during(() => applyStep('before', run));
      await during(() => runStandIn(packagedUrl(server)));
      await during(() => query(packagedUrl(server), 'alter table scan_jobs add column if not exists priority int'));
      await during(() => applyStep('after', run));
      await during(async () => expect((await verified(run)).filter(({ status }) => status === 'fail')).toEqual([]));
    }
    for (const pod of pods) pod.leave();
    await working;
    expect(turns()).toBeGreaterThanOrEqual(10);
  });

  it('would be seen to fail after a migration that stops them', async () => {
    const pod = new OldPod(run.urls.app);
    const working = pod.work();
    const failed = expect(working).rejects.toThrow('column "body"');
    await query(superuserUrl(server), 'alter table scan_jobs rename column body to content');
    await failed;
  });
});
