import type {
  JobV1SpecTemplate,
  JobV1SpecTemplateSpecContainer,
  JobV1SpecTemplateSpecContainerEnv,
  JobV1SpecTemplateSpecContainerSecurityContext,
  JobV1SpecTemplateSpecVolume,
} from '@cdktf/provider-kubernetes/lib/job-v1';
import { type ChartVersion, IMAGE_REPOSITORY } from '../../contract/chart';
import { CA_DIRECTORY } from '../../contract/connection-url';
import { ADMIN_IDENTITY, type Identity, type IdentityName, RUNTIME_IDENTITIES } from '../../contract/identities';
import { type ContractSettings, contractParameters, startupOptions } from '../../contract/settings';
import { terraformLiteral } from '../terraform-literal';
import { LABELS } from './labels';
import type { MigrationFiles } from './migration-files';
import type { SyncedSecret } from './synced-secret';
import type { TrustBundle } from './trust-bundle';

const FILES_DIRECTORY = '/contract';
/** Users of the images, in numbers, because Kubernetes cannot tell whether a name is root. */
const POSTGRES_USER = { runAsUser: '999', runAsGroup: '999' };
const AGENT_BOM_USER = { runAsUser: '100', runAsGroup: '101' };
const PSQL_RESOURCES = { requests: { cpu: '50m', memory: '64Mi' }, limits: { cpu: '500m', memory: '256Mi' } };
const ALEMBIC_RESOURCES = { requests: { cpu: '100m', memory: '256Mi' }, limits: { cpu: '1', memory: '1Gi' } };

/** What the pod is made of. */
export interface MigrationPodProps {
  /** The script and the SQL. */
  readonly files: MigrationFiles;
  /** Whom the containers trust to be the database. */
  readonly trustBundle: TrustBundle;
  /** The Secret of each identity; those that `contract/identities.ts` gives to the migration are used. */
  readonly secrets: Readonly<Record<IdentityName, SyncedSecret>>;
  /** Major version of the server; `psql` is of the same. */
  readonly engineMajor: string;
  /** Version of the chart; the image with the packaged migrations has the same. */
  readonly chartVersion: ChartVersion;
  /** What the SQL is told beside the connection URLs. */
  readonly settings: ContractSettings;
}

/** Pod that prepares the database, runs the packaged migrations, closes what they leave open and verifies the result. */
export function migrationPod(props: MigrationPodProps): JobV1SpecTemplate {
  const administrator = [variable(ADMIN_IDENTITY, props)];
  const everyone = [...administrator, ...runtimeVariables(props), contractOptions(props)];
  return {
    metadata: { labels: { ...LABELS, 'app.kubernetes.io/component': 'migration' } },
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      // Otherwise the Services of the control plane become variables that look like its settings.
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      initContainer: [
        psqlContainer('before', administrator, props),
        packagedContainer(administrator, props),
        psqlContainer('after', everyone, props),
      ],
      container: [psqlContainer('verify', everyone, props)],
      volume: volumes(props),
    },
  };
}

function psqlContainer(
  step: 'before' | 'after' | 'verify',
  env: readonly JobV1SpecTemplateSpecContainerEnv[],
  { engineMajor }: MigrationPodProps,
): JobV1SpecTemplateSpecContainer {
  return {
    name: step,
    image: `postgres:${engineMajor}`,
    command: ['bash', `${FILES_DIRECTORY}/run.sh`, step],
    env: [...env],
    resources: PSQL_RESOURCES,
    securityContext: restricted(POSTGRES_USER),
    volumeMount: [...commonMounts(), { name: 'contract', mountPath: FILES_DIRECTORY, readOnly: true }],
  };
}

function packagedContainer(
  env: readonly JobV1SpecTemplateSpecContainerEnv[],
  { chartVersion }: MigrationPodProps,
): JobV1SpecTemplateSpecContainer {
  const directory = 'deploy/supabase/postgres';
  return {
    name: 'packaged',
    image: `${IMAGE_REPOSITORY}:${chartVersion}`,
    workingDir: '/opt/agent-bom',
    command: ['python', `${directory}/compose_migrate.py`, '--config', `${directory}/alembic.ini`],
    env: [...env],
    resources: ALEMBIC_RESOURCES,
    securityContext: restricted(AGENT_BOM_USER),
    volumeMount: commonMounts(),
  };
}

function runtimeVariables(props: MigrationPodProps): JobV1SpecTemplateSpecContainerEnv[] {
  return RUNTIME_IDENTITIES.filter(({ workloads }) => workloads.includes('migration')).map((identity) =>
    variable(identity, props),
  );
}

function variable(
  { name, environmentVariable }: Identity,
  { secrets }: MigrationPodProps,
): JobV1SpecTemplateSpecContainerEnv {
  return secrets[name].variable(environmentVariable);
}

function contractOptions({ settings }: MigrationPodProps): JobV1SpecTemplateSpecContainerEnv {
  return { name: 'CONTRACT_OPTIONS', value: terraformLiteral(startupOptions(contractParameters(settings))) };
}

function commonMounts() {
  return [
    { name: 'postgres-ca', mountPath: CA_DIRECTORY, readOnly: true },
    { name: 'tmp', mountPath: '/tmp' },
  ];
}

function volumes({ files, trustBundle }: MigrationPodProps): JobV1SpecTemplateSpecVolume[] {
  return [
    files.volume,
    { name: 'postgres-ca', configMap: { name: trustBundle.configMapName } },
    { name: 'tmp', emptyDir: {} },
  ];
}

/** @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted */
function restricted(user: typeof POSTGRES_USER): JobV1SpecTemplateSpecContainerSecurityContext {
  return {
    ...user,
    runAsNonRoot: true,
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  };
}
