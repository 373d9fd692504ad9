import type { RuntimeIdentityName } from '../contract/identities';

/** A secret in Secrets Manager: where it is, never what it says. */
export interface StoredSecret {
  readonly arn: string;
  /** The version to read; without it the current one is read. */
  readonly versionId?: string;
}

/** The credentials of a runtime identity: properties `username` and `password`. */
export interface StoredCredentials extends StoredSecret {
  /** Login that the credentials belong to; without it one of the identity's, which the secret says. */
  readonly login?: string;
}

/** How a workload reaches the database and its credentials. Handed from stack to stack; no part of it is secret. */
export interface PostgresEndpoint {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** Credentials of the administrator, which whoever keeps the server may rotate at any time, as RDS does. */
  readonly adminSecret: StoredSecret;
  readonly identitySecrets: Readonly<Record<RuntimeIdentityName, StoredCredentials>>;
  /** Keys that the control plane signs and encrypts with, each a property named like its environment variable. */
  readonly controlPlaneSecret: StoredSecret;
  /** IAM role that may read the secrets above and nothing else; nothing where another way into the cluster is chosen. */
  readonly secretReaderRoleArn?: string;
}
