import { Command } from 'commander';
import { ADMIN_IDENTITY, RUNTIME_IDENTITIES } from '../../contract/postgres/identities';
import { environmentsOption, type HelpText, helpText, jsonOption, quietOption } from '../shared/command-line';
import { TOKEN_VARIABLE } from './api-checks';
import type { DoctorOptions } from './run';

const VARIABLES = [ADMIN_IDENTITY, ...RUNTIME_IDENTITIES].map(({ environmentVariable }) => environmentVariable);

const HELP: HelpText = {
  examples: [
    [
      'doctor prod',
      'Answers the whole checklist for prod: checks in the cluster, the API, the pods, and the backups at AWS.',
    ],
    [
      'doctor prod --context prod-cluster --html report.html',
      'The same in the cluster of this context, and writes the report as a page.',
    ],
    [
      'doctor prod --host-address 127.0.0.1:15432',
      'Runs the checks from here, through your tunnel, with the connection URLs of this environment.',
    ],
    ['doctor', 'Runs the checks that the connection URLs of this environment allow.'],
    ['doctor --environment prod', 'Also compares the limits and the revision with what the environment file asks for.'],
    ['doctor --json | jq .counts', 'The same for a program: standard output holds the report alone.'],
    [
      'doctor --api-url https://agent-bom.example.com',
      `Also asks the control plane for its backends, with the API key in ${TOKEN_VARIABLE}.`,
    ],
    ['doctor --namespace agent-bom', 'Also checks, with kubectl, that the pods take their connections from Secrets.'],
  ],
  variables: `without an environment or with --host-address at least one of ${VARIABLES.join(', ')}; ${TOKEN_VARIABLE}, the API key of an administrator; KUBECTL, the kubectl to use; ENVIRONMENTS_DIR, the folder of the environment files (default: environments)`,
  exitCodes: {
    success: 'every check that ran passes; with an environment, every item of the checklist is proven',
    failure: 'a check fails, or an item is not proven',
    unreachable: 'the cluster or the database cannot be reached',
  },
};

/** Loaded when the command runs, so that the help appears at once. */
const load = (): typeof import('./run') => require('./run');

/** `doctor`: the checklist of an environment, or the checks of the contract on any database. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .summary('prove that an environment is ready for production, or check any database')
    .description(
      'With an environment: runs the checks in its cluster, in a Job that it removes again, asks the API, the pods and AWS, ' +
        'and answers every item of the operational checklist. No secret comes to this machine. ' +
        'Without one: reads the connection URLs from the environment variables that the workloads get, and runs the checks of the ' +
        'contract. Changes nothing. With a single URL it checks what that login can see, and names what it cannot check.',
    )
    .argument('[environment]', 'name of the environment whose checklist is answered, or its file')
    .addOption(jsonOption())
    .addOption(quietOption())
    .option('--context <name>', 'context of kubectl (default: the current one)')
    .option('--kubeconfig <file>', 'kubeconfig of kubectl (default: KUBECONFIG, or ~/.kube/config)')
    .option(
      '--host-address <address>',
      'where your tunnel to the database begins; the certificate is verified for the host of the URLs',
    )
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
    .action((environment: string | undefined, options: DoctorOptions) => load().runDoctor(environment, options));
}
