import {
  AURORA_CLASSES,
  CAPACITY,
  connectionsOf,
  connectionsOfCapacity,
  INSTANCE_CLASS,
  INSTANCE_CLASSES,
  smallestClassFor,
  smallestMaximumFor,
} from '../../aws/capacity';
import { type ConnectionLimits, connectionLimits, connectionsNeeded } from '../../postgres/connection-budget';
import { versionRule } from '../../product/facts';
import { classOfParts, nearest } from '../review/suggestions';
import type { Keys, Rule } from '../rule';
import { isAurora, isServerless } from './aurora';

/** Rules that the server, whatever its kind, accepts the connections that the replicas and pools need. */
export const CONNECTION_RULES: readonly Rule[] = [
  {
    path: 'database.instanceClass',
    broken: ({ whole: keys }) => {
      if (isServerless(keys) || keys.given('database.existing')) return undefined;
      if (keys.number('database.maxConnections') !== undefined) return undefined;
      return tooFew(keys, connectionsOfClass(keys));
    },
    fix: ({ whole: keys }) => {
      const given = keys.text('database.instanceClass') ?? '';
      const classes = isAurora(keys) ? AURORA_CLASSES : INSTANCE_CLASSES;
      const fits = smallestClassFor(needed(keys), given, classes);
      return fits === undefined ? lowerThePools(keys) : `write ${fits} or a larger class`;
    },
  },
  {
    path: 'database.maxConnections',
    broken: ({ whole: keys }) => {
      if (isServerless(keys)) return undefined;
      const given = keys.text('database.instanceClass') ?? '';
      const known = !INSTANCE_CLASS.test(given) || connectionsOf(given) !== undefined;
      const connections = keys.number('database.maxConnections');
      if (connections !== undefined) return tooFew(keys, connections);
      return known || keys.given('database.existing') || nearestClass(keys) !== undefined
        ? undefined
        : `required for a class whose memory is not known here: ${given}`;
    },
    fix: ({ whole: keys }) =>
      keys.number('database.maxConnections') === undefined && !keys.given('database.existing')
        ? 'check the name of the class first; if RDS offers it, write the connections that its memory allows: bytes / 9531392'
        : `write ${needed(keys)} or more, if the memory of the server allows it`,
  },
  {
    path: 'database.instanceClass',
    broken: ({ whole: keys }) => {
      const given = keys.text('database.instanceClass') ?? '';
      const isKnown = connectionsOf(given) !== undefined || keys.number('database.maxConnections') !== undefined;
      if (isKnown || isServerless(keys) || keys.given('database.existing') || !INSTANCE_CLASS.test(given))
        return undefined;
      return nearestClass(keys) === undefined ? undefined : 'a class of RDS that is known here';
    },
    fix: ({ whole: keys }) => `did you mean ${nearestClass(keys)}? Any other class needs \`maxConnections\``,
  },
  {
    path: 'database.aurora.maximumCapacity',
    broken: ({ whole: keys }) => {
      const [minimum, maximum] = capacities(keys);
      if (!isAurora(keys) || minimum === undefined || maximum === undefined) return undefined;
      if (maximum < CAPACITY.smallestMaximum) return undefined;
      return tooFew(keys, connectionsOfCapacity(minimum, maximum));
    },
    fix: ({ whole: keys }) => {
      const [minimum = 0] = capacities(keys);
      const fits = smallestMaximumFor(needed(keys), minimum);
      if (fits !== undefined) return `write ${fits} or more`;
      const higher = smallestMaximumFor(needed(keys), 1);
      return higher === undefined
        ? lowerThePools(keys)
        : `write ${higher} or more, and \`minimumCapacity\` 1 or more: below it Aurora accepts 2000 connections at most`;
    },
  },
];

/** Nothing for a class that is not known, or that Aurora does not offer: another rule reports that. */
function connectionsOfClass(keys: Keys): number | undefined {
  const given = keys.text('database.instanceClass') ?? '';
  const offered = !isAurora(keys) || AURORA_CLASSES.some(({ name }) => name === given);
  return offered ? connectionsOf(given) : undefined;
}

/** The class that a name which is not known here may mean. */
function nearestClass(keys: Keys): string | undefined {
  const classes = isAurora(keys) ? AURORA_CLASSES : INSTANCE_CLASSES;
  return nearestOf(
    keys.text('database.instanceClass') ?? '',
    classes.map(({ name }) => name),
  );
}

/** A family with a higher number than those in the list may be a new one; every other that is not there is a mistake. */
function nearestOf(given: string, names: readonly string[]): string | undefined {
  const [, letter = '', generation = ''] = /^db\.([a-z]+)(\d+)/.exec(given) ?? [];
  const known = names.map((name) => Number(new RegExp(`^db\\.${letter}(\\d+)`).exec(name)?.[1] ?? 0));
  return Number(generation) > Math.max(...known) ? undefined : (classOfParts(given, names) ?? nearest(given, names));
}

const NO_LIMITS: ConnectionLimits = { app: 0, maintenance: 0, backup: 0 };

function capacities(keys: Keys): [minimum: number | undefined, maximum: number | undefined] {
  return [keys.number('database.aurora.minimumCapacity'), keys.number('database.aurora.maximumCapacity')];
}

function needed(keys: Keys): number {
  return connectionsNeeded(limitsOf(keys) ?? NO_LIMITS);
}

/** The key that says how many API pods there are at most. */
function podsKey(keys: Keys): string {
  const maximum = 'autoscaling.maximumReplicas';
  return keys.number(`release.${maximum}`) === undefined ? 'replicas' : maximum;
}

function lowerThePools(keys: Keys): string {
  return `lower \`release.${podsKey(keys)}\` or \`release.poolMaximum\``;
}

function limitsOf(keys: Keys): ConnectionLimits | undefined {
  const replicas = keys.number(`release.${podsKey(keys)}`);
  const poolMinimum = keys.number('release.poolMinimum');
  const poolMaximum = keys.number('release.poolMaximum');
  const chartVersion = keys.text('release.chartVersion') ?? '';
  if (replicas === undefined || poolMinimum === undefined || poolMaximum === undefined) return undefined;
  if (versionRule(chartVersion) !== undefined) return undefined;
  return connectionLimits({ chartVersion, replicas, poolMinimum, poolMaximum });
}

function tooFew(keys: Keys, connections: number | undefined): string | undefined {
  const limits = limitsOf(keys);
  if (connections === undefined || limits === undefined || connections >= connectionsNeeded(limits)) return undefined;
  const { app, maintenance, backup } = limits;
  return (
    `room for ${connectionsNeeded(limits)} connections (${app} application, ${maintenance} maintenance, ` +
    `${backup} backup, the rest administration and reserve), where this has ${connections}`
  );
}
