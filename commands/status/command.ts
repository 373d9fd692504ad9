import type { Command } from 'commander';
import { onEnvironment, VARIABLES } from '../deploy/environment-command';
import type { HelpText } from '../shared/command-line';
import type { StatusOptions } from './run';

const HELP: HelpText = {
  examples: [['status prod', 'Versions, the release, its pods and Jobs, and the outputs.']],
  variables: VARIABLES,
  exitCodes: { success: 'shown', failure: 'the state cannot be read' },
};

/** `status`: what is deployed. */
export function statusCommand(): Command {
  const command = onEnvironment('status', 'show what is deployed', HELP).description(
    'Reads the states and, where it answers, the cluster. Changes nothing.',
  );
  const load = (): typeof import('./run') => require('./run');
  return command.action((name: string, options: StatusOptions) => load().runStatus(name, options));
}
