import type { Environment } from '../environment/environment';
import { ADMIN_LOGIN, controlPlaneSecretName, storedSecretName, syncedSecretName } from '../names';
import { CA_FILE, connectionUrl, migrationUrl } from '../postgres/connection-url';
import { ADMIN_IDENTITY, loginOfGeneration, RUNTIME_IDENTITIES } from '../postgres/identities';
import { existingKeys, trustedProxyIssuer } from './authentication';
import { controlPlaneKeys } from './control-plane-keys';

/** A Kubernetes Secret that somebody else has to create. */
export interface RequiredSecret {
  /** Name of the Secret. */
  readonly name: string;
  /** Where its content is, in one line. */
  readonly source: string;
  /** Keys that it needs, each with what belongs there. */
  readonly keys: readonly { readonly key: string; readonly instruction: string }[];
}

/** The Secrets that the control plane of an environment needs, by the names and keys under which it looks for them. */
export function requiredSecrets(environment: Environment): RequiredSecret[] {
  return merge([
    ...RUNTIME_IDENTITIES.map((identity) => identitySecret(environment, identity)),
    adminSecret(environment),
    controlPlaneSecret(environment),
    ...existingKeys(environment.authentication).map(({ secretName, key }) => ({
      name: secretName,
      source: 'your identity provider, or whoever hands out the API keys',
      keys: [{ key, instruction: 'as `authentication` in the environment file says' }],
    })),
  ]);
}

function identitySecret({ name, secrets }: Environment, identity: (typeof RUNTIME_IDENTITIES)[number]): RequiredSecret {
  const url = connectionUrl(urlParts(loginOfGeneration(identity, secrets.generation)));
  return {
    name: syncedSecretName(identity.name, secrets.generation),
    source: `the secret ${storedSecretName(name, identity.name)} in Secrets Manager: username and password`,
    keys: [{ key: identity.environmentVariable, instruction: url }],
  };
}

function adminSecret({ secrets }: Environment): RequiredSecret {
  return {
    name: syncedSecretName(ADMIN_IDENTITY.name, secrets.generation),
    source:
      'the secret that RDS manages, output admin_secret_arn; RDS changes it every seven days, so keep it up to date',
    keys: [{ key: ADMIN_IDENTITY.environmentVariable, instruction: migrationUrl(urlParts(ADMIN_LOGIN)) }],
  };
}

function controlPlaneSecret(environment: Environment): RequiredSecret {
  const given = environment.secrets.controlPlane?.secretName;
  return {
    name: given ?? controlPlaneSecretName(),
    source:
      given === undefined
        ? `the secret ${storedSecretName(environment.name, 'control-plane')} in Secrets Manager, property by property`
        : 'yours; these keys never change, because what they signed and encrypted could not be read any more',
    keys: controlPlaneKeys(trustedProxyIssuer(environment) !== undefined).map(({ environmentVariable, format }) => ({
      key: environmentVariable,
      instruction: format === 'fernet' ? 'URL-safe base64 of 32 random bytes' : '32 random characters or more',
    })),
  };
}

/** The login is known, and everything that Terraform or AWS decides is not. */
function urlParts(login: string) {
  return {
    encodedUser: login,
    encodedPassword: '<percent-encoded password>',
    host: '<output database_host>',
    port: '<output database_port>',
    database: '<output database_name>',
    caFile: CA_FILE,
  };
}

/** One Secret may be asked for several keys. */
function merge(secrets: readonly RequiredSecret[]): RequiredSecret[] {
  const merged = new Map<string, RequiredSecret>();
  for (const secret of secrets) {
    const keys = [...(merged.get(secret.name)?.keys ?? []), ...secret.keys];
    const distinct = [...new Map(keys.map((key) => [key.key, key])).values()];
    merged.set(secret.name, { ...secret, ...merged.get(secret.name), keys: distinct });
  }
  return [...merged.values()];
}
