// Compares the records with what is published. Ends with 0 where they agree, with 1 and a list where they do not, and with 2
// where the index cannot be asked.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ContractError } from '../../contract/error';
import { differences } from './compare';
import { publishedVersions, withSources } from './package-index';
import { RECORDS, readRecords } from './record';
import { sourceFacts } from './source-facts';

function main(): void {
  const texts = readRecords(RECORDS).map(({ version }) => readFileSync(join(RECORDS, `${version}.json`), 'utf8'));
  const found = differences(publishedVersions(), texts, (version) => withSources(version, sourceFacts));
  if (found.length === 0) process.stdout.write(`${texts.length} records agree with what is published\n`);
  for (const line of found) process.stdout.write(`${line}\n`);
  process.exitCode = found.length === 0 ? 0 : 1;
}

try {
  main();
} catch (error) {
  if (!(error instanceof ContractError)) throw error;
  process.stderr.write(`\n${error.message}\n\n`);
  process.exitCode = 2;
}
