import { missingClientTools } from '../../commands/shared/client-tools';

/** Whether the machine has the client that the Jobs' image brings; where CI requires it, its absence is a failure. */
export function hasClientTools(serverMajor: number): boolean {
  const missing = missingClientTools(serverMajor);
  if (missing === undefined) return true;
  if (process.env.REQUIRE_PSQL !== undefined) throw new Error(`CI requires the client: ${missing}`);
  console.warn(`NOT RUN, because the client is missing: ${missing}`);
  return false;
}
