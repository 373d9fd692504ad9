import { DbSubnetGroup } from '@cdktf/provider-aws/lib/db-subnet-group';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule';
import { Construct } from 'constructs';
import { ContractError } from '../../contract/error';
import type { EksCluster } from './eks-cluster';

/** Where the database is attached. */
export interface DatabaseNetworkProps {
  /** Name of the security group and of the subnet group. Changing it replaces both. */
  readonly name: string;
  /** Cluster whose VPC the database joins. */
  readonly cluster: EksCluster;
  /**
   * Private subnets of that VPC, two or more, in different availability zones.
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html
   */
  readonly subnetIds: readonly string[];
}

/** Subnet group and security group of the database. Nothing may connect until `allowFrom` says so; nothing leaves. */
export class DatabaseNetwork extends Construct {
  /** Name of the subnet group. */
  readonly subnetGroupName: string;
  /** Id of the security group of the database. */
  readonly securityGroupId: string;

  constructor(scope: Construct, id: string, props: DatabaseNetworkProps) {
    super(scope, id);
    this.validateSubnets(props.subnetIds);
    this.subnetGroupName = this.createSubnetGroup(props).name;
    this.securityGroupId = this.createSecurityGroup(props).id;
  }

  /** Admits the pods and nodes of a cluster on one TCP port. */
  allowFrom(cluster: EksCluster, port: number): void {
    new VpcSecurityGroupIngressRule(this, `ingress-${cluster.node.id}`, {
      description: `PostgreSQL from the EKS cluster ${cluster.name}`,
      securityGroupId: this.securityGroupId,
      referencedSecurityGroupId: cluster.securityGroupId,
      ipProtocol: 'tcp',
      fromPort: port,
      toPort: port,
    });
  }

  private createSubnetGroup({ name, subnetIds }: DatabaseNetworkProps): DbSubnetGroup {
    return new DbSubnetGroup(this, 'subnets', {
      name,
      description: 'Private subnets of the agent-bom database',
      subnetIds: [...subnetIds],
    });
  }

  private createSecurityGroup({ name, cluster }: DatabaseNetworkProps): SecurityGroup {
    return new SecurityGroup(this, 'firewall', {
      name,
      description: 'Who may connect to the agent-bom database',
      vpcId: cluster.vpcId,
    });
  }

  private validateSubnets(subnetIds: readonly string[]): void {
    if (new Set(subnetIds).size >= 2) return;
    throw new ContractError({
      path: this.node.path,
      got: `${subnetIds.length} in \`subnetIds\``,
      rule: 'a database needs at least two different subnets',
      fix: 'give private subnets in two or more availability zones',
    });
  }
}
