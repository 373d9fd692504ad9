import { Client, type QueryResultRow } from 'pg';
import type { EmbeddedServer } from '../../commands/embedded/server';

/** Seconds are plenty for the server; a loaded machine may need more. */
export const SERVER_TIMEOUT_MS = 60_000;

/** Runs statements in one session and ends it. */
export async function query<Row extends QueryResultRow>(url: string, ...statements: string[]): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    let rows: Row[] = [];
    for (const statement of statements) rows = (await client.query<Row>(statement)).rows;
    return rows;
  } finally {
    await client.end();
  }
}

/** URL of the role that plays RDS itself: the only superuser. */
export function superuserUrl(server: EmbeddedServer): string {
  return server.urlFor(server.address.superuser);
}
