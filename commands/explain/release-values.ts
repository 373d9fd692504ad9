import { parse } from 'yaml';
import { type JsonObject, list, object, type StackTemplate } from './stack-template';

/** Values of the Helm releases in the stacks. */
export function releaseValues(stacks: readonly StackTemplate[]): JsonObject[] {
  const releases = stacks.flatMap((stack) => stack.ofType('helm_release'));
  return releases.flatMap(({ block }) => list(block.values).map((values) => object(parse(String(values)))));
}
