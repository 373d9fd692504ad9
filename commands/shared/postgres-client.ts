import { Client, type ClientConfig } from 'pg';

/** What of a URL's query decides about the connection; the rest is for other drivers, or would lead elsewhere. */
const PARAMETERS = ['sslmode', 'sslrootcert'];
/** Names without a schema are PostgreSQL's own: what others put into a schema that they may write answers to none. */
export const PINNED_SEARCH_PATH = { search_path: 'pg_catalog,pg_temp' } as const;

/** A client that goes where its configuration says: node-postgres reads the variables of libpq for whatever is missing. */
export function postgresClient(config: ClientConfig): Client {
  const variables = Object.entries(process.env).filter(([name]) => name.startsWith('PG'));
  for (const [name] of variables) delete process.env[name];
  try {
    return new Client(config);
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
