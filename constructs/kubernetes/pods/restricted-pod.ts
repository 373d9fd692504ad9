import type {
  JobV1SpecPodFailurePolicy,
  JobV1SpecTemplate,
  JobV1SpecTemplateSpecContainer,
  JobV1SpecTemplateSpecContainerResources,
  JobV1SpecTemplateSpecVolume,
} from '@cdktf/provider-kubernetes/lib/job-v1';
import { CA_DIRECTORY } from '../../../contract/postgres/connection-url';
import type { ImageSource } from '../../../contract/product/images';
import { LABELS } from './labels';
import type { PodAccount } from './pod-account';
import type { TrustBundle } from './trust-bundle';

/** A user of an image in numbers, because Kubernetes cannot tell whether a name is root. */
export interface ImageUser {
  /** User id. */
  readonly runAsUser: string;
  /** Group id. */
  readonly runAsGroup: string;
}

/** User `postgres` of the official images of PostgreSQL. */
export const POSTGRES_USER: ImageUser = { runAsUser: '999', runAsGroup: '999' };

/** Room in a container's own files and in `/tmp`; a quota may ask for it, and a node takes it away beyond the limit. */
const LITTLE_DISK = { requests: '64Mi', limits: '512Mi' };
const TMP_LIMIT = '256Mi';

/** A node that is drained or taken away is no failure of the Job, whatever its number of retries. */
export const IGNORE_DISRUPTIONS: JobV1SpecPodFailurePolicy = {
  rule: [{ action: 'Ignore', onPodCondition: [{ type: 'DisruptionTarget', status: 'True' }] }],
};

/** What a container needs and may use, in the way Kubernetes writes quantities. */
export interface ContainerSize {
  /** Processors: what is reserved, and the most that it gets. */
  readonly cpu: readonly [request: string, limit: string];
  /** Memory: what is reserved, and what it is ended beyond. */
  readonly memory: readonly [request: string, limit: string];
  /**
   * Disk of the node: the container's own files and its part of the pod's volumes.
   * @default - 64 MiB, at most 512
   */
  readonly disk?: string;
}

/** A container as it is written where its user and size are decided. */
export interface RestrictedContainer
  extends Pick<JobV1SpecTemplateSpecContainer, 'image' | 'workingDir' | 'env' | 'volumeMount'> {
  /** Name of the container. */
  readonly name: string;
  /** Program and its arguments. */
  readonly command: readonly string[];
  /** User of the image that it runs as. */
  readonly user: ImageUser;
  /** What it needs and may use. */
  readonly size: ContainerSize;
}

/** What a pod is made of. */
export interface RestrictedPodProps {
  /** What the pod is for; a label. */
  readonly component: string;
  /** ServiceAccount of the pods. */
  readonly account: PodAccount;
  /** Certificate authorities of the database server, which the pods trust. */
  readonly trustBundle: TrustBundle;
  /** Containers that run one after the other. */
  readonly steps: readonly JobV1SpecTemplateSpecContainer[];
  /** Volumes beside `/tmp` and the authorities of the database server. */
  readonly volumes: readonly JobV1SpecTemplateSpecVolume[];
  /**
   * Where the images come from; it may need a Secret.
   * @default - Docker Hub
   */
  readonly images?: ImageSource;
  /** Containers that act as nobody at AWS, although the account has a role. */
  readonly withoutRole?: readonly string[];
}

/**
 * Pod that runs its steps in order and once. It passes the Pod Security Standard "restricted", and a quota that asks for
 * requests and limits.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export function restrictedPod(props: RestrictedPodProps): JobV1SpecTemplate {
  const { component, account, trustBundle, steps, volumes, images } = props;
  return {
    metadata: { labels: { ...LABELS, 'app.kubernetes.io/component': component }, annotations: annotations(props) },
    spec: {
      restartPolicy: 'Never',
      serviceAccountName: account.accountName,
      automountServiceAccountToken: false,
      // Otherwise the Services of the control plane become variables that look like its settings.
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      initContainer: steps.slice(0, -1),
      container: steps.slice(-1),
      volume: [
        ...volumes,
        { name: 'postgres-ca', configMap: { name: trustBundle.configMapName } },
        { name: 'tmp', emptyDir: { sizeLimit: TMP_LIMIT } },
      ],
      imagePullSecrets: images?.pullSecretName === undefined ? undefined : [{ name: images.pullSecretName }],
    },
  };
}

/** Container without rights over its node or its image. What it says last is shown where the pod is described. */
export function restrictedContainer(props: RestrictedContainer): JobV1SpecTemplateSpecContainer {
  const { command, user, size, volumeMount, ...container } = props;
  return {
    ...container,
    command: [...command],
    resources: resources(size),
    terminationMessagePolicy: 'FallbackToLogsOnError',
    securityContext: {
      ...user,
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMount: [
      { name: 'postgres-ca', mountPath: CA_DIRECTORY, readOnly: true },
      { name: 'tmp', mountPath: '/tmp' },
      ...(Array.isArray(volumeMount) ? volumeMount : []),
    ],
  };
}

function annotations({ trustBundle, withoutRole = [] }: RestrictedPodProps): Record<string, string> {
  return {
    // A pod that runs keeps the authorities that it began with.
    'agent-bom-postgres/authorities': trustBundle.contentHash,
    // Half done is begun anew: nothing that tidies nodes up should choose this pod.
    'karpenter.sh/do-not-disrupt': 'true',
    ...(withoutRole.length === 0 ? {} : { 'eks.amazonaws.com/skip-containers': withoutRole.join(',') }),
  };
}

function resources({ cpu, memory, disk }: ContainerSize): JobV1SpecTemplateSpecContainerResources {
  const amounts = (end: 0 | 1, storage: string) => ({
    cpu: cpu[end],
    memory: memory[end],
    'ephemeral-storage': disk ?? storage,
  });
  return { requests: amounts(0, LITTLE_DISK.requests), limits: amounts(1, LITTLE_DISK.limits) };
}
