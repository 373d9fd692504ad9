import { CHECKS } from '../../../contract/postgres/checks';
import { connectionLimits } from '../../../contract/postgres/connection-budget';
import { contractParameters, startupOptions } from '../../../contract/postgres/settings';
import { minimal, parsed } from '../synth/environments';
import type { StandInAnswers } from './stand-ins';

export const { release } = parsed(minimal());
export const OPTIONS = startupOptions(contractParameters({ limits: connectionLimits(release) }));
const NAMESPACE = '--namespace agent-bom';

export const cronJob = (environment = 'prod', options = OPTIONS, version = release.chartVersion) => ({
  metadata: { labels: { 'agent-bom-postgres/environment': environment } },
  spec: {
    jobTemplate: {
      spec: {
        template: {
          spec: {
            initContainers: [{ name: 'revisions', image: `agentbom/agent-bom:${version}` }],
            containers: [{ name: 'verify', env: [{ name: 'CONTRACT_OPTIONS', value: options }] }],
          },
        },
      },
    },
  },
});
/** What the checks find on a server, as a rehearsal on a cluster printed it, with the numbers of the production file. */
const FOUND: Readonly<Record<string, string>> = {
  'login.app': 'logged in as agent_bom_app',
  'login.maintenance': 'logged in as agent_bom_maintenance',
  'login.backup': 'logged in as agent_bom_backup, read only: on',
  'backup.sees-all-rows': 'every table, every tenant',
  'limits.connections':
    'agent_bom_app 98, agent_bom_app_b 98, agent_bom_backup 4, agent_bom_maintenance 18, agent_bom_maintenance_b 18',
  'limits.capacity': 'the budget is 128 of 811 connections',
};
export const rows = (failing: Record<string, string> = {}) =>
  CHECKS.filter(({ source }) => !['api', 'cluster', 'rehearsal'].includes(source))
    .map(
      ({ id }) =>
        `${failing[id] === undefined ? 'pass' : 'fail'}  ${id.padEnd(28)} ${failing[id] ?? FOUND[id] ?? 'as it should be'}`,
    )
    .join('\n');
export const finished = (exitCode: number) => ({
  items: [
    {
      metadata: { name: 'the-pod', creationTimestamp: '2026-11-27T10:00:00Z' },
      status: { containerStatuses: [{ name: 'verify', state: { terminated: { exitCode } } }] },
    },
  ],
});
const secret = (name: string, of: string) => ({ name, valueFrom: { secretKeyRef: { name: of, key: name } } });
export const API = {
  kind: 'Deployment',
  metadata: { name: 'agent-bom-prod-api' },
  status: { availableReplicas: 2 },
  spec: {
    template: {
      spec: {
        containers: [
          {
            name: 'api',
            ports: [{ containerPort: 8422 }],
            env: [secret('AGENT_BOM_POSTGRES_URL', 'agent-bom-app-g1')],
          },
        ],
      },
    },
  },
};
export const BACKENDS = {
  'v1/auth/policy': { found: 'postgres_shared' },
  'v1/system/health': { found: 'postgres' },
};

/** What kubectl answers about a cluster in which all is well. @param port Where the API answers. */
export function healthyCluster(port: number): StandInAnswers {
  return {
    [`${NAMESPACE} get cronjob agent-bom-verify`]: cronJob(),
    [`${NAMESPACE} create job agent-bom-verify-doctor-`]: 'created',
    [`${NAMESPACE} get job agent-bom-verify-doctor-`]: { status: { active: 1 } },
    [`${NAMESPACE} get pods --selector batch.kubernetes.io/job-name=agent-bom-verify-doctor-`]: finished(0),
    [`${NAMESPACE} logs the-pod --container verify`]: `step verify on database agent_bom at db\n${rows()}`,
    [`${NAMESPACE} delete job agent-bom-verify-doctor-`]: 'deleted',
    [`${NAMESPACE} get deployments,statefulsets`]: { items: [API] },
    [`${NAMESPACE} get deployment agent-bom-prod-api`]: API,
    [`${NAMESPACE} port-forward deployment/agent-bom-prod-api :8422`]: `Forwarding from 127.0.0.1:${port} -> 8422`,
    [`${NAMESPACE} exec deployment/agent-bom-prod-api --container api -- python -c`]: BACKENDS,
  };
}
