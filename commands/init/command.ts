import { Command } from 'commander';
import { environmentsOption, type HelpText, helpText, jsonOption, quietOption } from '../shared/command-line';
import type { InitOptions } from './run';

const HELP: HelpText = {
  examples: [
    ['init', 'Asks questions, and offers the clusters and subnets that your AWS profile can see.'],
    [
      'init --name prod --region eu-west-1 --cluster platform --subnet subnet-0a1b2c3d subnet-1a2b3c4d ' +
        '--issuer https://auth.example.com',
      'Asks nothing, for a script.',
    ],
    [
      'init --name prod --region eu-west-1 --cluster platform --profile work --issuer https://auth.example.com',
      'Takes the private subnets of the cluster from AWS.',
    ],
  ],
  variables: 'ENVIRONMENTS_DIR, the folder that the file goes to (default: environments); AWS_PROFILE, like --profile',
  exitCodes: { success: 'the file is written', failure: 'nothing is written' },
};

/** Loaded when the command runs, so that the help appears at once. */
const load = (): typeof import('./run') => require('./run');

/** `init`: a new environment file, from answers, flags, and what AWS knows of the cluster. */
export function initCommand(): Command {
  return new Command('init')
    .summary('write an environment file, from your answers or from flags')
    .description(
      'Writes the file of a new environment. On a terminal it asks for what no flag gives. With the AWS CLI it looks up ' +
        'the region, the clusters and their private subnets, and changes nothing there. The file is checked before it is ' +
        'written, and an existing file is not overwritten.',
    )
    .option('--name <name>', 'name of the environment; the names of its resources begin with it')
    .option('--region <region>', 'AWS region of the cluster and of the database')
    .option('--cluster <name>', 'name of the EKS cluster')
    .option(
      '--subnet <ids...>',
      'private subnets of the database, in two or more availability zones (default: those of the cluster)',
    )
    .option('--issuer <issuer>', 'what the authenticating proxy in front of the API calls itself')
    .option(
      '--ca-bundle <file>',
      'PEM file with the RDS certificate authorities (CA) of the region, if they are not bundled',
    )
    .option('--state-bucket <bucket>', 'S3 bucket for the Terraform state, in the same region')
    .option('--profile <profile>', 'profile of the AWS CLI to look things up with')
    .option('--output <file>', 'where to write (default: <name>.yaml in the folder of the environments)')
    .addOption(environmentsOption())
    .option('--force', 'replace an existing file')
    .addOption(jsonOption())
    .addOption(quietOption())
    .addHelpText('after', helpText(HELP))
    .allowExcessArguments(false)
    .action((options: InitOptions) => load().runInit(options));
}
