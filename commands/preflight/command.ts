import { Command } from 'commander';
import type { PreflightOptions } from './run';

/** What the command needs is loaded when it runs, so that help comes at once. */
const load = (): typeof import('./run') => require('./run');

/** `preflight`: whether machine, account and cluster have what the deployment of an environment needs. */
export function preflightCommand(): Command {
  return new Command('preflight')
    .summary('ask machine, account and cluster for what a deployment needs')
    .description(
      'Asks the executables terraform, aws and kubectl, with the credentials that they have, for what the deployment of ' +
        'an environment needs. Says what is missing, each with the command that mends it. Changes nothing, and reads no ' +
        'secret.',
    )
    .argument('<environment>', 'name of an environment')
    .option(
      '--environments <directory>',
      'folder of the environment files (default: ENVIRONMENTS_DIR, or environments)',
    )
    .option('--json [file]', 'write the report for machines: to this file, or alone to standard output')
    .addHelpText(
      'after',
      '\nExit codes: 0 nothing is missing, 1 something is, 2 wrong usage, 3 the cluster cannot be reached, or AWS ' +
        'does not admit the credentials.',
    )
    .allowExcessArguments(false)
    .action((environment: string, options: PreflightOptions) => load().runPreflight(environment, options));
}
