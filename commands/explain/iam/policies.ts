import { ACCESS_ACTIONS, EPHEMERAL_ACTIONS, LOOKUP_ACTIONS } from '../../../contract/aws/iam/access-actions';
import { DATABASE_ACTIONS } from '../../../contract/aws/iam/database-actions';
import {
  type Allowance,
  type Condition,
  type PolicyDocument,
  policyDocuments,
} from '../../../contract/aws/iam/documents';
import { STORAGE_ACTIONS } from '../../../contract/aws/iam/storage-actions';
import type { TypeActions } from '../../../contract/aws/iam/type-actions';
import { WATCH_ACTIONS } from '../../../contract/aws/iam/watch-actions';
import type { Environment } from '../../../contract/environment/environment';
import { ContractError } from '../../../contract/error';
import { derivedName } from '../../../contract/names';
import type { StackTemplate } from '../stack-template';
import { allow, keyAllowances, newResources, ownResources } from './allowances';
import { doctorAllowances, preflightAllowances, restoreAllowances } from './command-purposes';
import { rehearsalAllowances } from './rehearsal';
import { stateAllowances } from './state';
import { arnOf, type Subject, subjects } from './subjects';

/** Who a policy is for. */
export const PURPOSES = ['deploy', 'plan', 'preflight', 'doctor', 'rehearse', 'restore'] as const;
export type Purpose = (typeof PURPOSES)[number];

/** Every type of resource that the stacks may contain. */
export const RESOURCE_ACTIONS: Readonly<Record<string, TypeActions>> = {
  ...DATABASE_ACTIONS,
  ...STORAGE_ACTIONS,
  ...WATCH_ACTIONS,
  ...ACCESS_ACTIONS,
};

/**
 * The least policies for a purpose, by the names that they can have in IAM.
 *
 * @throws ContractError for a type of resource whose actions are not known.
 */
export function iamPolicies(
  purpose: Purpose,
  environment: Environment,
  stacks: readonly StackTemplate[],
): Record<string, PolicyDocument> {
  const documents = policyDocuments(iamAllowances(purpose, environment, stacks));
  const name = `${derivedName(environment.name, 'instance')}-${purpose}`;
  return Object.fromEntries(
    documents.map((document, index) => [documents.length === 1 ? name : `${name}-${index + 1}`, document]),
  );
}

/** The same, before it is made into documents. */
export function iamAllowances(
  purpose: Purpose,
  environment: Environment,
  stacks: readonly StackTemplate[],
): Allowance[] {
  const resources = subjects(stacks, 'resources');
  if (purpose === 'doctor') return doctorAllowances(environment, resources);
  if (purpose === 'preflight') return preflightAllowances(environment);
  if (purpose === 'restore') return restoreAllowances(environment, resources);
  if (purpose === 'rehearse') return rehearsalAllowances(environment, resources);
  const lookups = subjects(stacks, 'lookups');
  const read = [
    ...resources.flatMap((subject) => reading(environment, subject, actionsOf(subject, RESOURCE_ACTIONS))),
    ...lookups.flatMap((subject) => reading(environment, subject, actionsOf(subject, LOOKUP_ACTIONS))),
    ...stateAllowances(stacks, purpose),
    // `plan` and `deploy` look for what a killed deployment left.
    { actions: ['tag:GetResources'], resources: ['*'] },
  ];
  if (purpose === 'plan') return read;
  const writer = new Writer(environment, resources);
  return [
    ...read,
    ...resources.flatMap((subject) => writer.allowances(subject, actionsOf(subject, RESOURCE_ACTIONS))),
    ...subjects(stacks, 'ephemerals').flatMap((subject) =>
      writer.allowances(subject, actionsOf(subject, EPHEMERAL_ACTIONS)),
    ),
    ...serviceLinkedRole(resources),
  ];
}

function actionsOf({ type }: Subject, table: Readonly<Record<string, TypeActions>>): TypeActions {
  const found = Object.hasOwn(table, type) ? table[type] : undefined;
  if (found !== undefined) return found;
  throw new ContractError({
    got: type,
    rule: 'every type of resource in the stacks has its actions in contract/aws/iam',
    fix: 'add the actions of the type there',
  });
}

function reading(environment: Environment, { arn, region }: Subject, actions: TypeActions): Allowance[] {
  const { on = [], tagged, read, readAny } = actions;
  return [
    ...(tagged === undefined
      ? allow(read, on.map(arn))
      : allow(read, [arnOf(tagged, region)], ownResources(environment))),
    ...allow(readAny, ['*']),
  ];
}

/** What a deployment may do in addition to reading. */
class Writer {
  private readonly own: Condition;
  private readonly created: Condition;

  constructor(
    private readonly environment: Environment,
    private readonly resources: readonly Subject[],
  ) {
    this.own = ownResources(environment);
    this.created = newResources(environment);
  }

  allowances(subject: Subject, actions: TypeActions): Allowance[] {
    const { arn, region } = subject;
    const limited = this.limited(subject, actions);
    const write = actions.write?.filter(
      (action) => !limited.flatMap((allowance) => allowance.actions).includes(action),
    );
    return [
      ...limited,
      ...(actions.tagged === undefined
        ? allow(write, actions.on?.map(arn) ?? [])
        : allow(write, [arnOf(actions.tagged, region)], this.own)),
      ...allow(actions.writeAny, ['*']),
      ...allow(actions.create, (actions.createOn ?? []).map(arn), this.created),
      ...(actions.also ?? []).flatMap((also) => allow(also.actions, also.on.map(arn))),
      ...this.named(actions),
      ...this.passed(subject, actions),
      ...(actions.encrypts === undefined ? [] : keyAllowances(actions.encrypts, this.environment, subject)),
    ];
  }

  /** Actions that a condition limits further, where the value is known. */
  private limited(subject: Subject, { limit, on = [] }: TypeActions): Allowance[] {
    const value = limit && subject.value(limit.attribute);
    if (limit === undefined || value === undefined) return [];
    return allow(limit.actions, on.map(subject.arn), { ArnLike: { [limit.key]: value } });
  }

  private named({ names }: TypeActions): Allowance[] {
    return this.resources
      .filter(({ type }) => names?.types.includes(type))
      .flatMap((other) => {
        const { on, tagged } = actionsOf(other, RESOURCE_ACTIONS);
        return tagged === undefined
          ? allow(names?.actions, (on ?? []).map(other.arn))
          : allow(names?.actions, [arnOf(tagged, other.region)], this.own);
      });
  }

  private passed(subject: Subject, { passes }: TypeActions): Allowance[] {
    const role = passes && subject.value(passes.role);
    if (passes === undefined || role === undefined) return [];
    const arn = role.startsWith('arn:') ? role : arnOf(`iam|role/${role}`, subject.region);
    return [
      ...allow(['iam:PassRole'], [arn], { StringEquals: { 'iam:PassedToService': passes.to } }),
      ...allow(['iam:GetRole'], [arn]),
    ];
  }
}

/** RDS creates its role in an account with the first database of that account. */
function serviceLinkedRole(resources: readonly Subject[]): Allowance[] {
  const database = resources.find(({ type }) => type === 'aws_db_instance' || type === 'aws_rds_cluster');
  if (database === undefined) return [];
  const role = arnOf('iam|role/aws-service-role/rds.amazonaws.com/*', database.region);
  return allow(['iam:CreateServiceLinkedRole'], [role], {
    StringEquals: { 'iam:AWSServiceName': 'rds.amazonaws.com' },
  });
}
