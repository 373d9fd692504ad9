import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { App, TerraformStack } from 'cdktf';
import { parse } from 'yaml';
import { MigrationFiles } from '../../../../constructs/kubernetes/migration/migration-files';
import { MigrationJob } from '../../../../constructs/kubernetes/migration/migration-job';
import { TrustBundle } from '../../../../constructs/kubernetes/pods/trust-bundle';
import {
  ControlPlaneRelease,
  type ControlPlaneReleaseProps,
} from '../../../../constructs/kubernetes/release/control-plane-release';
import { ContractError } from '../../../../contract/error';
import { newestVersion } from '../../../../contract/product/facts';
import type { HelmValues } from '../../../../contract/product/helm-values';
import { ENDPOINT, namespace, syncedSecrets } from '../../../support/synth/cluster';
import { Template } from '../../../support/synth/template';

function release(values: HelmValues = {}, change: Partial<ControlPlaneReleaseProps> = {}): Template {
  return Template.of((stack) => addRelease(stack, { values, ...change }));
}

function addRelease(stack: TerraformStack, change: Partial<ControlPlaneReleaseProps>): void {
  const inNamespace = namespace(stack);
  const secrets = syncedSecrets(stack, inNamespace, 2);
  const trustBundle = new TrustBundle(stack, 'trust', { namespace: inNamespace, region: 'eu-west-1' });
  const migrations = new MigrationJob(stack, 'migrations', {
    endpoint: ENDPOINT,
    namespace: inNamespace,
    secrets,
    trustBundle,
    files: new MigrationFiles(stack, 'files', { namespace: inNamespace, directory: __dirname }),
    engineMajor: '16',
    chartVersion: '0.101.0',
    limits: { app: 1, maintenance: 1, backup: 1 },
  });
  new ControlPlaneRelease(stack, 'release', {
    environmentName: 'prod',
    namespace: inNamespace,
    secrets,
    trustBundle,
    after: migrations.ready,
    databaseProvider: 'postgres',
    chartVersion: '0.101.0',
    pool: { replicas: 3, poolMinimum: 2, poolMaximum: 7 },
    trustedProxyIssuer: 'https://auth.example.com',
    values: {},
    ...change,
  });
}

