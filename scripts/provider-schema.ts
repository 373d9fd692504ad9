// Compares what the tests take for the providers' schemas with those that Terraform has: part of `npm run validate`.
import { PROVIDER_SCHEMA } from '../test/support/synth/schema/provider-schema';
import type { TypeSchema } from '../test/support/synth/schema/type-schema';

/** The part of `terraform providers schema -json` that is compared. */
interface ProviderSchemas {
  readonly provider_schemas?: Readonly<
    Record<string, { readonly resource_schemas?: Readonly<Record<string, Resource>> }>
  >;
}

interface Resource {
  readonly block: {
    readonly attributes?: Readonly<Record<string, { readonly optional?: boolean; readonly computed?: boolean }>>;
    readonly block_types?: Readonly<Record<string, unknown>>;
  };
}

/** Attributes that a stack writes, by the type of its resources. */
export type Written = Readonly<Record<string, readonly string[]>>;

/**
 * What differs, a line each. Types of providers that the schemas do not have are left out: the stack does not use them.
 *
 * @param written What the stack writes: that is what the table has to be complete for.
 */
export function schemaDifferences(
  { provider_schemas: providers = {} }: ProviderSchemas,
  written: Written = {},
): string[] {
  const types = Object.assign({}, ...Object.values(providers).map(({ resource_schemas: resources }) => resources));
  const named = Object.keys(types).map(providerOf);
  return Object.entries(PROVIDER_SCHEMA).flatMap(([type, schema]) => {
    if (types[type] === undefined)
      return named.includes(providerOf(type)) ? [`${type} is no type of its provider`] : [];
    return differencesOf(type, schema, types[type], written[type]);
  });
}

function differencesOf(
  type: string,
  { replaces, kept = [], defaults = {}, framework = false }: TypeSchema,
  { block }: Resource,
  written: readonly string[] = [],
): string[] {
  const { attributes = {}, block_types: blocks = {} } = block;
  const named = [...replaces.map((path) => path.split('.')[0] ?? ''), ...kept, ...Object.keys(defaults)];
  const missing = [...new Set(named)].filter((name) => attributes[name] === undefined && blocks[name] === undefined);
  const isKept = (name: string) => attributes[name]?.optional === true && attributes[name]?.computed === true;
  const notKept = kept.filter((name) => attributes[name] !== undefined && !isKept(name));
  // Most providers know a value that they compute after the apply alone, and have no default for it.
  const computed = Object.keys(defaults).filter((name) => attributes[name]?.computed === true && !framework);
  const forgotten = written.filter((name) => isKept(name) && !kept.includes(name) && defaults[name] === undefined);
  return [
    ...missing.map((name) => `${type} has no ${name}`),
    ...notKept.map((name) => `${type}.${name} is not optional and computed`),
    ...computed.map((name) => `${type}.${name} is computed, and has no default`),
    ...forgotten.map((name) => `${type}.${name} is written, and optional and computed, which the table does not say`),
  ];
}

/** The attributes that a synthesized stack writes. */
export function writtenIn(resources: Readonly<Record<string, Readonly<Record<string, object>>>>): Written {
  return Object.fromEntries(
    Object.entries(resources).map(([type, blocks]) => [type, [...new Set(Object.values(blocks).flatMap(Object.keys))]]),
  );
}

function providerOf(type: string): string {
  return type.split('_')[0] ?? '';
}
