import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENVIRONMENT_NAME } from '../../commands/rehearse/cluster/environment';
import { Kubectl } from '../../commands/shared/cluster/kubectl';
import { derivedName } from '../../contract/names';
import { imagesFrom } from '../../contract/product/images';
import { DeployedRehearsal } from '../support/cluster/deployed-rehearsal';
import { saidBeforeKill } from '../support/cluster/kill';
import { CONTEXT, inventory, provideImages } from '../support/cluster/node';
import { startOperator } from '../support/cluster/operator';
import { askContinuously } from '../support/cluster/requests';
import { announce } from '../support/cluster/terraform';

const [OLD, NEW] = ['0.109.0', '0.110.0'];
const NAMESPACE = 'control-plane';
const API = 'deployment/agent-bom-rehearsal-api';
const kubectl = new Kubectl({ context: CONTEXT, namespace: NAMESPACE });
const rehearsal = new DeployedRehearsal(NAMESPACE, OLD, [OLD, NEW]);
let before: string[];
let endOperator: () => Promise<void>;

async function jobs(prefix: string): Promise<string[]> {
  const text = await kubectl.text(['get', 'jobs', '--output', 'name']);
  return text.split('\n').filter((name) => name.startsWith(`job.batch/${prefix}`));
}

beforeAll(async () => {
  announce();
  provideImages(OLD, NEW);
  endOperator = await startOperator();
  before = await inventory();
  expect(await rehearsal.start()).toBe('external-secrets');
});

afterAll(async () => {
  await rehearsal.remove();
  await endOperator();
});

test('first deploy: the Job migrates and verifies, and two API pods answer', async () => {
  await rehearsal.deploy();
  expect(await jobs('agent-bom-migrate-')).toHaveLength(1);
  expect(await jobs('agent-bom-revoke-')).toHaveLength(1);
  expect(await kubectl.text(['get', API, '--output', 'jsonpath={.status.readyReplicas}'])).toBe('2');
  expect((await rehearsal.sql('select version_num from alembic_version')).trim()).toBe('00000000_01');
});

test('no-op: the same once more changes no object', async () => {
  const found = await rehearsal.versions();
  await rehearsal.deploy();
  expect(await rehearsal.versions()).toEqual(found);
  expect(await rehearsal.wouldChange()).toBe('');
});

test('one value: the API restarts with it, and nothing else is new', async () => {
  const found = await rehearsal.versions();
  await rehearsal.deploy({ poolMinimum: 4 });
  const value = 'jsonpath={.spec.template.spec.containers[0].env[?(@.name=="AGENT_BOM_POSTGRES_POOL_MIN_SIZE")].value}';
  expect(await kubectl.text(['get', API, '--output', value])).toBe('4');
  expect(await rehearsal.versions()).toEqual(found);
});

test('rotation: no request fails, and the previous logins can no longer connect', async () => {
  const connected = `select string_agg(distinct usename::text, ' ' order by usename::text) from pg_stat_activity
                      where usename ~ '^agent_bom_(app|maintenance)'`;
  expect((await rehearsal.sql(connected)).trim()).toBe('agent_bom_app agent_bom_maintenance');
  const requests = await askContinuously(kubectl, '/readyz');
  await rehearsal.deploy({ generation: 2 });
  const answers = await requests.stop();
  expect(answers.failed).toEqual([]);
  expect(answers.answered).toBeGreaterThan(20);
  expect((await rehearsal.sql(connected)).trim()).toBe('agent_bom_app_b agent_bom_maintenance_b');
  const logins = `select string_agg(rolname || ' ' || rolcanlogin, ', ' order by rolname) from pg_roles where rolname ~ '^agent_bom_(app|maintenance)'`;
  expect((await rehearsal.sql(logins)).trim()).toBe(
    'agent_bom_app false, agent_bom_app_b true, agent_bom_maintenance false, agent_bom_maintenance_b true',
  );
});

test('a newer version of the chart: the Job runs with its image, and then the API', async () => {
  await rehearsal.deploy({ chartVersion: NEW });
  const image = 'jsonpath={.spec.template.spec.containers[0].image}';
  expect(await kubectl.text(['get', API, '--output', image])).toBe(imagesFrom().agentBom(NEW));
  expect(await jobs('agent-bom-migrate-')).toHaveLength(1);
});

