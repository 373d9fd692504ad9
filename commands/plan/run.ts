import { appendFileSync, writeFileSync } from 'node:fs';
import { writeApproval } from '../deploy/approval';
import { planWithRecovery } from '../deploy/recovery/recover';
import { type StackPlan, skippedPlan } from '../deploy/stack-plan';
import { constructPaths, synthesizedEnvironment } from '../deploy/stacks';
import { planCounts, planSummary, showPlan, upgradeWarning } from '../deploy/summary';
import { Terraform } from '../deploy/terraform';
import { COMMAND } from '../shared/command-line';
import { environmentNamed, readEnvironments } from '../shared/environment/environment-files';
import { environmentsDirectory } from '../shared/environment/environment-names';
import { ExitCode, UsageError } from '../shared/output/exit-code';
import { JsonReport, type JsonTarget } from '../shared/output/report';

export interface PlanCommandOptions {
  readonly environments?: string;
  readonly terraformBinary?: string;
  readonly json?: JsonTarget;
  readonly quiet?: boolean;
  /** File that the plan is appended to as Markdown. */
  readonly summary?: string;
  /** File for the counts that GitLab shows. */
  readonly counts?: string;
  /** File for what somebody approves. */
  readonly approval?: string;
  /** Whether another run has synthesized. */
  readonly synthesized?: boolean;
  readonly detailedExitcode?: boolean;
  readonly list?: boolean;
}

/** Shows what a deployment would change, and sets the exit code. Takes no lock and changes nothing. */
export async function runPlan(name: string | undefined, options: PlanCommandOptions): Promise<void> {
  const { environments: directory } = options;
  if (options.list === true) return listEnvironments(directory);
  if (name === undefined) {
    throw new UsageError({
      path: '<environment>',
      got: 'nothing',
      rule: 'the name of an environment',
      fix: 'name one',
    });
  }
  const report = new JsonReport(options.json, options.quiet);
  const { terminal, result } = report;
  const { environment } = environmentNamed(name, '<environment>', directory);
  const { stacks, warnings } = await synthesizedEnvironment(name, directory, options.synthesized);
  for (const line of warnings) terminal.line(terminal.styled('yellow', line));
  const terraform = new Terraform(options.terraformBinary);
  const plans: StackPlan[] = [];
  for (const stack of stacks) {
    await terraform.initialize(stack);
    const say = (sentence: string): void => terminal.line(`${terminal.styled('yellow', 'left over')}  ${sentence}`);
    const plan =
      (await skippedPlan(terraform, stack, stacks)) ??
      (await planWithRecovery(terraform, stack, { environment, lock: false, repair: false, say }));
    showPlan(result, plan, constructPaths(stack));
    plans.push(plan);
  }
  const warning = upgradeWarning(name, plans, directory);
  if (warning !== undefined) result.line(`\n${terminal.styled('yellow', 'warning')}: ${warning}`);
  if (options.summary !== undefined) appendFileSync(options.summary, planSummary(name, plans, directory));
  if (options.approval !== undefined) writeApproval(options.approval, name, plans);
  if (options.counts !== undefined) writeFileSync(options.counts, `${JSON.stringify(planCounts(plans))}\n`);
  const differs = plans.some((plan) => plan.differs || plan.skipped !== undefined);
  report.write({
    command: 'plan',
    environment: name,
    differs,
    warning,
    stacks: plans.map(({ file, ...plan }) => plan),
  });
  if (differs) terminal.line(`\nnext: ${COMMAND} deploy ${name}`);
  if (differs && options.detailedExitcode === true) process.exitCode = ExitCode.differs;
}

function listEnvironments(directory = environmentsDirectory()): void {
  const names = readEnvironments(directory).map(({ environment }) => environment.name);
  process.stdout.write(`${JSON.stringify(names.sort())}\n`);
}
