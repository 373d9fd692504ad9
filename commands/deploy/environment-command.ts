import { Argument, Command, Option } from 'commander';
import { environmentsOption, type HelpText, helpText, jsonOption, quietOption } from '../shared/command-line';

/** What the commands that run Terraform read from the environment. */
export const VARIABLES =
  'TERRAFORM, the program in place of terraform; ENVIRONMENTS_DIR, the folder of the environment files (default: ' +
  'environments); CDKTF_OUTDIR, the folder that is synthesized into (default: cdktf.out)';
/** What exit code 3 means for them. */
export const UNREACHABLE = 'the cluster cannot be reached, or AWS rejects the credentials';

/** A command on one environment that runs Terraform, with the options that all of these share. */
export function onEnvironment(name: string, summary: string, help: HelpText, argument = '<environment>'): Command {
  return new Command(name)
    .summary(summary)
    .addArgument(new Argument(argument, 'name of an environment'))
    .addOption(new Option('--terraform-binary <program>', 'Terraform or OpenTofu (default: TERRAFORM, or terraform)'))
    .addOption(environmentsOption())
    .addOption(jsonOption())
    .addOption(quietOption())
    .addHelpText('after', helpText(help))
    .allowExcessArguments(false);
}
