import type { Environment } from '../../contract/environment/environment';
import { ContractError } from '../../contract/error';
import { refuseUnready } from '../preflight/before-deploy';
import { COMMAND } from '../shared/command-line';
import { environmentNamed } from '../shared/environment/environment-files';
import { confirmed } from '../shared/output/confirm';
import { ExitCode } from '../shared/output/exit-code';
import { JsonReport, type JsonTarget } from '../shared/output/report';
import type { Terminal } from '../shared/output/terminal';
import { type Approval, readApproval, refuseUnapproved } from './approval';
import { type Applied, Progress } from './progress';
import { withCluster } from './recovery/cluster-access';
import { changedDatabases, untilAvailable } from './recovery/databases';
import { type JobFailure, jobRuns } from './recovery/job-failure';
import { planWithRecovery } from './recovery/recover';
import { plannedSecrets } from './recovery/secret-failure';
import { PLAN_FILE, type StackPlan, skippedPlan } from './stack-plan';
import { constructPaths, type Stack, synthesizedEnvironment } from './stacks';
import { countsByAction, showPlan, upgradeWarning } from './summary';
import { Terraform, terraformFailure } from './terraform';

export interface DeployOptions {
  readonly environments?: string;
  readonly terraformBinary?: string;
  readonly json?: JsonTarget;
  readonly quiet?: boolean;
  /** Whether nobody is asked. */
  readonly yes?: boolean;
  /** File with what somebody approved. */
  readonly approved?: string;
  /** Whether another run has synthesized. */
  readonly synthesized?: boolean;
  /** False with `--no-preflight`. */
  readonly preflight?: boolean;
}

interface DeployedStack {
  readonly stack: string;
  readonly recovered: readonly string[];
  readonly changes: StackPlan['changes'];
  readonly applied: readonly Applied[];
  readonly failures: readonly JobFailure[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** Everything that the steps of a deployment share. */
export interface Deployment {
  readonly environment: Environment;
  readonly terraform: Terraform;
  readonly terminal: Terminal;
  /** For what somebody confirms: not quiet where somebody is asked. */
  readonly shown: Terminal;
  readonly directory?: string;
  readonly yes: boolean;
  /** What may be applied, where somebody approved a plan before. */
  readonly approval?: Approval;
}

/** Deploys the stacks of an environment, in order: what was planned and shown is what is applied. */
export async function runDeploy(name: string, options: DeployOptions): Promise<void> {
  const { environments: directory, yes = false } = options;
  const report = new JsonReport(options.json, options.quiet);
  // Who is asked sees what about.
  const { terminal, result: asked } = report;
  const { environment } = environmentNamed(name, '<environment>', directory);
  const terraform = new Terraform(options.terraformBinary);
  const approval = options.approved === undefined ? undefined : readApproval(options.approved, name);
  if (options.preflight !== false) await refuseUnready(environment);
  const { stacks, warnings } = await synthesizedEnvironment(name, directory, options.synthesized);
  for (const line of warnings) terminal.line(terminal.styled('yellow', line));
  const deployment = { environment, terraform, terminal, shown: yes ? terminal : asked, directory, yes, approval };
  const done: DeployedStack[] = [];
  try {
    for (const stack of stacks) {
      if (await deployStack(deployment, stack, stacks, done)) continue;
      process.exitCode = ExitCode.failure;
      return;
    }
    terminal.line(`\n${terminal.styled('green', `${name} is deployed`)}`);
    for (const { outputs } of done) showOutputs(terminal, outputs);
    terminal.line(`\nnext: ${COMMAND} status ${name}, and ${COMMAND} doctor ${name} to prove that it works`);
  } finally {
    const passed = done.length === stacks.length && process.exitCode !== ExitCode.failure;
    report.write({ command: 'deploy', environment: name, passed, stacks: done });
  }
}

/** @returns Whether the deployment goes on. */
async function deployStack(
  deployment: Deployment,
  stack: Stack,
  all: readonly Stack[],
  done: DeployedStack[],
): Promise<boolean> {
  const { environment, terraform, terminal, shown, directory, yes, approval } = deployment;
  await terraform.initialize(stack);
  const skipped = await skippedPlan(terraform, stack, all);
  if (skipped?.skipped !== undefined) throw notDeployed(stack, skipped.skipped);
  const say = (sentence: string): void => terminal.line(`${terminal.styled('yellow', 'left over')}  ${sentence}`);
  const plan = await planWithRecovery(terraform, stack, { environment, lock: true, repair: true, say });
  showPlan(shown, plan, constructPaths(stack));
  const warning = upgradeWarning(environment.name, [plan], directory);
  if (warning !== undefined) shown.line(`${shown.styled('yellow', 'warning')}: ${warning}`);
  if (approval !== undefined) refuseUnapproved(approval, plan);
  const question = `${stack.name}: ${countsByAction(plan.changes) || 'only outputs change'}.`;
  if (plan.differs && !yes && !(await confirmed(question, 'yes'))) {
    terminal.always('Nothing was applied.');
    return false;
  }
  const { applied, failures } = plan.differs ? await apply(deployment, stack, plan) : { applied: [], failures: [] };
  const { recovered, changes } = plan;
  const outputs = await outputsOf(terraform, stack);
  done.push({ stack: stack.name, recovered, changes, applied, failures, outputs });
  return true;
}

/** Applies the plan that was made, and shows each resource. */
export async function apply(
  { environment, terraform, terminal }: Deployment,
  stack: Stack,
  { file }: StackPlan,
): Promise<Pick<Progress, 'applied' | 'failures'>> {
  await untilAvailable(changedDatabases(file), environment.region, (sentence) => terminal.line(`  ${sentence}`));
  return withCluster(stack, file, environment.region, async (kubectl) => {
    const { name, namespace } = environment;
    const [runs, secrets] = [jobRuns(file), plannedSecrets(file)];
    const watched = { environment: name, namespace, paths: constructPaths(stack), runs, secrets, kubectl };
    const progress = new Progress(terminal, watched);
    const options = ['-input=false', '-json', '-lock-timeout=5m', PLAN_FILE];
    const finished = await terraform.run(stack, ['apply', ...options], (event) => progress.take(event));
    const failed = finished.diagnostics.flatMap(({ address }) => address ?? []);
    await progress.close(failed);
    if (finished.code === 0) return progress;
    throw terraformFailure(stack, finished, 'apply');
  });
}

/** Outputs for people and programs: not what one stack hands to another, and nothing sensitive. */
export async function outputsOf(terraform: Terraform, stack: Stack): Promise<Record<string, unknown>> {
  const { output } = await terraform.mustSucceed(stack, ['output', '-json', '-no-color']);
  const outputs = JSON.parse(output) as Record<string, { readonly value?: unknown; readonly sensitive?: boolean }>;
  return Object.fromEntries(
    Object.entries(outputs)
      .filter(([name, { sensitive }]) => sensitive !== true && !name.startsWith('cross-stack-output'))
      .map(([name, { value }]) => [name, value]),
  );
}

export function showOutputs(terminal: Terminal, outputs: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(outputs)) {
    terminal.line(`  ${name.padEnd(22)} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`);
  }
}

function notDeployed(stack: Stack, got: string): ContractError {
  return new ContractError({
    path: stack.name,
    got,
    rule: 'the database is deployed before what reads it',
    fix: 'see above what was applied, and deploy again',
  });
}
