import { Command } from 'commander';
import { ADMIN_IDENTITY, RUNTIME_IDENTITIES } from '../../contract/postgres/identities';
import { environmentsOption, type HelpText, helpText, jsonOption } from '../shared/command-line';
import { TOKEN_VARIABLE } from './api-checks';
import type { DoctorOptions } from './run';

const VARIABLES = [ADMIN_IDENTITY, ...RUNTIME_IDENTITIES].map(({ environmentVariable }) => environmentVariable);

const HELP: HelpText = {
  examples: [
    ['doctor', 'Runs the checks that the connection URLs of this environment allow.'],
    ['doctor --environment prod', 'Also compares the limits and the revision with what the environment file asks for.'],
    ['doctor --json | jq .counts', 'The same for a program: standard output holds the report alone.'],
    [
      'doctor --api-url https://agent-bom.example.com',
      `Also asks the control plane for its backends, with the API key in ${TOKEN_VARIABLE}.`,
    ],
    ['doctor --namespace agent-bom', 'Also checks, with kubectl, that the pods take their connections from Secrets.'],
  ],
  variables: `at least one of ${VARIABLES.join(', ')}; ENVIRONMENTS_DIR, the folder of the environment files (default: environments)`,
  exitCodes: {
    success: 'every check that ran passes',
    failure: 'a check fails',
    unreachable: 'the database cannot be reached',
  },
};

/** Loaded when the command runs, so that the help appears at once. */
const load = (): typeof import('./run') => require('./run');

/** `doctor`: the checks of the contract on any database, with the connections that the workloads have. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .summary('check a database with the connections that the workloads have')
    .description(
      'Reads the connection URLs from the environment variables that the workloads get, and runs the checks of the ' +
        'contract. Changes nothing. With a single URL it checks what that login can see, and names what it cannot check.',
    )
    .addOption(jsonOption())
    .option('--html <file>', 'write the report for reviewers to this file, a single HTML page')
    .option(
      '--environment <name>',
      'environment whose connection budget and version are expected; without it nothing is compared with them',
    )
    .option('--chart-version <version>', 'version of the product that is expected (default: that of the environment)')
    .addOption(environmentsOption())
    .option(
      '--api-url <url>',
      `also ask a running control plane; its administrator's API key is read from ${TOKEN_VARIABLE}`,
    )
    .option('--namespace <name>', 'also check the pods of this namespace, with the credentials of kubectl')
    .addHelpText('after', helpText(HELP))
    .allowExcessArguments(false)
    .action((options: DoctorOptions) => load().runDoctor(options));
}
