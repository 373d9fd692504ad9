import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PolicyDocument } from '../../../contract/aws/iam/documents';

/** Prints the policies as one object, or writes each to a file and prints the commands that create them. */
export function writePolicies(policies: Readonly<Record<string, PolicyDocument>>, folder?: string): void {
  if (folder === undefined) {
    process.stdout.write(`${JSON.stringify(policies, undefined, 2)}\n`);
    return;
  }
  mkdirSync(folder, { recursive: true });
  for (const [name, policy] of Object.entries(policies)) {
    const file = join(folder, `${name}.json`);
    writeFileSync(file, `${JSON.stringify(policy, undefined, 2)}\n`);
    process.stdout.write(`aws iam create-policy --policy-name ${name} --policy-document file://${file}\n`);
  }
}
