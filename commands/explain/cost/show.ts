import type { CostEstimate } from '../../../contract/aws/cost/estimate';
import type { Terminal } from '../../shared/output/terminal';

/** Shows what an environment costs, part by part. What is unknown is said, and the sum is the least then. */
export function showCost(estimate: CostEstimate, terminal: Terminal): void {
  const { parts, region, pricesOf, currency, atLeast, isPartial } = estimate;
  terminal.line(`\n${terminal.styled('bold', 'Cost a month')}, at the prices of ${region} on ${pricesOf}`);
  const total = `${isPartial ? 'at least ' : ''}${atLeast.toFixed(2)}`;
  terminal.table(
    ['part', currency, 'for'],
    [
      ...parts.map(({ part, monthly, how }) => [part, monthly === null ? 'unknown' : monthly.toFixed(2), how]),
      [terminal.styled('bold', 'together'), total, isPartial ? 'and what is unknown' : ''],
    ],
  );
}
