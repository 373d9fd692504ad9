/**
 * The two stacks of an environment, for a cdktf app that has more than them.
 *
 * @packageDocumentation
 */

export { DatabaseStack } from './database-stack';
export { EnvironmentStack, PermissionsBoundary, PreventDestroy } from './environment-stack';
export { type EnvironmentStacksProps, environmentStacks, existingEndpoint } from './environment-stacks';
export { WorkloadStack, type WorkloadStackProps } from './workload-stack';
