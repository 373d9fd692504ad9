import { DbInstance } from '@cdktf/provider-aws/lib/db-instance';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { RdsCluster } from '@cdktf/provider-aws/lib/rds-cluster';
import { RdsClusterInstance } from '@cdktf/provider-aws/lib/rds-cluster-instance';
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { SecretsmanagerSecret } from '@cdktf/provider-aws/lib/secretsmanager-secret';
import { type IAspect, LocalBackend, S3Backend, TerraformOutput, type TerraformResource, TerraformStack } from 'cdktf';
import type { Construct, IConstruct } from 'constructs';
import { EksCluster } from '../constructs/aws/iam/eks-cluster';
import { ownTags } from '../contract/environment/account/tags';
import type { Environment } from '../contract/environment/environment';

/** The first version with write-only arguments. */
const TERRAFORM_VERSION = '>= 1.11.0';

/**
 * The version after the one that the bindings are made from: the first that reads no secret to refresh a version whose
 * value is write-only. Nothing else of the types of the stacks differs but an attribute more.
 *
 * @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.26.0/CHANGELOG.md
 */
const AWS_PROVIDER_VERSION = '6.26.0';

/** What both stacks of an environment have in common: where their state is, AWS, and the cluster. */
export abstract class EnvironmentStack extends TerraformStack {
  protected readonly cluster: EksCluster;

  constructor(
    scope: Construct,
    id: string,
    protected readonly environment: Environment,
  ) {
    super(scope, id);
    this.addOverride('terraform.required_version', TERRAFORM_VERSION);
    this.addOverride('terraform.required_providers.aws.version', AWS_PROVIDER_VERSION);
    this.keepState(id);
    this.provideAws('aws', environment.region);
    const { name, vpcId, securityGroupId, oidcProviderArn, podRoles } = environment.cluster;
    this.cluster = new EksCluster(this, 'eks', { name, vpcId, securityGroupId, oidcProviderArn, podRoles });
  }

  /** AWS in one region; without an alias the one that resources take by themselves. */
  protected provideAws(id: string, region: string, alias?: string): AwsProvider {
    const tags = { ...this.environment.tags, ...ownTags(this.environment.name) };
    return new AwsProvider(this, id, { alias, region, defaultTags: [{ tags }] });
  }

  /** An output under the name that its id has. */
  protected output(id: string, value: OutputValue, description: string): void {
    new TerraformOutput(this, id, { value, description, staticId: true });
  }

  /**
   * The state is in the bucket that the environment names, with a lock next to it, or in a file.
   *
   * @see https://developer.hashicorp.com/terraform/language/backend/s3
   */
  private keepState(id: string): void {
    const { state } = this.environment;
    if (state === undefined) {
      // Terraform runs in cdktf.out/stacks/<id>; an absolute path would make the output differ from machine to machine.
      new LocalBackend(this, { path: `../../../terraform.${id}.tfstate` });
      return;
    }
    const { bucket, region, prefix } = state;
    new S3Backend(this, { bucket, region, key: `${prefix}/${id}.tfstate`, encrypt: true });
    // cdktf knows the lock in a table alone.
    this.addOverride('terraform.backend.s3.use_lockfile', true);
  }
}

type OutputValue = string | number | Readonly<Record<string, readonly string[]>>;

/** What holds data, or without which data cannot be read. */
const LASTING = [DbInstance, RdsCluster, RdsClusterInstance, KmsKey, S3Bucket, SecretsmanagerSecret];

/**
 * Lets no plan destroy or replace what holds data, whichever change asks for it.
 *
 * @see https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#prevent_destroy
 */
export class PreventDestroy implements IAspect {
  /** Protects a construct, if it holds data. */
  visit(node: IConstruct): void {
    if (isLasting(node)) node.lifecycle = { ...node.lifecycle, preventDestroy: true };
  }
}

/**
 * Gives every role a permissions boundary and a path, whichever construct makes it.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
 */
export class RoleSettings implements IAspect {
  constructor(private readonly settings: Pick<Environment['cluster'], 'permissionsBoundaryArn' | 'rolePath'>) {}

  /** Sets both if the node is a role. */
  visit(node: IConstruct): void {
    if (!(node instanceof IamRole)) return;
    const { permissionsBoundaryArn, rolePath } = this.settings;
    if (permissionsBoundaryArn !== undefined) node.permissionsBoundary = permissionsBoundaryArn;
    if (rolePath !== undefined) node.path = rolePath;
  }
}

function isLasting(node: IConstruct): node is TerraformResource {
  return LASTING.some((type) => node instanceof type);
}
