import type { CheckResult, CheckStatus } from '../../../contract/postgres/checks';

/** A check with its result, as every report shows it. */
export type ShownCheck = CheckResult & { readonly proves: string };

interface CheckColumn {
  readonly title: string;
  /** `name` begins the row, `note` is below the name, and `status` is a mark. */
  readonly kind: 'name' | 'note' | 'status' | 'text';
  readonly text: (check: ShownCheck) => string;
}

/** Columns of every table of checks on the page. JSON reports hold every property of a check. */
export const CHECK_COLUMNS: readonly CheckColumn[] = [
  { title: 'check', kind: 'name', text: ({ id }) => id },
  { title: 'what a pass proves', kind: 'note', text: ({ proves }) => proves },
  { title: 'status', kind: 'status', text: ({ status }) => status },
  { title: 'what was found', kind: 'text', text: ({ detail }) => detail },
];

/** How many checks have each status. */
export function countChecks(
  checks: readonly { readonly status: CheckStatus }[],
): Readonly<Record<CheckStatus, number>> {
  const count = (wanted: CheckStatus): number => checks.filter(({ status }) => status === wanted).length;
  return { pass: count('pass'), fail: count('fail'), skip: count('skip') };
}

/** The counts in words, such as `1 check passed, 2 failed, 3 not checked`. */
export function countsInWords({ pass, fail, skip }: Readonly<Record<CheckStatus, number>>): string {
  return `${counted(pass, 'check')} passed, ${fail} failed${skip === 0 ? '' : `, ${skip} not checked`}`;
}

/** A number with its noun, in the plural unless it is one. */
export function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
