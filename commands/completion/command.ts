import { Argument, Command } from 'commander';
import { type HelpText, helpText, PROGRAM } from '../shared/command-line';
import { SHELLS, type Shell, shellScript } from './shell-scripts';

const HELP: HelpText = {
  examples: [
    ['completion bash >> ~/.bashrc', 'Completes in every bash from now on.'],
    ['completion zsh > "${fpath[1]}/_agent-bom-postgres"', 'Completes in every zsh that runs `compinit`.'],
    ['completion fish > ~/.config/fish/completions/agent-bom-postgres.fish', 'Completes in every fish.'],
  ],
  exitCodes: { success: 'the script is printed' },
};

/** `completion`: the script that lets a shell complete commands, options and names of environments. */
export function completionCommand(): Command {
  return new Command('completion')
    .summary('print the script that lets your shell complete commands, options and environments')
    .description(
      `Prints a script that asks ${PROGRAM} for what can follow at the cursor: commands, options, their values, and ` +
        'the names of the environments in this folder.',
    )
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .addHelpText('after', helpText(HELP))
    .allowExcessArguments(false)
    .action((shell: Shell) => void process.stdout.write(shellScript(shell)));
}

/** What the scripts call: the words up to the cursor in, one candidate a line out. */
export function completeCommand(): Command {
  return new Command('__complete')
    .argument('[words...]')
    .helpOption(false)
    .action((words: readonly string[], _options: unknown, { parent }: Command) => {
      if (parent === null) throw new Error('the completion belongs to a program');
      const { candidates } = require('./candidates') as typeof import('./candidates');
      const lines = candidates(parent, words).map(({ text, description }) => `${text}\t${description}\n`);
      process.stdout.write(lines.join(''));
    });
}
