import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packagedUrl } from '../../../commands/rehearse/rehearse';
import { applyStep } from '../../../commands/shared/postgres/contract-runner';
import { POSTGRES_MAJORS } from '../../../contract/postgres/majors';
import { describeEachOf } from '../../support/describe-if';
import { BackedUpServer, majorsWithClient } from '../../support/postgres/clients';
import { fingerprint, query, SERVER_TIMEOUT_MS } from '../../support/postgres/database';

jest.setTimeout(SERVER_TIMEOUT_MS);

const clients = majorsWithClient();

/** Everything that the catalog and the tables say, whichever database they are in. */
const CONTENTS = `
  select md5(string_agg(query_to_xml(
           format(case relkind when 'S' then 'select last_value, is_called from %s' else 'select * from %s x order by x::text' end,
                  oid::regclass), true, true, '')::text, '' order by relname)) as rows
    from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'S')`;

describeEachOf(POSTGRES_MAJORS.filter((major) => clients.includes(major)))('a server of version %s', (major) => {
  let one: BackedUpServer;
  const directory = mkdtempSync(join(tmpdir(), 'restore-clients-'));

  beforeAll(async () => {
    one = await BackedUpServer.filled(major);
    // A restore creates it where it is missing, because the privileges of a dump may name it.
    await query(packagedUrl(one.server), 'create role agent_bom_readonly');
    await applyStep('after', one.run);
    // A row is no statement of pg_restore, whatever it begins with.
    await one.asSuperuser("insert into hub_findings_current_observations values ('SET transaction_timeout = 0;')");
  });

  afterAll(async () => {
    await one.server.stop();
    rmSync(directory, { recursive: true });
  });

  it.each(clients.filter((client) => client >= major))('is dumped and restored by the client of %s', async (client) => {
    const state = async () => ({
      contents: await one.asSuperuser(CONTENTS),
      privileges: await fingerprint(one.server),
    });
    const before = await state();
    expect(await one.script('dump.sh', [directory, client], { client })).toMatchObject({ code: 0 });
    const options = { client };
    const { code, output } = await one.script(
      'restore.sh',
      [join(directory, `${client}.dump`), '--replace', 'agent_bom'],
      options,
    );
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toMatch(/^restored: 212 rows in 72 tables and tenants, exactly as dumped$/m);
    const [, previous] = /drop database "(agent_bom_before_\w+)";$/m.exec(output) ?? [];
    await one.asSuperuser(`drop database ${previous}`);
    expect(await state()).toEqual(before);
    const statistics = await one.asSuperuser(
      "select reltuples::int as rows from pg_class where oid = 'scan_jobs'::regclass",
    );
    expect(statistics).toEqual([{ rows: 6 }]);
    expect(readFileSync(join(directory, `${client}.manifest`), 'utf8')).toMatch(/^format\t4\n/);
  });

  it('is refused to every older client', async () => {
    for (const client of clients.filter((older) => older < major)) {
      expect(await one.script('dump.sh', [directory, `older-${client}`], { client })).toEqual({
        code: 2,
        output: expect.stringContaining(`pg_dump is version ${client} and the server version ${major}`),
      });
    }
  });
});