/** As Terraform reads a literal string. */
function unescaped(text: string): string {
  return text.replace(/([$%])\1(?=\{)/g, '$1');
}

describe('the release', () => {
  const block = release().resource('helm_release');
  const values = parse(unescaped(block.values[0]));

  it('is a pinned chart that is taken back when it fails', () => {
    expect(block).toMatchObject({
      name: 'agent-bom',
      namespace: 'control-plane',
      repository: 'oci://ghcr.io/msaad00/charts',
      chart: 'agent-bom',
      version: '0.101.0',
      create_namespace: false,
      atomic: true,
      wait: true,
      cleanup_on_fail: true,
      upgrade_install: true,
      max_history: 10,
      timeout: 900,
    });
    for (const absent of ['set', 'set_sensitive', 'set_wo']) expect(block).not.toHaveProperty(absent);
  });

  it.each([
    ['0.106.1', true],
    ['0.107.0', false],
    ['0.108.0', false],
    ['0.999.0', false],
  ])('of version %s goes back by itself: %s; a first install that failed and stays is upgraded', (chartVersion, back) => {
    const {
      atomic,
      cleanup_on_fail: cleanup,
      upgrade_install: existing,
    } = release({}, { chartVersion }).resource('helm_release');
    expect({ atomic, cleanup, existing }).toEqual({ atomic: back, cleanup: back, existing: true });
  });

  it('names the Secrets of the generation', () => {
    expect(values.controlPlane.postgresSecrets).toEqual({
      enabled: true,
      appSecretRef: { name: 'agent-bom-app-g2' },
      maintenanceSecretRef: { name: 'agent-bom-maintenance-g2' },
      adminSecretRef: { name: 'agent-bom-admin' },
    });
    expect(values.controlPlane.api.envFrom).toEqual([{ secretRef: { name: 'agent-bom-control-plane' } }]);
  });

  it('leaves migrations, verification, backups and secrets to us', () => {
    expect(values.controlPlane.migrations).toEqual({ enabled: false });
    expect(values.controlPlane.postgres).toEqual({ provider: 'postgres', verification: { enabled: false } });
    expect(values.controlPlane.backup).toEqual({ enabled: false });
    expect(values.controlPlane.externalSecrets).toEqual({ enabled: false });
  });

  it('decides what it owns, whatever the user writes', () => {
    const controlPlane = { migrations: { enabled: true }, backup: { enabled: true }, api: { replicas: 9 } };
    const { values: documents } = release({ controlPlane }).resource('helm_release');
    const merged = parse(unescaped(documents[0])).controlPlane;
    expect([merged.migrations.enabled, merged.backup.enabled, merged.api.replicas]).toEqual([false, false, 3]);
  });

  it('starts the API with pools, the proxy and the authorities', () => {
    const { replicas, env, extraVolumes, extraVolumeMounts } = values.controlPlane.api;
    expect(replicas).toBe(3);
    expect(Object.fromEntries(env.map(({ name, value }: Record<string, string>) => [name, value]))).toEqual({
      AGENT_BOM_API_LOCAL_PATH_SCANS: 'disabled',
      AGENT_BOM_POSTGRES_POOL_MIN_SIZE: '2',
      AGENT_BOM_POSTGRES_POOL_MAX_SIZE: '7',
      AGENT_BOM_REQUIRE_SHARED_RATE_LIMIT: '1',
      AGENT_BOM_REQUIRE_AUDIT_HMAC: '1',
      AGENT_BOM_TRUST_PROXY_AUTH: '1',
      AGENT_BOM_TRUST_PROXY_AUTH_ISSUER: 'https://auth.example.com',
    });
    expect(extraVolumes).toEqual([{ name: 'postgres-ca', configMap: { name: 'agent-bom-postgres-ca' } }]);
    expect(extraVolumeMounts).toEqual([
      { name: 'postgres-ca', mountPath: '/etc/agent-bom/postgres-ca', readOnly: true },
    ]);
  });

  it('takes the values of the user as they stand, in an order of its own', () => {
    const text = ['${HOME}', '%{if}', '$${x}', 'a: b', '"', "'", 'two\nlines'].join(' ');
    const [first] = release({ zeta: { text }, alpha: [1, true, null] }).resource('helm_release').values;
    const [second] = release({ alpha: [1, true, null], zeta: { text } }).resource('helm_release').values;
    expect(first).toBe(second);
    expect(parse(unescaped(first))).toMatchObject({ zeta: { text }, alpha: [1, true, null] });
  });

  it('has names of its own for the environment', () => {
    expect(values.nameOverride).toBe('agent-bom-prod');
    expect(values.serviceAccount).toEqual({ name: 'agent-bom-prod', annotations: {} });
    expect(values.gateway.serviceAccount).toEqual({ annotations: {}, create: true, name: 'agent-bom-prod-gateway' });
  });

  it('may be pulled from a mirror', () => {
    const images = { registry: 'registry.example.com/hub', pullSecretName: 'pull' };
    const chartRepository = 'oci://registry.example.com/charts';
    const mirrored = release({}, { images, chartRepository }).resource('helm_release');
    expect(mirrored.repository).toBe(chartRepository);
    expect(parse(mirrored.values[0])).toMatchObject({
      image: { repository: 'registry.example.com/hub/agentbom/agent-bom', tag: '0.101.0' },
      imagePullSecrets: [{ name: 'pull' }],
    });
  });
});

describe('a release of which the necessary alone is given', () => {
  it('is the newest chart with two pods, on RDS', () => {
    const given = { databaseProvider: undefined, chartVersion: undefined, pool: undefined, values: undefined };
    const block = release({}, given).resource('helm_release');
    expect(block.version).toBe(newestVersion());
    const { controlPlane } = parse(unescaped(block.values[0]));
    expect(controlPlane.api.replicas).toBe(2);
    expect(controlPlane.postgres.provider).toBe('aws-rds');
  });
});

describe('roles of ServiceAccounts', () => {
  const SCANNER_ROLE = 'arn:aws:iam::111122223333:role/scan';

  /** A release with the role of another stack, as the database stack hands it over. */
  function withRoles(values: HelmValues = {}): Template {
    const outdir = mkdtempSync(join(tmpdir(), 'roles-'));
    try {
      const app = new App({ outdir, skipValidation: true });
      const role = new IamRole(new TerraformStack(app, 'database'), 'api', { assumeRolePolicy: '{}' });
      const stack = new TerraformStack(app, 'workload');
      addRelease(stack, { values, serviceAccountRoles: { api: role.arn, scanner: SCANNER_ROLE } });
      app.synth();
      return Template.read(outdir, 'workload');
    } finally {
      rmSync(outdir, { recursive: true });
    }
  }

  it('are a document of their own, whose references Terraform still reads', () => {
    const { values } = withRoles({ text: '${HOME}' }).resource('helm_release');
    expect(values).toHaveLength(2);
    expect(values[0]).toContain('$${HOME}');
    expect(values[0]).not.toContain('role-arn');
    expect(values[1]).toMatch(
      /^\$\{yamlencode\(\{.*"eks\.amazonaws\.com\/role-arn" = data\.terraform_remote_state\.\S+\.outputs\.\S+\}/,
    );
    expect(values[1]).toContain(`"eks.amazonaws.com/role-arn" = "${SCANNER_ROLE}"`);
  });

  it('are no document where there are none', () => {
    expect(release().resource('helm_release').values).toHaveLength(1);
    expect(release({}, { serviceAccountRoles: {} }).resource('helm_release').values).toHaveLength(1);
  });

  it('refuse the annotation of the user that they would replace', () => {
    const annotations = { 'eks.amazonaws.com/role-arn': 'arn:mine' };
    expect(() => withRoles({ scanner: { serviceAccount: { annotations } } })).toThrow(ContractError);
  });

  it('are valid for Terraform, and come out as YAML', () => {
    const [, document] = withRoles().resource('helm_release').values;
    const expression = document
      .replace(/^\$\{|\}$/g, '')
      .replace(/data\.terraform_remote_state\.[^\s}]+/, '"arn:from-terraform"');
    const input = `jsonencode(yamldecode(${expression}))`;
    const terraform = spawnSync('terraform', ['console'], { input, cwd: tmpdir(), encoding: 'utf8' });
    if (terraform.error !== undefined) return console.warn('NOT RUN: terraform is not installed');
    expect(JSON.parse(JSON.parse(terraform.stdout))).toEqual({
      controlPlane: {
        api: { serviceAccount: { annotations: { 'eks.amazonaws.com/role-arn': 'arn:from-terraform' } } },
      },
      scanner: {
        serviceAccount: { annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/scan' } },
      },
    });
  });
});
