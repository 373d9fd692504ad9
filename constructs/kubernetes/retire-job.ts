import { JobV1 } from '@cdktf/provider-kubernetes/lib/job-v1';
import { Construct } from 'constructs';
import { BACKOFF_LIMIT, retryDelaySeconds } from '../../contract/job-timing';
import type { ControlPlaneNamespace } from './control-plane-namespace';
import type { ControlPlaneRelease } from './control-plane-release';
import { LABELS } from './labels';
import { shortHash } from './migration-files';
import { type RetirePodProps, retirePod } from './migration-pod';
import type { SyncedSecrets } from './synced-secrets';

/** Every retry, and in each a pull of the image and the time that pods which are being replaced are given. */
const DEADLINE_SECONDS = retryDelaySeconds(BACKOFF_LIMIT) + (BACKOFF_LIMIT + 1) * 3 * 60;
/** Longer than the deadline, so that the Job and not the wait for it decides that it has failed. */
const WAIT = `${Math.ceil(DEADLINE_SECONDS / 60) + 5}m`;

/** What the Job runs, and after what. */
export interface RetireJobProps extends Omit<RetirePodProps, 'secrets'> {
  readonly namespace: ControlPlaneNamespace;
  readonly secrets: SyncedSecrets;
  /** Release whose pods use the current logins. The Job begins when it is up: a release that failed retires nothing. */
  readonly release: ControlPlaneRelease;
}

/**
 * Job that closes the logins of the former generation: no password, no LOGIN, no session. Its name ends in a hash of the
 * pod, as that of the migration Job does, so that it runs again with each generation.
 */
export class RetireJob extends Construct {
  readonly jobName: string;
  /** Command that shows what the Job did. */
  readonly logsCommand: string;

  constructor(scope: Construct, id: string, props: RetireJobProps) {
    super(scope, id);
    const { namespace, secrets, release } = props;
    const template = retirePod({ ...props, secrets: secrets.identities });
    this.jobName = `agent-bom-retire-${shortHash(JSON.stringify(template))}`;
    this.logsCommand = `kubectl --namespace ${namespace.name} logs job/${this.jobName} --prefix --tail=-1`;
    new JobV1(this, 'job', {
      metadata: { name: this.jobName, namespace: namespace.name, labels: { ...LABELS } },
      spec: { backoffLimit: BACKOFF_LIMIT, activeDeadlineSeconds: DEADLINE_SECONDS, template },
      waitForCompletion: true,
      timeouts: { create: WAIT, update: WAIT, delete: '5m' },
      dependsOn: [...release.ready],
    });
  }
}
