import type { CostEstimate } from '../../../contract/aws/cost/estimate';
import { COMMAND } from '../../shared/command-line';
import type { Terminal } from '../../shared/output/terminal';

/**
 * Shows what an environment costs, part by part. What is unknown is said, and the sum is the least then; where no price is
 * known, how to get them is said instead.
 */
export function showCost(estimate: CostEstimate, environment: string, terminal: Terminal): void {
  const { parts, region, pricesOf, currency, atLeast, isPartial } = estimate;
  const title = terminal.styled('bold', 'Cost a month');
  if (parts.length > 0 && parts.every(({ monthly }) => monthly === null)) {
    terminal.line(`\n${title}: unknown, because no prices of ${region} are here`);
    terminal.line(`${COMMAND} explain ${environment} --refresh-prices reads them from AWS`);
    return;
  }
  terminal.line(`\n${title}, at the prices of ${region} on ${pricesOf}`);
  const total = `${isPartial ? 'at least ' : ''}${atLeast.toFixed(2)}`;
  terminal.table(
    ['part', currency, 'for'],
    [
      ...parts.map(({ part, monthly, how }) => [part, monthly === null ? 'unknown' : monthly.toFixed(2), how]),
      [terminal.styled('bold', 'together'), total, isPartial ? 'and what is unknown' : ''],
    ],
  );
}
