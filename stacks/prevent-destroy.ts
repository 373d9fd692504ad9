import { DbInstance } from '@cdktf/provider-aws/lib/db-instance';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key';
import { RdsCluster } from '@cdktf/provider-aws/lib/rds-cluster';
import { RdsClusterInstance } from '@cdktf/provider-aws/lib/rds-cluster-instance';
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { SecretsmanagerSecret } from '@cdktf/provider-aws/lib/secretsmanager-secret';
import type { IAspect, TerraformResource } from 'cdktf';
import type { IConstruct } from 'constructs';

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

function isLasting(node: IConstruct): node is TerraformResource {
  return LASTING.some((type) => node instanceof type);
}
