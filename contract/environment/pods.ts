import { z } from 'zod';
import type { KeyMistake } from '../error';
import { affinityMistakes } from '../kubernetes/affinity';
import { MESH_MODES, OWN_METADATA, type PodSettings, TAINT_EFFECTS } from '../kubernetes/pod-settings';
import { LABEL_VALUE, OBJECT_NAME, QUALIFIED_NAME } from '../kubernetes/syntax';
import { type HelmValue, isValues, valueAt } from '../product/helm-values';
import { metadataCredentials } from '../product/release-credentials';
import { distinctList, field, section, wholeNumber } from './field';

/** What pods have where nothing else is said. */
export const POD_DEFAULTS = {
  nodeSelector: {} as Record<string, string>,
  tolerations: [] as NonNullable<PodSettings['tolerations']>[number][],
  affinity: {} as NonNullable<PodSettings['affinity']>,
  imagePullSecrets: [] as string[],
  annotations: {} as Record<string, string>,
  labels: {} as Record<string, string>,
  mesh: 'opt-out',
} as const;

const KEY_RULE =
  'letters, digits, `-`, `_` and dots, at most 63 characters, with or without a domain and a slash before';
const labelKey = z.string().max(317).regex(QUALIFIED_NAME);

function labelMap(description: string, example: string) {
  return field(
    z.record(labelKey, z.string().regex(LABEL_VALUE)),
    description,
    `names and texts as in labels of Kubernetes: ${KEY_RULE}; numbers and true or false in quotes`,
    `write \`${example}\` on lines below it, indented`,
  );
}

function objectName(what: string, description: string) {
  return field(
    z.string().max(253).regex(OBJECT_NAME),
    description,
    `the name of ${what}: lower-case letters, digits, hyphens and dots, at most 253 characters`,
    `write a name that \`kubectl get ${what === 'a Secret' ? 'secrets' : 'priorityclasses'}\` shows`,
  );
}

const toleration = section('A taint that the pods accept.', {
  key: field(
    labelKey,
    'Key of the taint. Without it, with `operator: Exists`, every taint.',
    `the key of a taint: ${KEY_RULE}`,
    'write the key that `kubectl describe node` shows under `Taints`',
  ).optional(),
  operator: field(
    z.enum(['Equal', 'Exists']),
    'Whether `value` has to be equal, or any value will do.',
    '`Equal` or `Exists`',
    'write Exists and leave `value` out, or Equal with the `value` of the taint',
  ).optional(),
  value: field(
    z.string().regex(LABEL_VALUE),
    'Value of the taint.',
    'the value of a taint: a text of at most 63 characters; numbers and true or false in quotes',
    'write the value in quotes',
  ).optional(),
  effect: field(
    z.enum(TAINT_EFFECTS),
    'Effect of the taint. Without it every effect.',
    `one of ${TAINT_EFFECTS.join(', ')}`,
    'write the effect that `kubectl describe node` shows behind the colon, or leave the key out',
  ).optional(),
  tolerationSeconds: wholeNumber(
    0,
    2_147_483_647,
    'seconds',
    'Seconds that a pod stays on a node that gets the taint; only with `NoExecute`.',
    'leave the key out: a Job that is moved begins again',
  ).optional(),
});

