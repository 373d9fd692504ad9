import { DEFAULT_VALUES } from '../../../contract/product/chart';
import { newestVersion } from '../../../contract/product/facts';
import { type HelmValues, mergeValues } from '../../../contract/product/helm-values';
import { releaseValueMistakes } from '../../../contract/product/release-values';
import { OWNED } from '../../support/synth/chart';

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
    ['a role', { serviceAccount: { annotations: { a: 'b' } } }, 'podRoles.scanner'],
    ['the delivery of secrets', { controlPlane: { externalSecrets: { enabled: true } } }, 'secrets.delivery'],
    ['dumps', { controlPlane: { backup: { enabled: true } } }, 'backup'],
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
    ['scanner.env', { 'scanner.env': 9 }],
    ['controlPlane.api.env[0].name', { controlPlane: { 'api.env[0].name': 'x' } }],
    ['externalSecrets', { externalSecrets: { enabled: true } }],
    ['api', { api: { replicas: 9 } }],
    ['<<', { '<<': { controlPlane: {} } }],
    ['gateway.env.0.<<', { gateway: { env: [{ '<<': {} }] } }],
  ])('%s, which Helm would leave out or read otherwise, is refused', (path, values) => {
    expect(paths(values)).toEqual([path]);
  });

  it('may have a key with a dot that belongs to another chart', () => {
    expect(releaseValueMistakes({ 'grafana.ini': { log: { mode: 'console' } } })).toEqual([]);
  });

  it.each([
    '0.98.3',
    '0.101.0',
    '0.102.0',
  ])('are, at version %s, whose keys are recorded, keys that the chart knows', (version) => {
    const values = { controlPlane: { ui: { replica: 3 }, api: { replicaCount: 3 } }, ControlPlane: {} };
    expect(releaseValueMistakes(values, version).map(({ path, fix }) => [path.join('.'), fix])).toEqual([
      ['ControlPlane', 'write controlPlane'],
      ['controlPlane.ui.replica', 'did you mean replicas?'],
      ['controlPlane.api.replicaCount', 'did you mean replicas?'],
    ]);
  });

  it.each(['0.103.0', newestVersion()])('may at version %s be new ones', (version) => {
    expect(releaseValueMistakes({ controlPlane: { ui: { replica: 3 } } }, version)).toEqual([]);
  });

  it('belong to another section of the file', () => {
    expect(releaseValueMistakes({ ingress: { enabled: true } }).map(({ fix }) => fix)).toEqual([
      'remove it, and write `release.ingress`',
    ]);
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
