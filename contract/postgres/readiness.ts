import { createHash } from 'node:crypto';
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
  /** SHA-256 of the results, in hexadecimal: a page and a JSON report with the same one are of the same run. */
  readonly digest: string;
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
    digest: createHash('sha256')
      .update(JSON.stringify(checks.map(({ id, status, detail }) => [id, status, detail])))
      .digest('hex'),
  };
}

/** The verdict in a sentence, which promises no more than what was checked. */
export function verdictOf({ passed, counts, checklist }: Pick<Readiness, 'passed' | 'counts' | 'checklist'>): string {
  if (!passed) return counts.fail > 0 ? 'The contract does not hold' : 'The contract is not proven';
  const open = checklist.filter(({ status }) => status !== 'proven').length;
  if (open === 0) return 'The contract holds';
  return `The contract holds as far as this run could check, ${open} of ${checklist.length} checklist items open`;
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
