/** A key that the API needs beside its connections. It is generated, and reaches the API as an environment variable. */
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
