import type { JobV1SpecTemplate, JobV1SpecTemplateSpecContainer } from '@cdktf/provider-kubernetes/lib/job-v1';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { DATABASE_DEFAULTS } from '../../../contract/environment/database/database';
import { imagesFrom } from '../../../contract/product/images';
import {
  connectionVariables,
  contractOptions,
  type DatabaseJobProps,
  type MigrationSettings,
  migrationSteps,
  productContainer,
  REVISIONS_MOUNT,
  REVISIONS_VARIABLE,
  REVISIONS_VOLUME,
} from '../migration/migration-pod';
import { AwaitedJob, shortHash } from '../pods/jobs';
import { restrictedPod } from '../pods/restricted-pod';
import { type DumpStore, SCRATCH_DIRECTORY } from './dump-store';

const DEADLINE_SECONDS = 6 * 60 * 60;
const RESTORE_SIZE = { cpu: ['250m', '2'], memory: ['256Mi', '1Gi'] } as const;

/** Which dump is restored, and into what. */
export interface RestoreJobProps extends DatabaseJobProps, MigrationSettings {
  /** Where the dump is. Its role has to be able to read it. */
  readonly dumps: DumpStore;
  /** Name of the dump: its folder in the bucket. */
  readonly dump: string;
  /**
   * Database that the restored one replaces; its contents stay under another name.
   * @default - a database that holds tables is refused
   */
  readonly replace?: string;
}

/**
 * Job that restores a dump once, and migrates it, because a dump may be older than the chart. The beginning of its name
 * follows from the dump and from what it replaces, and no other change reaches a Job that exists: a restore that ran again, for a new
 * image or a new limit, would take back what was written since. One that is recreated after its object is gone finds in
 * the database that the work is done.
 */
export class RestoreJob extends Construct {
  /** Command that shows what the Job did. */
  readonly logsCommand: string;
  /** The Job, once it has succeeded; for `dependsOn`. */
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: RestoreJobProps) {
    super(scope, id);
    const { namespace, dumps, trustBundle, secrets, dump, replace } = props;
    const run = `agent-bom-restore-${shortHash(JSON.stringify({ dump, replace }))}`;
    const job = new AwaitedJob(this, {
      namespace,
      run,
      template: this.pod(props),
      deadlineSeconds: DEADLINE_SECONDS,
      after: [...dumps.ready, ...trustBundle.ready, ...secrets.ready],
      lifecycle: { ignoreChanges: ['spec'] },
    });
    this.logsCommand = job.logsCommand;
    this.ready = job.ready;
  }

  private pod(props: RestoreJobProps): JobV1SpecTemplate {
    const { dumps, trustBundle, dump } = props;
    const download = dumps.awsContainer('download', 'download.sh', SCRATCH_DIRECTORY, dump);
    const revisions = productContainer('revisions', 'revisions', [], props);
    const steps = [revisions, this.restore(props), ...migrationSteps(props)];
    return restrictedPod({
      component: 'restore',
      account: dumps.account,
      trustBundle,
      steps: [download, ...steps],
      volumes: [...dumps.volumes, REVISIONS_VOLUME],
      withoutRole: steps.map(({ name }) => name),
      images: props.images,
      pods: props.pods,
    });
  }

  private restore(props: RestoreJobProps): JobV1SpecTemplateSpecContainer {
    const { dumps, secrets, engineMajor = DATABASE_DEFAULTS.engine, images, dump, replace } = props;
    const replaceArguments = replace === undefined ? [] : ['--replace', replace];
    return dumps.container({
      name: 'restore',
      image: imagesFrom(images).postgres(engineMajor),
      script: 'restore.sh',
      scriptArguments: [`${SCRATCH_DIRECTORY}/${dump}.dump`, '--once', ...replaceArguments],
      env: [...connectionVariables('restore', secrets.identities), contractOptions(props), REVISIONS_VARIABLE],
      mounts: [REVISIONS_MOUNT],
      ...RESTORE_SIZE,
    });
  }
}
