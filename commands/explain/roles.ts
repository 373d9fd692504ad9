import { type JsonObject, list, object, type StackTemplate, text } from './stack-template';

/** A role of AWS, and what it may do. */
export interface ExplainedRole {
  readonly name: string;
  readonly purpose: string;
  /** ServiceAccounts that may take the role on, as `namespace/name`; empty for a service of AWS. */
  readonly serviceAccounts: readonly string[];
  readonly actions: readonly string[];
}

/** The roles of AWS that the stacks create. */
export function roles(stacks: readonly StackTemplate[]): ExplainedRole[] {
  return stacks.flatMap((stack) =>
    stack.ofType('aws_iam_role').map(({ name, path, block }) => ({
      name: name ?? path,
      purpose: text(block.description) ?? '',
      serviceAccounts: trusted(stack.dataOf(block.assume_role_policy)),
      actions: actionsOf(path, stack),
    })),
  );
}

function trusted(policy: JsonObject): string[] {
  return [...JSON.stringify(policy).matchAll(/system:serviceaccount:([\w-]+):([\w-]+)/g)].map(
    ([, namespace, name]) => `${namespace}/${name}`,
  );
}

function actionsOf(rolePath: string, stack: StackTemplate): string[] {
  const parent = rolePath.replace(/\/[^/]+$/, '');
  const policies = stack.ofType('aws_iam_role_policy').filter(({ path }) => path.startsWith(`${parent}/`));
  const statements = policies.flatMap(({ block }) => list(stack.dataOf(block.policy).statement).map(object));
  return [...new Set(statements.flatMap(({ actions }) => list(actions).map(String)))].sort();
}
