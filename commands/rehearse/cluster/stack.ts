import { createHash } from 'node:crypto';
import {
  type KubernetesObject,
  kubernetesObject,
  literal,
  type Resolve,
  type Resources,
} from '../../shared/cluster/kubernetes-objects';

/** The release of a stack, as Helm takes it. */
export interface Release {
  readonly name: string;
  readonly namespace: string;
  /** Name of the chart in its repository. */
  readonly chart: string;
  readonly repository: string;
  readonly version: string;
  /** Texts of values files, the later ones on top. */
  readonly values: readonly string[];
  readonly timeoutSeconds: number;
}

/** What Terraform does in one go: an object that it creates, or the release. */
export type StackStep =
  | { readonly kind: 'object'; readonly object: KubernetesObject }
  | { readonly kind: 'release'; readonly release: Release };

/** A reference to an output of the other stack. */
const REMOTE_OUTPUT = /data\.terraform_remote_state\.[\w-]+\.outputs\.cross-stack-output-([\w-]+)/g;
/** As many characters as the longest name has room for. */
const HASH_LENGTH = 6;

/**
 * The objects and the release of a synthesized stack, each after everything that it depends on.
 *
 * @param content Content of `cdk.tf.json`.
 * @param output Value of an output of the database stack, by the name that cdktf gives to it.
 */
export function stackSteps(content: { readonly resource: Resources }, output: (name: string) => string): StackStep[] {
  const resolve = resolver(output);
  const resources = Object.entries(content.resource).flatMap(([type, blocks]) =>
    Object.entries(blocks).map(([id, block]) => ({ address: `${type}.${id}`, type, block })),
  );
  const byAddress = new Map(resources.map((resource) => [resource.address, resource]));
  const ordered = new Set<string>();
  const visit = (address: string): void => {
    const resource = byAddress.get(address);
    if (resource === undefined || ordered.has(address)) return;
    for (const before of resource.block.depends_on ?? []) visit(before);
    ordered.add(address);
  };
  for (const { address } of resources) visit(address);
  return [...ordered].map((address) => {
    const { type, block } = byAddress.get(address) ?? { type: '', block: {} };
    const object = kubernetesObject(type, block, resolve);
    if (object !== undefined) return { kind: 'object', object };
    if (type === 'helm_release') return { kind: 'release', release: release(block, resolve) };
    throw new Error(`${address} is of a type that is not known here`);
  });
}

/** Of functions that Terraform would call, only the one that shortens a hash into a name is in use. */
function resolver(output: (name: string) => string): Resolve {
  return (expression) => {
    const [whole] = expression.match(REMOTE_OUTPUT) ?? [];
    const text = expression.replace(REMOTE_OUTPUT, (_, name: string) => output(name));
    if (whole === expression) return text;
    if (expression.startsWith('substr(sha256('))
      return createHash('sha256').update(text).digest('hex').slice(0, HASH_LENGTH);
    throw new Error(`the stack holds an expression that only Terraform can resolve: ${expression.slice(0, 100)}`);
  };
}

// biome-ignore lint/suspicious/noExplicitAny: a block of the Helm provider
function release(block: any, resolve: Resolve): Release {
  return {
    name: block.name,
    namespace: block.namespace,
    chart: block.chart,
    repository: block.repository,
    version: block.version,
    values: block.values.map((text: string) => literal(text, resolve)),
    timeoutSeconds: block.timeout,
  };
}
