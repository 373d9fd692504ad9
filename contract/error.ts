/** One thing that a user can fix: where it is, what was found, which rule it breaks, what to do instead. */
export interface Mistake {
  /** File, with line and column where they are known: `environments/prod.yaml:12:5`. */
  readonly file?: string;
  /** Key in the file (`database.backupRetentionDays`) or path of the construct (`prod-database/Database`). */
  readonly path?: string;
  /** The value as the user wrote it; never a credential. */
  readonly got?: string;
  /** The rule in the user's words, without a full stop. */
  readonly rule: string;
  /** What to write or run instead. */
  readonly fix: string;
}

/** A mistake at a key of a file, before the line of the key is known. */
export interface KeyMistake extends Pick<Mistake, 'got' | 'rule' | 'fix'> {
  /** Keys that lead to the value, and positions in lists. */
  readonly path: readonly (string | number)[];
}

/**
 * The only error that this project raises for something that its user can fix. Shown without a stack trace; everything
 * else that is thrown is a bug of this project.
 */
export class ContractError extends Error {
  /** Everything that has to be fixed. */
  readonly mistakes: readonly Mistake[];

  constructor(mistakes: Mistake | readonly Mistake[]) {
    const all = [mistakes].flat();
    super(all.map(formatMistake).join('\n'));
    this.name = 'ContractError';
    this.mistakes = all;
  }
}

function formatMistake({ file, path, got, rule, fix }: Mistake): string {
  const place = [file, path].filter((part) => part !== undefined).join(' ');
  const value = got === undefined ? '' : `\n  got:  ${got}`;
  return `${place === '' ? 'error' : place}${value}\n  rule: ${rule}\n  fix:  ${fix}`;
}
