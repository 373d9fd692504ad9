import { ClusterRehearsal } from '../../commands/rehearse/cluster/rehearse-cluster';
import { Kubectl } from '../../commands/shared/kubectl';
import { imagesFrom } from '../../contract/product/images';
import { CHART, CONTEXT, inventory, MAJOR, provideImages, S3_IMAGE } from '../support/cluster/node';
import { askContinuously } from '../support/cluster/requests';

const [OLD, NEW] = ['0.109.0', '0.110.0'];
const NAMESPACE = 'control-plane';
const API = 'deployment/agent-bom-rehearsal-api';
const kubectl = new Kubectl({ context: CONTEXT, namespace: NAMESPACE });
const rehearsal = new ClusterRehearsal(kubectl, {
  major: MAJOR,
  chartVersion: OLD,
  chart: CHART,
  images: { postgres: imagesFrom().postgres(MAJOR), s3: S3_IMAGE },
  onNotice: (message) => void process.stdout.write(`${message}\n`),
  signal: new AbortController().signal,
});
let before: string[];

/** Resource versions of everything that was deployed, which change with every change. */
async function versions(): Promise<string> {
  const kinds = 'jobs,cronjobs,configmaps,serviceaccounts,roles,rolebindings,secrets';
  const columns = 'custom-columns=KIND:.kind,NAME:.metadata.name,VERSION:.metadata.resourceVersion,TYPE:.type';
  const lines = (await kubectl.text(['get', kinds, '--output', columns, '--no-headers'])).trim().split('\n');
  // Helm writes down every upgrade.
  return lines
    .filter((line) => !line.includes('helm.sh/release'))
    .sort()
    .join('\n');
}

async function jobs(prefix: string): Promise<string[]> {
  const text = await kubectl.text(['get', 'jobs', '--output', 'name']);
  return text.split('\n').filter((name) => name.startsWith(`job.batch/${prefix}`));
}

beforeAll(async () => {
  process.stdout.write(
    'These tests deploy with kubectl and Helm, in the order of Terraform, and not with Terraform.\n',
  );
  provideImages(OLD, NEW);
  before = await inventory();
  expect(await rehearsal.start()).toBe('existing');
});

afterAll(async () => {
  await rehearsal.remove();
  expect(await inventory()).toEqual(before);
});

test('first deploy: the Job migrates and verifies, and two API pods answer', async () => {
  await rehearsal.deploy();
  expect(await jobs('agent-bom-migrate-')).toHaveLength(1);
  expect(await jobs('agent-bom-revoke-')).toHaveLength(1);
  expect(await kubectl.text(['get', API, '--output', 'jsonpath={.status.readyReplicas}'])).toBe('2');
  expect((await rehearsal.sql('select version_num from alembic_version')).trim()).toBe('00000000_01');
});

test('no-op: the same once more changes no object', async () => {
  const found = await versions();
  await rehearsal.deploy();
  expect(await versions()).toBe(found);
});

test('one value: the API restarts with it, and nothing else is new', async () => {
  const found = await versions();
  await rehearsal.deploy({ poolMinimum: 4 });
  const value = 'jsonpath={.spec.template.spec.containers[0].env[?(@.name=="AGENT_BOM_POSTGRES_POOL_MIN_SIZE")].value}';
  expect(await kubectl.text(['get', API, '--output', value])).toBe('4');
  expect(await versions()).toBe(found);
});

test('rotation: no request fails, and the previous logins can no longer connect', async () => {
  const requests = await askContinuously(kubectl, '/v1/probe');
  await rehearsal.deploy({ generation: 2 });
  const answers = await requests.stop();
  expect(answers.failed).toEqual([]);
  expect(answers.logins).toEqual(['agent_bom_app', 'agent_bom_app_b']);
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
  expect(await kubectl.text(['get', API, '--output', 'jsonpath={.status.readyReplicas}'])).toBe('2');
});

test('a failed migration: the log says why and what to do, the API keeps answering, and the next run ends well', async () => {
  await rehearsal.sql('create table public.alien (); alter table public.alien owner to rdsadmin');
  const failure = await rehearsal.deploy({ dump: undefined, generation: 3 }).catch((error: Error) => error);
  expect(String(failure)).toContain('alien');
  expect(await kubectl.text(['get', API, '--output', 'jsonpath={.status.readyReplicas}'])).toBe('2');
  await rehearsal.sql('drop table public.alien');
  await rehearsal.deploy();
  expect(await jobs('agent-bom-migrate-')).toHaveLength(1);
});
