/** Helm values as YAML knows them. */
export type HelmValue = string | number | boolean | null | readonly HelmValue[] | HelmValues;
/** A map of values, as a values file has it. */
export interface HelmValues {
  /** The value of a key. */
  readonly [key: string]: HelmValue;
}

/** Where a value is: keys, and positions in lists. */
export type ValuePath = readonly (string | number)[];

/** Merges each layer over those before it; lists are joined, with the items of the upper layer last. */
export function mergeValues(...layers: readonly HelmValues[]): HelmValues {
  return layers.reduce((merged, layer) => mergePair(merged, layer) as HelmValues, {});
}

function mergePair(under: HelmValue | undefined, over: HelmValue): HelmValue {
  if (Array.isArray(under) && Array.isArray(over)) return [...under, ...over];
  if (!isValues(under) || !isValues(over)) return over;
  const merged: Record<string, HelmValue> = { ...under };
  for (const [key, value] of Object.entries(over)) merged[key] = mergePair(under[key], value);
  return merged;
}

/** Whether a value is a map of values. */
export function isValues(value: HelmValue | undefined): value is HelmValues {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The name of an item in a list of named items, such as variables and volumes. */
export function itemName(item: HelmValue): string | undefined {
  return isValues(item) && typeof item.name === 'string' ? item.name : undefined;
}

/** The value at a path of keys, if there is one. */
export function valueAt(values: HelmValue | undefined, path: readonly string[]): HelmValue | undefined {
  return path.reduce<HelmValue | undefined>(
    (inner, key) => (isValues(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined),
    values,
  );
}

/** Something about every value, maps and lists included, from the outermost to the innermost. */
export function visitValues<Found>(
  value: HelmValue,
  find: (value: HelmValue, path: ValuePath) => readonly Found[],
  path: ValuePath = [],
): Found[] {
  const inner = Array.isArray(value)
    ? value.flatMap((item, index) => visitValues(item, find, [...path, index]))
    : isValues(value)
      ? Object.entries(value).flatMap(([key, item]) => visitValues(item, find, [...path, key]))
      : [];
  return [...find(value, path), ...inner];
}

/** A single value as text. Of a section or a list it is empty: a section may have a key `toString`, which `String` would call. */
export function textOf(value: unknown): string {
  return typeof value === 'object' && !(value instanceof Date) ? '' : String(value);
}
