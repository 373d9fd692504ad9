import type { Environment } from '../../contract/environment/environment';
import { ContractError } from '../../contract/error';
import { UnreachableError } from '../shared/output/exit-code';
import { askCaller, IDENTITY_CHECK } from './account/identity';
import type { Preflight } from './check';
import { MACHINE_CHECKS } from './machine-checks';
import { requirementsOf } from './requirements';

const NOT_ASKED = { reason: 'not asked' };
/** What a deployment would otherwise find out halfway. kubectl and its context are no part of it: pipelines have none. */
const FAST = ['machine.aws', 'machine.variables', 'account.identity'];

/**
 * The checks of `preflight` that take a second and that every deployment depends on.
 *
 * @throws ContractError with everything that is missing; UnreachableError where AWS rejects the credentials.
 */
export async function refuseUnready(environment: Environment): Promise<void> {
  const preflight: Preflight = {
    environment,
    requirements: requirementsOf(environment),
    caller: askCaller(environment.region),
    // None of these asks for the rest.
    cluster: Promise.resolve({ ...NOT_ASKED, asked: false }),
    stacks: Promise.resolve(NOT_ASKED),
    server: Promise.resolve(NOT_ASKED),
  };
  const checks = [...MACHINE_CHECKS, IDENTITY_CHECK].filter(({ id }) => FAST.includes(id));
  const results = await Promise.all(checks.map(async (check) => ({ check, finding: await check.run(preflight) })));
  const mistakes = results
    .filter(({ finding }) => finding.status === 'fail')
    .map(({ check, finding }) => ({
      path: check.id,
      got: finding.detail,
      rule: check.proves,
      fix: finding.fix ?? check.fix(preflight),
    }));
  if (mistakes.length === 0) return;
  throw mistakes.some(({ path }) => path === 'account.identity')
    ? new UnreachableError(mistakes)
    : new ContractError(mistakes);
}
