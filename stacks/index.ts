/**
 * The two stacks of an environment, for a cdktf app that has more than them.
 *
 * @packageDocumentation
 */

export * from './database-server';
export * from './database-stack';
export * from './database-watch';
export * from './environment-stack';
export * from './environment-stacks';
export * from './existing-endpoint';
export * from './orphan-release';
export * from './permissions-boundary';
export * from './prevent-destroy';
export * from './secret-delivery';
export * from './state-backend';
export * from './workload-roles';
export * from './workload-stack';
