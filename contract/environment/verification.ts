import { z } from 'zod';
import { isCronSchedule, longestPauseHours } from '../aws/cron';
import { LONGEST_AGE_HOURS } from './backup';
import { field, section, toggle } from './field';

/** What the verification has where nothing else is said. */
export const VERIFICATION_DEFAULTS = { enabled: true, schedule: '43 5 * * *', prometheusRule: false } as const;

/** The keys of `verification`. */
export const verification = section('The checks of the contract, repeated in the cluster. They change nothing.', {
  enabled: toggle(
    'Run the checks by the schedule. With false they run only when `agent-bom-postgres doctor` asks for them.',
  ).default(VERIFICATION_DEFAULTS.enabled),
  schedule: field(
    z.string().refine(isCronSchedule),
    'When the checks run, in UTC: minute, hour, day of the month, month, day of the week.',
    'a cron schedule of five fields, in UTC, that occurs at some date',
    'write a schedule such as `43 5 * * *`, every day at 05:43',
  ).default(VERIFICATION_DEFAULTS.schedule),
  prometheusRule: toggle(
    'Create a PrometheusRule with alerts for checks that fail or do not run. Requires the Prometheus Operator and kube-state-metrics.',
  ).default(VERIFICATION_DEFAULTS.prometheusRule),
});

/** Time that a verification may take before it counts as missing: that of its retries. */
const VERIFICATION_HOURS = 2;

/** Hours without a successful verification after which one is missing; nothing if none is expected. */
export function verificationAgeHours({ enabled, schedule }: z.output<typeof verification>): number | undefined {
  const age = Math.ceil(longestPauseHours(schedule)) + VERIFICATION_HOURS;
  return enabled && Number.isFinite(age) ? age : undefined;
}

/** The same where CloudWatch looks for them, which looks back a week at most. */
export function verificationAlarmHours(settings: z.output<typeof verification>): number | undefined {
  const age = verificationAgeHours(settings);
  return age === undefined || age > LONGEST_AGE_HOURS ? undefined : age;
}

/** Whether a verification that passes is told to the bucket, for the alarm to count. */
export function announcesVerification(settings: {
  readonly alarms: { readonly enabled: boolean };
  readonly verification: z.output<typeof verification>;
}): boolean {
  return settings.alarms.enabled && verificationAlarmHours(settings.verification) !== undefined;
}
