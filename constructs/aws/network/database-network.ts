import { DbSubnetGroup } from '@cdktf/provider-aws/lib/db-subnet-group';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import {
  VpcSecurityGroupIngressRule,
  type VpcSecurityGroupIngressRuleConfig,
} from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule';
import { Construct } from 'constructs';
import { isPrivateBlock } from '../../../contract/aws/private-addresses';
import { ContractError } from '../../../contract/error';
import type { EksCluster } from '../iam/eks-cluster';
import { DatabaseSubnets } from './database-subnets';
import type { PodSecurityGroup } from './pod-security-group';

/** Where the database is attached. */
export interface DatabaseNetworkProps {
  /** Name of the security group and of the subnet group. Changing it replaces both. */
  readonly name: string;
  /** Cluster whose VPC the database joins. */
  readonly cluster: EksCluster;
  /**
   * Private subnets of that VPC, two or more, in different availability zones.
   * @default - the private ones among the subnets of the cluster
   */
  readonly subnetIds?: readonly string[];
}

/** Subnet group and security group of the database. Nothing may connect until it is allowed to; nothing leaves. */
export class DatabaseNetwork extends Construct {
  /** Name of the subnet group. */
  readonly subnetGroupName: string;
  /** Id of the security group of the database. */
  readonly securityGroupId: string;

  constructor(scope: Construct, id: string, props: DatabaseNetworkProps) {
    super(scope, id);
    this.subnetGroupName = this.createSubnetGroup(props).name;
    this.securityGroupId = this.createSecurityGroup(props).id;
  }

  /** Admits the pods and nodes of a cluster on one TCP port. */
  allowFrom(cluster: EksCluster, port: number): void {
    this.admit(`ingress-${cluster.node.id}`, port, {
      description: `PostgreSQL from the EKS cluster ${cluster.name}`,
      referencedSecurityGroupId: cluster.securityGroupId,
    });
  }

  /** Admits the pods that have a security group of their own on one TCP port, and lets them out to it. */
  allowFromPods(pods: PodSecurityGroup, port: number): void {
    this.admit(`ingress-${pods.node.id}`, port, {
      description: 'PostgreSQL from the pods of the control plane',
      referencedSecurityGroupId: pods.securityGroupId,
    });
    pods.allowTo(this, port);
  }

  /** Admits whatever has a security group on one TCP port. */
  allowFromSecurityGroup(securityGroupId: string, port: number): void {
    this.admit(`ingress-${securityGroupId}`, port, {
      description: `PostgreSQL from the security group ${securityGroupId}`,
      referencedSecurityGroupId: securityGroupId,
    });
  }

  /** Admits a private network, in CIDR notation, on one TCP port. */
  allowFromAddresses(cidr: string, port: number): void {
    this.validateAddresses(cidr);
    this.admit(`ingress-${cidr.replace('/', '-')}`, port, {
      description: `PostgreSQL from ${cidr}`,
      cidrIpv4: cidr,
    });
  }

  private admit(id: string, port: number, source: Partial<VpcSecurityGroupIngressRuleConfig>): void {
    new VpcSecurityGroupIngressRule(this, id, {
      ...source,
      securityGroupId: this.securityGroupId,
      ipProtocol: 'tcp',
      fromPort: port,
      toPort: port,
    });
  }

  private createSubnetGroup({ name, cluster, subnetIds }: DatabaseNetworkProps): DbSubnetGroup {
    const subnets = new DatabaseSubnets(this, 'private', { cluster, subnetIds });
    return new DbSubnetGroup(this, 'subnets', {
      name,
      description: 'Private subnets of the agent-bom database',
      subnetIds: subnets.ids,
      lifecycle: { precondition: [subnets.inTwoZones] },
    });
  }

  private createSecurityGroup({ name, cluster }: DatabaseNetworkProps): SecurityGroup {
    return new SecurityGroup(this, 'firewall', {
      name,
      description: 'Who may connect to the agent-bom database',
      vpcId: cluster.vpcId,
    });
  }

  private validateAddresses(cidr: string): void {
    if (isPrivateBlock(cidr)) return;
    throw new ContractError({
      path: this.node.path,
      got: cidr,
      rule: 'a database admits private networks alone',
      fix: 'give a network such as 10.20.0.0/16, or the security group of a bastion',
    });
  }
}