/** The keys of `pods`. */
export const pods = section('All pods of the environment: those of the chart, and those of the Jobs and CronJobs.', {
  nodeSelector: labelMap('Labels that a node has to have.', 'kubernetes.io/arch: arm64').default(
    POD_DEFAULTS.nodeSelector,
  ),
  tolerations: field(
    z.array(toleration).max(50),
    'Taints that the pods accept.',
    'a list of at most 50 tolerations, as in Kubernetes',
    'write `- key: dedicated` and `operator: Exists` on lines below it, indented',
  ).default(POD_DEFAULTS.tolerations),
  affinity: field(
    z.record(
      z.string(),
      z.custom<HelmValue>((value) => value !== undefined),
    ) as unknown as z.ZodType<NonNullable<PodSettings['affinity']>, Record<string, unknown>>,
    'Rules for the choice of a node, as in Kubernetes. In the chart they replace its own, which keep API pods apart.',
    'a section with `nodeAffinity`, `podAffinity` or `podAntiAffinity`, as in Kubernetes',
    'write the rules on lines below it, indented, or leave the key out',
  ).default(POD_DEFAULTS.affinity),
  priorityClassName: objectName(
    'a PriorityClass',
    'An existing PriorityClass. In the chart it is that of the API and of the user interface.',
  ).optional(),
  imagePullSecrets: distinctList(
    objectName('a Secret', 'Name of a Secret.'),
    10,
    'names of Secrets',
    'Secrets in the namespace that images are pulled with, in addition to `release.images.pullSecretName`.',
    'list names that `kubectl get secrets` shows',
  ).default(POD_DEFAULTS.imagePullSecrets),
  annotations: field(
    z.record(labelKey, z.string()),
    'Annotations of the pods, for what the cluster runs besides.',
    `names and texts: ${KEY_RULE}; numbers and true or false in quotes`,
    'write `example.com/team: platform` on lines below it, indented',
  ).default(POD_DEFAULTS.annotations),
  labels: labelMap(
    'Labels of the pods of Jobs and CronJobs. The chart has no value for labels.',
    'team: platform',
  ).default(POD_DEFAULTS.labels),
  mesh: field(
    z.enum(MESH_MODES),
    'What the pods of Jobs and CronJobs do in Istio or Linkerd: stay out, or run with a native sidecar.',
    `one of ${MESH_MODES.join(', ')}`,
    'write opt-out, or native-sidecar if the database or the registry can only be reached through the mesh',
  ).default(POD_DEFAULTS.mesh),
});

/** What Kubernetes would say against the pods, and what would end up in plain text; paths from the top of the file. */
export function podMistakes(written: unknown): KeyMistake[] {
  if (!isValues(written as HelmValue)) return [];
  const at = (key: string) => valueAt(written as HelmValue, [key]);
  const [affinity, tolerations] = [at('affinity'), at('tolerations')];
  const metadata = (['labels', 'annotations'] as const).flatMap((kind) => {
    const given = at(kind);
    return isValues(given) ? [...ownMetadata(kind, given), ...metadataCredentials(given, [kind])] : [];
  });
  return [
    ...(isValues(affinity) ? affinityMistakes(affinity).map((mistake) => within('affinity', mistake)) : []),
    ...(Array.isArray(tolerations) ? tolerations.flatMap(tolerationMistakes) : []),
    ...metadata,
  ].map((mistake) => within('pods', mistake));
}

function within(key: string, { path, ...mistake }: KeyMistake): KeyMistake {
  return { path: [key, ...path], ...mistake };
}

function ownMetadata(kind: 'labels' | 'annotations', given: object): KeyMistake[] {
  const own = Object.keys(given).filter((key) => OWN_METADATA[kind].test(key));
  return own.map((key) => ({
    path: [kind, key],
    got: key,
    rule: 'decided by this project for the pods of its Jobs',
    fix: /istio|linkerd/.test(key) ? 'remove it, and write `pods.mesh`' : 'remove it',
  }));
}

/** @see https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#scheduling */
function tolerationMistakes(given: HelmValue, index: number): KeyMistake[] {
  if (!isValues(given)) return [];
  const { key, operator = 'Equal', value, effect, tolerationSeconds } = given;
  const at = (place: string, rule: string, fix: string): KeyMistake => ({
    path: ['tolerations', index, place],
    rule,
    fix,
  });
  return [
    ...(key === undefined && operator === 'Equal'
      ? [
          at(
            'operator',
            '`Exists` where there is no `key`',
            'add `key`, or write `operator: Exists` to accept every taint',
          ),
        ]
      : []),
    ...(operator === 'Exists' && value !== undefined && value !== ''
      ? [at('value', 'left out with `Exists`, which accepts any value', 'remove `value`, or write `operator: Equal`')]
      : []),
    ...(tolerationSeconds !== undefined && effect !== 'NoExecute'
      ? [at('tolerationSeconds', 'only with `effect: NoExecute`', 'remove it, or write `effect: NoExecute`')]
      : []),
  ];
}
