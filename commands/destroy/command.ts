import type { Command } from 'commander';
import { onEnvironment, UNREACHABLE, VARIABLES } from '../deploy/environment-command';
import type { HelpText } from '../shared/command-line';
import type { DestroyOptions } from './run';

const HELP: HelpText = {
  examples: [
    ['destroy prod --keep-database', 'The workload alone, which holds no data.'],
    ['destroy prod', 'The workload and then the database, after its protection was released.'],
  ],
  variables: VARIABLES,
  exitCodes: { success: 'destroyed', failure: 'refused, declined or failed', unreachable: UNREACHABLE },
};

/** `destroy`: the workload, and then the database. */
export function destroyCommand(): Command {
  const command = onEnvironment('destroy', 'destroy the workload and then the database', HELP)
    .description(
      'Shows what would be lost, has the name of the environment typed, and destroys the workload before the database. A ' +
        'protected database and a bucket with dumps are refused before anything is destroyed.',
    )
    .option('--keep-database', 'destroy the workload alone')
    .option('--yes', 'ask nobody');
  const load = (): typeof import('./run') => require('./run');
  return command.action((name: string, options: DestroyOptions) => load().runDestroy(name, options));
}
