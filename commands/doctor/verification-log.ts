import { CHECKS, type CheckResult } from '../../contract/postgres/checks';

/** What the log of a verification says. */
export interface VerificationLog {
  /** Results by the ids of the contract; empty where no check began. */
  readonly results: readonly CheckResult[];
  /** The database, as the log names it. */
  readonly target?: string;
  /** The last error that the log tells, such as why a connection failed. */
  readonly reason?: string;
}

const ROW = /^(pass|fail|skip) +(\S+) +(\S.*)$/;
const IN_DATABASE = CHECKS.filter(({ source }) => !['api', 'cluster', 'rehearsal'].includes(source));

/**
 * Reads the log of `migrations/run.sh verify`. Names in the database are others' to choose, and may look like a row: of
 * two results of a check the worse one counts, and what is no check of the contract is left out.
 */
export function readLog(text: string): VerificationLog {
  const lines = text.split('\n').map((line) => line.trimEnd());
  const rows = new Map<string, CheckResult>();
  for (const line of lines) {
    const [, status, id = '', detail = ''] = ROW.exec(line) ?? [];
    if (status === undefined || rows.get(id)?.status === 'fail') continue;
    rows.set(id, { id, status: status as CheckResult['status'], detail });
  }
  const known = IN_DATABASE.filter(({ id }) => rows.has(id));
  const reason = lines.findLast((line) => /^(?:psql: )?(?:error|fatal):/i.test(line) || /FATAL:|ERROR:/.test(line));
  const [, database, host] = /^step verify on database (\S+) at (\S+)$/m.exec(text) ?? [];
  return {
    results: known.length === 0 ? [] : IN_DATABASE.map(({ id }) => rows.get(id) ?? silent(id)),
    target: database === undefined ? undefined : `${host}/${database}`,
    reason: reason?.replace(/^.*?(?:error|fatal|ERROR|FATAL): */, '').slice(0, 300),
  };
}

/** Every check of a verification that did not run, with the reason. */
export function notVerified(reason: string): CheckResult[] {
  return IN_DATABASE.map(({ id }) => ({ id, status: 'skip', detail: `not checked: ${reason}` }));
}

function silent(id: string): CheckResult {
  return { id, status: 'fail', detail: 'the check reported nothing' };
}
