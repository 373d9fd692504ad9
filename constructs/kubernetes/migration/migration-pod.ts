import type {
  JobV1SpecTemplate,
  JobV1SpecTemplateSpecContainer,
  JobV1SpecTemplateSpecContainerEnv,
} from '@cdktf/provider-kubernetes/lib/job-v1';
import {
  ADMIN_IDENTITY,
  type IdentityName,
  RUNTIME_IDENTITIES,
  type Workload,
} from '../../../contract/postgres/identities';
import { ALEMBIC_RESOURCES, PSQL_RESOURCES } from '../../../contract/postgres/job';
import { type ContractSettings, contractParameters, startupOptions } from '../../../contract/postgres/settings';
import type { ChartVersion } from '../../../contract/product/chart';
import { type ImageSource, imagesFrom } from '../../../contract/product/images';
import { terraformLiteral } from '../../terraform-literal';
import type { PodAccount } from '../pods/pod-account';
import { type ImageUser, POSTGRES_USER, restrictedContainer, restrictedPod } from '../pods/restricted-pod';
import type { TrustBundle } from '../pods/trust-bundle';
import type { SyncedSecret } from '../secrets/synced-secret';
import type { MigrationFiles } from './migration-files';

/** Where the files of the migrations stand in every pod that runs them. */
export const CONTRACT_DIRECTORY = '/contract';

const AGENT_BOM_USER: ImageUser = { runAsUser: '100', runAsGroup: '101' };

/** The Secret of each identity; a pod uses those that `contract/postgres/identities.ts` gives to its workload. */
export type IdentitySecrets = Readonly<Record<IdentityName, SyncedSecret>>;

/** What the containers that migrate are made of. */
export interface MigrationStepsProps {
  /** Secrets with the connection URLs. */
  readonly secrets: IdentitySecrets;
  /** Major version of the server; `psql` is of the same. */
  readonly engineMajor: string;
  /** Version of the chart; the image with the packaged migrations has the same. */
  readonly chartVersion: ChartVersion;
  /** Limits and schema revision that the database is brought to. */
  readonly settings: ContractSettings;
  /**
   * Where the images come from.
   * @default - Docker Hub
   */
  readonly images?: ImageSource;
}

/** What the pod that retires former logins is made of. */
export type RevocationPodProps = Omit<MigrationPodProps, 'chartVersion' | 'settings'>;

/** What the pod is made of. */
export interface MigrationPodProps extends MigrationStepsProps {
  /** ServiceAccount of the pods. */
  readonly account: PodAccount;
  /** Files of `migrations/`, as the pod mounts them. */
  readonly files: MigrationFiles;
  /** Certificate authorities of the database server, which the pods trust. */
  readonly trustBundle: TrustBundle;
}

/** Pod that prepares the database, runs the packaged migrations, closes what they leave open and verifies the result. */
export function migrationPod(props: MigrationPodProps): JobV1SpecTemplate {
  const { account, files, trustBundle, images } = props;
  const steps = migrationSteps(props);
  return restrictedPod({ component: 'migration', account, trustBundle, steps, volumes: [files.volume], images });
}

/** Pod that closes the logins which the API does not use any more; whose login it uses, its URLs say. */
export function revocationPod(props: RevocationPodProps): JobV1SpecTemplate {
  const { account, files, trustBundle, images, secrets } = props;
  const steps = [psqlContainer('revoke', connectionVariables('revocation', secrets), props)];
  return restrictedPod({ component: 'retirement', account, trustBundle, steps, volumes: [files.volume], images });
}

/** The containers that migrate and verify, in their order. */
export function migrationSteps(props: MigrationStepsProps): JobV1SpecTemplateSpecContainer[] {
  const { secrets, settings } = props;
  const administrator = [secrets.admin.variable(ADMIN_IDENTITY.environmentVariable)];
  const everyone = [...connectionVariables('migration', secrets), contractOptions(settings)];
  return [
    psqlContainer('before', [...administrator, contractOptions(settings)], props),
    packagedContainer(administrator, props),
    psqlContainer('after', everyone, props),
    psqlContainer('verify', everyone, props),
  ];
}

/** The connection URLs that a workload may hold, the administrator's first. */
export function connectionVariables(workload: Workload, secrets: IdentitySecrets): JobV1SpecTemplateSpecContainerEnv[] {
  return [ADMIN_IDENTITY, ...RUNTIME_IDENTITIES]
    .filter(({ workloads }) => workloads.includes(workload))
    .map(({ name, environmentVariable }) => secrets[name].variable(environmentVariable));
}

/** What the SQL is told beside the URLs. */
export function contractOptions(settings: ContractSettings): JobV1SpecTemplateSpecContainerEnv {
  return { name: 'CONTRACT_OPTIONS', value: terraformLiteral(startupOptions(contractParameters(settings))) };
}

function psqlContainer(
  step: 'before' | 'after' | 'verify' | 'revoke',
  env: readonly JobV1SpecTemplateSpecContainerEnv[],
  { engineMajor, images }: Pick<MigrationStepsProps, 'engineMajor' | 'images'>,
): JobV1SpecTemplateSpecContainer {
  return restrictedContainer({
    name: step,
    image: imagesFrom(images).postgres(engineMajor),
    command: ['bash', `${CONTRACT_DIRECTORY}/run.sh`, step],
    env: [...env],
    user: POSTGRES_USER,
    size: PSQL_RESOURCES,
    volumeMount: [{ name: 'contract', mountPath: CONTRACT_DIRECTORY, readOnly: true }],
  });
}

function packagedContainer(
  env: readonly JobV1SpecTemplateSpecContainerEnv[],
  { chartVersion, images }: MigrationStepsProps,
): JobV1SpecTemplateSpecContainer {
  const directory = 'deploy/supabase/postgres';
  return restrictedContainer({
    name: 'packaged',
    image: imagesFrom(images).agentBom(chartVersion),
    workingDir: '/opt/agent-bom',
    command: ['python', `${directory}/compose_migrate.py`, '--config', `${directory}/alembic.ini`],
    env: [...env],
    user: AGENT_BOM_USER,
    size: ALEMBIC_RESOURCES,
  });
}
