import { Command } from 'commander';
import { ADMIN_IDENTITY, RUNTIME_IDENTITIES } from '../../contract/postgres/identities';
import { environmentsOption, type HelpText, helpText, jsonOption } from '../shared/command-line';
import type { RestoreOptions } from './run';

const VARIABLES = [ADMIN_IDENTITY, ...RUNTIME_IDENTITIES].map(({ environmentVariable }) => environmentVariable);

const HELP: HelpText = {
  examples: [
    ['restore nightly.dump --environment prod', 'Restores into the empty database that the connection URLs lead to.'],
    [
      'restore nightly.dump --environment prod --replace agent_bom',
      'Replaces the database agent_bom, which stays under another name. The name is required, so that nobody replaces another one.',
    ],
  ],
  variables: `all of ${VARIABLES.join(', ')}; ENVIRONMENTS_DIR, the folder of the environment files (default: environments)`,
  exitCodes: { success: 'restored and equal', failure: 'refused or failed' },
};

/** Loaded when the command runs, so that the help appears at once. */
const load = (): typeof import('./run') => require('./run');

/** `restore`: a dump back into a database, with roles, grants, limits, passwords and checks. */
export function restoreCommand(): Command {
  return new Command('restore')
    .summary('restore a dump into a database, and prove that it holds what was dumped')
    .description(
      'Restores into a new database next to the one in use: roles, data, grants, limits and passwords. Runs the checks, ' +
        'compares the contents with the manifest of the dump, and only then exchanges the names. A restore that fails ' +
        "changes nothing. Requires bash, and psql and pg_restore of the server's major version or later.",
    )
    .argument('<file.dump>', 'the dump; its manifest is next to it')
    .requiredOption('--environment <name>', 'environment whose connection budget the logins get')
    .option(
      '--replace <database>',
      'give the restored database this name, and keep the one that had it under another; without it a database with tables is refused',
    )
    .addOption(environmentsOption())
    .addOption(jsonOption())
    .addHelpText('after', helpText(HELP))
    .allowExcessArguments(false)
    .action((dump: string, options: RestoreOptions) => load().runRestore(dump, options));
}
