import { checkPods } from '../../../commands/doctor/pod-checks';
import { Kubectl } from '../../../commands/shared/cluster/kubectl';
import { syncedSecretName } from '../../../contract/names';
import { StandIns } from '../../support/commands/stand-ins';

let programs: StandIns;
let path: string | undefined;

beforeEach(() => {
  programs = new StandIns();
  path = process.env.PATH;
  process.env.PATH = programs.directory;
});
afterEach(() => {
  process.env.PATH = path;
  programs.remove();
});

const secret = (name: string, identity: 'app' | 'maintenance' | 'backup' | 'admin') => ({
  name,
  valueFrom: { secretKeyRef: { name: syncedSecretName(identity, 1), key: name } },
});
const APP = secret('AGENT_BOM_POSTGRES_URL', 'app');
const MAINTENANCE = secret('AGENT_BOM_POSTGRES_MAINTENANCE_URL', 'maintenance');
const ADMIN = secret('ALEMBIC_DATABASE_URL', 'admin');

const pod = (env: object[]) => ({ spec: { containers: [{ name: 'main', env }] } });
const api = (env: object[]) => ({ kind: 'Deployment', metadata: { name: 'api' }, spec: { template: pod(env) } });
const backup = (env: object[]) => ({
  kind: 'CronJob',
  metadata: { name: 'backup' },
  spec: { jobTemplate: { spec: { template: { spec: { initContainers: [{ name: 'dump', env }] } } } } },
});

function pods(...items: object[]) {
  programs.write('kubectl', { '--namespace team get deployments,statefulsets,daemonsets,cronjobs': { items } });
  return checkPods(new Kubectl({ namespace: 'team' }));
}

describe('the check of the pods', () => {
  it('passes where each connection comes from a Secret of its own', async () => {
    const dump = secret('AGENT_BOM_POSTGRES_BACKUP_URL', 'backup');
    const plain = { name: 'AGENT_BOM_POSTGRES_POOL_MAX_SIZE', value: '20' };
    expect(await pods(api([plain, APP, MAINTENANCE]), backup([dump]))).toEqual({
      id: 'pods.secret-source',
      status: 'pass',
      detail: '3 connections of Deployment api, CronJob backup',
    });
  });

  it.each([
    [
      'a connection that is written out',
      [api([{ name: 'AGENT_BOM_POSTGRES_URL', value: 'postgresql://bom:hunter2@db/bom' }])],
      'AGENT_BOM_POSTGRES_URL of Deployment api, container main is a URL with a password, written out',
    ],
    [
      'a connection of another name that is written out',
      [api([APP, { name: 'DATABASE', value: 'postgresql://bom:hunter2@db/bom' }])],
      'DATABASE of Deployment api, container main is a URL with a password, written out',
    ],
    [
      'a connection from a ConfigMap',
      [api([{ name: 'AGENT_BOM_POSTGRES_URL', valueFrom: { configMapKeyRef: { name: 'urls', key: 'url' } } }])],
      'AGENT_BOM_POSTGRES_URL of Deployment api, container main does not come from a Secret',
    ],
    [
      'two identities in one Secret',
      [api([APP, { ...MAINTENANCE, valueFrom: APP.valueFrom }])],
      'the Secret agent-bom-app-g1 holds AGENT_BOM_POSTGRES_MAINTENANCE_URL and AGENT_BOM_POSTGRES_URL',
    ],
    ['the administrator in what runs all the time', [api([APP, ADMIN])], 'Deployment api holds the administrator'],
    ['no API', [backup([])], 'no Deployment takes AGENT_BOM_POSTGRES_URL'],
  ])('fails with %s', async (_what, items, detail) => {
    const result = await pods(...items);
    expect(result).toEqual({ id: 'pods.secret-source', status: 'fail', detail: expect.stringContaining(detail) });
    expect(JSON.stringify(result)).not.toContain('hunter2');
  });

  it('lets the administrator be where Jobs are, and asks for no Secret', async () => {
    expect(await pods(api([APP]), backup([ADMIN]))).toMatchObject({ status: 'pass' });
    expect(programs.asked().join('\n')).not.toMatch(/secret/);
  });

  it.each([
    ['kubectl is missing', undefined, 'kubectl could not list the pods: '],
    ['the cluster refuses', { complaint: 'Error from server (Forbidden)' }, 'Forbidden'],
    ['the answer is no JSON', 'not JSON', 'is not JSON'],
  ])('fails when %s', async (_what, answer, detail) => {
    if (answer !== undefined) programs.write('kubectl', { '--namespace team': answer });
    expect(await checkPods(new Kubectl({ namespace: 'team' }))).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining(detail),
    });
  });
});
