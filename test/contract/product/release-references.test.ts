import { controlPlaneSecretName } from '../../../contract/names';
import type { HelmValues } from '../../../contract/product/helm-values';
import { REFUSED_API_VARIABLES, REFUSED_VARIABLES } from '../../../contract/product/release-references';
import { releaseMistakes, releaseValueMistakes } from '../../../contract/product/release-values';

const KEYS = controlPlaneSecretName();

function paths(values: HelmValues): string[] {
  return releaseValueMistakes(values).map(({ path }) => path.join('.'));
}

describe('variables that would break the contract', () => {
  it.each(Object.keys(REFUSED_API_VARIABLES))('%s is refused', (name) => {
    const mistakes = releaseValueMistakes({ controlPlane: { api: { env: [{ name, valueFrom: {} }] } } });
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toMatchObject({ path: ['controlPlane', 'api', 'env', 0], got: name });
    expect(mistakes[0]?.rule).toContain(REFUSED_API_VARIABLES[name]);
  });
});

describe('variables that a version decides', () => {
  const found = (version: string, name: string) =>
    releaseValueMistakes({ controlPlane: { api: { env: [{ name, value: 'x' }] } } }, version);

  it.each([
    ['AGENT_BOM_GRAPH_AUTO_CORRELATE', '0.103.2', '0.104.0', 'the chart sets it from `controlPlane.autoCorrelation`'],
    ['AGENT_BOM_GRAPH_AUTO_CORRELATE_MAX_AGE_HOURS', '0.103.2', '0.104.0', '`controlPlane.autoCorrelation`'],
    ['AGENT_BOM_API_ALLOWED_HOSTS', '0.108.3', '0.108.4', '`release.allowedHosts` decides it'],
    ['AGENT_BOM_POSTGRES_JOB_PAYLOAD_CACHE_MB', '0.108.2', '0.108.3', '`release.payloadCacheMib` decides it'],
    ['AGENT_BOM_TRUSTED_PROXY_CIDRS', '0.102.0', '0.103.0', '`release.trustedProxies` decides it'],
    ['AGENT_BOM_TRUSTED_PROXY_HOPS', '0.102.0', '0.103.0', '`release.trustedProxies` decides it'],
    ['AGENT_BOM_REPORT_S3_BUCKET', '0.104.0', '0.105.0', '`reports` decides it'],
    ['AGENT_BOM_REPORT_ARTIFACT_DIR', '0.104.0', '0.105.0', '`reports` decides it'],
  ])('%s may be set at %s and not at %s', (name, before, since, reason) => {
    expect(found(before, name)).toEqual([]);
    for (const version of [since, '9.9.9']) {
      expect(found(version, name)).toMatchObject([
        { path: ['controlPlane', 'api', 'env', 0], got: name, rule: expect.stringContaining(reason) },
      ]);
    }
  });

  it('are those of the version in the file', () => {
    const values = { controlPlane: { api: { env: [{ name: 'AGENT_BOM_API_ALLOWED_HOSTS', value: 'a' }] } } };
    const path = ['release', 'values', 'controlPlane', 'api', 'env', 0];
    expect(releaseMistakes({ values, chartVersion: '0.108.3' })).toEqual([]);
    for (const chartVersion of ['0.108.4', undefined, 7, '0.1.0', 'latest']) {
      expect(releaseMistakes({ values, chartVersion })).toMatchObject([{ path }]);
    }
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
