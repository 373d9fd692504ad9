import type { ManifestTimeouts, ManifestWait } from '@cdktf/provider-kubernetes/lib/manifest';

/** Served by the operator since its version 0.16. */
export const EXTERNAL_SECRETS_API = 'external-secrets.io/v1';

/** An object of the operator is done when it says so; exact for a new object, which is why names carry generations. */
export const READY: ManifestWait = { condition: [{ type: 'Ready', status: 'True' }] };

/** A new IAM role takes some seconds until AWS knows it everywhere, and the operator tries again ever more slowly. */
export const SYNC_TIMEOUTS: ManifestTimeouts = { create: '5m', update: '5m', delete: '5m' };
