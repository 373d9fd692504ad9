import type { TerraformStack } from 'cdktf';
import { AwsAccount } from '../../../constructs/aws/iam/aws-account';
import { EksCluster } from '../../../constructs/aws/iam/eks-cluster';
import { EncryptionKey } from '../../../constructs/aws/storage/encryption-key';
import { ControlPlaneNamespace } from '../../../constructs/kubernetes/pods/control-plane-namespace';
import { ExternalSecrets, SecretReader } from '../../../constructs/kubernetes/secrets/external-secrets';
import { SyncedSecrets } from '../../../constructs/kubernetes/secrets/synced-secrets';
import type { PostgresEndpoint } from '../../../constructs/postgres-endpoint';
import { perRuntimeIdentity } from '../../../contract/postgres/identities';

export function cluster(stack: TerraformStack): EksCluster {
  return new EksCluster(stack, 'eks', { name: 'platform' });
}

/** The account of the tests, under a name that no other construct has. */
export function account(stack: TerraformStack): AwsAccount {
  return new AwsAccount(stack, 'here', { region: 'eu-west-1' });
}

export const KEY_ARN = 'arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9';

/** A key that exists already, so that it adds no resource to a stack. */
export function existingKey(stack: TerraformStack): EncryptionKey {
  const account = new AwsAccount(stack, 'account', { region: 'eu-west-1' });
  return EncryptionKey.fromArn(stack, 'encryption', { arn: KEY_ARN, account });
}

export function namespace(stack: TerraformStack): ControlPlaneNamespace {
  return new ControlPlaneNamespace(stack, 'namespace', { name: 'control-plane' });
}

/** An endpoint whose parts are plain text, as one that was not made by this project. */
export const ENDPOINT: PostgresEndpoint = {
  host: 'db.internal',
  port: 6432,
  database: 'bom',
  adminSecret: { arn: 'arn:admin' },
  identitySecrets: perRuntimeIdentity(({ name, role }) => ({
    arn: `arn:${name}`,
    versionId: `v-${name}`,
    login: role,
  })),
  controlPlaneSecret: { arn: 'arn:keys' },
  secretReaderRoleArn: 'arn:role',
  podRoleArns: { api: 'arn:api', scanner: 'arn:scanner' },
};

export function syncedSecrets(stack: TerraformStack, inNamespace = namespace(stack), generation = 1): SyncedSecrets {
  const store = new SecretReader(stack, 'reader', { namespace: inNamespace, region: 'eu-west-1', roleArn: 'arn:role' });
  return new SyncedSecrets(stack, 'secrets', {
    namespace: inNamespace,
    delivery: new ExternalSecrets({ namespace: inNamespace, store }),
    endpoint: ENDPOINT,
    generation,
  });
}
