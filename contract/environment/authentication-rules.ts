import type { CrossKeyRule, Keys } from './cross-key-rule';
import { referenceRules } from './secret-reference';

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

/** API pods that may run beside each other: with autoscaling its maximum, whatever `replicas` says. */
function mostReplicas(keys: Keys): number | undefined {
  return keys.number(keys.given(AUTOSCALING) ? `${AUTOSCALING}.maximumReplicas` : 'release.replicas');
}

/** Rules between the ways to authenticate, and between them and the release. */
export const AUTHENTICATION_RULES: readonly CrossKeyRule[] = [
  {
    path: RELEASE_ISSUER,
    broken: (keys) => {
      const proxy = keys.given(RELEASE_ISSUER) || keys.given('authentication.trustedProxy');
      return !proxy && (mostReplicas(keys) ?? 1) > 1
        ? 'given with two or more replicas: the API does not start then without an authenticating proxy in front of it'
        : undefined;
    },
    fix: (keys) =>
      'write the issuer that your proxy sends, such as `https://auth.example.com`, or ' +
      (keys.given(AUTOSCALING) ? 'leave `autoscaling` out and write `replicas: 1`' : '`replicas: 1`'),
  },
  {
    path: 'authentication',
    broken: (keys) =>
      mostReplicas(keys) === 1 && !SOURCES.some((source) => keys.given(source))
        ? 'at least one way for the API to know who asks; without one it does not start'
        : undefined,
    fix: 'write `release.trustedProxyIssuer`, or one of trustedProxy, oidc, saml, scim and apiKeys here',
  },
  {
    path: SECTION_ISSUER,
    broken: (keys) => {
      const [one, other] = [keys.text(RELEASE_ISSUER), keys.text(SECTION_ISSUER)];
      return one !== undefined && other !== undefined && one !== other
        ? 'the same as `release.trustedProxyIssuer`'
        : undefined;
    },
    fix: 'remove one of the two',
  },
  ...REFERENCES.flatMap(referenceRules),
];
