import type { Authentication } from '../environment/authentication';
import type { SecretReference } from '../environment/secret-reference';
import type { HelmValues } from './helm-values';

/** Variables of the API that `authentication` sets, and nothing else does. */
export const AUTHENTICATION_VARIABLES = [
  'AGENT_BOM_API_KEYS',
  'AGENT_BOM_OIDC_ALLOW_DEFAULT_TENANT',
  'AGENT_BOM_OIDC_AUDIENCE',
  'AGENT_BOM_OIDC_CLIENT_ID',
  'AGENT_BOM_OIDC_CLIENT_SECRET',
  'AGENT_BOM_OIDC_ISSUER',
  'AGENT_BOM_OIDC_JWKS_URI',
  'AGENT_BOM_OIDC_REDIRECT_URI',
  'AGENT_BOM_OIDC_REQUIRE_ROLE_CLAIM',
  'AGENT_BOM_OIDC_ROLE_CLAIM',
  'AGENT_BOM_OIDC_TENANT_CLAIM',
  'AGENT_BOM_SAML_ALLOW_DEFAULT_TENANT',
  'AGENT_BOM_SAML_IDP_ENTITY_ID',
  'AGENT_BOM_SAML_IDP_SSO_URL',
  'AGENT_BOM_SAML_IDP_X509_CERT',
  'AGENT_BOM_SAML_REQUIRE_ROLE_ATTRIBUTE',
  'AGENT_BOM_SAML_SESSION_TTL_SECONDS',
  'AGENT_BOM_SAML_SP_ACS_URL',
  'AGENT_BOM_SAML_SP_ENTITY_ID',
  'AGENT_BOM_SCIM_BEARER_TOKEN',
  'AGENT_BOM_SCIM_ROLE_ATTRIBUTE',
  'AGENT_BOM_SCIM_TENANT_ID',
] as const;

/** How the API authenticates its users. */
export interface AuthenticationSettings {
  /** Issuer that the authenticating proxy in front of the API sends; undefined if there is none. */
  readonly trustedProxyIssuer?: string;
  /** The other ways to authenticate. */
  readonly authentication?: Authentication;
  /** Kubernetes Secret with the values that come from Secrets Manager, each under the name of its variable. */
  readonly authenticationSecretName?: string;
}

/** A variable of the API whose value is a property of a secret in Secrets Manager. */
export interface StoredVariable {
  /** Name of the variable. */
  readonly variable: string;
  /** ARN of the secret. */
  readonly arn: string;
  /** Property of the secret that is the value. */
  readonly property: string;
  /** The version to read; without it the current one is read. */
  readonly versionId?: string;
}

/** Keys of an environment that decide who is in front of the API. */
interface ProxyKeys {
  readonly release: { readonly trustedProxyIssuer?: string };
  readonly authentication?: Authentication;
}

/** The issuer of the proxy in front of the API, which may be in either of two places. */
export function trustedProxyIssuer({ release, authentication }: ProxyKeys): string | undefined {
  return release.trustedProxyIssuer ?? authentication?.trustedProxy?.issuer;
}

/** Variables of the API for all its ways to authenticate: settings as they are, secrets out of Secrets. */
export function authenticationVariables(settings: AuthenticationSettings): HelmValues[] {
  const plain = { ...proxyVariables(settings), ...plainVariables(settings.authentication) };
  const references = secretReferences(settings.authentication);
  return [
    ...Object.entries(plain).map(([name, value]) => ({ name, value })),
    ...references.map(([name, reference]) => ({
      name,
      valueFrom: { secretKeyRef: secretKey(name, reference, settings.authenticationSecretName) },
    })),
  ];
}

/** The variables whose values have to be brought from Secrets Manager into the cluster. */
export function storedVariables(authentication: Authentication | undefined): StoredVariable[] {
  return secretReferences(authentication).flatMap(([variable, { secretArn: arn, property, versionId }]) => {
    if (arn === undefined || property === undefined) return [];
    return [{ variable, arn, property, ...(versionId === undefined ? {} : { versionId }) }];
  });
}

/** Keys of Kubernetes Secrets that another team has to provide. */
export function existingKeys(authentication: Authentication | undefined): { secretName: string; key: string }[] {
  return secretReferences(authentication).flatMap(([, { secretName, key }]) =>
    secretName === undefined || key === undefined ? [] : [{ secretName, key }],
  );
}

