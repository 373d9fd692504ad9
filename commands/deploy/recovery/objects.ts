import { APPLICATION_LABEL } from '../../../contract/names';
import type { Kubectl } from '../../shared/cluster/kubectl';
import { at, textAt } from '../../shared/program-runner';
import type { ResourceChange } from '../plan-file';

/** An object of Kubernetes, as a plan names it. */
export interface PlannedObject {
  readonly address: string;
  /** Kind as kubectl takes it, with version and group where it needs them. */
  readonly kind: string;
  readonly name: string;
  /** Nothing for what is in no namespace. */
  readonly namespace?: string;
  /** What Terraform imports it by. */
  readonly importId: string;
  /** Whether the address holds another object, which the planned one replaces. */
  readonly occupied: boolean;
}

/** What the cluster says of an object that exists. */
export interface ExistingObject {
  readonly kind: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Kinds of the typed resources. Jobs are not among them: their names are generated. */
const KINDS: Readonly<Record<string, string>> = {
  kubernetes_config_map_v1: 'ConfigMap',
  kubernetes_cron_job_v1: 'CronJob',
  kubernetes_namespace_v1: 'Namespace',
  kubernetes_role_binding_v1: 'RoleBinding',
  kubernetes_role_v1: 'Role',
  kubernetes_secret_v1: 'Secret',
  kubernetes_service_account_v1: 'ServiceAccount',
};

/** The objects that a plan creates, as far as their names are known before. */
export function createdObjects(changes: readonly ResourceChange[]): PlannedObject[] {
  return changes.flatMap((resource) => {
    const { address, type = '', change } = resource;
    if (!change.actions.includes('create')) return [];
    const occupied = change.actions.includes('delete');
    const found = type === 'kubernetes_manifest' ? manifestObject(change.after) : typedObject(type, change.after);
    if (found === undefined || found.name === '') return [];
    // An object that is replaced under its own name is deleted first.
    if (occupied && textAt(identity(change.before), 'name') === found.name) return [];
    return [{ address, occupied, ...found }];
  });
}

type Identified = Omit<PlannedObject, 'address' | 'occupied'>;

function typedObject(type: string, after: unknown): Identified | undefined {
  const kind = KINDS[type];
  if (kind === undefined) return undefined;
  const [name, namespace] = [textAt(identity(after), 'name'), textAt(identity(after), 'namespace')];
  return kind === 'Namespace'
    ? { kind, name, importId: name }
    : { kind, name, namespace, importId: `${namespace}/${name}` };
}

function manifestObject(after: unknown): Identified | undefined {
  const [apiVersion, kind] = [textAt(after, 'manifest', 'apiVersion'), textAt(after, 'manifest', 'kind')];
  const [name, namespace] = [textAt(identity(after), 'name'), textAt(identity(after), 'namespace')];
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  if (kind === '' || version === undefined) return undefined;
  const importId = `apiVersion=${apiVersion},kind=${kind},namespace=${namespace},name=${name}`;
  return { kind: group === '' ? kind : `${kind}.${version}.${group}`, name, namespace, importId };
}

/** Metadata of a typed resource, or of a manifest. */
function identity(values: unknown): unknown {
  return at(values, 'manifest', 'metadata') ?? at(values, 'metadata', 0);
}

/** Whether the object is one that the workload stack creates. */
export function isOurs({ labels }: ExistingObject): boolean {
  return (
    labels['app.kubernetes.io/name'] === APPLICATION_LABEL && labels['app.kubernetes.io/managed-by'] === 'terraform'
  );
}

/** The metadata of all objects of a kind: nothing else is read of a Secret. */
export async function existingObjects(
  kubectl: Kubectl,
  kind: string,
  namespace?: string,
  selector?: string,
): Promise<ExistingObject[]> {
  const place = namespace === undefined ? [] : ['--namespace', namespace];
  const chosen = selector === undefined ? [] : ['--selector', selector];
  const template = 'jsonpath={range .items[*]}{.metadata}{"\\n"}{end}';
  const question = ['get', kind, ...place, ...chosen, '--output', template];
  const answer = await kubectl.answer(question);
  if (answer.kind === 'not-found') return [];
  if (answer.kind !== 'answered') {
    // A kind that the cluster does not know has no objects.
    if (/doesn't have a resource type|no matches for kind/.test(answer.reason)) return [];
    throw kubectl.failure(question, answer);
  }
  return answer.text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const metadata: unknown = JSON.parse(line);
      const labels = (at(metadata, 'labels') ?? {}) as Record<string, string>;
      return { kind, name: textAt(metadata, 'name'), labels };
    });
}
