import type { Command } from 'commander';
import type { HelpText } from '../shared/command-line';
import { onEnvironment, UNREACHABLE, VARIABLES } from './environment-command';
import type { DeployOptions } from './run';

const HELP: HelpText = {
  examples: [
    ['deploy prod', 'Shows the plan of each stack, asks, and applies it.'],
    ['deploy prod --yes --json', 'For a pipeline: asks nobody, and writes one JSON document.'],
    ['deploy prod --terraform-binary tofu', 'With OpenTofu.'],
  ],
  variables: VARIABLES,
  exitCodes: { success: 'deployed', failure: 'refused, declined or failed', unreachable: UNREACHABLE },
};

/** `deploy`: the stacks of an environment, in order. */
export function deployCommand(): Command {
  const command = onEnvironment('deploy', 'deploy the database and then the workload', HELP)
    .description(
      'Checks, synthesizes, plans, asks, and applies exactly what it showed, stack by stack. A deployment that was killed ' +
        'is repaired by running it again. Shares its state with `cdktf deploy`.',
    )
    .option('--yes', 'ask nobody')
    .option('--approved <file>', 'refuse a plan that is not the one which `plan --approval` wrote to this file')
    .option('--synthesized', 'take the stacks that are in CDKTF_OUTDIR, and run nothing else')
    .option('--no-preflight', 'skip the checks of this machine and of the credentials');
  const load = (): typeof import('./run') => require('./run');
  return command.action((name: string, options: DeployOptions) => load().runDeploy(name, options));
}
