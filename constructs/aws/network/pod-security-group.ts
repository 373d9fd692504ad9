import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule';
import { Construct } from 'constructs';
import type { EksCluster } from '../iam/eks-cluster';

/** Whose security group, and where. */
export interface PodSecurityGroupProps {
  /** Name of the group, at most 255 characters. Changing it REPLACES the group, which pods use. */
  readonly name: string;
  /** Cluster in whose VPC the pods run. */
  readonly cluster: EksCluster;
}

/**
 * Security group that marks the pods of the control plane. It allows no access to them, and lets them out to nothing
 * but what `allowTo` names: all that pods need besides that (DNS, the API server, probes of the kubelet, the internet) is the
 * business of the cluster's security group, which they keep next to this one.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/security-groups-for-pods.html
 */
export class PodSecurityGroup extends Construct {
  /** Id of the security group. */
  readonly securityGroupId: string;

  constructor(scope: Construct, id: string, { name, cluster }: PodSecurityGroupProps) {
    super(scope, id);
    this.securityGroupId = new SecurityGroup(this, 'group', {
      name,
      description: 'Pods of the agent-bom control plane',
      vpcId: cluster.ownVpcId,
    }).id;
  }

  /** Lets the pods out to a security group, such as that of a database, on one TCP port. */
  allowTo({ securityGroupId }: { readonly securityGroupId: string }, port: number): void {
    new VpcSecurityGroupEgressRule(this, 'egress-database', {
      description: 'PostgreSQL of the control plane',
      securityGroupId: this.securityGroupId,
      referencedSecurityGroupId: securityGroupId,
      ipProtocol: 'tcp',
      fromPort: port,
      toPort: port,
    });
  }
}
