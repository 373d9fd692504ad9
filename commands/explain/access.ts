import { ADMIN_LOGIN } from '../../contract/names';
import {
  ADMIN_IDENTITY,
  type Identity,
  type IdentityName,
  RUNTIME_IDENTITIES,
} from '../../contract/postgres/identities';
import { type Json, type JsonObject, list, object, releaseValues, type StackTemplate, text } from './stack-template';

/** Who connects to the database. */
export interface ExplainedIdentity {
  readonly identity: IdentityName;
  readonly logins: readonly string[];
  readonly purpose: string;
  readonly environmentVariable: string;
  /** Kubernetes Secret with the connection URL; null where no workload names one. */
  readonly secret: string | null;
  /** Workloads that get the Secret, each with its containers. */
  readonly heldBy: readonly string[];
}

/** What runs containers, as people call it. */
const KINDS: Readonly<Record<string, string>> = {
  kubernetes_job_v1: 'Job',
  kubernetes_cron_job_v1: 'CronJob',
};

/** A container, and the Secret that it gets an identity's connection URL from. */
interface Holder {
  readonly container: string;
  readonly secret: string;
}

/** The identities of the contract, with the workloads that hold them. */
export function identities(stacks: readonly StackTemplate[]): ExplainedIdentity[] {
  return [ADMIN_IDENTITY, ...RUNTIME_IDENTITIES].map((identity) => {
    const { name, purpose, environmentVariable } = identity;
    const logins = 'logins' in identity ? (identity.logins as readonly string[]) : [ADMIN_LOGIN];
    return { identity: name, logins, purpose, environmentVariable, ...holders(identity, stacks) };
  });
}

/** The Secret of an identity, and the workloads that get it. */
function holders(
  { environmentVariable, workloads }: Identity,
  stacks: readonly StackTemplate[],
): { secret: string | null; heldBy: readonly string[] } {
  const secrets = new Set<string>();
  const heldBy: string[] = [];
  for (const { type, name, block } of stacks.flatMap(({ resources }) => resources)) {
    const found = containersIn(block, environmentVariable);
    if (found.length === 0) continue;
    for (const { secret } of found) secrets.add(secret);
    const containers = found.map(({ container }) => container).join(', ');
    heldBy.push(`${KINDS[type] ?? type} ${name ?? ''} (${containers})`);
  }
  const secret = [...secrets].join(', ');
  // The values name the administrator's Secret as well, for a hook of the chart that is switched off.
  const inRelease = workloads.includes('api') && namesSecret(releaseValues(stacks), secrets);
  return { secret: secret === '' ? null : secret, heldBy: inRelease ? [...heldBy, 'API (Helm release)'] : heldBy };
}

/** Containers, at any depth, that get this variable from a Secret. */
function containersIn(value: Json | undefined, variable: string): Holder[] {
  if (Array.isArray(value)) return value.flatMap((item: Json) => containersIn(item, variable));
  const block = object(value);
  const own = list(block.env)
    .map((entry) => secretOf(entry, variable))
    .filter((secret) => secret !== undefined)
    .map((secret) => ({ container: text(block.name) ?? '', secret }));
  const inner = Object.entries(block).sort(([one], [other]) => startOrder(one) - startOrder(other));
  return [...own, ...inner.flatMap(([, content]) => containersIn(content, variable))];
}

function startOrder(key: string): number {
  return key === 'init_container' ? 0 : 1;
}

function secretOf(entry: Json, variable: string): string | undefined {
  const { name, value_from: source } = object(entry);
  return name === variable ? text(object(object(source).secret_key_ref).name) : undefined;
}

function namesSecret(values: readonly Json[], secrets: ReadonlySet<string>): boolean {
  return values.some((value) => {
    if (Array.isArray(value)) return namesSecret(value, secrets);
    return typeof value === 'string'
      ? secrets.has(value)
      : namesSecret(Object.values(object(value)) as Json[], secrets);
  });
}

/** A role of AWS, and what it may do. */
export interface ExplainedRole {
  readonly name: string;
  readonly purpose: string;
  /** ServiceAccounts that may take the role on, as `namespace/name`; empty for a service of AWS. */
  readonly serviceAccounts: readonly string[];
  readonly actions: readonly string[];
  /** Names of the managed policies that are attached to it. */
  readonly policies: readonly string[];
}

/** A rule that lets a source connect to the database. */
export interface NetworkAccess {
  /** Security group or network; null for a security group that is looked up, or that the stack creates. */
  readonly source: string | null;
  readonly port: number;
  readonly purpose: string;
}

/** What the security group of the database allows; nothing for an existing server, which has its own. */
export function networkAccess(stacks: readonly StackTemplate[]): NetworkAccess[] {
  const rules = stacks.flatMap((stack) => stack.ofType('aws_vpc_security_group_ingress_rule'));
  return rules.map(({ block }) => {
    const source = text(block.cidr_ipv4) ?? text(block.referenced_security_group_id);
    return {
      source: source === undefined || source.includes('${') ? null : source,
      port: Number(block.from_port),
      purpose: text(block.description) ?? '',
    };
  });
}

/** The roles of AWS that the stacks create. */
export function roles(stacks: readonly StackTemplate[]): ExplainedRole[] {
  return stacks.flatMap((stack) =>
    stack.ofType('aws_iam_role').map(({ name, path, block }) => ({
      name: name ?? path,
      purpose: text(block.description) ?? '',
      serviceAccounts: trusted(stack.dataOf(block.assume_role_policy)),
      actions: actionsOf(path, stack),
      policies: managedPolicies(path, stack),
    })),
  );
}

function trusted(policy: JsonObject): string[] {
  return [...JSON.stringify(policy).matchAll(/system:serviceaccount:([\w-]+):([\w-]+)/g)].map(
    ([, namespace, name]) => `${namespace}/${name}`,
  );
}

function actionsOf(rolePath: string, stack: StackTemplate): string[] {
  const policies = besideRole('aws_iam_role_policy', rolePath, stack);
  const statements = policies.flatMap(({ block }) => list(stack.dataOf(block.policy).statement).map(object));
  return [...new Set(statements.flatMap(({ actions }) => list(actions).map(String)))].sort();
}

function managedPolicies(rolePath: string, stack: StackTemplate): string[] {
  return besideRole('aws_iam_role_policy_attachment', rolePath, stack)
    .map(({ block }) => text(block.policy_arn)?.replace(/^.*\//, '') ?? '')
    .sort();
}

/** Resources of the construct that a role belongs to. */
function besideRole(type: string, rolePath: string, stack: StackTemplate) {
  const parent = rolePath.replace(/\/[^/]+$/, '');
  return stack.ofType(type).filter(({ path }) => path.startsWith(`${parent}/`));
}
