/**
 * The contract as plain TypeScript: identities, checks, names, the connection budget, and environment files. It loads no
 * cdktf.
 *
 * @packageDocumentation
 */
export * from './certificate-authorities';
export * from './chart';
export * from './checks';
export * from './connection-budget';
export * from './connection-url';
export * from './control-plane-keys';
export * from './environment';
export * from './error';
export * from './identities';
export * from './instance-classes';
export * from './names';
export * from './parse-environment';
export * from './readiness';
export * from './release-values';
export * from './settings';
export * from './windows';
