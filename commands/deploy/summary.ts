import { environmentNamed } from '../shared/environment/environment-files';
import type { Terminal } from '../shared/output/terminal';
import { dumpCommand, upgradeOf } from '../versions/upgrade';
import type { Action, Change } from './plan-file';
import type { StackPlan } from './stack-plan';

/** What is lost comes first. */
const ORDER: readonly Action[] = ['delete', 'replace', 'forget', 'update', 'import', 'create'];
const LOSES: readonly Action[] = ['delete', 'replace'];

/** The plans as Markdown: addresses and actions alone, no value of any attribute. */
export function planSummary(environment: string, plans: readonly StackPlan[], directory?: string): string {
  const sections = plans.map((plan) => `### ${plan.stack}\n\n${recoveredText(plan)}${sectionOf(plan)}`);
  const warning = upgradeWarning(environment, plans, directory);
  const shown = warning === undefined ? '' : `**Warning**: ${warning}\n\n`;
  return `## Plan of ${environment}\n\n${shown}${sections.join('\n')}`;
}

/** The same for a terminal; a resource has the path of its construct in place of its address. */
export function showPlan(terminal: Terminal, plan: StackPlan, paths: ReadonlyMap<string, string>): void {
  const { stack, skipped, changes, differs } = plan;
  const title = terminal.styled('bold', stack);
  const unchanged = differs ? 'only outputs change' : 'no changes';
  terminal.line(
    `${title}  ${skipped === undefined ? countsByAction(changes) || unchanged : `not planned: ${skipped}`}`,
  );
  for (const { action, address, reason } of sorted(changes)) {
    const mark = terminal.styled(
      LOSES.includes(action) ? 'red' : action === 'create' ? 'green' : 'yellow',
      action.padEnd(8),
    );
    terminal.line(
      `  ${mark} ${named(address, paths)}${reason === undefined ? '' : terminal.styled('dim', `  (${reason})`)}`,
    );
  }
}

/** A resource for people: its type, and the path of the construct that makes it. */
export function named(address: string, paths: ReadonlyMap<string, string>): string {
  const path = paths.get(address);
  return path === undefined ? address : `${address.split('.')[0]} ${path}`;
}

/** What the plans do to the pods that run, in whole sentences, or nothing. */
export function upgradeWarning(
  environment: string,
  plans: readonly StackPlan[],
  directory?: string,
): string | undefined {
  const upgrade = plans.map((plan) => plan.upgrade).find((found) => found !== undefined);
  if (upgrade === undefined) return undefined;
  const dump = dumpCommand(environmentNamed(environment, '<environment>', directory).environment);
  return upgradeOf(upgrade.from, upgrade.to, dump).warning;
}

/** What a stack would lose or change, in one line. */
export function countsByAction(changes: readonly Change[]): string {
  return ORDER.map((action) => ({ action, count: changes.filter((change) => change.action === action).length }))
    .filter(({ count }) => count > 0)
    .map(({ action, count }) => `${count} to ${action}`)
    .join(', ');
}

/** How many resources the plans touch, in the form that GitLab shows in a merge request. */
export function planCounts(plans: readonly StackPlan[]): { create: number; update: number; delete: number } {
  const count = (...actions: Action[]): number =>
    plans.flatMap(({ changes }) => changes).filter(({ action }) => actions.includes(action)).length;
  return { create: count('create', 'replace'), update: count('update', 'import'), delete: count('delete', 'replace') };
}

function recoveredText({ recovered }: StackPlan): string {
  return recovered.length === 0 ? '' : `${recovered.map((line) => `- ${line}`).join('\n')}\n\n`;
}

function sectionOf({ skipped, changes, differs }: StackPlan): string {
  if (skipped !== undefined)
    return `**SKIPPED**: ${skipped}. Deploy the database first; this stack is planned after that.\n`;
  if (changes.length === 0) return differs ? 'Only outputs change.\n' : 'No changes.\n';
  const rows = sorted(changes).map(({ action, address, reason }) => {
    const shown = LOSES.includes(action) ? `**${action}**` : action;
    return `| ${shown} | ${code(address)}${reason === undefined ? '' : ` (${reason})`} |`;
  });
  return `${countsByAction(changes)}\n\n| action | address |\n|---|---|\n${rows.join('\n')}\n`;
}

function sorted(changes: readonly Change[]): Change[] {
  return ORDER.flatMap((action) => changes.filter((change) => change.action === action));
}

/** An address may carry the key of an instance, and with it any character. */
function code(address: string): string {
  const text = address.replace(/[\p{Cc}`]/gu, ' ').replaceAll('|', '\\|');
  return `\`${text}\``;
}
