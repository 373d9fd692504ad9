import { Document, type YAMLMap } from 'yaml';
import type { Environment } from '../environment/environment';
import { ADMIN_LOGIN, controlPlaneSecretName, storedSecretName, syncedSecretName } from '../names';
import { CA_FILE, connectionUrl, migrationUrl } from '../postgres/connection-url';
import { ADMIN_IDENTITY, loginOfGeneration, RUNTIME_IDENTITIES } from '../postgres/identities';
import { existingKeys, trustedProxyIssuer } from './authentication';

/** A key that the API needs in addition to its connections. It is generated, and reaches the API as an environment variable. */
export interface ControlPlaneKey {
  /** Environment variable of the API, and property of the secret. */
  readonly environmentVariable: string;
  /** `text` is any string of 32 characters or more, `fernet` URL-safe base64 of exactly 32 bytes. */
  readonly format: 'text' | 'fernet';
}

/** The keys without which the API does not start or does not keep what it has signed. */
export const CONTROL_PLANE_KEYS: readonly ControlPlaneKey[] = [
  { environmentVariable: 'AGENT_BOM_AUDIT_HMAC_KEY', format: 'text' },
  { environmentVariable: 'AGENT_BOM_BROWSER_SESSION_SIGNING_KEY', format: 'text' },
  { environmentVariable: 'AGENT_BOM_CONNECTIONS_KEY', format: 'fernet' },
  { environmentVariable: 'AGENT_BOM_RATE_LIMIT_KEY', format: 'text' },
  { environmentVariable: 'AGENT_BOM_TRUST_PROXY_AUTH_SECRET', format: 'text' },
];

/** The key that the API shares with the proxy in front of it. */
const PROXY_KEY = 'AGENT_BOM_TRUST_PROXY_AUTH_SECRET';

/** The keys of an API, with or without a proxy in front of it that authenticates users. */
export function controlPlaneKeys(trustedProxy: boolean): readonly ControlPlaneKey[] {
  return CONTROL_PLANE_KEYS.filter(({ environmentVariable }) => trustedProxy || environmentVariable !== PROXY_KEY);
}

/** A Kubernetes Secret that another team has to create. */
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

function identitySecret(environment: Environment, identity: (typeof RUNTIME_IDENTITIES)[number]): RequiredSecret {
  const { name, secrets, database } = environment;
  const login = loginOfGeneration(identity, secrets.generation);
  const stored = `the secret ${storedSecretName(name, identity.name)} in Secrets Manager: username and password`;
  const chosen = `you: choose a password for ${login}. The migration Job creates the login with it`;
  return {
    name: syncedSecretName(identity.name, secrets.generation),
    source: database.existing === undefined ? stored : chosen,
    keys: [{ key: identity.environmentVariable, instruction: connectionUrl(urlParts(environment, login)) }],
  };
}

function adminSecret(environment: Environment): RequiredSecret {
  const { secrets, database } = environment;
  const managed =
    'the secret that RDS manages, output admin_secret_arn; RDS changes it every seven days, so keep it up to date';
  const owner = 'whoever administers the server: the login that owns the database and may create roles';
  const login = database.existing === undefined ? ADMIN_LOGIN : '<administrator>';
  return {
    name: syncedSecretName(ADMIN_IDENTITY.name, secrets.generation),
    source: database.existing === undefined ? managed : owner,
    keys: [{ key: ADMIN_IDENTITY.environmentVariable, instruction: migrationUrl(urlParts(environment, login)) }],
  };
}

function controlPlaneSecret(environment: Environment): RequiredSecret {
  const given = environment.secrets.controlPlane?.secretName;
  const isStored = given === undefined && environment.database.existing === undefined;
  return {
    name: given ?? controlPlaneSecretName(),
    source: isStored
      ? `the secret ${storedSecretName(environment.name, 'control-plane')} in Secrets Manager, property by property`
      : 'you; these keys never change, because what they signed and encrypted could not be read any more',
    keys: controlPlaneKeys(trustedProxyIssuer(environment) !== undefined).map(({ environmentVariable, format }) => ({
      key: environmentVariable,
      instruction: format === 'fernet' ? 'URL-safe base64 of 32 random bytes' : '32 random characters or more',
    })),
  };
}

/** The login is known, and the address of an existing server; Terraform and AWS decide that of a new one. */
function urlParts({ database: { existing } }: Environment, login: string) {
  return {
    encodedUser: login,
    encodedPassword: '<percent-encoded password>',
    host: existing?.host ?? '<output database_host>',
    port: existing === undefined ? '<output database_port>' : String(existing.port),
    database: existing?.database ?? '<output database_name>',
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

/**
 * The Secrets that another team has to create, as a manifest to fill in. Each value is a list with an instruction, which
 * Kubernetes refuses: nobody applies a placeholder as a credential.
 */
export function secretManifest(environment: Environment): string {
  const introduction = [
    ` Secrets of the agent-bom control plane ${environment.name}. Copy this file before you fill it in: synth writes it again.`,
    ' Replace each list in brackets by the value, in quotes; until then Kubernetes refuses the manifest. Keep the result out',
    ' of version control.',
  ];
  const documents = requiredSecrets(environment).map((secret) => secretDocument(secret, environment.namespace));
  const [first] = documents;
  if (first !== undefined) first.commentBefore = introduction.join('\n');
  return documents.map((document) => document.toString({ lineWidth: 0 })).join('---\n');
}

function secretDocument({ name, source, keys }: RequiredSecret, namespace: string): Document {
  const document = new Document({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace },
    type: 'Opaque',
    stringData: Object.fromEntries(keys.map(({ key, instruction }) => [key, [`<${instruction}>`]])),
  });
  const content = document.get('stringData') as YAMLMap;
  content.commentBefore = ` From ${source}.`;
  for (const { value } of content.items) (value as YAMLMap).flow = true;
  return document;
}
