import { z } from 'zod';

/** Something that no script could read out of what is published: the fact, where it was seen, and why it matters here. */
function byHand<Value extends z.ZodType>(value: Value) {
  return z.strictObject({ value, source: z.string().min(1), why: z.string().min(1) });
}

const revision = z.string().regex(/^\d{8}_\d{2}$/);
const table = z.string().regex(/^[a-z_]+$/);
const variable = z.string().regex(/^[A-Z][A-Z0-9_]*$/);
const json = z.json();

/** A pool of connections that each API process opens. */
const pool = z.strictObject({
  login: z.enum(['app', 'maintenance']),
  /** Connections that it keeps open; null is the setting for the smallest size. */
  minimum: z.int().positive().nullable(),
  /** Connections that it may open at most, whatever the setting for the largest size is; null where that alone decides. */
  cap: z.int().positive().nullable(),
});

/** A part of the schema whose version the API compares when it starts. */
const component = z.strictObject({ version: z.int().positive(), tables: z.array(table) });

const chart = z.strictObject({
  /** Of the names and contents of all files of the unpacked chart. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Defaults of the values that the contract sets or relies on, by path. */
  values: z.record(z.string(), json),
  /** By template, how often it refuses to render, and the values and variables that it says so about. */
  refusals: z.record(z.string(), z.strictObject({ count: z.int().positive(), names: z.array(z.string()) })),
});

const facts = z.strictObject({
  alembicHead: byHand(revision).optional(),
  backfills: z
    .array(byHand(z.strictObject({ migration: revision, table, column: z.string(), unfilled: z.string() })))
    .optional(),
  chartRules: z.array(byHand(z.string())).optional(),
  chartValues: z.array(byHand(z.strictObject({ key: z.string(), default: json.optional() }))).optional(),
  narrowedTables: z
    .array(byHand(z.strictObject({ table, privileges: z.array(z.enum(['SELECT', 'INSERT', 'UPDATE', 'DELETE'])) })))
    .optional(),
  oldWritersStop: z.array(byHand(z.strictObject({ migration: revision, table, sentence: z.string() }))).optional(),
  refusedVariables: z.array(byHand(z.strictObject({ variable, reason: z.string() }))).optional(),
  settings: z
    .array(byHand(z.strictObject({ variable, default: z.string().nullable(), meaning: z.string() })))
    .optional(),
});

/** The shape of `<version>.json`. Only what begins or ends with a version is in its file, but for the pools. */
export const factRecordSchema = z.strictObject({
  version: z.string(),
  /** When the source archive was uploaded, in UTC and whole seconds. */
  uploaded: z.iso.datetime(),
  /** Of the source archive. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Revision that the migrations of this version end at. */
  alembicHead: revision.nullable(),
  pools: z.record(z.string(), pool).nullable(),
  components: z.strictObject({ changed: z.record(z.string(), component), removed: z.array(z.string()) }).nullable(),
  /** Environment variables that the program names. */
  variables: z.strictObject({ added: z.array(variable), removed: z.array(variable) }),
  /** Read from an unpacked chart; null until somebody has one. */
  chart: chart.nullable(),
  /** What the script could not learn: names of the properties above that are null. */
  unknown: z.array(z.string()),
  /** What was filled in by a person. Writing the file again keeps it. */
  byHand: facts,
});

/** What is known of a version of the product, as its file has it. */
export type FactRecord = z.infer<typeof factRecordSchema>;
/** A pool of connections that each API process opens. */
export type ConnectionPool = z.infer<typeof pool>;
/** A part of the schema whose version the API compares when it starts. SQLite's names are among its tables. */
export type SchemaComponent = z.infer<typeof component>;
/** What an unpacked chart says. */
export type ChartFacts = z.infer<typeof chart>;
/** Facts of every kind that a person may fill in. */
export type FactsByHand = z.infer<typeof facts>;
/** An `UPDATE` of a migration that sees no rows unless its session bypasses row-level security. */
export type Backfill = NonNullable<FactsByHand['backfills']>[number]['value'];
/** A change of a table after which processes of earlier versions can no longer write to it. */
export type WriterStop = NonNullable<FactsByHand['oldWritersStop']>[number]['value'];
/** A table on which the product grants its application fewer privileges than all four on rows. */
export type NarrowedTable = NonNullable<FactsByHand['narrowedTables']>[number]['value'];
/** A variable of the API that changes what the contract has to set or may allow. */
export type ProductSetting = NonNullable<FactsByHand['settings']>[number]['value'];
/** A value that the chart knows from a version on, and its default where it is known. */
export type ChartValue = NonNullable<FactsByHand['chartValues']>[number]['value'];
