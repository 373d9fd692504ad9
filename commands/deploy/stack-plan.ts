import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { counted } from '../shared/output/check-table';
import { type Change, changesOf, type PlanFile, upgradeIn } from './plan-file';
import type { Stack } from './stacks';
import { type Finished, type Terraform, terraformFailure } from './terraform';

const CHANGES = 2;
const REFERENCE = /\.outputs\.(cross-stack-output-[\w-]+)/g;
/** Next to the synthesized file; it may hold what the state holds, so that it is never uploaded. */
export const PLAN_FILE = 'plan.tfplan';

/** What a plan of a stack would do, or why there is none. */
export interface StackPlan {
  readonly stack: string;
  readonly changes: readonly Change[];
  /** Whether anything differs: outputs may, where no resource does. */
  readonly differs: boolean;
  /** Version of the chart that is installed, and the one that replaces it, where the stack has a release. */
  readonly upgrade?: { readonly from: string; readonly to: string };
  readonly skipped?: string;
  /** What a deployment that did not end left behind, in whole sentences, and what is done about it. */
  readonly recovered: readonly string[];
  /** The plan as Terraform shows it. */
  readonly file: PlanFile;
}

export interface PlanOptions {
  /** Whether the state is locked meanwhile; a role that only reads cannot. */
  readonly lock: boolean;
  /** Whether to plan the destruction. */
  readonly destroy?: boolean;
}

/** Terraform's own plan of one stack, kept next to it, or how it failed. */
export async function rawPlan(
  terraform: Terraform,
  stack: Stack,
  { lock, destroy = false }: PlanOptions,
): Promise<StackPlan | { readonly failure: Finished }> {
  const locking = lock ? '-lock-timeout=5m' : '-lock=false';
  const kind = destroy ? ['-destroy'] : [];
  const options = ['-input=false', '-json', '-detailed-exitcode', locking, `-out=${PLAN_FILE}`, ...kind];
  const planned = await terraform.run(stack, ['plan', ...options], () => undefined);
  if (planned.code !== 0 && planned.code !== CHANGES) return { failure: planned };
  const { output } = await terraform.mustSucceed(stack, ['show', '-json', PLAN_FILE]);
  const file = JSON.parse(output) as PlanFile;
  const differs = planned.code === CHANGES;
  return { stack: stack.name, changes: changesOf(file), differs, upgrade: upgradeIn(file), recovered: [], file };
}

/** The same, for callers that do nothing about a failure. */
export async function mustPlan(terraform: Terraform, stack: Stack, options: PlanOptions): Promise<StackPlan> {
  const planned = await rawPlan(terraform, stack, options);
  if ('failure' in planned) throw terraformFailure(stack, planned.failure, 'plan');
  return planned;
}

/** A stack that reads outputs which do not exist yet has no plan. */
export async function skippedPlan(
  terraform: Terraform,
  stack: Stack,
  all: readonly Stack[],
): Promise<StackPlan | undefined> {
  const missing = await missingOutputs(terraform, stack, all);
  if (missing.length === 0) return undefined;
  const skipped = `${counted(missing.length, 'output')} of ${stack.dependencies.join(', ')} that it reads are not deployed yet`;
  return { stack: stack.name, changes: [], differs: false, skipped, recovered: [], file: {} };
}

/** Outputs that the stack reads of others, and that their states do not have. */
async function missingOutputs(terraform: Terraform, stack: Stack, all: readonly Stack[]): Promise<string[]> {
  const text = readFileSync(join(stack.directory, 'cdk.tf.json'), 'utf8');
  const read = new Set([...text.matchAll(REFERENCE)].map(([, name = '']) => name));
  for (const dependency of all.filter(({ name }) => stack.dependencies.includes(name))) {
    const { output } = await terraform.mustSucceed(dependency, ['output', '-json', '-no-color']);
    for (const name of Object.keys(JSON.parse(output) as object)) read.delete(name);
  }
  return [...read];
}
