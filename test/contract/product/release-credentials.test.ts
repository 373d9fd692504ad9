import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { documentsIn } from '../../../contract/product/credentials/manifests';
import { ruleSetFinds } from '../../../contract/product/credentials/rule-set';
import type { HelmValues } from '../../../contract/product/helm-values';
import { credentialMistakes } from '../../../contract/product/release-credentials';
import { releaseValueMistakes } from '../../../contract/product/release-values';
import { DISGUISED_BY_CONTEXT, HARMLESS_BY_CONTEXT } from '../../support/credentials/context';
import { DISGUISED } from '../../support/credentials/disguised';
import { HARMLESS } from '../../support/credentials/harmless';
import { DISGUISED_IN_CHARTS, HARMLESS_IN_CHARTS } from '../../support/credentials/public-charts';
import { DISGUISED_IN_SYNTAX, HARMLESS_IN_SYNTAX } from '../../support/credentials/syntaxes';
import { ALPHABETS, KEYS, random } from '../../support/credentials/tokens';

function paths(values: HelmValues): string[] {
  return releaseValueMistakes(values).map(({ path }) => path.join('.'));
}

describe('credentials', () => {
  it.each<[string, HelmValues]>([
    ['a.password', { a: { password: 'hunter2' } }],
    ['a.0.token', { a: [{ token: 'hunter2' }] }],
    ['url', { url: 'redis://user:hunter2@cache:6379' }],
    ['pem', { pem: '-----BEGIN RSA PRIVATE KEY-----\nhunter2' }],
    ['id', { id: 'AKIAIOSFODNN7EXAMPLE' }],
    ['env.0.value', { env: [{ name: 'OIDC_CLIENT_SECRET', value: 'hunter2' }] }],
    ['connectionString', { connectionString: 'postgresql://a:hunter2@db/x' }],
    ['slash', { slash: 'postgresql://a:hun/hunter2@db/x' }],
    ['user', { user: 'https://hunter2@git.example.com/x' }],
    ['query', { query: 'https://a.example.com/x?y=1&api_key=hunter2' }],
    ['keywords', { keywords: 'host=db user=a password = hunter2' }],
    ['json', { json: '{"password": "hunter2"}' }],
    ['yaml', { yaml: 'upstreams:\n  - url: https://a\n    token: hunter2' }],
    ['base64', { base64: Buffer.from('postgresql://a:hunter2@db/x').toString('base64') }],
    ['header', { header: 'Bearer hunter2hunter2hunter2' }],
    ['jwt', { jwt: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJodW50ZXIyIn0.hunter2' }],
    ['git', { git: 'ghp_hunter2hunter2hunter2hunter2' }],
    ['passwords.0', { passwords: ['hunter2'] }],
    ['password', { password: 12345 }],
    ['args.1', { args: ['--api-token', 'hunter2'] }],
    ['args.0', { args: ['--password=hunter2'] }],
    ['env.0.value', { env: [{ name: 'SECRET_KEY', value: 'hunter2' }] }],
  ])('%s is refused and not shown', (path, values) => {
    const mistakes = releaseValueMistakes(values);
    expect(mistakes.map((mistake) => mistake.path.join('.'))).toEqual([path]);
    expect(JSON.stringify(mistakes)).not.toContain('hunter2');
    expect(JSON.stringify(mistakes)).not.toContain('AKIA');
  });

  it.each<[string, HelmValues]>([
    ['the name of a Secret', { secretName: 'mine', passwordSecretRef: { name: 'mine' }, tokenFile: '/run/token' }],
    ['a reference', { env: [{ name: 'CLIENT_SECRET', valueFrom: { secretKeyRef: { name: 'mine', key: 'x' } } }] }],
    ['a URL without a password', { url: 'https://auth.example.com/realms/main' }],
    ['an empty password', { password: '' }],
    ['a number', { tokenTtl: 3600, tokens: 3 }],
    ['the key of a Secret', { cloud: { keySecretName: 'mine', keySecretKey: 'key' }, tokenSecretKey: 'token' }],
    ['a name in a document', { upstreamsYaml: 'upstreams:\n  - url: https://a\n    token_env: JIRA_TOKEN\n' }],
    ['an argument with a file', { args: ['--token-file', '/run/token', '--severity=high'] }],
    ['an image with a digest', { dumpImage: 'registry.example.com:5000/a@sha256:0a1b' }],
    ['a word of another meaning', { description: 'Basic authentication-required, password optional' }],
  ])('%s is none', (_what, values) => {
    expect(paths(values)).toEqual([]);
  });

  it.each<[string, HelmValues]>([
    ['remove it, and change the credential if it was real', { podAnnotations: { 'example.com/password': 'hunter2' } }],
    ['remove it, and change the credential if it was real', { podLabels: { token: 'Hunter2!' } }],
    [
      'put it into a Secret and refer to that by name, with `valueFrom.secretKeyRef` or `envFrom`',
      { env: [{ name: 'PASSWORD', value: 'hunter2' }] },
    ],
  ])('have the advice: %s', (fix, values) => {
    expect(credentialMistakes(values).map((mistake) => mistake.fix)).toEqual([fix]);
  });

  it('in an owned key are not shown either', () => {
    const mistakes = releaseValueMistakes({ controlPlane: { enabled: { password: 'hunter2' } } });
    expect(mistakes.length).toBeGreaterThan(0);
    expect(JSON.stringify(mistakes)).not.toContain('hunter2');
  });
});

describe('the list of values', () => {
  it('has at least 120 credentials and at least 120 values without one', () => {
    expect(DISGUISED.length).toBeGreaterThanOrEqual(120);
    expect(HARMLESS.length).toBeGreaterThanOrEqual(120);
  });

  it.each([
    ...DISGUISED,
    ...DISGUISED_IN_SYNTAX,
    ...DISGUISED_BY_CONTEXT,
    ...DISGUISED_IN_CHARTS,
  ])('finds the credential in %s, once, and does not show it', (_what, values) => {
    const mistakes = credentialMistakes(values);
    expect(mistakes).toHaveLength(1);
    expect(JSON.stringify(mistakes)).not.toMatch(/hunter2|letmein/);
  });

  it.each(HARMLESS)('finds none in %s', (_what, values) => {
    expect(releaseValueMistakes(values)).toEqual([]);
  });

  it.each([
    ...HARMLESS_IN_SYNTAX,
    ...HARMLESS_BY_CONTEXT,
    ...HARMLESS_IN_CHARTS,
  ])('finds none in %s', (_what, values) => {
    expect(credentialMistakes(values)).toEqual([]);
  });
});

describe('a key in one line', () => {
  const elliptic = createPrivateKey(KEYS.privateKey);
  const { privateKey: rsa } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const { privateKey: edwards } = generateKeyPairSync('ed25519');
  const mistakes = (name: string, der: Buffer) =>
    credentialMistakes({ env: [{ name, value: der.toString('base64') }] }).length;

  it.each<['pkcs1' | 'pkcs8' | 'sec1', KeyObject]>([
    ['pkcs8', elliptic],
    ['sec1', elliptic],
    ['pkcs8', rsa],
    // Keys of this kind have no other form.
    ['pkcs8', edwards],
    ['pkcs1', rsa],
  ])('is private in the form %s, whatever its name says', (type, key) => {
    expect(mistakes('PUBLIC_KEY', key.export({ type, format: 'der' }))).toBe(1);
  });

  it('is public in the form of public keys, though its name does not say so', () => {
    const publicKeys = [elliptic, rsa, edwards].map((key) =>
      createPublicKey(key).export({ type: 'spki', format: 'der' }),
    );
    expect(publicKeys.map((key) => mistakes('EXTRA', key))).toEqual([0, 0, 0]);
  });
});

describe('random texts under a name that says nothing', () => {
  it.each(
    Object.keys(ALPHABETS) as (keyof typeof ALPHABETS)[],
  )('are found if they are of 32 characters of %s, but for a few', (alphabet) => {
    const texts = Array.from({ length: 200 }, (_item, index) => random(alphabet, 32, String(index)));
    const missed = texts.filter((value) => credentialMistakes({ env: [{ name: 'EXTRA', value }] }).length === 0);
    expect(missed.length).toBeLessThanOrEqual(10);
  });
});

describe('random parts of addresses', () => {
  const value = `https://example.com/${random('base62', 32)}`;
  const isFound = (name: string): boolean => credentialMistakes({ env: [{ name, value }] }).length > 0;

  it('are credentials where messages are sent to, and names of objects elsewhere', () => {
    const names = ['WEBHOOK', 'ALERTS', 'NOTIFY', 'INGEST', 'PUSH', 'PING', 'CHAT'].map((word) => `${word}_URL`);
    expect(names.filter((name) => !isFound(name))).toEqual([]);
    expect(['DOCS_URL', 'LOGO_URL'].filter(isFound)).toEqual([]);
  });
});

describe('the rules of secretlint', () => {
  const loads = (values: HelmValues): number => {
    let loaded = 0;
    jest.isolateModules(() => {
      jest.doMock('@secretlint/secretlint-rule-preset-recommend', () => {
        loaded += 1;
        return { rules: [] };
      });
      require('../../../contract/product/release-credentials').credentialMistakes(values);
    });
    jest.dontMock('@secretlint/secretlint-rule-preset-recommend');
    return loaded;
  };

  it.each<[number, HelmValues]>([
    [0, {}],
    [0, { nodeSelector: { 'kubernetes.io/os': 'linux' }, ui: { replicas: 3 } }],
    [1, { a: 'registry.example.com/team-7', b: 'registry.example.com/team-8' }],
  ])('are loaded %i times for %j', (times, values) => {
    expect(loads(values)).toBe(times);
  });

  it.each([
    [true, `gh${'p_'}${random('base62', 36)}`],
    [true, `https://hooks.${'slack.com'}/services/T0000000A/B0000000B/${random('base62', 24)}`],
    [false, 'registry.example.com/team-7'],
  ])('answer %p at once', (found, text) => {
    expect(ruleSetFinds(text)).toBe(found);
  });
});

describe('long texts', () => {
  it.each([
    'a',
    'a.',
    'a-',
    'a:',
    '{{',
    '${',
    'https://a.b/c?d=e&',
    '<a>',
    'a -p ',
    "f('a',",
    'a,',
    'a_b c\n',
    'a.b=c\n',
    'https://a/b/',
    '# a=',
    'a|b\n',
    '{{{',
    '"{',
    'aA',
    'root:',
  ])('of %j take no time to speak of', (part) => {
    const started = process.cpuUsage().user;
    expect(credentialMistakes({ text: part.repeat(20_000 / part.length) })).toEqual([]);
    expect(process.cpuUsage().user - started).toBeLessThan(2_000_000);
  });

  it.each([
    [1, '[a, '.repeat(500) + ']'.repeat(500)],
    [0, '[a, '.repeat(501) + ']'.repeat(501)],
    [1, `${'- '.repeat(500)}a\n`.padStart(1200)],
    [0, `${'- '.repeat(501)}a\n`.padStart(1200)],
    [1, '- - a\n  - b\n'.repeat(600)],
    [0, `${']'.repeat(600)}${'['.repeat(600)}\n`],
    [1, '{}, '.repeat(600).replace(/^.*$/, '[$&]')],
  ])('that hold %d documents, by how deep they go', (count, text) => {
    expect(documentsIn(text)).toHaveLength(count);
  });
});
