import { OWNER_ROLE } from './identities';

/** Where every pod that connects finds the CA certificates of the server. */
export const CA_DIRECTORY = '/etc/agent-bom/postgres-ca';
/** Name of the file with them, and its key in the ConfigMap. */
export const CA_FILE_NAME = 'ca.pem';
/** Path of the file with them. */
export const CA_FILE = `${CA_DIRECTORY}/${CA_FILE_NAME}`;

/** Parts of a connection URL. User and password arrive percent-encoded, because some are placeholders of a template. */
export interface ConnectionUrlParts {
  /** Login, percent-encoded. */
  readonly encodedUser: string;
  /** Password, percent-encoded. */
  readonly encodedPassword: string;
  /** Host name, as the certificate of the server has it. */
  readonly host: string;
  /** TCP port. */
  readonly port: number | string;
  /** Name of the database. */
  readonly database: string;
  /** File with the certificate authorities that sign the server's certificate. */
  readonly caFile: string;
  /** Settings of the session from its start, as `-c name=value`; without them it has those of its login. */
  readonly options?: string;
}

/**
 * Composes a connection URL that libpq, psycopg, SQLAlchemy and node-postgres read alike. TLS is always `verify-full`:
 * anything less encrypts without verifying the server.
 *
 * @see https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
 */
export function connectionUrl(parts: ConnectionUrlParts): string {
  const { encodedUser, encodedPassword, host, port, database, caFile, options } = parts;
  const settings = options === undefined ? '' : `&options=${encodeURIComponent(options)}`;
  const query = `sslmode=verify-full&sslrootcert=${caFile}${settings}`;
  return `postgresql://${encodedUser}:${encodedPassword}@${host}:${port}/${database}?${query}`;
}

/**
 * The URL for the packaged migrations: logged in as the administrator, acting as the owner of the database. Forced
 * row-level security binds the owner too: without the bypass, an UPDATE of existing rows changes none and says nothing.
 * The path is written out, because by default a schema that has the name of the role goes before `public`.
 */
export function migrationUrl(parts: Omit<ConnectionUrlParts, 'options'>): string {
  return connectionUrl({
    ...parts,
    options: `-c role=${OWNER_ROLE} -c app.bypass_rls=1 -c search_path=public,pg_temp`,
  });
}

/** Percent-encodes a user name or password, including the characters that `encodeURIComponent` leaves alone. */
export function encodeUserInfo(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*~]/g, (character) => `%${hex(character)}`);
}

function hex(character: string): string {
  return character.charCodeAt(0).toString(16).toUpperCase();
}
