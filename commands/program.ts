import { Command, CommanderError } from 'commander';
import { ContractError } from '../contract/error';
import { doctorCommand } from './doctor/command';
import { ExitCode, UnreachableError, UsageError } from './exit-code';
import { preflightCommand } from './preflight/command';
import { rehearseCommand } from './rehearsal/command';
import { restoreCommand } from './restore/command';

/**
 * Runs the command that the arguments name.
 *
 * @param commandArguments Arguments after the name of the program.
 * @returns The exit code; see `ExitCode`.
 */
export async function runProgram(commandArguments: readonly string[]): Promise<number> {
  process.exitCode = ExitCode.success;
  try {
    await program().parseAsync(commandArguments, { from: 'user' });
    return process.exitCode;
  } catch (error) {
    return exitCodeOf(error);
  }
}

/** The program with all its commands. */
export function program(): Command {
  return new Command('agent-bom-postgres')
    .description('The Postgres contract of a self-hosted agent-bom control plane.')
    .exitOverride()
    .addCommand(rehearseCommand().exitOverride())
    .addCommand(doctorCommand().exitOverride())
    .addCommand(restoreCommand().exitOverride())
    .addCommand(preflightCommand().exitOverride());
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.success : ExitCode.usage;
  if (!(error instanceof ContractError)) {
    console.error(error);
    return ExitCode.failure;
  }
  console.error(error.message);
  if (error instanceof UsageError) return ExitCode.usage;
  return error instanceof UnreachableError ? ExitCode.unreachable : ExitCode.failure;
}
