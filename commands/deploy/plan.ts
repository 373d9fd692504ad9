// Plans the stacks of an environment, in order, and lists what would change.
import { appendFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { planCounts, planStacks, planSummary } from './stack-plan';
import { environmentNames, runScript, stacksOf } from './terraform';

const DRIFT = 2;

function plan(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      list: { type: 'boolean', default: false },
      'detailed-exitcode': { type: 'boolean', default: false },
      summary: { type: 'string' },
      counts: { type: 'string' },
    },
  });
  if (values.list) {
    process.stdout.write(`${JSON.stringify(environmentNames())}\n`);
    return;
  }
  const [environment = ''] = positionals;
  const plans = planStacks(stacksOf(environment), { lock: false });
  const summary = planSummary(environment, plans);
  process.stdout.write(summary);
  if (values.summary !== undefined) appendFileSync(values.summary, summary);
  if (values.counts !== undefined) writeFileSync(values.counts, `${JSON.stringify(planCounts(plans))}\n`);
  if (values['detailed-exitcode'] && plans.some(({ differs }) => differs)) process.exitCode = DRIFT;
}

runScript(plan);
