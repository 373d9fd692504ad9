import { join } from 'node:path';
import type {
  JobV1SpecTemplateSpecContainer,
  JobV1SpecTemplateSpecContainerEnv,
  JobV1SpecTemplateSpecContainerVolumeMount,
  JobV1SpecTemplateSpecVolume,
} from '@cdktf/provider-kubernetes/lib/job-v1';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { BACKUP_DEFAULTS } from '../../../contract/environment/backup';
import { BACKUP_SERVICE_ACCOUNT, VERIFIED_PREFIX } from '../../../contract/names';
import { type ImageSource, imagesFrom } from '../../../contract/product/images';
import { PROGRAM_ROOT } from '../../../program-root';
import type { BackupStore } from '../../postgres-endpoint';
import { MigrationFiles } from '../migration/migration-files';
import { CONTRACT_DIRECTORY } from '../migration/migration-pod';
import type { Announcement } from '../migration/verification-job';
import type { ControlPlaneNamespace } from '../pods/control-plane-namespace';
import { type ContainerSize, POSTGRES_USER, PodAccount, restrictedContainer } from '../pods/restricted-pod';

const AWS_CLI_SIZE = { cpu: ['100m', '1'], memory: ['256Mi', '1Gi'] } as const;

const SCRIPTS = join(PROGRAM_ROOT, 'backup');
const SCRIPTS_DIRECTORY = '/backup';
const SCRIPTS_MOUNT = { name: 'backup', mountPath: SCRIPTS_DIRECTORY, readOnly: true };
/** Where the dump is while it is made or restored. */
export const SCRATCH_DIRECTORY = '/scratch';

/** Where dumps go, and who takes them there. */
export interface DumpStoreProps {
  /** Namespace of its objects. */
  readonly namespace: ControlPlaneNamespace;
  /** The bucket, its key and the role that uses them. */
  readonly store: BackupStore;
  /** AWS region of the bucket. */
  readonly region: string;
  /** The files of `migrations/`, which those of `backup/` call. */
  readonly migrations: MigrationFiles;
  /**
   * Room for one dump in GiB, on the disk of the node.
   * @default 10
   */
  readonly scratchGib?: number;
  /**
   * Where the images come from.
   * @default - Docker Hub
   */
  readonly images?: ImageSource;
}

/** A container that runs a script of `backup/` where the dump is. */
export interface DumpContainer extends Pick<ContainerSize, 'cpu' | 'memory'> {
  /** Name of the container. */
  readonly name: string;
  /** Image of the container, with its registry. */
  readonly image: string;
  /** File in `backup/`. */
  readonly script: string;
  /** Arguments of the script. */
  readonly scriptArguments: readonly string[];
  /** Variables of the script. */
  readonly env: readonly JobV1SpecTemplateSpecContainerEnv[];
  /**
   * What it mounts besides the scripts and the dump.
   * @default - nothing
   */
  readonly mounts?: readonly JobV1SpecTemplateSpecContainerVolumeMount[];
}

/** What the Jobs that make and restore dumps have in common: ServiceAccount, scripts, bucket and room. */
export class DumpStore extends Construct {
  /** ServiceAccount that may use the bucket. */
  readonly account: PodAccount;
  /** Volumes that the containers mount: scripts, and room for a dump. */
  readonly volumes: readonly JobV1SpecTemplateSpecVolume[];
  /** What has to exist before whatever uses it; for `dependsOn`. */
  readonly ready: readonly ITerraformDependable[];
  private readonly props: DumpStoreProps;

  constructor(scope: Construct, id: string, props: DumpStoreProps) {
    super(scope, id);
    this.props = props;
    const { namespace, store, migrations } = props;
    const { roleArn } = store;
    this.account = new PodAccount(this, 'account', { namespace, name: BACKUP_SERVICE_ACCOUNT, roleArn });
    const scripts = new MigrationFiles(this, 'scripts', { namespace, directory: SCRIPTS, purpose: 'backup' });
    this.volumes = [
      migrations.volume,
      scripts.volume,
      { name: 'scratch', emptyDir: { sizeLimit: `${this.scratchGib}Gi` } },
    ];
    this.ready = [...this.account.ready, ...scripts.ready, ...migrations.ready];
  }

  /** Container that runs a script of `backup/`. The user is the same everywhere: a dump is open to its owner alone. */
  container(props: DumpContainer): JobV1SpecTemplateSpecContainer {
    const { script, scriptArguments, cpu, memory, mounts = [], ...container } = props;
    return restrictedContainer({
      ...container,
      command: ['bash', `${SCRIPTS_DIRECTORY}/${script}`, ...scriptArguments],
      env: [{ name: 'MIGRATIONS_DIRECTORY', value: CONTRACT_DIRECTORY }, ...container.env],
      user: POSTGRES_USER,
      // The node has to have the room before the pod begins; what a container writes elsewhere is little.
      size: { cpu, memory, disk: `${this.scratchGib + 1}Gi` },
      volumeMount: [
        { name: 'contract', mountPath: CONTRACT_DIRECTORY, readOnly: true },
        SCRIPTS_MOUNT,
        { name: 'scratch', mountPath: SCRATCH_DIRECTORY },
        ...mounts,
      ],
    });
  }

  /** Container that runs a script with the AWS CLI, and without a connection to the database. */
  awsContainer(name: string, script: string, ...scriptArguments: string[]): JobV1SpecTemplateSpecContainer {
    // It runs as any user, as long as `HOME` can be written.
    const image = imagesFrom(this.props.images).awsCli();
    return this.container({ name, image, script, scriptArguments, env: this.variables(), ...AWS_CLI_SIZE });
  }

  /** Container that tells the bucket of a verification; there is no dump where it runs. */
  announcement(): Announcement {
    const { images } = this.props;
    const [, scripts] = this.volumes;
    const container = restrictedContainer({
      name: 'announce',
      image: imagesFrom(images).awsCli(),
      command: ['bash', `${SCRIPTS_DIRECTORY}/announce.sh`, VERIFIED_PREFIX],
      env: this.variables(),
      user: POSTGRES_USER,
      size: AWS_CLI_SIZE,
      volumeMount: [SCRIPTS_MOUNT],
    });
    return { account: this.account, container, volumes: scripts === undefined ? [] : [scripts], ready: this.ready };
  }

  private get scratchGib(): number {
    return this.props.scratchGib ?? BACKUP_DEFAULTS.scratchGib;
  }

  private variables(): JobV1SpecTemplateSpecContainerEnv[] {
    const { store, region } = this.props;
    const variables: Record<string, string> = {
      BACKUP_BUCKET: store.bucket,
      BACKUP_PREFIX: store.prefix,
      BACKUP_KEY_ARN: store.keyArn,
      AWS_REGION: region,
      AWS_RETRY_MODE: 'standard',
      AWS_MAX_ATTEMPTS: '5',
      // The role of the pod or none: never that of the node.
      AWS_EC2_METADATA_DISABLED: 'true',
      // The CLI keeps its session of the role below it.
      HOME: '/tmp',
    };
    return Object.entries(variables).map(([name, value]) => ({ name, value }));
  }
}
