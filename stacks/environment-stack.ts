import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { LocalBackend, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { EksCluster } from '../constructs/aws/eks-cluster';
import type { Environment } from '../contract/environment';

/** The first version with write-only arguments. */
const TERRAFORM_VERSION = '>= 1.11.0';

/** What both stacks of an environment have in common: where their state is, AWS, and the cluster. */
export abstract class EnvironmentStack extends TerraformStack {
  protected readonly cluster: EksCluster;

  constructor(scope: Construct, id: string, { name, region, cluster }: Environment) {
    super(scope, id);
    this.addOverride('terraform.required_version', TERRAFORM_VERSION);
    // Terraform runs in cdktf.out/stacks/<id>; an absolute path would make the output differ from machine to machine.
    new LocalBackend(this, { path: `../../../terraform.${id}.tfstate` });
    new AwsProvider(this, 'aws', {
      region,
      defaultTags: [{ tags: { 'agent-bom-environment': name, 'managed-by': 'terraform' } }],
    });
    this.cluster = new EksCluster(this, 'eks', { name: cluster.name });
  }
}
