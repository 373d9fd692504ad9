import { controlPlaneSecretName } from '../../../contract/names';
import type { HelmValues } from '../../../contract/product/helm-values';
import { REFUSED_API_VARIABLES, REFUSED_VARIABLES } from '../../../contract/product/release-references';
import { releaseValueMistakes } from '../../../contract/product/release-values';

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
