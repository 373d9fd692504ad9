import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { packagedUrl } from '../../../commands/rehearse/rehearse';
import { clientPath } from '../../../commands/rehearse/restore-step';
import { connect, FACTS, verifyContract } from '../../../commands/shared/postgres/contract-runner';
import { PINNED_SETTINGS } from '../../../commands/shared/postgres/postgres-client';
import { describeEachOf } from '../../support/describe-if';
import { BackedUpServer, majorsWithClient } from '../../support/postgres/clients';
import { SERVER_TIMEOUT_MS } from '../../support/postgres/database';
import { temporaryDirectory } from '../../support/temporary-directory';

jest.setTimeout(SERVER_TIMEOUT_MS);

/** What somebody has set for a database, and what a session would show of it. */
const SETTINGS: readonly (readonly [name: string, value: string])[] = [
  ['standard_conforming_strings', 'off'],
  ['escape_string_warning', 'off'],
  ['quote_all_identifiers', 'on'],
  ['datestyle', 'German'],
  ['intervalstyle', 'sql_standard'],
  ['timezone', 'Pacific/Kiritimati'],
  ['client_encoding', 'LATIN1'],
  ['client_min_messages', 'debug1'],
  ['exit_on_error', 'on'],
  ['default_transaction_isolation', 'serializable'],
  ['default_transaction_deferrable', 'on'],
  ['transform_null_equals', 'on'],
  ['array_nulls', 'off'],
  ['extra_float_digits', '-15'],
  ['statement_timeout', '10s'],
  ['idle_in_transaction_session_timeout', '10s'],
  ['lo_compat_privileges', 'on'],
  ['check_function_bodies', 'off'],
  ['plan_cache_mode', 'force_generic_plan'],
];
/** As others, from the version on that has it. */
const SINCE_17 = ['transaction_timeout', '10s'] as const;
const STEPS = ['before', 'after', 'revoke', 'verify'];

describeEachOf(majorsWithClient())('settings of others, on PostgreSQL %s', (major) => {
  const directory = temporaryDirectory('settings-');
  let one: BackedUpServer;
  let usual: string[];

  const settings = Number(major) < 17 ? SETTINGS : [...SETTINGS, SINCE_17];
  const manifest = (name: string) =>
    readFileSync(join(directory, `${name}.manifest`), 'utf8').replace(
      /^(sha256|bytes|database_bytes|taken_at)\t.*\n/gm,
      '',
    );
  const step = async (name: string) => {
    const { code, output } = await one.script('../migrations/run.sh', [name]);
    return `${code} ${output}`;
  };

  beforeAll(async () => {
    one = await BackedUpServer.filled(major);
    // Not every encoding has these characters.
    await one.asSuperuser(
      "update scan_jobs set team_id = 'Zürich €' where team_id = (select min(team_id) from scan_jobs)",
    );
    usual = [];
    for (const name of STEPS) usual.push(await step(name));
    expect(await one.script('dump.sh', [directory, 'usual'])).toMatchObject({ code: 0 });
    await one.asSuperuser(...settings.map(([name, value]) => `alter database agent_bom set ${name} = '${value}'`));
  });

  afterAll(() => one.server.stop());

  it('change nothing of what the steps do and say', async () => {
    const found = [];
    for (const name of STEPS) found.push(await step(name));
    expect(found).toEqual(usual);
    const checks = await verifyContract(one.run);
    expect(checks.filter(({ status }) => status === 'fail')).toEqual([]);
  });

  it('change nothing of what a dump holds and a restore compares', async () => {
    expect(await one.script('dump.sh', [directory, 'set'])).toEqual({
      code: 0,
      output: expect.stringMatching(/^dumping database agent_bom /),
    });
    expect(manifest('set')).toBe(manifest('usual'));
    const { code, output } = await one.script('restore.sh', [join(directory, 'usual.dump'), '--replace', 'agent_bom']);
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).not.toMatch(/^(warning|debug|error)/im);
  });

  it('do not reach the sessions of the commands', async () => {
    const client = await connect('app', one.run.urls.app, {});
    const { rows } = await client.query(
      'select lower(name) as name, lower(setting) as setting from pg_settings where lower(name) = any ($1)',
      [Object.keys(PINNED_SETTINGS)],
    );
    await client.end();
    const wanted = { ...PINNED_SETTINGS, datestyle: 'iso, mdy' };
    expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual(wanted);
  });

  it('end no statement and no transaction of a script, and no transaction of the API', async () => {
    const asked = "current_setting('statement_timeout'), current_setting('transaction_timeout', true)";
    const connects = `source "${join(FACTS, '..', 'connect.sh')}"; connect ALEMBIC_DATABASE_URL; psql -A -t -c "select ${asked}"`;
    const { stdout } = spawnSync('bash', ['-c', connects], {
      encoding: 'utf8',
      env: { PATH: clientPath(Number(major)), ALEMBIC_DATABASE_URL: packagedUrl(one.server) },
    });
    const since17 = Number(major) < 17 ? '' : '0';
    expect(stdout).toBe(`0|${since17}\n`);
    const api = new Client({ connectionString: one.run.urls.app });
    await api.connect();
    const { rows } = await api.query("select coalesce(current_setting('transaction_timeout', true), '') as limit");
    await api.end();
    expect(rows).toEqual([{ limit: since17 }]);
  });
});
