import fc from 'fast-check';
import { stringify } from 'yaml';
import { regionAuthorities } from '../../contract/certificate-authorities';
import { environmentJsonSchema, NAME_LIMIT } from '../../contract/environment';
import { ContractError, type Mistake } from '../../contract/error';
import { parseEnvironment } from '../../contract/parse-environment';
import { minimal, synthesize } from '../support/environments';
import { brokenInvariants } from '../support/invariants';
import { keysOfSchema, oddValues, type Schema, type SchemaKey, valuesOf } from '../support/schema-values';

/** A run of the whole suite draws some; PROPERTY_RUNS=10000 draws as many as the numbers in the guide are from. */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 120);
jest.setTimeout(30_000 + RUNS * 500);

const KEYS = keysOfSchema(environmentJsonSchema() as Schema);
const AUTHORITIES = regionAuthorities('eu-west-1') ?? '';

/** What the schema says of these leaves too much open: most of what it allows is refused by the rules between keys. */
const LIKELY: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  name: fc
    .stringMatching(new RegExp(`^[a-z](?:-?[a-z0-9]){0,${NAME_LIMIT - 1}}$`))
    .filter((text) => text.length <= NAME_LIMIT),
  region: fc.constantFrom('eu-west-1', 'us-east-1', 'il-central-1', 'cn-north-1', 'cn-northwest-1', 'us-gov-west-1'),
  'database.backupWindow': fc.constantFrom('02:00-03:00', '23:45-00:15', '04:00-04:45', '02:00-02:29'),
  'database.maintenanceWindow': fc.constantFrom('sun:04:30-sun:05:30', 'sun:23:50-mon:00:20', 'tue:02:30-tue:03:00'),
};

/** One change of a valid environment file. */
interface Edit {
  readonly path: readonly string[];
  readonly value: unknown;
}

const REMOVED = Symbol('removed');

function editOf({ path, schema }: SchemaKey): fc.Arbitrary<Edit> {
  const likely = LIKELY[path.join('.')] ?? valuesOf(schema);
  const value = fc.oneof(
    { weight: 6, arbitrary: likely },
    { weight: 1, arbitrary: oddValues(schema) },
    { weight: 1, arbitrary: fc.constant(REMOVED) },
  );
  return value.map((chosen) => ({ path, value: chosen }));
}

const environments = fc
  .array(fc.oneof(...KEYS.map(editOf)), { maxLength: 5 })
  .map((edits) => edits.reduce<unknown>((content, { path, value }) => edited(content, path, value), minimal()));

function edited(content: unknown, [key = '', ...rest]: readonly string[], value: unknown): unknown {
  const section = typeof content === 'object' && content !== null && !Array.isArray(content) ? content : {};
  if (rest.length > 0) return { ...section, [key]: edited((section as Record<string, unknown>)[key], rest, value) };
  if (value !== REMOVED) return { ...section, [key]: value };
  return Object.fromEntries(Object.entries(section).filter(([name]) => name !== key));
}

/** What is wrong with an environment: the mistakes of its file, or what a construct says. Nothing if it synthesizes. */
function outcome(content: unknown): { mistakes: readonly Mistake[] } | { broken: readonly string[] } {
  const result = parseEnvironment('prod.yaml', stringify(content));
  if ('mistakes' in result) return result;
  try {
    return { broken: brokenInvariants(synthesize(result.environment, AUTHORITIES)) };
  } catch (error) {
    if (error instanceof ContractError) return error;
    throw error;
  }
}

it('every environment synthesizes to stacks that hold the invariants, or is refused with a path', () => {
  let [synthesized, refused] = [0, 0];
  fc.assert(
    fc.property(environments, (content) => {
      const result = outcome(content);
      if ('broken' in result) {
        synthesized += 1;
        expect(result.broken).toEqual([]);
        return;
      }
      refused += 1;
      expect(result.mistakes.length).toBeGreaterThan(0);
      for (const { path, rule, fix } of result.mistakes) {
        expect({ path: path ?? '', rule, fix }).toEqual({
          path: expect.stringMatching(/./),
          rule: expect.stringMatching(/./),
          fix: expect.stringMatching(/./),
        });
      }
    }),
    { numRuns: RUNS },
  );
  expect(synthesized).toBeGreaterThan(RUNS / 5);
  expect(refused).toBeGreaterThan(RUNS / 20);
});

it.each(
  Array.from({ length: NAME_LIMIT }, (_, index) => index + 1),
)('a name of %i characters fits everywhere', (length) => {
  const name = `a${'-b'.repeat(length)}`.slice(0, length).replace(/-$/, 'c');
  expect(outcome({ ...minimal(), name })).toEqual({ broken: [] });
});
