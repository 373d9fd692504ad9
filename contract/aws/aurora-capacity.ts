/** Bounds of the capacity of Aurora Serverless v2, in Aurora capacity units (ACU) of about 2 GiB of memory each. */
export const CAPACITY = { largest: 256, smallestMaximum: 1, step: 0.5 };

/**
 * Connections by the maximum capacity, as AWS documents them: 189 at 1 ACU, 823 at 4, 1669 at 8, 3360 at 16 and 5000 from
 * 32 on. They lie on a line: so many for each unit, less what the server keeps for itself.
 */
const CONNECTIONS_PER_UNIT = 211.375;
const KEPT_BY_THE_SERVER = 22.5;
const CONNECTIONS_CAP = 5000;
/** The cap for a server that may shrink to this capacity or to nothing. */
const SMALL_MINIMUM = 0.5;
const SMALL_MINIMUM_CAP = 2000;

/**
 * Connections that a serverless instance accepts, reserved ones included. Aurora derives them from the maximum capacity,
 * whatever the capacity of the moment is.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html#aurora-serverless-v2.max-connections
 */
export function connectionsOfCapacity(minimum: number, maximum: number): number {
  const cap = minimum <= SMALL_MINIMUM ? SMALL_MINIMUM_CAP : CONNECTIONS_CAP;
  return Math.min(cap, Math.round(CONNECTIONS_PER_UNIT * maximum - KEPT_BY_THE_SERVER));
}

/** The smallest maximum capacity that accepts so many connections. */
export function smallestMaximumFor(connections: number, minimum: number): number | undefined {
  for (let maximum = CAPACITY.smallestMaximum; maximum <= CAPACITY.largest; maximum += CAPACITY.step) {
    if (maximum >= minimum && connectionsOfCapacity(minimum, maximum) >= connections) return maximum;
  }
  return undefined;
}
