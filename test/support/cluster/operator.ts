import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { Kubectl } from '../../../commands/shared/cluster/kubectl';
import { CONTEXT } from './node';

const { CLUSTER_BUILT = '', CLUSTER_ROOT = '' } = process.env;
const PATIENCE = { timeoutMs: 120_000 };
const kubectl = new Kubectl({ context: CONTEXT });

/** Creates the kinds of External Secrets, as its module defines them. @returns What removes them. */
export async function provideDefinitions(): Promise<() => Promise<void>> {
  const definitions = ['--filename', join(CLUSTER_BUILT, 'external-secrets.yaml')];
  // They are too large for the annotation that `apply` would write.
  await kubectl.text(['create', ...definitions], PATIENCE);
  await kubectl.text(['wait', '--for=condition=Established', ...definitions], PATIENCE);
  return async () => {
    await kubectl.text(['delete', ...definitions], PATIENCE);
  };
}

/** Starts External Secrets Operator as a process beside the API server. @returns What ends it, and removes its kinds. */
export async function startOperator(): Promise<() => Promise<void>> {
  const remove = await provideDefinitions();
  const log = openSync(join(CLUSTER_ROOT, 'logs', 'external-secrets.log'), 'a');
  const operator = spawn('external-secrets', ['--metrics-addr=0'], { stdio: ['ignore', log, log] });
  closeSync(log);
  const ended = new Promise((resolve) => operator.once('close', resolve));
  return async () => {
    operator.kill();
    await ended;
    await remove();
  };
}
