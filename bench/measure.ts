/** Milliseconds that a piece of work takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Prints a ratio with its limit, and lets the process fail where it is exceeded. */
export function report(what: string, ratio: number, limit: number): void {
  console.log(`${what.padEnd(29)} ${ratio.toFixed(2)} (limit ${limit})`);
  if (!(ratio <= limit)) process.exitCode = 1;
}
