import type { PostgresEndpoint, StoredSecret } from '../constructs/postgres-endpoint';
import type { Environment } from '../contract/environment/environment';
import { perRuntimeIdentity } from '../contract/postgres/identities';

/** A secret that is not in Secrets Manager, because somebody else brings it into the cluster. */
const ELSEWHERE: StoredSecret = {
  get arn(): string {
    throw new Error('the secret is not in Secrets Manager: the environment file names none');
  },
};

/**
 * The endpoint of a server that is there already, as the environment file describes it. Which of their two logins the
 * application and the maintenance identity use is what their secrets say.
 */
export function existingEndpoint({ database: { existing }, secrets }: Environment): PostgresEndpoint {
  if (existing === undefined) throw new Error('the environment has a database of its own');
  return {
    ...existing,
    adminSecret: secrets.existing?.admin ?? ELSEWHERE,
    identitySecrets: perRuntimeIdentity(({ name }) => secrets.existing?.[name] ?? ELSEWHERE),
    controlPlaneSecret: secrets.existing?.controlPlane ?? ELSEWHERE,
    secretReaderRoleArn: secrets.readerRoleArn,
  };
}
