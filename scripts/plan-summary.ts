import type { Action, StackPlan } from './stack-plan';

const ORDER: readonly Action[] = ['delete', 'replace', 'forget', 'update', 'create'];
const LOSES: readonly Action[] = ['delete', 'replace'];

/** The plans as Markdown: addresses and actions alone, no value of any attribute. What is lost comes first. */
export function planSummary(environment: string, plans: readonly StackPlan[]): string {
  const sections = plans.map((plan) => `### ${plan.stack}\n\n${sectionOf(plan)}`);
  return `## Plan of ${environment}\n\n${sections.join('\n')}`;
}

function sectionOf({ skipped, changes, differs }: StackPlan): string {
  if (skipped !== undefined)
    return `**SKIPPED**: ${skipped}. Deploy the database first; this stack is planned after that.\n`;
  if (changes.length === 0) return differs ? 'Only outputs change.\n' : 'No changes.\n';
  const sorted = ORDER.flatMap((action) => changes.filter((change) => change.action === action));
  const rows = sorted.map(({ action, address }) => {
    return `| ${LOSES.includes(action) ? `**${action}**` : action} | ${code(address)} |`;
  });
  return `${counted(changes)}\n\n| action | address |\n|---|---|\n${rows.join('\n')}\n`;
}

function counted(changes: StackPlan['changes']): string {
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
