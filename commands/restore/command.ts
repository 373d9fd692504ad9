import { Command } from 'commander';
import { ADMIN_IDENTITY, RUNTIME_IDENTITIES } from '../../contract/postgres/identities';
import { environmentsOption, type HelpText, helpText, jsonOption, quietOption } from '../shared/command-line';
import type { RestoreOptions } from './run';

const VARIABLES = [ADMIN_IDENTITY, ...RUNTIME_IDENTITIES].map(({ environmentVariable }) => environmentVariable);

const HELP: HelpText = {
  examples: [
    [
      'restore --environment prod --to 2026-11-26T14:00:00Z',
      'Restores the database of prod to this moment from the backups of RDS. The one in use is kept under another name.',
    ],
    ['restore nightly.dump --environment prod', 'Restores into the empty database that the connection URLs lead to.'],
    [
      'restore nightly.dump --environment prod --replace agent_bom',
      'Replaces the database agent_bom, which stays under another name. The name is required, so that nobody replaces another one.',
    ],
  ],
  variables: `for a dump all of ${VARIABLES.join(', ')}; KUBECTL, the kubectl to use; ENVIRONMENTS_DIR, the folder of the environment files (default: environments)`,
  exitCodes: {
    success: 'restored and verified',
    failure: 'refused or failed',
    unreachable: 'the cluster or the database cannot be reached',
  },
};

/** Loaded when the command runs, so that the help appears at once. */
const load = (): typeof import('./run') => require('./run');

/** `restore`: a dump back into a database, or the database of an environment back to a moment. */
export function restoreCommand(): Command {
  return new Command('restore')
    .summary('restore a dump, or the database of an environment to a moment, and verify the result')
    .description(
      'With --to: restores the RDS database of the environment into a new one, exchanges the names, deploys and verifies. ' +
        'It says what it will do and asks; the same command continues a run that was interrupted. ' +
        'With a dump: restores into a new database next to the one in use: roles, data, grants, limits and passwords. Runs the checks, ' +
        'compares the contents with the manifest of the dump, and only then exchanges the names. A restore that fails ' +
        "changes nothing. Requires bash, and psql and pg_restore of the server's major version or later.",
    )
    .argument('[file.dump]', 'the dump; its manifest is next to it')
    .option('--to <moment>', 'moment to restore to, in ISO 8601 with a time zone, such as 2026-11-26T14:00:00Z')
    .option('--yes', 'do not ask')
    .option('--context <name>', 'context of kubectl (default: the current one)')
    .option('--kubeconfig <file>', 'kubeconfig of kubectl (default: KUBECONFIG, or ~/.kube/config)')
    .requiredOption('--environment <name>', 'environment that is restored, or whose connection budget the logins get')
    .option(
      '--replace <database>',
      'give the restored database this name, and keep the one that had it under another; without it a database with tables is refused',
    )
    .addOption(environmentsOption())
    .addOption(jsonOption())
    .addOption(quietOption())
    .addHelpText('after', helpText(HELP))
    .allowExcessArguments(false)
    .action((dump: string | undefined, options: RestoreOptions) => load().runRestore(dump, options));
}
