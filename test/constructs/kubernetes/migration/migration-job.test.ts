import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MigrationFiles } from '../../../../constructs/kubernetes/migration/migration-files';
import { MigrationJob } from '../../../../constructs/kubernetes/migration/migration-job';
import { TrustBundle } from '../../../../constructs/kubernetes/pods/trust-bundle';
import type { PostgresMajor } from '../../../../contract/postgres/majors';
import { newestVersion } from '../../../../contract/product/facts';
import { ENDPOINT, namespace, syncedSecrets } from '../../../support/synth/cluster';
import { type Block, Template } from '../../../support/synth/template';

const MIGRATIONS = join(__dirname, '..', '..', '..', '..', 'migrations');

interface Change {
  readonly directory?: string;
  readonly engineMajor?: PostgresMajor;
  readonly chartVersion?: string;
  readonly generation?: number;
  readonly appLimit?: number;
}

function migrationJob(change: Change = {}): Template {
  const {
    directory = MIGRATIONS,
    engineMajor = '16',
    chartVersion = '0.102.0',
    generation = 1,
    appLimit = 62,
  } = change;
  return Template.of((stack) => {
    const inNamespace = namespace(stack);
    const secrets = syncedSecrets(stack, inNamespace, generation);
    new MigrationJob(stack, 'migrations', {
      endpoint: ENDPOINT,
      namespace: inNamespace,
      secrets,
      trustBundle: new TrustBundle(stack, 'trust', { namespace: inNamespace, region: 'eu-west-1' }),
      files: new MigrationFiles(stack, 'files', { namespace: inNamespace, directory }),
      engineMajor,
      chartVersion,
      limits: { app: appLimit, maintenance: 14, backup: 2 },
    });
  });
}

const template = migrationJob();
const job = template.resource('kubernetes_job_v1');
const pod = job.spec.template.spec;
const containers: Block[] = [...pod.init_container, ...pod.container];
const container = (name: string): Block => containers.find((candidate) => candidate.name === name);
const secretOf = (variable: Block) => variable.value_from?.secret_key_ref;

