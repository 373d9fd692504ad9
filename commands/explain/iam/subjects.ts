import { partitionOf } from '../../../contract/aws/arn';
import { type JsonObject, list, object, type StackTemplate, text } from '../stack-template';

/** Services whose ARNs have no region, and those that have no account either. */
const GLOBAL = ['iam', 's3'];
const WITHOUT_ACCOUNT = ['s3'];
/** Attributes that name a resource in its ARN. */
const NAMES = ['identifier', 'cluster_identifier', 'bucket', 'name', 'alarm_name'];
const REFERENCE = /^\$\{(aws_\w+)\.([\w-]+)\.\w+\}$/;
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

/** The resources of AWS in all stacks, or what they look up. */
export function subjects(stacks: readonly StackTemplate[], what: 'resources' | 'lookups'): Subject[] {
  const all = stacks.flatMap((stack) => stack.blocks('resources'));
  return stacks.flatMap((stack) => {
    const regions = providerRegions(stack);
    return stack
      .blocks(what)
      .filter(({ type }) => type.startsWith('aws_'))
      .map(({ type, block }) => subject(type, block, regions.get(text(block.provider) ?? 'aws') ?? '*', all));
  });
}

function subject(type: string, block: JsonObject, region: string, all: readonly Block[]): Subject {
  const value = (attribute: string): string | undefined => {
    const prefix = attribute === 'name' ? text(block.name_prefix) : undefined;
    const found = known(text(block[attribute]), all, region) ?? (prefix === undefined ? undefined : `${prefix}*`);
    return attribute === 'name' && found !== undefined ? `${pathOf(type, block)}${found}` : found;
  };
  const arn = (template: string): string => {
    const resource = template.replace(/\{(\w+)\}/g, (_, attribute: string) => value(attribute) ?? '*');
    const written = /arn:aws[^|]*/.exec(resource)?.[0];
    return written ?? arnOf(resource, region);
  };
  return { type, region, arn, value };
}

interface Block {
  readonly type: string;
  readonly id: string;
  readonly block: JsonObject;
}

/** A value without what Terraform does not know yet; a reference to a resource is its name. */
function known(value: string | undefined, all: readonly Block[], region: string): string | undefined {
  const [, type, id] = REFERENCE.exec(value ?? '') ?? [];
  const target = all.find((candidate) => candidate.type === type && candidate.id === id);
  const found =
    target === undefined
      ? value
      : `${pathOf(target.type, target.block)}${NAMES.map((name) => text(target.block[name])).find((name) => name !== undefined) ?? '*'}`;
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
