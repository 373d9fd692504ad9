import { CHECKS, type CheckResult, type CheckStatus } from '../../../contract/postgres/checks';
import { checkPods } from '../../doctor/pod-checks';
import type { Kubectl } from '../../shared/kubectl';
import type { ClusterRehearsal } from './rehearse-cluster';

const VERIFYING_JOB = 'agent-bom-migrate-monthly';
/** A line of the verification: status, id of the check, detail. */
const LINE = /^(pass|fail|skip) +([\w.-]+) +(.*)$/gm;

/** Verifies in the cluster, from the image, the files and the Secrets of the migration Job. */
export async function proveContract(
  rehearsal: ClusterRehearsal,
  kubectl: Kubectl,
  more: readonly CheckResult[],
): Promise<CheckResult[]> {
  const job = await rehearsal.runNow(VERIFYING_JOB);
  const log = await kubectl.text(['logs', `job/${job}`, '--container', 'verify']);
  const verified = [...log.matchAll(LINE)].map(([, status, id = '', detail = '']) => ({
    id,
    status: status as CheckStatus,
    detail,
  }));
  const results = new Map(
    [...verified, await checkPods(kubectl.target.namespace ?? ''), ...more].map((one) => [one.id, one]),
  );
  return CHECKS.map(({ id }) => results.get(id) ?? { id, status: 'skip', detail: 'not checked' });
}
