import compare from 'semver/functions/compare';
import { ContractError } from '../error';
import broken from './facts/broken.json';
import { type AccumulatedFacts, accumulate, byVersion, stepsBetween } from './facts/history';
import { FACT_RECORDS } from './facts/records';
import { type Backfill, type ConnectionPool, factRecordSchema, type WriterStop } from './facts/schema';

/** The first version with an identity each for the application, its maintenance and the migrations. */
export const PRODUCT_FLOOR = '0.98.3';

/** A version that this contract refuses. */
interface BrokenVersion {
  readonly version: string;
  readonly reason: string;
}

const BROKEN: readonly BrokenVersion[] = broken;
const RECORDS = FACT_RECORDS.map((record) => factRecordSchema.parse(record)).sort(byVersion);

/** What is known of a version of the product. */
export interface ProductFacts extends AccumulatedFacts {
  /** The version that was asked for. */
  readonly version: string;
  /** The version whose facts these are: the newest that is recorded and not above the one that was asked for. */
  readonly recorded: string;
  /** Whether both are the same. Of a version that is not recorded, nobody knows what it changes. */
  readonly known: boolean;
}

/** Versions with a record, in ascending order. */
export function knownVersions(): string[] {
  return RECORDS.map(({ version }) => version);
}

/** What a version looks like: three numbers. Longer ones are beyond what can be compared. */
export const VERSION_PATTERN = /^(?:0|[1-9]\d{0,5})(?:\.(?:0|[1-9]\d{0,5})){2}$/;

/** The newest version with a record. */
export function newestVersion(): string {
  return knownVersions().at(-1) ?? PRODUCT_FLOOR;
}

/** Whether a version is another one or newer, by the rules of Semantic Versioning: 0.100.0 is newer than 0.99.0. */
export function isAtLeast(version: string, other: string): boolean {
  return compare(version, other) >= 0;
}

/** By version: an environment file asks dozens of times, mostly for the same one. */
const addedUp = new Map<string, ProductFacts>();

/**
 * What holds at a version. Of one without a record, these are the facts of the newest recorded one below it.
 *
 * @throws ContractError where the version is none, is older than the floor, or is known to be broken.
 */
export function factsOf(version: string): ProductFacts {
  refuse(version);
  const facts = addedUp.get(version) ?? addUp(version);
  addedUp.set(version, facts);
  return facts;
}

function addUp(version: string): ProductFacts {
  const records = RECORDS.filter((record) => isAtLeast(version, record.version));
  const recorded = records.at(-1)?.version ?? PRODUCT_FLOOR;
  return { ...accumulate(records), version, recorded, known: recorded === version };
}

/**
 * Alembic revision that the migrations of a version end at; undefined for a version without a record, whose image is the
 * only one to know.
 */
export function recordedHead(version: string): string | undefined {
  const { known, alembicHead } = factsOf(version);
  return known ? alembicHead : undefined;
}

/** Pools that each API process of a version may open; for a version without a record, those of every record. */
export function poolsOf(version: string): Readonly<Record<string, ConnectionPool>>[] {
  const { known, pools } = factsOf(version);
  return known ? [pools] : knownVersions().map((recorded) => factsOf(recorded).pools);
}

/** Whether the chart of a version has a value that a person recorded, by its path or the path of what is in it. */
export function hasChartValue(version: string, path: string): boolean {
  return factsOf(version).chartValues.some(({ key }) => key === path || key.startsWith(`${path}.`));
}

/** Whether the API of a version has a variable that a person recorded among its settings. */
export function hasSetting(version: string, variable: string): boolean {
  return factsOf(version).settings.some((setting) => setting.variable === variable);
}

/** The first version that has a variable of the API among its settings. */
export function settingSince(variable: string): string {
  const first = RECORDS.find(({ byHand }) => byHand.settings?.some(({ value }) => value.variable === variable));
  if (first === undefined) throw new Error(`no record has the setting ${variable}`);
  return first.version;
}

/**
 * Tables that processes of the old version can no longer write to when the database has the schema of the new one, in the
 * order of the migrations; none where the new version is not newer.
 *
 * @throws ContractError where `factsOf` does, for either version.
 */
export function oldWritersStop(from: string, to: string): WriterStop[] {
  return between(from, to).oldWritersStop;
}

/**
 * The same for whatever version runs: what `oldWritersStop` says of the oldest one. Who deploys the version does not know
 * which one runs, so that the database decides which of these migrations are still ahead.
 */
export function writerStopsUpTo(version: string): WriterStop[] {
  return oldWritersStop(PRODUCT_FLOOR, version);
}

/**
 * Backfills of the migrations from one version to another that see no rows unless their session bypasses row-level
 * security, in the order of the migrations; none where the new version is not newer.
 *
 * @throws ContractError where `factsOf` does, for either version.
 */
export function backfills(from: string, to: string): Backfill[] {
  return between(from, to).backfills;
}

function between(from: string, to: string): ReturnType<typeof stepsBetween> {
  refuse(from);
  refuse(to);
  return stepsBetween(RECORDS, from, to);
}

function refuse(version: string): void {
  const rule = versionRule(version);
  if (rule !== undefined) throw new ContractError({ got: version, rule, fix: versionFix() });
}

/** The rule that a version breaks, if it breaks one. */
export function versionRule(version: string): string | undefined {
  if (!VERSION_PATTERN.test(version)) return `a version is three numbers, such as ${newestVersion()}`;
  if (!isAtLeast(version, PRODUCT_FLOOR))
    return `a version from ${PRODUCT_FLOOR} on: earlier ones do not have the identities of this contract`;
  const found = BROKEN.find((row) => row.version === version);
  return found && `not a version that is known to be broken: ${found.reason}`;
}

/** What to write instead of a version that is refused. */
export function versionFix(): string {
  return `write ${newestVersion()}, or another version from ${PRODUCT_FLOOR} on`;
}
