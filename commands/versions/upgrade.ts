import type { Environment } from '../../contract/environment/environment';
import { ContractError } from '../../contract/error';
import { factsOf, isAtLeast, oldWritersStop } from '../../contract/product/facts';
import type { WriterStop } from '../../contract/product/facts/schema';

/** What is known of a change from the version that runs to another one. */
export interface Upgrade {
  /** Whether both versions have a record, so that nothing is left to guess. */
  readonly known: boolean;
  /** What whoever deploys it has to know, in whole sentences; nothing where the running pods keep working. */
  readonly warning?: string;
}

/**
 * What an upgrade does to the API pods that run.
 *
 * @param from Version that runs.
 * @param to Version of the environment file.
 * @param dump Command that takes a dump, or a sentence where there is none.
 */
export function upgradeOf(from: string, to: string, dump: string): Upgrade {
  const unrecorded = [from, to].filter((version) => !hasRecord(version));
  const [older, newer] = isAtLeast(to, from) ? [from, to] : [to, from];
  const stops = factsExist(older) && factsExist(newer) ? oldWritersStop(older, newer) : [];
  const first = `Take a dump first: ${dump}`;
  if (stops.length > 0) return { known: unrecorded.length === 0, warning: `${consequence(from, to, stops)} ${first}` };
  if (from === to || unrecorded.length === 0) return { known: unrecorded.length === 0 };
  const names = unrecorded.join(' and ');
  const warning = `It is not known whether pods of ${from} keep working while the migration Job of ${to} runs: ${names} ${unrecorded.length === 1 ? 'has' : 'have'} no record. ${first}`;
  return { known: false, warning };
}

function consequence(from: string, to: string, stops: readonly WriterStop[]): string {
  const tables = [...new Set(stops.map(({ table }) => table))].join(' and ');
  if (!isAtLeast(to, from)) {
    return (
      `Pods of ${to} cannot write to ${tables} as ${from} has changed them, and no migration undoes that: the way back ` +
      `from ${from} to ${to} is to restore a dump that was taken with ${to}.`
    );
  }
  return (
    `Pods of ${from} cannot write to ${tables} after the migrations of ${to}. The API is scaled down before the migration ` +
    `Job starts, and starts again with ${to}. There is no automatic rollback: ${from} does not work on the new schema, ` +
    'so the way back is to restore the dump.'
  );
}

function hasRecord(version: string): boolean {
  return factsExist(version) && factsOf(version).known;
}

/** Of versions before the first one, or that are known to be broken, there are no facts. */
function factsExist(version: string): boolean {
  try {
    factsOf(version);
    return true;
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    return false;
  }
}

/** Command that takes a dump of an environment, or what to do where it makes none. */
export function dumpCommand({ namespace, backup, database }: Environment): string {
  if (!backup.enabled || database.existing !== undefined)
    return 'this environment makes none, so use a snapshot of the server';
  return `\`kubectl --namespace ${namespace} create job --from=cronjob/agent-bom-backup before-upgrade\``;
}
