import { JobV1 } from '@cdktf/provider-kubernetes/lib/job-v1';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { ControlPlaneNamespace } from './control-plane-namespace';
import { LABELS } from './labels';
import { shortHash } from './migration-files';
import { type MigrationPodProps, migrationPod } from './migration-pod';
import type { SyncedSecrets } from './synced-secrets';

const DEADLINE_SECONDS = 30 * 60;
/** Longer than the deadline, so that the Job and not the wait for it decides that it has failed. */
const WAIT = '35m';

/** What the Job runs, and after what. */
export interface MigrationJobProps extends Omit<MigrationPodProps, 'secrets'> {
  /** Namespace of the Job. */
  readonly namespace: ControlPlaneNamespace;
  /** Secrets of the identities; the Job waits for all of them. */
  readonly secrets: SyncedSecrets;
}

/**
 * Job that brings the database to the contract and proves it. Terraform waits for its end, and runs it again when
 * anything in it has changed: the name ends in a hash of the pod, because a change of much of a pod's template neither
 * replaces nor updates a Job that exists. It has no time to live: a Job that is gone counts as one that succeeded.
 */
export class MigrationJob extends Construct {
  /** Name of the Job, which ends in a hash of its pod. */
  readonly jobName: string;
  /** Command that shows what the Job did. */
  readonly logsCommand: string;
  /** What Terraform waits for before it starts something on the migrated database. */
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: MigrationJobProps) {
    super(scope, id);
    const { namespace, secrets } = props;
    const template = migrationPod({ ...props, secrets: secrets.identities });
    this.jobName = `agent-bom-migrate-${shortHash(JSON.stringify(template))}`;
    this.logsCommand = `kubectl --namespace ${namespace.name} logs job/${this.jobName} --all-containers --prefix --tail=-1`;
    const job = new JobV1(this, 'job', {
      metadata: { name: this.jobName, namespace: namespace.name, labels: { ...LABELS } },
      spec: { backoffLimit: 6, activeDeadlineSeconds: DEADLINE_SECONDS, template },
      waitForCompletion: true,
      timeouts: { create: WAIT, update: WAIT, delete: '5m' },
      dependsOn: [...props.files.ready, ...props.trustBundle.ready, ...secrets.ready],
    });
    this.ready = [job];
  }
}
