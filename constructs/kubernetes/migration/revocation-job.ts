import { JobV1 } from '@cdktf/provider-kubernetes/lib/job-v1';
import { Construct } from 'constructs';
import { REVOCATION_SERVICE_ACCOUNT } from '../../../contract/names';
import { BACKOFF_LIMIT, retryDelaySeconds } from '../../../contract/postgres/job';
import type { ControlPlaneNamespace } from '../pods/control-plane-namespace';
import { LABELS } from '../pods/labels';
import { PodAccount } from '../pods/pod-account';
import { IGNORE_DISRUPTIONS } from '../pods/restricted-pod';
import type { ControlPlaneRelease } from '../release/control-plane-release';
import type { SyncedSecrets } from '../secrets/synced-secrets';
import { shortHash } from './migration-files';
import { jobLogsCommand } from './migration-job';
import { type RevocationPodProps, revocationPod } from './migration-pod';
import type { MonthlyMigration } from './monthly-migration';

/** Every retry, and in each a pull of the image and the time that pods which are being replaced are given. */
export const REVOCATION_DEADLINE_SECONDS = retryDelaySeconds(BACKOFF_LIMIT) + (BACKOFF_LIMIT + 1) * 3 * 60;
/** Longer than the deadline, so that the Job and not the wait for it decides that it has failed. */
const WAIT = `${Math.ceil(REVOCATION_DEADLINE_SECONDS / 60) + 5}m`;

/** What the Job runs, and after what. */
export interface RevocationJobProps extends Omit<RevocationPodProps, 'account' | 'secrets'> {
  /** Namespace of the Job. */
  readonly namespace: ControlPlaneNamespace;
  /** Secrets of the identities. */
  readonly secrets: SyncedSecrets;
  /** The migration by the clock: one that ran with former URLs would open their logins again. */
  readonly monthly: MonthlyMigration;
  /** Release whose pods use the current logins. The Job begins when it is up: a release that failed retires nothing. */
  readonly release: ControlPlaneRelease;
}

/**
 * Job that closes the logins of the former generation: no password, no LOGIN, no session. Its name ends in a hash of the
 * pod, as that of the migration Job does, so that it runs again with each generation.
 */
export class RevocationJob extends Construct {
  /** Name of the Kubernetes Job. */
  readonly jobName: string;
  /** Command that shows what the Job did. */
  readonly logsCommand: string;

  constructor(scope: Construct, id: string, props: RevocationJobProps) {
    super(scope, id);
    const { namespace, secrets, monthly, release } = props;
    const account = new PodAccount(this, 'account', { namespace, name: REVOCATION_SERVICE_ACCOUNT });
    const template = revocationPod({ ...props, account, secrets: secrets.identities });
    this.jobName = `agent-bom-retire-${shortHash(JSON.stringify(template))}`;
    this.logsCommand = jobLogsCommand(namespace, this.jobName);
    new JobV1(this, 'job', {
      metadata: { name: this.jobName, namespace: namespace.name, labels: { ...LABELS } },
      spec: {
        backoffLimit: BACKOFF_LIMIT,
        activeDeadlineSeconds: REVOCATION_DEADLINE_SECONDS,
        podFailurePolicy: IGNORE_DISRUPTIONS,
        template,
      },
      waitForCompletion: true,
      timeouts: { create: WAIT, update: WAIT, delete: '5m' },
      dependsOn: [...account.ready, ...monthly.ready, ...release.ready],
    });
  }
}
