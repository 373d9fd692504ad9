import { derivedName } from '../../../contract/names';
import { type Subject, subjects } from '../../explain/iam/subjects';
import { counted } from '../../shared/output/check-table';
import { at, listAt, textAt } from '../../shared/program-runner';
import { type Finding, fail, type Preflight, type PreflightCheck, pass } from '../check';
import { type AwsAnswer, askAws, judged, notAsked } from './ask';
import { isDeployed } from './server';

/** How AWS is asked for a name, and the command that frees it. */
interface Held {
  readonly type: string;
  readonly what: string;
  readonly attribute: string;
  readonly ask: (name: string) => readonly string[];
  /** Whether an answer holds the name; without it, any answer does. */
  readonly holds?: (content: unknown, name: string) => boolean;
  readonly free: (name: string) => string;
}

const HELD: readonly Held[] = [
  {
    type: 'aws_cloudwatch_log_group',
    what: 'log group',
    attribute: 'name',
    ask: (name) => ['logs', 'describe-log-groups', '--log-group-name-prefix', name],
    holds: (content, name) => listAt(content, 'logGroups').some((group) => textAt(group, 'logGroupName') === name),
    free: (name) => `logs delete-log-group --log-group-name ${name}`,
  },
  {
    type: 'aws_db_subnet_group',
    what: 'DB subnet group',
    attribute: 'name',
    ask: (name) => ['rds', 'describe-db-subnet-groups', '--db-subnet-group-name', name],
    free: (name) => `rds delete-db-subnet-group --db-subnet-group-name ${name}`,
  },
  {
    type: 'aws_db_event_subscription',
    what: 'event subscription',
    attribute: 'name',
    ask: (name) => ['rds', 'describe-event-subscriptions', '--subscription-name', name],
    holds: (content) => listAt(content, 'EventSubscriptionsList').length > 0,
    free: (name) => `rds delete-event-subscription --subscription-name ${name}`,
  },
  {
    type: 'aws_iam_role',
    what: 'role',
    attribute: 'name',
    ask: (name) => ['iam', 'get-role', '--role-name', name],
    free: (name) => `iam delete-role --role-name ${name}`,
  },
  {
    type: 'aws_kms_alias',
    what: 'key alias',
    attribute: 'name',
    ask: (name) => ['kms', 'describe-key', '--key-id', name],
    free: (name) => `kms delete-alias --alias-name ${name}`,
  },
];

const SECRETS: PreflightCheck = {
  id: 'account.names-secrets',
  proves: 'no deleted secret holds a name of the environment',
  run: async (preflight) => {
    const stacks = await preflight.stacks;
    if ('reason' in stacks) return notAsked(stacks.reason);
    const { region } = preflight.environment;
    const names = namesOf(subjects(stacks, 'resources'), 'aws_secretsmanager_secret', 'name');
    const findings = await Promise.all(
      names.map(async (name): Promise<[string, Finding]> => {
        const answer = await askAws(region, 'secretsmanager', 'describe-secret', '--secret-id', name);
        const judge = (content: unknown): Finding =>
          at(content, 'DeletedDate') === undefined ? pass('') : fail(name, restore(name, region));
        return [name, judged(answer, judge, () => pass(''))];
      }),
    );
    const failed = findings.filter(([, { status }]) => status === 'fail');
    if (failed.length > 0) {
      const detail = `scheduled for deletion: ${failed.map(([name]) => name).join(', ')}`;
      return fail(detail, failed.map(([, { fix }]) => fix).join('\n  '));
    }
    const unasked = findings.find(([, { status }]) => status === 'skip');
    return unasked?.[1] ?? pass(`${counted(names.length, 'name')} free or in use`);
  },
  fix: () => '',
};

function restore(name: string, region: string): string {
  return (
    `aws secretsmanager delete-secret --region ${region} --secret-id ${name} --force-delete-without-recovery, ` +
    `or to keep its value: aws secretsmanager restore-secret --region ${region} --secret-id ${name}, and import it`
  );
}