function secretReferences(authentication: Authentication | undefined): [variable: string, SecretReference][] {
  const references: [string, SecretReference | undefined][] = [
    ['AGENT_BOM_API_KEYS', authentication?.apiKeys],
    ['AGENT_BOM_OIDC_CLIENT_SECRET', authentication?.oidc?.browser?.clientSecret],
    ['AGENT_BOM_SCIM_BEARER_TOKEN', authentication?.scim?.bearerToken],
  ];
  return references.flatMap(([variable, reference]) => (reference === undefined ? [] : [[variable, reference]]));
}

function secretKey(variable: string, { secretName, key }: SecretReference, fromSecretsManager?: string) {
  if (secretName !== undefined && key !== undefined) return { name: secretName, key };
  if (fromSecretsManager === undefined) throw new Error(`no Secret in the cluster holds ${variable}`);
  return { name: fromSecretsManager, key: variable };
}

function proxyVariables({ trustedProxyIssuer: issuer }: AuthenticationSettings): Record<string, string> {
  if (issuer === undefined) return {};
  return {
    // The product takes this for a sign of several replicas, and then starts only with a proxy in front of it. A single
    // replica counts in Postgres all the same.
    AGENT_BOM_REQUIRE_SHARED_RATE_LIMIT: '1',
    AGENT_BOM_TRUST_PROXY_AUTH: '1',
    AGENT_BOM_TRUST_PROXY_AUTH_ISSUER: issuer,
  };
}

function plainVariables(authentication: Authentication | undefined): Record<string, string> {
  const { oidc, saml, scim } = authentication ?? {};
  return { ...(oidc && oidcVariables(oidc)), ...(saml && samlVariables(saml)), ...(scim && scimVariables(scim)) };
}

function oidcVariables(oidc: NonNullable<Authentication['oidc']>): Record<string, string> {
  const { browser } = oidc;
  return {
    AGENT_BOM_OIDC_ISSUER: oidc.issuer,
    AGENT_BOM_OIDC_AUDIENCE: oidc.audience,
    AGENT_BOM_OIDC_JWKS_URI: oidc.jwksUri,
    AGENT_BOM_OIDC_ROLE_CLAIM: oidc.roleClaim,
    AGENT_BOM_OIDC_REQUIRE_ROLE_CLAIM: flag(oidc.requireRoleClaim),
    AGENT_BOM_OIDC_TENANT_CLAIM: oidc.tenantClaim,
    AGENT_BOM_OIDC_ALLOW_DEFAULT_TENANT: flag(oidc.allowDefaultTenant),
    ...(browser && {
      AGENT_BOM_OIDC_CLIENT_ID: browser.clientId,
      AGENT_BOM_OIDC_REDIRECT_URI: browser.redirectUri,
    }),
  };
}

/** The names of the attributes, `agent_bom_role` and `tenant_id`, are fixed: the product reads no others. */
function samlVariables(saml: NonNullable<Authentication['saml']>): Record<string, string> {
  return {
    AGENT_BOM_SAML_IDP_ENTITY_ID: saml.idpEntityId,
    AGENT_BOM_SAML_IDP_SSO_URL: saml.idpSsoUrl,
    AGENT_BOM_SAML_IDP_X509_CERT: saml.idpCertificate,
    AGENT_BOM_SAML_SP_ENTITY_ID: saml.spEntityId,
    AGENT_BOM_SAML_SP_ACS_URL: saml.acsUrl,
    AGENT_BOM_SAML_REQUIRE_ROLE_ATTRIBUTE: flag(saml.requireRoleAttribute),
    AGENT_BOM_SAML_ALLOW_DEFAULT_TENANT: flag(saml.allowDefaultTenant),
    AGENT_BOM_SAML_SESSION_TTL_SECONDS: String(saml.sessionSeconds),
  };
}

function scimVariables(scim: NonNullable<Authentication['scim']>): Record<string, string> {
  return { AGENT_BOM_SCIM_TENANT_ID: scim.tenantId, AGENT_BOM_SCIM_ROLE_ATTRIBUTE: scim.roleAttribute };
}

function flag(value: boolean): string {
  return value ? '1' : '0';
}