describe('the migration Job', () => {
  it('runs its four steps in order', () => {
    expect(pod.init_container.map(({ name }: Block) => name)).toEqual(['before', 'packaged', 'after']);
    expect(pod.container.map(({ name }: Block) => name)).toEqual(['verify']);
    for (const step of ['before', 'after', 'verify']) {
      expect(container(step)).toMatchObject({ image: 'postgres:16', command: ['bash', '/contract/run.sh', step] });
    }
    expect(container('packaged')).toMatchObject({
      image: 'agentbom/agent-bom:0.102.0',
      working_dir: '/opt/agent-bom',
      command: ['sh', '/contract/packaged.sh', 'migrate'],
    });
  });

  it('is waited for, gives up, and stays', () => {
    expect(job.wait_for_completion).toBe(true);
    expect(job.timeouts).toEqual({ create: '62m', update: '62m', delete: '5m' });
    expect(job.spec).toMatchObject({ backoff_limit: 6, active_deadline_seconds: 3390 });
    expect(job.spec).not.toHaveProperty('ttl_seconds_after_finished');
    expect(pod.restart_policy).toBe('Never');
  });

  it('outlasts two readings of the administrator’s password that come to nothing, and leaves time for the run', () => {
    const { backoff_limit: retries, active_deadline_seconds: deadline } = job.spec;
    // Kubernetes doubles the wait before each retry, from ten seconds on, up to ten minutes.
    const waits = Array.from({ length: retries }, (_, retry) => Math.min(600, 10 * 2 ** retry));
    const lastRetry = waits.reduce((sum, wait) => sum + wait);
    const { spec } = template
      .manifests('ExternalSecret')
      .find(({ manifest }) => /admin/.test(manifest.metadata.name)).manifest;
    expect(spec.refreshInterval).toBe('5m0s');
    expect(lastRetry).toBe(630);
    expect(lastRetry).toBeGreaterThan(2 * 5 * 60);
    expect(deadline - lastRetry).toBeGreaterThanOrEqual(2 * 300 + 30 * 60);
    expect(Number.parseInt(job.timeouts.create, 10) * 60).toBeGreaterThan(deadline);
  });

  it('gives each container the variables that it needs and no others', () => {
    const variables = (name: string) => container(name).env.map((variable: Block) => variable.name);
    const all = [
      'ALEMBIC_DATABASE_URL',
      'AGENT_BOM_POSTGRES_URL',
      'AGENT_BOM_POSTGRES_MAINTENANCE_URL',
      'AGENT_BOM_POSTGRES_BACKUP_URL',
      'CONTRACT_OPTIONS',
    ];
    expect(variables('before')).toEqual(['ALEMBIC_DATABASE_URL', 'CONTRACT_OPTIONS']);
    expect(variables('packaged')).toEqual(['ALEMBIC_DATABASE_URL', 'CONTRACT_REVISIONS_FILE']);
    expect(variables('after')).toEqual(all);
    expect(variables('verify')).toEqual([...all, 'CONTRACT_REVISIONS_FILE']);
    for (const { env, env_from: envFrom } of containers) {
      expect(envFrom).toBeUndefined();
      const plain = env.filter((variable: Block) => secretOf(variable) === undefined);
      const known = ['CONTRACT_OPTIONS', 'CONTRACT_REVISIONS_FILE'];
      expect(plain.map(({ name }: Block) => name).filter((name: string) => !known.includes(name))).toEqual([]);
    }
  });

  it('takes each URL from its own Secret', () => {
    const secrets = container('after').env.filter(secretOf).map(secretOf);
    expect(secrets).toEqual([
      { name: 'agent-bom-admin', key: 'ALEMBIC_DATABASE_URL' },
      { name: 'agent-bom-app-g1', key: 'AGENT_BOM_POSTGRES_URL' },
      { name: 'agent-bom-maintenance-g1', key: 'AGENT_BOM_POSTGRES_MAINTENANCE_URL' },
      { name: 'agent-bom-backup-g1', key: 'AGENT_BOM_POSTGRES_BACKUP_URL' },
    ]);
  });

  it('tells the SQL its settings', () => {
    expect(container('after').env.at(-1)).toEqual({
      name: 'CONTRACT_OPTIONS',
      value:
        '-c agent_bom.app_connection_limit=62 -c agent_bom.maintenance_connection_limit=14 ' +
        '-c agent_bom.backup_connection_limit=2',
    });
  });

  it('passes Pod Security "restricted"', () => {
    expect(pod).toMatchObject({
      automount_service_account_token: false,
      enable_service_links: false,
      security_context: { run_as_non_root: true, seccomp_profile: { type: 'RuntimeDefault' } },
    });
    const users = Object.fromEntries(containers.map((one) => [one.name, one.security_context.run_as_user]));
    expect(users).toEqual({ before: '999', packaged: '100', after: '999', verify: '999' });
    for (const { security_context: context, resources } of containers) {
      expect(context).toMatchObject({
        run_as_non_root: true,
        allow_privilege_escalation: false,
        read_only_root_filesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      for (const part of ['requests', 'limits'])
        expect(Object.keys(resources[part]).sort()).toEqual(['cpu', 'ephemeral-storage', 'memory']);
    }
  });

  it('mounts the authorities everywhere, and the files where they are run', () => {
    for (const { volume_mount: mounts } of containers) {
      expect(mounts).toContainEqual({ name: 'postgres-ca', mount_path: '/etc/agent-bom/postgres-ca', read_only: true });
      expect(mounts).toContainEqual({ name: 'tmp', mount_path: '/tmp' });
      const files = mounts.filter(({ name: volume }: Block) => volume === 'contract');
      expect(files).toEqual([{ name: 'contract', mount_path: '/contract', read_only: true }]);
    }
    expect(pod.volume.map(({ name }: Block) => name)).toEqual(['contract', 'revisions', 'postgres-ca', 'tmp']);
    expect(pod.volume[1]).toEqual({ name: 'revisions', empty_dir: { size_limit: '1Mi' } });
  });

  it('lets verify read the revisions that the image of the product has written', () => {
    const mounts = containers.flatMap(({ name, env, volume_mount: all }) =>
      all
        .filter((mount: Block) => mount.name === 'revisions')
        .map((mount: Block) => ({
          name,
          path: mount.mount_path,
          readOnly: mount.read_only,
          file: env.find((variable: Block) => variable.name === 'CONTRACT_REVISIONS_FILE').value,
        })),
    );
    expect(mounts).toEqual([
      { name: 'packaged', path: '/revisions', readOnly: undefined, file: '/revisions/revisions' },
      { name: 'verify', path: '/revisions', readOnly: true, file: '/revisions/revisions' },
    ]);
  });

  it('comes after everything that it needs', () => {
    const address = template.addresses().find((candidate) => candidate.startsWith('kubernetes_job_v1.')) ?? '';
    const types = [...template.prerequisites(address)].map((prerequisite) => prerequisite.split('.')[0]).sort();
    expect(types).toEqual([
      'kubernetes_config_map_v1', // files
      'kubernetes_config_map_v1', // authorities
      'kubernetes_manifest', // admin
      'kubernetes_manifest', // app
      'kubernetes_manifest', // backup
      'kubernetes_manifest', // control plane
      'kubernetes_manifest', // maintenance
      'kubernetes_manifest', // store
      'kubernetes_namespace_v1',
      'kubernetes_service_account_v1', // its own
      'kubernetes_service_account_v1', // secret reader
    ]);
  });
});

describe('a Job of which the necessary alone is given', () => {
  it('is for the usual server, the newest chart and two API pods', () => {
    const usual = Template.of((stack) => {
      const inNamespace = namespace(stack);
      new MigrationJob(stack, 'migrations', {
        endpoint: ENDPOINT,
        namespace: inNamespace,
        secrets: syncedSecrets(stack, inNamespace),
        trustBundle: new TrustBundle(stack, 'trust', { namespace: inNamespace, region: 'eu-west-1' }),
        files: new MigrationFiles(stack, 'files', { namespace: inNamespace }),
      });
    });
    const { spec } = usual.resource('kubernetes_job_v1').spec.template;
    const [before, packaged] = spec.init_container;
    expect([before.image, packaged.image]).toEqual(['postgres:16', `agentbom/agent-bom:${newestVersion()}`]);
    expect(before.env.find(({ name }: Block) => name === 'CONTRACT_OPTIONS').value).toBe(
      '-c agent_bom.app_connection_limit=74 -c agent_bom.maintenance_connection_limit=14 ' +
        '-c agent_bom.backup_connection_limit=4',
    );
  });
});

describe('the name of the Job', () => {
  const name = (change: Change) => migrationJob(change).resource('kubernetes_job_v1').metadata.generate_name;

  it('is the same for the same Job', () => {
    expect(name({})).toMatch(/^agent-bom-migrate-[0-9a-f]{10}-\$\{substr\(sha256\(jsonencode\(/);
    expect(name({})).toBe(name({}));
  });

  it.each<[string, Change]>([
    ['the version of the server', { engineMajor: '17' }],
    ['the version of the chart', { chartVersion: '0.101.0' }],
    ['the generation of the secrets', { generation: 2 }],
    ['a connection limit', { appLimit: 63 }],
  ])('changes with %s', (_what, change) => {
    expect(name(change)).not.toBe(name({}));
  });

  it('changes with every file, and so does the name of the ConfigMap', () => {
    const directory = mkdtempSync(join(tmpdir(), 'migrations-'));
    const names = () => {
      const changed = migrationJob({ directory });
      const files = changed.resource('kubernetes_config_map_v1', ({ metadata }) => /migrations/.test(metadata.name));
      return [changed.resource('kubernetes_job_v1').metadata.generate_name, files.metadata.name];
    };
    try {
      writeFileSync(join(directory, 'run.sh'), 'echo one');
      const first = names();
      writeFileSync(join(directory, 'run.sh'), 'echo two');
      const second = names();
      expect(second[0]).not.toBe(first[0]);
      expect(second[1]).not.toBe(first[1]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

describe('the files of the migrations', () => {
  const files = template.resource('kubernetes_config_map_v1', ({ metadata }) => /migrations/.test(metadata.name));
  const { items, name } = pod.volume[0].config_map;

  it('are all there, at their paths', () => {
    const expected = readdirSync(MIGRATIONS, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(MIGRATIONS.length + 1))
      .sort();
    expect(items.map(({ path }: Block) => path)).toEqual(expected);
    expect(expected).toContain('run.sh');
    expect(Object.keys(files.data).sort()).toEqual(items.map(({ key }: Block) => key).sort());
    expect(name).toBe(files.metadata.name);
    expect(files.immutable).toBe(true);
  });

  it('hold no interpolation that Terraform would run', () => {
    for (const text of Object.values<string>(files.data)) {
      const escaped = text.replaceAll('$${', '').replaceAll('%%{', '');
      expect(escaped).not.toMatch(/[$%]\{/);
    }
    expect(files.data['run.sh']).toContain('$${');
  });

  it('are refused above the size of a ConfigMap', () => {
    const directory = mkdtempSync(join(tmpdir(), 'migrations-'));
    try {
      writeFileSync(join(directory, 'a.sql'), 'x'.repeat(1_048_576 - 'a.sql'.length));
      expect(() => migrationJob({ directory })).not.toThrow();
      writeFileSync(join(directory, 'a.sql'), 'x'.repeat(1_048_577 - 'a.sql'.length));
      expect(() => migrationJob({ directory })).toThrow(/holds 1048577 bytes/);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
