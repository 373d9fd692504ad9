import compare from 'semver/functions/compare';
import type {
  Backfill,
  ChartFacts,
  ChartValue,
  ConnectionPool,
  FactRecord,
  NarrowedTable,
  ProductSetting,
  SchemaComponent,
  WriterStop,
} from './schema';

/** What holds at a version: its own facts and all that began before it and did not end. */
export interface AccumulatedFacts {
  /** When the source archive was uploaded, in UTC. */
  readonly uploaded: string;
  /** Alembic revision that the migrations end at. */
  readonly alembicHead: string;
  /** Pools that each API process opens, by name. */
  readonly pools: Readonly<Record<string, ConnectionPool>>;
  /** Parts of the schema whose versions the API compares when it starts, by name. */
  readonly components: Readonly<Record<string, SchemaComponent>>;
  /** Names of the environment variables that the program knows, sorted. */
  readonly variables: readonly string[];
  /** Variables that the chart refuses in `controlPlane.api.env`, each with the reason. */
  readonly refusedVariables: Readonly<Record<string, string>>;
  /** Tables on which the product grants its application fewer than all four privileges on rows. */
  readonly narrowedTables: readonly NarrowedTable[];
  /** Variables of the API that change what the contract has to set or may allow. */
  readonly settings: readonly ProductSetting[];
  /** Values that the chart knows, as far as a person recorded them. */
  readonly chartValues: readonly ChartValue[];
  /** When the chart refuses to render, in sentences, as far as a person recorded them. */
  readonly chartRules: readonly string[];
  /** What the unpacked chart of this very version says; null where nobody had it. */
  readonly chart: ChartFacts | null;
}

/** Sorts records by version, by the rules of Semantic Versioning. */
export function byVersion(one: FactRecord, other: FactRecord): number {
  return compare(one.version, other.version);
}

/**
 * Adds the records of a version and of all before it up.
 *
 * @param records In ascending order, at least one.
 * @throws Error where neither the script nor a person filled in what every version has.
 */
export function accumulate(records: readonly FactRecord[]): AccumulatedFacts {
  const newest = records.at(-1);
  const alembicHead = newest?.alembicHead ?? newest?.byHand.alembicHead?.value;
  const pools = records.findLast((record) => record.pools !== null)?.pools;
  if (newest === undefined || alembicHead === undefined || pools === undefined || pools === null)
    throw new Error(`nothing says what the Alembic head or the pools of ${newest?.version ?? 'no version'} are`);
  const byHand = records.map((record) => record.byHand);
  const refused = byHand.flatMap(({ refusedVariables = [] }) => refusedVariables);
  return {
    uploaded: newest.uploaded,
    alembicHead,
    pools,
    components: componentsAfter(records),
    variables: variablesAfter(records),
    refusedVariables: Object.fromEntries(refused.map(({ value }) => [value.variable, value.reason])),
    narrowedTables: byHand.flatMap(({ narrowedTables = [] }) => narrowedTables.map(({ value }) => value)),
    settings: byHand.flatMap(({ settings = [] }) => settings.map(({ value }) => value)),
    chartValues: byHand.flatMap(({ chartValues = [] }) => chartValues.map(({ value }) => value)),
    chartRules: byHand.flatMap(({ chartRules = [] }) => chartRules.map(({ value }) => value)),
    chart: newest.chart,
  };
}

/** Parts of the schema at the end of some records; empty without any. */
export function componentsAfter(records: readonly FactRecord[]): Record<string, SchemaComponent> {
  const components: Record<string, SchemaComponent> = {};
  for (const { components: delta } of records) {
    Object.assign(components, delta?.changed);
    for (const name of delta?.removed ?? []) delete components[name];
  }
  return components;
}

/** Names of the environment variables at the end of some records, sorted; empty without any. */
export function variablesAfter(records: readonly FactRecord[]): string[] {
  const names = new Set<string>();
  for (const { variables } of records) {
    for (const name of variables.added) names.add(name);
    for (const name of variables.removed) names.delete(name);
  }
  return [...names].sort();
}

/** What a person recorded of the upgrade from one version to another: after the first, up to the second. */
export function stepsBetween(
  records: readonly FactRecord[],
  from: string,
  to: string,
): { backfills: Backfill[]; oldWritersStop: WriterStop[] } {
  const steps = records.filter(({ version }) => compare(version, from) > 0 && compare(version, to) <= 0);
  return {
    backfills: steps.flatMap(({ byHand }) => (byHand.backfills ?? []).map(({ value }) => value)),
    oldWritersStop: steps.flatMap(({ byHand }) => (byHand.oldWritersStop ?? []).map(({ value }) => value)),
  };
}
