import { JobV1 } from '@cdktf/provider-kubernetes/lib/job-v1';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { BACKOFF_LIMIT, DEADLINE_SECONDS, WAIT_MINUTES } from '../../contract/job-timing';
import type { ControlPlaneNamespace } from './control-plane-namespace';
import { LABELS } from './labels';
import { shortHash } from './migration-files';
import { type MigrationPodProps, migrationPod } from './migration-pod';
import type { SyncedSecrets } from './synced-secrets';

const WAIT = `${WAIT_MINUTES}m`;

/** What the Job runs, and after what. */
export interface MigrationJobProps extends Omit<MigrationPodProps, 'secrets'> {
  readonly namespace: ControlPlaneNamespace;
  readonly secrets: SyncedSecrets;
}

/**
 * Job that brings the database to the contract and proves it. Terraform waits for its end, and runs it again when
 * anything in it has changed: the name ends in a hash of the pod, because a change of much of a pod's template neither
 * replaces nor updates a Job that exists. It has no time to live: a Job that is gone counts as one that succeeded.
 */
export class MigrationJob extends Construct {
  readonly jobName: string;
  /** Command that shows what the Job did. */
  readonly logsCommand: string;
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: MigrationJobProps) {
    super(scope, id);
    const { namespace, secrets } = props;
    const template = migrationPod({ ...props, secrets: secrets.identities });
    this.jobName = `agent-bom-migrate-${shortHash(JSON.stringify(template))}`;
    this.logsCommand = `kubectl --namespace ${namespace.name} logs job/${this.jobName} --all-containers --prefix --tail=-1`;
    const job = new JobV1(this, 'job', {
      metadata: { name: this.jobName, namespace: namespace.name, labels: { ...LABELS } },
      spec: { backoffLimit: BACKOFF_LIMIT, activeDeadlineSeconds: DEADLINE_SECONDS, template },
      waitForCompletion: true,
      timeouts: { create: WAIT, update: WAIT, delete: '5m' },
      dependsOn: [...props.files.ready, ...props.trustBundle.ready, ...secrets.ready],
    });
    this.ready = [job];
  }
}
