import { Socket } from 'node:net';
import { Client, type ClientConfig } from 'pg';

/** What of a URL's query decides about the connection; the rest is for other drivers, or would lead elsewhere. */
const PARAMETERS = ['sslmode', 'sslrootcert'];
/**
 * What the SQL relies on, whatever is set for the server, the database or the login: names without a schema are
 * PostgreSQL's own, and what others put into a schema that they may write answers to none; what statements mean, and how
 * names and dates are written. `migrations/prove.psql` has the same.
 *
 * @see https://www.postgresql.org/docs/current/runtime-config-client.html
 */
export const PINNED_SETTINGS = {
  search_path: 'pg_catalog,pg_temp',
  standard_conforming_strings: 'on',
  quote_all_identifiers: 'off',
  datestyle: 'iso',
  client_encoding: 'utf8',
  client_min_messages: 'notice',
  exit_on_error: 'off',
  statement_timeout: '0',
} as const;

/** Where connections go in place of the host that their URL names, whose certificate is verified all the same. */
export interface HostAddress {
  /** Name or address of the other end of a tunnel. */
  readonly host: string;
  /**
   * TCP port of the tunnel.
   * @default - that of the URL
   */
  readonly port?: number;
}

let tunnel: HostAddress | undefined;

/** Sends every connection from now on through a tunnel; with nothing, to the hosts of the URLs again. */
export function connectThrough(address: HostAddress | undefined): void {
  tunnel = address;
}

/** A socket that goes to the tunnel, whatever host it is told. */
function throughTunnel({ host, port }: HostAddress): Socket {
  const socket = new Socket();
  const connect = socket.connect.bind(socket) as (port: number, host: string) => Socket;
  return Object.assign(socket, { connect: (usual: number) => connect(port ?? usual, host) });
}

/** A client that goes where its configuration says: node-postgres reads the variables of libpq for whatever is missing. */
export function postgresClient(config: ClientConfig): Client {
  const variables = Object.entries(process.env).filter(([name]) => name.startsWith('PG'));
  for (const [name] of variables) delete process.env[name];
  try {
    const address = tunnel;
    return new Client(address === undefined ? config : { ...config, stream: () => throughTunnel(address) });
  } finally {
    Object.assign(process.env, Object.fromEntries(variables));
  }
}

/** The URL without parameters that would override the rest of the configuration, such as `host` and `options`. */
export function plainUrl(text: string): string {
  const url = new URL(text);
  for (const name of [...url.searchParams.keys()]) if (!PARAMETERS.includes(name)) url.searchParams.delete(name);
  return url.href;
}
