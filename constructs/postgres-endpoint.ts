import type { RuntimeIdentityName } from '../contract/identities';

/** A secret in Secrets Manager: where it is, never what it says. */
export interface StoredSecret {
  /** ARN of the secret. */
  readonly arn: string;
  /** The version to read; without it the current one is read. */
  readonly versionId?: string;
}

/** The credentials of a runtime identity: properties `username` and `password`. */
export interface StoredCredentials extends StoredSecret {
  /** Version to read: the one that carries the credentials of the login. */
  readonly versionId: string;
  /** Login that the credentials belong to. */
  readonly login: string;
}

/** How a workload reaches the database and its credentials. Handed from stack to stack; no part of it is secret. */
export interface PostgresEndpoint {
  /** Host name of the server; its certificate names it. */
  readonly host: string;
  /** TCP port of the server. */
  readonly port: number;
  /** Name of the database. */
  readonly database: string;
  /** Credentials of the administrator, which RDS manages and rotates. */
  readonly adminSecret: StoredSecret;
  /** Credentials of each runtime identity. */
  readonly identitySecrets: Readonly<Record<RuntimeIdentityName, StoredCredentials>>;
  /** Keys that the control plane signs and encrypts with, each a property named like its environment variable. */
  readonly controlPlaneSecret: StoredSecret;
  /** IAM role that may read the secrets above and nothing else. */
  readonly secretReaderRoleArn: string;
}
