import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedServer } from '../../../commands/embedded/server';
import { defaultParameters, packagedUrl, rehearsalUrls, runStandIn } from '../../../commands/rehearse/rehearse';
import { applyStep, verifyContract } from '../../../commands/shared/postgres/contract-runner';
import { query, SERVER_TIMEOUT_MS, superuserUrl } from '../../support/postgres/database';
import { TESTED_MAJORS } from '../../support/postgres/majors';

jest.setTimeout(SERVER_TIMEOUT_MS);

/** What administrators set to find slow statements, the ones within functions too. */
const EXPLAINS = {
  shared_preload_libraries: 'pg_stat_statements',
  'pg_stat_statements.track': 'all',
  session_preload_libraries: 'auto_explain',
  'auto_explain.log_min_duration': '0',
  'auto_explain.log_nested_statements': 'on',
  'auto_explain.log_verbose': 'on',
  log_statement: 'all',
  log_parameter_max_length: '-1',
  log_parameter_max_length_on_error: '-1',
  log_min_messages: 'debug2',
  debug_print_plan: 'on',
};

describe.each(TESTED_MAJORS)('passwords, where PostgreSQL %s explains every statement', (major) => {
  let server: EmbeddedServer;

  beforeAll(async () => {
    server = await EmbeddedServer.start({ major, settings: EXPLAINS });
    await query(superuserUrl(server), 'create extension pg_stat_statements');
  });

  afterAll(() => server.stop());

  it('are nowhere in its log and its statistics, as they are and encoded', async () => {
    const run = { urls: rehearsalUrls(server), parameters: defaultParameters() };
    const passwords = (['app', 'maintenance', 'backup'] as const).map((name) => {
      const url = new URL(run.urls[name]);
      url.password = `päss/${name} of ${url.password}`;
      run.urls = { ...run.urls, [name]: url.href };
      return url.password;
    });
    await applyStep('before', run);
    await runStandIn(packagedUrl(server));
    for (const step of ['after', 'revoke'] as const) await applyStep(step, run);
    expect((await verifyContract(run)).filter(({ status }) => status === 'fail')).toEqual([]);
    const log = readFileSync(join(server.address.directory, 'server.log'), 'utf8');
    const statements = await query<{ query: string }>(superuserUrl(server), 'select query from pg_stat_statements');
    const text = [log, ...statements.map((row) => row.query)].join('\n');
    expect(text).toMatch(/^\tQuery Text: /m);
    expect(text).toContain('alter role agent_bom_app login password ');
    const forms = passwords.flatMap((encoded) => {
      const password = decodeURIComponent(encoded);
      const bytes = Buffer.from(password);
      return [encoded, password, bytes.toString('hex'), bytes.toString('base64')];
    });
    expect(forms).toHaveLength(12);
    expect(forms.filter((form) => text.includes(form))).toEqual([]);
  });
});
