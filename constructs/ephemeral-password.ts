import { ref, TerraformStack, Token } from 'cdktf';
import { Construct } from 'constructs';

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
    const name = stack.getLogicalId(this.node);
    // cdktf knows no ephemeral blocks.
    stack.addOverride(`ephemeral.random_password.${name}`, { length, special: false });
    // A reference written as the text `${...}` would come out escaped and become the password itself.
    this.value = Token.asString(ref(`ephemeral.random_password.${name}.result`, stack));
  }
}
