import { DataAwsEksCluster } from '@cdktf/provider-aws/lib/data-aws-eks-cluster';
import { DataAwsIamOpenidConnectProvider } from '@cdktf/provider-aws/lib/data-aws-iam-openid-connect-provider';
import { Construct } from 'constructs';
import type { PodRoleKind } from '../../../contract/environment/cluster';

/** Which cluster to look up, and what is known of it already. */
export interface EksClusterProps {
  /** Name of a cluster that exists in the provider's account and region. */
  readonly name: string;
  /**
   * VPC of the database.
   * @default - the VPC of the cluster
   */
  readonly vpcId?: string;
  /**
   * Security group of the nodes. One that a launch template gives them is not known to EKS and has to be given.
   * @default - the one that EKS makes for the cluster
   */
  readonly securityGroupId?: string;
  /**
   * IAM OIDC provider of the cluster.
   * @default - the one with the address of the cluster's issuer is looked up where it is needed
   */
  readonly oidcProviderArn?: string;
  /**
   * How its pods get their IAM roles: by the OIDC provider, or by the agent of EKS Pod Identity, which is an add-on.
   * @default 'irsa'
   */
  readonly podRoles?: PodRoleKind;
}

/**
 * An existing EKS cluster. Creates nothing. The data source has no dependencies on purpose: with one, its values would
 * be unknown during the plan, and the providers that are configured from them could not plan at all.
 */
export class EksCluster extends Construct {
  /** Name of the cluster. */
  readonly name: string;
  /** ARN of the cluster. */
  readonly arn: string;
  /** Address of the API server. */
  readonly endpoint: string;
  /** Certificate authority of the API server, base64-encoded. */
  readonly certificateAuthority: string;
  /** VPC that the cluster itself is in. */
  readonly ownVpcId: string;
  /** VPC of the database. */
  readonly vpcId: string;
  /** Subnets that the cluster was given; public ones may be among them. */
  readonly subnetIds: string[];
  /** Security group of the nodes: by default the one that EKS attaches to the control plane, managed nodes and Fargate. */
  readonly securityGroupId: string;
  /** Issuer of the tokens of ServiceAccounts, with `https://`. */
  readonly oidcIssuer: string;
  /** How its pods get their IAM roles. */
  readonly podRoles: PodRoleKind;
  private knownProviderArn?: string;

  constructor(scope: Construct, id: string, props: EksClusterProps) {
    super(scope, id);
    const cluster = new DataAwsEksCluster(this, 'cluster', { name: props.name });
    const network = cluster.vpcConfig.get(0);
    this.name = props.name;
    this.arn = cluster.arn;
    this.endpoint = cluster.endpoint;
    this.certificateAuthority = cluster.certificateAuthority.get(0).data;
    this.ownVpcId = network.vpcId;
    this.vpcId = props.vpcId ?? this.ownVpcId;
    this.subnetIds = network.subnetIds;
    this.securityGroupId = props.securityGroupId ?? network.clusterSecurityGroupId;
    this.oidcIssuer = cluster.identity.get(0).oidc.get(0).issuer;
    this.podRoles = props.podRoles ?? 'irsa';
    this.knownProviderArn = props.oidcProviderArn;
  }

  /** ARN of the IAM OIDC provider. Looked up when it is first asked for: without roles for pods no one needs to have one. */
  get oidcProviderArn(): string {
    this.knownProviderArn ??= new DataAwsIamOpenidConnectProvider(this, 'oidc', { url: this.oidcIssuer }).arn;
    return this.knownProviderArn;
  }
}
