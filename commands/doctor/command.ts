import { Command } from 'commander';
import { ADMIN_IDENTITY, RUNTIME_IDENTITIES } from '../../contract/identities';
import type { DoctorOptions } from './run';

/** Carries the API key of an administrator; an option would be open to every process of the machine. */
export const TOKEN_VARIABLE = 'AGENT_BOM_API_TOKEN';

const VARIABLES = [ADMIN_IDENTITY, ...RUNTIME_IDENTITIES].map(({ environmentVariable }) => environmentVariable);

/** What the command needs is loaded when it runs, so that help comes at once. */
const load = (): typeof import('./run') => require('./run');

/** `doctor`: the checks of the contract on any database, by the connections that the workloads have. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .summary('check a database, by the connections that the workloads have')
    .description(
      'Reads the connection URLs from the environment variables that the workloads get, and runs the checks of the ' +
        'contract. Changes nothing. With one URL it checks what that one can see, and says what it could not check.',
    )
    .option('--json <file>', 'write the report for machines to this file')
    .option('--html <file>', 'write the report for reviewers to this file, one page that needs nothing else')
    .option(
      '--api-url <url>',
      `also ask a running control plane; its administrator's API key is read from ${TOKEN_VARIABLE}`,
    )
    .addHelpText(
      'after',
      `\nEnvironment variables, at least one: ${VARIABLES.join(', ')}.\n` +
        'Exit codes: 0 every check that ran passes, 1 a check fails, 2 wrong usage, 3 the database cannot be reached.',
    )
    .allowExcessArguments(false)
    .action((options: DoctorOptions) => load().runDoctor(options));
}
