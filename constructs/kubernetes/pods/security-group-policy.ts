import { Manifest } from '@cdktf/provider-kubernetes/lib/manifest';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { ControlPlaneNamespace } from './control-plane-namespace';
import { LABELS } from './labels';

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
 * Puts all pods of a namespace into security groups of their own. The kind is known to every EKS cluster; it takes effect
 * where the VPC CNI runs with `ENABLE_POD_ENI=true` on nodes that support it. Elsewhere the database admits no pod, and
 * the migration Job fails. Where the CNI enforces the groups strictly, as it does by default, probes of the kubelet need
 * its `DISABLE_TCP_EARLY_DEMUX=true` too.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/security-groups-for-pods.html
 */
export class SecurityGroupPolicy extends Construct {
  /** The policy, which has to be there before a pod that connects. */
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
