import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { ContractError } from '../../contract/error';
import { UsageError } from '../shared/output/exit-code';
import type { ResourceChange } from './plan-file';
import type { StackPlan } from './stack-plan';

/** What somebody is shown and approves: of each stack a digest of what its plan changes, and none where it has no plan yet. */
export interface Approval {
  readonly environment: string;
  /** Whether there is anything to approve. */
  readonly differs: boolean;
  readonly stacks: Readonly<Record<string, string | null>>;
}

/** Writes down what the plans change, for whoever approves them. It holds digests, and no value. */
export function writeApproval(file: string, environment: string, plans: readonly StackPlan[]): void {
  const stacks = Object.fromEntries(
    plans.map((plan) => [plan.stack, plan.skipped === undefined ? digest(plan) : null]),
  );
  const differs = plans.some((plan) => plan.differs || plan.skipped !== undefined);
  const approval: Approval = { environment, differs, stacks };
  writeFileSync(file, `${JSON.stringify(approval)}\n`);
}

/** @throws UsageError when the file is none, or is of another environment. */
export function readApproval(file: string, environment: string): Approval {
  let approval: Partial<Approval> | undefined;
  try {
    approval = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    approval = undefined;
  }
  if (approval?.environment === environment && approval.stacks !== undefined) return approval as Approval;
  throw new UsageError({
    path: '--approved',
    got: file,
    rule: `what \`plan ${environment} --approval\` has written`,
    fix: 'name that file',
  });
}

/** @throws ContractError when the plan is another one than was approved. */
export function refuseUnapproved({ stacks }: Approval, plan: StackPlan): void {
  const approved = stacks[plan.stack];
  if (!plan.differs || approved === digest(plan)) return;
  throw new ContractError({
    path: plan.stack,
    got: approved
      ? 'another plan than the one that was approved'
      : 'a plan that nobody has approved, because there was none yet',
    rule: 'what was approved is what is applied',
    fix: 'run the pipeline again, and approve the plan that it shows now',
  });
}

/** Of what changes alone: the rest has values that AWS changes all the time. */
function digest({ file: { resource_changes = [] } }: StackPlan): string {
  const changes = resource_changes
    .filter(
      ({ change: { actions, importing } }) => importing != null || actions.some((action) => !STILL.includes(action)),
    )
    .map(({ address, change }) => ({
      address,
      actions: change.actions,
      importing: change.importing,
      to: changed(change),
    }))
    .sort((one, other) => (one.address < other.address ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(changes)).digest('hex');
}

const STILL: readonly string[] = ['no-op', 'read'];

function changed({ before, after }: ResourceChange['change']): object {
  const [was, becomes] = [before, after].map((value) => (value ?? {}) as Record<string, unknown>);
  const keys = Object.keys(becomes ?? {}).sort();
  return Object.fromEntries(
    keys.filter((key) => !isDeepStrictEqual(was?.[key], becomes?.[key])).map((key) => [key, becomes?.[key]]),
  );
}
