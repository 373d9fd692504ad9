import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stackNames } from '../../contract/names';
import { synthesizeDirectory } from '../shared/environment/synthesis';
import { type Json, StackTemplate } from './stack-template';

/**
 * Both stacks of an environment as Terraform would see them, one alone where the database is an existing server; or what
 * the program said when it refused an environment of the folder.
 */
export function synthesizedStacks(
  environment: string,
  directory: string,
): Promise<{ readonly result: readonly StackTemplate[] } | { readonly refusal: string }> {
  return synthesizeDirectory(directory, (outdir) =>
    Object.values(stackNames(environment))
      .map((stack) => ({ stack, file: join(outdir, 'stacks', stack, 'cdk.tf.json') }))
      .filter(({ file }) => existsSync(file))
      .map(({ stack, file }) => new StackTemplate(stack, JSON.parse(readFileSync(file, 'utf8')) as Json)),
  );
}
