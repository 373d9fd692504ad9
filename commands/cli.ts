import { Command, CommanderError } from 'commander';
import { ContractError } from '../contract/error';
import { EmbeddedServer } from './embedded/server';
import { ExitCode, UsageError } from './exit-code';
import { rehearseCommand } from './rehearsal/command';

const SIGNAL_EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
const PARENT_CHECK_MS = 500;

function program(): Command {
  return new Command('agent-bom-postgres')
    .description('The Postgres contract of a self-hosted agent-bom control plane.')
    .exitOverride()
    .addCommand(rehearseCommand().exitOverride());
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.success : ExitCode.usage;
  if (error instanceof ContractError) {
    console.error(error.message);
    return error instanceof UsageError ? ExitCode.usage : ExitCode.failure;
  }
  console.error(error);
  return ExitCode.failure;
}

/** Leaves nothing behind when a user or a supervisor ends the command. */
function stopOnSignals(): void {
  const stop = (code: number): void => {
    void EmbeddedServer.stopAll().finally(() => process.exit(code));
  };
  for (const [signal, code] of Object.entries(SIGNAL_EXIT_CODES)) process.once(signal, () => stop(code));
  process.stdout.once('error', () => stop(ExitCode.failure));
  if (process.env.npm_lifecycle_event === undefined) return;
  // npm does not hand a SIGKILL on: who was started by it stops when it is gone.
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && stop(ExitCode.failure), PARENT_CHECK_MS).unref();
}

stopOnSignals();
program()
  .parseAsync()
  .catch((error: unknown) => {
    process.exitCode = exitCodeOf(error);
  });
