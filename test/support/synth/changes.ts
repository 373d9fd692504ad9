import { readFileSync } from 'node:fs';
import { PROVIDER_SCHEMA } from './schema/provider-schema';
import type { TypeSchema } from './schema/type-schema';
import type { Block, Template } from './template';

/** What Terraform does to a resource when one configuration follows another. */
export type Change = 'create' | 'destroy' | 'forget' | 'replace' | 'update';

/**
 * Every resource that differs between two stacks, as `type` or `type (what)`, with what Terraform does to it; sorted. What
 * a replaced resource has anew is not known during the plan, so that what refers to it changes too.
 */
export function changes(before: Template, after: Template): string[] {
  const [old, young] = [resourcesOf(before), resourcesOf(after)];
  const addresses = [...new Set([...old.keys(), ...young.keys()])].sort();
  const found = new Map<string, Change>();
  for (let size = -1; size !== weight(found); ) {
    size = weight(found);
    for (const address of addresses) {
      const change = forgets(after, address)
        ? 'forget'
        : changeOf(address, old.get(address), young.get(address), unknownOf(found, young));
      if (change !== undefined) found.set(address, change);
    }
  }
  return [...found].sort().map(([address, change]) => `${change} ${address.replace(/_[0-9A-F]{8}$/, '')}`);
}

/** It grows until nothing more follows from a replacement: an update can become one. */
function weight(found: ReadonlyMap<string, Change>): number {
  return [...found.values()].reduce((sum, change) => sum + (change === 'replace' ? 2 : 1), 0);
}

/** Whether a reference, such as `aws_rds_cluster.database.id`, is to something that is known only after the apply. */
type Unknown = (text: string) => boolean;

function unknownOf(found: ReadonlyMap<string, Change>, young: ReadonlyMap<string, Block>): Unknown {
  return (text) =>
    [...text.matchAll(/(?<![\w.-])((?:aws|random)_\w+\.[\w-]+)\.(\w+)/g)].some(([, address = '', attribute = '']) => {
      if (found.get(address) !== 'replace') return false;
      const written = young.get(address)?.[attribute];
      // What is written as text is known before the resource is there again.
      return written === undefined || text.includes(`${address}.id`) || /\$\{/.test(JSON.stringify(written));
    });
}

/** What a block `removed` names stays as it is, and Terraform knows it no more. */
function forgets({ json }: Template, address: string): boolean {
  return (json.removed ?? []).some(({ from, lifecycle }: Block) => address === from && lifecycle.destroy === false);
}

function changeOf(address: string, before: Block, after: Block, unknown: Unknown): Change | undefined {
  if (before === undefined) return 'create';
  if (after === undefined) return 'destroy';
  const schema = PROVIDER_SCHEMA[address.split('.')[0] ?? ''];
  const ignored: readonly string[] = after.lifecycle?.ignore_changes ?? [];
  const [old, young] = [before, after].map((block) => effective(block, ignored, schema));
  const differs = (one: unknown, other: unknown) => text(one) !== text(other) || unknown(text(other));
  const replaces = ['region', ...(schema?.replaces ?? [])].some(
    (path) => !keepsValue(path, young, schema) && differs(at(old, path), at(young, path)),
  );
  if (replaces) return 'replace';
  const kept = Object.keys(old ?? {}).filter((name) => keepsValue(name, young, schema));
  const rest = Object.fromEntries(Object.entries(old ?? {}).filter(([name]) => !kept.includes(name)));
  return differs(rest, young) ? 'update' : undefined;
}

/** A block without what Terraform ignores, and with the default of what it leaves out. */
function effective(block: Block, ignored: readonly string[], schema?: TypeSchema): Block {
  const entries = Object.entries({ ...schema?.defaults, ...block }).filter(([name]) => !ignored.includes(name));
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Whether an attribute that is left out keeps the value that it had. */
function keepsValue(name: string, block: Block, schema?: TypeSchema): boolean {
  return at(block, name) === undefined && (schema?.kept ?? []).includes(name);
}

function resourcesOf(template: Template): Map<string, Block> {
  return new Map(
    Object.entries<Block>(template.json.resource ?? {}).flatMap(([type, blocks]) =>
      Object.entries<Block>(blocks).map(([name, block]): [string, Block] => [
        `${type}.${name}`,
        withProvider(template, type, resolved(template, block)),
      ]),
    ),
  );
}

/**
 * A resource of AWS has the tags of its provider, if it has any, and knows its region: it is replaced by one in another
 * region. IAM has no regions.
 */
function withProvider({ json }: Template, type: string, block: Block): Block {
  if (!type.startsWith('aws_')) return block;
  const alias = String(block.provider ?? 'aws').split('.')[1];
  const provider = json.provider.aws.find((candidate: Block) => candidate.alias === alias);
  const tags = isTagged(type) ? { tags_all: provider?.default_tags } : {};
  return type.startsWith('aws_iam_') ? { ...block, ...tags } : { ...block, ...tags, region: provider?.region };
}

const tagged = new Map<string, boolean>();

/** Whether a type has tags, by its bindings. */
function isTagged(type: string): boolean {
  const known = tagged.get(type);
  if (known !== undefined) return known;
  const folder = type.replace(/^aws_/, '').replaceAll('_', '-');
  const bindings = require.resolve(`@cdktf/provider-aws/lib/${folder}/index.d.ts`);
  const found = readFileSync(bindings, 'utf8').includes('readonly tagsAll?');
  tagged.set(type, found);
  return found;
}

/** A block with what its data sources ask for in the place of a reference to what they answer; another question, another answer. */
function resolved(template: Template, block: Block): Block {
  const text = JSON.stringify(block, (_, value) =>
    typeof value !== 'string'
      ? value
      : value.replace(/\bdata\.(\w+)\.([\w-]+)\.\w+/g, (reference, type, name) => {
          const source = template.json.data?.[type]?.[name];
          return source === undefined || type === 'terraform_remote_state'
            ? reference
            : `${reference}(${JSON.stringify({ ...source, '//': 0 })})`;
        }),
  );
  return JSON.parse(text);
}

function at(block: Block, path: string): unknown {
  return path.split('.').reduce((value, key) => value?.[key], block);
}

/** What Terraform acts on: metadata of cdktf, and the lifecycle, which is a rule and no attribute, are left out. */
function text(value: unknown): string {
  return (
    JSON.stringify(value, (key, inner) =>
      key === '//' || key === 'lifecycle' || key === 'depends_on' ? undefined : inner,
    ) ?? ''
  );
}
