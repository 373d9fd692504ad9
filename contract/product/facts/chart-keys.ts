import { nearestKey } from '../../environment/review/suggestions';
import type { KeyMistake } from '../../error';
import { factsOf, isAtLeast } from '../facts';
import { type HelmValue, type HelmValues, isValues, type ValuePath } from '../helm-values';
import recorded from './chart-keys.json';

/** Keys of the chart by section; `true` where the chart takes whatever is there. */
interface KeyTree {
  readonly [key: string]: KeyTree | true;
}

const KEYS = recorded.keys as KeyTree;
/** Helm itself hands these on to every chart. */
const OF_HELM = ['global'];

/** The last version of the chart whose keys these are; the first is the first that is supported. No later one could be read. */
export const CHART_KEYS_VERSION = recorded.version;

/** A value that the chart has no key for, and ignores. */
export interface UnknownChartKey {
  /** Keys that lead to it. */
  readonly path: ValuePath;
  /** The key that may have been meant. */
  readonly near?: string;
}

/** Values that the recorded chart has no key for. What a person recorded of the version is known too. */
export function unknownChartKeys(values: HelmValues, version: string): UnknownChartKey[] {
  const later = factsOf(version).chartValues.map(({ key }) => key);
  return unknownIn(values, KEYS, [], later);
}

/** Whether a key is one of the chart, at the top of its values. */
export function isChartKey(key: string): boolean {
  return Object.hasOwn(KEYS, key);
}

/** The same as mistakes, for the versions whose keys these are. */
export function chartKeyMistakes(values: HelmValues, version: string): KeyMistake[] {
  if (!isAtLeast(CHART_KEYS_VERSION, version)) return [];
  return unknownChartKeys(values, version).map(({ path, near }) => ({
    path,
    got: String(path.at(-1)),
    rule: 'a key that the chart knows: it ignores others',
    fix: near === undefined ? 'remove the key, or move it to where the chart has it' : `did you mean ${near}?`,
  }));
}

function unknownIn(values: HelmValue, known: KeyTree, path: ValuePath, later: readonly string[]): UnknownChartKey[] {
  if (!isValues(values)) return [];
  return Object.entries(values).flatMap(([key, value]) => {
    const here = [...path, key];
    const inner = Object.hasOwn(known, key) ? known[key] : undefined;
    if (inner !== undefined) return inner === true ? [] : unknownIn(value, inner, here, later);
    const place = here.join('.');
    const isLater = later.some((name) => name === place || name.startsWith(`${place}.`));
    if (isLater || (path.length === 0 && OF_HELM.includes(key))) return [];
    return [{ path: here, near: nearestKey(key, Object.keys(known), values)?.key }];
  });
}
