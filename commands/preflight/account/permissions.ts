import { derivedName } from '../../../contract/names';
import { iamAllowances } from '../../explain/iam/policies';
import { type JsonObject, list, object, type StackTemplate, text } from '../../explain/stack-template';
import { COMMAND } from '../../shared/command-line';
import { at, listAt, textAt } from '../../shared/program-runner';
import { type Caller, type Finding, fail, type PreflightCheck, pass, skip } from '../check';
import { askAws, judged, notAsked } from './ask';
import { vpcOf } from './subnets';
import { type Trial, trials } from './trials';

/** ARN of the role whose session asks, as policies name it; a user is named by its own ARN. */
async function principal({ arn }: Caller, region: string): Promise<{ arn: string } | Finding> {
  const role = /:assumed-role\/([^/]+)\//.exec(arn)?.[1];
  if (role === undefined) return { arn };
  // The path of the role is not in the ARN of its session.
  const answer = await askAws(region, 'iam', 'get-role', '--role-name', role);
  return answer.kind === 'answered' ? { arn: textAt(answer.content, 'Role', 'Arn') } : notAsked(answer.reason);
}

const PERMISSIONS: PreflightCheck = {
  id: 'account.permissions',
  proves: 'whoever asks may do all that the deployment does',
  run: async (preflight) => {
    const { environment, stacks, caller } = preflight;
    const [found, who] = await Promise.all([stacks, caller]);
    if ('reason' in found) return notAsked(found.reason);
    if ('reason' in who) return notAsked(who.reason);
    if (who.arn.endsWith(':root')) return pass('the root user of the account may do everything');
    const source = await principal(who, environment.region);
    if (!('arn' in source)) return source;
    const all = trials(iamAllowances('deploy', environment, found), who.account);
    const [first, ...others] = all;
    if (first === undefined) return pass('the deployment asks nothing of AWS');
    const simulation = (trial: Trial) => simulate(trial, source.arn, environment.region);
    const tried = await simulation(first);
    // Whoever may not ask once may not ask at all.
    const answers = 'status' in tried ? [tried] : [tried, ...(await Promise.all(others.map(simulation)))];
    const unasked = answers.find((answer) => 'status' in answer);
    if (unasked !== undefined && 'status' in unasked) return unasked;
    const denied = [...new Set(answers.flatMap((answer) => ('status' in answer ? [] : answer.denied)))].sort();
    const actions = new Set(all.flatMap((trial) => trial.actions)).size;
    if (denied.length === 0) return pass(`all of ${actions} actions`);
    const shown = denied.slice(0, 5).join(', ');
    return fail(denied.length > 5 ? `denied: ${shown} and ${denied.length - 5} more` : `denied: ${shown}`);
  },
  fix: ({ environment: { name } }) =>
    `${COMMAND} explain ${name} --iam deploy --output policies writes the policies, for whoever manages IAM`,
};

/** Actions of a trial that are denied, or why that could not be asked. */
async function simulate(
  { actions, resources, context, pairs }: Trial,
  source: string,
  region: string,
): Promise<Finding | { readonly denied: readonly string[] }> {
  const answer = await askAws(
    region,
    ...['iam', 'simulate-principal-policy', '--policy-source-arn', source],
    ...['--action-names', ...actions, '--resource-arns', ...resources],
    ...(context.length === 0 ? [] : ['--context-entries', ...context]),
  );
  if (answer.kind !== 'answered') return notAsked(answer.reason);
  const denied = listAt(answer.content, 'EvaluationResults')
    .filter((result) => pairs.has(`${textAt(result, 'EvalActionName')} ${textAt(result, 'EvalResourceName')}`))
    .filter(isDenied)
    .map((result) => textAt(result, 'EvalActionName'));
  return { denied };
}

/** What a condition on something unknown decides is not known either. */
function isDenied(result: unknown): boolean {
  const decision = textAt(result, 'EvalDecision');
  return decision === 'explicitDeny' || (decision !== 'allowed' && listAt(result, 'MissingContextValues').length === 0);
}

