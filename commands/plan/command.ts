import type { Command } from 'commander';
import { onEnvironment, UNREACHABLE, VARIABLES } from '../deploy/environment-command';
import type { HelpText } from '../shared/command-line';
import type { PlanCommandOptions } from './run';

const HELP: HelpText = {
  examples: [
    ['plan prod', 'What a deployment would change, what is lost first.'],
    ['plan prod --summary plan.md --counts counts.json', 'For a pipeline: Markdown, and the counts that GitLab shows.'],
    ['plan prod --detailed-exitcode', 'Whether anything differs from what is deployed, by the exit code.'],
    ['plan --list', 'The names of all environments, as a JSON list.'],
  ],
  variables: VARIABLES,
  exitCodes: {
    success: 'planned',
    failure: 'refused or failed',
    unreachable: UNREACHABLE,
    differs: 'something differs, with --detailed-exitcode',
  },
};

/** `plan`: what a deployment would change. */
export function planCommand(): Command {
  const command = onEnvironment('plan', 'show what a deployment would change', HELP, '[environment]')
    .description(
      'Synthesizes and plans both stacks, without a lock and without a change. Lists addresses and actions, what is lost ' +
        'first, and what a deployment that did not end left behind. No value of any attribute is shown.',
    )
    .option('--summary <file>', 'append the plan to this file as Markdown')
    .option('--counts <file>', 'write the counts to this file, in the form that GitLab shows')
    .option('--approval <file>', 'write down what is approved, for `deploy --approved`')
    .option('--synthesized', 'take the stacks that are in CDKTF_OUTDIR, and run nothing else')
    .option('--detailed-exitcode', 'exit with 4 if anything differs')
    .option('--list', 'write the names of all environments as a JSON list, and plan nothing');
  const load = (): typeof import('./run') => require('./run');
  return command.action((name: string | undefined, options: PlanCommandOptions) => load().runPlan(name, options));
}
