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
