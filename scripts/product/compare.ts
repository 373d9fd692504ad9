import type { FactRecord } from '../../contract/product/facts/schema';
import type { Published } from './package-index';
import { recordOf, recordText } from './record';
import type { SourceFacts } from './source-facts';

/**
 * What is published and not what the records say, a line each; none where they agree.
 *
 * @param texts Files of the records, in ascending order of their versions.
 * @param sourcesOf Reads the sources of a version. It is asked for the newest that is recorded.
 */
export function differences(
  published: readonly Published[],
  texts: readonly string[],
  sourcesOf: (version: string) => SourceFacts,
): string[] {
  const records = texts.map((text) => JSON.parse(text) as FactRecord);
  const rows = published.map((row) => {
    const record = records.find(({ version }) => version === row.version);
    if (record === undefined) return `${row.version} is new, of ${row.uploaded.slice(0, 10)}`;
    if (record.sha256 === row.sha256 && record.uploaded === row.uploaded) return undefined;
    return `${row.version} was published again: its archive is not the one that the record is of`;
  });
  const gone = records
    .filter(({ version }) => !published.some((row) => row.version === version))
    .map(({ version }) => `${version} is no longer published`);
  return [...rows.filter((row) => row !== undefined), ...gone, ...newestDiffers(published, records, texts, sourcesOf)];
}

function newestDiffers(
  published: readonly Published[],
  records: readonly FactRecord[],
  texts: readonly string[],
  sourcesOf: (version: string) => SourceFacts,
): string[] {
  const newest = records.at(-1);
  const row = published.find(({ version }) => version === newest?.version);
  if (row === undefined) return [];
  const text = recordText(recordOf({ published: row, sources: sourcesOf(row.version) }, records));
  return text === texts.at(-1) ? [] : [`${row.version} is not recorded the way that the script writes it today`];
}
