import { DEFAULT_VALUES } from '../../contract/chart';
import { type HelmValues, mergeValues } from '../../contract/helm-values';
import { REFUSED_API_VARIABLES } from '../../contract/refused-variables';
import { releaseValueMistakes } from '../../contract/release-values';
import { OWNED } from '../support/owned-values';

interface MergedValues {
  readonly controlPlane: {
    readonly api: { readonly replicas: number; readonly env: readonly { readonly name: string }[] };
    readonly ui: HelmValues;
    readonly observability: HelmValues;
  };
}

function paths(values: HelmValues): string[] {
  return releaseValueMistakes(values).map(({ path }) => path.join('.'));
}

describe('owned values', () => {
  it.each<[string, HelmValues]>([
    ['controlPlane.enabled', { controlPlane: { enabled: false } }],
    ['controlPlane.migrations.enabled', { controlPlane: { migrations: { enabled: true } } }],
    ['controlPlane.backup.enabled', { controlPlane: { backup: { enabled: true } } }],
    ['controlPlane.api.replicas', { controlPlane: { api: { replicas: 9 } } }],
    ['controlPlane.api.autoscaling.enabled', { controlPlane: { api: { autoscaling: { enabled: true } } } }],
    ['controlPlane.api', { controlPlane: { api: null } }],
    ['controlPlane', { controlPlane: 'off' }],
    ['controlPlane.externalSecrets.enabled', { controlPlane: { externalSecrets: { enabled: true } } }],
    [
      'controlPlane.api.env.0',
      { controlPlane: { api: { env: [{ name: 'AGENT_BOM_POSTGRES_POOL_MAX_SIZE', value: '9' }] } } },
    ],
    ['controlPlane.api.extraVolumes.0', { controlPlane: { api: { extraVolumes: [{ name: 'postgres-ca' }] } } }],
  ])('%s is refused', (path, values) => {
    expect(paths(values)).toEqual([path]);
  });

  it('leave everything else to the user', () => {
    const values = {
      controlPlane: { api: { env: [{ name: 'LOG_LEVEL', value: 'info' }] }, ui: { replicas: 3 } },
      scanner: { enabled: true },
    };
    expect(paths(values)).toEqual([]);
  });

  it('win, and lists are extended', () => {
    const user = { controlPlane: { api: { env: [{ name: 'LOG_LEVEL', value: 'info' }] }, ui: { replicas: 3 } } };
    const { controlPlane } = mergeValues(DEFAULT_VALUES, user, OWNED) as unknown as MergedValues;
    expect(controlPlane.ui).toEqual({ replicas: 3 });
    expect(controlPlane.observability).toEqual({ prometheusRule: { enabled: false } });
    expect(controlPlane.api.replicas).toBe(2);
    const names = controlPlane.api.env.map(({ name }) => name);
    expect(names[0]).toBe('LOG_LEVEL');
    expect(names).toContain('AGENT_BOM_TRUST_PROXY_AUTH');
    expect(new Set(names).size).toBe(names.length);
  });

  it('are not changed by a merge', () => {
    const before = JSON.stringify(OWNED);
    mergeValues(DEFAULT_VALUES, { controlPlane: { api: { env: [{ name: 'A', value: 'b' }] } } }, OWNED);
    expect(JSON.stringify(OWNED)).toBe(before);
  });
});

describe('variables that would break the contract', () => {
  it.each(Object.keys(REFUSED_API_VARIABLES))('%s is refused', (name) => {
    const mistakes = releaseValueMistakes({ controlPlane: { api: { env: [{ name, valueFrom: {} }] } } });
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toMatchObject({ path: ['controlPlane', 'api', 'env', 0], got: name });
    expect(mistakes[0]?.rule).toContain(REFUSED_API_VARIABLES[name]);
  });
});

describe('credentials', () => {
  it.each<[string, HelmValues]>([
    ['a.password', { a: { password: 'hunter2' } }],
    ['a.0.token', { a: [{ token: 'hunter2' }] }],
    ['url', { url: 'redis://user:hunter2@cache:6379' }],
    ['pem', { pem: '-----BEGIN RSA PRIVATE KEY-----\nhunter2' }],
    ['id', { id: 'AKIAIOSFODNN7EXAMPLE' }],
    ['env.0.value', { env: [{ name: 'OIDC_CLIENT_SECRET', value: 'hunter2' }] }],
    ['connectionString', { connectionString: 'postgresql://a:hunter2@db/x' }],
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
    ['a number', { tokenTtl: 3600 }],
  ])('%s is none', (_what, values) => {
    expect(paths(values)).toEqual([]);
  });

  it('in an owned key are not shown either', () => {
    const mistakes = releaseValueMistakes({ controlPlane: { enabled: { password: 'hunter2' } } });
    expect(mistakes.length).toBeGreaterThan(0);
    expect(JSON.stringify(mistakes)).not.toContain('hunter2');
  });
});
