import { environmentFile } from '../../../commands/rehearse/cluster/environment';
import { RehearsalSecrets } from '../../../commands/rehearse/cluster/secrets';
import { stackSteps } from '../../../commands/rehearse/cluster/stack';
import type { KubernetesObject } from '../../../commands/shared/cluster/kubernetes-objects';
import { parsed, synthesize } from '../../support/synth/environments';

const secrets = new RehearsalSecrets({ host: 'db.rehearsal.svc', bucket: 'dumps' });

function synthesized(delivery: 'existing' | 'external-secrets', generation: number, dump?: string) {
  const environment = {
    namespace: 'rehearsal',
    major: '16',
    delivery,
    generation,
    chartVersion: '0.110.0',
    poolMinimum: 5,
    authority: '',
    dump,
  } as const;
  const { workload, files } = synthesize(parsed(environmentFile(environment)), 'the CA of the rehearsal');
  return {
    steps: stackSteps(workload.json, (name) => secrets.output(name, generation)),
    secretManifest: files['rehearsal/secrets.yaml'],
  };
}

function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [];
}

describe('the rehearsed environment', () => {
  it('is what synth makes, in the order of what depends on what, with nothing left for Terraform', () => {
    const { steps, secretManifest = '' } = synthesized('existing', 2, '2026-01-31T03-00-00Z');
    const names = steps.map((step) => (step.kind === 'object' ? step.object.kind : step.kind));
    expect(names.filter((name) => /Job|release/.test(name))).toEqual([
      'Job',
      'Job',
      'release',
      'CronJob',
      'CronJob',
      'CronJob',
      'Job',
    ]);
    expect(names.indexOf('ConfigMap')).toBeLessThan(names.indexOf('Job'));
    const [release] = steps.flatMap((step) => (step.kind === 'release' ? [step.release] : []));
    expect(release?.values).toHaveLength(1);
    const objects = steps.flatMap((step) => (step.kind === 'object' ? [step.object] : []));
    expect(objects.map(({ metadata }) => metadata.namespace)).toEqual(objects.map(() => 'rehearsal'));
    for (const { kind, metadata, data, ...object } of objects)
      expect([kind, metadata.name, texts([metadata, object]).filter((text) => text.includes('${'))]).toEqual([
        kind,
        metadata.name,
        [],
      ]);
    const manifests = secrets.manifests(secretManifest);
    const url = manifests.find(({ metadata }) => metadata.name === 'agent-bom-app-g2')?.stringData
      .AGENT_BOM_POSTGRES_URL;
    expect(url).toBe(
      `postgresql://agent_bom_app_b:${secrets.password('agent_bom_app_b 2')}@db.rehearsal.svc:5432/agent_bom?sslmode=verify-full&sslrootcert=/etc/agent-bom/postgres-ca/ca.pem`,
    );
    const control = manifests.find(({ metadata }) => metadata.name === 'agent-bom-control-plane')?.stringData;
    expect(Buffer.from(control.AGENT_BOM_CONNECTIONS_KEY, 'base64url')).toHaveLength(32);
    expect(texts(manifests).filter((text) => /[<>]/.test(text))).toEqual([]);
  });

  it('gives the operator every property that an ExternalSecret reads', () => {
    const { steps } = synthesized('external-secrets', 3);
    const objects = steps.flatMap((step) => (step.kind === 'object' ? [step.object] : []));
    const external = objects.filter(({ kind }) => kind === 'ExternalSecret');
    const [store] = objects.filter(({ kind }) => kind === 'SecretStore');
    const { data } = secrets.fakeStore(store as KubernetesObject, external).spec.provider.fake;
    expect(external).toHaveLength(5);
    for (const { spec } of external) {
      for (const { remoteRef } of spec.data) {
        const found = data.filter(
          ({ key, version }: typeof remoteRef) => key === remoteRef.key && version === (remoteRef.version ?? ''),
        );
        expect(found).toHaveLength(1);
        expect(JSON.parse(found[0].value)[remoteRef.property].length).toBeGreaterThan(10);
      }
    }
    const app = data.find(({ key }: { key: string }) => key === 'app');
    expect(JSON.parse(app.value)).toEqual({ username: 'agent_bom_app', password: secrets.password('agent_bom_app 3') });
  });

  it('refuses what only Terraform could resolve', () => {
    const metadata = { name: '${data.aws_eks_cluster.eks.endpoint}' };
    expect(() => stackSteps({ resource: { kubernetes_config_map_v1: { one: { metadata } } } }, String)).toThrow(
      'only Terraform',
    );
    expect(() => stackSteps({ resource: { aws_s3_bucket: { one: {} } } }, String)).toThrow('aws_s3_bucket.one');
    expect(() => secrets.output('aws_new_thing_0A1B2C3Darn', 1)).toThrow('aws_new_thing');
  });
});
