import type { ManifestTimeouts, ManifestWait } from '@cdktf/provider-kubernetes/lib/manifest';

export { EXTERNAL_SECRETS_API } from '../../../contract/names';

/** An object of the operator is done when it says so; exact for a new object, which is why names carry generations. */
export const READY: ManifestWait = { condition: [{ type: 'Ready', status: 'True' }] };

/** A new IAM role takes some seconds until AWS knows it everywhere, and the operator tries again ever more slowly. */
export const SYNC_TIMEOUTS: ManifestTimeouts = { create: '5m', update: '5m', delete: '5m' };
