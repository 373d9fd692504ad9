import { SecretsmanagerSecret } from '@cdktf/provider-aws/lib/secretsmanager-secret';
import { SecretsmanagerSecretVersion } from '@cdktf/provider-aws/lib/secretsmanager-secret-version';
import { Fn } from 'cdktf';
import { Construct } from 'constructs';
import type { EncryptionKey } from '../storage/encryption-key';

/** Settings of a secret that Terraform generates. */
export interface GeneratedSecretProps {
  /** Name in Secrets Manager, at most 512 characters. Changing it REPLACES the secret. */
  readonly name: string;
  /** What the secret is for, in one line. */
  readonly description: string;
  /** Properties of the secret; a value may refer to an `EphemeralPassword`. */
  readonly properties: Readonly<Record<string, string>>;
  /** The properties are written when this number changes, and only then. */
  readonly generation: number;
  /** Key that encrypts the secret. Changing it encrypts the secret again, in place. */
  readonly key: EncryptionKey;
  /** Days during which the deleted secret can be restored, 7 to 30. Its name is taken until they are over. */
  readonly recoveryWindowDays: number;
}

/**
 * A JSON secret in Secrets Manager, written through a write-only argument: Terraform knows its address and its version,
 * never its value.
 *
 * @see https://developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only
 */
export class GeneratedSecret extends Construct {
  /** ARN of the secret. */
  readonly arn: string;
  /** Version that carries what was generated. */
  readonly versionId: string;

  constructor(scope: Construct, id: string, props: GeneratedSecretProps) {
    super(scope, id);
    const secret = new SecretsmanagerSecret(this, 'secret', {
      name: props.name,
      description: props.description,
      kmsKeyId: props.key.arn,
      recoveryWindowInDays: props.recoveryWindowDays,
    });
    const version = new SecretsmanagerSecretVersion(this, 'version', {
      secretId: secret.id,
      secretStringWo: Fn.jsonencode(props.properties),
      secretStringWoVersion: props.generation,
    });
    this.arn = secret.arn;
    this.versionId = version.versionId;
  }
}
