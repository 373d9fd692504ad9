import { type StateResource, stateResources } from '../plan-file';
import type { Stack } from '../stacks';
import type { Finished, Terraform } from '../terraform';

/** What the Kubernetes provider says of an object whose creation failed: it was written into the state without its identity. */
const EMPTY_IDENTITY = /Unexpected Identity Change|Missing Resource Identity/;

/** Addresses of the objects that stop every plan because the state does not know their identity. */
export function withoutIdentity({ diagnostics }: Finished): string[] {
  const found = diagnostics.filter(({ summary, detail }) => EMPTY_IDENTITY.test(`${summary}\n${detail}`));
  return [...new Set(found.flatMap(({ address }) => (address === undefined ? [] : [address])))];
}

/** Has Terraform forget them: what exists is taken over, and what does not is created. */
export async function forget(terraform: Terraform, stack: Stack, addresses: readonly string[]): Promise<string[]> {
  await terraform.mustSucceed(stack, ['state', 'rm', '-lock-timeout=5m', ...addresses]);
  return addresses.map(
    (address) => `${address} was recorded without its identity when its creation failed: it is recorded again`,
  );
}

/**
 * What stops every plan because its creation did not end well, as when credentials expire while RDS is at work: Terraform
 * wants to create it again, and what holds data is not destroyed.
 */
export async function tainted(terraform: Terraform, stack: Stack, { diagnostics }: Finished): Promise<StateResource[]> {
  const refused = diagnostics.filter(({ summary }) => summary === 'Instance cannot be destroyed');
  if (refused.length === 0) return [];
  const { output } = await terraform.mustSucceed(stack, ['show', '-json', '-no-color']);
  const resources = stateResources((JSON.parse(output) as { values?: unknown }).values);
  return resources.filter(
    (resource) => resource.tainted === true && refused.some(({ detail }) => detail.includes(`${resource.address} `)),
  );
}

/** Has Terraform keep it as it is: the next plan changes what it lacks. */
export async function untaint(terraform: Terraform, stack: Stack, { address }: StateResource): Promise<string> {
  await terraform.mustSucceed(stack, ['untaint', '-no-color', '-lock-timeout=5m', address]);
  return `${address} exists although its creation did not end well: it is kept`;
}
