import type { z } from 'zod';
import { dailyWindow, weeklyWindow, windowsOverlap } from '../aws/windows';
import { AUTHENTICATION_RULES } from './authentication-rules';
import { BACKUP_RULES } from './backup-rules';
import { atMost, below, type CrossKeyRule, Keys } from './cross-key-rule';
import { AURORA_RULES, isAurora } from './database/aurora';
import { CONNECTION_RULES } from './database/connection-rules';
import { NETWORK_RULES } from './database/network-rules';
import { REPLICATION_RULES } from './database/replication';
import { RESTORE_RULES } from './database/restore-rules';
import { keyRegion } from './encryption';
import { SECRETS_RULES } from './secrets';

/** Size from which RDS lets gp3 be given more than its baseline, and that baseline. */
const GP3_PROVISIONED_GIB = 400;
const GP3_IOPS = 12_000;

const RULES: readonly CrossKeyRule[] = [
  ...CONNECTION_RULES,
  ...AURORA_RULES,
  ...RESTORE_RULES,
  ...REPLICATION_RULES,
  {
    path: 'database.maximumStorageGib',
    broken: (keys) => {
      if (isAurora(keys)) return undefined;
      const [storage, maximum] = [keys.number('database.storageGib'), keys.number('database.maximumStorageGib')];
      return atMost(maximum, storage) ? 'more than `storageGib`' : undefined;
    },
    fix: 'write at least 1.1 times `storageGib`',
  },
  provisionedFromSize('database.iops'),
  provisionedFromSize('database.throughputMibps'),
  {
    path: 'database.throughputMibps',
    broken: (keys) => {
      if (isAurora(keys)) return undefined;
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
  {
    path: 'release.autoscaling.maximumReplicas',
    broken: (keys) => {
      const section = 'release.autoscaling';
      const fewest = keys.number(`${section}.minimumReplicas`);
      return below(keys.number(`${section}.maximumReplicas`), fewest) ? 'at least `minimumReplicas`' : undefined;
    },
    fix: 'write three times `minimumReplicas`, or leave `autoscaling` out',
  },
  ...BACKUP_RULES,
  ...NETWORK_RULES,
  ...SECRETS_RULES,
  ...AUTHENTICATION_RULES,
];

function provisionedFromSize(path: string): CrossKeyRule {
  return {
    path,
    broken: (keys) => {
      const tooSmall = below(keys.number('database.storageGib'), GP3_PROVISIONED_GIB);
      if (isAurora(keys) || keys.number(path) === undefined || !tooSmall) return undefined;
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
