import type { Argument, Command, Option } from 'commander';
import { environmentNames } from '../shared/environment/environment-names';

/** One completion of the word at the cursor. */
export interface Candidate {
  readonly text: string;
  readonly description: string;
}

/** Names of arguments and options whose value is the name of an environment. */
const ENVIRONMENT = 'environment';
const HELP: Candidate = { text: '--help', description: 'display help for command' };

/**
 * Completions of the word at the cursor. None where a file or free text is expected: the shell completes those by itself.
 *
 * @param root The program.
 * @param words Words after the name of the program, up to the cursor; the last one is unfinished and may be empty.
 */
export function candidates(root: Command, words: readonly string[]): Candidate[] {
  const [current = '', ...before] = joinAssignments(words).reverse();
  const previous = before.reverse();
  const name = previous.find((word) => !word.startsWith('-'));
  const command = root.commands.find((one) => one.name() === name);
  const [, option, value] = /^(--[\w-]+)=(.*)$/.exec(current) ?? [];
  if (option !== undefined && value !== undefined) {
    const found = values(optionOf(command ?? root, option)).filter(({ text }) => text.startsWith(value));
    return found.map((candidate) => ({ ...candidate, text: `${option}=${candidate.text}` }));
  }
  const all = command === undefined ? beforeCommand(root, name, current) : inCommand(command, previous, current);
  return all.filter(({ text }) => text.startsWith(current));
}

/** bash makes three words of `--option=value`. */
function joinAssignments(words: readonly string[]): string[] {
  const joined: string[] = [];
  for (const word of words) {
    const last = joined.at(-1);
    if (last?.startsWith('--') && (word === '=' || last.endsWith('='))) joined.splice(-1, 1, `${last}${word}`);
    else joined.push(word);
  }
  return joined;
}

function beforeCommand(root: Command, unknown: string | undefined, current: string): Candidate[] {
  if (unknown !== undefined) return [];
  if (current.startsWith('-')) return [...root.options.map(optionCandidate), HELP];
  return root
    .createHelp()
    .visibleCommands(root)
    .filter((command) => command.name() !== 'help')
    .map((command) => ({ text: command.name(), description: command.summary() }));
}

function inCommand(command: Command, previous: readonly string[], current: string): Candidate[] {
  const asked = optionOf(command, previous.at(-1) ?? '');
  if (asked?.required) return values(asked);
  if (current.startsWith('-')) {
    const unused = command.options.filter((option) => option.variadic || !previous.includes(option.long ?? ''));
    return [...unused.map(optionCandidate), HELP];
  }
  const argument = command.registeredArguments[positionalsIn(command, previous)];
  return argument === undefined ? [] : values(argument);
}

/** Words that are neither options nor their values, less the name of the command itself. */
function positionalsIn(command: Command, previous: readonly string[]): number {
  const positionals = previous.filter(
    (word, index) => !word.startsWith('-') && !optionOf(command, previous[index - 1] ?? '')?.required,
  );
  return positionals.length - 1;
}

function optionOf(command: Command, flag: string): Option | undefined {
  return command.options.find((option) => option.long === flag || option.short === flag);
}

function values(asked: Option | Argument | undefined): Candidate[] {
  if (asked === undefined) return [];
  const name = 'attributeName' in asked ? asked.attributeName() : asked.name();
  if (asked.argChoices !== undefined) return asked.argChoices.map((text) => ({ text, description: '' }));
  if (name !== ENVIRONMENT) return [];
  return [...environmentNames()].map(([text, file]) => ({ text, description: file }));
}

function optionCandidate({ long, short, description }: Option): Candidate {
  return { text: long ?? short ?? '', description };
}
