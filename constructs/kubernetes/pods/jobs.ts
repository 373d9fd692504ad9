import { createHash } from 'node:crypto';
import { CronJobV1 } from '@cdktf/provider-kubernetes/lib/cron-job-v1';
import { JobV1, type JobV1SpecPodFailurePolicy, type JobV1SpecTemplate } from '@cdktf/provider-kubernetes/lib/job-v1';
import type { ITerraformDependable, TerraformResourceLifecycle } from 'cdktf';
import { Construct } from 'constructs';
import { JOB_LABEL } from '../../../contract/names';
import { BACKOFF_LIMIT, HOPELESS_EXIT_CODE } from '../../../contract/postgres/job';
import { type ControlPlaneNamespace, LABELS } from './control-plane-namespace';

/** A node that is drained or taken away is no failure of the Job, whatever its number of retries. */
const DISRUPTION = { action: 'Ignore', onPodCondition: [{ type: 'DisruptionTarget', status: 'True' }] };

/**
 * What time does not cure ends the Job at once. The rule names each container, because the provider fails on one that
 * names none.
 */
function failurePolicy({ spec }: JobV1SpecTemplate): JobV1SpecPodFailurePolicy {
  const { initContainer, container } = spec ?? {};
  const names = [initContainer, container].flatMap((some) => (Array.isArray(some) ? some : []).map(({ name }) => name));
  const hopeless = names.map((containerName) => ({
    action: 'FailJob',
    onExitCodes: { containerName, operator: 'In', values: [HOPELESS_EXIT_CODE] },
  }));
  return { rule: [DISRUPTION, ...hopeless] };
}
/** Beyond the deadline, so that the Job and not the wait for it decides that it has failed. */
const WAIT_BEYOND_MINUTES = 5;

/** Finished Jobs whose pods and logs are kept, so that a failure can still be read after the weekend. */
const KEPT = { successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 5 };

/** What a Job runs, for how long, and after what. */
export interface AwaitedJobProps {
  /** Namespace of the Job. */
  readonly namespace: ControlPlaneNamespace;
  /**
   * What the Job does, and for what: another one is another Job. At most 57 characters, to which Kubernetes adds a hyphen
   * and five letters for the name of each Job.
   */
  readonly run: string;
  /** Its pod. */
  readonly template: JobV1SpecTemplate;
  /** Seconds after which the Job is ended, its retries included. */
  readonly deadlineSeconds: number;
  /** What has to exist, or to have succeeded, before the Job begins. */
  readonly after: readonly ITerraformDependable[];
  /**
   * How Terraform treats changes of it.
   * @default - another `run` replaces it
   */
  readonly lifecycle?: TerraformResourceLifecycle;
}

/**
 * A Job for whose end Terraform waits. It has no time to live: a Job that is gone counts as one that succeeded. Kubernetes
 * completes its name: a deployment that was killed leaves a Job that Terraform does not know, and the next one creates its
 * own next to it. A label, which the pods have too, says what both of them do.
 */
export class AwaitedJob {
  /** Command that shows all that the pods of the Job said. Steps that never began are errors that do not end it. */
  readonly logsCommand: string;
  /** The Job, once it has succeeded; for `dependsOn`. */
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, props: AwaitedJobProps) {
    const { namespace, run, template, deadlineSeconds, after, lifecycle } = props;
    const pods = `--selector ${JOB_LABEL}=${run}`;
    this.logsCommand = `kubectl --namespace ${namespace.name} logs ${pods} --all-containers --ignore-errors --prefix --tail=-1`;
    const wait = `${Math.ceil(deadlineSeconds / 60) + WAIT_BEYOND_MINUTES}m`;
    const job = new JobV1(scope, 'job', {
      metadata: { generateName: `${run}-`, namespace: namespace.name, labels: { ...LABELS, [JOB_LABEL]: run } },
      spec: {
        backoffLimit: BACKOFF_LIMIT,
        activeDeadlineSeconds: deadlineSeconds,
        podFailurePolicy: failurePolicy(template),
        template: labelled(template, run),
      },
      waitForCompletion: true,
      timeouts: { create: wait, update: wait, delete: '5m' },
      lifecycle,
      dependsOn: [...after],
    });
    this.ready = [job];
  }
}

function labelled(template: JobV1SpecTemplate, run: string): JobV1SpecTemplate {
  const { metadata } = template;
  return { ...template, metadata: { ...metadata, labels: { ...metadata.labels, [JOB_LABEL]: run } } };
}

/** Ten hexadecimal digits that stand for a text. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 10);
}

/** What runs, when, and for how long. */
export interface ScheduledPodProps {
  /** Namespace of the CronJob. */
  readonly namespace: ControlPlaneNamespace;
  /** Name of the CronJob, at most 52 characters. */
  readonly name: string;
  /** Cron schedule of five fields, in UTC. */
  readonly schedule: string;
  /**
   * Whether it never runs on its schedule, and only when someone runs it.
   * @default false
   */
  readonly suspended?: boolean;
  /**
   * Labels of the CronJob besides those that every object has.
   * @default - none
   */
  readonly labels?: Readonly<Record<string, string>>;
  /** Seconds after the moment of the schedule during which a missed run is made up for. */
  readonly startingDeadlineSeconds: number;
  /** Seconds after which a run is ended, its retries included. */
  readonly deadlineSeconds: number;
  /** Retries of a run. */
  readonly backoffLimit: number;
  /**
   * Seconds that a finished run is kept, with its log.
   * @default - the last ones are kept, however old
   */
  readonly keptSeconds?: number;
  /** Pod of a run. */
  readonly template: JobV1SpecTemplate;
  /** What has to exist before the first run. */
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
      metadata: { name, namespace: namespace.name, labels: { ...LABELS, ...props.labels } },
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
            podFailurePolicy: failurePolicy(template),
            ttlSecondsAfterFinished: props.keptSeconds === undefined ? undefined : String(props.keptSeconds),
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
