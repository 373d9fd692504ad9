import { DataAwsEksCluster } from '@cdktf/provider-aws/lib/data-aws-eks-cluster';
import { Construct } from 'constructs';

/** Which cluster to look up. */
export interface EksClusterProps {
  /** Name of a cluster that exists in the provider's account and region. */
  readonly name: string;
}

/**
 * An existing EKS cluster. Creates nothing. The data source has no dependencies on purpose: with one, its values would
 * be unknown during the plan, and the providers that are configured from them could not plan at all.
 */
export class EksCluster extends Construct {
  /** Name of the cluster. */
  readonly name: string;
  /** Address of the API server. */
  readonly endpoint: string;
  /** Certificate authority of the API server, base64-encoded. */
  readonly certificateAuthority: string;
  /** Id of the VPC of the cluster. */
  readonly vpcId: string;
  /** Security group that EKS attaches to the control plane, managed nodes and Fargate pods. */
  readonly securityGroupId: string;
  /** Issuer of the tokens of ServiceAccounts, with `https://`. */
  readonly oidcIssuer: string;

  constructor(scope: Construct, id: string, { name }: EksClusterProps) {
    super(scope, id);
    const cluster = new DataAwsEksCluster(this, 'cluster', { name });
    this.name = name;
    this.endpoint = cluster.endpoint;
    this.certificateAuthority = cluster.certificateAuthority.get(0).data;
    this.vpcId = cluster.vpcConfig.get(0).vpcId;
    this.securityGroupId = cluster.vpcConfig.get(0).clusterSecurityGroupId;
    this.oidcIssuer = cluster.identity.get(0).oidc.get(0).issuer;
  }
}
