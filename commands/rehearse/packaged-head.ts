import { ContractError } from '../../contract/error';
import type { EmbeddedServer } from '../embedded/server';

/** Revision of the stand-in; no version of the product has it. */
export const STAND_IN_HEAD = '00000000_01';

/** What the packaged migrations are, and what says at which revision they end. */
export interface PackagedMigrations {
  /** Shell command that runs instead of the stand-in. */
  readonly packagedMigrations?: string;
  /** Shell command that prints what `alembic heads` prints. */
  readonly packagedHead?: string;
  /** The revision itself, where no command can say it. */
  readonly expectRevision?: string;
}

/** Revision that the packaged migrations end at, or why it is not known and what to give. */
export type PackagedHead = { readonly revision: string } | { readonly reason: string };

/** A word of a shell command, quoted or not. */
const WORD = `(?:'[^']*'|"[^"]*"|[^\\s;&|'"]+)`;
/** What a command does before the migrations, and what asks the same checkout for its head has to do as well. */
const PREPARATION = new RegExp(`^(?:\\s*(?:cd|export|source|\\.)(?:\\s+${WORD})+\\s*&&)*`);
const CONFIGURATION = new RegExp(`\\s(?:-c|--config)[\\s=](${WORD})`);

/** A line of `alembic heads`: the revision, the name of its branch if it has one, and the mark. */
const HEAD = /^([0-9A-Za-z_]+)(?: \([^()]*\))? \(head\)/gm;

/** What to give where nothing says which revision the packaged migrations end at. */
const HEAD_OPTIONS =
  "give --packaged-head '<command>' that prints what `alembic heads` prints, or --expect-revision <revision>";

/**
 * Asks for the revision as the migration Job does: before anything is migrated, and without a database.
 *
 * @param recorded Revision in the record of the version that is rehearsed, if the user named one.
 * @throws ContractError where there is not exactly one, or the user's command fails.
 */
export async function packagedHead(
  server: EmbeddedServer,
  { packagedMigrations, packagedHead: given, expectRevision }: PackagedMigrations,
  recorded: string | undefined,
): Promise<PackagedHead> {
  if (packagedMigrations === undefined) return { revision: STAND_IN_HEAD };
  if (expectRevision !== undefined) return { revision: expectRevision };
  const command = given ?? headCommandFor(packagedMigrations);
  const asked = command === undefined ? undefined : await server.run(command, inheritedEnvironment());
  if (asked?.code === 0) return { revision: headIn(asked.output) };
  const failure = asked && `exit code ${asked.code}\n${asked.output.trimEnd()}`;
  if (given !== undefined) throw headFailure(failure ?? '', 'the command ends without an error', HEAD_OPTIONS);
  if (recorded !== undefined) return { revision: recorded };
  const tried = failure === undefined ? '' : `\`${command}\` ended with ${failure.split('\n')[0]}; `;
  return { reason: `${tried}${HEAD_OPTIONS}` };
}

/**
 * The command that asks the checkout of the packaged migrations for its head, or nothing where their command names no
 * configuration of Alembic.
 */
export function headCommandFor(packagedMigrations: string): string | undefined {
  const preparation = PREPARATION.exec(packagedMigrations)?.[0] ?? '';
  const rest = packagedMigrations.slice(preparation.length);
  const configuration = CONFIGURATION.exec(rest)?.[1];
  if (configuration !== undefined) return `${preparation} alembic -c ${configuration} heads`.trim();
  return /^\s*alembic\s+upgrade\s/.test(rest) ? `${preparation} alembic heads`.trim() : undefined;
}

/**
 * The revision in what `alembic heads` printed.
 *
 * @throws ContractError where there is none, or more than one: then the migrations end nowhere in particular.
 */
export function headIn(output: string): string {
  const heads = [...new Set([...output.matchAll(HEAD)].map(([, revision = '']) => revision))];
  const [head, ...others] = heads;
  if (head === undefined) {
    const rule = 'the command prints one line as `alembic heads` does: `<revision> (head)`';
    throw headFailure(output.trimEnd() || 'nothing', rule, HEAD_OPTIONS);
  }
  if (others.length === 0) return head;
  const fix = 'use a checkout of a release, or merge the heads with `alembic merge heads`';
  throw headFailure(heads.join(', '), 'the packaged migrations end at one revision', fix);
}

function headFailure(got: string, rule: string, fix: string): ContractError {
  return new ContractError({ path: 'head of the packaged migrations', got, rule, fix });
}

/** The user's environment, less everything that could lead the command to another database or identity. */
export function inheritedEnvironment(): Record<string, string> {
  const entries = Object.entries(process.env).filter(([name]) => !/^(?:PG|AGENT_BOM_|ALEMBIC_)/.test(name));
  return Object.fromEntries(entries.map(([name, value]) => [name, value ?? '']));
}
