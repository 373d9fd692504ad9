import { factsOf, isAtLeast, newestVersion } from '../../product/facts';
import { CHART_KEYS_VERSION, unknownChartKeys } from '../../product/facts/chart-keys';
import { reportsAreOff } from '../api/reports';
import type { Environment } from '../environment';

/** Something about an environment that is allowed, and that whoever deploys it should know. */
export interface EnvironmentWarning {
  /** Key of the file that it is about. */
  readonly path: string;
  /** What is so, in whole sentences. */
  readonly text: string;
}

/** What to know before a deployment; empty for a version that is recorded. */
export function environmentWarnings(environment: Environment): EnvironmentWarning[] {
  const version = versionNotice(environment.release.chartVersion);
  const path = 'release.chartVersion';
  return [
    ...(version === undefined ? [] : [{ path, text: version }]),
    ...reportWarnings(environment),
    ...chartKeyWarnings(environment),
  ];
}

/** What was checked for a version without a record, and what was not; nothing for one with a record. */
export function versionNotice(version: string): string | undefined {
  const { known, recorded } = factsOf(version);
  if (known) return undefined;
  const newer = isAtLeast(version, newestVersion());
  const which = newer
    ? `newer than ${newestVersion()}, the newest version with a record`
    : 'a version without a record';
  return (
    `${version} is ${which}. Checked: the values and refused variables are those of ${recorded}, and the connection ` +
    'budget is the largest of all records. Not checked: what this version changes in the chart, in its pools and in its ' +
    'migrations. The migration Job compares the database with the revision that the image itself names.'
  );
}

function reportWarnings(environment: Environment): EnvironmentWarning[] {
  const { replicas, autoscaling } = environment.release;
  const pods = autoscaling?.maximumReplicas ?? replicas;
  if (pods < 2 || !reportsAreOff(environment)) return [];
  const text =
    `Reports are off: with ${pods} API pods and no place that they share, the API answers every export of a report with ` +
    'status 503. Name a bucket or a directory in `reports`.';
  return [{ path: 'reports.store', text }];
}

/** The keys of later charts were nowhere to be read, and a key that is missing may be new. */
function chartKeyWarnings({ release: { values, chartVersion } }: Environment): EnvironmentWarning[] {
  return unknownChartKeys(values, chartVersion).map(({ path, near }) => ({
    path: ['release.values', ...path].join('.'),
    text:
      `The chart ${CHART_KEYS_VERSION}, the last whose keys are recorded, has no such key, and a chart ignores what it does ` +
      `not know.${near === undefined ? '' : ` Did you mean ${near}?`}`,
  }));
}
