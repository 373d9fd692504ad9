import type { RuntimeIdentityName } from '../contract/postgres/identities';

/** A secret in Secrets Manager: where it is, never what it says. */
export interface StoredSecret {
  /** ARN of the secret. */
  readonly arn: string;
  /** The version to read; without it the current one is read. */
  readonly versionId?: string;
}

/** The credentials of a runtime identity: properties `username` and `password`. */
export interface StoredCredentials extends StoredSecret {
  /** Login that the credentials belong to; without it one of the identity's, which the secret says. */
  readonly login?: string;
}

/** Where dumps are kept, and as whom they are put there. */
export interface BackupStore {
  /** Name of the bucket. */
  readonly bucket: string;
  /** Beginning of the keys of all dumps, with a slash at its end. */
  readonly prefix: string;
  /** KMS key that encrypts them. */
  readonly keyArn: string;
  /**
   * IAM role of the ServiceAccount `agent-bom-backup`, as that account's annotation.
   * @default - the account has its role from elsewhere, such as an association of EKS Pod Identity
   */
  readonly roleArn?: string;
}

/** How a workload reaches the database and its credentials. Handed from stack to stack; no part of it is secret. */
export interface PostgresEndpoint {
  /** Name that the certificate of the server is made out to. */
  readonly host: string;
  /** Port on which the server accepts connections. */
  readonly port: number;
  /** Name of the database. */
  readonly database: string;
  /** Credentials of the administrator, which whoever keeps the server may rotate at any time, as RDS does. */
  readonly adminSecret: StoredSecret;
  /** Credentials of each runtime identity. */
  readonly identitySecrets: Readonly<Record<RuntimeIdentityName, StoredCredentials>>;
  /**
   * Keys that the control plane signs and encrypts with, each a property named like its environment variable; undefined
   * where an existing Kubernetes Secret has them.
   */
  readonly controlPlaneSecret?: StoredSecret;
  /** IAM role that may read the secrets above and nothing else; undefined where no role is needed. */
  readonly secretReaderRoleArn?: string;
  /**
   * IAM roles of the workloads, for their ServiceAccounts. Needed with IRSA; with Pod Identity AWS knows by itself.
   * @default - the workloads have no roles
   */
  readonly podRoleArns?: Readonly<Record<'api' | 'scanner', string>>;
  /** Security group of the pods of the control plane, where they have access to the database and no other pods do. */
  readonly podSecurityGroupId?: string;
  /**
   * Where dumps are kept.
   * @default - nowhere: no dumps are made
   */
  readonly backup?: BackupStore;
}
