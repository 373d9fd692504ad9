import { type Allowance, policyDocuments } from '../../../contract/aws/iam/documents';

/** Actions and resources that IAM is asked about at once; it answers for each of both together. */
export interface Trial {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Keys of conditions with their values, as the AWS CLI takes them. */
  readonly context: readonly string[];
  /** What is wanted of the answer: an action, a space, a resource. */
  readonly pairs: ReadonlySet<string>;
}

/** Results that one question may have: each takes a kilobyte. */
const MOST_RESULTS = 600;

interface Group {
  readonly actions: Set<string>;
  readonly resources: Set<string>;
  readonly context: Map<string, string>;
  readonly pairs: Set<string>;
}

/**
 * The fewest questions that ask for every action of the allowances. What is allowed the same is asked for once: its names
 * differ, and nothing else.
 */
export function trials(allowances: readonly Allowance[], account: string): Trial[] {
  const groups: Group[] = [];
  for (const { Action, Resource, Condition } of policyDocuments(allowances).flatMap(({ Statement }) => Statement)) {
    const resource = concrete(Resource[0] ?? '*', account);
    const context = new Map(
      Object.entries(Condition ?? {}).flatMap(([operator, keys]) =>
        Object.entries(keys).map(([key, value]) => [key, entry(operator, key, String([value].flat()[0]))] as const),
      ),
    );
    const group = groups.find((candidate) => fits(candidate, Action, context)) ?? newGroup(groups);
    group.resources.add(resource);
    for (const [key, value] of context) group.context.set(key, value);
    for (const action of Action) {
      group.actions.add(action);
      group.pairs.add(`${action} ${resource}`);
    }
  }
  return groups.map(({ actions, resources, context, pairs }) => ({
    actions: [...actions],
    resources: [...resources],
    context: [...context.values()],
    pairs,
  }));
}

function newGroup(groups: Group[]): Group {
  const group = {
    actions: new Set<string>(),
    resources: new Set<string>(),
    context: new Map(),
    pairs: new Set<string>(),
  };
  groups.push(group);
  return group;
}

/** Whether a statement can be asked together with others: one with a condition only with those that it does not contradict. */
function fits(group: Group, actions: readonly string[], context: ReadonlyMap<string, string>): boolean {
  const results = (group.resources.size + 1) * new Set([...group.actions, ...actions]).size;
  const agrees = [...context].every(([key, value]) => (group.context.get(key) ?? value) === value);
  return results <= MOST_RESULTS && agrees && group.context.size > 0 === context.size > 0;
}

function entry(operator: string, key: string, value: string): string {
  const type = operator === 'Bool' ? 'boolean' : 'string';
  return `ContextKeyName=${key},ContextKeyValues=${value},ContextKeyType=${type}`;
}

/** A name that a pattern fits: patterns cannot be asked about. */
function concrete(arn: string, account: string): string {
  if (arn === '*') return arn;
  return arn.replace(':*:', `:${account}:`).replace(/[*?]/g, 'x');
}
