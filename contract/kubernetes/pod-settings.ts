import type { Affinity } from './affinity';

/** How pods behave in a service mesh: without a sidecar, or with one that Kubernetes ends with the pod. */
export const MESH_MODES = ['opt-out', 'native-sidecar'] as const;
/** One of the two. */
export type MeshMode = (typeof MESH_MODES)[number];

/** Effects of a taint. */
export const TAINT_EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const;

/** A taint that pods accept. */
export interface Toleration {
  /**
   * Key of the taint.
   * @default - every key, with the operator `Exists`
   */
  readonly key?: string;
  /**
   * How `value` is compared.
   * @default 'Equal'
   */
  readonly operator?: 'Equal' | 'Exists';
  /** Value of the taint; only with `Equal`. */
  readonly value?: string;
  /**
   * Effect of the taint.
   * @default - every effect
   */
  readonly effect?: (typeof TAINT_EFFECTS)[number];
  /** Seconds that a pod stays on a node that gets the taint; only with `NoExecute`. */
  readonly tolerationSeconds?: number;
}

/** Where pods run, and what others in the cluster read from them. */
export interface PodSettings {
  /** Labels that a node has to have. */
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /** Taints that the pods accept. */
  readonly tolerations?: readonly Toleration[];
  /** Rules for the choice of a node, as Kubernetes has them. */
  readonly affinity?: Affinity;
  /** Name of an existing PriorityClass. */
  readonly priorityClassName?: string;
  /** Names of Secrets of the type `kubernetes.io/dockerconfigjson` in the namespace. */
  readonly imagePullSecrets?: readonly string[];
  /** Annotations. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Labels. */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * What the pods of Jobs do in a service mesh.
   * @default 'opt-out'
   */
  readonly mesh?: MeshMode;
}

/** Labels and annotations of a pod that a mesh reads. */
interface MeshMetadata {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const OPT_OUT: MeshMetadata = {
  labels: { 'sidecar.istio.io/inject': 'false' },
  annotations: { 'linkerd.io/inject': 'disabled' },
};
const NATIVE_SIDECAR: MeshMetadata = {
  labels: { 'sidecar.istio.io/inject': 'true' },
  annotations: {
    'sidecar.istio.io/nativeSidecar': 'true',
    'linkerd.io/inject': 'enabled',
    'config.beta.linkerd.io/proxy-enable-native-sidecar': 'true',
  },
};

/**
 * What tells Istio and Linkerd how to treat a pod that has to end: an ordinary sidecar keeps a Job running for ever, and
 * the containers that run before it have no network.
 *
 * @see https://istio.io/latest/docs/reference/config/annotations/
 * @see https://linkerd.io/2/features/native-sidecars/
 */
export function meshMetadata(mode: MeshMode): MeshMetadata {
  return mode === 'opt-out' ? OPT_OUT : NATIVE_SIDECAR;
}

/** Labels and annotations that the pods of Jobs have already, by what decides them. */
export const OWN_METADATA: Readonly<Record<'labels' | 'annotations', RegExp>> = {
  labels:
    /^(?:app\.kubernetes\.io\/(?:name|part-of|managed-by|component)|(?:batch\.kubernetes\.io\/)?(?:job-name|controller-uid)|sidecar\.istio\.io\/inject)$/,
  annotations:
    /^(?:agent-bom-postgres\/.*|karpenter\.sh\/do-not-disrupt|eks\.amazonaws\.com\/skip-containers|sidecar\.istio\.io\/(?:inject|nativeSidecar)|linkerd\.io\/inject|config\.(?:alpha|beta)\.linkerd\.io\/proxy-enable-native-sidecar)$/,
};
