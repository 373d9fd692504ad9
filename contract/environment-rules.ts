import type { z } from 'zod';
import { type ConnectionLimits, connectionLimits, connectionsNeeded } from './connection-budget';
import { keyRegion } from './environment-encryption';
import { connectionsOf, INSTANCE_CLASS, smallestClassFor } from './instance-classes';
import { dailyWindow, weeklyWindow, windowsOverlap } from './windows';

/** A rule between two keys or more, for which each of them alone may be right. */
interface CrossKeyRule {
  /** The key that is reported, with the dots of a message. */
  readonly path: string;
  /** The rule in the user's words if the environment breaks it. Keys that are wrong by themselves read as undefined. */
  readonly broken: (keys: Keys) => string | undefined;
  /** What to write instead. */
  readonly fix: string | ((keys: Keys) => string);
}

/** The keys of a file of which any may be wrong or missing. */
class Keys {
  constructor(private readonly content: unknown) {}

  number(path: string): number | undefined {
    const value = this.at(path);
    return typeof value === 'number' ? value : undefined;
  }

  text(path: string): string | undefined {
    const value = this.at(path);
    return typeof value === 'string' ? value : undefined;
  }

  has(path: string): boolean {
    return this.at(path) !== undefined;
  }

  private at(path: string): unknown {
    return path
      .split('.')
      .reduce<unknown>((value, key) => (value as Record<string, unknown> | null | undefined)?.[key], this.content);
  }
}

/** Size from which RDS lets gp3 be given more than its baseline, and that baseline. */
const GP3_PROVISIONED_GIB = 400;
const GP3_IOPS = 12_000;

const RULES: readonly CrossKeyRule[] = [
  {
    path: 'database.maximumStorageGib',
    broken: (keys) => {
      const [storage, maximum] = [keys.number('database.storageGib'), keys.number('database.maximumStorageGib')];
      return atMost(maximum, storage) ? 'more than `storageGib`' : undefined;
    },
    fix: 'write at least 1.1 times `storageGib`',
  },
  {
    path: 'database.instanceClass',
    broken: (keys) => {
      if (keys.number('database.maxConnections') !== undefined || keys.has('database.existing')) return undefined;
      return tooFew(keys, connectionsOf(keys.text('database.instanceClass') ?? ''));
    },
    fix: (keys) => {
      const given = keys.text('database.instanceClass') ?? '';
      const fits = smallestClassFor(connectionsNeeded(limitsOf(keys) ?? NO_LIMITS), given);
      return fits === undefined
        ? 'lower `release.replicas` or `release.poolMaximum`'
        : `write ${fits} or a larger class`;
    },
  },
  {
    path: 'database.maxConnections',
    broken: (keys) => {
      const given = keys.text('database.instanceClass') ?? '';
      const known = !INSTANCE_CLASS.test(given) || connectionsOf(given) !== undefined;
      const connections = keys.number('database.maxConnections');
      if (connections !== undefined) return tooFew(keys, connections);
      return known ? undefined : `given for a class whose memory is not known here: ${given}`;
    },
    fix: (keys) => `write ${connectionsNeeded(limitsOf(keys) ?? NO_LIMITS)} or more, as far as the memory carries it`,
  },
  provisionedFromSize('database.iops'),
  provisionedFromSize('database.throughputMibps'),
  {
    path: 'database.throughputMibps',
    broken: (keys) => {
      const iops = keys.number('database.iops') ?? GP3_IOPS;
      const most = Math.floor(iops / 4);
      const exceeds = below(most, keys.number('database.throughputMibps'));
      return exceeds ? `at most a quarter of the operations a second: ${most} MiB/s at ${iops}` : undefined;
    },
    fix: 'raise `iops` to four times the throughput',
  },
  {
    path: 'database.backupWindow',
    broken: (keys) => {
      const daily = dailyWindow(keys.text('database.backupWindow') ?? '');
      const weekly = weeklyWindow(keys.text('database.maintenanceWindow') ?? '');
      const overlap = daily !== undefined && weekly !== undefined && windowsOverlap(weekly, daily);
      return overlap ? 'a window that never overlaps `maintenanceWindow`' : undefined;
    },
    fix: 'let the backup end before the maintenance begins: `02:00-03:00` and `sun:04:30-sun:05:30`',
  },
  {
    path: 'encryption.keyArn',
    broken: (keys) => {
      const [found, region] = [keyRegion(keys.text('encryption.keyArn') ?? ''), keys.text('region')];
      const differs = found !== undefined && region !== undefined && found !== region;
      return differs ? 'a key of the region that the environment is in' : undefined;
    },
    fix: 'write the ARN of a key, or of the replica of a multi-region key, in that region',
  },
  {
    path: 'release.poolMaximum',
    broken: (keys) => {
      const [minimum, maximum] = [keys.number('release.poolMinimum'), keys.number('release.poolMaximum')];
      return below(maximum, minimum) ? 'at least `poolMinimum`' : undefined;
    },
    fix: 'write 20',
  },
];

const NO_LIMITS: ConnectionLimits = { app: 0, maintenance: 0, backup: 0 };

function limitsOf(keys: Keys): ConnectionLimits | undefined {
  const replicas = keys.number('release.replicas');
  const poolMinimum = keys.number('release.poolMinimum');
  const poolMaximum = keys.number('release.poolMaximum');
  if (replicas === undefined || poolMinimum === undefined || poolMaximum === undefined) return undefined;
  return connectionLimits({ replicas, poolMinimum, poolMaximum });
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

function provisionedFromSize(path: string): CrossKeyRule {
  return {
    path,
    broken: (keys) => {
      const tooSmall = below(keys.number('database.storageGib'), GP3_PROVISIONED_GIB);
      if (keys.number(path) === undefined || !tooSmall) return undefined;
      return `left out below ${GP3_PROVISIONED_GIB} GiB, where gp3 is always 3000 operations a second and 125 MiB/s`;
    },
    fix: `leave the key out, or raise \`storageGib\` to ${GP3_PROVISIONED_GIB}`,
  };
}

/** Adds the rules between keys to the schema. They are asked although a key is wrong, so that all mistakes show at once. */
export function withCrossKeyRules<Schema extends z.ZodType>(schema: Schema): Schema {
  return schema.superRefine(
    (content, { addIssue }) => {
      const keys = new Keys(content);
      for (const { path, broken, fix } of RULES) {
        const rule = broken(keys);
        if (rule !== undefined)
          addIssue({
            code: 'custom',
            path: path.split('.'),
            params: { rule, fix: typeof fix === 'string' ? fix : fix(keys) },
          });
      }
    },
    { when: () => true },
  );
}

function below(one: number | undefined, other: number | undefined): boolean {
  return one !== undefined && other !== undefined && one < other;
}

function atMost(one: number | undefined, other: number | undefined): boolean {
  return one !== undefined && other !== undefined && one <= other;
}
