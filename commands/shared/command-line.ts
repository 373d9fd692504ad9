import { Option } from 'commander';
import { ExitCode } from './output/exit-code';
import { fitted } from './output/table-lines';

/** Name under which the program is installed. */
export const PROGRAM = 'agent-bom-postgres';
/** What a reader types: it works in a clone, with a local package and with a global one. */
export const COMMAND = `npx ${PROGRAM}`;

/** As commander wraps the options where there is no terminal. */
const WIDTH = 80;

/** What is below the options in the help of a command. */
export interface HelpText {
  /** Complete command lines without the name of the program, and what each does. */
  readonly examples: readonly (readonly [commandLine: string, what: string])[];
  /** What the command reads from the environment, if anything. */
  readonly variables?: string;
  /** What the exit codes mean here; 2 is wrong usage everywhere. */
  readonly exitCodes: Readonly<Partial<Record<Exclude<keyof typeof ExitCode, 'usage'>, string>>>;
}

/** Examples, variables and exit codes, the same way for every command. */
export function helpText({ examples, variables, exitCodes }: HelpText): string {
  const width = Math.min(process.stdout.columns || WIDTH, WIDTH);
  const lines = examples.map(
    ([commandLine, what]) => `  $ ${COMMAND} ${commandLine}\n${fitted(`      ${what}`, width)}`,
  );
  const meanings = Object.entries({ ...exitCodes, usage: 'wrong usage' })
    .map(([name, meaning]) => [ExitCode[name as keyof typeof ExitCode], meaning] as const)
    .sort(([one], [other]) => one - other)
    .map(([code, meaning]) => `${code} ${meaning}`);
  const environment = variables === undefined ? '' : `\nEnvironment variables:\n${fitted(`  ${variables}`, width)}\n`;
  return `\nExamples:\n${lines.join('\n')}\n${environment}\n${fitted(`Exit codes: ${meanings.join(', ')}.`, width)}`;
}

/** `--json [file]`, the same for every command. */
export function jsonOption(): Option {
  return new Option('--json [file]', 'write the report as JSON, to this file or alone to standard output');
}

/** `--quiet`, the same for every command. */
export function quietOption(): Option {
  return new Option('-q, --quiet', 'print failures, and what the command exists to give, alone');
}

/** `--environments <directory>`, the same for every command that reads environment files. */
export function environmentsOption(): Option {
  return new Option(
    '--environments <directory>',
    'folder of the environment files (default: ENVIRONMENTS_DIR, or environments)',
  );
}
