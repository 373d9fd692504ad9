import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { factsOf, newestVersion } from '../../../../contract/product/facts';
import { describeIf } from '../../../support/describe-if';
import { type DeploymentState, KubernetesApi } from '../../../support/kubernetes-api';
import { jobOf } from '../../../support/postgres/job';
import { minimal, parsed, synthesize } from '../../../support/synth/environments';
import type { Block } from '../../../support/synth/template';

// The script asks once a second, and starting Python on a busy machine takes as long.
jest.setTimeout(60_000);

const MIGRATIONS = join(__dirname, '..', '..', '..', '..', 'migrations');
/** Versions on both sides of the first migration that API pods of earlier versions fail after. */
const BEFORE = '0.106.1';
const FROM = '0.107.0';
const FIRST = '20260928_01';
const SECOND = '20261013_02';
const AUTOSCALING = { minimumReplicas: 2, maximumReplicas: 4 };

function workload(release: object): ReturnType<typeof synthesize>['workload'] {
  const file = minimal();
  return synthesize(parsed({ ...file, release: { ...file.release, ...release } })).workload;
}

const autoscaled = workload({ chartVersion: newestVersion(), autoscaling: AUTOSCALING });
const podOf = (template: typeof autoscaled, job: 'migrate' | 'revoke'): Block =>
  jobOf(template, job).spec.template.spec;
const stepsOf = (pod: Block): Block[] => [...(pod.init_container ?? []), ...pod.container];
const namesOf = (pod: Block): string[] => stepsOf(pod).map(({ name }) => name);
const stepOf = (pod: Block, name: string): Block => stepsOf(pod).find((step) => step.name === name);
const variablesOf = (step: Block): Record<string, string> =>
  Object.fromEntries(step.env.map(({ name, value }: Block) => [name, value]));

