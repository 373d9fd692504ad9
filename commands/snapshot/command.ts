import { Command } from 'commander';
import { environmentsOption, type HelpText, helpText, jsonOption, quietOption } from '../shared/command-line';
import type { SnapshotOptions } from './run';

const HELP: HelpText = {
  examples: [
    ['snapshot', 'Writes what is synthesized of every environment into snapshots/, to be committed.'],
    ['snapshot --check', 'Compares, writes nothing, and fails where something differs: for CI.'],
    ['snapshot --check --json | jq .files', 'The same for a program.'],
  ],
  variables: 'ENVIRONMENTS_DIR, the folder of the environment files (default: environments)',
  exitCodes: {
    success: 'written, or no difference',
    failure: 'with --check a snapshot differs, is missing or belongs to no stack; or an environment file is wrong',
  },
};

/** Loaded when the command runs, so that the help appears at once. */
const load = (): typeof import('./run') => require('./run');

/** `snapshot`: files that show in a pull request what an upgrade or an edit changes in the stacks. */
export function snapshotCommand(): Command {
  return new Command('snapshot')
    .summary('write or check snapshots of what is synthesized')
    .description(
      'Synthesizes every environment into a temporary folder, and writes one file for each stack: its JSON with sorted ' +
        'keys, and digests instead of SQL, scripts and certificates. Committed, these files show in each pull ' +
        'request what it changes. Asks nobody.',
    )
    .option('--check', 'compare instead of writing, and show what differs')
    .option('--snapshots <directory>', 'folder of the snapshots', 'snapshots')
    .addOption(environmentsOption())
    .addOption(jsonOption())
    .addOption(quietOption())
    .addHelpText('after', helpText(HELP))
    .allowExcessArguments(false)
    .action((options: SnapshotOptions) => load().runSnapshot(options));
}
