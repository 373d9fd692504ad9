// Asks Terraform, and with it the providers' schemas, whether every synthesized stack is valid.
import {
  mustSucceed,
  runScript,
  type Stack,
  synthesizedStacks,
  terraform,
  terraformFailure,
} from '../commands/deploy/terraform';
import { schemaDifferences } from './provider-schema';

/** What Terraform says without a network; a version that does not exist is no reason to skip. */
const UNREACHABLE = /could not connect to [^:]+: .*?(?:no such host|refused|timeout|timed out|unreachable|exceeded)/i;

function validate(stack: Stack): void {
  const initialized = terraform(stack, 'init', '-backend=false', '-input=false', '-no-color');
  const reason = UNREACHABLE.exec(initialized.errors.replace(/\s+/g, ' '))?.[0];
  if (initialized.code !== 0 && (reason === undefined || process.env.REQUIRE_REGISTRY !== undefined)) {
    throw terraformFailure(stack, initialized, 'init');
  }
  if (initialized.code !== 0) {
    process.stdout.write(`SKIPPED ${stack.name}: the registry of the providers cannot be reached: ${reason}\n`);
    process.stdout.write(`NOT RUN ${stack.name}: the comparison with the schemas of the providers\n`);
    return;
  }
  mustSucceed(stack, 'validate', '-no-color');
  process.stdout.write(`valid   ${stack.name}\n`);
  compareSchemas(stack);
}

/** The tests know by a table what each key does to a plan; here the table is compared with the providers themselves. */
function compareSchemas(stack: Stack): void {
  const schemas = mustSucceed(stack, 'providers', 'schema', '-json');
  const differences = schemaDifferences(JSON.parse(schemas.output));
  if (differences.length > 0) {
    throw new Error(`test/support/synth/provider-schema.ts differs from the providers:\n${differences.join('\n')}`);
  }
  process.stdout.write(`schema  ${stack.name}: as in test/support/synth/provider-schema.ts\n`);
}

runScript(() => {
  for (const stack of synthesizedStacks()) validate(stack);
});
