import type { TerraformStack } from 'cdktf';

/** Address of the release in a stack that installs it. */
export const RELEASE_ADDRESS = 'helm_release.control-plane_release_7FE57E59';

/**
 * Lets Terraform forget the release without uninstalling it, for Argo CD or Flux to take over what runs. Where Terraform
 * never had one, it does nothing.
 *
 * @see https://developer.hashicorp.com/terraform/language/block/removed
 */
export function orphanRelease(stack: TerraformStack): void {
  stack.addOverride('removed', [{ from: RELEASE_ADDRESS, lifecycle: { destroy: false } }]);
}
