import type { JobV1SpecTemplate } from '@cdktf/provider-kubernetes/lib/job-v1';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { BACKUP_DEFAULTS } from '../../../contract/environment/backup';
import { DATABASE_DEFAULTS } from '../../../contract/environment/database/database';
import { imagesFrom } from '../../../contract/product/images';
import { connectionVariables, type DatabaseJobProps } from '../migration/migration-pod';
import { ScheduledPod } from '../pods/jobs';
import { restrictedPod } from '../pods/restricted-pod';
import { type DumpStore, SCRATCH_DIRECTORY } from './dump-store';

const HOUR_SECONDS = 60 * 60;
/** Compression takes a core; a dump of many tables keeps their list in memory. */
const DUMP_SIZE = { cpu: ['250m', '2'], memory: ['128Mi', '1Gi'] } as const;

/** What is dumped, when, and where to. */
export interface BackupJobProps extends DatabaseJobProps {
  /** Bucket, role, scripts and room of the dumps. */
  readonly dumps: DumpStore;
  /** What has to have succeeded before: the migrations, which make the login of the backup and let it read. */
  readonly after: readonly ITerraformDependable[];
  /**
   * Cron schedule of five fields, in UTC.
   * @default '0 3 * * *'
   */
  readonly schedule?: string;
}

/**
 * CronJob that dumps the database and uploads the dump with its manifest. The container that reads the database has no
 * role at AWS, and the one that has the role knows no password.
 */
export class BackupJob extends Construct {
  /** Command that makes a dump now. */
  readonly runNowCommand: string;

  constructor(scope: Construct, id: string, props: BackupJobProps) {
    super(scope, id);
    const { namespace, dumps, trustBundle, secrets, schedule = BACKUP_DEFAULTS.schedule, after } = props;
    const scheduled = new ScheduledPod(this, 'scheduled', {
      namespace,
      name: 'agent-bom-backup',
      schedule,
      startingDeadlineSeconds: HOUR_SECONDS,
      deadlineSeconds: 6 * HOUR_SECONDS,
      backoffLimit: 2,
      template: this.pod(props),
      after: [...dumps.ready, ...trustBundle.ready, ...secrets.ready, ...after],
    });
    this.runNowCommand = scheduled.runNowCommand;
  }

  private pod({ dumps, trustBundle, secrets, images, pods, ...props }: BackupJobProps): JobV1SpecTemplate {
    const dump = dumps.container({
      name: 'dump',
      image: imagesFrom(images).postgres(props.engineMajor ?? DATABASE_DEFAULTS.engine),
      script: 'dump.sh',
      scriptArguments: [SCRATCH_DIRECTORY],
      env: connectionVariables('backup', secrets.identities),
      ...DUMP_SIZE,
    });
    return restrictedPod({
      component: 'backup',
      account: dumps.account,
      trustBundle,
      steps: [dump, dumps.awsContainer('upload', 'upload.sh', SCRATCH_DIRECTORY)],
      volumes: dumps.volumes,
      withoutRole: [dump.name],
      images,
      pods,
    });
  }
}
