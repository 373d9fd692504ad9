import type { Mistake } from '../../contract/error';
import type { PostgresMajor } from '../../contract/postgres/majors';

/** What the process that started an embedded server and the process that keeps it say to each other. */
export type ToKeeper =
  | { readonly kind: 'start'; readonly major: PostgresMajor; readonly settings: Readonly<Record<string, string>> }
  | { readonly kind: 'run'; readonly command: string; readonly environment: Readonly<Record<string, string>> }
  | { readonly kind: 'keep' }
  | { readonly kind: 'stop' };

export type FromKeeper =
  | { readonly kind: 'ready'; readonly server: ServerAddress }
  | { readonly kind: 'output'; readonly text: string }
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'failed'; readonly message: string; readonly mistakes?: readonly Mistake[] };

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** How to reach an embedded server. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** PEM file of the certificate authority (CA) that signed the server's certificate. */
  readonly caFile: string;
  /** Directory with everything of the server; removed when it stops. */
  readonly directory: string;
  /** The role that plays RDS itself. */
  readonly superuser: Credentials;
  /** The role that plays the master user: CREATEROLE and CREATEDB, not SUPERUSER. */
  readonly admin: Credentials;
  /** Process that keeps the server. */
  readonly keeperPid: number;
}
