/** A block of synthesized Terraform, whose shape the schema of its provider gives. */
// biome-ignore lint/suspicious/noExplicitAny: as many shapes as the provider has blocks
type Block = any;

/** An object as Kubernetes takes it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    /** Nothing where the API server completes `generateName`. */
    readonly name?: string;
    readonly generateName?: string;
    readonly namespace?: string;
    readonly labels?: Record<string, string>;
  };
  readonly [field: string]: Block;
}

/** Value of an expression of Terraform, which arrives without `${` and `}`. */
export type Resolve = (expression: string) => string;

/** Resources of a stack by their type and id, as `cdk.tf.json` has them. */
export type Resources = Readonly<Record<string, Readonly<Record<string, Block>>>>;

/** Kinds of the resources of the Kubernetes provider that are used here, with their version. */
const KINDS: Readonly<Record<string, readonly [apiVersion: string, kind: string]>> = {
  kubernetes_config_map_v1: ['v1', 'ConfigMap'],
  kubernetes_cron_job_v1: ['batch/v1', 'CronJob'],
  kubernetes_job_v1: ['batch/v1', 'Job'],
  kubernetes_namespace_v1: ['v1', 'Namespace'],
  kubernetes_role_binding_v1: ['rbac.authorization.k8s.io/v1', 'RoleBinding'],
  kubernetes_role_v1: ['rbac.authorization.k8s.io/v1', 'Role'],
  kubernetes_service_account_v1: ['v1', 'ServiceAccount'],
};
const MANIFEST = 'kubernetes_manifest';

/** Arguments of the provider itself. */
const OF_TERRAFORM = ['//', 'depends_on', 'lifecycle', 'timeouts', 'wait_for_completion', 'wait_for_rollout'];
/** Maps whose keys are the user's. */
const MAPS = ['annotations', 'data', 'labels', 'limits', 'match_labels', 'requests'];
/** Blocks that the provider takes several of, and Kubernetes one. */
const LISTS_OF_ONE = ['config_map', 'projected'];
/** Blocks whose names the provider writes in the singular, and names that it spells in its own way. */
const NAMES: Readonly<Record<string, string>> = {
  container: 'containers',
  init_container: 'initContainers',
  on_pod_condition: 'onPodConditions',
  rule: 'rules',
  subject: 'subjects',
  timezone: 'timeZone',
  volume: 'volumes',
  volume_mount: 'volumeMounts',
};
/** The object of one resource as the provider sends it to Kubernetes, or nothing where it is no object. */
export function kubernetesObject(type: string, block: Block, resolve: Resolve): KubernetesObject | undefined {
  if (type === MANIFEST) return resolved(block.manifest, resolve) as KubernetesObject;
  const [apiVersion, kind] = KINDS[type] ?? [];
  if (apiVersion === undefined || kind === undefined) return undefined;
  const { metadata, ...rest } = translated(block, resolve);
  return { apiVersion, kind, ...rest, metadata: named(metadata) } as KubernetesObject;
}

/** The beginning of a generated name says what the object is: whoever applies the objects by hand needs no more. */
function named({ generateName, ...metadata }: Block): Block {
  return generateName === undefined ? metadata : { name: generateName.replace(/-$/, ''), ...metadata };
}

/** A text as Terraform reads it. */
export function literal(text: string, resolve: Resolve): string {
  const start = /(?<!\$)\$\{/.exec(text)?.index;
  if (start === undefined) return text.replaceAll('$${', '${').replaceAll('%%{', '%{');
  let [end, depth] = [start + 2, 1];
  for (; end < text.length && depth > 0; end += 1) depth += { '{': 1, '}': -1 }[text.charAt(end)] ?? 0;
  const before = literal(text.slice(0, start), resolve);
  return before + resolve(text.slice(start + 2, end - 1)) + literal(text.slice(end), resolve);
}

function resolved(value: Block, resolve: Resolve): Block {
  if (typeof value === 'string') return literal(value, resolve);
  if (Array.isArray(value)) return value.map((item) => resolved(item, resolve));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, resolved(inner, resolve)]));
}

function translated(value: Block, resolve: Resolve, key = ''): Block {
  if (Array.isArray(value) && LISTS_OF_ONE.includes(key)) return translated(value[0], resolve, key);
  if (Array.isArray(value)) return value.map((item) => translated(item, resolve));
  // The provider takes these numbers as texts, to tell 0 from nothing.
  if (/^(?:run_as_(?:user|group)|ttl_seconds_after_finished)$/.test(key)) return Number(value);
  if (typeof value !== 'object' || value === null) return resolved(value, resolve);
  if (MAPS.includes(key)) return resolved(value, resolve);
  const entries = Object.entries<Block>(value).filter(([name]) => !OF_TERRAFORM.includes(name));
  return Object.fromEntries(entries.map(([name, inner]) => [translatedName(name), translated(inner, resolve, name)]));
}

function translatedName(name: string): string {
  return NAMES[name] ?? name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
