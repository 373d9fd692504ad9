import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { SECRET_ARN, STORED_AUTHENTICATION, VERSION_ID, withSecrets } from '../../../support/synth/environments';
import { type Block, strings, type Template } from '../../../support/synth/template';

const secretNames = (template: Template) =>
  template.resources('kubernetes_secret_v1').map(({ metadata }) => metadata.name);
/** The ServiceAccounts of our pods, none of which reads secrets. */
const ACCOUNTS_OF_PODS = ['agent-bom-backup', 'agent-bom-migration', 'agent-bom-revoke'];
const accountNames = (template: Template) =>
  template.resources('kubernetes_service_account_v1').map(({ metadata }) => metadata.name);
const apiEnvironment = (template: Template): Block[] =>
  parse(template.resource('helm_release').values[0]).controlPlane.api.env;

/** What the reader may do: the policy of a role names nobody, and those of the secrets do. */
const readerPolicy = (database: Template): Block =>
  database.data(
    'aws_iam_policy_document',
    ({ statement: [{ actions, principals }] }) =>
      principals === undefined && actions.includes('secretsmanager:GetSecretValue'),
  );

describe('secrets that Terraform writes', () => {
  const { database, workload } = withSecrets({ delivery: 'terraform' }, { authentication: STORED_AUTHENTICATION });
  const secret = (name: string): Block =>
    workload.resource('kubernetes_secret_v1', ({ metadata }) => metadata.name === name);

  it('need no operator in the cluster, and no role that reads', () => {
    expect(workload.resources('kubernetes_manifest')).toEqual([]);
    expect(accountNames(workload)).toEqual(ACCOUNTS_OF_PODS);
    expect(database.resources('aws_iam_role').map(({ name }) => name)).not.toContain('prod-agent-bom-secret-reader');
    expect(Object.keys(database.json.output)).not.toContain('secret_reader_role_arn');
    expect(workload.unresolvedReferences()).toEqual([]);
    expect(database.unresolvedReferences()).toEqual([]);
  });

  it('are the same Secrets as those of the operator', () => {
    const synced = withSecrets({}, { authentication: STORED_AUTHENTICATION }).workload;
    const external = synced.manifests('ExternalSecret').map(({ manifest }) => manifest);
    expect(secretNames(workload).sort()).toEqual(external.map(({ metadata }) => metadata.name).sort());
    for (const { metadata, spec } of external) {
      expect(Object.keys(secret(metadata.name).data_wo).sort()).toEqual(Object.keys(spec.target.template.data).sort());
    }
    expect(workload.resource('helm_release').values).toEqual(synced.resource('helm_release').values);
  });

  it('are write-only: no value is an attribute that the state keeps', () => {
    for (const block of workload.resources('kubernetes_secret_v1')) {
      const written = ['data_wo', 'data_wo_revision', 'depends_on', 'lifecycle', 'metadata'];
      expect(
        Object.keys(block)
          .filter((key) => key !== '//')
          .sort(),
      ).toEqual(written);
      for (const text of strings(block.data_wo)) expect(text).toContain('ephemeral.aws_secretsmanager_secret_version.');
      expect(block.data_wo_revision).not.toContain('ephemeral');
      // Of every version that it is made of: another one is another number.
      expect(block.data_wo_revision).toMatch(/sha256\(join\(" ", \[(?:data|local)\.[^\]]+\]\)\)/);
    }
    const { resource, ...rest } = workload.json;
    const { kubernetes_secret_v1: _written, ...others } = resource;
    expect(
      strings({ others, output: rest.output, locals: rest.locals }).filter((text) => /ephemeral\./.test(text)),
    ).toEqual([]);
    expect(workload.text).not.toContain('$${ephemeral');
    expect(workload.json.data).not.toHaveProperty('aws_secretsmanager_secret_version');
  });

  it('are read in a version that Terraform knows', () => {
    const blocks = Object.values<Block>(workload.json.ephemeral.aws_secretsmanager_secret_version);
    expect(blocks).toHaveLength(7);
    for (const block of blocks) {
      expect(Object.keys(block).sort()).toEqual(['secret_id', 'version_id']);
      for (const [, name = ''] of strings(block).flatMap((text) => [...text.matchAll(/local\.([\w-]+)/g)])) {
        expect(Object.keys(workload.json.locals)).toContain(name);
      }
    }
    // Pinned ones need no look at the versions: three identities and the token of SCIM.
    expect(Object.keys(workload.json.data.aws_secretsmanager_secret_versions)).toHaveLength(3);
    expect(strings(workload.json.locals)).toContain(VERSION_ID);
    // The others in the version that is current: one that is being rotated to does not open anything yet.
    const current = strings(workload.json.locals).filter((text) => text.includes('version_stages'));
    expect(current).toHaveLength(3);
    for (const text of current) expect(text).toMatch(/ if contains\(version\.version_stages, "AWSCURRENT"\)\]\)\}$/);
  });

  it('are made beside the former ones where their names carry the generation, and are there before the Job', () => {
    const beside = workload
      .resources('kubernetes_secret_v1')
      .filter(({ lifecycle }) => lifecycle.create_before_destroy)
      .map(({ metadata }) => metadata.name);
    expect(beside.sort()).toEqual([
      'agent-bom-app-g1',
      expect.stringMatching(/^agent-bom-authentication-[0-9a-f]{10}$/),
      'agent-bom-backup-g1',
      'agent-bom-maintenance-g1',
    ]);
    const [job = ''] = workload.addresses().filter((address) => address.startsWith('kubernetes_job_v1.migrations'));
    const before = [...workload.prerequisites(job)].filter((address) => address.startsWith('kubernetes_secret_v1.'));
    expect(before).toHaveLength(6);
  });

  // What Terraform makes of the expressions, with a secret of every printable character. Takes no provider.
  const hasTerraform = spawnSync('terraform', ['version']).status === 0;
  if (!hasTerraform) console.warn('NOT RUN: the expressions of the Secrets, because terraform is missing');
  (hasTerraform ? it : it.skip)('say what the stored secret says', () => {
    const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('');
    const password = ` ${printable} pässwörd-日本-😀 `;
    const evaluated = evaluate(secret('agent-bom-app-g1'), { username: 'agent bom', password });
    const url = new URL(String(evaluated.AGENT_BOM_POSTGRES_URL));
    expect(decodeURIComponent(url.username)).toBe('agent bom');
    expect(decodeURIComponent(url.password)).toBe(password);
    expect(url.search).toBe('?sslmode=verify-full&sslrootcert=/etc/agent-bom/postgres-ca/ca.pem');
    expect(evaluated.revision).toBeGreaterThanOrEqual(1);
    expect(Number.isInteger(evaluated.revision)).toBe(true);
  });
});

