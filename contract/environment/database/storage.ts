import { GP3, leastMaximumGib } from '../../aws/storage';
import { wholeNumber } from '../field';
import { below, type Rule } from '../rule';
import { isAurora } from './aurora';

/** What the storage has where neither the file nor the props of a construct say anything else. */
export const STORAGE_DEFAULTS = { storageGib: 100, maximumStorageGib: 500 } as const;

/** The keys of the storage of an instance. */
export const storage = {
  storageGib: wholeNumber(
    20,
    65_536,
    'GiB',
    'Initial gp3 storage in GiB. It grows by itself and never shrinks.',
    'write a whole number without a unit, such as 100',
  ).default(STORAGE_DEFAULTS.storageGib),
  maximumStorageGib: wholeNumber(
    20,
    65_536,
    'GiB',
    'Limit up to which the storage grows by itself, in GiB; at least a tenth above `storageGib`.',
    'write at least 1.1 times `storageGib`',
  ).default(STORAGE_DEFAULTS.maximumStorageGib),
  iops: wholeNumber(
    12_000,
    64_000,
    'IOPS',
    'IOPS of the storage; only from 400 GiB on, where gp3 has a baseline of 12,000. Without the key it has the baseline again.',
    'leave the key out, or write 12000 to 64000 with `storageGib` 400 or more',
  ).optional(),
  throughputMibps: wholeNumber(
    500,
    4000,
    'MiB/s',
    'Throughput of the storage in MiB/s; only from 400 GiB on, where gp3 has a baseline of 500; at most a quarter of `iops`. Without the key it has the baseline again.',
    'leave the key out, or write 500 to 4000 with `storageGib` 400 or more',
  ).optional(),
};

const STORAGE = 'database.storageGib';
const MAXIMUM = 'database.maximumStorageGib';

function provisionedFromSize(path: string): Rule {
  return {
    path,
    broken: ({ whole }) => {
      const tooSmall = below(whole.number(STORAGE), GP3.provisionedGib);
      if (isAurora(whole) || whole.number(path) === undefined || !tooSmall) return undefined;
      return `left out below ${GP3.provisionedGib} GiB, where gp3 always has 3000 IOPS and 125 MiB/s`;
    },
    fix: `leave the key out, or raise \`storageGib\` to ${GP3.provisionedGib}`,
  };
}

/** Rules for the storage of an instance. */
export const STORAGE_RULES: readonly Rule[] = [
  {
    path: MAXIMUM,
    broken: ({ whole }) => {
      const storageGib = whole.number(STORAGE);
      if (isAurora(whole) || storageGib === undefined) return undefined;
      const least = leastMaximumGib(storageGib);
      if (!below(whole.number(MAXIMUM), least)) return undefined;
      return `at least a tenth above \`storageGib\`: ${least} with ${storageGib}`;
    },
    fix: 'write at least 1.1 times `storageGib`',
  },
  provisionedFromSize('database.iops'),
  provisionedFromSize('database.throughputMibps'),
  {
    path: 'database.throughputMibps',
    broken: ({ whole }) => {
      if (isAurora(whole)) return undefined;
      const iops = whole.number('database.iops') ?? GP3.iops;
      const most = Math.floor(iops / 4);
      const exceeds = below(most, whole.number('database.throughputMibps'));
      return exceeds ? `at most a quarter of \`iops\`: ${most} MiB/s at ${iops}` : undefined;
    },
    fix: 'raise `iops` to four times the throughput',
  },
];
