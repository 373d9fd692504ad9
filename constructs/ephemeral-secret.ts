import { ref, TerraformLocal, TerraformStack, Token } from 'cdktf';
import { Construct } from 'constructs';

/** Which version of which secret is read. */
export interface EphemeralSecretProps {
  /** ARN of the secret. */
  readonly arn: string;
  /** The version to read, which is in the state and says when the secret has to be written again. */
  readonly versionId: string;
}

/**
 * A secret in Secrets Manager, read during a run of Terraform and gone after it: in no plan and in no state. Only a
 * write-only argument may take it.
 *
 * @see https://developer.hashicorp.com/terraform/language/resources/ephemeral
 */
export class EphemeralSecret extends Construct {
  /** Reference to the whole text of the secret, for the inside of an expression. */
  readonly text: string;

  constructor(scope: Construct, id: string, { arn, versionId }: EphemeralSecretProps) {
    super(scope, id);
    const stack = TerraformStack.of(this);
    const name = stack.getLogicalId(this.node);
    // cdktf knows no ephemeral blocks, and follows no reference to another stack out of an override: so both are local.
    stack.addOverride(`ephemeral.aws_secretsmanager_secret_version.${name}`, {
      secret_id: new TerraformLocal(this, 'arn', arn).asString,
      version_id: new TerraformLocal(this, 'version', versionId).asString,
    });
    // A reference written as the text `${...}` would come out escaped and become the secret itself.
    this.text = Token.asString(ref(`ephemeral.aws_secretsmanager_secret_version.${name}.secret_string`, stack));
  }
}
