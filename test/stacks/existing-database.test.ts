import { parse } from 'yaml';
import { regionAuthorities } from '../../contract/aws/certificate-authorities';
import { existingEndpoint } from '../../stacks/environment-stacks';
import { jobOf } from '../support/postgres/job';
import { minimal, minimalExisting, parsed, synthesize, synthesizeWorkload } from '../support/synth/environments';
import { type Block, strings } from '../support/synth/template';

const workload = synthesizeWorkload(parsed(minimalExisting()));

describe('the stack of an environment whose database is there already', () => {
  it('is the workload alone, made of', () => {
    expect(workload.inventory()).toEqual([
      'helm_release',
      'kubernetes_config_map_v1', // authorities
      'kubernetes_config_map_v1', // files of the migrations
      'kubernetes_cron_job_v1', // the migration, every month
      'kubernetes_cron_job_v1', // the verification, every day
      'kubernetes_job_v1', // migration
      'kubernetes_job_v1', // revocation
      'kubernetes_manifest', // SecretStore
      'kubernetes_manifest', // admin
      'kubernetes_manifest', // app
      'kubernetes_manifest', // backup
      'kubernetes_manifest', // control plane
      'kubernetes_manifest', // maintenance
      'kubernetes_namespace_v1',
      'kubernetes_role_binding_v1', // the migration stops the API
      'kubernetes_role_v1', // the migration stops the API
      'kubernetes_service_account_v1', // migration
      'kubernetes_service_account_v1', // revocation
      'kubernetes_service_account_v1', // verification
      'kubernetes_service_account_v1', // reader of the secrets
    ]);
    expect(Object.keys(workload.json.data)).toEqual(['aws_eks_cluster']);
    expect(workload.unresolvedReferences()).toEqual([]);
  });

  it('tells the product where the database runs', () => {
    const { database } = minimalExisting();
    const elsewhere = { ...database, existing: { host: 'db.example.com' }, caBundleFile: 'ca.pem' };
    const other = synthesizeWorkload(
      parsed({ ...minimalExisting(), database: elsewhere }),
      regionAuthorities('eu-west-1'),
    );
    const providers = [workload, other].map(
      (template) => parse(template.resource('helm_release').values[0]).controlPlane.postgres.provider,
    );
    expect(providers).toEqual(['aws-rds', 'postgres']);
  });

  it('reads the secrets that the file names, as the role that it names', () => {
    const { existing, readerRoleArn } = minimalExisting().secrets;
    const accounts = workload.resources('kubernetes_service_account_v1').map(({ metadata }) => metadata);
    const annotated = accounts.filter(({ annotations }) => annotations !== undefined);
    expect(annotated.map(({ name }) => name)).toEqual(['agent-bom-secret-reader']);
    expect(annotated[0].annotations).toEqual({
      'eks.amazonaws.com/role-arn': readerRoleArn,
    });
    const sources = workload
      .manifests('ExternalSecret')
      .map(({ manifest: { metadata, spec } }) => [metadata.name, ...new Set(spec.data.map(keyOf))]);
    expect(Object.fromEntries(sources)).toEqual({
      'agent-bom-admin': existing.admin.arn,
      'agent-bom-app-g1': existing.app.arn,
      'agent-bom-maintenance-g1': existing.maintenance.arn,
      'agent-bom-backup-g1': existing.backup.arn,
      'agent-bom-control-plane': existing.controlPlane.arn,
    });
  });

  it('keeps what a secret says until the generation is raised, except of the administrator and the keys', () => {
    const policies = workload.manifests('ExternalSecret').map(({ manifest: { metadata, spec }, lifecycle }) => {
      expect(spec.data.some(({ remoteRef }: Block) => 'version' in remoteRef)).toBe(false);
      return [metadata.name, [spec.refreshPolicy, spec.refreshInterval, lifecycle.create_before_destroy]];
    });
    expect(Object.fromEntries(policies)).toEqual({
      'agent-bom-admin': ['Periodic', '5m0s', false],
      'agent-bom-app-g1': ['CreatedOnce', '1h0m0s', true],
      'agent-bom-maintenance-g1': ['CreatedOnce', '1h0m0s', true],
      'agent-bom-backup-g1': ['CreatedOnce', '1h0m0s', true],
      'agent-bom-control-plane': ['Periodic', '1h0m0s', false],
    });
    const { secrets, ...rest } = minimalExisting();
    const next = synthesizeWorkload(parsed({ ...rest, secrets: { ...secrets, generation: 2 } }));
    const jobName = (template: typeof workload) => jobOf(template, 'migrate').metadata.generate_name;
    expect(jobName(next)).not.toBe(jobName(workload));
    expect(next.text).toContain('agent-bom-app-g2');
    expect(next.text).not.toContain('-g1');
  });

  it('connects to the server with verified TLS, by the host, port and database of the file', () => {
    const existing = { ...minimalExisting().database.existing, port: 5433, database: 'bom' };
    const database = { ...minimalExisting().database, existing };
    const template = synthesizeWorkload(parsed({ ...minimalExisting(), database }));
    const urls = template
      .manifests('ExternalSecret')
      .flatMap(({ manifest }) => strings(manifest.spec.target.template.data))
      .filter((text) => text.startsWith('postgresql://'));
    expect(urls).toHaveLength(4);
    for (const url of urls) expect(url).toContain(`@${existing.host}:5433/bom?sslmode=verify-full&sslrootcert=`);
  });

  it('runs psql of the version of the server, against the same contract', () => {
    const template = synthesizeWorkload(
      parsed({ ...minimalExisting(), database: { ...minimalExisting().database, engine: '18' } }),
    );
    const pod = (of: typeof workload) => jobOf(of, 'migrate').spec.template.spec;
    expect(pod(template).container[0].image).toBe('postgres:18');
    const managed = pod(synthesize(parsed(minimal())).workload);
    expect(pod(workload)).toEqual(managed);
  });

  it('trusts the authorities of the region that the host is in, or those that are given', () => {
    const trusted = (host: string, caBundle?: string) => {
      const { database, ...rest } = minimalExisting();
      const given = caBundle === undefined ? {} : { caBundleFile: 'ca.pem' };
      const template = synthesizeWorkload(
        parsed({ ...rest, database: { ...database, existing: { host }, ...given } }),
        caBundle,
      );
      return template.resource('kubernetes_config_map_v1', ({ data }) => 'ca.pem' in data).data['ca.pem'];
    };
    expect(trusted('bom.c0a1.eu-west-1.rds.amazonaws.com')).toBe(regionAuthorities('eu-west-1'));
    expect(trusted('bom.c0a1.us-east-1.rds.amazonaws.com')).toBe(regionAuthorities('us-east-1'));
    expect(trusted('bom.example.com', 'PEM')).toBe('PEM');
  });

  it('holds no credential and no role of ours', () => {
    expect(workload.json).not.toHaveProperty('ephemeral');
    expect(workload.text).not.toContain('terraform_remote_state');
    const urls = workload.text.match(/[a-z]+:\/\/[^\s{/@:]+:[^\s{/]+@/g) ?? [];
    // What a script says when it is given something else.
    expect(urls.filter((url) => url !== 'postgresql://user:password@')).toEqual([]);
  });
});

describe('an endpoint whose secrets somebody else brings into the cluster', () => {
  const environment = parsed(minimalExisting());

  it('says where the server is, and lets nobody look for its secrets in Secrets Manager', () => {
    const endpoint = existingEndpoint({
      ...environment,
      secrets: { generation: 1, recoveryWindowDays: 30, delivery: 'existing' },
    });
    expect(endpoint).toMatchObject({ host: environment.database.existing?.host, port: 5432, database: 'agent_bom' });
    expect(endpoint.secretReaderRoleArn).toBeUndefined();
    const secrets = [endpoint.adminSecret, endpoint.controlPlaneSecret, ...Object.values(endpoint.identitySecrets)];
    expect(secrets).toHaveLength(5);
    for (const secret of secrets) expect(() => secret?.arn).toThrow('not in Secrets Manager');
  });

  it('is not asked for where the environment has a database of its own', () => {
    expect(() => existingEndpoint(parsed(minimal()))).toThrow('not an existing one');
  });
});

const ASKED_FOR = {
  cpu: expect.any(String),
  memory: expect.any(String),
  'ephemeral-storage': expect.any(String),
};

describe('the namespace', () => {
  const { workload: ours } = synthesize(parsed(minimal()));
  const { workload: found } = synthesize(parsed({ ...minimal(), namespace: { name: 'team', create: false } }));

  it('admits no pod that takes over a node, and reports those that are not of the strictest kind', () => {
    expect(ours.resource('kubernetes_namespace_v1').metadata).toEqual({
      name: 'agent-bom',
      labels: expect.objectContaining({
        'app.kubernetes.io/managed-by': 'terraform',
        'pod-security.kubernetes.io/enforce': 'baseline',
        'pod-security.kubernetes.io/audit': 'restricted',
        'pod-security.kubernetes.io/warn': 'restricted',
      }),
    });
  });

  it('is left alone when it is there already, and everything is in it', () => {
    expect(found.resources('kubernetes_namespace_v1')).toEqual([]);
    expect(found.unresolvedReferences()).toEqual([]);
    const inNamespace = ['kubernetes_config_map_v1', 'kubernetes_job_v1', 'kubernetes_service_account_v1']
      .flatMap((type) => found.resources(type))
      .map(({ metadata }) => metadata.namespace);
    const manifests = found.resources('kubernetes_manifest').map(({ manifest }) => manifest.metadata.namespace);
    expect(new Set([...inNamespace, ...manifests, found.resource('helm_release').namespace])).toEqual(
      new Set(['team']),
    );
    expect(found.json.output.namespace_name.value).toBe('team');
  });

  it('may have a quota: every container of ours says what it asks for and what it may take', () => {
    const containers = [...ours.resources('kubernetes_job_v1'), ...ours.resources('kubernetes_cron_job_v1')]
      .map(({ spec }) => (spec.job_template?.spec ?? spec).template.spec)
      .flatMap((pod) => [...(pod.init_container ?? []), ...pod.container]);
    expect(containers.length).toBeGreaterThanOrEqual(4);
    for (const { name, resources } of containers) {
      expect({ name, ...resources }).toEqual({
        name,
        requests: ASKED_FOR,
        limits: ASKED_FOR,
      });
    }
  });

  it('is the only one that the chart is told of', () => {
    expect(parse(ours.resource('helm_release').values[0])).not.toHaveProperty('namespace');
  });
});

function keyOf({ remoteRef }: Block): string {
  return remoteRef.key;
}
