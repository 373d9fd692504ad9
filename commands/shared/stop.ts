/** What has to happen before the program ends because of a signal. */
const works = new Set<() => Promise<void>>();

/**
 * Has work done before a signal ends the program: a server is stopped, a program that must not be cut off is waited for.
 *
 * @returns Takes it back.
 */
export function beforeStop(work: () => Promise<void>): () => void {
  works.add(work);
  return () => void works.delete(work);
}

/** Does all of it. */
export async function stopAll(): Promise<void> {
  await Promise.allSettled([...works].map((work) => work()));
}
