import { Manifest } from '@cdktf/provider-kubernetes/lib/manifest';
import { NamespaceV1 } from '@cdktf/provider-kubernetes/lib/namespace-v1';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { NAMESPACE_DEFAULTS } from '../../../contract/environment/namespace';
import { APPLICATION_LABEL } from '../../../contract/names';

/** Labels of every object of this project. The chart removes what is labelled as its own when it is uninstalled. */
export const LABELS: Readonly<Record<string, string>> = {
  'app.kubernetes.io/name': APPLICATION_LABEL,
  'app.kubernetes.io/part-of': 'agent-bom',
  'app.kubernetes.io/managed-by': 'terraform',
};

/**
 * What pods of the namespace may be: `baseline` keeps out what takes over a node, and every pod that is not of the
 * strictest kind is reported. The Jobs' pods are; values of the chart may require more than the strictest kind allows.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-admission/
 */
const POD_SECURITY = {
  'pod-security.kubernetes.io/enforce': 'baseline',
  'pod-security.kubernetes.io/audit': 'restricted',
  'pod-security.kubernetes.io/warn': 'restricted',
};

/** Settings of the namespace. */
export interface ControlPlaneNamespaceProps {
  /**
   * Name of the namespace, at most 63 characters. Changing it REPLACES everything in it.
   * @default 'agent-bom'
   */
  readonly name?: string;
  /**
   * Whether to create the namespace, and to delete it with everything in it. An existing one is not touched:
   * its labels, quotas and policies stay. Changing it from true to false DELETES the namespace,
   * unless it is taken out of the state before (`terraform state rm`).
   * @default true
   */
  readonly create?: boolean;
}

/** The namespace of the control plane. Everything else in the workload stack waits for it. */
export class ControlPlaneNamespace extends Construct {
  /** Name of the namespace. */
  readonly name: string;
  private readonly prerequisites: ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ControlPlaneNamespaceProps = {}) {
    super(scope, id);
    const { name = NAMESPACE_DEFAULTS.name, create = NAMESPACE_DEFAULTS.create } = props;
    this.name = name;
    this.prerequisites = create ? [this.createNamespace()] : [];
  }

  /** What everything in the namespace has to wait for. */
  get ready(): readonly ITerraformDependable[] {
    return this.prerequisites;
  }

  /** Lets everything that is put into the namespace from now on wait for this too. */
  waitFor(prerequisites: readonly ITerraformDependable[]): void {
    this.prerequisites.push(...prerequisites);
  }

  private createNamespace(): NamespaceV1 {
    return new NamespaceV1(this, 'namespace', {
      metadata: { name: this.name, labels: { ...LABELS, ...POD_SECURITY } },
    });
  }
}

/** Which pods, and in which security groups. */
export interface SecurityGroupPolicyProps {
  /** All pods of this namespace that start from now on; pods that run already keep what they have. */
  readonly namespace: ControlPlaneNamespace;
  /**
   * One to five security groups, which take the place of those of the node. That of the cluster has to be among them:
   * by it the pods reach DNS and the API server, and the kubelet reaches their probes.
   */
  readonly securityGroupIds: readonly string[];
}

/**
 * Puts all pods of a namespace into separate security groups. The kind is known to every EKS cluster; it takes effect
 * where the VPC CNI runs with `ENABLE_POD_ENI=true` on nodes that support it. Elsewhere no pod has access to the
 * database, and the migration Job fails. Where the CNI enforces the groups strictly, as it does by default, probes of the kubelet need
 * its `DISABLE_TCP_EARLY_DEMUX=true` too.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/security-groups-for-pods.html
 */
export class SecurityGroupPolicy extends Construct {
  /** The policy, which has to exist before a pod that connects. */
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { namespace, securityGroupIds }: SecurityGroupPolicyProps) {
    super(scope, id);
    const policy = new Manifest(this, 'policy', {
      manifest: {
        apiVersion: 'vpcresources.k8s.aws/v1beta1',
        kind: 'SecurityGroupPolicy',
        metadata: { name: 'agent-bom-database', namespace: namespace.name, labels: LABELS },
        // An empty selector is all pods.
        spec: { podSelector: {}, securityGroups: { groupIds: [...securityGroupIds] } },
      },
      dependsOn: [...namespace.ready],
    });
    this.ready = [policy];
  }
}
