import { type OwnedValueSettings, ownedValues } from '../../../contract/product/chart';
import { knownVersions } from '../../../contract/product/facts';
import { type HelmValue, type HelmValues, isValues, itemName, valueAt } from '../../../contract/product/helm-values';
import { imagesFrom } from '../../../contract/product/images';
import { OWNED_SETTINGS } from '../../support/synth/chart';

function values(change: Partial<OwnedValueSettings> = {}): HelmValues {
  return ownedValues({ ...OWNED_SETTINGS, ...change });
}

function at(path: string, change: Partial<OwnedValueSettings> = {}): HelmValue | undefined {
  return valueAt(values(change), path.split('.'));
}

/** The plain variables of the API, by name. */
function variables(chartVersion: string): Record<string, HelmValue | undefined> {
  const env = at('controlPlane.api.env', { chartVersion }) as readonly HelmValues[];
  return Object.fromEntries(env.map((item) => [itemName(item), item.value]));
}

const PROVIDER_VALUES = { provider: 'aws-rds', verification: { enabled: false } };

function repositoriesIn(value: HelmValue): string[] {
  if (!isValues(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => (key === 'repository' ? [String(item)] : repositoriesIn(item)));
}

/** Versions of which each has a record, but for the last two. */
const VERSIONS = [...knownVersions(), '0.103.1', '9.9.9'];

describe('the values by version of the chart', () => {
  it.each<[string, HelmValues | undefined, string | undefined]>([
    ['0.98.3', undefined, 'aws-rds'],
    ['0.100.0', undefined, 'aws-rds'],
    ['0.100.1', undefined, 'aws-rds'],
    ['0.101.0', PROVIDER_VALUES, undefined],
    ['0.110.0', PROVIDER_VALUES, undefined],
    ['9.9.9', PROVIDER_VALUES, undefined],
  ])('%s: the provider is the value %j and the variable %p', (chartVersion, value, variable) => {
    expect(at('controlPlane.postgres', { chartVersion })).toEqual(value);
    expect(variables(chartVersion).AGENT_BOM_POSTGRES_PROVIDER).toBe(variable);
  });

  it.each(VERSIONS)('%s: a database that is not on RDS is any PostgreSQL', (chartVersion) => {
    const change: Partial<OwnedValueSettings> = { chartVersion, databaseProvider: 'postgres' };
    const env = at('controlPlane.api.env', change) as readonly HelmValues[];
    const variable = env.find((item) => itemName(item) === 'AGENT_BOM_POSTGRES_PROVIDER')?.value;
    expect([variable, at('controlPlane.postgres.provider', change)].filter((name) => name !== undefined)).toEqual([
      'postgres',
    ]);
  });

  it.each(VERSIONS)('%s: identities, replicas, proxy, audit and image are the same', (chartVersion) => {
    expect(at('controlPlane.postgresSecrets', { chartVersion })).toEqual({
      enabled: true,
      appSecretRef: { name: 'app' },
      maintenanceSecretRef: { name: 'maintenance' },
      adminSecretRef: { name: 'admin' },
    });
    expect(at('controlPlane.api.replicas', { chartVersion })).toBe(2);
    expect(variables(chartVersion)).toMatchObject({
      AGENT_BOM_API_LOCAL_PATH_SCANS: 'disabled',
      AGENT_BOM_POSTGRES_POOL_MIN_SIZE: '5',
      AGENT_BOM_POSTGRES_POOL_MAX_SIZE: '20',
      AGENT_BOM_REQUIRE_SHARED_RATE_LIMIT: '1',
      AGENT_BOM_REQUIRE_AUDIT_HMAC: '1',
      AGENT_BOM_TRUST_PROXY_AUTH: '1',
      AGENT_BOM_TRUST_PROXY_AUTH_ISSUER: 'issuer',
    });
    expect(at('image', { chartVersion })).toEqual({ repository: 'agentbom/agent-bom', tag: chartVersion });
    for (const off of ['migrations', 'backup', 'externalSecrets', 'ingress']) {
      expect(at(`controlPlane.${off}`, { chartVersion })).toEqual({ enabled: false });
    }
    expect(at('teardownHooks', { chartVersion })).toEqual({ enabled: false });
  });

  it.each(VERSIONS)('%s: no connection is among the variables, which the chart refuses', (chartVersion) => {
    for (const name of Object.keys(variables(chartVersion))) {
      expect(name).not.toMatch(/_URL$/);
    }
  });
});

describe('names', () => {
  it('differ between environments, and the base account has no annotation to inherit', () => {
    expect(at('nameOverride')).toBe('agent-bom-prod');
    expect(at('serviceAccount')).toEqual({ name: 'agent-bom-prod', annotations: {} });
    expect(at('controlPlane.api.serviceAccount')).toEqual({ create: true, name: 'agent-bom-prod-api' });
    expect(at('scanner.serviceAccount')).toEqual({ create: true, name: 'agent-bom-prod-scanner' });
    expect(at('gateway.serviceAccount')).toEqual({ create: true, name: 'agent-bom-prod-gateway' });
    expect(at('nameOverride', { environmentName: 'staging' })).toBe('agent-bom-staging');
  });
});

describe('the number of API pods', () => {
  it('is fixed unless the load decides', () => {
    expect(at('controlPlane.api.autoscaling')).toEqual({ enabled: false, keda: { enabled: false } });
  });

  it('has limits where the load decides, and KEDA never does', () => {
    const autoscaling = { minimumReplicas: 3, maximumReplicas: 9, cpuPercent: 65 };
    expect(at('controlPlane.api.replicas', { autoscaling })).toBe(3);
    expect(at('controlPlane.api.autoscaling', { autoscaling })).toEqual({
      enabled: true,
      minReplicas: 3,
      maxReplicas: 9,
      targetCPUUtilizationPercentage: 65,
      keda: { enabled: false },
    });
  });
});

describe('the Ingress', () => {
  it('sends the paths of the API to it, and the rest to the user interface', () => {
    const ingress = { host: 'bom.example.com', annotations: {} };
    const prefixes = (...paths: string[]) => paths.map((path) => ({ path, pathType: 'Prefix' }));
    expect(at('controlPlane.ingress.hosts', { ingress })).toEqual([
      {
        host: 'bom.example.com',
        apiPaths: prefixes('/v1', '/scim', '/health', '/docs', '/redoc', '/openapi.json', '/ws'),
        uiPaths: prefixes('/'),
      },
    ]);
    expect(at('controlPlane.ingress.tls', { ingress })).toEqual([]);
    expect(at('controlPlane.ingress', { ingress })).not.toHaveProperty('className');
  });

  it('has a class, a certificate and annotations where they are given', () => {
    const ingress = { host: 'b.example.com', className: 'alb', tlsSecretName: 'tls', annotations: { a: '1' } };
    expect(at('controlPlane.ingress', { ingress })).toMatchObject({
      enabled: true,
      className: 'alb',
      annotations: { a: '1' },
      tls: [{ secretName: 'tls', hosts: ['b.example.com'] }],
    });
  });
});

describe('images', () => {
  it('are those of Docker Hub', () => {
    const images = imagesFrom();
    expect(images.postgres('16')).toBe('postgres:16');
    expect(images.agentBom('0.102.0')).toBe('agentbom/agent-bom:0.102.0');
    expect(images.awsCli()).toMatch(/^amazon\/aws-cli:\d+\.\d+\.\d+$/);
  });

  it('are those of a registry, under the full names of Docker Hub', () => {
    const images = imagesFrom({ registry: 'registry.example.com/hub' });
    expect(images.postgres('17')).toBe('registry.example.com/hub/library/postgres:17');
    expect(images.agentBom('0.98.3')).toBe('registry.example.com/hub/agentbom/agent-bom:0.98.3');
    expect(images.awsCli()).toMatch(/^registry\.example\.com\/hub\/amazon\/aws-cli:/);
  });

  it('of the chart all come from the registry, and are pulled with the Secret', () => {
    const images = { registry: 'registry.example.com/hub', pullSecretName: 'pull' };
    const repositories = Object.entries(values({ images })).flatMap(([, value]) => repositoriesIn(value));
    expect(repositories).toHaveLength(7);
    for (const repository of repositories) {
      expect(repository).toMatch(/^registry\.example\.com\/hub\/agentbom\/agent-bom(?:-ui|-collector)?$/);
    }
    expect(at('imagePullSecrets', { images })).toEqual([{ name: 'pull' }]);
    expect(values()).not.toHaveProperty('imagePullSecrets');
  });
});
