import { parse } from 'yaml';
import { minimal, parsed, synthesize } from '../support/synth/environments';
import { pods as podsOf } from '../support/synth/kubernetes-objects';
import type { Block } from '../support/synth/template';

const DUMP = '2026-01-31T03-00-00Z';
const AFFINITY = {
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: 'tier', operator: 'In', values: ['data'] }] }],
    },
  },
  podAntiAffinity: {
    preferredDuringSchedulingIgnoredDuringExecution: [
      { weight: 1, podAffinityTerm: { labelSelector: { matchLabels: { a: 'b' } }, topologyKey: 'zone' } },
    ],
  },
};
const PODS = {
  nodeSelector: { 'kubernetes.io/arch': 'arm64' },
  tolerations: [
    { key: 'dedicated', operator: 'Equal', value: 'agent-bom', effect: 'NoSchedule' },
    { key: 'spot', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 0 },
  ],
  affinity: AFFINITY,
  priorityClassName: 'critical',
  imagePullSecrets: ['pull', 'registry'],
  annotations: { 'example.com/team': '${team}' },
  labels: { team: 'platform' },
};

function synthesized(pods: object, release: object = {}) {
  const base = minimal();
  const content = { ...base, backup: { restore: { dump: DUMP } }, pods, release: { ...base.release, ...release } };
  const { workload } = synthesize(parsed(content));
  const [values = ''] = workload.resource('helm_release').values as string[];
  return { jobs: podsOf(workload), values: parse(values) as Block };
}

describe('every Job and CronJob', () => {
  const { jobs } = synthesized(PODS, { images: { pullSecretName: 'pull' } });

  it('is among them', () => {
    expect(jobs).toHaveLength(6);
  });

  it.each(jobs)('runs where `pods` says: %s', (_name, { metadata, spec }) => {
    expect(spec).toMatchObject({
      nodeSelector: PODS.nodeSelector,
      priorityClassName: 'critical',
      imagePullSecrets: [{ name: 'pull' }, { name: 'registry' }],
      toleration: [PODS.tolerations[0], { ...PODS.tolerations[1], tolerationSeconds: '0' }],
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerm: AFFINITY.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms,
          },
        },
        podAntiAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 1, podAffinityTerm: { labelSelector: [{ matchLabels: { a: 'b' } }], topologyKey: 'zone' } },
          ],
        },
      },
    });
    expect(metadata.labels).toMatchObject({ team: 'platform', 'app.kubernetes.io/name': 'agent-bom-postgres' });
    expect(metadata.annotations['example.com/team']).toBe('${team}');
  });

  it.each(synthesized({}).jobs)('says nothing of it where nothing is set: %s', (_name, { spec }) => {
    for (const key of ['nodeSelector', 'priorityClassName', 'imagePullSecrets', 'toleration', 'affinity']) {
      expect(spec).not.toHaveProperty(key);
    }
  });
});

describe('a service mesh', () => {
  it.each(synthesized({}).jobs)('leaves the pods of %s alone', (_name, { metadata }) => {
    expect(metadata.labels['sidecar.istio.io/inject']).toBe('false');
    expect(metadata.annotations['linkerd.io/inject']).toBe('disabled');
    expect(metadata.annotations).not.toHaveProperty(['sidecar.istio.io/nativeSidecar']);
  });

  it.each(synthesized({ mesh: 'native-sidecar' }).jobs)('gives %s a sidecar that ends with it', (_name, {
    metadata,
  }) => {
    expect(metadata.labels['sidecar.istio.io/inject']).toBe('true');
    expect(metadata.annotations).toMatchObject({
      'sidecar.istio.io/nativeSidecar': 'true',
      'linkerd.io/inject': 'enabled',
      'config.beta.linkerd.io/proxy-enable-native-sidecar': 'true',
    });
  });
});

describe('the chart', () => {
  it('gets what it has values for', () => {
    const { values } = synthesized(PODS);
    expect(values).toMatchObject({
      nodeSelector: PODS.nodeSelector,
      tolerations: PODS.tolerations,
      affinity: AFFINITY,
      imagePullSecrets: [{ name: 'pull' }, { name: 'registry' }],
      podAnnotations: { 'example.com/team': '$${team}' },
      controlPlane: { priorityClass: { create: false, name: 'critical' } },
    });
    expect(values).not.toHaveProperty('podLabels');
  });

  it('gets no Secret twice', () => {
    const { values } = synthesized(PODS, { images: { pullSecretName: 'pull' } });
    expect(values.imagePullSecrets).toEqual([{ name: 'registry' }, { name: 'pull' }]);
  });

  it('gets nothing where nothing is set', () => {
    const { values } = synthesized({});
    for (const key of ['nodeSelector', 'tolerations', 'affinity', 'imagePullSecrets', 'podAnnotations']) {
      expect(values).not.toHaveProperty(key);
    }
    expect(values.controlPlane).not.toHaveProperty('priorityClass');
  });

  it('gets what `release.values` says instead', () => {
    const { values } = synthesized(PODS, { values: { nodeSelector: { 'kubernetes.io/arch': 'amd64' } } });
    expect(values.nodeSelector).toEqual({ 'kubernetes.io/arch': 'amd64' });
  });
});
