import type { JobV1SpecTemplateSpec, JobV1SpecTemplateSpecAffinity } from '@cdktf/provider-kubernetes/lib/job-v1';
import type { Affinity } from '../../../contract/kubernetes/affinity';
import type { PodSettings } from '../../../contract/kubernetes/pod-settings';
import { terraformLiteral } from '../../terraform-literal';

/** Where a pod runs, as the provider writes it; what nobody said is undefined. */
export function podPlacement(
  pods: PodSettings = {},
): Pick<JobV1SpecTemplateSpec, 'nodeSelector' | 'toleration' | 'affinity' | 'priorityClassName'> {
  const { nodeSelector = {}, tolerations = [], affinity = {}, priorityClassName } = pods;
  return {
    nodeSelector: Object.keys(nodeSelector).length === 0 ? undefined : { ...nodeSelector },
    toleration: tolerations.length === 0 ? undefined : tolerations.map(providerToleration),
    affinity: Object.keys(affinity).length === 0 ? undefined : providerAffinity(affinity),
    priorityClassName,
  };
}

/** The provider takes seconds as a text, to tell 0 from nothing. */
function providerToleration({ tolerationSeconds, ...toleration }: NonNullable<PodSettings['tolerations']>[number]) {
  return { ...toleration, tolerationSeconds: tolerationSeconds === undefined ? undefined : String(tolerationSeconds) };
}

/** The provider has a list of one where Kubernetes has a selector, and the singular where Kubernetes has the plural. */
function providerAffinity(affinity: Affinity): JobV1SpecTemplateSpecAffinity {
  return translated(affinity) as JobV1SpecTemplateSpecAffinity;
}

function translated(value: unknown): unknown {
  if (typeof value === 'string') return terraformLiteral(value);
  if (Array.isArray(value)) return value.map(translated);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => translatedKey(key, inner)));
}

function translatedKey(key: string, inner: unknown): [string, unknown] {
  if (key === 'matchLabels') return [key, inner];
  if (key === 'nodeSelectorTerms') return ['nodeSelectorTerm', translated(inner)];
  return /Selector$/.test(key) ? [key, [translated(inner)]] : [key, translated(inner)];
}
