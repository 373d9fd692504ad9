/** Condition of a statement: operator, key, value. */
export type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** Who may do what to what: an allowance of one or more actions on one or more resources. */
export interface Allowance {
  /** Actions, such as `rds:CreateDBInstance`. */
  readonly actions: readonly string[];
  /** ARNs, or `*`. */
  readonly resources: readonly string[];
  /** When it holds; always, where nothing is said. */
  readonly condition?: Condition;
}

interface Statement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Condition;
}

/** An IAM policy as AWS accepts it. */
export interface PolicyDocument {
  /** Version of the language of policies. */
  readonly Version: '2012-10-17';
  /** What is allowed. */
  readonly Statement: readonly Statement[];
}

/**
 * Characters that a managed policy may have; white space does not count.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length
 */
export const LONGEST_POLICY = 6144;

/** The fewest documents that allow this and no more, each short enough for a managed policy. */
export function policyDocuments(allowances: readonly Allowance[]): PolicyDocument[] {
  const documents: Statement[][] = [];
  for (const statement of statements(allowances).flatMap(shortEnough)) {
    const room = documents.find((document) => length([...document, statement]) <= LONGEST_POLICY);
    if (room === undefined) documents.push([statement]);
    else room.push(statement);
  }
  return documents.map(policy);
}

/** One statement for all resources that allow the same under the same condition. */
function statements(allowances: readonly Allowance[]): Statement[] {
  const byResource = new Map<string, { resource: string; condition?: Condition; actions: Set<string> }>();
  for (const { actions, resources, condition } of allowances) {
    for (const resource of resources) {
      const key = JSON.stringify([condition, resource]);
      const found = byResource.get(key) ?? { resource, condition, actions: new Set() };
      byResource.set(key, found);
      for (const action of actions) found.actions.add(action);
    }
  }
  const byActions = new Map<string, Statement & { Resource: string[] }>();
  for (const { resource, condition, actions } of byResource.values()) {
    const sorted = [...actions].sort();
    const key = JSON.stringify([condition, sorted]);
    const found = byActions.get(key);
    if (found !== undefined) found.Resource.push(resource);
    else {
      byActions.set(key, {
        Effect: 'Allow',
        Action: sorted,
        Resource: [resource],
        ...(condition && { Condition: condition }),
      });
    }
  }
  return [...byActions.values()]
    .map((statement) => ({ ...statement, Resource: [...statement.Resource].sort() }))
    .sort((one, other) => (one.Action.join() < other.Action.join() ? -1 : 1));
}

/** A statement that is too long for a document by itself, in halves. */
function shortEnough(statement: Statement): Statement[] {
  if (length([statement]) <= LONGEST_POLICY) return [statement];
  const key = statement.Resource.length > 1 ? 'Resource' : 'Action';
  const middle = Math.ceil(statement[key].length / 2);
  return [statement[key].slice(0, middle), statement[key].slice(middle)].flatMap((half) =>
    shortEnough({ ...statement, [key]: half }),
  );
}

function length(content: readonly Statement[]): number {
  return JSON.stringify(policy(content)).length;
}

function policy(content: readonly Statement[]): PolicyDocument {
  return { Version: '2012-10-17', Statement: content };
}