describe('the steps that scale the API', () => {
  it('are there from the first version on that requires them, and only then', () => {
    const [older, newer] = [BEFORE, FROM].map((chartVersion) => workload({ chartVersion, autoscaling: AUTOSCALING }));
    if (older === undefined || newer === undefined) throw new Error('two workloads');
    expect(namesOf(podOf(older, 'migrate'))).toEqual(['before', 'packaged', 'after', 'verify']);
    expect(namesOf(podOf(older, 'revoke'))).toEqual(['revoke']);
    expect(older.resources('kubernetes_role_v1')).toEqual([]);
    expect(JSON.stringify(podOf(older, 'migrate'))).not.toContain('CONTRACT_DATABASE_REVISION_FILE');
    expect(namesOf(podOf(newer, 'migrate'))).toEqual(['before', 'stop-api', 'packaged', 'after', 'verify']);
    expect(namesOf(podOf(newer, 'revoke'))).toEqual(['start-api', 'revoke']);
    expect([older, newer].map((one) => jobOf(one, 'migrate').spec.active_deadline_seconds)).toEqual([3390, 3690]);
    const deadlines = [older, newer].map((one) => jobOf(one, 'revoke').spec.active_deadline_seconds);
    expect((deadlines[1] ?? 0) - (deadlines[0] ?? 0)).toBe(600);
  });

  it('start nothing where the release says how many pods run', () => {
    const fixed = workload({ chartVersion: FROM });
    expect(namesOf(podOf(fixed, 'revoke'))).toEqual(['revoke']);
    expect(fixed.resources('kubernetes_role_v1').map(({ metadata }) => metadata.name)).toEqual([
      'agent-bom-migration-api',
    ]);
  });

  it('know the migrations of all versions up to theirs, and whether theirs is recorded', () => {
    const known = (template: typeof autoscaled) => {
      const { CONTRACT_WRITER_STOPS: stops = '', ...variables } = variablesOf(
        stepOf(podOf(template, 'migrate'), 'stop-api'),
      );
      return [JSON.parse(stops).map(({ migration }: Block) => migration), variables.CONTRACT_UNRECORDED_VERSION];
    };
    expect(known(workload({ chartVersion: FROM }))).toEqual([[FIRST], undefined]);
    expect(known(autoscaled)).toEqual([[FIRST, SECOND], undefined]);
    expect(known(workload({ chartVersion: '0.999.0' }))).toEqual([[FIRST, SECOND], '0.999.0']);
  });

  it('may scale this Deployment and no other, and only the one that stops sees pods', () => {
    const rules = Object.fromEntries(
      autoscaled.resources('kubernetes_role_v1').map(({ metadata, rule }) => [metadata.name, rule]),
    );
    const scale = [
      { api_groups: ['apps'], resources: ['deployments'], resource_names: ['agent-bom-prod-api'], verbs: ['get'] },
      {
        api_groups: ['apps'],
        resources: ['deployments/scale'],
        resource_names: ['agent-bom-prod-api'],
        verbs: ['patch'],
      },
    ];
    expect(rules).toEqual({
      'agent-bom-migration-api': [...scale, { api_groups: [''], resources: ['pods'], verbs: ['list'] }],
      'agent-bom-revoke-api': scale,
    });
    const bindings = autoscaled.resources('kubernetes_role_binding_v1');
    expect(bindings.map(({ role_ref: role, subject }) => [role.name, subject])).toEqual(
      ['agent-bom-migration', 'agent-bom-revoke'].map((name) => [
        `${name}-api`,
        [{ kind: 'ServiceAccount', name, namespace: 'agent-bom' }],
      ]),
    );
  });

  it('are the only ones that hold a token of Kubernetes, and hold no credential of the database', () => {
    for (const [job, name] of [
      ['migrate', 'stop-api'],
      ['revoke', 'start-api'],
    ] as const) {
      const pod = podOf(autoscaled, job);
      expect(pod.automount_service_account_token).toBe(false);
      const holders = stepsOf(pod).filter(({ volume_mount: all }) =>
        all.some((mount: Block) => mount.name === 'kubernetes'),
      );
      expect(holders.map((step) => step.name)).toEqual([name]);
      expect(stepOf(pod, name).env.filter((variable: Block) => variable.value_from !== undefined)).toEqual([]);
      expect(stepOf(pod, name).image).toBe(`agentbom/agent-bom:${newestVersion()}`);
    }
  });

  it('wait for pods to end or to become ready as long as the deadline of their Job counts', () => {
    const patience = (job: 'migrate' | 'revoke', name: string) =>
      variablesOf(stepOf(podOf(autoscaled, job), name)).API_TIMEOUT;
    expect([patience('migrate', 'stop-api'), patience('revoke', 'start-api')]).toEqual(['300', '600']);
  });

  it('come after what lets them', () => {
    for (const [job, role] of [
      ['migrate', 'migrations_api_binding'],
      ['revoke', 'retire_api_binding'],
    ] as const) {
      const address = autoscaled
        .addresses()
        .find(
          (one) => one.startsWith('kubernetes_job_v1.') && one.includes(job === 'migrate' ? 'migrations' : 'retire'),
        );
      expect([...autoscaled.prerequisites(address ?? '')].filter((one) => one.includes(role))).toHaveLength(1);
    }
  });
});

const hasPython = spawnSync('python3', ['--version']).status === 0;
if (!hasPython) console.warn('NOT RUN: python3 is not installed');

