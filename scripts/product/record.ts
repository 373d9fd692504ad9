import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { isAtLeast } from '../../contract/product/facts';
import { byVersion, componentsAfter, variablesAfter } from '../../contract/product/facts/history';
import { type ChartFacts, type FactRecord, factRecordSchema } from '../../contract/product/facts/schema';
import type { Published } from './package-index';
import type { SourceFacts } from './source-facts';

/** The folder with the records of this project. */
export const RECORDS = join(__dirname, '..', '..', 'contract', 'product', 'facts');

/** What was found out about a version. */
export interface Found {
  readonly published: Published;
  readonly sources: SourceFacts;
  /** Without it, what the record says of the chart stays. */
  readonly chart?: ChartFacts;
}

/** All records in a folder, in ascending order. */
export function readRecords(folder: string): FactRecord[] {
  return readdirSync(folder)
    .filter((file) => /^\d.*\.json$/.test(file))
    .map((file) => factRecordSchema.parse(JSON.parse(readFileSync(join(folder, file), 'utf8'))))
    .sort(byVersion);
}

/** The record of a version: what differs from the versions before it, and what a person filled in before. */
export function recordOf({ published, sources, chart }: Found, records: readonly FactRecord[]): FactRecord {
  const earlier = records.filter(({ version }) => !isAtLeast(version, published.version));
  const kept = records.find(({ version }) => version === published.version);
  const learnt = {
    alembicHead: sources.alembicHead,
    chart: chart ?? kept?.chart ?? null,
    components: sources.components && componentsSince(earlier, sources.components),
    pools: sources.pools,
  };
  return {
    ...published,
    ...learnt,
    variables: namesSince(variablesAfter(earlier), sources.variables),
    unknown: Object.entries(learnt).flatMap(([name, value]) => (value === null ? [name] : [])),
    byHand: kept?.byHand ?? {},
  };
}

/** The file of a record: always the same bytes for the same facts. */
export function recordText(record: FactRecord): string {
  return `${JSON.stringify(sorted(record), undefined, 2)}\n`;
}

/** The module with all records of these versions, which are in ascending order. */
export function indexText(versions: readonly string[]): string {
  const named = versions.map((version) => ({ version, name: `v${version.replaceAll(/\W/g, '_')}` }));
  const imports = named.map(({ version, name }) => `import ${name} from './${version}.json';\n`);
  return `// Written by \`npm run product:facts\`: a record a version of the product.
${imports.join('')}
/** The content of each file of this folder that is named after a version. */
export const FACT_RECORDS: readonly unknown[] = [
${named.map(({ name }) => `  ${name},\n`).join('')}];
`;
}

function componentsSince(earlier: readonly FactRecord[], now: NonNullable<SourceFacts['components']>) {
  const before = componentsAfter(earlier);
  const changed = Object.entries(now).filter(([name, component]) => !isDeepStrictEqual(before[name], component));
  return { changed: Object.fromEntries(changed), removed: namesSince(Object.keys(before), Object.keys(now)).removed };
}

function namesSince(before: readonly string[], now: readonly string[]): { added: string[]; removed: string[] } {
  return {
    added: now.filter((name) => !before.includes(name)).sort(),
    removed: before.filter((name) => !now.includes(name)).sort(),
  };
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
