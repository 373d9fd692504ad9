import { DataAwsDbSubnetGroup } from '@cdktf/provider-aws/lib/data-aws-db-subnet-group';
import { DataAwsSecurityGroups } from '@cdktf/provider-aws/lib/data-aws-security-groups';
import { DataAwsSubnet } from '@cdktf/provider-aws/lib/data-aws-subnet';
import { DbSubnetGroup } from '@cdktf/provider-aws/lib/db-subnet-group';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import {
  VpcSecurityGroupIngressRule,
  type VpcSecurityGroupIngressRuleConfig,
} from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule';
import { Fn, Op, type Postcondition, type Precondition, ref, TerraformIterator, TerraformStack, Token } from 'cdktf';
import { Construct } from 'constructs';
import { isPrivateBlock } from '../../../contract/aws/private-addresses';
import { ContractError } from '../../../contract/error';
import { EksCluster } from '../iam/eks-cluster';
import { PodSecurityGroup } from './pod-security-group';

const FIREWALL_DESCRIPTION = 'Who may connect to the agent-bom database';

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
  /**
   * Name of an existing subnet group in that VPC, in place of the subnets.
   * @default - a group is created
   */
  readonly subnetGroupName?: string;
}

/**
 * Who may connect to a database: the pods and nodes of a cluster, pods with a separate security group, whatever has
 * another security group, or a private network in CIDR notation.
 */
export type DatabasePeer =
  | EksCluster
  | PodSecurityGroup
  | { readonly securityGroupId: string }
  | { readonly cidr: string };

/** Subnet group and security group of the database. Nothing may connect until it is allowed to; nothing leaves. */
export class DatabaseNetwork extends Construct {
  /** Name of the subnet group. */
  readonly subnetGroupName: string;
  /** Id of the security group of the database. */
  readonly securityGroupId: string;

  constructor(scope: Construct, id: string, props: DatabaseNetworkProps) {
    super(scope, id);
    this.subnetGroupName = this.subnetGroupOf(props);
    this.securityGroupId = this.createSecurityGroup(props).id;
  }

  /** Allows access on one TCP port; pods with a separate security group may connect to it too. */
  allowFrom(peer: DatabasePeer, port: number): void {
    this.createIngressRule(port, this.sourceOf(peer));
    if (peer instanceof PodSecurityGroup) peer.allowTo(this, port);
  }

  private sourceOf(peer: DatabasePeer): IngressSource {
    if ('cidr' in peer) {
      this.validateAddresses(peer.cidr);
      return { id: peer.cidr.replace('/', '-'), name: peer.cidr, cidrIpv4: peer.cidr };
    }
    const referencedSecurityGroupId = peer.securityGroupId;
    if (peer instanceof EksCluster) {
      return { id: peer.node.id, name: `the EKS cluster ${peer.name}`, referencedSecurityGroupId };
    }
    if (peer instanceof PodSecurityGroup) {
      return { id: peer.node.id, name: 'the pods of the control plane', referencedSecurityGroupId };
    }
    const name = `the security group ${referencedSecurityGroupId}`;
    return { id: referencedSecurityGroupId, name, referencedSecurityGroupId };
  }

  private createIngressRule(port: number, { id, name, ...source }: IngressSource): void {
    new VpcSecurityGroupIngressRule(this, `ingress-${id}`, {
      ...source,
      description: `PostgreSQL from ${name}`,
      securityGroupId: this.securityGroupId,
      ipProtocol: 'tcp',
      fromPort: port,
      toPort: port,
    });
  }

  private subnetGroupOf(props: DatabaseNetworkProps): string {
    const { subnetGroupName, cluster } = props;
    if (subnetGroupName === undefined) return this.createSubnetGroup(props).name;
    const vpcId = ref('self.vpc_id', TerraformStack.of(this));
    const inVpc = {
      condition: Op.eq(vpcId, cluster.vpcId),
      errorMessage:
        'The DB subnet group ${self.name} is in the VPC ${self.vpc_id}, and the database belongs to that of the ' +
        'cluster: name another group in database.subnetGroupName, or that VPC in cluster.vpcId.',
    };
    return new DataAwsDbSubnetGroup(this, 'group', { name: subnetGroupName, lifecycle: { postcondition: [inVpc] } })
      .name;
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
    // The id is part of the group's address in Terraform: another one would replace it.
    return new SecurityGroup(this, 'firewall', {
      name,
      description: FIREWALL_DESCRIPTION,
      vpcId: cluster.vpcId,
      lifecycle: { precondition: [this.inSameVpc(name, cluster)] },
    });
  }

