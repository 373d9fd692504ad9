import type { Environment } from '../../contract/environment/environment';
import { ContractError } from '../../contract/error';
import { JOB_LABEL } from '../../contract/names';
import { stateResources } from '../deploy/plan-file';
import { removeImports } from '../deploy/recovery/adoption';
import { withCluster } from '../deploy/recovery/cluster-access';
import { apply, type Deployment } from '../deploy/run';
import { mustPlan, type StackPlan } from '../deploy/stack-plan';
import { constructPaths, type Stack, synthesizedEnvironment } from '../deploy/stacks';
import { showPlan } from '../deploy/summary';
import { Terraform } from '../deploy/terraform';
import { environmentNamed } from '../shared/environment/environment-files';
import { confirmed } from '../shared/output/confirm';
import { ExitCode } from '../shared/output/exit-code';
import { JsonReport, type JsonTarget } from '../shared/output/report';
import { askJson, listAt, textAt } from '../shared/program-runner';

export interface DestroyOptions {
  readonly environments?: string;
  readonly terraformBinary?: string;
  readonly json?: JsonTarget;
  readonly quiet?: boolean;
  readonly yes?: boolean;
  /** Whether only the workload goes. */
  readonly keepDatabase?: boolean;
}

/** Destroys an environment, the workload first. Whatever prevents it is named before anything is destroyed. */
export async function runDestroy(name: string, options: DestroyOptions): Promise<void> {
  const { environments: directory, yes = false, keepDatabase = false } = options;
  const report = new JsonReport(options.json, options.quiet);
  const { terminal, result: asked } = report;
  const { environment } = environmentNamed(name, '<environment>', directory);
  const terraform = new Terraform(options.terraformBinary);
  const { stacks } = await synthesizedEnvironment(name, directory);
  const shown = yes ? terminal : asked;
  const deployment = { environment, terraform, terminal, shown, directory, yes };
  const chosen = stacks.toReversed().filter((stack) => !keepDatabase || !isDatabase(stack));
  const plans: [Stack, StackPlan][] = [];
  for (const stack of chosen) {
    await terraform.initialize(stack);
    removeImports(stack);
    if (isDatabase(stack)) await refuseProtected(deployment, stack);
    plans.push([stack, await mustPlan(terraform, stack, { lock: true, destroy: true })]);
  }
  for (const [stack, plan] of plans) showPlan(shown, plan, constructPaths(stack));
  for (const line of losses(environment, chosen.some(isDatabase))) shown.line(`\n${line}`);
  const something = plans.some(([, { differs }]) => differs);
  if (something && !yes && !(await confirmed(`Everything above is destroyed.`, name))) {
    terminal.always('Nothing was destroyed.');
    process.exitCode = ExitCode.failure;
    return;
  }
  const destroyed: { stack: string; changes: StackPlan['changes'] }[] = [];
  try {
    for (const [stack] of plans) {
      // The workload may have changed what the database's plan was made from.
      const plan = await mustPlan(terraform, stack, { lock: true, destroy: true });
      if (!isDatabase(stack)) await removeJobs(deployment, stack, plan);
      if (plan.differs) await apply(deployment, stack, plan);
      destroyed.push({ stack: stack.name, changes: plan.changes });
    }
    terminal.line(`\n${terminal.styled('green', `${destroyed.map(({ stack }) => stack).join(' and ')} destroyed`)}`);
  } finally {
    report.write({
      command: 'destroy',
      environment: name,
      passed: destroyed.length === plans.length,
      stacks: destroyed,
    });
  }
}

function isDatabase({ name }: Stack): boolean {
  return name.endsWith('-database');
}

/** Protection and dumps stop the destruction of a database only when the workload is gone already: so they are asked first. */
async function refuseProtected({ environment, terraform }: Deployment, stack: Stack): Promise<void> {
  const { output } = await terraform.mustSucceed(stack, ['show', '-json', '-no-color']);
  const resources = stateResources((JSON.parse(output) as { values?: unknown }).values);
  if (!resources.some(({ mode }) => mode === 'managed')) return;
  if (!environment.releaseProtection) {
    throw new ContractError({
      path: stack.name,
      got: 'a protected database',
      rule: 'a database is destroyed in two steps',
      fix: 'set `releaseProtection: true` in the environment file and deploy; or destroy the workload alone with --keep-database',
    });
  }
  for (const { values } of resources.filter(({ type }) => type === 'aws_s3_bucket')) {
    const bucket = textAt(values, 'bucket');
    const question = [
      's3api',
      'list-object-versions',
      '--bucket',
      bucket,
      '--max-items',
      '1',
      '--region',
      environment.region,
    ];
    const answer = await askJson('aws', [...question, '--output', 'json']);
    if (answer.kind !== 'answered' || listAt(answer.content, 'Versions').length === 0) continue;
    throw new ContractError({
      path: `bucket ${bucket}`,
      got: 'dumps',
      rule: 'nothing here deletes dumps, and AWS deletes only empty buckets',
      fix: `delete all versions of its objects, or keep the bucket: ${terraform.program} -chdir=${stack.directory} state rm with the addresses of the bucket`,
    });
  }
}

/** Jobs of a deployment that did not end are in no state, and would stay in a namespace that stays. */
async function removeJobs({ environment }: Deployment, stack: Stack, { file }: StackPlan): Promise<void> {
  const { region, namespace } = environment;
  await withCluster(stack, file, region, async (kubectl) => {
    const question = ['delete', 'jobs', '--namespace', namespace, '--selector', JOB_LABEL, '--ignore-not-found'];
    await kubectl?.answer([...question, '--wait=true', '--timeout=60s'], { timeoutMs: 70_000 });
  });
}

function losses({ secrets, database }: Environment, withDatabase: boolean): string[] {
  if (!withDatabase) return ['The workload holds no data: a deployment brings it back with the same data.'];
  return [
    'LOST: the running database. A final snapshot is taken and stays until you delete it.',
    `Automated backups stay for ${database.backupRetentionDays} days, the secrets for ${secrets.recoveryWindowDays} days, the key for 30 days.`,
    'Without the key the snapshots are unreadable: `aws kms cancel-key-deletion` keeps it.',
  ];
}
