import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IdentityName } from '../../contract/postgres/identities';
import type { RunReport, ServerFacts } from '../../contract/postgres/run-report';
import { connect } from '../shared/contract-runner';
import { reportPage } from './page';
import { askServer } from './server-facts';

const PACKAGE = join(__dirname, '..', '..', 'package.json');

/** What a command knows of its run; the versions that are the same for all are added. */
export type Run = Omit<RunReport, 'startedAt'> & { readonly startedAt: Date };

/** Writes the report for people as one page. */
export function writePage(file: string, { startedAt, versions, ...run }: Run): void {
  const server = run.facts === undefined ? [] : [{ what: 'PostgreSQL', version: run.facts.version }];
  const own = [
    { what: 'agent-bom-postgres', version: (JSON.parse(readFileSync(PACKAGE, 'utf8')) as { version: string }).version },
    { what: 'Node.js', version: process.versions.node },
  ];
  const page = reportPage({
    ...run,
    startedAt: `${startedAt.toISOString().slice(0, 19)}Z`,
    versions: [...server, ...versions, ...own],
  });
  writeFileSync(file, page);
}

/** Asks the server for what a page shows beside the checks, in a session of its own. */
export async function serverFacts(identity: IdentityName, url: string): Promise<ServerFacts> {
  const client = await connect(identity, url, {});
  try {
    return await askServer(client);
  } finally {
    await client.end();
  }
}