  /**
   * RDS does not take a database to another VPC. Terraform would delete the rules of the security group first, and then
   * wait for the database to leave the group itself: nobody could connect any more.
   */
  private inSameVpc(name: string, cluster: EksCluster): Precondition {
    const filter = [
      { name: 'group-name', values: [name] },
      { name: 'description', values: [FIREWALL_DESCRIPTION] },
    ];
    const { vpcIds } = new DataAwsSecurityGroups(this, 'present', { filter });
    return {
      condition: Op.lt(Fn.lengthOf(Fn.setsubtract(vpcIds, [cluster.vpcId])), 1),
      errorMessage:
        `The security group ${name} of the database is in another VPC, and a database stays in its VPC: name that VPC in ` +
        'cluster.vpcId. To move, restore a snapshot into an environment of another name, as docs/operate/restore.md shows.',
    };
  }

  private validateAddresses(cidr: string): void {
    if (isPrivateBlock(cidr)) return;
    throw new ContractError({
      path: this.node.path,
      got: cidr,
      rule: 'only private networks may connect to a database',
      fix: 'give a network such as 10.20.0.0/16, or the security group of a bastion',
    });
  }
}

/** The source of an ingress rule, with the end of the rule's id and what its description calls it. */
interface IngressSource extends Pick<VpcSecurityGroupIngressRuleConfig, 'referencedSecurityGroupId' | 'cidrIpv4'> {
  readonly id: string;
  readonly name: string;
}

/**
 * The subnets of the database, looked up during the plan, which stops if one is in another VPC, if a given one is public,
 * or if all are in one availability zone. Creates nothing.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html
 */
class DatabaseSubnets extends Construct {
  /** Ids of the subnets that the database is put into. */
  readonly ids: string[];
  /** To be met by what is put into the subnets. */
  readonly inTwoZones: Precondition;

  constructor(scope: Construct, id: string, { cluster, subnetIds }: Omit<DatabaseNetworkProps, 'name'>) {
    super(scope, id);
    if (subnetIds !== undefined) this.validate(subnetIds);
    const subnets = TerraformIterator.fromList(subnetIds === undefined ? cluster.subnetIds : [...subnetIds]);
    const found = new DataAwsSubnet(this, 'subnet', {
      forEach: subnets,
      id: subnets.value,
      lifecycle: { postcondition: [this.inVpc(cluster), ...(subnetIds === undefined ? [] : [this.isPrivate()])] },
    });
    this.ids =
      subnetIds === undefined ? Token.asList(this.expression(`[${privateOnes(found, 'id')}]`)) : [...subnetIds];
    this.inTwoZones = this.zones(found);
  }

  private inVpc(cluster: EksCluster): Postcondition {
    return {
      condition: Op.eq(Token.asString(this.expression('self.vpc_id')), cluster.vpcId),
      errorMessage:
        'The subnet ${self.id} is in the VPC ${self.vpc_id}, and the database belongs to that of the cluster: write ' +
        'subnets of one VPC in database.subnetIds, and, if it is not the cluster’s, name it in cluster.vpcId.',
    };
  }

  private isPrivate(): Postcondition {
    return {
      condition: Op.not(Token.asString(this.expression('self.map_public_ip_on_launch'))),
      errorMessage:
        'The subnet ${self.id} gives out public addresses: write private subnets in database.subnetIds, or leave the key out.',
    };
  }

  private zones(found: DataAwsSubnet): Precondition {
    return {
      condition: this.expression(`length(toset([${privateOnes(found, 'availability_zone')}])) >= 2`),
      errorMessage:
        'The database needs private subnets in at least two availability zones, and these are not: write such subnets ' +
        'in database.subnetIds.',
    };
  }

  private expression(text: string) {
    return ref(text, TerraformStack.of(this));
  }

  private validate(subnetIds: readonly string[]): void {
    if (new Set(subnetIds).size >= 2) return;
    throw new ContractError({
      path: this.node.path,
      got: `${subnetIds.length} in \`subnetIds\``,
      rule: 'a database needs at least two different subnets',
      fix: 'give private subnets in two or more availability zones',
    });
  }
}

/** The inside of a list: one attribute of each subnet that is not public. */
function privateOnes(found: DataAwsSubnet, attribute: string): string {
  const subnets = `data.aws_subnet.${TerraformStack.of(found).getLogicalId(found.node)}`;
  return `for subnet in ${subnets} : subnet.${attribute} if !subnet.map_public_ip_on_launch`;
}