describeIf(hasPython)('the script, with an API server of Kubernetes', () => {
  const root = mkdtempSync(join(tmpdir(), 'api-scaling-'));
  const { alembicHead } = factsOf(newestVersion());
  /** As Alembic lists them: the newest first. */
  const HISTORY = [alembicHead, SECOND, '20261010_01', FIRST, '20260924_01'];
  let api: KubernetesApi;

  beforeAll(() => {
    for (const directory of ['bin', 'revisions', 'kubernetes']) mkdirSync(join(root, directory));
    const lines = HISTORY.map(
      (revision, index) => `${HISTORY[index + 1] ?? '<base>'} -> ${revision}${index === 0 ? ' (head)' : ''}, x`,
    );
    const alembic = `case $3 in heads) echo '${alembicHead} (head)' ;; history) printf '%s\\n' '${lines.join("' '")}' ;; esac`;
    writeFileSync(join(root, 'bin', 'alembic'), `#!/bin/sh\n${alembic}\n`, { mode: 0o755 });
    writeFileSync(join(root, 'bin', 'python'), '#!/bin/sh\nexec python3 "$@"\n', { mode: 0o755 });
  });

  afterAll(() => rmSync(root, { recursive: true }));

  beforeEach(async () => {
    api = await KubernetesApi.start('agent-bom', 'agent-bom-prod-api');
    api.deployment = running();
    writeFileSync(join(root, 'kubernetes', 'service-account-token'), `${api.token}\n`);
    writeFileSync(join(root, 'kubernetes', 'ca.crt'), api.authority);
  });

  afterEach(() => api.stop());

  function running(): DeploymentState {
    return {
      replicas: 2,
      pods: ['api-1', 'api-2'],
      ended: ['api-0', 'api-3'],
      available: 2,
      updated: 2,
      generation: 5,
      observed: 5,
    };
  }

  /** Runs the container as it is synthesized, with its volumes in the directory of the test. */
  function run(
    pod: Block,
    name: string,
    change: Record<string, string> = {},
  ): Promise<{ code: number | null; output: string }> {
    const relocate = (text: string) =>
      text.replace(/^\/contract\b/, MIGRATIONS).replace(/^\/(?=revisions|kubernetes)/, `${root}/`);
    const { command, ...step } = stepOf(pod, name);
    const variables = Object.entries(variablesOf(step as Block)).map(([key, value]) => [key, relocate(value)]);
    const env = {
      PATH: `${join(root, 'bin')}:${process.env.PATH}`,
      HOME: root,
      // Nothing answers there: the API server is in the cluster.
      https_proxy: 'http://127.0.0.1:9',
      ...Object.fromEntries(variables),
      ...api.environment,
      ...change,
    };
    const [program = '', ...programArguments] = command.map(relocate);
    const child = spawn(program, programArguments, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output += chunk;
      });
    return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
  }

  function stop(databaseRevision: string, change: Record<string, string> = {}, template = autoscaled) {
    writeFileSync(join(root, 'revisions', 'database'), databaseRevision);
    return run(podOf(template, 'migrate'), 'stop-api', change);
  }

  it('stops the API before a migration that its pods cannot work with, waits for their end, and says why', async () => {
    api.onQuestion = (question, deployment) => {
      if (question.includes('/pods') && deployment.replicas === 0) deployment.pods.pop();
    };
    const { code, output } = await stop('20260924_01\n');
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(api.deployment).toMatchObject({ replicas: 0, pods: [] });
    expect(output).toContain(`migration ${FIRST}: The primary key of scan_jobs becomes tenant and job.`);
    expect(output).toContain(`migration ${SECOND}: The primary key of attack_paths becomes`);
    expect(output).toContain('kubectl --namespace agent-bom scale deployment agent-bom-prod-api --replicas=2');
    expect(output.trimEnd().split('\n').at(-1)).toBe('no pod of the API is left');
  });

  it.each([
    ['after the last such migration', SECOND, '1 migrations ahead, and none that is known to stop API pods'],
    ['at the head', HISTORY[0] ?? '', '0 migrations ahead'],
    ['without a revision', '', 'the database has no revision yet'],
    ['at a revision that the image does not know', '20990101_01', 'which this image does not know'],
  ])('asks Kubernetes nothing for a database %s', async (_what, revision, message) => {
    const { code, output } = await stop(revision);
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining(message) });
    expect(api.questions).toEqual([]);
  });

  it('names only the migrations that are ahead', async () => {
    api.onQuestion = (_question, deployment) => {
      deployment.pods = [];
    };
    // Of several revisions the oldest counts.
    const { output } = await stop(`${SECOND}\n${FIRST}\n`);
    expect(output).toContain(`migration ${SECOND}: `);
    expect(output).not.toContain(`migration ${FIRST}: `);
    expect(api.deployment?.replicas).toBe(0);
  });

  it('waits for the pods of an API that somebody deletes meanwhile', async () => {
    api.onQuestion = (question, deployment) => {
      if (!question.includes('/pods')) return;
      deployment.deleted = true;
      deployment.pods.pop();
    };
    expect(await stop('20260924_01')).toMatchObject({
      code: 0,
      output: expect.stringContaining('no pod of the API is left'),
    });
    expect(api.deployment?.pods).toEqual([]);
  });

  it('has nothing to stop before the first install', async () => {
    api.deployment = undefined;
    expect(await stop('20260924_01')).toMatchObject({ code: 0, output: expect.stringContaining('nothing to stop') });
    expect(api.questions.filter((question) => question.startsWith('PATCH'))).toEqual([]);
  });

  it('says so where nobody knows what the migrations change, and keeps the pods', async () => {
    const { code, output } = await stop(SECOND, {}, workload({ chartVersion: '0.999.0' }));
    expect(code).toBe(0);
    expect(output).toContain('warning: nobody has recorded what the migrations of version 0.999.0 change.');
    expect(api.questions).toEqual([]);
  });

  it('migrates nothing while pods are left, names them, and does not count those that have ended', async () => {
    const { code, output } = await stop('20260924_01', { API_TIMEOUT: '0' });
    expect(code).toBe(1);
    expect(output).toContain(
      'error: pods of the API have not ended within 0 seconds: api-1, api-2; nothing is migrated',
    );
  });

  it('migrates nothing where something scales the API up again', async () => {
    api.onQuestion = (question, deployment) => {
      if (question.includes('/pods')) deployment.replicas = 2;
    };
    const { code, output } = await stop('20260924_01');
    expect(code).toBe(1);
    expect(output).toContain('error: something has scaled Deployment agent-bom-prod-api up again');
  });

  it.each([
    ['the token is refused', { 'service-account-token': 'another' }, 'with 401: {"message":"Unauthorized"}'],
    ['the certificate is of another authority', { 'ca.crt': undefined }, 'does not answer'],
  ])('fails where %s', async (_what, files, message) => {
    const other = await KubernetesApi.start('x', 'y');
    await other.stop();
    for (const [name, text] of Object.entries(files))
      writeFileSync(join(root, 'kubernetes', name), text ?? other.authority);
    const { code, output } = await stop('20260924_01');
    expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining(message) });
    expect(api.deployment?.replicas).toBe(2);
  });

  const start = (change?: Record<string, string>) => run(podOf(autoscaled, 'revoke'), 'start-api', change);

  it('starts an API that has no pods with the fewest of the autoscaler, and waits until they are available', async () => {
    api.deployment = { ...running(), replicas: 0, available: 0, updated: 0 };
    api.onQuestion = (question, deployment) => {
      if (!question.startsWith('GET') || deployment.replicas === 0) return;
      // The controller has to see the change before its numbers mean anything.
      deployment.observed = deployment.generation;
      deployment.updated = deployment.available;
      deployment.available = Math.min(deployment.available + 1, 2);
    };
    const { code, output } = await start();
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(api.deployment).toMatchObject({ replicas: 2, available: 2, updated: 2 });
    expect(output).toContain('starting Deployment agent-bom-prod-api with 2 pods');
    expect(output).toContain('is available');
  });

  it('starts nothing where there is no Deployment, which is a failure', async () => {
    api.deployment = undefined;
    expect(await start()).toEqual({ code: 1, output: 'error: there is no Deployment agent-bom-prod-api\n' });
  });

  it('leaves an API alone that runs', async () => {
    expect(await start()).toEqual({ code: 0, output: 'Deployment agent-bom-prod-api is available\n' });
    expect(api.questions.filter((question) => question.startsWith('PATCH'))).toEqual([]);
  });

  it.each([
    ['not yet seen by its controller', { generation: 6 }],
    ['with a pod of the version before', { updated: 1 }],
    ['with a pod that is not available', { available: 1 }],
  ])('does not take an API for available that is %s', async (_what, change) => {
    api.deployment = { ...running(), ...change };
    const { code, output } = await start({ API_TIMEOUT: '0' });
    expect(code).toBe(1);
    expect(output).toContain('error: Deployment agent-bom-prod-api has not become available within 0 seconds');
  });
});
