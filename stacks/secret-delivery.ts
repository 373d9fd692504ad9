import type { Construct } from 'constructs';
import type { ControlPlaneNamespace } from '../constructs/kubernetes/pods/control-plane-namespace';
import { ExternalSecrets, SecretReader, type SecretStore } from '../constructs/kubernetes/secrets/external-secrets';
import { ExistingSecrets, type SecretDelivery } from '../constructs/kubernetes/secrets/secret-delivery';
import { TerraformSecrets } from '../constructs/kubernetes/secrets/terraform-secrets';
import type { PostgresEndpoint } from '../constructs/postgres-endpoint';
import type { Environment } from '../contract/environment/environment';

/** What a way for secrets to reach the cluster is made of. */
export interface SecretDeliveryProps {
  /** Environment as its file describes it. */
  readonly environment: Environment;
  /** Where the credentials are stored, and who may read them. */
  readonly endpoint: PostgresEndpoint;
  /** Namespace of the Secrets. */
  readonly namespace: ControlPlaneNamespace;
}

/** The way that the environment file names. */
export function secretDelivery(scope: Construct, props: SecretDeliveryProps): SecretDelivery {
  const { environment, namespace } = props;
  switch (environment.secrets.delivery) {
    case 'external-secrets':
      return new ExternalSecrets({
        namespace,
        store: secretStore(scope, props),
        keepPrevious: environment.release.managedBy === 'gitops',
      });
    case 'terraform':
      return new TerraformSecrets(namespace);
    case 'existing':
      return new ExistingSecrets(namespace);
  }
}

/** Whether the environment reads its secrets with a separate role, through a separate store. */
export function hasOwnStore({ secrets }: Environment): boolean {
  return secrets.delivery === 'external-secrets' && secrets.store === undefined;
}

function secretStore(scope: Construct, { environment, endpoint, namespace }: SecretDeliveryProps): SecretStore {
  const { region, secrets } = environment;
  if (secrets.store !== undefined) return { storeKind: secrets.store.kind, storeName: secrets.store.name, ready: [] };
  if (endpoint.secretReaderRoleArn === undefined) throw new Error('no role may read the secrets');
  // With Pod Identity the operator has the role already, and cannot ask for it by its name.
  const roleArn = environment.cluster.podRoles === 'irsa' ? endpoint.secretReaderRoleArn : undefined;
  return new SecretReader(scope, 'secret-reader', { namespace, region, roleArn });
}
