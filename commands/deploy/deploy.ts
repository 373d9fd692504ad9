// Deploys the stacks of an environment, in order: what was planned is what is applied.
import { ContractError } from '../../contract/error';
import { PLAN_FILE, planStack, planSummary } from './stack-plan';
import { mustSucceed, runScript, stacksOf } from './terraform';

function deploy(): void {
  const [environment = ''] = process.argv.slice(2);
  const stacks = stacksOf(environment);
  for (const stack of stacks) {
    const plan = planStack(stack, stacks, { lock: true });
    process.stdout.write(planSummary(environment, [plan]));
    if (plan.skipped !== undefined) {
      throw new ContractError({
        path: plan.stack,
        got: plan.skipped,
        rule: 'the database is deployed before what reads it',
        fix: 'see above what was applied, and deploy again',
      });
    }
    if (plan.differs) {
      process.stdout.write(
        mustSucceed(stack, 'apply', '-input=false', '-no-color', '-lock-timeout=5m', PLAN_FILE).output,
      );
    }
  }
}

runScript(deploy);
