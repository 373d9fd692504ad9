// Writes the record of a version of the product, or of all from the floor on, out of what is published.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runScript } from '../../commands/deploy/terraform';
import { ContractError } from '../../contract/error';
import { isAtLeast } from '../../contract/product/facts';
import type { ChartFacts } from '../../contract/product/facts/schema';
import { chartFacts } from './chart-facts';
import { type Published, publishedVersions, withSources } from './package-index';
import { indexText, RECORDS, readRecords, recordOf, recordText } from './record';
import { sourceFacts } from './source-facts';

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { all: { type: 'boolean', default: false }, chart: { type: 'string' } },
  });
  const published = publishedVersions();
  const wanted = values.all ? published : [only(published, positionals)];
  if (values.all && values.chart !== undefined)
    throw new ContractError({ got: '--all --chart', rule: 'a chart is of one version', fix: 'name the version' });
  for (const row of wanted) write(row, values.chart === undefined ? undefined : chartFacts(values.chart, row.version));
  writeFileSync(join(RECORDS, 'records.ts'), indexText(readRecords(RECORDS).map(({ version }) => version)));
}

/** The one version that was asked for. A record says what differs from the one before it, so none may come between. */
function only(published: readonly Published[], versions: readonly string[]): Published {
  const row = published.find(({ version }) => version === versions[0]);
  if (versions.length !== 1 || row === undefined)
    throw new ContractError({
      got: versions.join(' '),
      rule: 'a version that is published, and not older than the floor',
      fix: `write one of ${published.map(({ version }) => version).join(', ')}, or --all`,
    });
  const recorded = readRecords(RECORDS).map(({ version }) => version);
  const newest = recorded.at(-1);
  if (newest !== undefined && !recorded.includes(row.version) && !isAtLeast(row.version, newest))
    throw new ContractError({
      got: row.version,
      rule: `a new record is of a version after ${newest}`,
      fix: 'run `npm run product:facts -- --all`, which writes the records after it as well',
    });
  return row;
}

function write(published: Published, chart: ChartFacts | undefined): void {
  const sources = withSources(published.version, sourceFacts);
  const record = recordOf({ published, sources, chart }, readRecords(RECORDS));
  writeFileSync(join(RECORDS, `${published.version}.json`), recordText(record));
  const missing = record.unknown.length === 0 ? '' : `; to be filled in by hand: ${record.unknown.join(', ')}`;
  process.stdout.write(`${published.version}${missing}\n`);
}

runScript(main);
