import { Argument, Command } from 'commander';
import { environmentsOption, type HelpText, helpText, jsonOption, quietOption } from '../shared/command-line';
import type { PreflightOptions } from './run';

const HELP: HelpText = {
  examples: [
    ['preflight example', 'Asks with the credentials and the context that terraform, aws and kubectl have now.'],
    ['preflight example --json | jq -r ".checks[].fix // empty"', 'What is left to do, for a script.'],
    ['preflight prod --environments ../environments', 'With the environment files of another folder.'],
  ],
  variables: 'ENVIRONMENTS_DIR, the folder of the environment files (default: environments)',
  exitCodes: {
    success: 'nothing is missing',
    failure: 'something is missing',
    unreachable: 'the cluster cannot be reached, or AWS rejects the credentials',
  },
};

/** Loaded when the command runs, so that the help appears at once. */
const load = (): typeof import('./run') => require('./run');

/** `preflight`: whether machine, account and cluster meet the requirements of a deployment. */
export function preflightCommand(): Command {
  return new Command('preflight')
    .summary('check the requirements of a deployment on this machine, in the account and in the cluster')
    .description(
      'Asks terraform, aws and kubectl, with the credentials that they have, whether the requirements of a deployment ' +
        'are met. Names what is missing, each with the command that fixes it. Changes nothing, and reads no secret.',
    )
    .addArgument(new Argument('<environment>', 'name of an environment, or its file'))
    .addOption(environmentsOption())
    .addOption(jsonOption())
    .addOption(quietOption())
    .addHelpText('after', helpText(HELP))
    .allowExcessArguments(false)
    .action((environment: string, options: PreflightOptions) => load().runPreflight(environment, options));
}
