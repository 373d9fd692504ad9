import { ContractError } from '../../../contract/error';
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

describe('an environment file', () => {
  const found = (more: object) => mistakesIn(fileWith(more)).map(({ path, rule }) => `${path}: ${rule}`);
  const single = (authentication?: object) => ({ release: { replicas: 1 }, ...(authentication && { authentication }) });

  it.each<[string, object]>([
    ['a proxy and two replicas', {}],
    ['the proxy in the section', { release: {}, authentication: { trustedProxy: { issuer: 'proxy' } } }],
    [
      'the same proxy twice',
      { release: { trustedProxyIssuer: 'p' }, authentication: { trustedProxy: { issuer: 'p' } } },
    ],
    ['one replica and OpenID Connect', single({ oidc: OIDC })],
    ['one replica and SAML', single({ saml: SAML })],
    ['one replica and SCIM', single({ scim: { bearerToken: STORED } })],
    ['one replica and API keys', single({ apiKeys: EXISTING })],
    ['existing Secrets everywhere', { secrets: { delivery: 'existing' }, authentication: { apiKeys: EXISTING } }],
    ['a store of the cluster', { secrets: { store: { kind: 'ClusterSecretStore', name: 'a.b-c' } } }],
    ['keys in a Secret', { secrets: { delivery: 'existing', controlPlane: { secretName: 'keys' } } }],
  ])('may have %s', (_what, more) => {
    expect(found(more)).toEqual([]);
  });

  it.each<[string, object, string[]]>([
    [
      'two replicas without a proxy',
      { release: { replicas: 2 }, authentication: { oidc: OIDC } },
      [
        'release.trustedProxyIssuer: required with two or more replicas: then the API does not start without an ' +
          'authenticating proxy in front of it',
      ],
    ],
    [
      'the default of replicas without a proxy',
      { release: {} },
      [expect.stringMatching(/^release\.trustedProxyIssuer: required with two or more replicas/)],
    ],
    [
      'one replica and nobody who asks who it is',
      single(),
      ['authentication: at least one way to authenticate; the API does not start without one'],
    ],
    [
      'two different proxies',
      { release: { trustedProxyIssuer: 'a' }, authentication: { trustedProxy: { issuer: 'b' } } },
      ['authentication.trustedProxy.issuer: the same as `release.trustedProxyIssuer`'],
    ],
    [
      'a secret in two places',
      { authentication: { apiKeys: { ...STORED, ...EXISTING } } },
      ['authentication.apiKeys: either `secretArn` or `secretName`'],
    ],
    [
      'a secret in no place',
      { authentication: { apiKeys: {} } },
      ['authentication.apiKeys: either `secretArn` or `secretName`'],
    ],
    [
      'a stored secret without its property',
      { authentication: { scim: { bearerToken: { secretArn: SECRET_ARN } } } },
      ['authentication.scim.bearerToken.secretArn: together with `property`, which says where in it the value is'],
    ],
    [
      'a Secret without its key, and a version of it',
      { authentication: { apiKeys: { secretName: 'keys', versionId: VERSION_ID } } },
      [
        'authentication.apiKeys.secretName: together with `key`, which says where in it the value is',
        'authentication.apiKeys.versionId: only together with `secretArn`',
      ],
    ],
    [
      'a secret of another region',
      { authentication: { apiKeys: { ...STORED, secretArn: SECRET_ARN.replace('eu-west-1', 'us-east-1') } } },
      ['authentication.apiKeys.secretArn: a secret in eu-west-1, the region of the environment'],
    ],
    [
      'stored secrets where nobody reads them',
      {
        secrets: { delivery: 'existing', controlPlane: { secretArn: SECRET_ARN } },
        authentication: { apiKeys: STORED },
      },
      ['secrets.controlPlane.secretArn', 'authentication.apiKeys.secretArn'].map(
        (path) =>
          `${path}: a Kubernetes Secret while \`secrets.delivery\` is \`existing\`: nothing is read from Secrets Manager then`,
      ),
    ],
    [
      'a store that nobody reads through',
      { secrets: { delivery: 'terraform', store: { kind: 'SecretStore', name: 'aws' } } },
      ['secrets.store: left out unless `delivery` is `external-secrets`, the only delivery that reads through a store'],
    ],
    [
      'keys in no place',
      { secrets: { controlPlane: {} } },
      ['secrets.controlPlane: either `secretArn` or `secretName`'],
    ],
    [
      'a tenant that is a role of the product',
      { authentication: { scim: { bearerToken: EXISTING, tenantId: 'Admin' } } },
      [expect.stringMatching(/^authentication\.scim\.tenantId: the id of a tenant/)],
    ],
  ])('may not have %s', (_what, more, mistakes) => {
    expect(found(more)).toEqual(mistakes);
  });

  it.each<[string, object]>([
    ['an API key', { authentication: { apiKeys: 'canary-key:admin' } }],
    ['a token of SCIM', { authentication: { scim: { bearerToken: 'canary-token' } } }],
    ['a client secret', { authentication: { oidc: { ...OIDC, browser: { ...BROWSER, clientSecret: 'canary' } } } }],
    [
      'a private key',
      { authentication: { saml: { ...SAML, idpCertificate: CERTIFICATE.replaceAll('CERTIFICATE', 'PRIVATE KEY') } } },
    ],
    ['an API key in a key of its own', { authentication: { apiKeys: { value: 'canary' } } }],
    ['a key in place of all ways', { authentication: 'canary' }],
  ])('may not have %s written out, and never shows it', (_what, more) => {
    const mistakes = mistakesIn(fileWith(more));
    expect(mistakes.map(({ path }) => path)).not.toEqual([]);
    expect(new ContractError(mistakes).message).not.toMatch(/canary|PRIVATE/);
  });

  it.each<[string, object, boolean]>([
    ['300 seconds', { sessionSeconds: 300 }, true],
    ['299 seconds', { sessionSeconds: 299 }, false],
    ['86400 seconds', { sessionSeconds: 86_400 }, true],
    ['86401 seconds', { sessionSeconds: 86_401 }, false],
  ])('bounds a login: %s', (_what, more, valid) => {
    expect(found({ authentication: { saml: { ...SAML, ...more } } })).toHaveLength(valid ? 0 : 1);
  });
});
