import { Token } from 'cdktf';

/**
 * Makes Terraform take a text as it stands. In every string of a configuration `${` begins an interpolation and `%{` a
 * directive, so shell scripts, SQL and chart values have to pass through here.
 *
 * @throws Error when the text holds a reference to a resource, which the escaping would destroy without a trace.
 * @see https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences
 */
export function terraformLiteral(text: string): string {
  if (Token.isUnresolved(text)) throw new Error('a reference to a resource cannot be a literal text');
  return text.replace(/[$%](?=\{)/g, (introducer) => `${introducer}${introducer}`);
}
