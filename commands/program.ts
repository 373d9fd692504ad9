import { Command, CommanderError } from 'commander';
import { ContractError } from '../contract/error';
import { completeCommand, completionCommand } from './completion/command';
import { deployCommand } from './deploy/command';
import { destroyCommand } from './destroy/command';
import { doctorCommand } from './doctor/command';
import { explainCommand } from './explain/command';
import { initCommand } from './init/command';
import { planCommand } from './plan/command';
import { preflightCommand } from './preflight/command';
import { rehearseCommand } from './rehearse/command';
import { restoreCommand } from './restore/command';
import { COMMAND, PROGRAM } from './shared/command-line';
import { ExitCode, UnreachableError, UsageError } from './shared/output/exit-code';
import { fitted } from './shared/output/table-lines';
import { packageVersion } from './shared/program-files';
import { systemFailure } from './shared/system-failure';
import { snapshotCommand } from './snapshot/command';
import { statusCommand } from './status/command';

/** Every command, in the order of the help. */
const COMMANDS: readonly (() => Command)[] = [
  initCommand,
  explainCommand,
  snapshotCommand,
  preflightCommand,
  planCommand,
  deployCommand,
  statusCommand,
  rehearseCommand,
  doctorCommand,
  restoreCommand,
  destroyCommand,
  completionCommand,
];

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
  const root = new Command(PROGRAM)
    .description('The Postgres contract of a self-hosted agent-bom control plane.')
    .version(packageVersion())
    .exitOverride()
    .addHelpText('after', `\nExamples and exit codes of a command: ${COMMAND} <command> --help`)
    .addCommand(completeCommand().exitOverride(), { hidden: true });
  for (const command of COMMANDS) root.addCommand(command().exitOverride());
  return root;
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.success : ExitCode.usage;
  const told = error instanceof ContractError ? error : systemFailure(error);
  if (told === undefined) {
    console.error(error);
    return ExitCode.failure;
  }
  console.error(fitted(told.message, process.stderr.columns));
  if (error instanceof UsageError) return ExitCode.usage;
  return error instanceof UnreachableError ? ExitCode.unreachable : ExitCode.failure;
}
