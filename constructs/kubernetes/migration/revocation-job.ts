import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { REVOCATION_SERVICE_ACCOUNT } from '../../../contract/names';
import { API_START_SECONDS, BACKOFF_LIMIT, retryDelaySeconds } from '../../../contract/postgres/job';
import { AwaitedJob, ScheduledPod, shortHash } from '../pods/jobs';
import { PodAccount } from '../pods/restricted-pod';
import { type ApiDeployment, ApiScaling, stopsWriters } from './api-scaling';
import { type DatabaseJobProps, type MigrationMounts, type MigrationSettings, revocationPod } from './migration-pod';

/** Every retry, and in each a pull of the image and the time that pods which are being replaced are given. */
const DEADLINE_SECONDS = retryDelaySeconds(BACKOFF_LIMIT) + (BACKOFF_LIMIT + 1) * 3 * 60;
/** The Kubernetes objects keep the name that they had first: another name would be another object. */
const NAME = 'agent-bom-revoke';
/** A CronJob has to have a schedule. This one is suspended and never follows it. */
const NEVER_FOLLOWED = '0 0 1 1 *';

/** What is run, and after what. */
export interface RevocationJobProps extends DatabaseJobProps, Pick<MigrationMounts, 'files'> {
  /**
   * What has to exist or to have succeeded before. For a Job that runs by itself: the monthly migration, because one that
   * ran with the previous URLs would open their logins again, and the release, whose pods use the current logins when it
   * is up. For one on demand: the migrations, which give the current logins their passwords.
   */
  readonly after: readonly ITerraformDependable[];
}

/** What a Job that runs by itself may do besides. */
export interface AwaitedRevocationProps extends RevocationJobProps, Pick<MigrationSettings, 'chartVersion'> {
  /**
   * Deployment of the API, where an autoscaler decides how many pods it has. A chart that says no number then leaves a
   * Deployment without pods which the migration Job has stopped, and Helm calls it ready: this Job starts it before it
   * revokes anything. The charts up to 0.102.0 say a number; nobody has read the later ones.
   * @default - the release starts the API by itself
   */
  readonly autoscaledApi?: ApiDeployment;
}

/**
 * Job that revokes the logins of the previous generation: no password, no LOGIN, no session. Its name begins with a hash
 * of the pod, as that of the migration Job does, so that it runs again with each generation.
 */
export class RevocationJob extends Construct {
  /** What the Job does, and for which content: the beginning of its name, and its label. */
  readonly run: string;
  /** Command that shows what the Job did. */
  readonly logsCommand: string;

  constructor(scope: Construct, id: string, props: AwaitedRevocationProps) {
    super(scope, id);
    const { namespace, after } = props;
    const account = accountOf(this, props);
    const start = this.starting(props, account);
    const template = revocationPod({ ...props, account }, start);
    this.run = `${NAME}-${shortHash(JSON.stringify(template))}`;
    const { logsCommand } = new AwaitedJob(this, {
      namespace,
      run: this.run,
      template,
      deadlineSeconds: DEADLINE_SECONDS + (start === undefined ? 0 : API_START_SECONDS),
      after: [...account.ready, ...(start?.ready ?? []), ...after],
    });
    this.logsCommand = logsCommand;
  }

  private starting(props: AwaitedRevocationProps, account: PodAccount): ApiScaling | undefined {
    const { namespace, images, chartVersion, autoscaledApi: deployment } = props;
    if (deployment === undefined || !stopsWriters(chartVersion)) return undefined;
    return new ApiScaling(this, 'api', { namespace, images, chartVersion, account, deployment, direction: 'start' });
  }
}

/**
 * CronJob that never runs on its schedule: it holds the pod that revokes the logins of the previous generation, for
 * whoever knows that no pod of the release uses them any more.
 */
export class RevocationOnDemand extends Construct {
  /** Command that runs it now. */
  readonly runNowCommand: string;

  constructor(scope: Construct, id: string, props: RevocationJobProps) {
    super(scope, id);
    const { namespace, after } = props;
    const account = accountOf(this, props);
    const template = revocationPod({ ...props, account });
    const { runNowCommand } = new ScheduledPod(this, 'scheduled', {
      namespace,
      name: NAME,
      schedule: NEVER_FOLLOWED,
      suspended: true,
      startingDeadlineSeconds: 60 * 60,
      deadlineSeconds: DEADLINE_SECONDS,
      backoffLimit: BACKOFF_LIMIT,
      template,
      after: [...account.ready, ...after],
    });
    this.runNowCommand = runNowCommand;
  }
}

function accountOf(scope: Construct, { namespace }: RevocationJobProps): PodAccount {
  return new PodAccount(scope, 'account', { namespace, name: REVOCATION_SERVICE_ACCOUNT });
}
