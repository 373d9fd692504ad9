import { stringify } from 'yaml';
import { minimal, mistakesIn } from '../../support/synth/environments';

/** The environment with a number at a path of keys. */
function withNumber(path: string, number: number): object {
  const keys = path.split('.');
  const set = (section: Record<string, unknown>, [key = '', ...rest]: string[]): Record<string, unknown> => ({
    ...section,
    [key]: rest.length === 0 ? number : set((section[key] ?? {}) as Record<string, unknown>, rest),
  });
  return set(minimal(), keys);
}

/** What is said about the number itself; that other keys are missing beside it is another matter. */
function rulesFor(path: string, number: number): string[] {
  return mistakesIn(stringify(withNumber(path, number)))
    .filter((mistake) => mistake.path === path && mistake.rule.startsWith('a whole number of '))
    .map(({ rule }) => rule);
}

describe('numbers', () => {
  it.each<[string, string, number, number]>([
    ['alarms.cpuPercent', 'percent', 1, 100],
    ['alarms.storageDays', 'days', 1, 60],
    ['alarms.dumpAgeHours', 'hours', 2, 168],
    ['backup.scratchGib', 'GiB', 1, 1024],
    ['backup.dumpRetentionDays', 'days', 1, 3650],
    ['database.maxConnections', 'connections', 20, 10_000],
    ['database.storageGib', 'GiB', 20, 65_536],
    ['database.maximumStorageGib', 'GiB', 20, 65_536],
    ['database.iops', 'IOPS', 12_000, 64_000],
    ['database.throughputMibps', 'MiB/s', 500, 4000],
    ['database.backupRetentionDays', 'days', 1, 35],
    ['database.aurora.readers', 'instances', 0, 15],
    ['database.replication.retentionDays', 'days', 1, 35],
    ['release.replicas', 'pods', 1, 50],
    ['release.autoscaling.minimumReplicas', 'pods', 1, 50],
    ['release.autoscaling.maximumReplicas', 'pods', 1, 50],
    ['release.autoscaling.cpuPercent', 'percent', 10, 100],
    ['release.poolMinimum', 'connections', 1, 100],
    ['release.poolMaximum', 'connections', 1, 200],
    ['release.payloadCacheMib', 'MiB', 0, 8192],
    ['reports.retentionDays', 'days', 1, 3650],
    ['secrets.generation', 'generations', 1, 9999],
    ['secrets.recoveryWindowDays', 'days', 7, 30],
  ])('%s is a number of %s from %i to %i', (path, unit, minimum, maximum) => {
    const rule = `a whole number of ${unit} from ${minimum} to ${maximum}`;
    expect(rulesFor(path, minimum - 1)).toEqual([rule]);
    expect(rulesFor(path, minimum)).toEqual([]);
    expect(rulesFor(path, minimum + 0.5)).toEqual([rule]);
    expect(rulesFor(path, maximum)).toEqual([]);
    expect(rulesFor(path, maximum + 1)).toEqual([rule]);
  });
});
