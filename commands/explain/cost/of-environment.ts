import { type CostEstimate, costEstimate } from '../../../contract/aws/cost/estimate';
import { findEnvironment } from '../../shared/environment/environment-files';
import { synthesizedStacks } from '../synthesized';
import { pricesFor } from './price-file';
import { quantities } from './quantities';

/** What an environment of a folder costs; nothing where a file of the folder has a mistake, or nothing can be synthesized. */
export async function costOf(name: string, directory: string): Promise<CostEstimate | undefined> {
  try {
    const found = findEnvironment(name, '--name', directory);
    const synthesis = await synthesizedStacks(name, directory);
    if ('mistake' in found || 'refusal' in synthesis) return undefined;
    const { environment } = found;
    return costEstimate(environment, quantities(synthesis.result), pricesFor(environment.region, directory));
  } catch {
    return undefined;
  }
}
