import {
  JobV1,
  type JobV1SpecTemplate,
  type JobV1SpecTemplateSpecContainer,
} from '@cdktf/provider-kubernetes/lib/job-v1';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { BACKOFF_LIMIT } from '../../../contract/postgres/job';
import { imagesFrom } from '../../../contract/product/images';
import { shortHash } from '../migration/migration-files';
import { jobLogsCommand } from '../migration/migration-job';
import {
  connectionVariables,
  contractOptions,
  type MigrationStepsProps,
  migrationSteps,
} from '../migration/migration-pod';
import type { ControlPlaneNamespace } from '../pods/control-plane-namespace';
import { LABELS } from '../pods/labels';
import { IGNORE_DISRUPTIONS, restrictedPod } from '../pods/restricted-pod';
import type { TrustBundle } from '../pods/trust-bundle';
import type { SyncedSecrets } from '../secrets/synced-secrets';
import { type DumpStore, SCRATCH_DIRECTORY } from './dump-store';

const DEADLINE_SECONDS = 6 * 60 * 60;
/** Longer than the deadline, so that the Job and not the wait for it decides that it has failed. */
const WAIT = '365m';
const RESTORE_SIZE = { cpu: ['250m', '2'], memory: ['256Mi', '1Gi'] } as const;

/** Which dump is restored, and into what. */
export interface RestoreJobProps extends Omit<MigrationStepsProps, 'secrets'> {
  /** Namespace of the Job. */
  readonly namespace: ControlPlaneNamespace;
  /** Where the dump is. Its role has to be able to read it. */
  readonly dumps: DumpStore;
  /** Certificate authorities of the database server, which the pods trust. */
  readonly trustBundle: TrustBundle;
  /** Secrets of the identities. */
  readonly secrets: SyncedSecrets;
  /** Name of the dump: its folder in the bucket. */
  readonly dump: string;
  /**
   * Database whose contents are replaced.
   * @default - a database that holds tables is refused
   */
  readonly replace?: string;
}

/**
 * Job that restores a dump once, and migrates it, because a dump may be older than the chart. Its name follows from the
 * dump and from what it replaces, and no other change reaches a Job that is there: a restore that ran again, for a new
 * image or a new limit, would take back what was written since. One that is made anew after its object is gone finds in
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
    const name = `agent-bom-restore-${shortHash(JSON.stringify({ dump, replace }))}`;
    this.logsCommand = jobLogsCommand(namespace, name);
    const job = new JobV1(this, 'job', {
      metadata: { name, namespace: namespace.name, labels: { ...LABELS } },
      spec: {
        backoffLimit: BACKOFF_LIMIT,
        activeDeadlineSeconds: DEADLINE_SECONDS,
        podFailurePolicy: IGNORE_DISRUPTIONS,
        template: this.pod(props),
      },
      waitForCompletion: true,
      timeouts: { create: WAIT, update: WAIT, delete: '5m' },
      lifecycle: { ignoreChanges: ['spec'] },
      dependsOn: [...dumps.ready, ...trustBundle.ready, ...secrets.ready],
    });
    this.ready = [job];
  }

  private pod(props: RestoreJobProps): JobV1SpecTemplate {
    const { dumps, trustBundle, secrets, dump } = props;
    const download = dumps.awsContainer('download', 'download.sh', SCRATCH_DIRECTORY, dump);
    const steps = [this.restore(props), ...migrationSteps({ ...props, secrets: secrets.identities })];
    return restrictedPod({
      component: 'restore',
      account: dumps.account,
      trustBundle,
      steps: [download, ...steps],
      volumes: dumps.volumes,
      withoutRole: steps.map(({ name }) => name),
      images: props.images,
    });
  }

  private restore(props: RestoreJobProps): JobV1SpecTemplateSpecContainer {
    const { dumps, secrets, engineMajor, images, settings, dump, replace } = props;
    const replaceArguments = replace === undefined ? [] : ['--replace', replace];
    return dumps.container({
      name: 'restore',
      image: imagesFrom(images).postgres(engineMajor),
      script: 'restore.sh',
      scriptArguments: [`${SCRATCH_DIRECTORY}/${dump}.dump`, '--once', ...replaceArguments],
      env: [...connectionVariables('restore', secrets.identities), contractOptions(settings)],
      ...RESTORE_SIZE,
    });
  }
}
