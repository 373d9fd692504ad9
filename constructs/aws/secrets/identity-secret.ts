import { Construct } from 'constructs';
import { SECRETS_DEFAULTS } from '../../../contract/environment/secrets';
import { storedSecretName } from '../../../contract/names';
import { loginOfGeneration, type RuntimeIdentity } from '../../../contract/postgres/identities';
import type { StoredCredentials } from '../../postgres-endpoint';
import type { PodRole } from '../iam/pod-role';
import type { EncryptionKey } from '../storage/encryption-key';
import { EphemeralPassword, GeneratedSecret, type ReadableSecret } from './generated-secret';

/** Whose credentials, and which. */
export interface IdentitySecretProps {
  /** Name of the environment; the secret's name begins with it. */
  readonly environmentName: string;
  /** Identity that the credentials belong to. */
  readonly identity: RuntimeIdentity;
  /**
   * Whole number from 1 upwards. Raising it by one writes a new password, for the identity's other login.
   * @default 1
   */
  readonly generation?: number;
  /** Key that encrypts the secret. */
  readonly key: EncryptionKey;
  /**
   * Days during which the deleted secret can be restored, 7 to 30.
   * @default 30
   */
  readonly recoveryWindowDays?: number;
}

/** User name and password of a runtime identity in Secrets Manager. The migrations give them to the database. */
export class IdentitySecret extends Construct implements StoredCredentials, ReadableSecret {
  /** ARN of the secret. */
  readonly arn: string;
  /** Version that carries the credentials of this generation. */
  readonly versionId: string;
  /** Login that the credentials belong to. */
  readonly login: string;
  private readonly secret: GeneratedSecret;

  constructor(scope: Construct, id: string, props: IdentitySecretProps) {
    super(scope, id);
    const { environmentName, identity, generation = SECRETS_DEFAULTS.generation, key, recoveryWindowDays } = props;
    this.login = loginOfGeneration(identity, generation);
    const password = new EphemeralPassword(this, 'password');
    this.secret = new GeneratedSecret(this, 'credentials', {
      name: storedSecretName(environmentName, identity.name),
      description: `agent-bom database credentials: ${identity.purpose}`,
      properties: { username: this.login, password: password.value },
      generation,
      key,
      recoveryWindowDays,
    });
    this.arn = this.secret.arn;
    this.versionId = this.secret.versionId;
  }

  /** Lets a role read the credentials. */
  grantRead(role: PodRole): void {
    this.secret.grantRead(role);
  }
}
