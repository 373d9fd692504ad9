// Asks Terraform, and with it the providers' schemas, whether every synthesized stack is valid.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Stack, synthesizedStacks } from '../commands/deploy/stacks';
import { runScript, Terraform, terraformFailure } from '../commands/deploy/terraform';
import { schemaDifferences, writtenIn } from './provider-schema';

/** What Terraform says without a network; a version that does not exist is no reason to skip. */
const UNREACHABLE = /could not connect to [^:]+: .*?(?:no such host|refused|timeout|timed out|unreachable|exceeded)/i;

/** A copy with no place for its state: Terraform initializes that before it tells schemas, which may take credentials. */
function withoutState({ directory, ...stack }: Stack, folder: string): Stack {
  const copy = { ...stack, directory: join(folder, stack.name) };
  const { terraform, ...content } = JSON.parse(readFileSync(join(directory, 'cdk.tf.json'), 'utf8'));
  mkdirSync(copy.directory);
  const text = JSON.stringify({ ...content, terraform: { ...terraform, backend: undefined } });
  writeFileSync(join(copy.directory, 'cdk.tf.json'), text);
  return copy;
}

async function validate(terraform: Terraform, stack: Stack): Promise<void> {
  const initialized = await terraform.run(stack, ['init', '-input=false', '-no-color']);
  const reason = UNREACHABLE.exec(initialized.errors.replace(/\s+/g, ' '))?.[0];
  if (initialized.code !== 0 && (reason === undefined || process.env.REQUIRE_REGISTRY !== undefined)) {
    throw terraformFailure(stack, initialized, 'init');
  }
  if (initialized.code !== 0) {
    process.stdout.write(`SKIPPED ${stack.name}: the registry of the providers cannot be reached: ${reason}\n`);
    process.stdout.write(`NOT RUN ${stack.name}: the comparison with the schemas of the providers\n`);
    return;
  }
  await terraform.mustSucceed(stack, ['validate', '-no-color']);
  process.stdout.write(`valid   ${stack.name}\n`);
  await compareSchemas(terraform, stack);
}

/** The tests know by a table what each key does to a plan; here the table is compared with the providers themselves. */
async function compareSchemas(terraform: Terraform, stack: Stack): Promise<void> {
  const schemas = await terraform.mustSucceed(stack, ['providers', 'schema', '-json']);
  const { resource = {} } = JSON.parse(readFileSync(join(stack.directory, 'cdk.tf.json'), 'utf8'));
  const differences = schemaDifferences(JSON.parse(schemas.output), writtenIn(resource));
  if (differences.length > 0) {
    throw new Error(
      `test/support/synth/schema/provider-schema.ts differs from the providers:\n${differences.join('\n')}`,
    );
  }
  process.stdout.write(`schema  ${stack.name}: as in test/support/synth/schema/provider-schema.ts\n`);
}

void runScript(async () => {
  const terraform = new Terraform();
  const folder = mkdtempSync(join(tmpdir(), 'validate-'));
  try {
    for (const stack of synthesizedStacks()) await validate(terraform, withoutState(stack, folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
