import { controlPlaneSecretName } from '../../../contract/names';
import { DEFAULT_VALUES } from '../../../contract/product/chart';
import { type HelmValues, mergeValues } from '../../../contract/product/helm-values';
import { REFUSED_API_VARIABLES, REFUSED_VARIABLES } from '../../../contract/product/release-references';
import { releaseValueMistakes } from '../../../contract/product/release-values';
import { OWNED } from '../../support/synth/chart';

const KEYS = controlPlaneSecretName();

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

function base(annotations: HelmValues): HelmValues {
  return { serviceAccount: { annotations } };
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
    ['controlPlane.ingress', { controlPlane: { ingress: { enabled: true, hosts: [{ host: 'a.example.com' }] } } }],
    ['controlPlane.api.autoscaling.maxReplicas', { controlPlane: { api: { autoscaling: { maxReplicas: 9 } } } }],
    [
      'controlPlane.api.autoscaling.keda.enabled',
      { controlPlane: { api: { autoscaling: { keda: { enabled: true } } } } },
    ],
    ['controlPlane.api.serviceAccount.name', { controlPlane: { api: { serviceAccount: { name: 'mine' } } } }],
    ['controlPlane.postgres.verification.enabled', { controlPlane: { postgres: { verification: { enabled: true } } } }],
    [
      'serviceAccount.annotations.eks.amazonaws.com/role-arn',
      base({ 'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/a' }),
    ],
    ['serviceAccount.annotations.a', base({ a: 'b' })],
    ['nameOverride', { nameOverride: 'mine' }],
    ['image.tag', { image: { tag: 'latest' } }],
    ['uiImage.repository', { uiImage: { repository: 'mine' } }],
    ['teardownHooks.enabled', { teardownHooks: { enabled: true } }],
    ['controlPlane.externalSecrets.enabled', { controlPlane: { externalSecrets: { enabled: true } } }],
    [
      'controlPlane.api.env.0',
      { controlPlane: { api: { env: [{ name: 'AGENT_BOM_POSTGRES_POOL_MAX_SIZE', value: '9' }] } } },
    ],
    ['controlPlane.api.extraVolumes.0', { controlPlane: { api: { extraVolumes: [{ name: 'postgres-ca' }] } } }],
  ])('%s is refused', (path, values) => {
    expect(paths(values)).toEqual([path]);
  });

  it.each<[string, HelmValues, string]>([
    ['replicas', { controlPlane: { api: { replicas: 9 } } }, 'release.replicas'],
    ['limits of the load', { controlPlane: { api: { autoscaling: { minReplicas: 9 } } } }, 'release.autoscaling'],
    ['an Ingress', { controlPlane: { ingress: {} } }, 'release.ingress'],
    ['a repository', { image: { repository: 'mine' } }, 'release.images.registry'],
    ['a version', { image: { tag: '0.1.0' } }, 'release.chartVersion'],
  ])('%s are decided elsewhere, and the mistake says where', (_what, values, key) => {
    expect(releaseValueMistakes(values).map(({ fix }) => fix)).toEqual([
      `remove it from \`release.values\`, and write \`${key}\``,
    ]);
  });

  it.each<[string, HelmValues]>([
    ['ControlPlane', { ControlPlane: { enabled: false } }],
    ['control-plane', { 'control-plane': {} }],
    ['controlPlane.api.replicas ', { controlPlane: { api: { 'replicas ': 9 } } }],
    ['controlPlane.api.replicas', { 'controlPlane.api.replicas': 9 }],
    ['a.b', { 'a.b': 9 }],
    ['controlPlane.api.env[0].name', { controlPlane: { 'api.env[0].name': 'x' } }],
    ['externalSecrets', { externalSecrets: { enabled: true } }],
    ['api', { api: { replicas: 9 } }],
    ['<<', { '<<': { controlPlane: {} } }],
    ['gateway.env.0.<<', { gateway: { env: [{ '<<': {} }] } }],
  ])('%s, which Helm would leave out or read otherwise, is refused', (path, values) => {
    expect(paths(values)).toEqual([path]);
  });

  it('leave everything else to the user', () => {
    const values = {
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      scanner: { serviceAccount: { annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/mine' } } },
      imagePullSecrets: [{ name: 'mine' }],
    };
    expect(paths(values)).toEqual([]);
  });

  it('leave variables and other components to the user', () => {
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

describe('what the API may not be given', () => {
  it.each(['--workers', '--workers=4'])('is the argument %s', (argument) => {
    expect(paths({ controlPlane: { api: { args: ['api', argument] } } })).toEqual(['controlPlane.api.args.1']);
  });

  it.each([
    '/etc/agent-bom/postgres-ca',
    '/etc/agent-bom/postgres-ca/x',
    '/etc//agent-bom/',
    '/etc',
    '/',
  ])('is a volume at %s', (mountPath) => {
    const extraVolumeMounts = [{ name: 'mine', mountPath }];
    expect(paths({ controlPlane: { api: { extraVolumeMounts } } })).toEqual([
      'controlPlane.api.extraVolumeMounts.0.mountPath',
    ]);
  });

  it.each(['/etc/agent-bom/postgres-cas', '/etc/agent', '/data'])('is no volume at %s', (mountPath) => {
    expect(paths({ controlPlane: { api: { extraVolumeMounts: [{ name: 'mine', mountPath }] } } })).toEqual([]);
  });

  it('is no other argument', () => {
    expect(paths({ controlPlane: { api: { args: ['api', '--host', '0.0.0.0', '--worker-class', 'x'] } } })).toEqual([]);
  });
});

describe('what belongs to other workloads', () => {
  it.each(Object.keys(REFUSED_VARIABLES))('%s is refused in every container', (name) => {
    const env = [{ name, valueFrom: { secretKeyRef: { name: 'mine', key: 'x' } } }];
    expect(paths({ gateway: { env } })).toEqual(['gateway.env.0']);
    expect(paths({ scanner: { kspm: { env } } })).toEqual(['scanner.kspm.env.0']);
    expect(paths({ controlPlane: { ui: { env } } })).toEqual(['controlPlane.ui.env.0']);
  });

  it.each<[string, HelmValues]>([
    ['gateway.envFrom.0.secretRef.name', { gateway: { envFrom: [{ secretRef: { name: 'agent-bom-admin' } }] } }],
    ['scanner.envFrom.0.secretRef.name', { scanner: { envFrom: [{ secretRef: { name: 'agent-bom-backup-g1' } }] } }],
    [
      'controlPlane.api.extraVolumes.0.secret.secretName',
      { controlPlane: { api: { extraVolumes: [{ name: 'a', secret: { secretName: 'agent-bom-admin' } }] } } },
    ],
    [
      'gateway.extraVolumes.0.projected.sources.0.secret.name',
      { gateway: { extraVolumes: [{ projected: { sources: [{ secret: { name: 'agent-bom-maintenance-g99' } }] } }] } },
    ],
    [
      'gateway.env.0.valueFrom.secretKeyRef.name',
      { gateway: { env: [{ name: 'X', valueFrom: { secretKeyRef: { name: 'agent-bom-app-g1', key: 'y' } } }] } },
    ],
    [
      'controlPlane.ui.envFrom.0.secretRef.name',
      { controlPlane: { ui: { envFrom: [{ secretRef: { name: KEYS } }] } } },
    ],
    [
      'monitor.serviceAccount.name',
      { monitor: { serviceAccount: { create: false, name: 'agent-bom-secret-reader' } } },
    ],
    ['monitor.serviceAccount.name', { monitor: { serviceAccount: { create: false, name: 'agent-bom-backup' } } }],
  ])('%s is refused', (path, values) => {
    expect(paths(values)).toEqual([path]);
  });

  it.each([
    'agent-bom-app',
    'agent-bom-app-g',
    'agent-bom-app-g1x',
    'agent-bom-administrator',
    'agent-bom-gateway-auth',
  ])('does not include %s', (name) => {
    expect(paths({ gateway: { envFrom: [{ secretRef: { name } }] } })).toEqual([]);
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
