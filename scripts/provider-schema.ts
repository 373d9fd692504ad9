// Compares what the tests take for the providers' schemas with those that Terraform has: part of `npm run validate`.
import { PROVIDER_SCHEMA, type TypeSchema } from '../test/support/synth/provider-schema';

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

/** What differs, a line each. Types of providers that the schemas do not have are left out: the stack does not use them. */
export function schemaDifferences({ provider_schemas: providers = {} }: ProviderSchemas): string[] {
  const types = Object.assign({}, ...Object.values(providers).map(({ resource_schemas: resources }) => resources));
  const named = Object.keys(types).map(providerOf);
  return Object.entries(PROVIDER_SCHEMA).flatMap(([type, schema]) => {
    if (types[type] === undefined)
      return named.includes(providerOf(type)) ? [`${type} is no type of its provider`] : [];
    return differencesOf(type, schema, types[type]);
  });
}

function differencesOf(
  type: string,
  { replaces, kept = [], defaults = {} }: TypeSchema,
  { block }: Resource,
): string[] {
  const { attributes = {}, block_types: blocks = {} } = block;
  const named = [...replaces.map((path) => path.split('.')[0] ?? ''), ...kept, ...Object.keys(defaults)];
  const missing = [...new Set(named)].filter((name) => attributes[name] === undefined && blocks[name] === undefined);
  const isKept = (name: string) => attributes[name]?.optional === true && attributes[name]?.computed === true;
  const notKept = kept.filter((name) => attributes[name] !== undefined && !isKept(name));
  // A provider knows a value that it computes after the apply alone, and has no default for it.
  const computed = Object.keys(defaults).filter((name) => attributes[name]?.computed === true);
  return [
    ...missing.map((name) => `${type} has no ${name}`),
    ...notKept.map((name) => `${type}.${name} is not optional and computed`),
    ...computed.map((name) => `${type}.${name} is computed, and has no default`),
  ];
}

function providerOf(type: string): string {
  return type.split('_')[0] ?? '';
}
