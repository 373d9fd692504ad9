// What a run costs on a database that is already in order, and whether it depends on its rows and tables.
import { Client } from 'pg';
import { EmbeddedServer } from '../commands/embedded/server';
import { defaultParameters, packagedUrl, rehearsalUrls, runStandIn } from '../commands/rehearse/rehearse';
import { applyStep, type ContractRun, verifyContract } from '../commands/shared/postgres/contract-runner';
import { type Topic, timed } from './measure';

const ROUNDS = 7;
const FEW_ROWS = 1_000;
const MANY_ROWS = 1_000_000;
/** As many tables again as years of monthly partitions and extensions of the schema would bring. */
const MORE_TABLES = 500;
const LIMIT_RUN = 3;
const LIMIT_ROWS = 1.2;
const LIMIT_TABLES = 10;

interface Costs {
  readonly verify: number;
  readonly all: number;
}

export async function measureVerify(): Promise<Topic> {
  const server = await EmbeddedServer.start();
  try {
    const run: ContractRun = { urls: rehearsalUrls(server), parameters: defaultParameters() };
    await applyStep('before', run);
    await runStandIn(packagedUrl(server));
    await applyStep('after', run);
    await fill(run, FEW_ROWS);
    const few = await costs(run);
    await fill(run, MANY_ROWS - FEW_ROWS);
    const many = await costs(run);
    await addTables(server);
    const wide = await costs(run);
    return {
      title: 'Verification',
      how: `The fastest of ${ROUNDS} runs, which other programs slow down least, on a database that is in order. Rows and tables are added to the same database.`,
      measurements: [
        { what: `verify, ${FEW_ROWS} rows`, value: few.verify, unit: 'ms' },
        { what: `verify, ${MANY_ROWS} rows`, value: many.verify, unit: 'ms' },
        { what: `verify, ${MORE_TABLES} tables more`, value: wide.verify, unit: 'ms' },
        { what: 'before + after + verify', value: few.all, unit: 'ms' },
        { what: `before + after + verify, ${MORE_TABLES} tables more`, value: wide.all, unit: 'ms' },
        { what: 'a run in order / verify', value: few.all / few.verify, unit: 'times', limit: LIMIT_RUN },
        { what: 'many rows / few rows', value: many.all / few.all, unit: 'times', limit: LIMIT_ROWS },
        { what: 'many tables / few tables', value: wide.verify / many.verify, unit: 'times', limit: LIMIT_TABLES },
        { what: 'many tables / few tables, a run', value: wide.all / many.all, unit: 'times', limit: LIMIT_TABLES },
      ],
    };
  } finally {
    await server.stop();
  }
}

async function costs(run: ContractRun): Promise<Costs> {
  const verify: number[] = [];
  const all: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    verify.push(await timed(() => verifyContract(run)));
    all.push(
      await timed(async () => {
        await applyStep('before', run);
        await applyStep('after', run);
        await verifyContract(run);
      }),
    );
  }
  return { verify: Math.min(...verify), all: Math.min(...all) };
}

async function fill(run: ContractRun, rows: number): Promise<void> {
  const client = new Client({ connectionString: run.urls.maintenance });
  await client.connect();
  await client.query("set app.bypass_rls = '1'");
  await client.query('set statement_timeout = 0');
  await client.query(
    `insert into scan_jobs (team_id, body) select 'tenant-' || n % 1000, '{}' from generate_series(1, ${rows}) n`,
  );
  await client.end();
}

/** Tables without tenants, which every check of relations and privileges has to look at. */
async function addTables(server: EmbeddedServer): Promise<void> {
  const client = new Client({ connectionString: packagedUrl(server) });
  await client.connect();
  await client.query(
    `do $$ begin for n in 1..${MORE_TABLES} loop
       execute format('create table bench_%s (id bigint primary key, body jsonb)', n);
     end loop; end $$`,
  );
  await client.end();
}
