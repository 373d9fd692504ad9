import { Construct } from 'constructs';
import { REVOCATION_SERVICE_ACCOUNT } from '../../../contract/names';
import { BACKOFF_LIMIT } from '../../../contract/postgres/job';
import type { ControlPlaneNamespace } from '../pods/control-plane-namespace';
import { PodAccount } from '../pods/pod-account';
import { ScheduledPod } from '../pods/scheduled-pod';
import type { SyncedSecrets } from '../secrets/synced-secrets';
import type { MigrationJob } from './migration-job';
import { type RevocationPodProps, revocationPod } from './migration-pod';
import { REVOCATION_DEADLINE_SECONDS } from './revocation-job';

/** A CronJob has to have a schedule. This one is suspended and never follows it. */
const SCHEDULE = '0 0 1 1 *';

/** What is run when somebody asks for it. */
export interface RevocationOnDemandProps extends Omit<RevocationPodProps, 'account' | 'secrets'> {
  /** Where the CronJob is put, beside the Secrets that its pod reads. */
  readonly namespace: ControlPlaneNamespace;
  /** Secrets with the logins: those of the current generation stay open, those of the former one are closed. */
  readonly secrets: SyncedSecrets;
  /** Job that gives the current logins their passwords. */
  readonly migrations: MigrationJob;
}

/**
 * CronJob that never runs by the clock: it holds the pod which closes the logins of the former generation, for whoever
 * knows that no pod of the release uses them any more.
 */
export class RevocationOnDemand extends Construct {
  /** Command that runs it now. */
  readonly runNowCommand: string;

  constructor(scope: Construct, id: string, props: RevocationOnDemandProps) {
    super(scope, id);
    const { namespace, secrets, migrations } = props;
    const account = new PodAccount(this, 'account', { namespace, name: REVOCATION_SERVICE_ACCOUNT });
    const scheduled = new ScheduledPod(this, 'scheduled', {
      namespace,
      name: 'agent-bom-retire',
      schedule: SCHEDULE,
      suspended: true,
      startingDeadlineSeconds: 60 * 60,
      deadlineSeconds: REVOCATION_DEADLINE_SECONDS,
      backoffLimit: BACKOFF_LIMIT,
      template: revocationPod({ ...props, account, secrets: secrets.identities }),
      after: [...account.ready, ...migrations.prerequisites, ...migrations.ready],
    });
    this.runNowCommand = scheduled.runNowCommand;
  }
}
