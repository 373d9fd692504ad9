import type { Kubectl } from '../../../commands/shared/cluster/kubectl';

export interface Answers {
  readonly answered: number;
  /** Requests that got no answer or another one than 200, as text. */
  readonly failed: readonly string[];
}

/** Below the rate that the API limits a client to, which it counts in the database for each request. */
const PAUSE_MS = 200;

/**
 * Asks the API through its Service again and again, one request after the other, until it is told to stop. The tests run
 * where the node is, so that the address of the Service leads to its pods.
 */
export async function askContinuously(kubectl: Kubectl, path: string): Promise<{ stop(): Promise<Answers> }> {
  const address = await kubectl.text([
    'get',
    'service/agent-bom-rehearsal-api',
    '--output',
    'jsonpath={.spec.clusterIP}',
  ]);
  const failed: string[] = [];
  let answered = 0;
  let stopped = false;
  const asking = (async () => {
    while (!stopped) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      try {
        const response = await fetch(`http://${address}:8422${path}`, {
          headers: { connection: 'close' },
          signal: AbortSignal.timeout(20_000),
        });
        const text = await response.text();
        if (response.status !== 200) failed.push(`${response.status} ${text}`);
        answered += 1;
      } catch (error) {
        failed.push(String((error as Error & { cause?: Error }).cause ?? error));
      }
    }
  })();
  return {
    stop: async () => {
      stopped = true;
      await asking;
      return { answered, failed };
    },
  };
}
