import { JobV1, type JobV1SpecTemplate } from '@cdktf/provider-kubernetes/lib/job-v1';
import { Fn, type ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { MIGRATION_SERVICE_ACCOUNT } from '../../../contract/names';
import { BACKOFF_LIMIT, DEADLINE_SECONDS, WAIT_MINUTES } from '../../../contract/postgres/job';
import type { PostgresEndpoint } from '../../postgres-endpoint';
import type { RestoreJob } from '../backup/restore-job';
import type { ControlPlaneNamespace } from '../pods/control-plane-namespace';
import { LABELS } from '../pods/labels';
import { PodAccount } from '../pods/pod-account';
import { IGNORE_DISRUPTIONS } from '../pods/restricted-pod';
import type { SyncedSecrets } from '../secrets/synced-secrets';
import { shortHash } from './migration-files';
import { type MigrationPodProps, migrationPod } from './migration-pod';

const WAIT = `${WAIT_MINUTES}m`;

/** What the Job runs, and after what. */
export interface MigrationJobProps extends Omit<MigrationPodProps, 'account' | 'secrets'> {
  /** Namespace of the Job. */
  readonly namespace: ControlPlaneNamespace;
  /** Secrets of the identities. */
  readonly secrets: SyncedSecrets;
  /** The database that is migrated. Another one, or other credentials for it, is another Job. */
  readonly endpoint: MigratedDatabase;
  /**
   * Restore that has to be over before the Job begins.
   * @default - none is asked for
   */
  readonly restore?: RestoreJob;
}

/**
 * Job that brings the database to the contract and proves it. Terraform waits for its end, and runs it again when
 * anything in it has changed: the name ends in a hash of the pod and one of the database, because a change of much of a
 * pod's template neither replaces nor updates a Job that exists. It has no time to live: a Job that is gone counts as
 * one that succeeded.
 */
export class MigrationJob extends Construct {
  /** Name of the Kubernetes Job. */
  readonly jobName: string;
  /** Command that shows what the Job did. */
  readonly logsCommand: string;
  /** The pod, for whatever else runs it. */
  readonly template: JobV1SpecTemplate;
  /** Seconds after which the Job is ended, its retries included. */
  readonly deadlineSeconds = DEADLINE_SECONDS;
  /** Retries of the Job. */
  readonly backoffLimit = BACKOFF_LIMIT;
  /** What a pod of the template needs, for whatever else runs it: it is replaced only when nothing names it any more. */
  readonly prerequisites: readonly ITerraformDependable[];
  /** The Job, once it has succeeded; for `dependsOn`. */
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: MigrationJobProps) {
    super(scope, id);
    const { namespace, secrets, restore } = props;
    const account = new PodAccount(this, 'account', { namespace, name: MIGRATION_SERVICE_ACCOUNT });
    this.template = migrationPod({ ...props, account, secrets: secrets.identities });
    this.jobName = `agent-bom-migrate-${shortHash(JSON.stringify(this.template))}-${databaseHash(props.endpoint)}`;
    this.logsCommand = jobLogsCommand(namespace, this.jobName);
    this.prerequisites = [...account.ready, ...props.files.ready, ...props.trustBundle.ready, ...secrets.ready];
    const job = new JobV1(this, 'job', {
      metadata: { name: this.jobName, namespace: namespace.name, labels: { ...LABELS } },
      spec: {
        backoffLimit: BACKOFF_LIMIT,
        activeDeadlineSeconds: DEADLINE_SECONDS,
        podFailurePolicy: IGNORE_DISRUPTIONS,
        template: this.template,
      },
      waitForCompletion: true,
      timeouts: { create: WAIT, update: WAIT, delete: '5m' },
      dependsOn: [...this.prerequisites, ...(restore?.ready ?? [])],
    });
    this.ready = [job];
  }
}

/** Command that shows all that a Job's pods said. Steps that never began are errors that do not end it. */
export function jobLogsCommand(namespace: ControlPlaneNamespace, jobName: string): string {
  const pods = `--selector batch.kubernetes.io/job-name=${jobName}`;
  return `kubectl --namespace ${namespace.name} logs ${pods} --all-containers --ignore-errors --prefix --tail=-1`;
}

/** Where a database is, and its secrets where they are in Secrets Manager. */
export type MigratedDatabase = Pick<PostgresEndpoint, 'host' | 'port' | 'database'> &
  Partial<Pick<PostgresEndpoint, 'adminSecret' | 'identitySecrets'>>;

/** Six digits that Terraform computes, because it alone knows where the database is and which credentials are current. */
function databaseHash({ host, port, database, adminSecret, identitySecrets }: MigratedDatabase): string {
  const stored = [adminSecret, ...Object.values(identitySecrets ?? {})].filter((secret) => secret !== undefined);
  const secrets = stored.map(({ arn, versionId }) => ({ arn, versionId }));
  return Fn.substr(Fn.sha256(Fn.jsonencode({ host, port, database, secrets })), 0, 6);
}
