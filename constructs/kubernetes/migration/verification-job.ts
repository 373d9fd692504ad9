import type {
  JobV1SpecTemplateSpecContainer,
  JobV1SpecTemplateSpecVolume,
} from '@cdktf/provider-kubernetes/lib/job-v1';
import { Manifest } from '@cdktf/provider-kubernetes/lib/manifest';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { VERIFICATION_DEFAULTS } from '../../../contract/environment/verification';
import { ENVIRONMENT_LABEL, VERIFICATION_CRON_JOB, VERIFICATION_SERVICE_ACCOUNT } from '../../../contract/names';
import { BACKOFF_LIMIT, VERIFICATION_DEADLINE_SECONDS } from '../../../contract/postgres/job';
import { type ControlPlaneNamespace, LABELS } from '../pods/control-plane-namespace';
import { ScheduledPod } from '../pods/jobs';
import { PodAccount } from '../pods/restricted-pod';
import { type DatabaseJobProps, type MigrationMounts, type MigrationSettings, verificationPod } from './migration-pod';

const HOUR_SECONDS = 60 * 60;
/** A Job that someone started by hand and left; those of the schedule are counted. */
const KEPT_SECONDS = 7 * 24 * HOUR_SECONDS;

/** The last container of the pod, which tells elsewhere that every check has passed. */
export interface Announcement {
  /** ServiceAccount with the right to tell. */
  readonly account: PodAccount;
  /** The container. It holds no connection to the database. */
  readonly container: JobV1SpecTemplateSpecContainer;
  /** Volumes that the container mounts, besides those of the migrations. */
  readonly volumes: readonly JobV1SpecTemplateSpecVolume[];
  /** What has to exist before; for `dependsOn`. */
  readonly ready: readonly ITerraformDependable[];
}

/** What is verified, when, and who is told. */
export interface VerificationJobProps
  extends DatabaseJobProps,
    Omit<MigrationSettings, 'restoredFrom'>,
    Pick<MigrationMounts, 'files'> {
  /** Name of the environment: a label, by which `doctor` knows that it is in the right cluster. */
  readonly environmentName: string;
  /** What has to have succeeded before: the migrations, which bring the database to what is verified. */
  readonly after: readonly ITerraformDependable[];
  /**
   * Cron schedule of five fields, in UTC.
   * @default '43 5 * * *'
   */
  readonly schedule?: string;
  /**
   * Whether it never runs on its schedule, and only when someone runs it.
   * @default false
   */
  readonly suspended?: boolean;
  /**
   * Who is told of a verification that passes.
   * @default - the status of the Job alone says it
   */
  readonly announcement?: Announcement;
  /**
   * Hours without a success after which the PrometheusRule alerts. The cluster has to know the kind when it is planned.
   * @default - no PrometheusRule is created
   */
  readonly alertAfterHours?: number;
}

/** CronJob that runs every check of the contract with the connections of the workloads, and changes nothing. */
export class VerificationJob extends Construct {
  /** Command that runs it now. */
  readonly runNowCommand: string;

  constructor(scope: Construct, id: string, props: VerificationJobProps) {
    super(scope, id);
    const { namespace, announcement, files, trustBundle, secrets, after, alertAfterHours } = props;
    const account =
      announcement?.account ?? new PodAccount(this, 'account', { namespace, name: VERIFICATION_SERVICE_ACCOUNT });
    const ready = announcement?.ready ?? account.ready;
    const scheduled = new ScheduledPod(this, 'scheduled', {
      namespace,
      name: VERIFICATION_CRON_JOB,
      labels: { [ENVIRONMENT_LABEL]: props.environmentName },
      schedule: props.schedule ?? VERIFICATION_DEFAULTS.schedule,
      suspended: props.suspended,
      startingDeadlineSeconds: HOUR_SECONDS,
      deadlineSeconds: VERIFICATION_DEADLINE_SECONDS,
      backoffLimit: BACKOFF_LIMIT,
      keptSeconds: KEPT_SECONDS,
      template: verificationPod({ ...props, account }, announcement),
      after: [...ready, ...files.ready, ...trustBundle.ready, ...secrets.ready, ...after],
    });
    this.runNowCommand = scheduled.runNowCommand;
    if (alertAfterHours !== undefined) this.alert(namespace, alertAfterHours);
  }

  /** Both read metrics of kube-state-metrics. A CronJob that never succeeded has no time of a success: its creation counts. */
  private alert(namespace: ControlPlaneNamespace, hours: number): void {
    const job = `namespace="${namespace.name}", job_name=~"${VERIFICATION_CRON_JOB}-.*"`;
    const cronJob = `namespace="${namespace.name}", cronjob="${VERIFICATION_CRON_JOB}"`;
    const last = `kube_cronjob_status_last_successful_time{${cronJob}} or kube_cronjob_created{${cronJob}}`;
    const see = `kubectl --namespace ${namespace.name} get jobs says which run it was; its log names what is wrong`;
    const rules = [
      {
        alert: 'AgentBomVerificationFailed',
        expr: `max(kube_job_status_start_time{${job}} and on (namespace, job_name) kube_job_failed{${job}, condition="true"} == 1) > max(${last})`,
        labels: { severity: 'warning' },
        annotations: { summary: `The Postgres contract of agent-bom does not hold. ${see}.` },
      },
      {
        alert: 'AgentBomVerificationMissing',
        expr: `time() - max(${last}) > ${hours * HOUR_SECONDS}`,
        labels: { severity: 'warning' },
        annotations: { summary: `The Postgres contract of agent-bom was not verified for ${hours} hours. ${see}.` },
      },
    ];
    new Manifest(this, 'alerts', {
      manifest: {
        apiVersion: 'monitoring.coreos.com/v1',
        kind: 'PrometheusRule',
        metadata: { name: VERIFICATION_CRON_JOB, namespace: namespace.name, labels: LABELS },
        spec: { groups: [{ name: VERIFICATION_CRON_JOB, rules }] },
      },
      dependsOn: [...namespace.ready],
    });
  }
}
