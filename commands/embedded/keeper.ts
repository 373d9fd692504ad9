// Keeps one embedded server, in a separate process and session: whatever happens to the process that asked for it,
// this one notices the broken channel, ends everything that it has started and removes the directory.
import { type ChildProcess, spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { ContractError } from '../../contract/error';
import { systemFailure } from '../shared/system-failure';
import type { FromKeeper, ToKeeper } from './rds-like-server';
import { RdsLikeServer } from './rds-like-server';

let server: RdsLikeServer | undefined;
let command: ChildProcess | undefined;
let kept = false;
let ending: Promise<void> | undefined;

function tell(message: FromKeeper): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

async function start({ major, settings }: Extract<ToKeeper, { kind: 'start' }>): Promise<void> {
  server = new RdsLikeServer(major);
  const address = await server.start(settings);
  tell({ kind: 'ready', server: address });
}

function run(text: string, environment: Readonly<Record<string, string>>): void {
  command = spawn(text, { shell: true, env: environment, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [command.stdout, command.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => tell({ kind: 'output', text: chunk }));
  }
  command.on('error', (error) => tell({ kind: 'failed', message: error.message }));
  command.on('close', (code) => {
    command = undefined;
    tell({ kind: 'exit', code: code ?? 1 });
  });
}

async function end(): Promise<void> {
  if (command?.pid !== undefined) {
    try {
      process.kill(-command.pid, 'SIGKILL');
    } catch {
      // It ended by itself in the meantime.
    }
  }
  await server?.stop();
  if (server !== undefined) await rm(server.directory, { recursive: true, force: true, maxRetries: 5 });
}

function endAndExit(): void {
  ending ??= end().finally(() => process.exit(0));
}

process.on('message', (message: ToKeeper) => {
  if (message.kind === 'start') {
    start(message).catch((error: Error) => {
      if (ending !== undefined) return;
      const told = error instanceof ContractError ? error : systemFailure(error);
      tell({ kind: 'failed', message: error.message, mistakes: told?.mistakes });
    });
  } else if (message.kind === 'run') run(message.command, message.environment);
  else if (message.kind === 'keep') kept = true;
  else endAndExit();
});
process.on('disconnect', () => {
  if (!kept) endAndExit();
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, endAndExit);
// The channel may have broken while this module was loading.
if (!process.connected) endAndExit();
