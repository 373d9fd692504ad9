import { LocalBackend, S3Backend, type TerraformStack } from 'cdktf';
import type { Environment } from '../contract/environment/environment';

/**
 * Says where the state of a stack is: in the bucket that the environment names, with a lock beside it, or in a file.
 *
 * @see https://developer.hashicorp.com/terraform/language/backend/s3
 */
export function keepState(stack: TerraformStack, id: string, { state }: Environment): void {
  if (state === undefined) {
    // Terraform runs in cdktf.out/stacks/<id>; an absolute path would make the output differ from machine to machine.
    new LocalBackend(stack, { path: `../../../terraform.${id}.tfstate` });
    return;
  }
  const { bucket, region, prefix } = state;
  new S3Backend(stack, { bucket, region, key: `${prefix}/${id}.tfstate`, encrypt: true });
  // cdktf knows the lock in a table alone.
  stack.addOverride('terraform.backend.s3.use_lockfile', true);
}
