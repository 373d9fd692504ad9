import type { CheckResult } from '../../contract/postgres/checks';
import { ADMIN_IDENTITY, RUNTIME_IDENTITIES } from '../../contract/postgres/identities';
import type { Kubectl } from '../shared/cluster/kubectl';
import { counted } from '../shared/output/check-table';

const CHECK_ID = 'pods.secret-source';
const KINDS = 'deployments,statefulsets,daemonsets,cronjobs';
const VARIABLES = [ADMIN_IDENTITY, ...RUNTIME_IDENTITIES].map(({ environmentVariable }) => environmentVariable);
const URL_WITH_PASSWORD = /[a-z][a-z0-9+.-]*:\/\/[^\s/@:]*:[^\s/@]+@/i;

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef?: { readonly name: string; readonly key: string } };
}

interface PodSpec {
  readonly containers?: readonly Container[];
  readonly initContainers?: readonly Container[];
}

interface Container {
  readonly name: string;
  readonly env?: readonly Variable[];
}

/** A variable of a container, and where it is in the words of kubectl. */
interface PlacedVariable extends Variable {
  readonly place: string;
  readonly workload: string;
}

/**
 * Checks, with the credentials of kubectl, whether the pods of its namespace take their connections from Secrets, one Secret
 * for each identity. Reads no Secret.
 */
export async function checkPods(kubectl: Kubectl): Promise<CheckResult> {
  const answer = await kubectl.answer(['get', KINDS, '--output', 'json']);
  if (answer.kind !== 'answered') return failure(`kubectl could not list the pods: ${answer.reason}`);
  const variables = variablesIn(answer.text);
  if (variables === undefined) return failure('the answer of kubectl is not JSON');
  const connections = variables.filter(({ name }) => VARIABLES.includes(name));
  const mistakes = [...variables.flatMap(writtenOut), ...sharedSecrets(connections), ...missing(connections)];
  if (mistakes.length > 0) return failure(mistakes.join('; '));
  const workloads = new Set(connections.map(({ workload }) => workload));
  return {
    id: CHECK_ID,
    status: 'pass',
    detail: `${counted(connections.length, 'connection')} of ${[...workloads].join(', ')}`,
  };
}

function failure(detail: string): CheckResult {
  return { id: CHECK_ID, status: 'fail', detail };
}

function variablesIn(text: string): PlacedVariable[] | undefined {
  try {
    const { items = [] } = JSON.parse(text);
    return items.flatMap(variablesOf);
  } catch {
    return undefined;
  }
}

// biome-ignore lint/suspicious/noExplicitAny: what kubectl answers has as many shapes as there are kinds
function variablesOf({ kind, metadata, spec }: any): PlacedVariable[] {
  const pod: PodSpec = spec?.template?.spec ?? spec?.jobTemplate?.spec?.template?.spec ?? {};
  const workload = `${kind} ${metadata?.name}`;
  return [...(pod.initContainers ?? []), ...(pod.containers ?? [])].flatMap(({ name, env = [] }) =>
    env.map((variable) => ({ ...variable, workload, place: `${variable.name} of ${workload}, container ${name}` })),
  );
}

function writtenOut({ name, value, valueFrom, place }: PlacedVariable): string[] {
  if (value !== undefined && URL_WITH_PASSWORD.test(value)) return [`${place} is a URL with a password, written out`];
  if (!VARIABLES.includes(name) || valueFrom?.secretKeyRef !== undefined) return [];
  return [`${place} does not come from a Secret`];
}

/** Two identities in one Secret, in the order of their names. */
function sharedSecrets(connections: readonly PlacedVariable[]): string[] {
  const identities = new Map<string, Set<string>>();
  for (const { name, valueFrom } of connections) {
    const secret = valueFrom?.secretKeyRef?.name;
    if (secret !== undefined) identities.set(secret, new Set(identities.get(secret)).add(name));
  }
  return [...identities]
    .filter(([, names]) => names.size > 1)
    .map(([secret, names]) => `the Secret ${secret} holds ${[...names].sort().join(' and ')}`);
}

/** The API runs all the time: it has the connection of the application, and must not have the administrator's. */
function missing(connections: readonly PlacedVariable[]): string[] {
  const deployed = connections.filter(({ workload }) => workload.startsWith('Deployment '));
  const [application] = RUNTIME_IDENTITIES;
  const api = deployed.some(({ name }) => name === application?.environmentVariable);
  const administrator = deployed.filter(({ name }) => name === ADMIN_IDENTITY.environmentVariable);
  return [
    ...(api ? [] : [`no Deployment takes ${application?.environmentVariable}`]),
    ...administrator.map(({ workload }) => `${workload} holds the administrator`),
  ];
}
