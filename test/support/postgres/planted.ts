import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, type QueryResultRow } from 'pg';
import { EmbeddedServer } from '../../../commands/embedded/server';
import { defaultParameters, packagedUrl, rehearsalUrls, runStandIn } from '../../../commands/rehearse/rehearse';
import { applyStep, type ContractRun, FACTS } from '../../../commands/shared/postgres/contract-runner';
import type { PostgresMajor } from '../../../contract/postgres/majors';
import { startupOptions } from '../../../contract/postgres/settings';
import { superuserUrl } from './database';

const MIGRATIONS = join(FACTS, '..');

/** What a file of `migrations/` says. */
export const sqlOf = (file: string): string => readFileSync(join(MIGRATIONS, file), 'utf8');

/** What is done in a database before a question is asked in it. */
export interface Plants {
  /** Statements of a superuser. */
  readonly given: readonly string[];
  /** Who asks: a role, as if it had logged in. */
  readonly as?: string;
}

/** A server with the contract, in which every question is asked of something planted, which is gone after it. */
export class PlantedServer {
  private constructor(
    readonly server: EmbeddedServer,
    readonly run: ContractRun,
    private readonly client: Client,
  ) {}

  static async start(major?: PostgresMajor): Promise<PlantedServer> {
    const server = await EmbeddedServer.start({ ...(major && { major }) });
    const run = { urls: rehearsalUrls(server), parameters: defaultParameters() };
    await applyStep('before', run);
    await runStandIn(packagedUrl(server));
    await applyStep('after', run);
    const client = new Client({ connectionString: superuserUrl(server), options: startupOptions(run.parameters) });
    await client.connect();
    return new PlantedServer(server, run, client);
  }

  async stop(): Promise<void> {
    await this.client.end();
    await this.server.stop();
  }

  /** The rows of the last of some statements that are asked of what is given. */
  async ask<Row extends QueryResultRow>({ given, as }: Plants, ...statements: string[]): Promise<Row[]> {
    await this.client.query('begin');
    try {
      for (const statement of given) await this.client.query(statement);
      await this.client.query(`reset role; set session authorization ${as ?? 'agent_bom_admin'}`);
      let rows: Row[] = [];
      // A text of several statements has several results, not all of which have rows.
      for (const statement of statements) {
        rows = [await this.client.query<Row>(statement)].flat().flatMap((result) => result.rows ?? []);
      }
      return rows;
    } finally {
      await this.client.query('rollback');
    }
  }
}
