import type { Environment } from '../environment/environment';
import { connectionsOfCapacity } from './aurora-capacity';
import { connectionsOf, memoryOf } from './instance-classes';

/** Memory of an Aurora capacity unit. */
const GIB_PER_UNIT = 2;

/** What the server of an environment has, as far as it is known. */
export interface DatabaseCapacity {
  /** Memory in GiB. */
  readonly memoryGib?: number;
  /** Connections that it accepts, reserved ones included. */
  readonly connections?: number;
}

/** A serverless database is measured at its maximum: by that it derives its connections and reports its free memory. */
export function databaseCapacity({ aurora, instanceClass, maxConnections }: Environment['database']): DatabaseCapacity {
  const { minimumCapacity, maximumCapacity } = aurora ?? {};
  if (minimumCapacity === undefined || maximumCapacity === undefined) {
    return { memoryGib: memoryOf(instanceClass), connections: maxConnections ?? connectionsOf(instanceClass) };
  }
  return {
    memoryGib: maximumCapacity * GIB_PER_UNIT,
    connections: connectionsOfCapacity(minimumCapacity, maximumCapacity),
  };
}
