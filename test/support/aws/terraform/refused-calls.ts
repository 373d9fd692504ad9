import { iamPolicies, type Purpose } from '../../../../commands/explain/iam/policies';
import { StackTemplate } from '../../../../commands/explain/stack-template';
import { parsed, synthesizeAll } from '../../synth/environments';
import type { ProviderCall } from './provider-log';

/** What everybody may do. */
const FREE = ['sts:GetCallerIdentity'];

/** Calls of the provider that `explain --iam` does not allow for an environment; conditions are taken as met. */
export function refusedCalls(purpose: Purpose, environment: object, calls: readonly ProviderCall[]): ProviderCall[] {
  const { database, workload } = synthesizeAll(parsed(environment));
  const stacks = [database, workload].flatMap((template, index) =>
    template === undefined ? [] : [new StackTemplate(`prod-${index}`, template.json)],
  );
  const statements = Object.values(iamPolicies(purpose, parsed(environment), stacks)).flatMap(
    ({ Statement }) => Statement,
  );
  return calls.filter((call) => {
    const [action = '', resource = ''] = call.split(' ');
    if (FREE.includes(action)) return false;
    const patterns = statements.filter(({ Action }) => Action.includes(action)).flatMap(({ Resource }) => Resource);
    return !patterns.some((pattern) => resource === '*' || matches(resourceIn(pattern), resource));
  });
}

/** What comes after the account in an ARN. A request names a role without its path. */
function resourceIn(pattern: string): string {
  if (pattern === '*') return pattern;
  return pattern
    .split(':')
    .slice(5)
    .join(':')
    .replace(/^role\/.*\//, 'role/');
}

function matches(pattern: string, resource: string): boolean {
  const text = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${text}$`).test(resource);
}
