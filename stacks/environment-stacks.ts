import type { Construct } from 'constructs';
import type { Environment } from '../contract/environment/environment';
import { secretManifest } from '../contract/product/required-secrets';
import { DatabaseStack } from './database-stack';
import { existingEndpoint } from './existing-endpoint';
import { WorkloadStack } from './workload-stack';

/** An environment, and what its file names beside it. */
export interface EnvironmentStacksProps {
  /** Environment as its file describes it. */
  readonly environment: Environment;
  /**
   * PEM text of the certificate authorities of the database server.
   * @default - the bundled ones of RDS
   */
  readonly caBundle?: string;
}

/**
 * The stacks of an environment: database and workload, or the workload alone on a server that is there already.
 *
 * @returns Texts of the files that belong beside the stacks, by their paths in the output directory.
 */
export function environmentStacks(
  scope: Construct,
  { environment, caBundle }: EnvironmentStacksProps,
): Readonly<Record<string, string>> {
  const isExisting = environment.database.existing !== undefined;
  const endpoint = isExisting ? existingEndpoint(environment) : new DatabaseStack(scope, environment).endpoint;
  const { files } = new WorkloadStack(scope, { environment, endpoint, caBundle });
  if (environment.secrets.delivery !== 'existing') return files;
  // Somebody else has to bring the Secrets into the cluster.
  return { ...files, [`${environment.name}/secrets.yaml`]: secretManifest(environment) };
}
