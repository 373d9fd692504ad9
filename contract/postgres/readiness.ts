import {
  CHECKLIST,
  CHECKS,
  type ChecklistItemNumber,
  type CheckResult,
  type CheckStatus,
  ENVIRONMENT_CHECKS,
} from './checks';

/** A result together with what it proves. */
export interface ReportedCheck extends CheckResult {
  /** What a pass proves, in one line. */
  readonly proves: string;
  /** Item of the operational checklist that it answers. */
  readonly checklistItem?: ChecklistItemNumber;
}

/** An item of the operational checklist, and what the checks say of it. */
export interface ReportedChecklistItem {
  /** Number of the item. */
  readonly item: ChecklistItemNumber;
  /** What has to be true. */
  readonly statement: string;
  /** `open` where something remains that this run could not ask. */
  readonly status: 'proven' | 'failed' | 'open';
  /** Ids of the checks that answered, and those that could not be asked. */
  readonly evidence: string;
}

/** Readiness of a database, as `rehearse` and `doctor` report it. */
export interface Readiness {
  /** Whether something passed and nothing failed. */
  readonly passed: boolean;
  /** Number of checks by what they found. */
  readonly counts: Readonly<Record<CheckStatus, number>>;
  /** The checks in the order of the contract. */
  readonly checks: readonly ReportedCheck[];
  /** The operational checklist, as far as the checks answer it. */
  readonly checklist: readonly ReportedChecklistItem[];
}

/** Sums results up. A check that could not be run is neither passed nor failed. */
export function readiness(results: readonly CheckResult[]): Readiness {
  const known = new Map([...CHECKS, ...ENVIRONMENT_CHECKS].map((check) => [check.id, check]));
  const checks = results.map((result) => {
    const { proves = '', checklistItem } = known.get(result.id) ?? {};
    return { ...result, proves, checklistItem };
  });
  const count = (status: CheckStatus): number => checks.filter((check) => check.status === status).length;
  const counts = { pass: count('pass'), fail: count('fail'), skip: count('skip') };
  const items = Object.keys(CHECKLIST).map((key) => Number(key) as ChecklistItemNumber);
  return {
    passed: counts.fail === 0 && counts.pass > 0,
    counts,
    checks,
    checklist: items.map((item) => checklistItem(item, checks)),
  };
}

function checklistItem(item: ChecklistItemNumber, checks: readonly ReportedCheck[]): ReportedChecklistItem {
  const { statement } = CHECKLIST[item];
  const answers = checks.filter((check) => check.checklistItem === item);
  const failed = answers.filter((check) => check.status === 'fail');
  const passed = answers.filter((check) => check.status === 'pass');
  const ids = (some: readonly ReportedCheck[]): string => some.map(({ id }) => id).join(', ');
  if (failed.length > 0) return { item, statement, status: 'failed', evidence: ids(failed) };
  const complete = passed.length > 0 && passed.length === answers.length;
  const missing = answers.filter((check) => check.status === 'skip').map((check) => `${check.id} ${check.detail}`);
  const evidence = [ids(passed), ...missing].filter((part) => part !== '').join('; ');
  return { item, statement, status: complete ? 'proven' : 'open', evidence };
}
