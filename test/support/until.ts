import { setTimeout } from 'node:timers/promises';

const DEADLINE_MS = 20_000;
const POLL_MS = 10;

/** Waits for a condition that another process brings about, and fails when it does not. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`the condition did not come true in ${DEADLINE_MS} ms: ${condition}`);
    await setTimeout(POLL_MS);
  }
}
