import { iamAllowances, PURPOSES, RESOURCE_ACTIONS } from '../../../commands/explain/iam/policies';
import { arnOf } from '../../../commands/explain/iam/subjects';
import { StackTemplate } from '../../../commands/explain/stack-template';
import { mistakesOf, type StatementOfPolicy } from '../../support/aws/iam-reference';
import { parsed, synthesizeAll } from '../../support/synth/environments';
import { currentSnapshots } from '../../support/synth/snapshot-environments';
import { VARIETIES, type Variety } from '../../support/synth/varieties';

// It synthesizes every environment.
jest.setTimeout(60_000);

/**
 * What AWS's own example allows, although no request to describe a key has a context.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
const AS_DOCUMENTED = 'kms:EncryptionContext:aws:logs:arn is no key of kms:DescribeKey there';

/** A statement as it is synthesized. */
interface StatementBlock {
  readonly effect?: string;
  readonly actions: readonly string[];
  readonly resources?: readonly string[];
  readonly condition?: readonly { readonly test: string; readonly variable: string }[];
}

/** What a reference to a resource means in a policy, as far as it is known before Terraform runs. */
function arnsIn(resource: string): string {
  return resource
    .replace(/\$\{[^{}]*\.secret_arn\}/, arnOf('secretsmanager|secret:rds!*', 'eu-west-1'))
    .replace(/\$\{(aws_\w+)\.[\w-]+\.arn\}/, (reference, type) => {
      const table = RESOURCE_ACTIONS[type];
      const template = table?.tagged ?? table?.on?.[0];
      return template === undefined ? reference : arnOf(template.replace(/\{\w+\}/, 'name'), 'eu-west-1');
    })
    .replace(/\$\{[^{}]*\}/g, 'x');
}

function statementOf({ effect, actions, resources, condition = [] }: StatementBlock): StatementOfPolicy {
  return {
    actions,
    denies: effect === 'Deny',
    ...(resources && { resources: resources.map(arnsIn) }),
    conditions: condition.map(({ test, variable }) => [test, variable.replace(/\$\{[^{}]*\}/g, 'x')] as const),
  };
}

it('every policy of a stack names actions, resources and keys of conditions that AWS has and that fit', async () => {
  const documents = [...currentSnapshots()].flatMap(([file, text]) =>
    file.endsWith('.json') ? Object.entries(JSON.parse(text).data?.aws_iam_policy_document ?? {}) : [],
  ) as [string, { readonly statement: readonly StatementBlock[] }][];
  const mistakes = await Promise.all(
    documents.map(async ([id, { statement }]) =>
      (await mistakesOf(statement.map(statementOf)))
        .filter((mistake) => mistake !== AS_DOCUMENTED)
        .map((mistake) => `${id}: ${mistake}`),
    ),
  );
  expect(mistakes.flat()).toEqual([]);
  expect(documents.length).toBeGreaterThan(80);
});

it.each(
  Object.keys(VARIETIES) as Variety[],
)('the permissions of the commands for %s are actions, resources and keys of conditions that AWS has and that fit', async (variety) => {
  const file = VARIETIES[variety];
  const { database, workload } = synthesizeAll(parsed(file), 'PEM');
  const stacks = Object.entries({ database, workload }).flatMap(([name, template]) =>
    template === undefined ? [] : [new StackTemplate(`prod-${name}`, template.json)],
  );
  for (const purpose of PURPOSES) {
    // The same actions are allowed on the resource itself and on what they name; not each names all of these.
    const statements = new Map<string, StatementOfPolicy>();
    for (const { actions, resources, condition = {} } of iamAllowances(purpose, parsed(file), stacks)) {
      const conditions = Object.entries(condition).flatMap(([operator, values]) =>
        Object.keys(values).map((key) => [operator, key] as const),
      );
      const key = JSON.stringify([actions, conditions]);
      const others = statements.get(key)?.resources ?? [];
      statements.set(key, { actions, resources: [...others, ...resources], conditions });
    }
    for (const statement of statements.values()) expect(await mistakesOf([statement])).toEqual([]);
  }
});
