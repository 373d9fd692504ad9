import { DataAwsSubnet } from '@cdktf/provider-aws/lib/data-aws-subnet';
import { Op, type Postcondition, type Precondition, ref, TerraformIterator, TerraformStack, Token } from 'cdktf';
import { Construct } from 'constructs';
import { ContractError } from '../../../contract/error';
import type { EksCluster } from '../iam/eks-cluster';

/** Which subnets are looked at. */
export interface DatabaseSubnetsProps {
  /** Cluster in whose VPC they are. */
  readonly cluster: EksCluster;
  /**
   * Private subnets, two or more, in different availability zones.
   * @default - those subnets of the cluster that give out no public addresses
   */
  readonly subnetIds?: readonly string[];
}

/**
 * The subnets of the database, looked up during the plan, which stops if one is in another VPC, if a given one is public,
 * or if all are in one availability zone. Creates nothing.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html
 */
export class DatabaseSubnets extends Construct {
  /** Ids of the subnets that the database is put into. */
  readonly ids: string[];
  /** To be met by what is put into the subnets. */
  readonly inTwoZones: Precondition;

  constructor(scope: Construct, id: string, { cluster, subnetIds }: DatabaseSubnetsProps) {
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
