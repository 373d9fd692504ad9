import type { Construct } from 'constructs';
import type { PostgresEndpoint, StoredSecret } from '../constructs/postgres-endpoint';
import type { Environment } from '../contract/environment/environment';
import { perRuntimeIdentity } from '../contract/postgres/identities';
import { secretManifest } from '../contract/product/required-secrets';
import { DatabaseStack } from './database-stack';
import { WorkloadStack } from './workload-stack';

/** An environment, and what its file names. */
export interface EnvironmentStacksProps {
  /** Environment as its file describes it. */
  readonly environment: Environment;
  /**
   * PEM text of the CA certificates of the database server.
   * @default - the bundled ones of RDS
   */
  readonly caBundle?: string;
}

/**
 * The stacks of an environment: database and workload, or the workload alone with an existing server.
 *
 * @returns Texts of the files that belong next to the stacks, by their paths in the output directory.
 */
export function environmentStacks(
  scope: Construct,
  { environment, caBundle }: EnvironmentStacksProps,
): Readonly<Record<string, string>> {
  const isExisting = environment.database.existing !== undefined;
  const endpoint = isExisting ? existingEndpoint(environment) : new DatabaseStack(scope, environment).endpoint;
  const { files } = new WorkloadStack(scope, { environment, endpoint, caBundle });
  if (environment.secrets.delivery !== 'existing') return files;
  // Whoever manages the Secrets brings them into the cluster.
  return { ...files, [`${environment.name}/secrets.yaml`]: secretManifest(environment) };
}

/** A secret that is not in Secrets Manager, because it is managed elsewhere and comes into the cluster from there. */
const ELSEWHERE: StoredSecret = {
  get arn(): string {
    throw new Error('the secret is not in Secrets Manager: the environment file names none');
  },
};

/**
 * The endpoint of an existing server, as the environment file describes it. Which of their two logins the application and
 * the maintenance identity use is what their secrets say.
 */
export function existingEndpoint({ database: { existing }, secrets }: Environment): PostgresEndpoint {
  if (existing === undefined) throw new Error('the database of the environment is not an existing one');
  const { host, port, database } = existing;
  return {
    host,
    port,
    database,
    adminSecret: secrets.existing?.admin ?? ELSEWHERE,
    identitySecrets: perRuntimeIdentity(({ name }) => secrets.existing?.[name] ?? ELSEWHERE),
    controlPlaneSecret: secrets.existing?.controlPlane ?? ELSEWHERE,
    secretReaderRoleArn: secrets.readerRoleArn,
  };
}
