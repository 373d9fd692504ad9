import { hasChartValue, knownVersions } from '../../contract/product/facts';
import { unknownChartKeys } from '../../contract/product/facts/chart-keys';
import { chartsToRender, renderChart, valuesOfChart } from '../support/synth/chart';
import { minimal, parsed, synthesize } from '../support/synth/environments';
import { type Block, strings } from '../support/synth/template';

/** With every option that changes what the chart makes. */
const OPTIONS = {
  autoscaling: { minimumReplicas: 3, maximumReplicas: 6 },
  ingress: { host: 'bom.example.com', className: 'alb', tlsSecretName: 'tls', annotations: { 'a.b/c': '1' } },
  images: { registry: 'registry.example.com/hub', pullSecretName: 'pull' },
};

function valuesOf(chartVersion: string, release: object): string {
  const base = minimal();
  const settings = { ...base.release, managedBy: 'gitops', chartVersion, ...release };
  const { files } = synthesize(parsed({ ...base, release: settings }));
  return files['prod/values.yaml'] ?? '';
}

function rendered(chartVersion: string, release: object = {}): Block[] {
  return renderChart(chartVersion, valuesOf(chartVersion, release));
}

function find(objects: readonly Block[], kind: string, name: string): Block {
  return objects.find((object) => object.kind === kind && object.metadata.name === name);
}

const ofKind = (objects: readonly Block[], kind: string) => objects.filter((object) => object.kind === kind);
const podOf = (object: Block) => (object.spec.jobTemplate ?? object).spec.template.spec;
const environmentOf = (container: Block) =>
  new Map<string, Block>((container.env ?? []).map((v: Block) => [v.name, v]));

function secretsIn(object: Block): string[] {
  const text = JSON.stringify(object);
  return [...text.matchAll(/"(?:secretRef|secretKeyRef)":\{[^}]*"name":"([^"]+)"|"secretName":"([^"]+)"/g)]
    .map(([, reference, volume]) => reference ?? volume ?? '')
    .sort();
}

const available = chartsToRender(knownVersions());

