import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { counted } from '../shared/check-table';
import { environmentNamed } from '../shared/environment-files';
import { textAt } from '../shared/program-runner';
import { dumpCommand, upgradeOf } from '../versions/upgrade';
import { mustSucceed, type Stack, terraform, terraformFailure } from './terraform';

const CHANGES = 2;
const REFERENCE = /\.outputs\.(cross-stack-output-[\w-]+)/g;
/** Next to the synthesized file; it may hold what the state holds, so that it is never uploaded. */
export const PLAN_FILE = 'plan.tfplan';

export type Action = 'create' | 'update' | 'replace' | 'delete' | 'forget';

export interface Change {
  readonly address: string;
  readonly action: Action;
}

/** What a plan of a stack would do, or why there is none. */
export interface StackPlan {
  readonly stack: string;
  readonly changes: readonly Change[];
  /** Whether anything differs: outputs may, where no resource does. */
  readonly differs: boolean;
  /** Version of the chart that is installed, and the one that replaces it, where the stack has a release. */
  readonly upgrade?: { readonly from: string; readonly to: string };
  readonly skipped?: string;
}

interface PlanFile {
  readonly resource_changes?: readonly {
    readonly address: string;
    readonly type?: string;
    readonly change: { readonly actions: readonly string[]; readonly before?: unknown; readonly after?: unknown };
  }[];
}

export interface PlanOptions {
  /** Whether the state is locked meanwhile; a role that only reads cannot. */
  readonly lock: boolean;
}

/** Plans the stacks of an environment in their order. */
export function planStacks(stacks: readonly Stack[], options: PlanOptions): StackPlan[] {
  const plans: StackPlan[] = [];
  for (const stack of stacks) plans.push(planStack(stack, stacks, options));
  return plans;
}

/** Plans one stack and keeps the plan next to it. A stack that reads outputs which do not exist yet has no plan. */
export function planStack(stack: Stack, all: readonly Stack[], { lock }: PlanOptions): StackPlan {
  mustSucceed(stack, 'init', '-input=false', '-no-color');
  const missing = missingOutputs(stack, all);
  if (missing.length > 0) {
    const skipped = `${counted(missing.length, 'output')} of ${stack.dependencies.join(', ')} that it reads are not deployed yet`;
    return { stack: stack.name, changes: [], differs: false, skipped };
  }
  const locking = lock ? '-lock-timeout=5m' : '-lock=false';
  const planned = terraform(
    stack,
    'plan',
    '-input=false',
    '-no-color',
    '-detailed-exitcode',
    locking,
    `-out=${PLAN_FILE}`,
  );
  if (planned.code !== 0 && planned.code !== CHANGES) throw terraformFailure(stack, planned, 'plan');
  const shown = JSON.parse(mustSucceed(stack, 'show', '-json', PLAN_FILE).output) as PlanFile;
  const differs = planned.code === CHANGES;
  return { stack: stack.name, changes: changesOf(shown), differs, upgrade: upgradeIn(shown) };
}

/** Outputs that the stack reads of others, and that their states do not have. */
function missingOutputs(stack: Stack, all: readonly Stack[]): string[] {
  const text = readFileSync(join(stack.directory, 'cdk.tf.json'), 'utf8');
  const read = new Set([...text.matchAll(REFERENCE)].map(([, name = '']) => name));
  for (const dependency of all.filter(({ name }) => stack.dependencies.includes(name))) {
    const outputs = JSON.parse(mustSucceed(dependency, 'output', '-json', '-no-color').output) as object;
    for (const name of Object.keys(outputs)) read.delete(name);
  }
  return [...read];
}

function changesOf({ resource_changes = [] }: PlanFile): Change[] {
  return resource_changes.flatMap(({ address, change }) => {
    const action = actionOf(change.actions);
    return action === undefined ? [] : [{ address, action }];
  });
}

/** The provider reads the version of the installed chart from the cluster for every plan. */
function upgradeIn({ resource_changes = [] }: PlanFile): StackPlan['upgrade'] {
  const release = resource_changes.find(({ type }) => type === 'helm_release')?.change;
  const [from, to] = [textAt(release?.before, 'version'), textAt(release?.after, 'version')];
  return from === '' || to === '' || from === to ? undefined : { from, to };
}

function actionOf(actions: readonly string[]): Action | undefined {
  if (actions.includes('create') && actions.includes('delete')) return 'replace';
  return (['create', 'update', 'delete', 'forget'] as const).find((action) => actions.includes(action));
}

const ORDER: readonly Action[] = ['delete', 'replace', 'forget', 'update', 'create'];
const LOSES: readonly Action[] = ['delete', 'replace'];

/** The plans as Markdown: addresses and actions alone, no value of any attribute. What is lost comes first. */
export function planSummary(environment: string, plans: readonly StackPlan[]): string {
  const sections = plans.map((plan) => `### ${plan.stack}\n\n${sectionOf(plan)}`);
  return `## Plan of ${environment}\n\n${upgradeWarning(environment, plans)}${sections.join('\n')}`;
}

/** What the plans do to the pods that run, as a paragraph of Markdown, or nothing. */
function upgradeWarning(environment: string, plans: readonly StackPlan[]): string {
  const upgrade = plans.map((plan) => plan.upgrade).find((found) => found !== undefined);
  if (upgrade === undefined) return '';
  const dump = dumpCommand(environmentNamed(environment, 'environment').environment);
  const { warning } = upgradeOf(upgrade.from, upgrade.to, dump);
  return warning === undefined ? '' : `**Warning**: ${warning}\n\n`;
}

function sectionOf({ skipped, changes, differs }: StackPlan): string {
  if (skipped !== undefined)
    return `**SKIPPED**: ${skipped}. Deploy the database first; this stack is planned after that.\n`;
  if (changes.length === 0) return differs ? 'Only outputs change.\n' : 'No changes.\n';
  const sorted = ORDER.flatMap((action) => changes.filter((change) => change.action === action));
  const rows = sorted.map(({ action, address }) => {
    return `| ${LOSES.includes(action) ? `**${action}**` : action} | ${code(address)} |`;
  });
  return `${countsByAction(changes)}\n\n| action | address |\n|---|---|\n${rows.join('\n')}\n`;
}

function countsByAction(changes: StackPlan['changes']): string {
  return ORDER.map((action) => ({ action, count: changes.filter((change) => change.action === action).length }))
    .filter(({ count }) => count > 0)
    .map(({ action, count }) => `${count} to ${action}`)
    .join(', ');
}

/** An address may carry the key of an instance, and with it any character. */
function code(address: string): string {
  const text = address.replace(/[\p{Cc}`]/gu, ' ').replaceAll('|', '\\|');
  return `\`${text}\``;
}

/** How many resources the plans touch, in the form that GitLab shows in a merge request. */
export function planCounts(plans: readonly StackPlan[]): { create: number; update: number; delete: number } {
  const count = (...actions: Action[]): number =>
    plans.flatMap(({ changes }) => changes).filter(({ action }) => actions.includes(action)).length;
  return { create: count('create', 'replace'), update: count('update'), delete: count('delete', 'replace') };
}
