import { endJob, unknownJobs } from '../../commands/deploy/recovery/jobs';
import { Kubectl } from '../../commands/shared/cluster/kubectl';
import { standInsOnPath } from '../support/commands/stand-ins';

const RUN = 'migrate-1';
const WHERE = '--namespace team';
const job = (name: string, status: object): object => ({
  metadata: { name, labels: { 'agent-bom-postgres/job': RUN } },
  status,
});
const ended = (type: string): object => ({ conditions: [{ type, status: 'True' }] });
const pod = (state: object): object => ({
  items: [{ metadata: { name: 'pod' }, status: { initContainerStatuses: [{ name: 'before', state }] } }],
});
const STUCK = pod({
  waiting: { reason: 'CreateContainerConfigError', message: 'secret "agent-bom-app-g4" not found' },
});
const RUNNING = pod({ running: {} });

describe('a Job that a killed deployment left', () => {
  const path = standInsOnPath();

  const answers = (pods: object, jobs: object, one: object | string = ''): void =>
    path.programs.write('kubectl', {
      [`get pods ${WHERE} --selector agent-bom-postgres/job=${RUN}`]: pods,
      [`get jobs ${WHERE} --selector agent-bom-postgres/job`]: jobs,
      [`get job left ${WHERE} --ignore-not-found`]: one,
      [`logs pod ${WHERE} --container before`]: 'step before on database agent_bom at db',
      'delete job left': '',
    });

  it.each<[string, object, object, string]>([
    ['waits for a Secret', STUCK, {}, 'failing'],
    ['runs', RUNNING, {}, 'running'],
    ['has a pod that failed', RUNNING, { failed: 1 }, 'failing'],
    ['is complete', STUCK, ended('Complete'), 'ended'],
    ['has failed', STUCK, ended('Failed'), 'ended'],
  ])('and that %s: what is known of it', async (_, pods, status, state) => {
    answers(pods, { items: [job('left', status), job('known', {})] });
    const values = { metadata: [{ name: 'known' }] };
    const resources = [{ address: 'kubernetes_job_v1.a', type: 'kubernetes_job_v1', mode: 'managed', values }];
    const found = await unknownJobs(new Kubectl(), 'team', { prior_state: { values: { root_module: { resources } } } });
    expect(found).toEqual([{ name: 'left', run: RUN, state }]);
  });

  const asked = (): string[] => path.programs.asked().filter((question) => / (?:job|delete) /.test(question));

  it('is not waited for when its pod cannot start: the Secret may come with the deployment', async () => {
    answers(STUCK, {}, job('left', {}));
    await endJob(new Kubectl(), 'team', { name: 'left', run: RUN, state: 'running' });
    expect(asked()).toEqual([
      'kubectl get job left --namespace team --ignore-not-found --output json',
      'kubectl delete job left --namespace team --ignore-not-found --cascade=foreground --wait=true --timeout=120s',
    ]);
  });

  it('is not deleted when it has gone meanwhile', async () => {
    answers(RUNNING, {});
    await endJob(new Kubectl(), 'team', { name: 'left', run: RUN, state: 'running' });
    expect(asked()).toHaveLength(1);
  });
});
