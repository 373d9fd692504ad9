import fc from 'fast-check';
import { terraformLiteral } from '../../constructs/terraform-literal';
import { NAME_LIMIT } from '../../contract/environment/environment';
import { derivedName } from '../../contract/names';
import { connectionLimits } from '../../contract/postgres/connection-budget';
import { connectionUrl, encodeUserInfo } from '../../contract/postgres/connection-url';
import { loginOfGeneration, RUNTIME_IDENTITIES } from '../../contract/postgres/identities';
import { startupOptions } from '../../contract/postgres/settings';
import { DEFAULT_VALUES } from '../../contract/product/chart';
import { knownVersions } from '../../contract/product/facts';
import { type HelmValue, type HelmValues, mergeValues } from '../../contract/product/helm-values';
import { releaseValueMistakes } from '../../contract/product/release-values';
import { OWNED } from '../support/synth/chart';
import { minimal, mistakesIn, parsed } from '../support/synth/environments';

/** Texts in which what Terraform, URLs and shells treat specially is common. */
const awkward = fc
  .array(fc.constantFrom('$', '%', '{', '}', '~', '"', '\\', '\n', "'", ' ', '@', ':', '/', '?', '#', '+', 'a', 'é'))
  .map((characters) => characters.join(''));

/** Reads a template as Terraform does; an interpolation or a directive is an error. */
function evaluate(template: string): string {
  let text = '';
  for (let at = 0; at < template.length; at += 1) {
    const [one, two, three] = template.slice(at, at + 3);
    const introducer = one === '$' || one === '%';
    if (introducer && two === one && three === '{') at += 1;
    else if (introducer && two === '{') throw new Error(`interpolation at ${at}`);
    text += one;
  }
  return text;
}

describe('a literal of Terraform', () => {
  it('comes out as it went in', () => {
    fc.assert(
      fc.property(awkward, (text) => evaluate(terraformLiteral(text)) === text),
      { numRuns: 2000 },
    );
  });

  it('refuses a reference', () => {
    expect(() => terraformLiteral('before ${TfToken[TOKEN.0]} after')).toThrow('reference');
  });
});

const anyText = fc.oneof(awkward, fc.string({ unit: 'grapheme' }));

describe('a connection URL', () => {
  it('gives user and password back', () => {
    fc.assert(
      fc.property(anyText, anyText, (user, password) => {
        fc.pre(user !== '' && password !== '');
        const parts = { host: 'db.internal', port: 5432, database: 'agent_bom', caFile: '/ca.pem' };
        const url = new URL(
          connectionUrl({ ...parts, encodedUser: encodeUserInfo(user), encodedPassword: encodeUserInfo(password) }),
        );
        return (
          decodeURIComponent(url.username) === user &&
          decodeURIComponent(url.password) === password &&
          url.host === 'db.internal:5432' &&
          url.searchParams.get('sslmode') === 'verify-full'
        );
      }),
    );
  });
});

describe('startup options', () => {
  it('split into what they were put together from', () => {
    fc.assert(
      fc.property(awkward, (value) => {
        const words = startupOptions({ 'a.b': value, 'c.d': 'end' }).match(/(?:\\[\s\S]|[^\\\s])+/g) ?? [];
        const plain = words.map((word) => word.replace(/\\([\s\S])/g, '$1'));
        expect(plain).toEqual(['-c', `a.b=${value}`, '-c', 'c.d=end']);
      }),
    );
  });
});

describe('names', () => {
  const name = fc.stringMatching(new RegExp(`^[a-z](?:-?[a-z0-9]){0,${NAME_LIMIT}}$`));

  it('of environments are valid exactly up to the limit, and then everything derived fits', () => {
    fc.assert(
      fc.property(name, (candidate) => {
        const content = JSON.stringify({ ...minimal(), name: candidate });
        expect(mistakesIn(content)).toHaveLength(candidate.length > NAME_LIMIT ? 1 : 0);
        if (candidate.length > NAME_LIMIT) return;
        expect(derivedName(candidate, 'instance')).toMatch(/^[a-z](?:-?[a-z0-9]){0,62}$/);
        expect(derivedName(candidate, 'secretReaderRole').length).toBeLessThanOrEqual(64);
      }),
    );
  });
});

describe('logins', () => {
  it('alternate, so that two generations in a row never share one with two logins', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9998 }), fc.constantFrom(...RUNTIME_IDENTITIES), (generation, identity) => {
        const [now, next] = [generation, generation + 1].map((each) => loginOfGeneration(identity, each));
        return identity.logins.length === 1 ? now === next : now !== next;
      }),
    );
  });
});