const OTHERS: PreflightCheck = {
  id: 'account.names',
  proves: 'nothing else in the account has a name that the environment creates',
  run: async (preflight) => {
    const stacks = await preflight.stacks;
    if ('reason' in stacks) return notAsked(stacks.reason);
    const deployed = await isDeployed(preflight);
    if (deployed === undefined) return notAsked('whether the environment is deployed is not known');
    if (deployed) return pass('the environment is deployed, and the names are its own');
    const resources = subjects(stacks, 'resources');
    const questions = HELD.flatMap((held) =>
      namesOf(resources, held.type, held.attribute).map((name) => ({ held, name })),
    );
    const [tagged, ...answers] = await Promise.all([
      ownArns(preflight),
      ...questions.map(({ held, name }) => askAws(preflight.environment.region, ...held.ask(name))),
    ]);
    return heldNames(questions, answers, tagged, preflight);
  },
  fix: () => '',
};

function heldNames(
  questions: readonly { readonly held: Held; readonly name: string }[],
  answers: readonly AwsAnswer[],
  own: readonly string[],
  { environment: { region, name: environment } }: Preflight,
): Finding {
  const held = questions.filter(({ held, name }, index) => {
    const answer = answers[index];
    return answer?.kind === 'answered' && (held.holds?.(answer.content, name) ?? true);
  });
  const isOwn = (name: string): boolean => own.some((arn) => arn.endsWith(`:${name}`) || arn.endsWith(`/${name}`));
  const foreign = held.filter(({ name }) => !isOwn(name));
  if (foreign.length > 0) {
    const detail = foreign.map(({ held: { what }, name }) => `${what} ${name}`).join(', ');
    const commands = foreign.map(({ held: { free }, name }) => `aws ${free(name)} --region ${region}`);
    return fail(`existing: ${detail}`, `import it, or delete what nothing uses:\n  ${commands.join('\n  ')}`);
  }
  const unasked = answers.find((answer) => answer.kind === 'denied' || answer.kind === 'unasked');
  if (unasked !== undefined && unasked.kind !== 'answered') return notAsked(unasked.reason);
  if (held.length === 0) return pass('all are free');
  const names = held.map(({ held: { what }, name }) => `${what} ${name}`).join(', ');
  return {
    ...pass('what exists has the tag of the environment: see the warning'),
    warning: `These have the tag of ${environment}, and there is no database: ${names}. If the Terraform state does not have them, delete or import them first.`,
  };
}

/** ARNs of what has the tag of the environment; none where that cannot be asked. */
async function ownArns({ environment: { name, region } }: Preflight): Promise<string[]> {
  const filter = ['--tag-filters', `Key=agent-bom-environment,Values=${name}`];
  const answer = await askAws(region, 'resourcegroupstaggingapi', 'get-resources', ...filter);
  if (answer.kind !== 'answered') return [];
  return listAt(answer.content, 'ResourceTagMappingList').map((mapping) => textAt(mapping, 'ResourceARN'));
}

const SNAPSHOTS: PreflightCheck = {
  id: 'account.names-snapshots',
  proves: 'it is known which final snapshots a destroyed environment of this name left',
  required: ({ database }) => database,
  run: async (preflight) => {
    const { name, region, database } = preflight.environment;
    const identifier = derivedName(name, 'instance');
    const [operation, option, list, id] =
      database.form === 'aurora'
        ? [
            'describe-db-cluster-snapshots',
            '--db-cluster-identifier',
            'DBClusterSnapshots',
            'DBClusterSnapshotIdentifier',
          ]
        : ['describe-db-snapshots', '--db-instance-identifier', 'DBSnapshots', 'DBSnapshotIdentifier'];
    const answer = await askAws(region, 'rds', operation, option, identifier, '--snapshot-type', 'manual');
    const none = pass('none');
    return judged(
      answer,
      (content) => {
        const left = listAt(content, list)
          .map((snapshot) => textAt(snapshot, id))
          .filter((snapshot) => snapshot.startsWith(`${identifier}-final`));
        return left.length === 0 ? none : pass(`left: ${left.join(', ')}; \`database.restore\` can restore one`);
      },
      () => none,
    );
  },
  fix: () => '',
};

/** Names in the order of the stacks, as far as they are known whole. */
function namesOf(resources: readonly Subject[], type: string, attribute: string): string[] {
  const names = resources.filter((subject) => subject.type === type).map(({ value }) => value(attribute));
  return names.flatMap((name) => (name === undefined || name.includes('*') ? [] : [name]));
}

/** Whether the names are free. */
export const NAME_CHECKS: readonly PreflightCheck[] = [SECRETS, OTHERS, SNAPSHOTS];