/** A trial of one action that creates something, which AWS does not carry out. */
const TRIAL: PreflightCheck = {
  id: 'account.organization',
  proves: 'no policy of the organization refuses a resource with these tags, by a dry run',
  required: ({ database }) => database,
  run: async (preflight) => {
    const { environment, stacks } = preflight;
    const [found, vpc] = await Promise.all([stacks, vpcOf(preflight)]);
    if ('reason' in found) return notAsked(found.reason);
    if (vpc === undefined) return notAsked('the VPC of the cluster is not known');
    const tags = Object.entries(tagsOf(found)).map(([Key, Value]) => ({ Key, Value }));
    const specification = JSON.stringify([{ ResourceType: 'security-group', Tags: tags }]);
    const name = `${derivedName(environment.name, 'instance')}-preflight`;
    const answer = await askAws(
      environment.region,
      ...['ec2', 'create-security-group', '--dry-run', '--vpc-id', vpc, '--group-name', name],
      ...['--description', 'dry run', '--tag-specifications', specification],
    );
    if (answer.kind === 'answered' || answer.code === 'DryRunOperation') return pass('a security group may be created');
    if (answer.kind === 'denied') return fail(answer.reason);
    return notAsked(answer.reason);
  },
  fix: ({ environment: { name } }) =>
    `${COMMAND} explain ${name} --iam deploy shows what a deployment does; a service control policy or a tag ` +
    'policy is changed by whoever manages the organization',
};

const TAG_POLICY: PreflightCheck = {
  id: 'account.tag-policy',
  proves: 'the tags of the environment follow the tag policy of the account',
  run: async ({ environment, stacks }) => {
    const found = await stacks;
    if ('reason' in found) return notAsked(found.reason);
    const question = ['organizations', 'describe-effective-policy', '--policy-type', 'TAG_POLICY'];
    const answer = await askAws(environment.region, ...question);
    if (answer.kind !== 'answered' && /NotInUse/.test(answer.code)) return pass('the account is in no organization');
    return judged(
      answer,
      (content) => tagFinding(textAt(content, 'EffectivePolicy', 'PolicyContent'), tagsOf(found)),
      () => pass('there is none'),
    );
  },
  fix: () => 'correct the tag in the environment file, or ask whoever manages the organization',
};

/** @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_tag-policies.html */
function tagFinding(policy: string, tags: Readonly<Record<string, string>>): Finding {
  let rules: readonly unknown[];
  try {
    rules = Object.values(at(JSON.parse(policy), 'tags') ?? {});
  } catch {
    return skip('not asked: AWS answered with a policy that is not JSON');
  }
  const problems = rules.flatMap((rule) => {
    const key = textAt(rule, 'tag_key');
    if (listAt(rule, 'enforced_for').length === 0) return [];
    const own = Object.keys(tags).find((candidate) => candidate.toLowerCase() === key.toLowerCase());
    if (own === undefined) return [];
    if (own !== key) return [`${own} has to be written ${key}`];
    const values = listAt(rule, 'tag_value').map(String);
    const value = tags[own] ?? '';
    const fits = values.length === 0 || values.some((pattern) => matches(pattern, value));
    return fits ? [] : [`${key}: ${value} is none of ${values.join(', ')}`];
  });
  return problems.length === 0 ? pass(`${rules.length} rules`) : fail(problems.join('; '));
}

/** A star at the end or in the middle of a value of a tag policy stands for any text. */
function matches(pattern: string, value: string): boolean {
  const [begin = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === value;
  return value.startsWith(begin) && value.endsWith(rest.at(-1) ?? '');
}

/** The tags that the provider of a stack gives everything. */
function tagsOf(stacks: readonly StackTemplate[]): Record<string, string> {
  const tags = stacks
    .flatMap(({ providers }) => list(providers.aws))
    .map((provider): JsonObject => {
      const [given] = list(object(provider).default_tags);
      return object(object(given).tags);
    });
  return Object.fromEntries(Object.entries(tags[0] ?? {}).map(([key, value]) => [key, text(value) ?? '']));
}

/** Whether whoever asks may deploy. */
export const PERMISSION_CHECKS: readonly PreflightCheck[] = [PERMISSIONS, TRIAL, TAG_POLICY];
