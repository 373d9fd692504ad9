import { SecretsmanagerSecret } from '@cdktf/provider-aws/lib/secretsmanager-secret';
import { SecretsmanagerSecretVersion } from '@cdktf/provider-aws/lib/secretsmanager-secret-version';
import { Fn, ref, TerraformStack, Token } from 'cdktf';
import { Construct } from 'constructs';
import { SECRETS_DEFAULTS } from '../../../contract/environment/secrets';
import type { StoredSecret } from '../../postgres-endpoint';
import { requireRandom } from '../../random-provider';
import type { PodRole } from '../iam/pod-role';
import type { EncryptionKey } from '../storage/encryption-key';

/** A secret in Secrets Manager that a role can be allowed to read. */
export interface ReadableSecret extends StoredSecret {
  /** Lets a role read the secret, and decrypt with its key as far as reading needs it. */
  grantRead(role: PodRole): void;
}

/** A secret that is not created here, such as the one that RDS keeps for the administrator of a database. */
export class ImportedSecret implements ReadableSecret {
  private constructor(
    /** ARN of the secret. */
    readonly arn: string,
    private readonly key?: EncryptionKey,
  ) {}

  /**
   * Takes an existing secret.
   *
   * @param key Key that encrypts it; without it the policy of that key has to name whoever reads the secret.
   */
  static fromSecretArn(arn: string, key?: EncryptionKey): ImportedSecret {
    return new ImportedSecret(arn, key);
  }

  /** Lets a role read the secret, and decrypt with its key if that is known. */
  grantRead(role: PodRole): void {
    role.allowReading(this.arn, this.key);
  }
}

/** Settings of a secret that Terraform generates. */
export interface GeneratedSecretProps {
  /** Name in Secrets Manager, at most 512 characters. Changing it REPLACES the secret. */
  readonly name: string;
  /** What the secret is for, in one line. */
  readonly description: string;
  /** Properties of the secret; a value may refer to an `EphemeralPassword`. */
  readonly properties: Readonly<Record<string, string>>;
  /**
   * The properties are written when this number changes, and only then.
   * @default 1
   */
  readonly generation?: number;
  /** Key that encrypts the secret. Changing it encrypts the secret again, in place. */
  readonly key: EncryptionKey;
  /**
   * Days during which the deleted secret can be restored, 7 to 30. Its name is taken until they are over.
   * @default 30
   */
  readonly recoveryWindowDays?: number;
}

/**
 * A JSON secret in Secrets Manager, written through a write-only argument: Terraform knows its address and its version,
 * never its value.
 *
 * @see https://developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only
 */
export class GeneratedSecret extends Construct implements ReadableSecret {
  /** ARN of the secret. */
  readonly arn: string;
  /** Version that carries what was generated. */
  readonly versionId: string;
  private readonly key: EncryptionKey;

  constructor(scope: Construct, id: string, props: GeneratedSecretProps) {
    super(scope, id);
    const secret = new SecretsmanagerSecret(this, 'secret', {
      name: props.name,
      description: props.description,
      kmsKeyId: props.key.arn,
      recoveryWindowInDays: props.recoveryWindowDays ?? SECRETS_DEFAULTS.recoveryWindowDays,
    });
    const version = new SecretsmanagerSecretVersion(this, 'version', {
      secretId: secret.id,
      secretStringWo: Fn.jsonencode(props.properties),
      secretStringWoVersion: props.generation ?? SECRETS_DEFAULTS.generation,
    });
    this.arn = secret.arn;
    this.versionId = version.versionId;
    this.key = props.key;
  }

  /** Lets a role read the secret. */
  grantRead(role: PodRole): void {
    role.allowReading(this.arn, this.key);
  }
}

/** Settings of a generated password. */
export interface EphemeralPasswordProps {
  /**
   * Number of characters: ASCII letters and digits alone, about six bits of entropy each.
   * @default 48
   */
  readonly length?: number;
}

/**
 * A password that exists during one run of Terraform only: in no plan and in no state. It is another one in each run,
 * so that exactly one write-only argument may take it, and its version number says when.
 *
 * @see https://developer.hashicorp.com/terraform/language/resources/ephemeral
 */
export class EphemeralPassword extends Construct {
  /** Reference for the inside of an expression, such as an argument of `Fn.jsonencode`. */
  readonly value: string;

  constructor(scope: Construct, id: string, { length = 48 }: EphemeralPasswordProps = {}) {
    super(scope, id);
    const stack = TerraformStack.of(this);
    requireRandom(this);
    const name = stack.getLogicalId(this.node);
    // cdktf knows no ephemeral blocks.
    stack.addOverride(`ephemeral.random_password.${name}`, { length, special: false });
    // A reference written as the text `${...}` would come out escaped and become the password itself.
    this.value = Token.asString(ref(`ephemeral.random_password.${name}.result`, stack));
  }
}
