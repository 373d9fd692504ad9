import type {
  JobV1SpecTemplate,
  JobV1SpecTemplateSpecContainer,
  JobV1SpecTemplateSpecContainerEnv,
  JobV1SpecTemplateSpecContainerVolumeMount,
  JobV1SpecTemplateSpecVolume,
} from '@cdktf/provider-kubernetes/lib/job-v1';
import { DATABASE_DEFAULTS } from '../../../contract/environment/database/database';
import { RELEASE_DEFAULTS } from '../../../contract/environment/release';
import type { PodSettings } from '../../../contract/kubernetes/pod-settings';
import { type ConnectionLimits, connectionLimits } from '../../../contract/postgres/connection-budget';
import { ADMIN_IDENTITY, RUNTIME_IDENTITIES, type Workload } from '../../../contract/postgres/identities';
import { ALEMBIC_RESOURCES, PSQL_RESOURCES } from '../../../contract/postgres/job';
import type { PostgresMajor } from '../../../contract/postgres/majors';
import { contractParameters, startupOptions } from '../../../contract/postgres/settings';
import { type ImageSource, imagesFrom } from '../../../contract/product/images';
import { terraformLiteral } from '../../terraform-literal';
import type { ControlPlaneNamespace } from '../pods/control-plane-namespace';
import {
  type ImageUser,
  POSTGRES_USER,
  type PodAccount,
  restrictedContainer,
  restrictedPod,
} from '../pods/restricted-pod';
import type { TrustBundle } from '../pods/trust-bundle';
import type { SyncedSecrets } from '../secrets/synced-secrets';
import type { MigrationFiles } from './migration-files';

/** Where the files of the migrations are in every pod that runs them. */
export const CONTRACT_DIRECTORY = '/contract';

const REVISIONS_DIRECTORY = '/revisions';
/** Where the image of the product writes which revisions it knows, for those who compare a database or a dump with it. */
export const REVISIONS_VOLUME: JobV1SpecTemplateSpecVolume = { name: 'revisions', emptyDir: { sizeLimit: '1Mi' } };
/** Names the file with them, in every container that writes or reads it. */
export const REVISIONS_VARIABLE: JobV1SpecTemplateSpecContainerEnv = {
  name: 'CONTRACT_REVISIONS_FILE',
  value: `${REVISIONS_DIRECTORY}/revisions`,
};
/** Names the file with the revision of the database, for the container that writes and the one that reads it. */
export const DATABASE_REVISION_VARIABLE: JobV1SpecTemplateSpecContainerEnv = {
  name: 'CONTRACT_DATABASE_REVISION_FILE',
  value: `${REVISIONS_DIRECTORY}/database`,
};
/** The volume, for a container that writes. */
const REVISIONS_ROOM = { name: 'revisions', mountPath: REVISIONS_DIRECTORY };
/** The volume, for a container that reads. */
export const REVISIONS_MOUNT: JobV1SpecTemplateSpecContainerVolumeMount = {
  name: 'revisions',
  mountPath: REVISIONS_DIRECTORY,
  readOnly: true,
};

const CONTRACT_MOUNT = { name: 'contract', mountPath: CONTRACT_DIRECTORY, readOnly: true };
const AGENT_BOM_USER: ImageUser = { runAsUser: '100', runAsGroup: '101' };

/** What every Job that connects to the database is made of. */
export interface DatabaseJobProps {
  /** Namespace of the Job and of the Secrets that its pods read. */
  readonly namespace: ControlPlaneNamespace;
  /** Secrets with the connection URLs of the identities. */
  readonly secrets: SyncedSecrets;
  /** CA certificates of the database server, which the pods trust. */
  readonly trustBundle: TrustBundle;
  /**
   * Major version of the server; `psql`, `pg_dump` and `pg_restore` are of the same.
   * @default '16'
   */
  readonly engineMajor?: PostgresMajor;
  /**
   * Where the images come from.
   * @default - Docker Hub
   */
  readonly images?: ImageSource;
  /**
   * Where the pods run, and what others in the cluster read from them.
   * @default - anywhere, and outside of a service mesh
   */
  readonly pods?: PodSettings;
}

