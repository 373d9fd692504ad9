/**
 * Everything that the package offers. The folders alone, such as `agent-bom-postgres/contract`, load less.
 *
 * @packageDocumentation
 */
export * from './constructs';
export * from './contract';
export * from './stacks';
