/**
 * The contract as plain TypeScript: identities, checks, names, the connection budget, and environment files. It loads no
 * cdktf.
 *
 * @packageDocumentation
 */
export * from './aurora-capacity';
export * from './authentication';
export * from './budget-rows';
export * from './certificate-authorities';
export * from './chart';
export * from './chart-options';
export * from './checks';
export * from './connection-budget';
export * from './connection-url';
export * from './control-plane-keys';
export * from './cron';
export * from './cross-key-rule';
export * from './database-capacity';
export * from './database-form';
export * from './environment';
export * from './error';
export * from './existing-database-rules';
export * from './gitops';
export * from './helm-values';
export * from './identities';
export * from './images';
export * from './instance-classes';
export * from './job-timing';
export * from './names';
export * from './parse-environment';
export * from './partitions';
export * from './pipeline';
export * from './private-addresses';
export * from './readiness';
export * from './refused-variables';
export * from './release-credentials';
export * from './release-references';
export * from './release-values';
export * from './required-secrets';
export * from './run-report';
export * from './secret-manifest';
export * from './service-account-roles';
export * from './settings';
export * from './stores';
export * from './windows';
