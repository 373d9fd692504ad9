import { costEstimate } from '../../contract/aws/cost/estimate';
import type { PriceList } from '../../contract/aws/cost/prices';
import type { Environment } from '../../contract/environment/environment';
import { environmentWarnings } from '../../contract/environment/review/warnings';
import { identities, networkAccess, roles } from './access';
import { connectionBudget } from './budget';
import { quantities } from './cost/quantities';
import type { StackTemplate } from './stack-template';

/** The explanation of an environment, in the shape of the JSON report. */
export type Explanation = ReturnType<typeof explain>;

/** Everything that is shown of an environment. */
export function explain(environment: Environment, stacks: readonly StackTemplate[], prices: PriceList) {
  const { name, region, cluster, namespace } = environment;
  return {
    environment: name,
    region,
    cluster: cluster.name,
    namespace,
    stacks: stacks.map((stack) => ({
      name: stack.name,
      resources: stack.resources.map(({ block, ...resource }) => resource),
      lookups: stack.lookups,
    })),
    warnings: environmentWarnings(environment),
    budget: connectionBudget(environment, stacks),
    cost: costEstimate(environment, quantities(stacks), prices),
    identities: identities(stacks),
    network: networkAccess(stacks),
    roles: roles(stacks),
  };
}
