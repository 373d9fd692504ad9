// Compares, in one run, the contract's own steps with what it takes to have a server at all.
import { applyStep, type ContractRun, verifyContract } from '../commands/contract-runner';
import { EmbeddedServer } from '../commands/embedded/server';
import { defaultParameters, packagedUrl, rehearsalUrls, runStandIn } from '../commands/rehearsal/rehearse';
import { median, report, timed } from './measure';

const ROUNDS = 5;
const LIMIT = 1;

async function round(): Promise<{ start: number; contract: number }> {
  const begin = performance.now();
  const server = await EmbeddedServer.start();
  const start = performance.now() - begin;
  try {
    const run: ContractRun = { urls: rehearsalUrls(server), parameters: defaultParameters() };
    const before = await timed(() => applyStep('before', run));
    await runStandIn(packagedUrl(server));
    const after = await timed(() => applyStep('after', run));
    const verify = await timed(() => verifyContract(run));
    return { start, contract: before + after + verify };
  } finally {
    await server.stop();
  }
}

async function main(): Promise<void> {
  const rounds = [];
  for (let index = 0; index < ROUNDS; index += 1) rounds.push(await round());
  const start = median(rounds.map((result) => result.start));
  const contract = median(rounds.map((result) => result.contract));
  console.log(`initdb and server start       ${start.toFixed(0)} ms (median of ${ROUNDS})`);
  console.log(`before + after + verify       ${contract.toFixed(0)} ms (median of ${ROUNDS})`);
  report('contract / server', contract / start, LIMIT);
}

void main();
