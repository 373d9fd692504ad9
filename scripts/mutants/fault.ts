/** A mistake that somebody could make in one file, and the tests that have to notice it. */
export interface Fault {
  /** What is wrong with it, in a few words that name it. */
  readonly name: string;
  /** File of the project that it is in. */
  readonly file: string;
  /** Text that is in the file exactly once. */
  readonly find: string;
  /** What takes its place. */
  readonly replace: string;
  /**
   * Files of tests in the order in which they are run, up to the first that fails; after a `#` the names of tests, as a
   * pattern of Jest. After `##` they are names of tests that set up what they need, or leave it as it was: these are run for
   * one fault after the other without setting up their file again.
   */
  readonly tests: readonly string[];
}

/** Name, text and replacement of a fault. */
export type Row = readonly [name: string, find: string, replace: string];

/** Faults of one file. */
export function inFile(file: string, tests: readonly string[], rows: readonly Row[]): Fault[] {
  return rows.map(([name, find, replace]) => ({ name, file, find, replace, tests }));
}

/** What is wrong with the faults themselves: a text that its file does not have any more, or there more than once. */
export function staleFaults(faults: readonly Fault[], read: (file: string) => string | undefined): string[] {
  return faults.flatMap(({ name, file, find, replace }) => {
    const count = (read(file) ?? '').split(find).length - 1;
    if (count === 1 && find !== replace) return [];
    return [`${file}: ${name}: the text is there ${count} times instead of once: ${JSON.stringify(find)}`];
  });
}
