import { Argument, Command, Option } from 'commander';
import { environmentsOption, type HelpText, helpText, jsonOption, quietOption } from '../shared/command-line';
import type { ExplainOptions } from './run';

const HELP: HelpText = {
  examples: [
    ['explain example', 'Shows the stacks, the connection budget, and who may do what.'],
    ['explain environments/example.yaml --tree', 'Takes a file too, and shows the resources as a tree of constructs.'],
    ['explain example --json | jq .budget', 'The same for a program.'],
    [
      'explain example --iam deploy --output policies',
      'Writes the IAM policies of whoever deploys it, for the platform team.',
    ],
  ],
  variables: 'ENVIRONMENTS_DIR, the folder of the environment files (default: environments)',
  exitCodes: { success: 'explained', failure: 'the environment is wrong, or cannot be synthesized' },
};

/** Loaded when the command runs, so that the help appears at once. */
const load = (): typeof import('./run') => require('./run');

/** `explain`: what an environment will create, and who may do what in it. */
export function explainCommand(): Command {
  return new Command('explain')
    .summary('show what an environment creates, its connection budget, and who may do what')
    .description(
      'Synthesizes the environment into a temporary folder and shows what Terraform would see: the resources of ' +
        'each stack, the connections that each login may hold, what it costs, and which workload holds which identity. ' +
        'Without --refresh-prices it sends no request. It changes nothing in AWS.',
    )
    .addArgument(new Argument('<environment>', 'name of an environment, or its file'))
    .option('--tree', 'show the resources as a tree of constructs')
    .addOption(
      new Option(
        '--iam <purpose>',
        'print the least IAM policies of whoever does that, as JSON, instead of an explanation',
      ).choices(['deploy', 'plan', 'preflight', 'doctor', 'rehearse', 'restore']),
    )
    .option(
      '--refresh-prices',
      'read the prices of the region from AWS first, and keep them next to the environment files',
    )
    .option('--output <folder>', 'with --iam: write a file for each policy')
    .addOption(environmentsOption())
    .addOption(jsonOption())
    .addOption(quietOption())
    .addHelpText('after', helpText(HELP))
    .allowExcessArguments(false)
    .action((environment: string, options: ExplainOptions) => load().runExplain(environment, options));
}
