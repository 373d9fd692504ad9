import { type PodAccount, restrictedPod } from '../../../../constructs/kubernetes/pods/restricted-pod';
import type { TrustBundle } from '../../../../constructs/kubernetes/pods/trust-bundle';
import { minimal, parsed, synthesize } from '../../../support/synth/environments';
import { pods } from '../../../support/synth/kubernetes-objects';
import type { Block } from '../../../support/synth/template';

const DUMP = '2026-01-31T03-00-00Z';
const { workload } = synthesize(parsed({ ...minimal(), backup: { restore: { dump: DUMP } } }));
const ALL = pods(workload);

/**
 * What the standard "restricted" allows.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
const VOLUME_TYPES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

const containersOf = (pod: Block): Block[] => [...pod.spec.initContainers, ...pod.spec.containers];

const restricted = (pods: {
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
}) =>
  restrictedPod({
    component: 'audit',
    account: { accountName: 'auditor' } as PodAccount,
    trustBundle: { configMapName: 'authorities', contentHash: '0123456789' } as unknown as TrustBundle,
    steps: [],
    volumes: [],
    pods,
  }).metadata;

describe('the pods', () => {
  it('are those of', () => {
    expect(ALL.map(([name]) => name.replace(/-[0-9a-f]{10}.*$/, '')).sort()).toEqual([
      'agent-bom-backup',
      'agent-bom-migrate',
      'agent-bom-migrate-monthly',
      'agent-bom-restore',
      'agent-bom-revoke',
      'agent-bom-verify',
    ]);
  });

  describe.each(ALL)('of %s', (_name, pod) => {
    it('pass the Pod Security Standard "restricted"', () => {
      for (const key of ['hostNetwork', 'hostPID', 'hostIPC', 'hostUsers', 'ephemeralContainers']) {
        expect(pod.spec).not.toHaveProperty(key);
      }
      for (const { name, ...source } of pod.spec.volumes) {
        expect({ name, types: Object.keys(source) }).toEqual({ name, types: [expect.stringMatching(/./)] });
        expect(VOLUME_TYPES).toContain(Object.keys(source)[0]);
      }
      expect(pod.spec.securityContext).toEqual({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      for (const { ports, securityContext } of containersOf(pod)) {
        expect(ports).toBeUndefined();
        expect(securityContext).toEqual({
          runAsNonRoot: true,
          runAsUser: expect.any(Number),
          runAsGroup: expect.any(Number),
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        expect(securityContext.runAsUser).toBeGreaterThan(0);
        expect(securityContext.runAsGroup).toBeGreaterThan(0);
      }
    });

    it('have an account of their own, no token and no variables of Services', () => {
      expect(pod.spec).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false });
      const account = workload.resource(
        'kubernetes_service_account_v1',
        ({ metadata }) => metadata.name === pod.spec.serviceAccountName,
      );
      expect(account.automount_service_account_token).toBe(false);
    });

    it('say in every container what it needs and may use', () => {
      for (const { resources } of containersOf(pod)) {
        for (const part of ['requests', 'limits']) {
          expect(Object.keys(resources[part]).sort()).toEqual(['cpu', 'ephemeral-storage', 'memory']);
        }
      }
    });

    it('end, show why, and are not labelled as the chart labels its own', () => {
      expect(pod.spec.restartPolicy).toBe('Never');
      for (const { terminationMessagePolicy } of containersOf(pod)) {
        expect(terminationMessagePolicy).toBe('FallbackToLogsOnError');
      }
      expect(pod.metadata.annotations).toMatchObject({
        'agent-bom-postgres/authorities': expect.stringMatching(/^[0-9a-f]{10}$/),
        'karpenter.sh/do-not-disrupt': 'true',
      });
      expect(pod.metadata.labels).toMatchObject({
        'app.kubernetes.io/name': 'agent-bom-postgres',
        'app.kubernetes.io/managed-by': 'terraform',
      });
    });

    it('mount only volumes that they have, and write to none but their own', () => {
      const volumes: Block[] = pod.spec.volumes;
      for (const { volumeMounts } of containersOf(pod)) {
        for (const { name, readOnly } of volumeMounts) {
          const volume = volumes.find((candidate) => candidate.name === name);
          if (volume.emptyDir === undefined) expect({ name, readOnly }).toEqual({ name, readOnly: true });
          else expect(volume.emptyDir.sizeLimit).toMatch(/^\d+[MG]i$/);
        }
      }
    });

    it('run pinned images', () => {
      for (const { image } of containersOf(pod)) expect(image).toMatch(/:\d[\d.]*$/);
    });

    it('act at AWS where the dump is moved, and nowhere else', () => {
      const skipped = (pod.metadata.annotations['eks.amazonaws.com/skip-containers'] ?? '').split(',');
      const withRole = containersOf(pod).filter(({ name }) => !skipped.includes(name));
      const aws = containersOf(pod).filter(({ image }) => image.startsWith('amazon/aws-cli:'));
      if (pod.spec.serviceAccountName === 'agent-bom-backup') expect(withRole).toEqual(aws);
      else expect(aws).toEqual([]);
      for (const { env } of aws) expect(env.filter((variable: Block) => variable.valueFrom)).toEqual([]);
    });
  });

  it('keep the labels and annotations that are decided here, whatever a program adds', () => {
    const own = restricted({});
    const changed = (texts: object = {}) => Object.fromEntries(Object.keys(texts).map((key) => [key, 'other']));
    const given = { labels: changed(own?.labels), annotations: changed(own?.annotations) };
    expect(Object.keys(given.labels)).toHaveLength(5);
    expect(restricted(given)).toEqual(own);
    expect(restricted({ labels: { team: 'a' } })?.labels).toEqual({ ...own?.labels, team: 'a' });
  });
});
