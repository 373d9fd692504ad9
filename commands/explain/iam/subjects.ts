import { partitionOf } from '../../../contract/aws/arn';
import { type JsonObject, list, object, type StackTemplate, text } from '../stack-template';

/** Services whose ARNs have no region, and those that have no account either. */
const GLOBAL = ['iam', 's3'];
const WITHOUT_ACCOUNT = ['s3'];
/** Attributes that name a resource in its ARN. */
const NAMES = ['identifier', 'cluster_identifier', 'bucket', 'name', 'alarm_name'];
const REFERENCE = /^\$\{(aws_\w+)\.([\w-]+)\.\w+\}$/;
/** A value that has another name here, or in the stack that this one reads. */
const ALIAS = /^\$\{(?:local|data\.terraform_remote_state\.[\w-]+\.(outputs))\.([\w-]+)\}$/;
/** The secret of the administrator, which RDS names. */
const ADMINISTRATOR = /\.master_user_secret\[0\]\.secret_arn\}$/;
const PARTITION = /\$\{data\.aws_partition\.[\w-]+\.partition\}/g;

/** Something of AWS in the stacks, whose names in ARNs can be asked. */
export interface Subject {
  readonly type: string;
  /** Region of its provider. */
  readonly region: string;
  /** ARN of a template such as `rds|db:{identifier}`. */
  readonly arn: (template: string) => string;
  /** Value of an attribute, as far as it is known; a role or a policy in another attribute by its ARN. */
  readonly value: (attribute: string) => string | undefined;
}

/** The resources of AWS in all stacks, what they look up, or what they read and keep nowhere. */
export function subjects(stacks: readonly StackTemplate[], what: 'resources' | 'lookups' | 'ephemerals'): Subject[] {
  return stacks.flatMap((stack) => {
    const regions = providerRegions(stack);
    return stack
      .blocks(what)
      .filter(({ type }) => type.startsWith('aws_'))
      .map(({ type, block }) => subject(type, block, regions.get(text(block.provider) ?? 'aws') ?? '*', stacks));
  });
}

function subject(type: string, block: JsonObject, region: string, stacks: readonly StackTemplate[]): Subject {
  const value = (attribute: string): string | undefined => {
    const prefix = attribute === 'name' ? text(block.name_prefix) : undefined;
    const found =
      known(resolved(text(block[attribute]), stacks), stacks, region) ??
      (prefix === undefined ? undefined : `${prefix}*`);
    return attribute === 'name' && found !== undefined ? `${pathOf(type, block)}${found}` : found;
  };
  const arn = (template: string): string => {
    const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, attribute = '']) => value(attribute));
    const written = names.find((name) => name?.startsWith('arn:'));
    return (
      written ??
      arnOf(
        template.replace(/\{\w+\}/g, () => names.shift() ?? '*'),
        region,
      )
    );
  };
  return { type, region, arn, value };
}

/** The value that a local value or an output of another stack has in the end. */
function resolved(value: string | undefined, stacks: readonly StackTemplate[]): string | undefined {
  const [, output, name] = ALIAS.exec(value ?? '') ?? [];
  if (name === undefined) return value;
  const found = stacks.map((stack) => text(stack.named(output === undefined ? 'locals' : 'outputs', name)));
  return resolved(
    found.find((known) => known !== undefined),
    stacks,
  );
}

/** A value without what Terraform does not know yet; a reference to a resource is its name. */
function known(value: string | undefined, stacks: readonly StackTemplate[], region: string): string | undefined {
  if (ADMINISTRATOR.test(value ?? '')) return 'rds!*';
  const [, type = '', id = ''] = REFERENCE.exec(value ?? '') ?? [];
  const target = stacks.map((stack) => stack.resourceBlock(type, id)).find((block) => block !== undefined);
  const found =
    target === undefined
      ? value
      : `${pathOf(type, target)}${NAMES.map((name) => text(target[name])).find((name) => name !== undefined) ?? '*'}`;
  const replaced = found?.replace(PARTITION, partitionOf(region)).replace(/(?<!\$)\$\{[^}]*\}/g, '*');
  return replaced === '*' ? undefined : replaced;
}

/** What comes before the name of a role in its ARN. */
function pathOf(type: string, block: JsonObject): string {
  return type === 'aws_iam_role' ? (text(block.path) ?? '/').slice(1) : '';
}

/** An ARN of any account: a policy allows nothing in another account by itself. */
export function arnOf(template: string, region: string): string {
  const [service = '', resource] = template.split('|');
  if (resource === undefined) return template;
  const place = GLOBAL.includes(service) ? '' : region;
  return `arn:${partitionOf(region)}:${service}:${place}:${WITHOUT_ACCOUNT.includes(service) ? '' : '*'}:${resource}`;
}

function providerRegions(stack: StackTemplate): Map<string, string> {
  return new Map(
    list(stack.providers.aws)
      .map(object)
      .map(({ alias, region }) => [alias === undefined ? 'aws' : `aws.${text(alias)}`, text(region) ?? '*'] as const),
  );
}
