import type { JobV1SpecTemplate } from '@cdktf/provider-kubernetes/lib/job-v1';
import { Fn, type ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { MIGRATION_SERVICE_ACCOUNT } from '../../../contract/names';
import { API_STOP_SECONDS, BACKOFF_LIMIT, DEADLINE_SECONDS } from '../../../contract/postgres/job';
import type { PostgresEndpoint } from '../../postgres-endpoint';
import type { ControlPlaneNamespace } from '../pods/control-plane-namespace';
import { AwaitedJob, ScheduledPod, shortHash } from '../pods/jobs';
import { PodAccount } from '../pods/restricted-pod';
import { type ApiDeployment, ApiScaling, stopsWriters } from './api-scaling';
import { type DatabaseJobProps, type MigrationMounts, type MigrationSettings, migrationPod } from './migration-pod';

/** Not at midnight and not at the full hour, when everything else runs. */
const MONTHLY = '17 4 1 * *';
const DAY_SECONDS = 24 * 60 * 60;

/** What the Job runs, and after what. */
export interface MigrationJobProps extends DatabaseJobProps, MigrationSettings, Pick<MigrationMounts, 'files'> {
  /** The database that is migrated. Another one, or other credentials for it, is another Job. */
  readonly endpoint: MigratedDatabase;
  /**
   * Deployment of the API, which the Job stops before migrations that its pods cannot work with.
   * @default - the API runs on, whatever migration comes
   */
  readonly api?: ApiDeployment;
  /**
   * What has to have succeeded before the Job begins, such as a restore.
   * @default - nothing but what the pod needs
   */
  readonly after?: readonly ITerraformDependable[];
}

/**
 * Job that brings the database to the contract and proves it. Terraform waits for its end, and runs it again when
 * anything in it has changed: its generated name begins with a hash of the pod and one of the database, because a change of much of a
 * pod's template neither replaces nor updates a Job that exists.
 */
export class MigrationJob extends Construct {
  /** What the Job does, and for which content: the beginning of its name, and its label. */
  readonly run: string;
  /** Command that shows what the Job did. */
  readonly logsCommand: string;
  /** The pod, for whatever else runs it. */
  readonly template: JobV1SpecTemplate;
  /** What a pod of the template needs, for whatever else runs it: it is replaced only when nothing names it any more. */
  readonly prerequisites: readonly ITerraformDependable[];
  /** The Job, once it has succeeded; for `dependsOn`. */
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: MigrationJobProps) {
    super(scope, id);
    const { namespace, secrets, after = [] } = props;
    const account = new PodAccount(this, 'account', { namespace, name: MIGRATION_SERVICE_ACCOUNT });
    const stop = this.stopping(props, account);
    this.template = migrationPod({ ...props, account }, stop);
    this.run = `agent-bom-migrate-${shortHash(JSON.stringify(this.template))}-${databaseHash(props.endpoint)}`;
    const { files, trustBundle } = props;
    const access = stop?.ready ?? [];
    this.prerequisites = [...account.ready, ...access, ...files.ready, ...trustBundle.ready, ...secrets.ready];
    const job = new AwaitedJob(this, {
      namespace,
      run: this.run,
      template: this.template,
      deadlineSeconds: DEADLINE_SECONDS + (stop === undefined ? 0 : API_STOP_SECONDS),
      after: [...this.prerequisites, ...after],
    });
    this.logsCommand = job.logsCommand;
    this.ready = job.ready;
  }

  private stopping(props: MigrationJobProps, account: PodAccount): ApiScaling | undefined {
    const { namespace, images, chartVersion, api: deployment } = props;
    if (deployment === undefined || !stopsWriters(chartVersion)) return undefined;
    return new ApiScaling(this, 'api', { namespace, images, chartVersion, account, deployment, direction: 'stop' });
  }
}

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
      schedule: MONTHLY,
      startingDeadlineSeconds: DAY_SECONDS,
      deadlineSeconds: DEADLINE_SECONDS,
      backoffLimit: BACKOFF_LIMIT,
      template: job.template,
      after: [...job.prerequisites, ...job.ready],
    });
    this.runNowCommand = scheduled.runNowCommand;
    this.ready = scheduled.ready;
  }
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
