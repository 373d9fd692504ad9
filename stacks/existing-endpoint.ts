import type { PostgresEndpoint } from '../constructs/postgres-endpoint';
import type { Environment } from '../contract/environment';
import { perRuntimeIdentity } from '../contract/identities';

/**
 * The endpoint of a server that is there already, as the environment file describes it. Which of their two logins the
 * application and the maintenance identity use is what their secrets say.
 *
 * @throws Error when the file names no such server or none of its secrets, which parsing has refused.
 */
export function existingEndpoint({ database: { existing }, secrets }: Environment): PostgresEndpoint {
  if (existing === undefined || secrets.existing === undefined) throw new Error('the environment has its own database');
  const { admin, controlPlane, ...identities } = secrets.existing;
  return {
    ...existing,
    adminSecret: admin,
    identitySecrets: perRuntimeIdentity(({ name }) => identities[name]),
    controlPlaneSecret: controlPlane,
    secretReaderRoleArn: secrets.readerRoleArn,
  };
}
