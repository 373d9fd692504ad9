import fc from 'fast-check';

/** The part of JSON Schema that the schema of environment files uses. */
export interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly multipleOf?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

/** A key of the schema, wherever it is. */
export interface SchemaKey {
  readonly path: readonly string[];
  readonly schema: Schema;
}

/** All keys of a schema, sections and what is in them. */
export function keysOfSchema(schema: Schema, path: readonly string[] = []): SchemaKey[] {
  const sections = [schema, ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  return sections.flatMap(({ properties }) =>
    Object.entries(properties ?? {}).flatMap(([key, inner]) => {
      const here = [...path, key];
      return [{ path: here, schema: inner }, ...keysOfSchema(inner, here)];
    }),
  );
}

/** Values that a schema allows. */
export function valuesOf(schema: Schema): fc.Arbitrary<unknown> {
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return fc.oneof(...alternatives.map(valuesOf));
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if ('const' in schema) return fc.constant(schema.const);
  switch (schema.type) {
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return edges(schema, fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 2 ** 31 }));
    case 'number':
      return numbers(schema);
    case 'array':
      return fc.array(valuesOf(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: schema.maxItems ?? 3,
      });
    case 'object':
      return objects(schema);
    case 'string':
      return texts(schema);
    default:
      return fc.constantFrom(true, 3, 'text', {});
  }
}

/** Values that nobody expects, with the ones next to the limits. */
export function oddValues(schema: Schema): fc.Arbitrary<unknown> {
  const beyond = [(schema.minimum ?? 0) - 1, (schema.maximum ?? 0) + 1, 'x'.repeat((schema.maxLength ?? 0) + 1)];
  return fc.oneof(
    fc.constantFrom(
      ...beyond,
      null,
      '',
      ' ',
      0,
      -1,
      1.5,
      2 ** 53,
      true,
      [],
      [null],
      {},
      '${x}',
      '%{x}',
      '::/0',
      '0.0.0.0/0',
    ),
    fc.constantFrom('__proto__', 'constructor', 'toString', '../..', '*', 'arn:aws:iam::1:role/*', '\u0000', '=1+1'),
    fc.string(),
    fc.jsonValue({ maxDepth: 2 }),
  );
}

function edges(schema: Schema, between: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const limits = [schema.minimum, schema.maximum].filter((limit) => limit !== undefined);
  return limits.length === 0 ? between : fc.oneof(between, fc.constantFrom(...limits));
}

function numbers(schema: Schema): fc.Arbitrary<unknown> {
  const step = schema.multipleOf ?? 0.5;
  const [minimum, maximum] = [schema.minimum ?? 0, schema.maximum ?? 1000];
  const steps = fc.integer({ min: Math.ceil(minimum / step), max: Math.floor(maximum / step) });
  return edges(
    schema,
    steps.map((count) => count * step),
  );
}

function objects({ properties = {}, required = [] }: Schema): fc.Arbitrary<unknown> {
  const entries = Object.entries(properties).map(([key, inner]) => [key, valuesOf(inner)]);
  return fc.record<Record<string, unknown>>(Object.fromEntries(entries), { requiredKeys: [...required] });
}

function texts({ pattern, minLength = 0, maxLength }: Schema): fc.Arbitrary<unknown> {
  if (pattern === undefined) return fc.string({ minLength, maxLength: maxLength ?? 20 });
  return (
    fc
      .stringMatching(new RegExp(pattern.replace(/\(\?[=!][^)]*\)/g, '')))
      // What looks ahead cannot be generated from: generate from the rest, and choose.
      .filter((text) => new RegExp(pattern).test(text))
      .filter((text) => text.length >= minLength && text.length <= (maxLength ?? Number.POSITIVE_INFINITY))
  );
}
