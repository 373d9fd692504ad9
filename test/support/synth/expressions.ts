import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';

/** Whether expressions can be evaluated here. */
export const hasTerraform = spawnSync('terraform', ['version']).status === 0;
if (!hasTerraform) console.warn('NOT RUN: expressions of Terraform are not evaluated, because terraform is missing');

/**
 * What Terraform makes of expressions, each `${...}` as the JSON holds it. Takes no provider.
 *
 * @param known What stands for the blocks that they refer to, by the beginning of an address, as JSON.
 */
export function evaluate(expressions: readonly string[], known: Readonly<Record<string, unknown>> = {}): unknown[] {
  const inner = expressions.map((expression) => {
    return Object.entries(known).reduce(
      (whole, [address, value]) =>
        whole.replace(new RegExp(`${address.replaceAll('.', '\\.')}[\\w-]*`, 'g'), () => JSON.stringify(value)),
      expression.replace(/^\$\{|\}$/g, ''),
    );
  });
  const { stdout, stderr } = spawnSync('terraform', ['console'], {
    input: `jsonencode([${inner.join(', ')}])\n`,
    cwd: tmpdir(),
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(JSON.parse(stdout));
}
