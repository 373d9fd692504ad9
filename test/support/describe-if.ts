/**
 * `describe` where the condition holds, and elsewhere one skipped test: Jest runs the body of `describe.skip` as well, but no
 * hook that removes what the body has made.
 */
export const describeIf = (condition: boolean): ((name: string, body: () => void) => void) =>
  condition ? describe : (name) => test.skip(name, () => undefined);

/** `describe.each`, and one skipped test where there is no value. */
export const describeEachOf = <T extends string>(values: readonly T[]) => {
  const skipped: (name: string, body: (value: T) => void) => void = (name) => test.skip(name, () => undefined);
  return values.length > 0 ? describe.each(values) : skipped;
};
