import {
  AUTHENTICATION_VARIABLES,
  authenticationVariables,
  storedVariables,
} from '../../../contract/product/authentication';
import type { HelmValues } from '../../../contract/product/helm-values';
import { fileWith, minimal, mistakesIn, parsed, SECRET_ARN, VERSION_ID } from '../../support/synth/environments';

const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----\n';

const OIDC = { issuer: 'https://idp', audience: 'bom', jwksUri: 'https://idp/keys' };

const BROWSER = { clientId: 'bom', redirectUri: 'https://bom/v1/auth/oidc/callback' };

const SAML = {
  idpEntityId: 'https://idp/metadata',
  idpSsoUrl: 'https://idp/sso',
  idpCertificate: CERTIFICATE,
  spEntityId: 'https://bom/metadata',
  acsUrl: 'https://bom/v1/auth/saml/login',
};

const STORED = { secretArn: SECRET_ARN, property: 'value' };

const EXISTING = { secretName: 'bom-keys', key: 'value' };

function variables(authentication: object, release: { trustedProxyIssuer?: string } = { trustedProxyIssuer: 'proxy' }) {
  const environment = parsed({ ...minimal(), authentication, release: { replicas: 1, ...release } });
  return authenticationVariables({
    trustedProxyIssuer: environment.release.trustedProxyIssuer,
    authentication: environment.authentication,
    authenticationSecretName: 'synced',
  });
}

const byName = (entries: readonly HelmValues[]) =>
  Object.fromEntries(entries.map(({ name, value, valueFrom }) => [String(name), value ?? valueFrom]));

describe('the variables of a way to authenticate', () => {
  it('are none where there is none but the proxy', () => {
    expect(byName(authenticationVariables({ trustedProxyIssuer: 'proxy' }))).toEqual({
      AGENT_BOM_REQUIRE_SHARED_RATE_LIMIT: '1',
      AGENT_BOM_TRUST_PROXY_AUTH: '1',
      AGENT_BOM_TRUST_PROXY_AUTH_ISSUER: 'proxy',
    });
  });

  // The product takes the flag for a sign of several replicas and refuses to start without a proxy.
  it('ask for no shared rate limit without a proxy', () => {
    expect(byName(variables({ apiKeys: EXISTING }, {}))).toEqual({
      AGENT_BOM_API_KEYS: { secretKeyRef: { name: 'bom-keys', key: 'value' } },
    });
  });

  it('are those of OpenID Connect', () => {
    expect(byName(variables({ oidc: OIDC }, {}))).toEqual({
      AGENT_BOM_OIDC_ISSUER: 'https://idp',
      AGENT_BOM_OIDC_AUDIENCE: 'bom',
      AGENT_BOM_OIDC_JWKS_URI: 'https://idp/keys',
      AGENT_BOM_OIDC_ROLE_CLAIM: 'agent_bom_role',
      AGENT_BOM_OIDC_REQUIRE_ROLE_CLAIM: '0',
      AGENT_BOM_OIDC_TENANT_CLAIM: 'tenant_id',
      AGENT_BOM_OIDC_ALLOW_DEFAULT_TENANT: '0',
    });
    const browser = { ...BROWSER, clientSecret: STORED };
    const strict = { ...OIDC, roleClaim: 'role', requireRoleClaim: true, tenantClaim: 'org', allowDefaultTenant: true };
    expect(byName(variables({ oidc: { ...strict, browser } }, {}))).toMatchObject({
      AGENT_BOM_OIDC_ROLE_CLAIM: 'role',
      AGENT_BOM_OIDC_REQUIRE_ROLE_CLAIM: '1',
      AGENT_BOM_OIDC_TENANT_CLAIM: 'org',
      AGENT_BOM_OIDC_ALLOW_DEFAULT_TENANT: '1',
      AGENT_BOM_OIDC_CLIENT_ID: 'bom',
      AGENT_BOM_OIDC_REDIRECT_URI: 'https://bom/v1/auth/oidc/callback',
      AGENT_BOM_OIDC_CLIENT_SECRET: { secretKeyRef: { name: 'synced', key: 'AGENT_BOM_OIDC_CLIENT_SECRET' } },
    });
    expect(byName(variables({ oidc: { ...OIDC, browser: BROWSER } }, {}))).not.toHaveProperty(
      'AGENT_BOM_OIDC_CLIENT_SECRET',
    );
  });

  it('are those of SAML', () => {
    expect(byName(variables({ saml: { ...SAML, requireRoleAttribute: true, sessionSeconds: 600 } }, {}))).toEqual({
      AGENT_BOM_SAML_IDP_ENTITY_ID: 'https://idp/metadata',
      AGENT_BOM_SAML_IDP_SSO_URL: 'https://idp/sso',
      AGENT_BOM_SAML_IDP_X509_CERT: CERTIFICATE,
      AGENT_BOM_SAML_SP_ENTITY_ID: 'https://bom/metadata',
      AGENT_BOM_SAML_SP_ACS_URL: 'https://bom/v1/auth/saml/login',
      AGENT_BOM_SAML_REQUIRE_ROLE_ATTRIBUTE: '1',
      AGENT_BOM_SAML_ALLOW_DEFAULT_TENANT: '0',
      AGENT_BOM_SAML_SESSION_TTL_SECONDS: '600',
    });
  });

  it('are those of SCIM, the token by reference alone', () => {
    expect(byName(variables({ scim: { bearerToken: EXISTING, tenantId: 'acme', roleAttribute: 'role' } }, {}))).toEqual(
      {
        AGENT_BOM_SCIM_TENANT_ID: 'acme',
        AGENT_BOM_SCIM_ROLE_ATTRIBUTE: 'role',
        AGENT_BOM_SCIM_BEARER_TOKEN: { secretKeyRef: { name: 'bom-keys', key: 'value' } },
      },
    );
  });

  it('are set in one place alone', () => {
    const all = variables(
      {
        oidc: { ...OIDC, browser: { ...BROWSER, clientSecret: STORED } },
        saml: SAML,
        scim: { bearerToken: STORED },
        apiKeys: STORED,
      },
      {},
    );
    expect(all.map(({ name }) => name).sort()).toEqual([...AUTHENTICATION_VARIABLES]);
    for (const name of AUTHENTICATION_VARIABLES) {
      const values = {
        controlPlane: { api: { env: [{ name, valueFrom: { secretKeyRef: { name: 'a', key: 'b' } } }] } },
      };
      const { release } = minimal();
      expect(mistakesIn(fileWith({ release: { ...release, values } }))).toMatchObject([
        { rule: `${name} may not be set: it is set by \`authentication\` of the environment file` },
      ]);
    }
  });

  it('that are stored are listed with where they are', () => {
    const scim = { bearerToken: { ...STORED, versionId: VERSION_ID } };
    const { authentication } = parsed({ ...minimal(), authentication: { apiKeys: EXISTING, scim } });
    expect(storedVariables(authentication)).toEqual([
      { variable: 'AGENT_BOM_SCIM_BEARER_TOKEN', arn: SECRET_ARN, property: 'value', versionId: VERSION_ID },
    ]);
    expect(storedVariables(undefined)).toEqual([]);
  });
});
