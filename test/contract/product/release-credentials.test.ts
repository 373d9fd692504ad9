import type { HelmValues } from '../../../contract/product/helm-values';
import { releaseValueMistakes } from '../../../contract/product/release-values';

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

  it('in an owned key are not shown either', () => {
    const mistakes = releaseValueMistakes({ controlPlane: { enabled: { password: 'hunter2' } } });
    expect(mistakes.length).toBeGreaterThan(0);
    expect(JSON.stringify(mistakes)).not.toContain('hunter2');
  });
});
