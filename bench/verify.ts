// What a run costs on a database that is already in order, and whether it depends on how many rows that holds.
import { Client } from 'pg';
import { applyStep, type ContractRun, verifyContract } from '../commands/contract-runner';
import { EmbeddedServer } from '../commands/embedded/server';
import { defaultParameters, packagedUrl, rehearsalUrls, runStandIn } from '../commands/rehearsal/rehearse';
import { median, report, timed } from './measure';

const ROUNDS = 7;
const FEW_ROWS = 1_000;
const MANY_ROWS = 1_000_000;

interface Costs {
  readonly verify: number;
  readonly all: number;
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
  return { verify: median(verify), all: median(all) };
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

async function main(): Promise<void> {
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
    console.log(`verify, ${FEW_ROWS} rows            ${few.verify.toFixed(0)} ms`);
    console.log(`verify, ${MANY_ROWS} rows         ${many.verify.toFixed(0)} ms`);
    console.log(`before + after + verify       ${few.all.toFixed(0)} ms`);
    report('a run in order / verify', few.all / few.verify, 3);
    report('many rows / few rows', many.all / few.all, 1.2);
  } finally {
    await server.stop();
  }
}

void main();
