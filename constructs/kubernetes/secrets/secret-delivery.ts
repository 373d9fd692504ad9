import type { ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';
import type { ADMIN_REFRESH_INTERVAL } from '../../../contract/postgres/job';
import type { StoredSecret } from '../../postgres-endpoint';
import type { ControlPlaneNamespace } from '../pods/control-plane-namespace';

/** How often the operator reads a secret again, as Kubernetes writes durations; `never` reads it once. */
export type RefreshInterval = typeof ADMIN_REFRESH_INTERVAL | '1h0m0s' | 'never';

/** Refers to a property of the source, percent-encoded for the user or the password of a URL. */
export type EncodedProperty = (property: string) => string;

/** What a key of a Secret says: a property of a stored secret as it stands, or a text made of several. */
export type SecretValue = { readonly source: StoredSecret } & (
  | { readonly property: string }
  | {
      readonly properties: readonly string[];
      /** Makes the text of the properties. */
      readonly compose: (encoded: EncodedProperty) => string;
    }
);

/** A Secret of the control plane, whichever way it comes into the cluster. */
export interface SecretContent {
  /** Name of the Kubernetes Secret. Another name is another Secret. */
  readonly name: string;
  /** Keys of the Secret; it has no other keys. */
  readonly values: Readonly<Record<string, SecretValue>>;
  /**
   * Whether the name changes with the content. Then the previous Secret stays until everything uses the
   * new one, and only the pods that name the new one wait for it: Kubernetes does not start them without it.
   */
  readonly renamed: boolean;
  /**
   * How often the source is read again, where an operator does that.
   * @default '1h0m0s'
   */
  readonly refreshInterval?: RefreshInterval;
}

/** A way for secrets to reach the cluster. Who uses them does not know which it is. */
export interface SecretDelivery {
  /** Brings a Secret into the cluster. */
  deliver(scope: Construct, id: string, content: SecretContent): SyncedSecret;
}

/** Environment variable of a container, taken from a Secret. */
export interface SecretVariable {
  /** Name of the variable. */
  readonly name: string;
  /** Secret, and the key in it that has the name of the variable. */
  readonly valueFrom: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}

/** A Kubernetes Secret of the control plane, whoever writes it. */
export class SyncedSecret {
  constructor(
    /** Name of the Secret. */
    readonly secretName: string,
    /** What has to exist before anything that uses the Secret. */
    readonly ready: readonly ITerraformDependable[],
  ) {}

  /** The environment variable that carries a key of this Secret under the same name. */
  variable(key: string): SecretVariable {
    return { name: key, valueFrom: { secretKeyRef: { name: this.secretName, key } } };
  }
}

/** Secrets that are managed elsewhere: nothing is created. Pods that name them wait until they exist. */
export class ExistingSecrets implements SecretDelivery {
  constructor(private readonly namespace: ControlPlaneNamespace) {}

  /** Names the Secret, and creates nothing. */
  deliver(_scope: Construct, _id: string, { name }: SecretContent): SyncedSecret {
    return new SyncedSecret(name, this.namespace.ready);
  }
}
