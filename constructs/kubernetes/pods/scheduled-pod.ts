import { CronJobV1 } from '@cdktf/provider-kubernetes/lib/cron-job-v1';
import type { JobV1SpecTemplate } from '@cdktf/provider-kubernetes/lib/job-v1';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { ControlPlaneNamespace } from './control-plane-namespace';
import { LABELS } from './labels';
import { IGNORE_DISRUPTIONS } from './restricted-pod';

/** Finished Jobs whose pods and logs are kept, so that a failure can still be read after the weekend. */
const KEPT = { successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 5 };

/** What runs, when, and for how long. */
export interface ScheduledPodProps {
  /** Namespace of the CronJob. */
  readonly namespace: ControlPlaneNamespace;
  /** Name of the CronJob, at most 52 characters. */
  readonly name: string;
  /** Cron schedule of five fields, in UTC. */
  readonly schedule: string;
  /**
   * Whether it never runs by the clock, and only when it is asked for.
   * @default false
   */
  readonly suspended?: boolean;
  /** Seconds after the moment of the schedule during which a missed run is made up for. */
  readonly startingDeadlineSeconds: number;
  /** Seconds after which a run is ended, its retries included. */
  readonly deadlineSeconds: number;
  /** Retries of a run. */
  readonly backoffLimit: number;
  /** Pod of a run. */
  readonly template: JobV1SpecTemplate;
  /** What has to be there before the first run. */
  readonly after: readonly ITerraformDependable[];
}

/**
 * CronJob whose runs never overlap.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/
 */
export class ScheduledPod extends Construct {
  /** Command that runs it now. */
  readonly runNowCommand: string;
  /** What has to exist before whatever uses it; for `dependsOn`. */
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ScheduledPodProps) {
    super(scope, id);
    const { namespace, name, schedule, suspended, startingDeadlineSeconds, deadlineSeconds, backoffLimit, template } =
      props;
    this.runNowCommand = `kubectl --namespace ${namespace.name} create job --from=cronjob/${name} ${name}-$(date +%s)`;
    const job = new CronJobV1(this, 'cron-job', {
      metadata: { name, namespace: namespace.name, labels: { ...LABELS } },
      spec: {
        schedule,
        suspend: suspended,
        timezone: 'Etc/UTC',
        concurrencyPolicy: 'Forbid',
        startingDeadlineSeconds,
        ...KEPT,
        jobTemplate: {
          metadata: { labels: template.metadata.labels },
          spec: {
            backoffLimit,
            activeDeadlineSeconds: deadlineSeconds,
            podFailurePolicy: IGNORE_DISRUPTIONS,
            template,
          },
        },
      },
      timeouts: { delete: '5m' },
      dependsOn: [...props.after],
    });
    this.ready = [job];
  }
}
