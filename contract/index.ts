/**
 * The contract as plain TypeScript: identities, checks, names, the connection budget, and environment files. It loads no
 * cdktf.
 *
 * @packageDocumentation
 */
export * from './aws/arn';
export * from './aws/capacity';
export * from './aws/certificate-authorities';
export * from './aws/cron';
export * from './aws/private-addresses';
export * from './aws/windows';
export * from './environment/api/reports';
export * from './environment/environment';
export * from './environment/parse';
export * from './environment/review/warnings';
export * from './environment/rule';
export * from './error';
export * from './kubernetes/affinity';
export * from './kubernetes/pod-settings';
export * from './names';
export * from './postgres/checks';
export * from './postgres/connection-budget';
export * from './postgres/connection-url';
export * from './postgres/identities';
export * from './postgres/job';
export * from './postgres/majors';
export * from './postgres/pipeline';
export * from './postgres/readiness';
export * from './postgres/run-report';
export * from './postgres/settings';
export * from './postgres/stores';
export * from './product/api-settings';
export * from './product/authentication';
export * from './product/chart';
export * from './product/facts';
export * from './product/facts/history';
export * from './product/facts/records';
export * from './product/facts/schema';
export * from './product/gitops';
export * from './product/helm-values';
export * from './product/images';
export * from './product/release-credentials';
export * from './product/release-references';
export * from './product/release-values';
export * from './product/reports';
export * from './product/required-secrets';
export * from './product/service-account-roles';
