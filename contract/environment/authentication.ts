import { z } from 'zod';
import { confidential, field, section, toggle, wholeNumber } from './field';
import type { Keys, Rule } from './rule';
import { referenceRules, secretReference } from './secret-reference';

/** What the ways to authenticate have where nothing else is said. */
export const AUTHENTICATION_DEFAULTS = {
  oidc: { roleClaim: 'agent_bom_role', requireRoleClaim: false, tenantClaim: 'tenant_id', allowDefaultTenant: false },
  saml: { requireRoleAttribute: false, allowDefaultTenant: false, sessionSeconds: 3600 },
  scim: { tenantId: 'default', roleAttribute: 'agent_bom_role' },
} as const;
const { oidc: OIDC, saml: SAML, scim: SCIM } = AUTHENTICATION_DEFAULTS;

/** What a name in a token, an assertion or a payload may look like. */
const NAME = /^[^\s"'`]{1,255}$/;
const HTTPS_URL = /^https:\/\/[^\s"'`@]{1,2000}$/;
const CERTIFICATE = /^-----BEGIN CERTIFICATE-----\r?\n[A-Za-z0-9+/=\r\n]+-----END CERTIFICATE-----\s*$/;

function name(description: string, example: string) {
  return field(
    z.string().regex(NAME),
    description,
    'a name without spaces and quotes, at most 255 characters',
    `write a name such as \`${example}\``,
  );
}

function address(description: string, example: string) {
  return field(
    z.string().regex(HTTPS_URL),
    description,
    'a URL that begins with https://, without a user, spaces and quotes',
    `write a URL such as \`${example}\``,
  );
}

/** What a proxy in front of the API calls itself: a name or a URL. */
export function proxyIssuer(description: string) {
  return field(
    z.string().regex(/^[^\s"'`@]{1,255}$/),
    description,
    'a name or URL without spaces, quotes and @, at most 255 characters',
    'write the issuer that your proxy sends, such as `https://auth.example.com`',
  );
}

const oidc = section('Tokens of an OpenID Connect provider.', {
  issuer: address('Issuer of the tokens.', 'https://login.example.com'),
  audience: name('Audience that the tokens are for.', 'agent-bom'),
  jwksUri: address(
    'Where the keys of the issuer are. The API does not use the address in the issuer’s discovery document.',
    'https://login.example.com/.well-known/jwks.json',
  ),
  roleClaim: name('Claim that holds the role.', 'agent_bom_role').default(OIDC.roleClaim),
  requireRoleClaim: toggle('Refuse a token without a role.').default(OIDC.requireRoleClaim),
  tenantClaim: name('Claim that holds the tenant.', 'tenant_id').default(OIDC.tenantClaim),
  allowDefaultTenant: toggle('Accept a token without a tenant as one of the tenant `default`.').default(
    OIDC.allowDefaultTenant,
  ),
  browser: section('Let people log in with a browser.', {
    clientId: name('Client of the API at the provider.', 'agent-bom'),
    redirectUri: address(
      'Address of the API that the provider redirects people to after the login.',
      'https://agent-bom.example.com/v1/auth/oidc/callback',
    ),
    clientSecret: secretReference('Secret of the client; leave it out for a public client.').optional(),
  }).optional(),
});

const saml = section('Assertions of a SAML identity provider.', {
  idpEntityId: name('Entity id of the identity provider.', 'https://idp.example.com/metadata'),
  idpSsoUrl: address('Where people log in at the identity provider.', 'https://idp.example.com/sso'),
  idpCertificate: confidential(
    field(
      z.string().max(10_000).regex(CERTIFICATE),
      'Certificate that the identity provider signs with. It is public.',
      'one certificate in PEM, from BEGIN CERTIFICATE to END CERTIFICATE',
      'write `|` after the key and the lines of the certificate below it, indented',
    ),
  ),
  spEntityId: name('Entity id of the API.', 'https://agent-bom.example.com/saml/metadata'),
  acsUrl: address(
    'Address of the API that assertions are sent to.',
    'https://agent-bom.example.com/v1/auth/saml/login',
  ),
  requireRoleAttribute: toggle('Refuse an assertion without the attribute `agent_bom_role`.').default(
    SAML.requireRoleAttribute,
  ),
  allowDefaultTenant: toggle('Accept an assertion without `tenant_id` as one of the tenant `default`.').default(
    SAML.allowDefaultTenant,
  ),
  sessionSeconds: wholeNumber(300, 86_400, 'seconds', 'How long a login lasts.', 'write 3600').default(
    SAML.sessionSeconds,
  ),
});

const scim = section('Users and groups that an identity provider sends through SCIM.', {
  bearerToken: secretReference('Token that the identity provider shows.'),
  tenantId: field(
    z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/)
      .refine((id) => !['admin', 'analyst', 'viewer', 'system'].includes(id.toLowerCase())),
    'Tenant that the users belong to.',
    'the id of a tenant: letters, digits, `_` and `-`; not admin, analyst, viewer or system',
    'write the id of your tenant, or leave the key out',
  ).default(SCIM.tenantId),
  roleAttribute: name('Attribute that holds the role.', 'agent_bom_role').default(SCIM.roleAttribute),
});

/** The keys of `authentication`. */
export const authentication = confidential(
  section('How the API authenticates its users. At least one way is required.', {
    trustedProxy: section('A proxy in front of the API authenticates users. Two or more replicas need one.', {
      issuer: proxyIssuer('Issuer that the proxy states; the same as `release.trustedProxyIssuer`.'),
    }).optional(),
    oidc: oidc.optional(),
    saml: saml.optional(),
    scim: scim.optional(),
    apiKeys: secretReference(
      'API keys, as `key:role` with commas between them; role is admin, analyst or viewer.',
    ).optional(),
  }),
);

/** The section `authentication`, read and complete. */
export type Authentication = z.output<typeof authentication>;

const RELEASE_ISSUER = 'release.trustedProxyIssuer';
const SECTION_ISSUER = 'authentication.trustedProxy.issuer';
const SOURCES = [
  RELEASE_ISSUER,
  SECTION_ISSUER,
  ...['oidc', 'saml', 'scim', 'apiKeys'].map((way) => `authentication.${way}`),
];
const REFERENCES = [
  'authentication.apiKeys',
  'authentication.oidc.browser.clientSecret',
  'authentication.scim.bearerToken',
];

const AUTOSCALING = 'release.autoscaling';

/** The most API pods that may run: with autoscaling its maximum, whatever `replicas` says. */
function mostReplicas(keys: Keys): number | undefined {
  return keys.number(keys.given(AUTOSCALING) ? `${AUTOSCALING}.maximumReplicas` : 'release.replicas');
}

/** Rules between the ways to authenticate, and between them and the release. */
export const AUTHENTICATION_RULES: readonly Rule[] = [
  {
    path: RELEASE_ISSUER,
    broken: ({ whole: keys }) => {
      const proxy = keys.given(RELEASE_ISSUER) || keys.given('authentication.trustedProxy');
      return !proxy && (mostReplicas(keys) ?? 1) > 1
        ? 'required with two or more replicas: then the API does not start without an authenticating proxy in front of it'
        : undefined;
    },
    fix: ({ whole: keys }) =>
      'write the issuer that your proxy sends, such as `https://auth.example.com`, or ' +
      (keys.given(AUTOSCALING) ? 'leave `autoscaling` out and write `replicas: 1`' : '`replicas: 1`'),
  },
  {
    path: 'authentication',
    broken: ({ whole: keys }) =>
      mostReplicas(keys) === 1 && !SOURCES.some((source) => keys.given(source))
        ? 'at least one way to authenticate; the API does not start without one'
        : undefined,
    fix: 'write `release.trustedProxyIssuer`, or one of trustedProxy, oidc, saml, scim and apiKeys here',
  },
  {
    path: SECTION_ISSUER,
    broken: ({ whole: keys }) => {
      const [one, other] = [keys.text(RELEASE_ISSUER), keys.text(SECTION_ISSUER)];
      return one !== undefined && other !== undefined && one !== other
        ? 'the same as `release.trustedProxyIssuer`'
        : undefined;
    },
    fix: 'remove one of the two',
  },
  ...REFERENCES.flatMap(referenceRules),
];