describe('connection limits', () => {
  const pool = fc.record({
    chartVersion: fc.constantFrom(...knownVersions(), '0.103.1', '9.0.0'),
    replicas: fc.integer({ min: 1, max: 50 }),
    poolMinimum: fc.integer({ min: 1, max: 100 }),
    poolMaximum: fc.integer({ min: 1, max: 200 }),
  });

  it('of a number of pods that the load decides are those of the maximum', () => {
    fc.assert(
      fc.property(pool, fc.integer({ min: 1, max: 50 }), (settings, maximumReplicas) => {
        const autoscaling = { minimumReplicas: 1, maximumReplicas, cpuPercent: 70 };
        expect(connectionLimits({ ...settings, autoscaling })).toEqual(
          connectionLimits({ ...settings, replicas: maximumReplicas }),
        );
      }),
    );
  });

  it('let every pod of a rolling update fill its pools', () => {
    fc.assert(
      fc.property(pool, (settings) => {
        const limits = connectionLimits(settings);
        const pods = settings.replicas + Math.ceil(settings.replicas / 4);
        expect(limits.app).toBeGreaterThan(pods * Math.max(settings.poolMinimum, settings.poolMaximum));
        expect(limits.maintenance).toBeGreaterThan(pods * Math.min(4, settings.poolMaximum));
      }),
    );
  });

  it('never sink when something grows', () => {
    fc.assert(
      fc.property(
        pool,
        fc.constantFrom('replicas' as const, 'poolMinimum' as const, 'poolMaximum' as const),
        (settings, grown) => {
          const before = connectionLimits(settings);
          const after = connectionLimits({ ...settings, [grown]: settings[grown] + 1 });
          return after.app >= before.app && after.maintenance >= before.maintenance && after.backup >= before.backup;
        },
      ),
    );
  });
});

describe('values of the chart', () => {
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(true, 3, null, 'text'),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(
        fc.constantFrom(
          ...['controlPlane', 'api', 'env', 'enabled', 'name', 'ui', 'migrations', 'ingress', 'autoscaling', 'x'],
          ...['serviceAccount', 'annotations', 'externalSecrets', 'api.replicas', 'Api', '<<', 'y', 'z'],
        ),
        tie('tree'),
      ),
    ),
  }));
  const values = fc.dictionary(
    fc.constantFrom(
      'controlPlane',
      'externalSecrets',
      'serviceAccount',
      'nameOverride',
      'scanner',
      'gateway',
      'x',
      'y',
      'z',
    ),
    tree,
  ) as fc.Arbitrary<HelmValues>;

  it('either break a rule or leave every owned value as it is', () => {
    fc.assert(
      fc.property(values, (given) => {
        fc.pre(releaseValueMistakes(given).length === 0);
        expect(owned(mergeValues(DEFAULT_VALUES, given, OWNED), OWNED)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  /** A text, or what holds it, at any place in any values. */
  const hidden = (text: HelmValue) =>
    fc
      .tuple(values, fc.array(fc.constantFrom('controlPlane', 'api', 'ui', 'env', 'args', 'secretName', 'x', 0, 1)))
      .map(([given, path]) => ({ ...given, x: path.reduceRight<HelmValue>(nest, text) }));

  it.each([
    ['postgresql://someone:hunter2@db.internal/x'],
    ['host=db.internal password=hunter2'],
    ['https://x.example.com/?token=hunter2'],
    [Buffer.from('redis://:hunter2@cache:6379').toString('base64')],
  ])('never hold %p, and no mistake repeats it', (text) => {
    fc.assert(
      fc.property(hidden(text), (given) => {
        const mistakes = releaseValueMistakes(given);
        expect(mistakes.some(({ path }) => path[0] === 'x')).toBe(true);
        expect(JSON.stringify(mistakes)).not.toContain(text);
      }),
    );
  });

  it.each([
    'agent-bom-admin',
    'agent-bom-app-g12',
    'agent-bom-backup-g3',
    'agent-bom-control-plane',
  ])('never name %p', (secret) => {
    fc.assert(
      fc.property(hidden({ secretName: secret }), (given) =>
        releaseValueMistakes(given).some(({ path, got }) => path[0] === 'x' && got === secret),
      ),
    );
  });
});

function nest(inner: HelmValue, key: string | number): HelmValue {
  return typeof key === 'number' ? [...Array<HelmValue>(key).fill(null), inner] : { [key]: inner };
}

describe('an environment file', () => {
  it('of any content gives mistakes or an environment, and never an exception', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), awkward), (text) => {
        for (const { rule, fix } of mistakesIn(text)) expect(rule && fix).toBeTruthy();
      }),
      { numRuns: 500 },
    );
  });

  it('that is valid says the same when it is written out again', () => {
    const environment = parsed(minimal());
    const { namespace, createNamespace, ...rest } = environment;
    expect(parsed({ ...rest, namespace: { name: namespace, create: createNamespace } })).toEqual(environment);
  });
});

/** Whether everything that `part` says is in `whole`; of lists, that the items are among the others. */
function owned(whole: unknown, part: unknown): boolean {
  if (Array.isArray(part)) {
    return (
      Array.isArray(whole) &&
      part.every((item) => whole.some((other) => JSON.stringify(other) === JSON.stringify(item)))
    );
  }
  if (typeof part !== 'object' || part === null) return whole === part;
  if (Object.keys(part).length === 0) return JSON.stringify(whole) === '{}';
  return Object.entries(part).every(([key, value]) => owned((whole as Record<string, unknown> | null)?.[key], value));
}