/** What a database is brought to. */
export interface MigrationSettings {
  /**
   * Version of the chart. It decides the image with the packaged migrations and the schema revision that they end at.
   * @default - the newest one that is recorded
   */
  readonly chartVersion?: string;
  /**
   * Connections that each login may hold.
   * @default - what two API pods with pools of 5 to 20 connections open
   */
  readonly limits?: ConnectionLimits;
  /**
   * What the database was restored from. The SQL has no use for it; another value makes the migration Job run again.
   * @default - nothing: it began empty
   */
  readonly restoredFrom?: string;
}

/** Whose pod it is, and the files of `migrations/` that it mounts. */
export interface MigrationMounts {
  /** ServiceAccount of the pods. */
  readonly account: PodAccount;
  /** Files of `migrations/`, as the pod mounts them. */
  readonly files: MigrationFiles;
}

/** A container that stops or starts the API, and the volume with what it shows to Kubernetes. */
export interface ApiStep {
  /** The container. */
  readonly container: JobV1SpecTemplateSpecContainer;
  /** The volume, which no other container mounts. */
  readonly volume: JobV1SpecTemplateSpecVolume;
}

/** Pod that prepares the database, runs the packaged migrations, closes what they leave open and verifies the result. */
export function migrationPod(
  props: DatabaseJobProps & MigrationSettings & MigrationMounts,
  stop?: ApiStep,
): JobV1SpecTemplate {
  const { account, files, trustBundle, images, pods } = props;
  const steps = migrationSteps(props, stop);
  const volumes = [files.volume, REVISIONS_VOLUME, ...(stop === undefined ? [] : [stop.volume])];
  return restrictedPod({ component: 'migration', account, trustBundle, steps, volumes, images, pods });
}

/** Pod that runs every check and changes nothing. What the announcement adds to it sees no connection. */
export function verificationPod(
  props: DatabaseJobProps & MigrationSettings & MigrationMounts,
  announcement?: {
    readonly container: JobV1SpecTemplateSpecContainer;
    readonly volumes: readonly JobV1SpecTemplateSpecVolume[];
  },
): JobV1SpecTemplate {
  const { account, files, trustBundle, images, pods } = props;
  const steps = [productContainer('revisions', 'revisions', [], props), verifyContainer('verification', props)];
  return restrictedPod({
    component: 'verification',
    account,
    trustBundle,
    steps: announcement === undefined ? steps : [...steps, announcement.container],
    volumes: [files.volume, REVISIONS_VOLUME, ...(announcement?.volumes ?? [])],
    withoutRole: announcement === undefined ? undefined : steps.map(({ name }) => name),
    images,
    pods,
  });
}

/** Pod that revokes the logins which the API no longer uses; its URLs say which ones it still uses. */
export function revocationPod(props: DatabaseJobProps & MigrationMounts, start?: ApiStep): JobV1SpecTemplate {
  const { account, files, trustBundle, images, pods, secrets } = props;
  const revoke = psqlContainer('revoke', connectionVariables('revocation', secrets.identities), props);
  const steps = start === undefined ? [revoke] : [start.container, revoke];
  const volumes = start === undefined ? [files.volume] : [files.volume, REVISIONS_VOLUME, start.volume];
  return restrictedPod({ component: 'revocation', account, trustBundle, steps, volumes, images, pods });
}

