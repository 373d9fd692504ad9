import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUNDLED_PRICES, type PriceList } from '../../../contract/aws/cost/prices';
import { ContractError } from '../../../contract/error';

/** Prices that were read from AWS, next to the environment files. */
const FILE = 'prices.json';

/**
 * The prices next to the environment files, or those that come with the project for the regions that the file lacks.
 *
 * @throws ContractError when the file is no list of prices.
 */
export function readPrices(directory: string): PriceList {
  const file = join(directory, FILE);
  if (!existsSync(file)) return BUNDLED_PRICES;
  const read = parse(readFileSync(file, 'utf8'));
  if (read === undefined) {
    throw new ContractError({
      file,
      got: 'something else',
      rule: 'prices as `explain --refresh-prices` writes them',
      fix: 'delete the file, or write it again',
    });
  }
  return read;
}

/** The list that holds prices for a region: the one next to the environment files first. */
export function pricesFor(region: string, directory: string): PriceList {
  const read = readPrices(directory);
  return Object.hasOwn(read.regions, region) ? read : BUNDLED_PRICES;
}

/** Adds a region to the file. @returns Its path. */
export function writePrices(directory: string, list: PriceList): string {
  const file = join(directory, FILE);
  const before = existsSync(file) ? readPrices(directory).regions : {};
  const content = { ...list, regions: { ...before, ...list.regions } };
  writeFileSync(file, `${JSON.stringify(content, undefined, 2)}\n`);
  return file;
}

function parse(text: string): PriceList | undefined {
  try {
    const { date, source, currency, regions } = JSON.parse(text);
    const complete = [date, source, currency].every((value) => typeof value === 'string');
    return complete && typeof regions === 'object' && regions !== null
      ? { date, source, currency, regions }
      : undefined;
  } catch {
    return undefined;
  }
}
