import { Fn } from 'cdktf';
import { Construct } from 'constructs';
import { storedSecretName } from '../../../contract/names';
import { CONTROL_PLANE_KEYS, type ControlPlaneKey } from '../../../contract/product/required-secrets';
import type { PodRole } from '../iam/pod-role';
import type { EncryptionKey } from '../storage/encryption-key';
import { EphemeralPassword, GeneratedSecret, type ReadableSecret } from './generated-secret';

/** A Fernet key is 32 bytes, whatever they are: here 32 letters and digits. */
const FERNET_BYTES = 32;
/**
 * Written once. These keys do not follow the generation of the database passwords: with another audit key the audit log
 * no longer verifies, and with another connections key what was stored under the old one cannot be read.
 */
const ONLY_GENERATION = 1;

/** Settings of the control plane's keys. */
export interface ControlPlaneSecretProps {
  /** Name of the environment; the secret's name begins with it. */
  readonly environmentName: string;
  /** Key that encrypts the secret. */
  readonly key: EncryptionKey;
  /**
   * Days during which the deleted secret can be restored, 7 to 30.
   * @default 30
   */
  readonly recoveryWindowDays?: number;
}

/** The keys that the control plane signs and encrypts with, one property each, in one secret. */
export class ControlPlaneSecret extends Construct implements ReadableSecret {
  /** ARN of the secret. */
  readonly arn: string;
  private readonly secret: GeneratedSecret;

  constructor(scope: Construct, id: string, { environmentName, key, recoveryWindowDays }: ControlPlaneSecretProps) {
    super(scope, id);
    this.secret = new GeneratedSecret(this, 'keys', {
      name: storedSecretName(environmentName, 'control-plane'),
      description: 'agent-bom control plane: keys for signing, auditing and encryption',
      properties: this.generateAll(),
      generation: ONLY_GENERATION,
      key,
      recoveryWindowDays,
    });
    this.arn = this.secret.arn;
  }

  /** Lets a role read the keys. */
  grantRead(role: PodRole): void {
    this.secret.grantRead(role);
  }

  private generateAll(): Record<string, string> {
    return Object.fromEntries(CONTROL_PLANE_KEYS.map((key) => [key.environmentVariable, this.generate(key)]));
  }

  private generate({ environmentVariable, format }: ControlPlaneKey): string {
    if (format === 'text') return new EphemeralPassword(this, environmentVariable, { length: 64 }).value;
    const bytes = new EphemeralPassword(this, environmentVariable, { length: FERNET_BYTES });
    return urlSafe(Fn.base64encode(bytes.value));
  }
}

function urlSafe(base64: string): string {
  return Fn.replace(Fn.replace(base64, '+', '-'), '/', '_');
}
