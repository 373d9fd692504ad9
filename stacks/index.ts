/**
 * The two stacks of an environment, for a cdktf app that has more than them.
 *
 * @packageDocumentation
 */
export * from './database-stack';
export * from './environment-stack';
export * from './prevent-destroy';
export * from './state-backend';
export * from './workload-stack';
