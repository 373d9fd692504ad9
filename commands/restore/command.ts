import { Command } from 'commander';
import { ADMIN_IDENTITY, RUNTIME_IDENTITIES } from '../../contract/identities';
import type { RestoreOptions } from './run';

const VARIABLES = [ADMIN_IDENTITY, ...RUNTIME_IDENTITIES].map(({ environmentVariable }) => environmentVariable);

/** What the command needs is loaded when it runs, so that help comes at once. */
const load = (): typeof import('./run') => require('./run');

/** `restore`: a dump back into a database, with roles, grants, limits, passwords and checks. */
export function restoreCommand(): Command {
  return new Command('restore')
    .summary('restore a dump into a database, and prove that it holds what was dumped')
    .description(
      'Creates the roles, restores the data, grants again, sets limits and passwords, runs the checks, and compares the ' +
        'contents with the manifest of the dump. Nothing is changed before the dump is known to be whole. Needs bash and ' +
        "psql and pg_restore of the server's major version or later.",
    )
    .argument('<file.dump>', 'the dump; its manifest lies beside it')
    .requiredOption('--environment <name>', 'environment whose connection budget the logins get')
    .option(
      '--replace <database>',
      'replace what this database holds, while no control plane is connected; without it a database with tables is refused',
    )
    .addHelpText(
      'after',
      `\nEnvironment variables, all of them: ${VARIABLES.join(', ')}.\n` +
        'Exit codes: 0 restored and equal, 1 refused or failed, 2 wrong usage.',
    )
    .allowExcessArguments(false)
    .action((dump: string, options: RestoreOptions) => load().runRestore(dump, options));
}
