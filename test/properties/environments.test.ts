import fc from 'fast-check';
import { stringify } from 'yaml';
import { regionAuthorities } from '../../contract/aws/certificate-authorities';
import { environmentJsonSchema, NAME_LIMIT } from '../../contract/environment/environment';
import { parseEnvironment } from '../../contract/environment/parse';
import { ContractError, type Mistake } from '../../contract/error';
import { synthesizeAll } from '../support/synth/environments';
import { brokenInvariants } from '../support/synth/invariants';
import { keysOfSchema, oddValues, type Schema, type SchemaKey, valuesOf } from '../support/synth/schema-values';
import { ACCOUNT, AUTHENTICATION, inPlace, KEY_ID, PLACES, VARIETIES, type Variety } from '../support/synth/varieties';

/** A run of the whole suite draws some; PROPERTY_RUNS=10000 draws as many as the numbers in the guide are from. */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 60);
jest.setTimeout(30_000 + RUNS * 500);

const KEYS = keysOfSchema(environmentJsonSchema() as Schema);
const AUTHORITIES = regionAuthorities('eu-west-1') ?? '';

const POLICIES = fc.constantFrom(
  [`arn:aws:iam::${ACCOUNT}:policy/reports`],
  ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
);
const SECRETS = fc.constantFrom(
  `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:other/one-0a1b2c`,
  `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:${'x'.repeat(500)}-0a1b2c`,
);

/** What the schema says of these leaves too much open: most of what it allows is refused by the rules between keys. */
const LIKELY: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  name: fc
    .stringMatching(new RegExp(`^[a-z](?:-?[a-z0-9]){0,${NAME_LIMIT - 1}}$`))
    .filter((text) => text.length <= NAME_LIMIT),
  region: fc.constantFrom(...PLACES.map(({ region }) => region)),
  'cluster.oidcProviderArn': fc.constant(`arn:aws:iam::${ACCOUNT}:oidc-provider/oidc.example.com/id/0A1B`),
  'cluster.permissionsBoundaryArn': fc.constant(`arn:aws:iam::${ACCOUNT}:policy/${'x'.repeat(640)}`),
  'database.backupWindow': fc.constantFrom('02:00-03:00', '23:45-00:15', '04:00-04:45', '02:00-02:29'),
  'database.maintenanceWindow': fc.constantFrom('sun:04:30-sun:05:30', 'sun:23:50-mon:00:20', 'tue:02:30-tue:03:00'),
  'database.existing.host': fc.constantFrom(
    'other.c0a1b2c3d4e5.eu-west-1.rds.amazonaws.com',
    'db.internal',
    '10.0.0.1',
  ),
  'database.access.cidrs': fc.constantFrom(['10.0.0.0/8'], ['192.168.1.0/24', '100.64.0.0/10'], ['8.8.8.0/24']),
  'database.aurora': fc.constantFrom({ minimumCapacity: 0.5, maximumCapacity: 16 }, { readers: 0 }, { readers: 15 }),
  'database.restore': fc.constantFrom(
    { snapshotIdentifier: `arn:aws:rds:eu-west-1:${ACCOUNT}:snapshot:shared` },
    { sourceIdentifier: 'prod-before', latest: true },
    { sourceResourceId: 'db-ABCDEFGHIJKLMNOPQRSTUVWXYZ', time: '2026-01-31T09:30:00Z' },
    { automatedBackupsArn: `arn:aws:rds:eu-west-1:${ACCOUNT}:auto-backup:ab-0a1b`, latest: true },
  ),
  'database.replication': fc.constantFrom(
    { region: 'eu-central-1' },
    { region: 'eu-central-1', keyArn: `arn:aws:kms:eu-central-1:${ACCOUNT}:key/${KEY_ID}` },
  ),
  'encryption.keyArn': fc.constant(`arn:aws:kms:eu-west-1:${ACCOUNT}:key/${KEY_ID}`),
  'secrets.readerRoleArn': fc.constant(`arn:aws:iam::${ACCOUNT}:role/path/reader`),
  'secrets.controlPlane': SECRETS.map((secretArn) => ({ secretArn })),
  'backup.schedule': fc.constantFrom('0 5 * * *', '*/15 1-3 * * MON-FRI', '0 0 31 2 *', '60 * * * *'),
  'alarms.topicArn': fc.constant(`arn:aws:sns:eu-west-1:${ACCOUNT}:oncall`),
  'podRoles.api.policyArns': POLICIES,
  'podRoles.scanner.policyArns': POLICIES,
  authentication: fc.subarray(Object.entries(AUTHENTICATION)).map((ways) => Object.fromEntries(ways)),
  ...Object.fromEntries(
    KEYS.filter(({ path }) => path.at(-1) === 'secretArn' || path[1] === 'existing').flatMap(({ path }) =>
      path.at(-1)?.match(/^(?:secretArn|arn)$/) ? [[path.join('.'), SECRETS]] : [],
    ),
  ),
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
  .tuple(
    fc.constantFrom(...Object.values(VARIETIES)),
    fc.array(fc.oneof(...KEYS.map(editOf)), { maxLength: 4 }),
    fc.constantFrom(...PLACES),
  )
  .map(([variety, edits, place]) => {
    const content = edits.reduce<unknown>((former, { path, value }) => edited(former, path, value), variety);
    return inPlace(content as object, place);
  });

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
    return { broken: brokenInvariants(synthesizeAll(result.environment, AUTHORITIES)) };
  } catch (error) {
    if (error instanceof ContractError) return error;
    throw error;
  } finally {
    forgetTokens();
  }
}

/** cdktf keeps the tokens of every app that a process has made; those of thousands do not fit into its memory. */
function forgetTokens(): void {
  const { __cdktfTokenMap: tokens } = globalThis as { __cdktfTokenMap?: Record<string, unknown> };
  for (const map of Object.values(tokens ?? {})) if (map instanceof Map) map.clear();
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

it.each(Object.keys(VARIETIES))('%s is an environment, in every partition', (variety) => {
  const outcomes = PLACES.map((place) => {
    const result = parseEnvironment('prod.yaml', stringify(inPlace(VARIETIES[variety as Variety], place)));
    return 'mistakes' in result ? result.mistakes : [];
  });
  expect(outcomes).toEqual(PLACES.map(() => []));
  expect(outcome(VARIETIES[variety as Variety])).toEqual({ broken: [] });
});

const LENGTHS = RUNS > 1000 ? Array.from({ length: NAME_LIMIT }, (_, index) => index + 1) : [1, 2, 20, 39, NAME_LIMIT];

it.each(LENGTHS)('a name of %i characters fits everywhere', (length) => {
  const name = `a${'-b'.repeat(length)}`.slice(0, length).replace(/-$/, 'c');
  for (const variety of [VARIETIES.large, VARIETIES.serverless]) {
    expect(outcome({ ...variety, name })).toEqual({ broken: [] });
  }
});
