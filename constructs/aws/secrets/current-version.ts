import { DataAwsSecretsmanagerSecretVersions } from '@cdktf/provider-aws/lib/data-aws-secretsmanager-secret-versions';
import { TerraformLocal } from 'cdktf';
import { Construct } from 'constructs';
import type { StoredSecret } from '../../postgres-endpoint';

/**
 * The version of a secret that is current when Terraform plans. What the versions of a secret are called and since when
 * they exist is no part of its value.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html#term_version
 */
export class CurrentVersion extends Construct {
  /** Id of the version. */
  readonly id: string;

  constructor(scope: Construct, id: string, secret: StoredSecret) {
    super(scope, id);
    const versions = new DataAwsSecretsmanagerSecretVersions(this, 'versions', { secretId: secret.arn });
    const all = `data.${versions.terraformResourceType}.${versions.friendlyUniqueId}.versions`;
    const isCurrent = 'contains(version.version_stages, "AWSCURRENT")';
    const expression = `\${one([for version in ${all} : version.version_id if ${isCurrent}])}`;
    this.id = new TerraformLocal(this, 'id', expression).asString;
  }
}
