import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';

const RANDOM_PROVIDER = { source: 'hashicorp/random', version: '3.7.2' };

/** Declares the random provider in the stack of a construct. cdktf lists by itself those that it has a class for. */
export function requireRandom(scope: Construct): void {
  TerraformStack.of(scope).addOverride('terraform.required_providers.random', RANDOM_PROVIDER);
}
