import type { Construct } from 'constructs';
import type { DumpStore } from '../constructs/kubernetes/backup/dump-store';
import { VerificationJob, type VerificationJobProps } from '../constructs/kubernetes/migration/verification-job';
import type { Environment } from '../contract/environment/environment';
import { announcesVerification, verificationAgeHours } from '../contract/environment/verification';

/** What the verification has in common with the other Jobs of the workload. */
export type VerificationSettings = Pick<
  VerificationJobProps,
  'namespace' | 'trustBundle' | 'secrets' | 'engineMajor' | 'images' | 'chartVersion' | 'limits' | 'files' | 'after'
>;

/**
 * The verification of an environment. Its Jobs tell the bucket of a success where an alarm waits for it.
 *
 * @param dumps Where the bucket is; an existing server has none.
 */
export function createVerification(
  scope: Construct,
  environment: Environment,
  dumps: DumpStore | undefined,
  settings: VerificationSettings,
): VerificationJob {
  const { name: environmentName, verification } = environment;
  const { enabled, schedule, prometheusRule } = verification;
  return new VerificationJob(scope, 'verification', {
    ...settings,
    environmentName,
    schedule,
    suspended: enabled ? undefined : true,
    announcement: announcesVerification(environment) ? dumps?.announcement() : undefined,
    alertAfterHours: prometheusRule ? verificationAgeHours(verification) : undefined,
  });
}