/** The containers that migrate and verify, in their order. The one that stops the API reads the database's revision. */
export function migrationSteps(
  props: DatabaseJobProps & MigrationSettings,
  stop?: ApiStep,
): JobV1SpecTemplateSpecContainer[] {
  const secrets = props.secrets.identities;
  const administrator = [secrets.admin.variable(ADMIN_IDENTITY.environmentVariable)];
  const everyone = [...connectionVariables('migration', secrets), contractOptions(props)];
  const before = [...administrator, contractOptions(props)];
  return [
    ...(stop === undefined
      ? [psqlContainer('before', before, props)]
      : [psqlContainer('before', [...before, DATABASE_REVISION_VARIABLE], props, [REVISIONS_ROOM]), stop.container]),
    productContainer('packaged', 'migrate', administrator, props),
    psqlContainer('after', everyone, props),
    verifyContainer('migration', props),
  ];
}

function verifyContainer(
  workload: 'migration' | 'verification',
  props: DatabaseJobProps & MigrationSettings,
): JobV1SpecTemplateSpecContainer {
  const connections = connectionVariables(workload, props.secrets.identities);
  return psqlContainer('verify', [...connections, contractOptions(props), REVISIONS_VARIABLE], props, [
    REVISIONS_MOUNT,
  ]);
}

/** The connection URLs that a workload may hold, the administrator's first. */
export function connectionVariables(
  workload: Workload,
  secrets: SyncedSecrets['identities'],
): JobV1SpecTemplateSpecContainerEnv[] {
  return [ADMIN_IDENTITY, ...RUNTIME_IDENTITIES]
    .filter(({ workloads }) => workloads.includes(workload))
    .map(({ name, environmentVariable }) => secrets[name].variable(environmentVariable));
}

/** What the SQL is told besides the URLs. */
export function contractOptions(props: MigrationSettings): JobV1SpecTemplateSpecContainerEnv {
  const { chartVersion = RELEASE_DEFAULTS.chartVersion, restoredFrom } = props;
  const { replicas, poolMinimum, poolMaximum } = RELEASE_DEFAULTS;
  const limits = props.limits ?? connectionLimits({ chartVersion, replicas, poolMinimum, poolMaximum });
  const parameters = contractParameters({ limits, restoredFrom });
  return { name: 'CONTRACT_OPTIONS', value: terraformLiteral(startupOptions(parameters)) };
}

function psqlContainer(
  step: 'before' | 'after' | 'verify' | 'revoke',
  env: readonly JobV1SpecTemplateSpecContainerEnv[],
  { engineMajor = DATABASE_DEFAULTS.engine, images }: Pick<DatabaseJobProps, 'engineMajor' | 'images'>,
  mounts: readonly JobV1SpecTemplateSpecContainerVolumeMount[] = [],
): JobV1SpecTemplateSpecContainer {
  return restrictedContainer({
    name: step,
    image: imagesFrom(images).postgres(engineMajor),
    command: ['bash', `${CONTRACT_DIRECTORY}/run.sh`, step],
    env: [...env],
    user: POSTGRES_USER,
    size: PSQL_RESOURCES,
    volumeMount: [CONTRACT_MOUNT, ...mounts],
  });
}

/** Container of the image of the product, which runs `packaged.sh`. */
export function productContainer(
  name: string,
  what: 'migrate' | 'revisions' | 'stop-api' | 'start-api',
  env: readonly JobV1SpecTemplateSpecContainerEnv[],
  {
    chartVersion = RELEASE_DEFAULTS.chartVersion,
    images,
  }: Pick<DatabaseJobProps & MigrationSettings, 'chartVersion' | 'images'>,
  mounts: readonly JobV1SpecTemplateSpecContainerVolumeMount[] = [],
): JobV1SpecTemplateSpecContainer {
  return restrictedContainer({
    name,
    image: imagesFrom(images).agentBom(chartVersion),
    workingDir: '/opt/agent-bom',
    command: ['sh', `${CONTRACT_DIRECTORY}/packaged.sh`, what],
    env: [...env, REVISIONS_VARIABLE],
    user: AGENT_BOM_USER,
    size: ALEMBIC_RESOURCES,
    volumeMount: [CONTRACT_MOUNT, REVISIONS_ROOM, ...mounts],
  });
}
