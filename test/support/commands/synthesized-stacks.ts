import { StackTemplate } from '../../../commands/explain/stack-template';
import { readEnvironments } from '../../../commands/shared/environment/environment-files';
import { synthesizeAll } from '../synth/environments';

const known = new Map<string, readonly StackTemplate[]>();

/** What `synthesizedStacks` returns, without a process of its own, and made once for each environment. */
export async function synthesizedInProcess(
  name: string,
  directory: string,
): Promise<{ readonly result: readonly StackTemplate[] }> {
  const found = readEnvironments(directory).find(({ environment }) => environment.name === name);
  if (found === undefined) throw new Error(`no environment ${name}`);
  const key = JSON.stringify(found.environment);
  const result = known.get(key) ?? synthesized(found.environment);
  known.set(key, result);
  return { result };
}

function synthesized(environment: Parameters<typeof synthesizeAll>[0]): StackTemplate[] {
  const { database, workload } = synthesizeAll(environment);
  return Object.entries({ database, workload }).flatMap(([name, template]) =>
    template === undefined ? [] : [new StackTemplate(`${environment.name}-${name}`, template.json)],
  );
}
