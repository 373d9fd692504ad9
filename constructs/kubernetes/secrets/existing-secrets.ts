import type { Construct } from 'constructs';
import type { ControlPlaneNamespace } from '../pods/control-plane-namespace';
import type { SecretContent, SecretDelivery } from './secret-delivery';
import { SyncedSecret } from './synced-secret';

/** Secrets that somebody else writes: nothing is created. Pods that name them wait until they are there. */
export class ExistingSecrets implements SecretDelivery {
  constructor(private readonly namespace: ControlPlaneNamespace) {}

  /** Names the Secret, and creates nothing. */
  deliver(_scope: Construct, _id: string, { name }: SecretContent): SyncedSecret {
    return new SyncedSecret(name, this.namespace.ready);
  }
}