test('backup and restore: rows that were written after the dump are gone, the others are there', async () => {
  const insert = (tenant: string): string =>
    `set app.tenant_id = '${tenant}'; set app.bypass_rls = '1'; insert into findings (team_id) values ('${tenant}')`;
  await rehearsal.sql(insert('before'));
  const dump = await rehearsal.dump();
  await rehearsal.sql(insert('after'));
  await rehearsal.deploy({ dump });
  expect((await rehearsal.sql('select string_agg(team_id, $$,$$ order by team_id) from findings')).trim()).toBe(
    'before',
  );
  await podsAreReady();
});

/** A restore closed their sessions: the pods connect again by themselves, and may be found out to be without at any later probe. */
async function podsAreReady(): Promise<void> {
  const ready = ['wait', API, '--for', 'jsonpath={.status.readyReplicas}=2', '--timeout', '60s'];
  await kubectl.text(ready, { timeoutMs: 70_000 });
}

test('doctor: every item of the checklist is proven, with evidence of each', async () => {
  const instance = derivedName(ENVIRONMENT_NAME, 'instance');
  await rehearsal.aws(
    ...['rds', 'create-db-instance', '--db-instance-identifier', instance, '--db-instance-class', 'db.t3.medium'],
    ...['--engine', 'postgres', '--backup-retention-period', '14', '--allocated-storage', '20'],
    ...['--master-username', 'agent_bom_admin', '--manage-master-user-password'],
  );
  await rehearsal.dump();
  await podsAreReady();
  const report = join(rehearsal.environments, 'report.json');
  const { code, said } = await rehearsal.command('doctor', ENVIRONMENT_NAME, '--context', CONTEXT, '--json', report);
  const { checklist, checks } = JSON.parse(readFileSync(report, 'utf8'));
  const unproven = checklist.filter(({ status }: { status: string }) => status !== 'proven');
  // What it says tells why.
  expect({ unproven, said: unproven.length === 0 ? '' : said }).toEqual({ unproven: [], said: '' });
  expect(checklist.map(({ item }: { item: number }) => item)).toEqual([1, 2, 3, 4, 5]);
  const details = new Map(checks.map(({ id, detail }: { id: string; detail: string }) => [id, detail]));
  expect(details.get('backup.automated')).toContain(`RDS keeps 14 days of ${instance}`);
  expect(details.get('backup.dump')).toMatch(/^the newest dump is 0 hours old and has \d+ bytes$/);
  expect(details.get('api.audit-log')).toContain('postgres');
  expect(said).toContain('rehearsal is ready for production');
  expect(code).toBe(0);
  expect(await jobs('agent-bom-verify-doctor')).toEqual([]);
});

test('a failed migration: the log says why and what to do, the API keeps answering, and the next run ends well', async () => {
  await rehearsal.sql('alter role agent_bom_backup superuser');
  const failure = String(await rehearsal.deploy({ dump: undefined, generation: 3 }).catch((error: Error) => error));
  expect(failure).toContain('these roles have SUPERUSER, REPLICATION or BYPASSRLS: agent_bom_backup');
  expect(failure).toContain('HINT:  Run as a superuser: ALTER ROLE agent_bom_backup NOSUPERUSER');
  expect(await kubectl.text(['get', API, '--output', 'jsonpath={.status.readyReplicas}'])).toBe('2');
  await rehearsal.sql('alter role agent_bom_backup nosuperuser');
  await rehearsal.deploy();
  expect(await jobs('agent-bom-migrate-')).toHaveLength(1);
});

test('a secret that is missing: the terminal names it and what the operator says, and the next run ends well', async () => {
  rehearsal.pretend({ missingSecret: 'app' });
  const missing = [/ExternalSecret agent-bom-app-g4: SecretSyncedError: /, /Secret does not exist|not found/i];
  const said = await saidBeforeKill(await rehearsal.begin({ generation: 4 }), missing);
  for (const pattern of missing) expect(said).toMatch(pattern);
  rehearsal.pretend({});
  await rehearsal.deploy();
});

test('destroy: nothing is left', async () => {
  await rehearsal.remove();
  expect(await inventory()).toEqual(before);
});
