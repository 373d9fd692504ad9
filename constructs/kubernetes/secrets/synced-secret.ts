import type { ITerraformDependable } from 'cdktf';

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
    readonly secretName: string,
    /** What has to be there before anything that uses the Secret. */
    readonly ready: readonly ITerraformDependable[],
  ) {}

  /** The environment variable that carries a key of this Secret under the same name. */
  variable(key: string): SecretVariable {
    return { name: key, valueFrom: { secretKeyRef: { name: this.secretName, key } } };
  }
}