describe.each(knownVersions())('the chart %s', (version) => {
  const it = available.includes(version) ? test : test.skip;
  let objects: Block[];
  let everything: Block[];
  beforeAll(() => {
    const persistence = { enabled: true, existingClaim: 'audit' };
    const gateway = {
      enabled: true,
      ...(hasChartValue(version, 'gateway.persistence') ? { persistence, replicas: 1 } : {}),
    };
    objects = rendered(version, { values: { gateway } });
    everything = rendered(version, OPTIONS);
  });

  it('gives the API the variables and Secrets of the contract, and no others', () => {
    const { containers, volumes } = podOf(find(objects, 'Deployment', 'agent-bom-prod-api'));
    const environment = environmentOf(containers[0]);
    expect(
      Object.fromEntries([...environment].map(([name, { value, valueFrom }]) => [name, value ?? valueFrom])),
    ).toEqual({
      AGENT_BOM_CONTROL_PLANE_REPLICAS: '2',
      AGENT_BOM_API_LOCAL_PATH_SCANS: 'disabled',
      AGENT_BOM_POSTGRES_POOL_MIN_SIZE: '5',
      AGENT_BOM_POSTGRES_POOL_MAX_SIZE: '20',
      AGENT_BOM_REQUIRE_SHARED_RATE_LIMIT: '1',
      AGENT_BOM_REQUIRE_AUDIT_HMAC: '1',
      AGENT_BOM_TRUST_PROXY_AUTH: '1',
      AGENT_BOM_TRUST_PROXY_AUTH_ISSUER: 'https://auth.example.com',
      AGENT_BOM_POSTGRES_PROVIDER: 'aws-rds',
      AGENT_BOM_POSTGRES_URL: { secretKeyRef: { name: 'agent-bom-app-g1', key: 'AGENT_BOM_POSTGRES_URL' } },
      AGENT_BOM_POSTGRES_MAINTENANCE_URL: {
        secretKeyRef: { name: 'agent-bom-maintenance-g1', key: 'AGENT_BOM_POSTGRES_MAINTENANCE_URL' },
      },
    });
    expect(environment.size).toBe(containers[0].env.length);
    expect(containers[0].envFrom).toEqual([{ secretRef: { name: 'agent-bom-control-plane' } }]);
    expect(containers[0].volumeMounts).toContainEqual({
      name: 'postgres-ca',
      mountPath: '/etc/agent-bom/postgres-ca',
      readOnly: true,
    });
    expect(volumes).toContainEqual({ name: 'postgres-ca', configMap: { name: 'agent-bom-postgres-ca' } });
    expect(containers[0].image).toBe(`agentbom/agent-bom:${version}`);
  });

  it.each([
    ['Deployment', 'agent-bom-prod-gateway'],
    ['CronJob', 'agent-bom-prod-scan'],
    ['Deployment', 'agent-bom-prod-ui'],
  ])('gives the %s %s no Secret and no variable of the database', (kind, name) => {
    const workload = find(objects, kind, name);
    expect(secretsIn(workload)).toEqual([]);
    for (const container of podOf(workload).containers) {
      for (const variable of environmentOf(container).keys()) expect(variable).not.toMatch(/POSTGRES|ALEMBIC/);
    }
  });

  it('has no hook, and no migration, verification, backup, ExternalSecret or alert of its own', () => {
    const hooks = objects
      .map(({ metadata }) => metadata.annotations?.['helm.sh/hook'])
      .filter((hook) => hook !== undefined);
    expect(hooks.filter((hook) => hook !== 'test')).toEqual([]);
    expect(ofKind(objects, 'Job')).toEqual([]);
    expect(ofKind(objects, 'CronJob').map(({ metadata }) => metadata.name)).toEqual(['agent-bom-prod-scan']);
    expect(ofKind(objects, 'ExternalSecret')).toEqual([]);
    expect(ofKind(objects, 'PrometheusRule')).toEqual([]);
    expect(ofKind(objects, 'ScaledObject')).toEqual([]);
  });

  it('holds no secret', () => {
    expect(ofKind(objects, 'Secret')).toEqual([]);
    for (const text of strings(objects)) expect(text).not.toMatch(/:\/\/[^\s/@]*:[^\s/@]+@|PRIVATE KEY/);
  });

  it('names everything after the environment, and annotates no ServiceAccount', () => {
    for (const { metadata } of objects) expect(metadata.name).toMatch(/^agent-bom-prod(?:-|$)/);
    const accounts = ofKind(objects, 'ServiceAccount');
    expect(accounts.map(({ metadata }) => metadata.name).sort()).toEqual([
      ...['agent-bom-prod', 'agent-bom-prod-api', 'agent-bom-prod-gateway', 'agent-bom-prod-scanner'],
    ]);
    for (const { metadata } of accounts) expect(metadata).not.toHaveProperty('annotations');
    expect(ofKind(objects, 'ClusterRole').map(({ metadata }) => metadata.name)).toEqual(['agent-bom-prod-reader']);
  });

  it('lets the scanner alone take on a role that it alone is given', () => {
    const annotations = { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/scan' };
    const accounts = ofKind(
      rendered(version, { values: { scanner: { serviceAccount: { annotations } } } }),
      'ServiceAccount',
    );
    const annotated = accounts.filter(({ metadata }) => metadata.annotations !== undefined);
    expect(annotated.map(({ metadata }) => metadata)).toMatchObject([{ name: 'agent-bom-prod-scanner', annotations }]);
  });

  it('lets the load decide within the limits, and tells the API the minimum', () => {
    expect(ofKind(objects, 'HorizontalPodAutoscaler')).toEqual([]);
    expect(find(everything, 'HorizontalPodAutoscaler', 'agent-bom-prod-api').spec).toMatchObject({
      minReplicas: 3,
      maxReplicas: 6,
      metrics: [{ resource: { name: 'cpu', target: { averageUtilization: 70 } } }],
    });
    const api = find(everything, 'Deployment', 'agent-bom-prod-api');
    expect(api.spec.replicas).toBe(3);
    expect(environmentOf(podOf(api).containers[0]).get('AGENT_BOM_CONTROL_PLANE_REPLICAS')?.value).toBe('3');
  });

  it('has an Ingress with paths where it is asked for', () => {
    expect(ofKind(objects, 'Ingress')).toEqual([]);
    const { metadata, spec } = find(everything, 'Ingress', 'agent-bom-prod-control-plane');
    expect(metadata.annotations).toEqual({ 'a.b/c': '1' });
    expect(spec).toMatchObject({ ingressClassName: 'alb', tls: [{ secretName: 'tls', hosts: ['bom.example.com'] }] });
    expect(spec.rules).toHaveLength(1);
    const backends = spec.rules[0].http.paths.map(({ path, backend }: Block) => [path, backend.service.name]);
    expect(backends).toContainEqual(['/v1', 'agent-bom-prod-api']);
    expect(backends).toContainEqual(['/', 'agent-bom-prod-ui']);
    expect(backends).toHaveLength(8);
  });

  it('has no values whose keys are unknown here', () => {
    const values = valuesOfChart(version);
    expect(Object.keys(values).length).toBeGreaterThan(20);
    expect(unknownChartKeys(values, version)).toEqual([]);
  });

  it('pulls every image from the registry, with its Secret', () => {
    const workloads = everything.filter(({ kind }) => kind === 'Deployment' || kind === 'CronJob');
    expect(workloads.length).toBeGreaterThan(2);
    for (const workload of workloads) {
      expect(podOf(workload).imagePullSecrets).toEqual([{ name: 'pull' }]);
      for (const { image } of podOf(workload).containers)
        expect(image).toMatch(/^registry\.example\.com\/hub\/agentbom\//);
    }
  });
});
