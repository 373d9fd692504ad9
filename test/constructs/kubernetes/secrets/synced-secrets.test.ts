import { SecretReader } from '../../../../constructs/kubernetes/secrets/external-secrets';
import { namespace, syncedSecrets } from '../../../support/synth/cluster';
import { type Block, Template } from '../../../support/synth/template';

/** What the API server would add. */
const DEFAULTS = { conversionStrategy: 'Default', decodingStrategy: 'None', metadataPolicy: 'None' };

describe('the synced secrets', () => {
  const template = Template.of((stack) => {
    syncedSecrets(stack, namespace(stack), 3);
  });
  const externalSecret = (name: string) =>
    template.resource('kubernetes_manifest', ({ manifest }) => manifest.metadata.name === name);

  it('are one for each identity and one for the keys, read through one store', () => {
    expect(
      template
        .manifests('ExternalSecret')
        .map(({ manifest }) => manifest.metadata.name)
        .sort(),
    ).toEqual([
      'agent-bom-admin',
      'agent-bom-app-g3',
      'agent-bom-backup-g3',
      'agent-bom-control-plane',
      'agent-bom-maintenance-g3',
    ]);
    expect(template.manifests('SecretStore')).toHaveLength(1);
    expect(template.manifests('ClusterSecretStore')).toEqual([]);
    expect(template.unresolvedReferences()).toEqual([]);
  });

  it('are read after the store is there, and those that keep their name are waited for', () => {
    for (const block of template.resources('kubernetes_manifest')) {
      expect(block.manifest.apiVersion).toBe('external-secrets.io/v1');
      const waited = ['agent-bom-admin', 'agent-bom-control-plane'].includes(block.manifest.metadata.name);
      expect(block.wait).toEqual(waited ? { condition: [{ type: 'Ready', status: 'True' }] } : undefined);
      expect(block.timeouts).toEqual({ create: '5m', update: '5m', delete: '5m' });
    }
    for (const block of template.manifests('ExternalSecret')) {
      expect(block.depends_on).toContainEqual(expect.stringMatching(/^kubernetes_manifest\.reader_store/));
      const named = block.manifest.metadata.name.endsWith('-g3');
      expect(block.lifecycle).toEqual({ create_before_destroy: named });
      const { target } = block.manifest.spec;
      const policies = { creationPolicy: 'Owner', deletionPolicy: 'Retain' };
      expect(target).toMatchObject({ name: block.manifest.metadata.name, ...policies });
    }
  });

  // Terraform replaces what it has given up waiting for; created beside itself, it would meet its own name.
  it('can be created again after a wait that failed', () => {
    const blocks = Object.entries<Block>(template.json.resource.kubernetes_manifest);
    const besideThemselves = blocks.filter(([, { lifecycle }]) => lifecycle?.create_before_destroy);
    expect(besideThemselves).toHaveLength(3);
    const addresses = besideThemselves.map(([name]) => `kubernetes_manifest.${name}`);
    const inOrder = new Set(addresses.flatMap((address) => [address, ...template.prerequisites(address)]));
    const waited = blocks.filter(([, { wait }]) => wait !== undefined).map(([name]) => `kubernetes_manifest.${name}`);
    expect(waited).toHaveLength(2);
    expect(waited.filter((address) => inOrder.has(address))).toEqual([]);
  });

  it('pin the version of the password and yield one variable', () => {
    const { spec } = externalSecret('agent-bom-app-g3').manifest;
    expect(spec).toMatchObject({ refreshPolicy: 'Periodic', refreshInterval: '1h0m0s' });
    expect(spec.data).toEqual([
      {
        secretKey: 'username',
        remoteRef: { key: 'arn:app', property: 'username', version: 'uuid/v-app', ...DEFAULTS },
      },
      {
        secretKey: 'password',
        remoteRef: { key: 'arn:app', property: 'password', version: 'uuid/v-app', ...DEFAULTS },
      },
    ]);
    expect(spec.target.template).toEqual({
      engineVersion: 'v2',
      mergePolicy: 'Replace',
      data: {
        AGENT_BOM_POSTGRES_URL:
          'postgresql://{{ .username | urlquery | replace "+" "%20" }}:{{ .password | urlquery | replace "+" "%20" }}' +
          '@db.internal:6432/bom?sslmode=verify-full&sslrootcert=/etc/agent-bom/postgres-ca/ca.pem',
      },
    });
  });

  it('read the administrator often, in whatever version, to act as the owner', () => {
    const { spec } = externalSecret('agent-bom-admin').manifest;
    expect(spec.refreshInterval).toBe('5m0s');
    expect(spec.data).toEqual([
      { secretKey: 'username', remoteRef: { key: 'arn:admin', property: 'username', ...DEFAULTS } },
      { secretKey: 'password', remoteRef: { key: 'arn:admin', property: 'password', ...DEFAULTS } },
    ]);
    expect(Object.keys(spec.target.template.data)).toEqual(['ALEMBIC_DATABASE_URL']);
    expect(spec.target.template.data.ALEMBIC_DATABASE_URL).toMatch(
      /&options=-c%20role%3Dagent_bom_owner%20-c%20app.bypass_rls%3D1%20-c%20search_path%3Dpublic%2Cpg_temp$/,
    );
  });

  it('pass the keys of the control plane on as they are', () => {
    const { spec } = externalSecret('agent-bom-control-plane').manifest;
    expect(spec.target.template.data).toEqual({
      AGENT_BOM_AUDIT_HMAC_KEY: '{{ .AGENT_BOM_AUDIT_HMAC_KEY }}',
      AGENT_BOM_BROWSER_SESSION_SIGNING_KEY: '{{ .AGENT_BOM_BROWSER_SESSION_SIGNING_KEY }}',
      AGENT_BOM_CONNECTIONS_KEY: '{{ .AGENT_BOM_CONNECTIONS_KEY }}',
      AGENT_BOM_RATE_LIMIT_KEY: '{{ .AGENT_BOM_RATE_LIMIT_KEY }}',
      AGENT_BOM_TRUST_PROXY_AUTH_SECRET: '{{ .AGENT_BOM_TRUST_PROXY_AUTH_SECRET }}',
    });
    expect(spec.data).toHaveLength(5);
  });

  it('are read as one ServiceAccount with one role', () => {
    expect(template.resource('kubernetes_service_account_v1')).toMatchObject({
      metadata: {
        name: 'agent-bom-secret-reader',
        namespace: 'control-plane',
        annotations: { 'eks.amazonaws.com/role-arn': 'arn:role' },
      },
      automount_service_account_token: false,
    });
    expect(template.manifests('SecretStore')[0].manifest.spec.provider).toEqual({
      aws: {
        service: 'SecretsManager',
        region: 'eu-west-1',
        auth: { jwt: { serviceAccountRef: { name: 'agent-bom-secret-reader' } } },
      },
    });
  });
});

describe('the reader without a role', () => {
  it('leaves the reading to the operator itself', () => {
    const template = Template.of((stack) => {
      new SecretReader(stack, 'reader', { namespace: namespace(stack), region: 'eu-west-1' });
    });
    expect(template.inventory()).toEqual(['kubernetes_manifest', 'kubernetes_namespace_v1']);
    const store = template.resource('kubernetes_manifest');
    expect(store.manifest.spec).toEqual({ provider: { aws: { service: 'SecretsManager', region: 'eu-west-1' } } });
    expect(store.depends_on).toEqual([expect.stringMatching(/^kubernetes_namespace_v1\./)]);
  });
});
