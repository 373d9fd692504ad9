import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { ControlPlaneNamespace } from '../pods/control-plane-namespace';
import { ScheduledPod } from '../pods/scheduled-pod';
import type { MigrationJob } from './migration-job';

/** Not at midnight and not at the full hour, when everything else runs. */
const SCHEDULE = '17 4 1 * *';
const DAY_SECONDS = 24 * 60 * 60;

/** What is run again. */
export interface MonthlyMigrationProps {
  /** Namespace of the CronJob. */
  readonly namespace: ControlPlaneNamespace;
  /** Job whose pod runs again. */
  readonly job: MigrationJob;
}

/**
 * CronJob that runs the migration Job's pod once a month. The packaged migrations make partitions twelve months ahead
 * whenever they run, and nothing else makes any; and the contract is verified again.
 */
export class MonthlyMigration extends Construct {
  /** Command that runs it now. */
  readonly runNowCommand: string;
  /** What has to exist before whatever uses it; for `dependsOn`. */
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { namespace, job }: MonthlyMigrationProps) {
    super(scope, id);
    const scheduled = new ScheduledPod(this, 'monthly', {
      namespace,
      name: 'agent-bom-migrate-monthly',
      schedule: SCHEDULE,
      startingDeadlineSeconds: DAY_SECONDS,
      deadlineSeconds: job.deadlineSeconds,
      backoffLimit: job.backoffLimit,
      template: job.template,
      after: [...job.prerequisites, ...job.ready],
    });
    this.runNowCommand = scheduled.runNowCommand;
    this.ready = scheduled.ready;
  }
}
