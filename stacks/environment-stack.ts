import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { EksCluster } from '../constructs/aws/iam/eks-cluster';
import type { Environment } from '../contract/environment/environment';
import { keepState } from './state-backend';

/** The first version with write-only arguments. */
const TERRAFORM_VERSION = '>= 1.11.0';

/** What both stacks of an environment have in common: where their state is, AWS, and the cluster. */
export abstract class EnvironmentStack extends TerraformStack {
  protected readonly cluster: EksCluster;

  constructor(scope: Construct, id: string, environment: Environment) {
    super(scope, id);
    const { region, cluster } = environment;
    this.addOverride('terraform.required_version', TERRAFORM_VERSION);
    keepState(this, id, environment);
    this.provideAws('aws', environment, region);
    this.cluster = new EksCluster(this, 'eks', cluster);
  }

  /** AWS in one region; without an alias the one that resources take by themselves. */
  protected provideAws(id: string, { name }: Environment, region: string, alias?: string): AwsProvider {
    return new AwsProvider(this, id, {
      alias,
      region,
      defaultTags: [{ tags: { 'agent-bom-environment': name, 'managed-by': 'terraform' } }],
    });
  }
}
