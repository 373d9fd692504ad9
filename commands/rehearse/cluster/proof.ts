import type { Environment } from '../../../contract/environment/environment';
import { CHECKS, type CheckResult } from '../../../contract/postgres/checks';
import { checkApiInCluster } from '../../doctor/api-access';
import { verifyInCluster } from '../../doctor/cluster-verification';
import { checkPods } from '../../doctor/pod-checks';
import type { Kubectl } from '../../shared/cluster/kubectl';

/** Asks what `doctor` asks of an environment, but for what only AWS can answer. */
export async function proveContract(
  kubectl: Kubectl,
  environment: Environment,
  more: readonly CheckResult[],
  onProgress: (what: string) => void,
): Promise<CheckResult[]> {
  const verification = await verifyInCluster(kubectl, environment, onProgress);
  const others = await Promise.all([checkPods(kubectl), checkApiInCluster(kubectl, environment, undefined)]);
  const found = [...verification.results, ...others.flat(), ...more];
  const results = new Map(found.map((result) => [result.id, result]));
  return CHECKS.map(({ id }) => {
    const detail = `not checked: ${verification.failure ?? 'nothing answered'}`;
    return results.get(id) ?? { id, status: 'skip', detail };
  });
}
