import type {
  JobV1SpecTemplate,
  JobV1SpecTemplateSpecContainer,
  JobV1SpecTemplateSpecContainerResources,
  JobV1SpecTemplateSpecVolume,
} from '@cdktf/provider-kubernetes/lib/job-v1';
import { ServiceAccountV1 } from '@cdktf/provider-kubernetes/lib/service-account-v1';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { POD_DEFAULTS } from '../../../contract/environment/pods';
import { meshMetadata, type PodSettings } from '../../../contract/kubernetes/pod-settings';
import { CA_DIRECTORY } from '../../../contract/postgres/connection-url';
import type { ContainerResources } from '../../../contract/postgres/job';
import type { ImageSource } from '../../../contract/product/images';
import { terraformLiteral } from '../../terraform-literal';
import { type ControlPlaneNamespace, LABELS } from './control-plane-namespace';
import { podPlacement } from './pod-placement';
import type { TrustBundle } from './trust-bundle';

/** Who the pods are. */
export interface PodAccountProps {
  /** Namespace of the ServiceAccount. */
  readonly namespace: ControlPlaneNamespace;
  /** Name of the ServiceAccount. The trust of a role names it. */
  readonly name: string;
  /**
   * IAM role that the pods of the account act as.
   * @default - none by annotation
   * @see https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
   */
  readonly roleArn?: string;
}

/** ServiceAccount of the Jobs. It gives its pods no token: the container that scales the API mounts its own. */
export class PodAccount extends Construct {
  /** Name of the ServiceAccount. */
  readonly accountName: string;
  /** What has to exist before whatever uses it; for `dependsOn`. */
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { namespace, name, roleArn }: PodAccountProps) {
    super(scope, id);
    this.accountName = name;
    const account = new ServiceAccountV1(this, 'account', {
      metadata: {
        name,
        namespace: namespace.name,
        labels: { ...LABELS },
        annotations: roleArn === undefined ? undefined : { 'eks.amazonaws.com/role-arn': roleArn },
      },
      automountServiceAccountToken: false,
      dependsOn: [...namespace.ready],
    });
    this.ready = [account];
  }
}

/** A user of an image in numbers, because Kubernetes cannot tell whether a name is root. */
export interface ImageUser {
  /** User id. */
  readonly runAsUser: string;
  /** Group id. */
  readonly runAsGroup: string;
}

/** User `postgres` of the official images of PostgreSQL. */
export const POSTGRES_USER: ImageUser = { runAsUser: '999', runAsGroup: '999' };

/** Room in a container's own files and in `/tmp`; a quota may require it, and a node takes it away beyond the limit. */
const LITTLE_DISK = { requests: '64Mi', limits: '512Mi' };
const TMP_LIMIT = '256Mi';

/** What a container requests and may use. */
export interface ContainerSize extends ContainerResources {
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
  /** CA certificates of the database server, which the pods trust. */
  readonly trustBundle: TrustBundle;
  /** Containers that run one after the other. */
  readonly steps: readonly JobV1SpecTemplateSpecContainer[];
  /** Volumes besides `/tmp` and the CA certificates of the database server. */
  readonly volumes: readonly JobV1SpecTemplateSpecVolume[];
  /**
   * Where the images come from; it may need a Secret.
   * @default - Docker Hub
   */
  readonly images?: ImageSource;
  /**
   * Where the pods run, and what others in the cluster read from them.
   * @default - anywhere, and outside of a service mesh
   */
  readonly pods?: PodSettings;
  /** Containers that get no AWS credentials, although the account has a role. */
  readonly withoutRole?: readonly string[];
}

/**
 * Pod that runs its steps in order and once. It passes the Pod Security Standard "restricted", and a quota that requires
 * requests and limits.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export function restrictedPod(props: RestrictedPodProps): JobV1SpecTemplate {
  const { account, trustBundle, steps, volumes } = props;
  return {
    metadata: { labels: labels(props), annotations: annotations(props) },
    spec: {
      ...podPlacement(props.pods),
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
      imagePullSecrets: pullSecrets(props),
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

function labels({ component, pods = {} }: RestrictedPodProps): Record<string, string> {
  const mesh = meshMetadata(pods.mesh ?? POD_DEFAULTS.mesh);
  return { ...pods.labels, ...LABELS, 'app.kubernetes.io/component': component, ...mesh.labels };
}

function pullSecrets({ images, pods }: RestrictedPodProps): { readonly name: string }[] | undefined {
  const names = [images?.pullSecretName, ...(pods?.imagePullSecrets ?? [])].filter((name) => name !== undefined);
  return names.length === 0 ? undefined : [...new Set(names)].map((name) => ({ name }));
}

function annotations({ trustBundle, withoutRole = [], pods = {} }: RestrictedPodProps): Record<string, string> {
  return {
    ...literals(pods.annotations),
    ...meshMetadata(pods.mesh ?? POD_DEFAULTS.mesh).annotations,
    // A pod that runs keeps the certificate authorities that it began with.
    'agent-bom-postgres/authorities': trustBundle.contentHash,
    // What is half done begins again from the start: nothing that consolidates nodes should choose this pod.
    'karpenter.sh/do-not-disrupt': 'true',
    ...(withoutRole.length === 0 ? {} : { 'eks.amazonaws.com/skip-containers': withoutRole.join(',') }),
  };
}

function literals(texts: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, terraformLiteral(text)]));
}

function resources({ cpu, memory, disk }: ContainerSize): JobV1SpecTemplateSpecContainerResources {
  const amounts = (end: 0 | 1, storage: string) => ({
    cpu: cpu[end],
    memory: memory[end],
    'ephemeral-storage': disk ?? storage,
  });
  return { requests: amounts(0, LITTLE_DISK.requests), limits: amounts(1, LITTLE_DISK.limits) };
}