function evaluate({ data_wo: written, data_wo_revision: revision }: Block, stored: object): Block {
  const directory = mkdtempSync(join(tmpdir(), 'terraform-'));
  const known = (text: string) =>
    text
      .replace(/ephemeral\.aws_secretsmanager_secret_version\.[\w-]+\.secret_string/g, 'local.secret')
      .replace(/data\.terraform_remote_state\.[\w.-]+/g, '"known"');
  const secret = JSON.stringify(stored).replace(/[$%](?=\{)/g, (introducer) => introducer + introducer);
  const output = Object.fromEntries(
    Object.entries<string>({ ...written, revision }).map(([key, value]) => [key, { value: known(value) }]),
  );
  const terraform = (...settings: string[]) =>
    spawnSync('terraform', settings, { cwd: directory, encoding: 'utf8', env: { PATH: process.env.PATH } });
  try {
    writeFileSync(join(directory, 'main.tf.json'), JSON.stringify({ locals: { secret }, output }));
    const { status, stderr } = terraform('apply', '-auto-approve', '-input=false');
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const outputs: Record<string, Block> = JSON.parse(terraform('output', '-json').stdout);
    return Object.fromEntries(Object.entries(outputs).map(([key, { value }]) => [key, value]));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

describe('secrets that somebody else creates', () => {
  const { database, workload } = withSecrets({ delivery: 'existing', generation: 2 });

  it('are named, and nothing more', () => {
    expect(workload.resources('kubernetes_manifest')).toEqual([]);
    expect(workload.resources('kubernetes_secret_v1')).toEqual([]);
    expect(accountNames(workload)).toEqual(ACCOUNTS_OF_PODS);
    expect(workload.json).not.toHaveProperty('ephemeral');
    expect(database.resources('aws_iam_role').map(({ name }) => name)).not.toContain('prod-agent-bom-secret-reader');
    expect(workload.json.output.required_secrets.value).toEqual({
      'agent-bom-app-g2': ['AGENT_BOM_POSTGRES_URL'],
      'agent-bom-maintenance-g2': ['AGENT_BOM_POSTGRES_MAINTENANCE_URL'],
      'agent-bom-backup-g2': ['AGENT_BOM_POSTGRES_BACKUP_URL'],
      'agent-bom-admin': ['ALEMBIC_DATABASE_URL'],
      'agent-bom-control-plane': [
        'AGENT_BOM_AUDIT_HMAC_KEY',
        'AGENT_BOM_BROWSER_SESSION_SIGNING_KEY',
        'AGENT_BOM_CONNECTIONS_KEY',
        'AGENT_BOM_RATE_LIMIT_KEY',
        'AGENT_BOM_TRUST_PROXY_AUTH_SECRET',
      ],
    });
  });

  it('are the Secrets that the Jobs and the release name', () => {
    const synced = withSecrets({ generation: 2 }).workload;
    for (const type of ['kubernetes_job_v1', 'helm_release']) {
      const plain = (template: Template) =>
        template.resources(type).map(({ depends_on: _order, '//': _path, ...block }) => block);
      expect(plain(workload)).toEqual(plain(synced));
    }
  });
});

describe('a store that exists already', () => {
  const store = { kind: 'ClusterSecretStore', name: 'aws-secrets-manager' };
  const { database, workload } = withSecrets({ store });

  it('is referred to, and nothing is made for it', () => {
    const kinds = workload.resources('kubernetes_manifest').map(({ manifest }) => manifest.kind);
    expect(kinds).toEqual(Array(5).fill('ExternalSecret'));
    for (const { manifest } of workload.manifests('ExternalSecret'))
      expect(manifest.spec.secretStoreRef).toEqual(store);
    expect(accountNames(workload)).toEqual(ACCOUNTS_OF_PODS);
    expect(database.resources('aws_iam_role').map(({ name }) => name)).not.toContain('prod-agent-bom-secret-reader');
  });
});

describe('keys of the control plane that exist already', () => {
  it('are read from Secrets Manager, into a Secret whose name says from where', () => {
    const { database, workload } = withSecrets({ controlPlane: { secretArn: SECRET_ARN } });
    expect(database.resources('aws_secretsmanager_secret')).toHaveLength(3);
    const { statement } = readerPolicy(database);
    expect(statement[0].resources).toContain(SECRET_ARN);
    const { manifest } = workload
      .manifests('ExternalSecret')
      .find(({ manifest: { spec } }) => strings(spec.data).includes(SECRET_ARN));
    expect(manifest.metadata.name).toMatch(/^agent-bom-control-plane-[0-9a-f]{10}$/);
    const { envFrom } = parse(workload.resource('helm_release').values[0]).controlPlane.api;
    expect(envFrom[0]).toEqual({ secretRef: { name: manifest.metadata.name } });
    const other = withSecrets({ controlPlane: { secretArn: SECRET_ARN.replace('a1b2c3', 'd4e5f6') } }).workload;
    expect(other.text).not.toContain(`"${manifest.metadata.name}"`);
  });

  it('are a Secret of the namespace, which nobody else writes', () => {
    const { database, workload } = withSecrets({ controlPlane: { secretName: 'our-keys' } });
    expect(database.resources('aws_secretsmanager_secret')).toHaveLength(3);
    expect(Object.keys(database.json.output)).not.toContain('control_plane_secret_arn');
    expect(workload.manifests('ExternalSecret')).toHaveLength(4);
    const { envFrom } = parse(workload.resource('helm_release').values[0]).controlPlane.api;
    expect(envFrom[0]).toEqual({ secretRef: { name: 'our-keys' } });
  });

  it.each([
    { secretArn: SECRET_ARN },
    { secretName: 'our-keys' },
  ])('keep their own policy, and every secret that is made here has one: %j', (controlPlane) => {
    const { database } = withSecrets({ controlPlane });
    const policies = database.resources('aws_secretsmanager_secret_policy').map(({ secret_arn: arn }) => arn);
    expect(policies.sort()).toEqual(
      ['app', 'backup', 'maintenance'].map((name) =>
        expect.stringMatching(new RegExp(`^\\$\\{aws_secretsmanager_secret\\.secret-${name}_\\S+\\.arn\\}$`)),
      ),
    );
  });

  it('need none for a proxy where there is none', () => {
    const { workload } = withSecrets(
      { controlPlane: { secretArn: SECRET_ARN } },
      { release: { replicas: 1 }, authentication: { apiKeys: { secretName: 'keys', key: 'keys' } } },
    );
    expect(workload.text).toContain('AGENT_BOM_AUDIT_HMAC_KEY');
    expect(workload.text).not.toContain('AGENT_BOM_TRUST_PROXY_AUTH_SECRET');
  });
});

describe('what the API authenticates with', () => {
  it('comes from Secrets Manager through one Secret, which the reader may read', () => {
    const { database, workload } = withSecrets({}, { authentication: STORED_AUTHENTICATION });
    const { statement } = readerPolicy(database);
    expect(statement[0].resources.filter((arn: string) => arn === SECRET_ARN)).toHaveLength(1);
    const variables = apiEnvironment(workload).filter(({ valueFrom }) => valueFrom !== undefined);
    expect(variables.map(({ name, valueFrom }) => [name, valueFrom.secretKeyRef.key])).toEqual([
      ['AGENT_BOM_API_KEYS', 'AGENT_BOM_API_KEYS'],
      ['AGENT_BOM_SCIM_BEARER_TOKEN', 'AGENT_BOM_SCIM_BEARER_TOKEN'],
    ]);
    const [name] = new Set(variables.map(({ valueFrom }) => valueFrom.secretKeyRef.name));
    const { manifest } = workload
      .manifests('ExternalSecret')
      .find(({ manifest: { metadata } }) => metadata.name === name);
    expect(manifest.spec.data).toEqual([
      {
        secretKey: 'AGENT_BOM_API_KEYS',
        remoteRef: expect.objectContaining({ key: SECRET_ARN, property: 'api-keys' }),
      },
      {
        secretKey: 'AGENT_BOM_SCIM_BEARER_TOKEN',
        remoteRef: expect.objectContaining({ key: SECRET_ARN, property: 'scim', version: `uuid/${VERSION_ID}` }),
      },
    ]);
    const apiKeys = { ...STORED_AUTHENTICATION.apiKeys, versionId: VERSION_ID };
    const next = withSecrets({}, { authentication: { ...STORED_AUTHENTICATION, apiKeys } }).workload;
    expect(next.text).not.toContain(`"${name}"`);
  });
});
