import { ContractError } from '../../../contract/error';
import { fileWith, mistakesIn, SECRET_ARN, VERSION_ID } from '../../support/synth/environments';

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
    // Without its six characters the ARN matches no secret in a policy of IAM.
    ...['', '-a1b2c', '-a1b2c34', '_a1b2c3'].map((suffix): [string, object, string[]] => [
      `an ARN that ends in ${JSON.stringify(suffix)}`,
      { authentication: { apiKeys: { ...STORED, secretArn: SECRET_ARN.replace(/-[a-z0-9]{6}$/, suffix) } } },
      [
        'authentication.apiKeys.secretArn: the whole ARN of a secret: `arn:aws:secretsmanager:<region>:<account>:secret:<name>-<six characters>`',
      ],
    ]),
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
